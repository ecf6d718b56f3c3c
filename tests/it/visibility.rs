//! What a run could see: runs that see different parts of a site are not compared, and share neither cache nor counts.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{TimeDelta, Utc};
use confluence_client::{Api, ConnectionSettings};
use confluence_sim::workflow::{PageWorkflow, WorkflowApp};
use confluence_sim::{FaultPlan, Site};
use confluence_storage_analyzer::cache::Cache;
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::CrawlOptions;
use serde_json::{Value, json};
use tempfile::TempDir;
use test_support::harness::{Harness, Run, always, response};
use test_support::known_site;

use crate::run_program::Server;
use crate::snapshot::harness::{self, weeks_ago};

const SCOPE: &str = "read:user:confluence";

/// The known site, with a key for an hour.
fn site() -> Site {
    let mut site = known_site::site().0;
    site.admin_key = Some(Utc::now() + TimeDelta::hours(1));
    site
}

/// The gateway's response without the scope for accounts, which leaves a snapshot complete.
fn without_scope() -> FaultPlan {
    without_scope_for("/wiki/api/v2/users-bulk")
}

/// The gateway's response without the scope for a path.
fn without_scope_for(path: &str) -> FaultPlan {
    let body = r#"{"code":401,"message":"Unauthorized; scope does not match"}"#;
    always(path, response(401, &[("x-failure-category", "FAILURE_CLIENT_SCOPE_CHECK")], body))
}

async fn audit(harness: &Harness, folder: &Path, admin_key: bool) -> Run {
    let settings = ConnectionSettings { admin_key, ..harness.settings() };
    let options = CrawlOptions { results: Some(folder.to_owned()), ..CrawlOptions::default() };
    harness.run_unchecked(&Api::new(settings).unwrap(), &options).await
}

/// Returns the files with the counts of the last complete runs.
fn counts(folder: &Path) -> BTreeMap<String, Value> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let counts = entries.filter(|path| path.to_string_lossy().contains("last_complete_run"));
    counts
        .map(|path| (path.display().to_string(), serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()))
        .collect()
}

/// Deletes half of the files.
fn shrink(site: &mut Site) {
    let left = site.attachments.len() / 2;
    site.attachments.truncate(left);
}

#[test]
fn a_run_with_a_newly_missing_scope_has_its_own_counts_and_replaces_no_fuller_rows() {
    let harness = harness::Harness::start(site(), FaultPlan::none());
    let snapshot = || harness.snapshot(&["--metrics", "core,people"]);
    snapshot().exits_with(0);
    let before = counts(harness.folder.path());
    assert_eq!(before.len(), 1);
    harness.server.set_faults(without_scope());
    let lacking = snapshot().exits_with(0);
    assert!(lacking.stderr.contains(&format!("what needs the scope {SCOPE}; its rows are kept")), "{}", lacking.stderr);
    let after = counts(harness.folder.path());
    assert_eq!(after.len(), 2);
    assert!(
        before.iter().all(|(path, run)| after[path] == *run),
        "the counts of the run with all scopes are unchanged"
    );
    let new = after.iter().find(|(path, _)| !before.contains_key(*path)).unwrap().1;
    assert_eq!(new["view"]["missing_scopes"], json!([SCOPE]));
    // another run without the scope is compared with it, without a warning
    let again = snapshot().exits_with(0);
    assert!(!again.stderr.contains("cannot detect lists that are much shorter"), "{}", again.stderr);
    harness.server.change_site(shrink);
    let saved = counts(harness.folder.path());
    let shrunk = snapshot().exits_with(3);
    assert!(shrunk.stderr.contains("number of attachments"), "{}", shrunk.stderr);
    assert_eq!(counts(harness.folder.path()), saved, "an incomplete run saves no counts");
}

#[test]
fn a_first_run_with_a_missing_scope_says_once_that_it_is_compared_with_nothing() {
    let harness = harness::Harness::start(site(), without_scope_for("/wiki/api/v2/footer-comments"));
    let first = harness.snapshot(&["--metrics", "core,links"]).exits_with(3);
    let warnings = first.stderr.matches("cannot detect lists that are much shorter").count();
    assert_eq!(warnings, 1, "{}", first.stderr);
}

#[test]
fn a_scope_that_only_the_workflow_needs_does_not_switch_the_plausibility_check_off() {
    let mut site = site();
    site.workflow.app = WorkflowApp::ComalaCloud;
    site.workflow.pages.insert("1001".to_owned(), PageWorkflow::new("Document Control", "Approved", true));
    // which properties the app has is looked up, but nothing depends on it
    let harness = harness::Harness::start(site, without_scope_for("/wiki/api/v2/pages/*/properties"));
    let snapshot = || harness.snapshot(&["--metrics", "core,workflow"]);
    snapshot().exits_with(0);
    let saved = counts(harness.folder.path());
    let views: Vec<&Value> = saved.values().map(|run| &run["view"]["missing_scopes"]).collect();
    assert_eq!(views, [&json!(["read:page:confluence"])]);
    harness.server.change_site(shrink);
    let shrunk = snapshot().exits_with(3);
    assert!(shrunk.stderr.contains("number of attachments"), "{}", shrunk.stderr);
    assert_eq!(counts(harness.folder.path()), saved);
}

#[test]
fn a_week_from_runs_with_and_without_the_key_says_which_spaces_were_read_with_it() {
    let harness = harness::Harness::start(site(), FaultPlan::none());
    let page = [("space_key", "ENG"), ("page_id", "1001"), ("page_title", "Home"), ("word_count", "3")];
    harness.record(weeks_ago(1), true, &["ENG", "DOC", "OLD"], &[&page]);
    let core = |more: &[&str]| harness.snapshot(&[&["--metrics", "core", "--accept-account-change"], more].concat());
    core(&["--admin-key", "--space", "ENG"]).exits_with(0);
    let mixed = core(&[]);
    assert!(mixed.stderr.contains("what the admin key shows; its rows are kept"), "{}", mixed.stderr);
    let dashboard = std::fs::read_to_string(harness.data().join("index.html")).unwrap();
    assert!(dashboard.contains("; it uses the admin key."), "the earlier run: {dashboard}");
    assert!(dashboard.contains("does not show the same part of the site as"), "the week before: {dashboard}");
    assert!(!dashboard.contains("Restricted pages are covered"), "not in all spaces: {dashboard}");
}

#[test]
fn weeks_whose_tokens_lack_different_scopes_are_not_compared() {
    let harness = harness::Harness::start(site(), without_scope());
    let page = [("space_key", "ENG"), ("page_id", "1001"), ("page_title", "Home"), ("word_count", "3")];
    harness.record(weeks_ago(1), true, &["ENG", "DOC", "OLD"], &[&page]);
    let run = harness.snapshot(&["--metrics", "core,people"]).exits_with(0);
    let left_out = run.json()["comparison"]["left_out"].clone();
    assert!(left_out.to_string().contains("read with other rights: admin key or scopes"), "{left_out}");
    let week = history(&harness)["weeks"][1].clone();
    assert_eq!(week["visibility"], json!({"admin_key": false, "missing_scopes": [SCOPE]}));
    let dashboard = std::fs::read_to_string(harness.data().join("index.html")).unwrap();
    assert!(dashboard.contains("its token lacks read:user:confluence"), "{dashboard}");
    assert!(dashboard.contains("The token lacks scopes, so what needs them was not read: read:user:confluence."));
}

#[tokio::test]
async fn a_run_with_the_admin_key_has_its_own_counts() {
    let (harness, folder) =
        (Harness::start((site(), BTreeMap::new()), FaultPlan::none()).await, TempDir::new().unwrap());
    assert_eq!(audit(&harness, folder.path(), false).await.status(), ExitStatus::Complete);
    harness.server.change_site(shrink);
    assert_eq!(audit(&harness, folder.path(), true).await.status(), ExitStatus::Complete, "not compared");
    assert_eq!(counts(folder.path()).len(), 2);
    audit(&harness, folder.path(), false).await.expect_incomplete();
}

/// Returns the names of the caches that a run left in its folder.
fn caches(root: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap());
    let mut caches: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    caches.sort();
    caches
}

#[test]
fn runs_that_see_different_parts_of_a_site_share_no_cache() {
    let (server, root) = (Server::start(site(), FaultPlan::none()), TempDir::new().unwrap());
    let cache = root.path().join("caches");
    let run = |more: &[&str]| {
        let run = server.run(&[&["--cache-dir", cache.to_str().unwrap()][..], more].concat());
        assert_eq!(run.status, 0, "{}", run.stderr);
        run
    };
    run(&[]);
    let first = caches(&cache);
    assert_eq!(first.len(), 1);
    run(&["--admin-key"]);
    let both = caches(&cache);
    assert_eq!(both.len(), 2, "the key has its own cache");
    let again = run(&[]);
    assert_eq!(caches(&cache), both);
    assert_ne!(again.run_json()["coverage"]["total"]["remembered"], 0, "its own cache is used again");
    server.server.change_site(|site| site.account.account_id = "557058:mallory".to_owned());
    run(&[]);
    assert_eq!(caches(&cache).len(), 3, "another account with the same address has its own cache");
}

#[test]
fn a_cache_of_an_earlier_version_is_used_as_long_as_it_exists() {
    let (server, root) = (Server::start(site(), FaultPlan::none()), TempDir::new().unwrap());
    let cache = root.path().join("caches");
    drop(Cache::open(&cache, &server.server.site_url(), &server.server.user()).unwrap());
    let before = caches(&cache);
    let run = server.run(&["--cache-dir", cache.to_str().unwrap()]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(caches(&cache), before);
    assert!(!Cache::open(&cache, &server.server.site_url(), &server.server.user()).unwrap().is_empty());
    // it was kept by runs without the key
    assert_eq!(server.run(&["--cache-dir", cache.to_str().unwrap(), "--admin-key"]).status, 0);
    assert_eq!(caches(&cache).len(), 2);
}

/// Returns the manifest of a history.
fn history(harness: &harness::Harness) -> Value {
    serde_json::from_slice(&std::fs::read(harness.data().join("history.json")).unwrap()).unwrap()
}

#[test]
fn a_history_continues_with_another_view_only_if_that_is_accepted_and_says_so() {
    let harness = harness::Harness::start(site(), FaultPlan::none());
    let page = [("space_key", "ENG"), ("page_id", "1001"), ("page_title", "Home"), ("word_count", "3")];
    harness.record(weeks_ago(1), true, &["ENG", "DOC", "OLD"], &[&page]);
    let core = ["--metrics", "core"];
    for command in [&["--admin-key"][..], &["--admin-key", "--space", "ENG"]] {
        let before = harness.server.requests().len();
        let refused = harness.snapshot(&[&core[..], command].concat()).exits_with(2);
        assert!(refused.stderr.contains("was recorded without the admin key"), "{}", refused.stderr);
        assert!(refused.stderr.contains("--accept-account-change"), "{}", refused.stderr);
        let later = harness.server.requests().split_off(before);
        assert!(!later.iter().any(|request| request.path.ends_with("/spaces")), "nothing is listed");
    }
    let accepted = harness.snapshot(&[&core[..], &["--admin-key", "--accept-account-change"]].concat()).exits_with(0);
    let left_out = accepted.json()["comparison"]["left_out"].clone();
    let whys: Vec<&str> = left_out.as_array().unwrap().iter().filter_map(|left| left["why"].as_str()).collect();
    assert!(whys.contains(&"read with other rights: admin key or scopes"), "{left_out}");
    let manifest = history(&harness);
    let views: Vec<&Value> = manifest["weeks"].as_array().unwrap().iter().map(|week| &week["visibility"]).collect();
    let view = |key| json!({"admin_key": key, "missing_scopes": []});
    assert_eq!(views, [&view(false), &view(true)]);
    assert_eq!(manifest["comparison"], accepted.json()["comparison"]);
    let dashboard = std::fs::read_to_string(harness.data().join("index.html")).unwrap();
    assert!(dashboard.contains("does not show the same part of the site as"), "{dashboard}");
    assert!(dashboard.contains("it uses the admin key"), "{dashboard}");
    assert!(dashboard.contains("This week was read with the admin key: 0 pages"), "{dashboard}");
    // the week was read with the key, and a run without it is refused again
    let refused = harness.snapshot(&core).exits_with(2);
    assert!(refused.stderr.contains("was recorded with the admin key"), "{}", refused.stderr);
    let replaced = harness.snapshot(&[&core[..], &["--accept-account-change"]].concat());
    assert!(replaced.stderr.contains("what the admin key shows; its rows are kept"), "{}", replaced.stderr);
    let verified = harness.run(&["history", "verify"]);
    assert_eq!(verified.status, 0, "{}", verified.stderr);
}

#[test]
fn a_plan_through_the_gateway_foretells_points_and_their_time() {
    let server = Server::start(site(), FaultPlan::none());
    let token = server.server.site(|site| site.credentials.scoped_token.as_ref().unwrap().token.clone());
    for command in [&["--dry-run", "--json"][..], &["snapshot", "--dry-run", "--json"]] {
        let run = server.run_at_as(&server.server.gateway_url(), &token, command);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let object: Value = serde_json::from_str(&run.stdout).unwrap();
        let plan = &object["dry_run"]["plan"];
        let requests: u64 = plan["requests"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
        let points = plan["points"]["points"].as_u64().unwrap();
        assert!(points > requests, "each object is a point, too: {plan}");
        assert_eq!(plan["points"]["seconds"], (points * 3600).div_ceil(65_000));
        let at_site: Value = serde_json::from_str(&server.run(command).stdout).unwrap();
        assert_eq!(at_site["dry_run"]["plan"].get("points"), None, "the site's own host has no such quota");
    }
    let run = server.run_at_as(&server.server.gateway_url(), &token, &["--dry-run"]);
    assert!(run.stdout.contains("of the gateway's quota"), "{}", run.stdout);
    let run = server.run_at_as(&server.server.gateway_url(), &token, &["audit"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains("if it allows 65,000 points per hour"), "{}", run.stderr);
    assert_ne!(run.run_json()["plan"]["points"]["points"], Value::Null);
}
