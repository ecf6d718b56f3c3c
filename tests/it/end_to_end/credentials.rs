//! Every kind of credentials at every kind of Confluence: the first command works and says what it found in one line, or
//! one line says why not, and nothing is written.

use confluence_sim::site::BasicAuth;
use confluence_sim::{Fault, FaultPlan, Listener, Occurrence, RoutePattern, ServedAs, Site};

use super::processes::signal;
use crate::run_program::{Finished, Server};

const USER: &str = "CONFLUENCE_API_USER";
const TOKEN: &str = "CONFLUENCE_API_TOKEN";
const ID: &str = "CONFLUENCE_CLIENT_ID";
const SECRET: &str = "CONFLUENCE_CLIENT_SECRET";

type Variables = &'static [(&'static str, &'static str)];

const UNSCOPED: Variables = &[(USER, "admin@example.com"), (TOKEN, "demo-token")];
const SCOPED: Variables = &[(USER, "admin@example.com"), (TOKEN, "demo-scoped-token")];
const BEARER: Variables = &[(TOKEN, "demo-bearer-token")];
const CLIENT: Variables = &[(ID, "demo-client"), (SECRET, "demo-client-secret")];
const PERSONAL: Variables = &[(TOKEN, "MTIzNDU2Nzg5MDEyOmRlbW8tYWNjZXNzLXRva2VuISEh")];
const PASSWORD: Variables = &[(USER, "admin"), (TOKEN, "demo-password")];
const DC_CLIENT: Variables = &[(ID, "demo-dc-client"), (SECRET, "demo-dc-client-secret")];
/// All of them.
const ALL: [Variables; 7] = [UNSCOPED, SCOPED, BEARER, CLIENT, PERSONAL, PASSWORD, DC_CLIENT];

fn small() -> Site {
    Site::new().space("ENG", "Engineering").page("1001", "Plan", "<p>x</p>").attachment("att5001", "a.zip", 10)
}

fn data_center() -> ServedAs {
    ServedAs::DataCenter { context: "/confluence".to_owned() }
}

fn serve(served_as: ServedAs) -> Server {
    Server::start_as(served_as, small(), FaultPlan::none())
}

/// Returns the line about the connection that `doctor` prints.
fn connection(run: &Finished) -> &str {
    let line = run.stdout.lines().find_map(|line| line.strip_prefix("ok       connection: "));
    line.unwrap_or_else(|| panic!("{}: {}\n{}", run.status, run.stdout, run.stderr))
}

/// Asserts that the run failed with this status and one message of what, why and what to do, sent at most two wrong
/// credentials, and wrote nothing.
fn fails(server: &Server, run: &Finished, status: i32, why: &str) {
    assert_eq!(run.status, status, "{why}: {}", run.stderr);
    let lines: Vec<&str> = run.stderr.lines().skip_while(|line| !line.starts_with("error: ")).collect();
    assert!((2..=3).contains(&lines.len()), "what, why and what to do: {}", run.stderr);
    assert!(run.stderr.contains(why), "{why}: {}", run.stderr);
    assert_eq!(run.stdout, "");
    let left: Vec<_> = std::fs::read_dir(run.folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left, [] as [std::path::PathBuf; 0], "nothing is written");
    let refused = server.server.requests().into_iter().filter(|sent| sent.credential_sent && sent.status != 200);
    assert!(refused.count() <= 2, "no account is locked: {:?}", server.server.requests());
}

#[test]
fn each_kind_that_fits_works_with_the_first_command_and_no_other_does() {
    let at_site = "with an e-mail address and an API token";
    let scoped = "through the gateway with a scoped token";
    let bearer = "through the gateway with a bearer token";
    let client = "through the gateway with client credentials";
    let fitting: [(ServedAs, &[(Variables, &str)]); 3] = [
        (ServedAs::Cloud, &[(UNSCOPED, at_site), (SCOPED, scoped), (BEARER, bearer), (CLIENT, client)]),
        (ServedAs::Gateway, &[(SCOPED, scoped), (BEARER, bearer), (CLIENT, client)]),
        (
            data_center(),
            &[
                (PERSONAL, "with a personal access token"),
                (PASSWORD, "with a user name and a password"),
                (DC_CLIENT, "with client credentials"),
            ],
        ),
    ];
    for (served_as, fitting) in fitting {
        let product = if served_as == data_center() { "Confluence Data Center" } else { "Confluence Cloud" };
        for variables in ALL {
            let server = serve(served_as.clone());
            let base_url = server.server.base_url().to_owned();
            if let Some((_, form)) = fitting.iter().find(|(fits, _)| *fits == variables) {
                let run = server.run_configured(&base_url, variables, &["doctor"]);
                let line = connection(&run);
                assert!(line.starts_with(product) && line.contains(form), "{served_as:?} {variables:?}: {line}");
                // the address of the gateway stands for the site where no response names it
                let address = if served_as == ServedAs::Gateway { "/wiki, " } else { &server.server.site_url() };
                assert!(line.contains(address), "the address in a browser: {line}");
                let secret = variables.last().unwrap().1;
                assert!(!run.stdout.contains(secret) && !run.stderr.contains(secret), "no secret is shown");
            } else {
                let run = server.run_configured(&base_url, variables, &[]);
                // a personal access token is of Data Center, and is not sent to Cloud
                let status = if variables == PERSONAL { 2 } else { 4 };
                fails(&server, &run, status, "cannot connect to");
            }
            let elsewhere = server.server.requests().into_iter().filter(|sent| sent.listener != Listener::Site);
            if served_as == data_center() {
                assert_eq!(elsewhere.count(), 0, "a secret for a self-hosted site goes nowhere else");
            }
        }
    }
}

#[test]
fn an_address_that_is_not_complete_is_corrected_in_one_line() {
    let server = serve(data_center());
    let base_url = server.server.base_url().to_owned();
    let origin = base_url.trim_end_matches("/confluence");
    for written in [base_url.clone(), format!("{base_url}/"), origin.to_owned(), format!("{origin}/wiki")] {
        let run = server.run_configured(&written, PERSONAL, &["doctor"]);
        assert!(connection(&run).contains(&format!(" at {base_url}, ")), "{written}: {}", connection(&run));
    }
    let server = serve(ServedAs::Gateway);
    let gateway = format!("{}/ex/confluence", server.server.gateway_origin());
    for variables in [BEARER, CLIENT] {
        let run = server.run_configured(&gateway, variables, &["doctor"]);
        assert!(connection(&run).contains("through the gateway"), "{}", run.stdout);
    }
}

#[test]
fn the_gateway_without_a_cloud_id_needs_one_for_an_email_address_and_token() {
    let server = serve(ServedAs::Gateway);
    let gateway = format!("{}/ex/confluence", server.server.gateway_origin());
    fails(&server, &server.run_configured(&gateway, SCOPED, &[]), 2, "cloud id");
    let id = server.server.cloud_id();
    let known = [SCOPED, &[("CONFLUENCE_CLOUD_ID", id)]].concat();
    let run = server.run_configured(&gateway, &known, &["doctor"]);
    assert!(connection(&run).contains("through the gateway with a scoped token"), "{}", run.stdout);
}

#[test]
fn values_that_cannot_be_right_are_refused_before_anything_is_sent() {
    let pat = "MTIzNDU2Nzg5MDEyOnh5enh5enh5enh5enh5enh5enh5";
    let server = serve(data_center());
    let base_url = server.server.base_url().to_owned();
    let wrong: [(&[(&str, &str)], &str); 10] = [
        (&[(USER, pat), (TOKEN, "x")], "belongs under `api_token`"),
        (&[(USER, "admin"), (TOKEN, pat)], "sent without a user name"),
        (&[(ID, pat), (SECRET, "x")], "belongs under `api_token`"),
        (&[(ID, "an id"), (SECRET, "x")], "`client_id` cannot be used"),
        (&[(ID, "id"), (SECRET, "ATATT3xFfGF0")], "belongs under `api_token`"),
        (&[(ID, "id")], "`client_secret` is not set"),
        (&[(ID, "id"), (SECRET, "x"), (TOKEN, "y")], "two kinds of credentials are set"),
        (&[(TOKEN, "x"), ("CONFLUENCE_DEPLOYMENT", "server")], "use cloud, gateway or datacenter"),
        (&[(TOKEN, "x"), ("CONFLUENCE_CLOUD_ID", "acme")], "a cloud id is a UUID"),
        (&[(TOKEN, "x"), ("CONFLUENCE_AUTH_URL", "http://acme.example")], "`auth_url`: invalid address"),
    ];
    for (variables, why) in wrong {
        let run = server.run_configured(&base_url, variables, &[]);
        fails(&server, &run, 2, why);
        assert!(!run.stderr.contains(&pat[..8]), "{}", run.stderr);
    }
    assert_eq!(server.server.requests(), []);
}

#[test]
fn wrong_and_expired_credentials_end_with_4() {
    let wrong_client: Variables = &[(ID, "demo-client"), (SECRET, "wrong")];
    for (served_as, variables) in [
        (ServedAs::Cloud, &[(USER, "admin@example.com"), (TOKEN, "wrong")] as Variables),
        (ServedAs::Cloud, &[(TOKEN, "wrong")]),
        (ServedAs::Cloud, wrong_client),
        (ServedAs::Gateway, &[(TOKEN, "wrong")]),
        (data_center(), &[(TOKEN, "wrong")]),
        (data_center(), &[(USER, "admin"), (TOKEN, "wrong")]),
        (data_center(), &[(ID, "demo-dc-client"), (SECRET, "wrong")]),
    ] {
        for command in [&["audit"] as &[&str], &["snapshot"], &["audit", "--snapshot"], &["--dry-run"]] {
            let server = serve(served_as.clone());
            let run = server.run_configured(server.server.base_url(), variables, command);
            fails(&server, &run, 4, "cannot connect to");
        }
    }
    let server = serve(ServedAs::Cloud);
    server.server.change_site(|site| site.credentials.service_account.as_mut().unwrap().expired = true);
    fails(&server, &server.run_configured(server.server.base_url(), CLIENT, &[]), 4, "client");
}

#[test]
fn a_site_for_single_sign_on_an_anonymous_view_and_a_login_page_end_with_4() {
    for (basic_auth, why) in [
        (BasicAuth::Disabled, "personal access token"),
        (BasicAuth::LoginPage, "login"),
        (BasicAuth::Accepted, "anonymous"),
    ] {
        let mut site = small();
        site.behaviour.basic_auth = basic_auth;
        site.behaviour.failed_login_is_anonymous = true;
        let server = Server::start_as(data_center(), site, FaultPlan::none());
        let variables = [(USER, "admin"), (TOKEN, "wrong")];
        fails(&server, &server.run_configured(server.server.base_url(), &variables, &[]), 4, why);
    }
    for served_as in [ServedAs::Cloud, ServedAs::Gateway, data_center()] {
        let page = FaultPlan::none().on(RoutePattern::any(), Occurrence::From(1), Fault::HtmlPage);
        let server = Server::start_as(served_as.clone(), small(), page);
        let variables = if served_as == data_center() { PERSONAL } else { SCOPED };
        fails(&server, &server.run_configured(server.server.base_url(), variables, &[]), 4, "login page");
    }
    let mut site = small();
    site.behaviour.anonymous_access = true;
    let server = Server::start(site, FaultPlan::none());
    let wrong = [(USER, "admin@example.com"), (TOKEN, "wrong")];
    fails(&server, &server.run_configured(server.server.base_url(), &wrong, &[]), 4, "anonymous");
}

#[test]
fn a_run_says_to_what_it_is_connected_in_one_line() {
    for (served_as, variables) in
        [(ServedAs::Cloud, CLIENT), (ServedAs::Gateway, SCOPED), (data_center(), PERSONAL), (data_center(), DC_CLIENT)]
    {
        let server = serve(served_as.clone());
        let run = server.run_configured(server.server.base_url(), variables, &[]);
        assert_eq!(run.status, 0, "{served_as:?}: {}", run.stderr);
        assert_eq!(run.stderr.matches("\nConfluence ").count(), 1, "{}", run.stderr);
        assert_eq!(run.usages()["att5001"], "unreferenced");
    }
}

#[cfg(unix)]
#[test]
fn a_signal_while_connecting_ends_the_run_at_once_and_nothing_is_written() {
    let stalled = FaultPlan::none().on(RoutePattern::any(), Occurrence::From(1), Fault::Stall);
    let server = Server::start_as(ServedAs::Cloud, small(), stalled);
    for (name, status) in [("INT", 130), ("TERM", 143)] {
        let before = server.server.requests().len();
        let folder = tempfile::TempDir::new().unwrap();
        let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("confluence-storage-analyzer"))
            .current_dir(folder.path())
            .env("CONFLUENCE_BASE_URL", server.server.base_url())
            .env("CONFLUENCE_API_TOKEN", "demo-bearer-token")
            .env("XDG_CACHE_HOME", folder.path().join(".cache"))
            .args(["audit", "--snapshot"])
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        while server.server.requests().len() == before && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        signal(&child, name);
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{stderr}");
        assert!(stderr.contains("interrupted before anything was read"), "{stderr}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is written");
    }
}
