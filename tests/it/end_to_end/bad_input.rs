//! Invalid configuration, credentials and folders: each has a clear message, a remedy and its exit status.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern, Site};
use tempfile::TempDir;

use crate::run_program::{Finished, Server, program};

fn small() -> Site {
    Site::new().space("ENG", "Engineering").page("1001", "Plan", "<p>x</p>").attachment("att5001", "a.zip", 10)
}

/// Asserts that nothing that looks like a report is left behind.
fn leaves_nothing(run: &Finished) {
    assert!(run.reports().is_empty(), "{:?}", run.reports());
    assert_eq!(run.stdout, "");
}

#[test]
fn a_base_url_works_with_and_without_wiki_and_slash() {
    let server = Server::start(small(), FaultPlan::none());
    let base = server.server.base_url().trim_end_matches("/wiki").to_owned();
    for url in [format!("{base}/wiki"), format!("{base}/wiki/")] {
        let folder = TempDir::new().unwrap();
        let output = program(folder.path())
            .env("CONFLUENCE_BASE_URL", &url)
            .env("CONFLUENCE_API_USER", server.server.user())
            .env("CONFLUENCE_API_TOKEN", server.server.token())
            .output()
            .unwrap();
        let run = Finished::new(output, folder);
        assert_eq!(run.status, 0, "{url}: {}", run.stderr);
    }
}

#[test]
fn plain_http_to_another_machine_is_refused_before_anything_is_sent() {
    let folder = TempDir::new().unwrap();
    let output = program(folder.path())
        .env("CONFLUENCE_BASE_URL", "http://confluence.example.org/wiki")
        .env("CONFLUENCE_API_USER", "me@example.org")
        .env("CONFLUENCE_API_TOKEN", "t")
        .output()
        .unwrap();
    let run = Finished::new(output, folder);
    assert_eq!(run.status, 2, "{}", run.stderr);
    assert!(run.stderr.contains("https"), "{}", run.stderr);
    leaves_nothing(&run);
}

#[test]
fn the_legacy_configuration_file_is_sufficient() {
    let server = Server::start(small(), FaultPlan::none());
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("confluence_storage_analyzer.cfg");
    let (base, user, token) = (server.server.base_url(), server.server.user(), server.server.token());
    fs::write(&file, format!("[confluence]\nbase_url = {base}\napi_user = {user}\napi_token = {token}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let output = program(folder.path()).output().unwrap();
    let run = Finished::new(output, folder);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains("chmod 600"), "a token that others can read causes a warning: {}", run.stderr);
}

#[test]
fn an_unknown_space_key_is_named() {
    let server = Server::start(small(), FaultPlan::none());
    let run = server.run(&["--space", "ENGG"]);
    assert_eq!(run.status, 2, "{}", run.stderr);
    assert!(run.stderr.contains("ENGG"), "{}", run.stderr);
    leaves_nothing(&run);
}

#[test]
fn rejected_credentials_end_with_4_and_no_report() {
    let server = Server::start(small(), FaultPlan::none());
    let run = server.run_as("wrong", &[]);
    assert_eq!(run.status, 4, "{}", run.stderr);
    assert!(run.stderr.contains("token"), "the remedy mentions the token: {}", run.stderr);
    leaves_nothing(&run);
    assert!(server.server.requests().len() < 5, "few requests: {:?}", server.server.requests());
}

#[test]
fn an_anonymous_response_to_a_bad_token_is_not_a_success() {
    let mut site = small();
    site.behaviour.anonymous_access = true;
    let server = Server::start(site, FaultPlan::none());
    let run = server.run_as("wrong", &[]);
    assert_eq!(run.status, 4, "{}", run.stderr);
    assert!(run.stderr.contains("anonymous"), "{}", run.stderr);
    leaves_nothing(&run);
}

#[test]
fn html_instead_of_json_is_not_taken_for_confluence() {
    let faults = FaultPlan::none().on(RoutePattern::any(), Occurrence::From(1), Fault::HtmlPage);
    let server = Server::start(small(), faults);
    let run = server.run(&[]);
    assert!([4, 5].contains(&run.status), "{}: {}", run.status, run.stderr);
    assert!(run.stderr.to_lowercase().contains("html"), "{}", run.stderr);
    leaves_nothing(&run);
}

#[test]
fn a_folder_that_cannot_be_written_is_reported_before_the_first_request() {
    let server = Server::start(small(), FaultPlan::none());
    let file = TempDir::new().unwrap();
    let not_a_folder = file.path().join("taken");
    fs::write(&not_a_folder, "x").unwrap();
    let missing = file.path().join("missing");
    for output in [&not_a_folder, &missing] {
        let run = server.run(&["--output", output.to_str().unwrap()]);
        assert_eq!(run.status, 6, "{}", run.stderr);
        assert!(run.stderr.contains("--output"), "{}", run.stderr);
    }
    assert_eq!(server.server.requests().len(), 0);
}

#[test]
fn a_site_without_visible_spaces_is_an_error_and_not_an_empty_report() {
    let server = Server::start(Site::new(), FaultPlan::none());
    let run = server.run(&[]);
    assert_eq!(run.status, 4, "{}", run.stderr);
    leaves_nothing(&run);
}
