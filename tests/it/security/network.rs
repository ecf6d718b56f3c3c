//! Destinations and methods of requests, and limits of responses.

use confluence_client::model::User;
use confluence_client::{Api, BaseUrlError, ConnectionSettings, Credentials, RequestError, SiteAddress, Timeouts};
use confluence_sim::{DemoServer, Fault, FaultPlan, Occurrence};
use confluence_storage_analyzer::inventory::VersionSizeCheck;
use serde_json::Value;

use crate::run_program::Server;
use test_support::harness::{Harness, always, on, only_reads, response};
use test_support::known_site;
use test_support::raw_server::{RawServer, WireResponse, json, json_bytes};

const DOWNLOAD: &str = "/wiki/rest/api/content/*/child/attachment/*/download";

/// A second server that must not receive requests.
async fn bystander() -> DemoServer {
    DemoServer::start(known_site::site().0).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn redirects_are_not_followed() {
    let bystander = bystander().await;
    let host = bystander.base_url().trim_end_matches("/wiki").to_owned();
    let port = host.rsplit_once(':').unwrap().1.to_owned();
    for target in [
        format!("{host}/wiki/api/v2/pages"),
        format!("http://localhost:{port}/wiki/api/v2/pages"),
        format!("//127.0.0.1:{port}/x"),
        format!("https://127.0.0.1:{port}/x"),
        "/wiki/rest/api/user/current".to_owned(),
    ] {
        for status in [301, 302, 303, 307, 308] {
            let harness =
                Harness::known(on("*", Occurrence::From(2), response(status, &[("location", &target)], ""))).await;
            let run = harness.run().await;
            assert_ne!(run.status().code(), 0, "{status} to {target}");
            let followed = harness.server.requests().iter().filter(|sent| sent.path.ends_with("current")).count();
            assert!(followed <= 2, "probes only, at the start and at the end: {followed}");
        }
    }
    assert!(bystander.requests().is_empty(), "{:?}", bystander.requests());
}

#[tokio::test(start_paused = true)]
async fn a_download_follows_one_redirect_without_credentials() {
    let harness = Harness::known(FaultPlan::none()).await;
    let run = harness.run().await;
    run.expect_true_verdicts(&harness);
    assert!(matches!(run.audit_run().inventory.scan.old_sizes, VersionSizeCheck::Proved { .. }));
    let log = harness.server.requests();
    let stored: Vec<_> = log.iter().filter(|sent| sent.path.starts_with("/file/")).collect();
    assert!(!stored.is_empty() && stored.iter().all(|sent| !sent.credential_sent), "{stored:?}");
    let bystander = bystander().await;
    let onwards = response(302, &[("location", bystander.base_url())], "");
    let harness = Harness::known(always("/file/*", onwards)).await;
    let run = harness.run().await;
    assert!(
        matches!(run.audit_run().inventory.scan.old_sizes, VersionSizeCheck::Unproved { .. }),
        "a second redirect is not followed"
    );
    assert!(bystander.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn links_in_responses_are_never_requested() {
    let bystander = bystander().await;
    let host = bystander.base_url().trim_end_matches("/wiki").to_owned();
    let lead = move |value: &mut Value| {
        fn every_link(value: &mut Value, host: &str) {
            match value {
                Value::Object(fields) => {
                    for (name, field) in fields {
                        let is_link = ["webui", "download", "self", "webuiLink", "downloadLink", "editui", "tinyui"];
                        match field {
                            Value::String(link) if is_link.contains(&name.as_str()) => *link = format!("{host}/{link}"),
                            other => every_link(other, host),
                        }
                    }
                }
                Value::Array(items) => items.iter_mut().for_each(|item| every_link(item, host)),
                _ => {}
            }
        }
        every_link(value, &host);
    };
    let harness = Harness::known(always("/wiki/*", Fault::edit_json(lead))).await;
    harness.run().await.expect_true_verdicts(&harness);
    assert!(bystander.requests().is_empty(), "{:?}", bystander.requests());
}

#[tokio::test(start_paused = true)]
async fn a_download_is_not_redirected_into_a_private_network() {
    for target in [
        "http://169.254.169.254/latest/meta-data/",
        "https://169.254.169.254/",
        "https://10.0.0.1/x",
        "file:///etc/passwd",
        "https://[fd00::1]/",
    ] {
        let harness = Harness::known(always(DOWNLOAD, response(302, &[("location", target)], ""))).await;
        let run = harness.run().await;
        let VersionSizeCheck::Unproved { reason } = &run.audit_run().inventory.scan.old_sizes else {
            panic!("{target}")
        };
        assert!(reason.contains("local network") || reason.contains("https address"), "{target}: {reason}");
    }
}

#[test]
fn plain_http_is_refused_before_anything_is_sent() {
    for address in ["http://acme.atlassian.net", "http://169.254.169.254", "http://127.0.0.1.nip.example"] {
        assert_eq!(SiteAddress::parse(address).unwrap_err(), BaseUrlError::PlainHttp, "{address}");
    }
}

#[test]
fn only_get_leaves_the_program_and_no_body() {
    for arguments in [&["--verify", "all"][..], &["--verify-duplicates"], &["--references-within", "--space", "ENG"]] {
        let server = Server::start(known_site::site().0, FaultPlan::none());
        let run = server.run(arguments);
        assert!([0, 3].contains(&run.status), "{}", run.stderr);
        let log = server.server.requests();
        assert!(log.len() > 20 && log.iter().all(only_reads), "{arguments:?}");
    }
}

fn client(server: &RawServer) -> Api {
    let mut settings = ConnectionSettings::new(server.base_url(), Credentials::basic("me", "token".into()));
    settings.timeouts = Timeouts::NONE;
    settings.max_response_bytes = 1 << 20;
    Api::new(settings).unwrap()
}

async fn list(client: &Api) -> Result<Vec<User>, RequestError> {
    client.people(&["1"]).await
}

#[tokio::test(start_paused = true)]
async fn responses_have_limits_in_size_and_depth() {
    let large = format!(r#"{{"results":[{{"id":"{}"}}]}}"#, "1".repeat(2 << 20));
    let server = RawServer::start(move |_| json(&large)).await;
    assert!(matches!(list(&client(&server)).await, Err(RequestError::TooLarge { .. })));

    let deep = format!(r#"{{"results":[{}1{}]}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let server = RawServer::start(move |_| json(&deep)).await;
    assert!(matches!(list(&client(&server)).await, Err(RequestError::Shape { .. })));

    let many_headers = "x-filler: 1\r\n".repeat(5_000);
    let head =
        String::from_utf8(json_bytes(r#"{"results":[]}"#)).unwrap().replacen("\r\n", &format!("\r\n{many_headers}"), 1);
    let server = RawServer::start(move |_| WireResponse::Bytes(head.clone().into_bytes())).await;
    assert!(list(&client(&server)).await.is_err());

    let refusal =
        format!("HTTP/1.1 400 Bad\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n{}", "x".repeat(4 << 20));
    let server = RawServer::start(move |_| WireResponse::Bytes(refusal.clone().into_bytes())).await;
    assert!(
        matches!(list(&client(&server)).await, Err(RequestError::Status { status: 400, .. })),
        "the start of the body is sufficient"
    );
}
