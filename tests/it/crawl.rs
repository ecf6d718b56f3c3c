//! Crawls a site over real HTTP, with and without faults.

use std::collections::BTreeMap;

use chrono::Utc;
use confluence_client::{Api, ConnectionSettings, Credentials, RequestError, RequestKind};
use confluence_sim::{DemoServer, Fault, FaultPlan, Occurrence, RoutePattern, sample};
use confluence_storage_analyzer::audit::{AuditOptions, Usage, analyze};
use confluence_storage_analyzer::commands::audit_run::crawl_and_audit;
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::coverage::UnitKind;
use confluence_storage_analyzer::inventory::{
    CandidateCheck, CrawlError, CrawlOptions, FinalPass, Inventory, Status, VersionSizeCheck, take_inventory,
};
use confluence_storage_analyzer::progress::Progress;

fn api(server: &DemoServer) -> Api {
    let mut settings =
        ConnectionSettings::new(server.base_url(), Credentials::basic(server.user(), server.token().into()));
    settings.concurrency = 4;
    Api::new(settings).unwrap()
}

async fn server(faults: FaultPlan) -> DemoServer {
    DemoServer::start_with(sample(Utc::now()).site, faults).await.unwrap()
}

async fn read_with(server: &DemoServer, options: &CrawlOptions) -> Result<Inventory, CrawlError> {
    take_inventory(&api(server), options, &Progress::silent()).await
}

async fn read(server: &DemoServer) -> Result<Inventory, CrawlError> {
    read_with(server, &CrawlOptions::default()).await
}

fn on(path: &str, occurrence: Occurrence, fault: Fault) -> FaultPlan {
    FaultPlan::none().on(RoutePattern::path(path).unwrap(), occurrence, fault)
}

/// Returns the number of files called unreferenced.
fn unreferenced(inventory: &Inventory) -> usize {
    let audit = analyze(inventory, &AuditOptions::default());
    audit.files.iter().filter(|file| file.usage == Usage::Unreferenced).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_entire_sample_is_read_and_its_old_sizes_are_verified() {
    let server = server(FaultPlan::none()).await;
    let (api, options, progress) = (api(&server), CrawlOptions::default(), Progress::silent());
    let mut inventory = take_inventory(&api, &options, &progress).await.unwrap();
    assert!(inventory.coverage.is_complete(), "{:#?}", inventory.coverage.gaps);
    let mut final_pass = FinalPass::new();
    final_pass.round(&api, &mut inventory, &[], &options, &progress).await.unwrap();
    assert!(inventory.coverage.is_complete(), "{:#?}", inventory.coverage.gaps);
    assert!(final_pass.is_settled(), "nothing changed");
    server.site(|site| {
        assert_eq!(inventory.spaces.len(), site.spaces.len());
        assert_eq!(inventory.attachments.len(), site.attachments.len());
    });
    assert!(matches!(inventory.scan.old_sizes, VersionSizeCheck::Proved { .. }));
    assert!(unreferenced(&inventory) > 0);
    let sent = inventory.requests.total();
    let download = inventory.requests.of(RequestKind::DownloadOfOneByte);
    assert_eq!(sent, server.requests().len() as u64, "every request is counted, {download} to verify sizes");
    let sent: BTreeMap<&str, u64> = inventory.requests.iter().collect();
    let planned = &inventory.plan.as_ref().unwrap().requests;
    assert!(planned.of(RequestKind::Draft) > 0, "the sample has owners that no list shows");
    for (kind, planned) in planned.iter() {
        // the recheck, after which the account is checked once more, is not part of this
        let rechecked = u64::from(kind == RequestKind::CurrentUser.label());
        assert!(sent.get(kind).is_some_and(|sent| sent + rechecked >= planned), "{kind}: {planned} planned, {sent:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sizes_that_are_not_old_sizes_are_unknown() {
    let mut site = sample(Utc::now()).site;
    site.behaviour.old_versions_answer_current_size = true;
    let server = DemoServer::start(site).await.unwrap();
    let inventory = read(&server).await.unwrap();
    assert!(matches!(inventory.scan.old_sizes, VersionSizeCheck::Unproved { .. }), "{:?}", inventory.scan.old_sizes);
    assert!(inventory.attachments.iter().flat_map(|file| &file.old_versions).all(|version| version.size.is_none()));
    assert!(inventory.coverage.is_complete());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_always_fails_leaves_nothing_unreferenced_f_12() {
    let server = server(on("**/footer-comments", Occurrence::From(1), Fault::status(400))).await;
    let inventory = read(&server).await.unwrap();
    assert!(!inventory.coverage.is_complete());
    assert_eq!(inventory.coverage.units[&UnitKind::CommentList].failed, 1);
    assert_eq!(unreferenced(&inventory), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_expires_during_the_run_keeps_what_was_read_f_37() {
    let server = server(FaultPlan::none().unauthorized_from(60)).await;
    let error = read(&server).await.unwrap_err();
    assert_eq!(error.exit_status(), ExitStatus::Authentication);
    let CrawlError::Stopped { inventory, cause } = error else { unreachable!("{error}") };
    assert!(matches!(cause, RequestError::Unauthenticated { .. }));
    assert!(!inventory.coverage.is_complete() && !inventory.contents.is_empty());
    assert_eq!(unreferenced(&inventory), 0);
    assert!(server.requests().len() < 75, "{} requests", server.requests().len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_became_anonymous_is_not_complete_f_38() {
    let server = server(on("**/user/current", Occurrence::From(2), Fault::Anonymous)).await;
    let inventory = match read(&server).await {
        Ok(inventory) => inventory,
        Err(CrawlError::Stopped { inventory, .. }) => *inventory,
        Err(error) => unreachable!("{error}"),
    };
    assert!(!inventory.coverage.is_complete());
    assert_eq!(inventory.coverage.units[&UnitKind::Identity].failed, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_missing_in_the_list_is_read_alone_f_64() {
    let no_bodies = Fault::edit_json(|response| {
        for item in response["results"].as_array_mut().into_iter().flatten() {
            item["body"] = serde_json::json!({});
        }
    });
    let server = server(on("**/api/v2/blogposts", Occurrence::From(1), no_bodies)).await;
    let inventory = read(&server).await.unwrap();
    assert!(inventory.coverage.is_complete(), "{:#?}", inventory.coverage.gaps);
    assert!(inventory.requests.of(RequestKind::OneBlogPost) > 0);
    let read = inventory.contents.iter().filter(|content| !content.status.is_trash());
    assert!(read.into_iter().all(|content| content.body.is_some() || !content.kind.owns_attachments()));
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_items_make_the_list_incomplete_f_63() {
    let server = server(on("**/api/v2/attachments", Occurrence::From(1), Fault::MalformedItems)).await;
    let inventory = read(&server).await.unwrap();
    assert_eq!(inventory.coverage.units[&UnitKind::AttachmentList].failed, 1);
    assert_eq!(unreferenced(&inventory), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_list_that_ends_too_early_is_noticed_by_its_files_f_99() {
    let server = server(on("**/api/v2/pages", Occurrence::From(1), Fault::DroppedTail(3))).await;
    let (options, rules) = (CrawlOptions::default(), AuditOptions::default());
    let audit_run = crawl_and_audit(&api(&server), &options, &rules, &Progress::silent()).await.unwrap();
    assert_eq!(audit_run.status, ExitStatus::Incomplete);
    assert!(audit_run.inventory.coverage.has_gap(UnitKind::ListComparison), "{:#?}", audit_run.inventory.coverage.gaps);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_space_key_ends_with_the_usage_status() {
    let server = server(FaultPlan::none()).await;
    let options = CrawlOptions { include_spaces: vec!["NOSUCH".into()], ..CrawlOptions::default() };
    assert_eq!(read_with(&server, &options).await.unwrap_err().exit_status(), ExitStatus::Usage);
}

#[tokio::test(flavor = "multi_thread")]
async fn references_within_reads_the_bodies_of_the_chosen_spaces_only() {
    let server = server(FaultPlan::none()).await;
    let all = read(&server).await.unwrap();
    let key = all.spaces[0].key.clone();
    let options =
        CrawlOptions { include_spaces: vec![key.clone()], references_within: true, ..CrawlOptions::default() };
    let within = read_with(&server, &options).await.unwrap();
    assert!(within.coverage.is_complete() && within.scan.references_within);
    assert_eq!(within.coverage.units[&UnitKind::Body].skipped, 1);
    assert_eq!(within.scan.reported_spaces, Some(vec![key]));
    let bodies = |inventory: &Inventory| inventory.contents.iter().filter(|content| content.body.is_some()).count();
    assert!(bodies(&within) < bodies(&all));
    assert_eq!(unreferenced(&within), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_edited_after_its_body_was_read_is_read_again_f_56() {
    let server = server(FaultPlan::none()).await;
    let api = api(&server);
    let (options, progress) = (CrawlOptions::default(), Progress::silent());
    let mut inventory = take_inventory(&api, &options, &progress).await.unwrap();
    let audit = analyze(&inventory, &AuditOptions::default());
    let candidates: Vec<usize> =
        audit.files.iter().filter(|file| file.usage == Usage::Unreferenced).map(|file| file.attachment).collect();
    let victim = inventory.attachments[candidates[0]].clone();
    server.change_site(|site| {
        let owner = victim.container.id().unwrap().as_str();
        let page = site.contents.iter_mut().find(|content| content.id == owner).unwrap();
        let name = &victim.title;
        page.body = format!("<p><ac:image><ri:attachment ri:filename=\"{name}\"/></ac:image></p>");
        let mut version = page.versions.last().unwrap().clone();
        (version.number, version.created_at) = (version.number + 1, Utc::now());
        page.versions.push(version);
    });
    let (mut check, mut final_pass) = (CandidateCheck::new(), FinalPass::new());
    final_pass.round(&api, &mut inventory, &[], &options, &progress).await.unwrap();
    assert!(!final_pass.is_settled() && inventory.coverage.is_complete());
    let again = analyze(&inventory, &AuditOptions::default());
    let verdict = again.files.iter().find(|file| inventory.attachments[file.attachment].id == victim.id).unwrap();
    assert_eq!(verdict.usage, Usage::Embedded);
    let drafts = |inventory: &Inventory| inventory.requests.of(RequestKind::Draft);
    let mut read = vec![drafts(&inventory)];
    for _ in 0..2 {
        check.run(&api, &mut inventory, &candidates, &options, &progress).await.unwrap();
        read.push(drafts(&inventory));
    }
    assert!(read[1] > read[0] && read[2] - read[1] == read[1] - read[0], "drafts are read every time: {read:?}");
    final_pass.round(&api, &mut inventory, &[], &options, &progress).await.unwrap();
    assert!(final_pass.is_settled(), "the second round finds nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_all_reads_every_owner_and_its_draft_alone() {
    let server = server(FaultPlan::none()).await;
    let api = api(&server);
    let options = CrawlOptions { verify_all: true, ..CrawlOptions::default() };
    let progress = Progress::silent();
    let mut inventory = take_inventory(&api, &options, &progress).await.unwrap();
    let all: Vec<usize> = (0..inventory.attachments.len()).collect();
    CandidateCheck::new().run(&api, &mut inventory, &all, &options, &progress).await.unwrap();
    assert!(inventory.coverage.is_complete(), "{:#?}", inventory.coverage.gaps);
    let units = &inventory.coverage.units;
    assert!(units[&UnitKind::CandidateCheck].ok > 0);
    assert!(units[&UnitKind::Draft].ok >= units[&UnitKind::CandidateCheck].ok);
    assert!(inventory.contents.iter().any(|content| content.status == Status::Draft));
}
