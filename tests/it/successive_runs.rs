//! Successive runs on the same site: what is cached, what is read again, and what is rejected.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use confluence_client::{Api, ConnectionSettings, Credentials, RequestKind, Timeouts};
use confluence_sim::site::Content;
use confluence_sim::{DemoServer, Fault, FaultPlan, Occurrence, RoutePattern, sample_site};
use confluence_storage_analyzer::audit::{AuditOptions, FileVerdict, Usage};
use confluence_storage_analyzer::cache::Cache;
use confluence_storage_analyzer::commands::audit_run::{AuditRun, crawl_and_audit};
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::coverage::{UnitCounts, UnitKind};
use confluence_storage_analyzer::inventory::{ContentKind, CrawlOptions, VersionSizeCheck};
use confluence_storage_analyzer::progress::Progress;
use storage_format::{Body, TodoMarkers};
use tempfile::TempDir;

async fn serve(faults: FaultPlan) -> DemoServer {
    DemoServer::start_with(sample_site("2026-04-01T08:30:00Z".parse().unwrap()), faults).await.unwrap()
}

/// Runs with the cache in a folder. Time is paused in these tests, so the time limits of the HTTP library are off.
async fn run_with(server: &DemoServer, cache: &Path, change: impl FnOnce(&mut CrawlOptions)) -> AuditRun {
    let settings = ConnectionSettings {
        timeouts: Timeouts::NONE,
        jitter_seed: Some(1),
        ..ConnectionSettings::new(server.base_url(), Credentials::basic(server.user(), server.token().into()))
    };
    let api = Api::new(settings).unwrap();
    let cache = Cache::open(cache, server.base_url(), &server.user()).unwrap();
    let mut options = CrawlOptions { cache: Some(Arc::new(cache)), ..CrawlOptions::default() };
    change(&mut options);
    crawl_and_audit(&api, &options, &AuditOptions::default(), &Progress::silent()).await.unwrap()
}

async fn run(server: &DemoServer, cache: &Path) -> AuditRun {
    run_with(server, cache, |_| {}).await
}

/// Returns the verdicts by attachment, with everything known about its versions.
fn verdicts(audit_run: &AuditRun) -> HashMap<String, String> {
    let files = audit_run.audit.files.iter().map(|verdict| {
        let file = &audit_run.inventory.attachments[verdict.attachment];
        (file.id.to_string(), format!("{} {:?}", verdict.usage.as_str(), file.old_versions))
    });
    files.collect()
}

fn versions(audit_run: &AuditRun) -> UnitCounts {
    audit_run.inventory.coverage.units[&UnitKind::AttachmentVersion]
}

fn sent(audit_run: &AuditRun, kind: RequestKind) -> u64 {
    audit_run.inventory.requests.of(kind)
}

fn gap_reasons(audit_run: &AuditRun, kind: UnitKind) -> Vec<String> {
    let gaps = audit_run.inventory.coverage.gaps.iter().filter(|gap| gap.kind == kind);
    gaps.map(|gap| format!("{} {:?}", gap.subject, gap.end)).collect()
}

fn calls_something_unreferenced(audit_run: &AuditRun) -> bool {
    audit_run.audit.files.iter().any(|file| file.usage == Usage::Unreferenced)
}

/// Returns the successful requests for old versions.
fn version_requests(server: &DemoServer) -> Vec<String> {
    let asked = server.requests().into_iter().filter(|entry| entry.status == 200 && entry.query.contains("version="));
    asked.filter(|entry| entry.path.contains("/v2/attachments/")).map(|entry| entry.path + &entry.query).collect()
}

#[tokio::test(start_paused = true)]
async fn a_second_run_reads_no_old_version_again_and_has_the_same_result() {
    let (server, cache) = (serve(FaultPlan::none()).await, TempDir::new().unwrap());
    let first = run(&server, cache.path()).await;
    assert_eq!((first.status, versions(&first).remembered), (ExitStatus::Complete, 0));
    let asked = version_requests(&server).len();
    let second = run(&server, cache.path()).await;
    assert_eq!(second.status, ExitStatus::Complete);
    assert_eq!(version_requests(&server).len(), asked, "immutable data is not requested twice");
    assert_eq!(sent(&second, RequestKind::AttachmentVersion), 0);
    assert_eq!(
        sent(&second, RequestKind::AttachmentVersionList),
        1,
        "deleted versions of a file are confirmed by one list"
    );
    assert_eq!((versions(&second).remembered, versions(&second).gone), (versions(&first).ok, versions(&first).gone));
    assert_eq!(verdicts(&second), verdicts(&first));
    let plan = second.inventory.plan.unwrap();
    assert_eq!(plan.remembered_versions, versions(&first).ok);
    assert_eq!(sent(&first, RequestKind::Pages), plan.requests.of(RequestKind::Pages));
}

#[tokio::test(start_paused = true)]
async fn a_run_interrupted_at_any_request_is_continued_f_96() {
    let uninterrupted = {
        let (server, cache) = (serve(FaultPlan::none()).await, TempDir::new().unwrap());
        verdicts(&run(&server, cache.path()).await)
    };
    for broken_at in [60, 150, 300] {
        let server = serve(FaultPlan::none().unauthorized_from(broken_at)).await;
        let cache = TempDir::new().unwrap();
        let broken = run(&server, cache.path()).await;
        assert_eq!(broken.status, ExitStatus::Authentication);
        assert!(!calls_something_unreferenced(&broken));
        server.set_faults(FaultPlan::none());
        let continued = run(&server, cache.path()).await;
        assert_eq!((continued.status, verdicts(&continued)), (ExitStatus::Complete, uninterrupted.clone()));
        let mut asked = version_requests(&server);
        asked.sort();
        let all = asked.len();
        asked.dedup();
        assert_eq!(asked.len(), all, "broken at {broken_at}: a version was read twice");
    }
}

#[tokio::test(start_paused = true)]
async fn a_damaged_cache_is_noticed_and_rebuilt_f_81() {
    let (server, cache) = (serve(FaultPlan::none()).await, TempDir::new().unwrap());
    let first = run(&server, cache.path()).await;
    let folder = fs::read_dir(cache.path()).unwrap().next().unwrap().unwrap().path();
    let file = folder.join("cache.sqlite");
    let mut bytes = fs::read(&file).unwrap();
    let names: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(b".png\"")).collect();
    assert!(names.len() > 1, "{} names of old versions", names.len());
    for at in names {
        bytes[at + 1..at + 4].copy_from_slice(b"jpg");
    }
    fs::write(&file, bytes).unwrap();
    let second = run(&server, cache.path()).await;
    assert_eq!(verdicts(&second), verdicts(&first), "a damaged name is not used");
    assert!(versions(&second).remembered < versions(&first).ok);
    assert!(file.with_extension("damaged").exists());
    // entries used before the damage was detected are not in the new file yet
    assert_eq!(verdicts(&run(&server, cache.path()).await), verdicts(&first));
    let fourth = run(&server, cache.path()).await;
    assert_eq!(versions(&fourth).remembered, versions(&first).ok, "it was rebuilt");
}

/// Returns the parsed bodies by content id.
fn bodies(audit_run: &AuditRun) -> HashMap<String, Body> {
    let contents = audit_run.inventory.contents.iter();
    contents.filter_map(|content| Some((content.id.to_string(), content.body.clone()?))).collect()
}

/// Returns the number of bodies in the cache.
fn kept_bodies(server: &DemoServer, cache: &Path) -> usize {
    Cache::open(cache, server.base_url(), &server.user()).unwrap().values()
}

#[tokio::test(start_paused = true)]
async fn a_second_run_reads_only_the_bodies_that_have_changed() {
    let (server, cache) = (serve(FaultPlan::none()).await, TempDir::new().unwrap());
    let measuring = |options: &mut CrawlOptions| options.measures = Some(TodoMarkers::default());
    let first = run_with(&server, cache.path(), measuring).await;
    let kept = kept_bodies(&server, cache.path());
    let texts: HashSet<String> = server.site(|site| site.contents.iter().map(|content| content.body.clone()).collect());
    assert!(kept > texts.len() / 2, "{kept} of {} texts", texts.len());
    let second = run_with(&server, cache.path(), measuring).await;
    assert_eq!(bodies(&second), bodies(&first));
    assert_eq!((verdicts(&second), kept_bodies(&server, cache.path())), (verdicts(&first), kept));
    server.change_site(|site| {
        let page = site.contents.iter_mut().find(|content| content.id == first_page(&first)).unwrap();
        page.body = "<p>seven words that no run has read</p>".to_owned();
    });
    let third = run_with(&server, cache.path(), measuring).await;
    assert_eq!(kept_bodies(&server, cache.path()), kept + 1);
    let changed = bodies(&third)[&first_page(&first)].measures.clone().unwrap();
    assert_eq!(changed.words, 7);
    // an audit parses bodies differently, so it cannot use the cached values of a snapshot
    let audit = run(&server, cache.path()).await;
    assert!(bodies(&audit).values().all(|body| body.measures.is_none()));
}

fn first_page(audit_run: &AuditRun) -> String {
    let page =
        audit_run.inventory.contents.iter().find(|content| content.kind == ContentKind::Page && content.body.is_some());
    page.unwrap().id.to_string()
}

/// Confluence does this when a file is renamed: it updates other pages, and none of them gets a new version.
#[tokio::test(start_paused = true)]
async fn a_reference_rewritten_without_a_new_version_is_seen() {
    let (server, cache) = (serve(FaultPlan::none()).await, TempDir::new().unwrap());
    let free = run(&server, cache.path()).await;
    let is_free = |file: &&FileVerdict| file.usage == Usage::Unreferenced;
    let verdict = free.audit.files.iter().find(is_free).expect("an unreferenced file");
    let file = &free.inventory.attachments[verdict.attachment];
    let (owner, name, id) = (file.container.id().unwrap().to_string(), file.title.clone(), file.id.to_string());
    let body = |name: &str| {
        let long = "<p>Every team keeps its own copy of the plan.</p>".repeat(500);
        format!("{long}<p><ac:image><ri:attachment ri:filename=\"{name}\"/></ac:image></p>")
    };
    let write = |name: &str| {
        server.change_site(|site| {
            site.contents.iter_mut().find(|content| content.id == owner).unwrap().body = body(name);
        });
    };
    let usage = async || verdicts(&run(&server, cache.path()).await)[&id].split(' ').next().unwrap().to_owned();
    for (named, expected) in [("another name.png", "unreferenced"), (name.as_str(), "embedded")] {
        for _ in 0..2 {
            write(named);
            assert_eq!(usage().await, expected, "{named}");
        }
    }
    assert_eq!(kept_bodies(&server, cache.path()), 2);
}

#[tokio::test(start_paused = true)]
async fn values_of_a_truncated_file_are_computed_again_f_81() {
    let (server, cache) = (serve(FaultPlan::none()).await, TempDir::new().unwrap());
    let measuring = |options: &mut CrawlOptions| options.measures = Some(TodoMarkers::default());
    let first = run_with(&server, cache.path(), measuring).await;
    let kept = kept_bodies(&server, cache.path());
    let folder = fs::read_dir(cache.path()).unwrap().next().unwrap().unwrap().path();
    let file = folder.join("cache.sqlite");
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let second = run_with(&server, cache.path(), measuring).await;
    assert_eq!((verdicts(&second), bodies(&second)), (verdicts(&first), bodies(&first)));
    assert!(file.with_extension("damaged").exists());
    assert_eq!(kept_bodies(&server, cache.path()), kept, "the values were computed again");
}

#[tokio::test(start_paused = true)]
async fn a_deleted_version_that_is_listed_again_is_read() {
    let (server, cache) = (serve(FaultPlan::none()).await, TempDir::new().unwrap());
    let first = run(&server, cache.path()).await;
    server.change_site(|site| {
        let versions = site.attachments.iter_mut().flat_map(|file| &mut file.versions);
        versions.for_each(|version| version.deleted = false);
    });
    let second = run(&server, cache.path()).await;
    assert_eq!(sent(&second, RequestKind::AttachmentVersion), versions(&first).gone);
    assert_eq!(versions(&second).gone, 0);
}

#[tokio::test(start_paused = true)]
async fn sizes_from_a_server_that_returned_wrong_ones_are_discarded() {
    let (server, cache) = (serve(FaultPlan::none()).await, TempDir::new().unwrap());
    server.change_site(|site| site.behaviour.old_versions_answer_current_size = true);
    let wrong = run(&server, cache.path()).await;
    assert!(matches!(wrong.inventory.scan.old_sizes, VersionSizeCheck::Unproved { .. }));
    server.change_site(|site| site.behaviour.old_versions_answer_current_size = false);
    let right = run(&server, cache.path()).await;
    assert!(matches!(right.inventory.scan.old_sizes, VersionSizeCheck::Proved { .. }));
    assert_eq!(versions(&right).remembered, 0);
}

#[tokio::test(start_paused = true)]
async fn a_list_much_shorter_than_last_time_is_rejected_unless_accepted_f_58() {
    let (server, cache) = (serve(FaultPlan::none()).await, TempDir::new().unwrap());
    let run = |accept_shrink| {
        let results = Some(cache.path().to_owned());
        run_with(&server, cache.path(), move |options| {
            (options.results, options.accept_shrink) = (results, accept_shrink);
        })
    };
    let first = run(false).await;
    assert!(calls_something_unreferenced(&first));
    server.change_site(|site| {
        let keep = site.attachments.len() * 6 / 10;
        site.attachments.truncate(keep);
    });
    for _ in 0..2 {
        let shrunk = run(false).await;
        assert_eq!(shrunk.status, ExitStatus::Incomplete);
        assert!(!calls_something_unreferenced(&shrunk));
        let reasons = gap_reasons(&shrunk, UnitKind::Plausibility);
        assert!(reasons.len() == 1 && reasons[0].contains("--accept-shrink"), "{reasons:?}");
    }
    let accepted = run(true).await;
    assert_eq!(accepted.status, ExitStatus::Complete);
    let next = run(false).await;
    assert_eq!((next.status, gap_reasons(&next, UnitKind::Plausibility)), (ExitStatus::Complete, vec![]));
}

/// Returns the files with the counts of complete runs: name and content.
fn counts(folder: &Path) -> Vec<(String, String)> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let counts = names.filter(|name| name.starts_with("confluence_last_complete_run"));
    counts.map(|name| (name.clone(), fs::read_to_string(folder.join(name)).unwrap())).collect()
}

#[tokio::test(start_paused = true)]
async fn the_counts_are_kept_next_to_the_results_and_need_no_cache_f_58() {
    let (server, folder) = (serve(FaultPlan::none()).await, TempDir::new().unwrap());
    let results = Some(folder.path().to_owned());
    let without_cache = |options: &mut CrawlOptions| (options.cache, options.results) = (None, results.clone());
    let first = run_with(&server, folder.path(), without_cache).await;
    assert_eq!(first.status, ExitStatus::Complete);
    let kept = counts(folder.path());
    assert!(kept.len() == 1, "{kept:?}");
    server.change_site(|site| site.attachments.truncate(site.attachments.len() / 2));
    let shrunk = run_with(&server, folder.path(), without_cache).await;
    assert_eq!(shrunk.status, ExitStatus::Incomplete);
    assert_eq!(gap_reasons(&shrunk, UnitKind::Plausibility).len(), 1);
    assert_eq!(counts(folder.path()), kept, "only complete runs are recorded");
}

#[tokio::test(start_paused = true)]
async fn a_list_that_ends_too_early_is_noticed_f_99() {
    for (path, order, other_list) in [
        ("/wiki/api/v2/attachments", "created-date", UnitKind::ListComparison),
        ("/wiki/api/v2/pages", "id", UnitKind::ListComparison),
    ] {
        let route = RoutePattern::path(path).unwrap().with_query("sort", order);
        let faults = FaultPlan::none().on(route, Occurrence::From(1), Fault::DroppedTail(3));
        let (server, cache) = (serve(faults).await, TempDir::new().unwrap());
        // most pages own no file then, so no file reveals them
        server.change_site(|site| site.attachments.retain(|file| file.id.ends_with('0')));
        let audit_run = run(&server, cache.path()).await;
        assert_eq!(audit_run.status, ExitStatus::Incomplete, "{path}");
        assert!(!calls_something_unreferenced(&audit_run), "{path}");
        let noticed = gap_reasons(&audit_run, other_list);
        assert!(noticed.iter().any(|reason| reason.contains("Failed")), "{path}: {noticed:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_that_only_its_page_shows_is_noticed_f_57() {
    let hide = Fault::edit_json(|json| {
        if let Some(results) = json["results"].as_array_mut() {
            results.remove(0);
        }
    });
    let route = RoutePattern::path("/wiki/api/v2/attachments").unwrap().with_query("sort", "created-date");
    let faults = FaultPlan::none().on(route, Occurrence::First(1), hide);
    let (server, cache) = (serve(faults).await, TempDir::new().unwrap());
    // few enough owners that all of them are compared
    server.change_site(|site| site.attachments.retain(|file| file.id.ends_with('0')));
    let audit_run = run(&server, cache.path()).await;
    assert_eq!(audit_run.status, ExitStatus::Incomplete);
    let noticed = gap_reasons(&audit_run, UnitKind::ListComparison).concat();
    assert!(noticed.contains("missing from the list of all attachments"), "{noticed}");
}

#[tokio::test(start_paused = true)]
async fn a_page_size_that_failed_is_not_tried_again_next_time() {
    let too_large = RoutePattern::path("/wiki/api/v2/attachments").unwrap().with_query("limit", "250");
    let faults = FaultPlan::none().on(too_large, Occurrence::From(1), Fault::status(500));
    let (server, cache) = (serve(faults).await, TempDir::new().unwrap());
    let first = run(&server, cache.path()).await;
    assert_eq!(first.status, ExitStatus::Complete, "{:?}", first.inventory.coverage.gaps);
    let failed = |server: &DemoServer| server.requests().iter().filter(|entry| entry.status == 500).count();
    let before = failed(&server);
    assert!(before > 0);
    let second = run(&server, cache.path()).await;
    assert_eq!((second.status, failed(&server)), (ExitStatus::Complete, before));
    assert_eq!(
        second.inventory.plan.as_ref().unwrap().requests.of(RequestKind::Attachments),
        sent(&second, RequestKind::Attachments)
    );
}

#[tokio::test(start_paused = true)]
async fn custom_content_of_a_known_type_counts_as_a_use() {
    let (server, cache) = (serve(FaultPlan::none()).await, TempDir::new().unwrap());
    let first = run(&server, cache.path()).await;
    let candidate = first.audit.files.iter().find(|file| file.usage == Usage::Unreferenced).unwrap();
    let file = &first.inventory.attachments[candidate.attachment];
    let owner = first.inventory.contents.iter().find(|content| Some(&content.id) == file.container.id()).unwrap();
    let space = first.inventory.spaces.iter().find(|space| Some(&space.id) == owner.space.as_ref()).unwrap();
    let body = format!(
        r#"<ac:image><ri:attachment ri:filename="{}"><ri:page ri:space-key="{}" ri:content-title="{}"/></ri:attachment></ac:image>"#,
        file.title, space.key, owner.title
    );
    let id = file.id.clone();
    server.change_site(|site| {
        let known = site.contents.iter_mut().find(|content| content.custom_type.is_some()).unwrap();
        known.custom_type = Some("ac:com.acme.notes:note".to_owned());
        let note = Content { id: "98765".to_owned(), body, ..known.clone() };
        site.contents.push(note);
    });
    let second = run(&server, cache.path()).await;
    assert_eq!(sent(&second, RequestKind::CustomContent), 1 + 1, "and once more in the final pass");
    assert!(second.inventory.contents.iter().any(|content| content.id.as_str() == "98765" && content.body.is_some()));
    let verdict = second.audit.files.iter().find(|file| second.inventory.attachments[file.attachment].id == id);
    assert_eq!(verdict.unwrap().usage, Usage::LinkedElsewhere);
}

#[tokio::test(start_paused = true)]
async fn custom_content_of_a_type_the_site_does_not_list_is_a_warning_and_not_a_gap() {
    let route = RoutePattern::path("/wiki/api/v2/custom-content").unwrap();
    for (status, complete) in [(400, true), (403, false)] {
        let faults = FaultPlan::none().on(route.clone(), Occurrence::From(1), Fault::status(status));
        let (server, cache) = (serve(faults).await, TempDir::new().unwrap());
        server.change_site(|site| {
            let apps = site.contents.iter_mut().filter(|content| content.custom_type.is_some());
            apps.for_each(|content| content.custom_type = Some("forge:acme:note".to_owned()));
        });
        let audit_run = run(&server, cache.path()).await;
        assert_eq!(audit_run.status == ExitStatus::Complete, complete, "{status}");
        let warned = audit_run.inventory.coverage.warnings.iter().any(|warning| warning.contains("forge:acme:note"));
        assert_eq!(warned, complete, "{status}");
    }
}
