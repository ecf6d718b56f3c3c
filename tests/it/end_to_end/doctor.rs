//! The command `doctor`.

use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern};
use serde_json::Value;

use crate::run_program::Server;

#[test]
fn a_healthy_site_is_reported_line_by_line_and_nothing_is_written() {
    let server = Server::sample(FaultPlan::none());
    let finished = server.run(&["doctor"]);
    assert_eq!(finished.status, 0, "{}", finished.stderr);
    for start in
        ["ok       configuration: ", "ok       account: the token belongs to ", "ok       pages: ", "note     "]
    {
        assert!(finished.stdout.lines().any(|line| line.starts_with(start)), "{start}\n{}", finished.stdout);
    }
    // every documented line
    for subject in [
        "configuration",
        "site",
        "account",
        "token",
        "spaces",
        "API",
        "rate limits",
        "workflow app",
        "pages",
        "blog posts",
        "attachments",
        "footer comments",
        "inline comments",
        "page templates",
        "blueprint templates",
        "search",
        "labels",
        "people",
        "sizes of old versions",
    ] {
        assert!(finished.stdout.lines().any(|line| line[9..].starts_with(&format!("{subject}: "))), "{subject}");
    }
    assert!(!finished.stdout.contains(&server.server.token()));
    assert_eq!(std::fs::read_dir(finished.folder.path()).unwrap().count(), 0);
}

#[test]
fn a_missing_permission_names_its_cost_and_ends_with_3() {
    let route = RoutePattern::path("/wiki/rest/api/template/*").unwrap();
    let server = Server::sample(FaultPlan::none().on(route, Occurrence::From(1), Fault::status(410)));
    let finished = server.run(&["doctor"]);
    assert_eq!(finished.status, 3, "{}", finished.stdout);
    let lines: Vec<&str> = finished.stdout.lines().collect();
    let at = lines.iter().position(|line| line.starts_with("MISSING  page templates: ")).unwrap();
    assert!(lines[at + 1].trim_start().starts_with("effect: "), "{}", finished.stdout);
    assert!(lines[at + 2].trim_start().starts_with("remedy: "), "{}", finished.stdout);
}

#[test]
fn a_rejected_token_ends_with_4_and_an_unreachable_site_with_5() {
    let server = Server::sample(FaultPlan::none());
    let refused = server.run_as("wrong", &["doctor", "--json"]);
    assert_eq!(refused.status, 4, "{}", refused.stdout);
    let object: Value = serde_json::from_str(&refused.stdout).unwrap();
    assert_eq!(object["exit_code"], 4);
    let fatal = object["findings"].as_array().unwrap().iter().find(|finding| finding["state"] == "fatal").unwrap();
    assert!(fatal["remedy"].is_string(), "{fatal}");
    let absent = crate::run_program::program(refused.folder.path())
        .env("CONFLUENCE_BASE_URL", "http://127.0.0.1:9/wiki")
        .env("CONFLUENCE_API_USER", "me@example.com")
        .env("CONFLUENCE_API_TOKEN", "token")
        .arg("doctor")
        .output()
        .unwrap();
    assert_eq!(absent.status.code(), Some(5), "{}", String::from_utf8_lossy(&absent.stdout));
}

#[test]
fn the_probe_prints_results_that_can_be_shared() {
    let server = Server::sample(FaultPlan::none());
    let json = server.run(&["doctor", "--probe", "--json"]);
    assert_eq!(json.status, 0, "{}", json.stderr);
    let object: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(
        (object["format"].as_str(), object["version"].as_i64()),
        (Some("confluence-storage-analyzer probe"), Some(1))
    );
    assert_eq!(object["answers"].as_array().unwrap().len(), 17);
    let text = server.run(&["doctor", "--probe"]).stdout;
    assert!(text.contains("Does ?version=N return the size of version N? (old-size)\n  yes"), "{text}");
    for output in [&json.stdout, &text] {
        assert!(!output.contains("127.0.0.1") && !output.contains('@'), "{output}");
    }
}

#[test]
fn a_sample_is_written_privately_and_never_replaces_a_file() {
    let server = Server::sample(FaultPlan::none());
    let finished = server.run(&["doctor", "--probe", "--sample", "sample.json"]);
    assert_eq!(finished.status, 0, "{}", finished.stderr);
    assert_eq!(finished.stdout.lines().last(), Some("sample.json"));
    let file = finished.folder.path().join("sample.json");
    let text = std::fs::read_to_string(&file).unwrap();
    let sample: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (sample["format"].as_str(), sample["version"].as_i64()),
        (Some("confluence-storage-analyzer sample"), Some(1))
    );
    assert!(sample["endpoints"].as_array().unwrap().len() > 25);
    assert!(!text.contains("127.0.0.1") && !text.contains('@'), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let sent = server.server.requests().len();
    let again = crate::run_program::program(finished.folder.path())
        .env("CONFLUENCE_BASE_URL", server.server.base_url())
        .env("CONFLUENCE_API_USER", server.server.user())
        .env("CONFLUENCE_API_TOKEN", server.server.token())
        .args(["doctor", "--probe", "--sample", "sample.json"])
        .output()
        .unwrap();
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("sample.json exists already"), "{again:?}");
    assert_eq!(server.server.requests().len(), sent, "nothing is sent");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    let alone = server.run(&["doctor", "--sample", "sample.json"]);
    assert_eq!(alone.status, 2, "{}", alone.stderr);
    let json = server.run(&["doctor", "--probe", "--sample", "sample.json", "--json"]);
    let object: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(object["sample"], "sample.json");
}
