//! `--admin-key`: the administrator's key, from the check before the run to the command that ends it.

use std::sync::Arc;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use confluence_client::{Api, ConnectionSettings, RequestError};
use confluence_sim::site::Status;
use confluence_sim::{Fault, FaultPlan, Occurrence, ServedAs, Site};
use confluence_storage_analyzer::audit::{AuditOptions, Usage};
use confluence_storage_analyzer::commands::admin_key::{AdminKeyWatch, KeyCommands};
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::CrawlOptions;
use confluence_storage_analyzer::inventory::coverage::UnitKind;
use confluence_storage_analyzer::progress::Progress;
use confluence_storage_analyzer::report::{self, ReportInput, RunFacts};
use serde_json::{Value, json};
use tempfile::TempDir;
use test_support::harness::{Harness, Run, also, on, once, only_reads, response};
use test_support::known_site::{self, REFERRER};

use crate::run_program::{Finished, Server};
use crate::snapshot::harness as snapshot;

/// The known site with a key for an hour. The only page that uses `att103`, a space with a page, and a page with a file
/// are restricted.
fn restricted() -> Site {
    let mut site = known_site::site().0;
    site.admin_key = Some(Utc::now() + TimeDelta::hours(1));
    for content in site.contents.iter_mut().filter(|content| [REFERRER, "1002"].contains(&content.id.as_str())) {
        content.hidden = true;
    }
    if let Some(space) = site.spaces.iter_mut().find(|space| space.key == "DOC") {
        space.hidden = true;
    }
    site
}

async fn served(faults: FaultPlan) -> Harness {
    Harness::start((restricted(), known_site::site().1), faults).await
}

fn with_key(harness: &Harness) -> ConnectionSettings {
    ConnectionSettings { admin_key: true, ..harness.settings() }
}

/// Returns the manifest and the start page of the report of a run.
fn report_of(run: &Run) -> (Value, String) {
    let (folder, audit_run) = (TempDir::new().unwrap(), run.audit_run());
    let facts = RunFacts {
        local_time: "2026-11-29T10:00:00+01:00".parse().unwrap(),
        exit_code: audit_run.status.code(),
        stopped: audit_run.stopped.as_ref().map(ToString::to_string),
        options: Vec::new(),
        quota_bytes: None,
        audit_history: None,
        previous: None,
        thresholds: Vec::new(),
        audit: AuditOptions::default(),
    };
    let written = report::write(
        folder.path(),
        ReportInput { run: &facts, inventory: &audit_run.inventory, audit: &audit_run.audit },
    )
    .unwrap();
    let manifest = std::fs::read(written.join("run.json")).unwrap();
    let page = std::fs::read_to_string(written.join("index.html")).unwrap();
    (serde_json::from_slice(&manifest).unwrap(), page)
}

#[tokio::test]
async fn restricted_content_is_read_and_what_only_the_key_shows_is_marked() {
    let harness = served(FaultPlan::none()).await;
    let run = harness.run_with(with_key(&harness)).await;
    run.expect_true_verdicts(&harness);
    assert_eq!(run.usage("att103"), Usage::LinkedElsewhere, "its only use is on a restricted page");
    let inventory = &run.audit_run().inventory;
    let marked = inventory.contents.iter().filter(|content| content.only_with_admin_key);
    let mut marked: Vec<&str> = marked.map(|content| content.id.as_str()).collect();
    marked.sort_unstable();
    assert_eq!(marked, ["1002", "1003", "1101", "1102"]);
    let spaces = inventory.spaces.iter().filter(|space| space.only_with_admin_key);
    assert_eq!(spaces.map(|space| space.key.as_str()).collect::<Vec<_>>(), ["DOC"]);
    let (manifest, page) = report_of(&run);
    let bytes = 900 + 950 + 990;
    let mut only = manifest["only_with_admin_key"].clone();
    only["ids"].as_array_mut().unwrap().sort_by_key(ToString::to_string);
    let ids = ["1002", "1003", "1101", "1102"];
    assert_eq!(only, json!({"spaces": ["DOC"], "pages": 4, "blog_posts": 0, "files": 1, "bytes": bytes, "ids": ids}));
    assert_eq!(manifest["visibility"]["admin_key"], true);
    assert!(page.contains("Only the admin key shows 1 space, 4 pages, 0 blog posts and 1 file on them"), "{page}");
    assert!(page.contains(r##"<a href="#only-with-key">"##), "the section is in the contents");
    let not_covered = manifest["not_covered"].as_str().unwrap();
    assert!(not_covered.contains("Restricted pages are covered: the run used the admin key."), "{not_covered}");
}

#[tokio::test]
async fn without_the_key_the_report_says_that_restricted_pages_are_not_covered() {
    let harness = served(FaultPlan::none()).await;
    let options = CrawlOptions::default();
    let run = harness.run_unchecked(&Api::new(harness.settings()).unwrap(), &options).await;
    let (manifest, page) = report_of(&run);
    assert_eq!(manifest.get("only_with_admin_key"), None);
    assert_eq!(manifest["visibility"]["admin_key"], false);
    let not_covered = manifest["not_covered"].as_str().unwrap();
    for part in [
        "whiteboards and databases, which have no documented REST API",
        "spaces in the trash, which take up storage and are in no list",
        "restricted pages, and anything else that Ada Admin may not see",
    ] {
        assert!(not_covered.contains(part), "{not_covered}");
    }
    assert!(!page.contains("Only with the admin key"));
}

#[tokio::test]
async fn a_key_that_shows_nothing_more_is_noted() {
    let harness = Harness::known(FaultPlan::none()).await;
    harness.server.change_site(|site| site.admin_key = Some(Utc::now() + TimeDelta::hours(1)));
    let run = harness.run_with(with_key(&harness)).await;
    run.expect_true_verdicts(&harness);
    assert!(run.warns("the admin key shows nothing that the account does not see without it"));
    assert!(report_of(&run).1.contains("nothing is restricted, or the key had no effect"));
}

#[tokio::test]
async fn drafts_are_not_marked_because_no_list_shows_them() {
    let mut site = known_site::site().0.page("1990", "Not published", "<p>x</p>");
    site.admin_key = Some(Utc::now() + TimeDelta::hours(1));
    site.contents.last_mut().unwrap().status = Status::Draft;
    site.behaviour.lists_drafts = true;
    let harness = Harness::start((site, known_site::site().1), FaultPlan::none()).await;
    let run = harness.run_with(with_key(&harness)).await;
    let contents = &run.audit_run().inventory.contents;
    assert!(contents.iter().any(|content| content.id.as_str() == "1990"), "it is read");
    assert!(!contents.iter().any(|content| content.only_with_admin_key));
    assert!(run.warns("the admin key shows nothing that the account does not see without it"));
}

#[tokio::test]
async fn a_list_without_the_key_that_cannot_be_read_leaves_the_run_complete() {
    let harness = served(FaultPlan::none()).await;
    // the second list of archived spaces is the one without the key
    let path = confluence_sim::RoutePattern::path("/wiki/api/v2/spaces").unwrap().with_query("status", "archived");
    harness.server.set_faults(FaultPlan::none().on(path, Occurrence::Only(2), Fault::status(403)));
    let run = harness.run_with(with_key(&harness)).await;
    run.expect_true_verdicts(&harness);
    assert!(run.warns("it is not known what only the admin key shows"));
    assert!(!run.audit_run().inventory.contents.iter().any(|content| content.only_with_admin_key));
    assert!(report_of(&run).1.contains("It is not known which part only the key shows"));
}

#[tokio::test]
async fn a_key_that_ends_during_the_run_makes_it_incomplete_and_nothing_unreferenced() {
    for request in [5, 15, 30, 45, 60] {
        let ends = Fault::change_site(|site| site.admin_key = None);
        let harness = served(on("*", Occurrence::Only(request), ends)).await;
        let run = harness.run_with(with_key(&harness)).await;
        run.expect_incomplete();
        assert!(!run.usages().values().any(|usage| *usage == Usage::Unreferenced), "at request {request}");
        assert!(run.reason(UnitKind::Identity).contains("the admin key expired or was ended"), "at request {request}");
        let not_covered = report_of(&run).0["not_covered"].as_str().unwrap().to_owned();
        assert!(not_covered.contains("as far as they were not read before the admin key ended"), "{not_covered}");
    }
}

/// Begins to watch the key of a server.
async fn watch(harness: &Harness) -> (Arc<Api>, AdminKeyWatch) {
    let api = Arc::new(Api::new(with_key(harness)).unwrap());
    let commands = KeyCommands::of(&api, &harness.server.user());
    let watch = AdminKeyWatch::start(&api, commands, TimeDelta::zero(), &Progress::silent()).await.unwrap();
    (api, watch)
}

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

#[tokio::test(start_paused = true)]
async fn a_run_stops_when_the_key_expires() {
    let harness = served(FaultPlan::none()).await;
    let (api, watch) = watch(&harness).await;
    tokio::time::sleep(minutes(58)).await;
    assert_eq!(api.client().stopped(), None);
    tokio::time::sleep(minutes(4)).await;
    assert_eq!(api.client().stopped(), Some(RequestError::AdminKeyEnded));
    drop(watch);
    let run = harness.run_as(&api, &CrawlOptions::default()).await;
    assert_eq!(run.failure().status, ExitStatus::Authentication, "nothing usable was read");
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_extended_in_time_does_not_stop_the_run() {
    let harness = served(FaultPlan::none()).await;
    let (api, _watch) = watch(&harness).await;
    tokio::time::sleep(minutes(57)).await;
    harness.server.change_site(|site| site.admin_key = site.admin_key.map(|at| at + TimeDelta::minutes(55)));
    tokio::time::sleep(minutes(50)).await;
    assert_eq!(api.client().stopped(), None);
    // an administrator ends it long before it expires
    harness.server.change_site(|site| site.admin_key = None);
    tokio::time::sleep(minutes(6)).await;
    assert_eq!(api.client().stopped(), Some(RequestError::AdminKeyEnded));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_was_enabled_again_only_after_its_end_stops_the_run() {
    let harness = served(FaultPlan::none()).await;
    let (api, _watch) = watch(&harness).await;
    // no key lasts longer than an hour
    harness.server.change_site(|site| site.admin_key = site.admin_key.map(|at| at + TimeDelta::minutes(62)));
    tokio::time::sleep(minutes(6)).await;
    assert_eq!(api.client().stopped(), Some(RequestError::AdminKeyEnded));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_waits_until_the_key_expires_is_incomplete_and_says_so() {
    let pause = response(429, &[("retry-after", "840")], "{}");
    let faults =
        also(once("/wiki/api/v2/labels", pause.clone()), "/wiki/rest/api/user/bulk", Occurrence::Only(1), pause);
    let harness = served(faults).await;
    harness.server.change_site(|site| site.admin_key = Some(Utc::now() + TimeDelta::minutes(10)));
    let (api, _watch) = watch(&harness).await;
    let run = harness.run_as(&api, &CrawlOptions::default()).await;
    run.expect_incomplete();
    assert_eq!(run.audit_run().stopped, Some(RequestError::AdminKeyEnded));
    assert_eq!(run.status().code(), 3);
    assert!(report_of(&run).0["incomplete_reasons"][0].as_str().unwrap().contains("the admin key expired"));
}

const COMMANDS: [&[&str]; 3] = [&["audit", "--admin-key"], &["snapshot", "--admin-key"], &["--admin-key", "--dry-run"]];

fn writes_nothing(run: &Finished) {
    let left: Vec<_> = std::fs::read_dir(run.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let left: Vec<_> = left.iter().filter(|name| !name.to_string_lossy().starts_with('.')).collect();
    assert!(left.iter().all(|name| *name == "confluence_data"), "{left:?}");
    assert!(run.reports().is_empty());
}

#[test]
fn without_a_key_the_command_that_enables_it_is_printed_and_nothing_is_read() {
    let server = Server::start(known_site::site().0, FaultPlan::none());
    for command in COMMANDS {
        let run = server.run(command);
        assert_eq!(run.status, 4, "{}", run.stderr);
        let user = server.server.user();
        let line = format!(
            "    curl --user '{user}' --header 'Content-Type: application/json' --data '{{\"durationInMinutes\": 60}}' \
             '{}/api/v2/admin-key'",
            server.server.site_url()
        );
        assert!(run.stderr.lines().any(|text| text == line), "{line}\n{}", run.stderr);
        assert!(!run.stderr.contains(&server.server.token()));
        writes_nothing(&run);
    }
    assert!(!server.server.requests().iter().any(|request| request.path.ends_with("/spaces")));
    assert!(server.server.requests().iter().all(only_reads), "the key is never enabled");
}

#[test]
fn a_run_with_a_key_ends_with_the_command_that_ends_it() {
    let server = Server::start(restricted(), FaultPlan::none());
    let run = server.run(&["audit", "--admin-key"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains("the admin key is enabled until"), "{}", run.stderr);
    let line = format!(
        "    curl --user '{}' --request DELETE '{}/api/v2/admin-key'",
        server.server.user(),
        server.server.site_url()
    );
    assert!(run.stderr.lines().any(|text| text == line), "{line}\n{}", run.stderr);
    assert!(server.server.requests().iter().all(only_reads), "the key is never ended");
    assert_eq!(run.run_json()["only_with_admin_key"]["pages"], 4);
    assert_eq!(run.usages()["att103"], "linked-elsewhere");
}

#[test]
fn the_gateway_refuses_the_key_with_the_reason() {
    let server = Server::start(restricted(), FaultPlan::none());
    for command in COMMANDS {
        let run = server.run_at(&server.server.gateway_url(), command);
        assert_eq!(run.status, 2, "{}", run.stderr);
        assert!(run.stderr.contains("restricted pages would be missing without a word"), "{}", run.stderr);
        writes_nothing(&run);
    }
}

#[test]
fn data_center_refuses_the_key_with_the_reason() {
    let site = known_site::site().0.without_cloud_features();
    let server = Server::start_as(ServedAs::data_center("confluence"), site, FaultPlan::none());
    for command in COMMANDS {
        let run = server.run(command);
        assert_eq!(run.status, 2, "{}", run.stderr);
        assert!(run.stderr.contains("works only at the host of a Confluence Cloud site itself"), "{}", run.stderr);
        writes_nothing(&run);
    }
    assert!(!server.server.requests().iter().any(|request| request.path.ends_with("/user/current")), "no login");
}

#[test]
fn a_key_that_ends_during_a_snapshot_makes_it_incomplete() {
    let metrics = ["--admin-key", "--metrics", "core,people,workflow"];
    let harness = snapshot::Harness::start(restricted(), FaultPlan::none());
    harness.snapshot(&metrics).exits_with(0);
    let requests = harness.server.requests().len();
    for request in [requests / 3, requests / 2, requests - 1] {
        let ends = Fault::change_site(|site| site.admin_key = None);
        let faults = on("*", Occurrence::Only(u32::try_from(request).unwrap()), ends);
        let harness = snapshot::Harness::start(restricted(), faults);
        let run = harness.snapshot(&metrics).exits_with(3);
        assert!(run.stderr.contains("the admin key expired or was ended during the run"), "{request}: {}", run.stderr);
        let dashboard = std::fs::read_to_string(harness.data().join("index.html")).unwrap();
        assert!(dashboard.contains("as far as they were not read before the admin key ended"), "at request {request}");
    }
}
