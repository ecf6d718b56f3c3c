//! What differs between Data Center sites: versions, permissions, and what a site says about itself.

use confluence_client::api::SearchScope;
use confluence_client::{Deployment, RequestKind};
use confluence_sim::site::{RetentionPolicy, ScanSupport};
use confluence_sim::workflow::{PageWorkflow, WorkflowApp};
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern, Site};
use confluence_storage_analyzer::audit::Usage;
use confluence_storage_analyzer::inventory::coverage::{UnitEnd, UnitKind};
use confluence_storage_analyzer::inventory::workflow::{
    WorkflowCost, WorkflowOptions, WorkflowPage, WorkflowResults, read_workflows,
};
use confluence_storage_analyzer::inventory::{ContentId, Coverage};
use confluence_storage_analyzer::progress::Progress;
use serde_json::Value;

use super::audits::{Audited, NOT_ON_DATA_CENTER};
use super::served::{Served, common_sample, generated_site};

async fn audit(site: Site) -> Audited {
    Audited::run(Deployment::DataCenter, site).await
}

fn manifest(audited: &Audited) -> Value {
    serde_json::from_slice(&std::fs::read(audited.report.join("run.json")).unwrap()).unwrap()
}

fn index(audited: &Audited) -> String {
    std::fs::read_to_string(audited.report.join("index.html")).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trash_that_may_not_be_listed_leaves_the_run_complete_and_its_bytes_unknown() {
    let with_trash = audit(common_sample()).await;
    let mut site = common_sample();
    site.behaviour.data_center.not_administrated = vec!["*".to_owned()];
    let spaces: Vec<String> = site.spaces.iter().map(|space| space.key.clone()).collect();
    let audited = audit(site).await;
    audited.is_complete();
    let scan = &audited.run.inventory.scan;
    let mut unread = scan.unread_trash.clone();
    unread.sort();
    assert_eq!(unread.len(), spaces.len(), "{unread:?}");
    let coverage = &audited.run.inventory.coverage;
    let trash = coverage.gaps.iter().filter(|gap| gap.kind == UnitKind::Trash).collect::<Vec<_>>();
    assert_eq!(trash.len(), spaces.len(), "once for each space, however often the list is read");
    assert!(trash.iter().all(|gap| matches!(gap.end, UnitEnd::Skipped { .. })));
    let warnings = coverage.warnings.iter().filter(|warning| warning.contains("the trash of"));
    assert_eq!(warnings.count(), 1, "{:?}", coverage.warnings);
    let totals = audited.run.audit.figures(&audited.run.inventory, true).site;
    assert!(totals.is_trash_unknown(), "{totals:?}");
    let manifest = manifest(&audited);
    assert_eq!(manifest["unread_trash"].as_array().unwrap().len(), spaces.len());
    assert_eq!((&manifest["totals"]["trash_at_least"], &manifest["deployment"]), (&true.into(), &"datacenter".into()));
    assert!(index(&audited).contains("<dt>In the trash</dt><dd><b>not known</b>"));
    let verdicts = |audited: &Audited| {
        let files = audited.run.audit.files.iter().filter(|file| file.usage != Usage::NotJudged);
        files
            .map(|file| (audited.run.inventory.attachments[file.attachment].id.clone(), file.usage))
            .collect::<Vec<_>>()
    };
    assert_eq!(verdicts(&audited), verdicts(&with_trash), "no verdict depends on the trash");
    assert!(!with_trash.run.audit.figures(&with_trash.run.inventory, true).site.trash_at_least);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spaces_with_a_retention_policy_are_named_next_to_what_fewer_versions_would_free() {
    let mut site = common_sample();
    let key = site.spaces[0].key.clone();
    site.spaces[0].retention =
        Some(RetentionPolicy { page_versions: None, attachment_versions: Some(3), trash_days: None });
    let audited = audit(site).await;
    assert_eq!(audited.is_complete().run.inventory.scan.retention_spaces, std::slice::from_ref(&key));
    assert_eq!(manifest(&audited)["retention_spaces"], serde_json::json!([key]));
    let index = index(&audited);
    assert!(index.contains(&format!("empties the trash: <bdi>{key}</bdi>")), "the note on old versions");
    assert!(index.contains("1 space has a retention policy"), "the possible savings");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_that_the_site_counts_and_the_account_does_not_see_are_reported() {
    let all = audit(common_sample()).await;
    assert_eq!(all.is_complete().run.inventory.unseen_pages(), None, "{:?}", all.run.inventory.scan.site_pages);
    assert!(all.run.inventory.scan.site_pages.is_some());
    let mut site = common_sample();
    let page =
        site.contents.iter().position(|content| content.versions.len() == 1 && content.parent.is_some()).unwrap();
    site.contents[page].hidden = true;
    let some = audit(site).await;
    let notice = some.is_complete().run.inventory.unseen_pages().unwrap();
    assert!(notice.starts_with("the account sees ") && notice.contains("that the site counts"), "{notice}");
    let figures = &manifest(&some)["site_pages"];
    assert!(figures["seen"].as_u64().unwrap() < figures["on_site"].as_u64().unwrap(), "{figures}");
    assert!(index(&some).contains(&notice));
    let route = RoutePattern::path("/confluence/rest/api/content/**").unwrap().with_query("type", "page");
    let faults = FaultPlan::none().on(route, Occurrence::From(1), Fault::status(403));
    let broken = Audited::of(Served::start_with(Deployment::DataCenter, common_sample(), faults).await).await;
    assert!(
        !broken.run.audit.complete && broken.run.inventory.scan.site_pages.is_some(),
        "{:?}",
        broken.run.inventory.coverage
    );
    assert_eq!(broken.run.inventory.unseen_pages(), None, "the list failed, not the permission");
    let mut site = common_sample();
    site.behaviour.data_center.metrics_refused = true;
    let refused = audit(site).await;
    assert_eq!(refused.is_complete().run.inventory.scan.site_pages, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_version_of_data_center_gives_the_same_verdicts() {
    let newest = audit(common_sample()).await;
    for scan in [ScanSupport::WithoutComments, ScanSupport::PagesOnly, ScanSupport::Missing] {
        let mut site = common_sample();
        site.behaviour.data_center.scan = scan;
        let older = audit(site).await;
        older.is_complete().has_the_result_of(&newest, &NOT_ON_DATA_CENTER);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hole_in_a_list_of_pages_makes_the_run_incomplete() {
    let site = common_sample();
    let page = site.contents.iter().find(|content| content.kind.is_page_or_post() && content.parent.is_some()).unwrap();
    let id = page.id.clone();
    let hole = Fault::edit_json(move |list| {
        if let Some(pages) = list["results"].as_array_mut() {
            pages.retain(|page| page["id"] != id.as_str());
        }
    });
    let route = RoutePattern::path("/confluence/rest/api/content/scan").unwrap();
    let faults = FaultPlan::none().on(route, Occurrence::From(1), hole);
    let audited = Audited::of(Served::start_with(Deployment::DataCenter, site, faults).await).await;
    let gaps = &audited.run.inventory.coverage.gaps;
    assert!(!audited.run.audit.complete, "{gaps:#?}");
    // the page was not read, but its own list of files and the search know what the list of all files lacks
    for kind in [UnitKind::ListComparison, UnitKind::SearchComparison] {
        let is_hole = |end: &UnitEnd| matches!(end, UnitEnd::Failed { .. });
        assert!(gaps.iter().any(|gap| gap.kind == kind && is_hole(&gap.end)), "{kind:?}: {gaps:#?}");
    }
}

/// Three pages: 1000 and 1001 have a workflow, 1001 only in the app, and 1002 has none.
fn workflow_site() -> Site {
    let mut site = Site::new().space("ENG", "Engineering");
    for id in ["1000", "1001", "1002"] {
        site = site.page(id, &format!("Page {id}"), "<p/>");
    }
    site.workflow.app = WorkflowApp::ComalaDataCenter;
    let workflow = |id: &str| (id.to_owned(), PageWorkflow::new("Docs", "Draft", false));
    site.workflow.pages = ["1000", "1001"].map(workflow).into();
    site
}

/// Most requests that a page with a fault adds, which no plan contains.
const MAX_RETRIES: u64 = 10;

async fn workflows(site: Site, faults: FaultPlan) -> (WorkflowResults, Coverage, Served) {
    let served = Served::start_with(Deployment::DataCenter, site, faults).await;
    let ids = ["1000", "1001", "1002"].map(ContentId::new);
    let pages = ids.each_ref().map(|id| WorkflowPage {
        id,
        space_key: "ENG",
        searched: SearchScope::Current,
        version: Some(1),
        labels: None,
        content_state: None,
    });
    let cost = WorkflowCost::of(&served.api, &pages, &WorkflowOptions::default());
    let (results, coverage) =
        read_workflows(&served.api, &pages, &WorkflowOptions::default(), &Progress::silent()).await;
    let retries = u64::from(!coverage.is_complete()) * MAX_RETRIES;
    let sent = served.api.client().requests();
    let kinds = [RequestKind::WorkflowStatus, RequestKind::WorkflowParameters];
    let page_by_page: u64 = kinds.into_iter().map(|kind| sent.of(kind)).sum();
    assert!(page_by_page <= cost.page_by_page.unwrap() + retries, "{page_by_page} sent, {cost} declared");
    assert_eq!(cost.content_states, 0, "Data Center has no content states");
    (results, coverage, served)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn comala_is_read_live_by_its_property_and_page_by_page() {
    let (results, coverage, served) = workflows(workflow_site(), FaultPlan::none()).await;
    assert!(coverage.is_complete(), "{:#?}", coverage.gaps);
    let state = |id: &str| results.pages[&ContentId::new(id)].state.as_deref();
    assert_eq!([state("1000"), state("1001"), state("1002")], [Some("Draft"), Some("Draft"), None]);
    let sent = |words: &str| served.server.requests().iter().filter(|request| request.path.contains(words)).count();
    assert!(sent("/confluence/rest/cw/1/content/1000/status") > 0, "the app is below the context path");
    assert_eq!(sent("/state"), 0, "no content states");
    let first = served.server.requests().iter().position(|request| request.path.ends_with("/search")).unwrap();
    let pages = served.server.requests().iter().rposition(|request| request.path.ends_with("/status")).unwrap();
    assert!(first < pages, "properties come in bulk before the pages");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_refusal_of_comala_means_what_it_means() {
    for (fault, denied, failed) in [
        (Fault::status(403), 1, 0),
        (Fault::status(404), 1, 0),
        (Fault::Unauthorized, 1, 0),
        (Fault::status(500), 0, 1),
    ] {
        let mut site = workflow_site();
        site.workflow.without_property = true;
        let route = RoutePattern::path("**/1001/status").unwrap();
        let (results, coverage, _served) =
            workflows(site, FaultPlan::none().on(route, Occurrence::From(1), fault)).await;
        let units = coverage.units[&UnitKind::Workflow];
        assert_eq!((units.denied, units.failed), (denied, failed), "{:#?}", coverage.gaps);
        let state = |id: &str| results.pages[&ContentId::new(id)].source.to_string();
        assert_eq!([state("1000"), state("1001"), state("1002")], ["comala_dc_rest", "unavailable", "none"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_comala_no_search_of_cloud_is_sent() {
    let mut site = workflow_site();
    site.workflow.app = WorkflowApp::None;
    let (results, coverage, served) = workflows(site, FaultPlan::none()).await;
    assert!(coverage.is_complete(), "{:#?}", coverage.gaps);
    assert!(results.pages.values().all(|page| page.state.is_none()));
    let sent = served.server.requests();
    let searches = sent.iter().filter(|request| request.path.ends_with("/search")).count();
    assert_eq!((searches, served.api.client().requests().of(RequestKind::WorkflowProbe)), (0, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_covered_is_what_the_product_has() {
    let own = audit(common_sample()).await;
    let text = manifest(&own)["not_covered"].as_str().unwrap().to_owned();
    for absent in ["whiteboards", "spaces in the trash", "admin key", "scopes"] {
        assert!(!text.contains(absent), "{absent}: {text}");
    }
    for part in
        ["earlier versions of pages; data of apps; links from outside", "restricted pages, and anything else that"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(index(&own).contains("restricted pages, and anything else that"));
    let gateway = Audited::run(Deployment::Gateway, common_sample()).await;
    let text = manifest(&gateway)["not_covered"].as_str().unwrap().to_owned();
    assert!(text.contains("whiteboards and databases, which have no documented REST API"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_smaller_limit_of_the_server_is_in_the_plan() {
    let mut site = generated_site();
    site.behaviour.page_cap = Some(100);
    let audited = audit(site).await;
    audited.is_complete().sent_what_was_planned();
    let plan = &audited.run.inventory.plan.as_ref().unwrap().requests;
    for kind in [RequestKind::Pages, RequestKind::BlogPosts, RequestKind::Attachments] {
        assert_eq!(plan.of(kind), audited.run.inventory.requests.of(kind), "{kind}");
    }
}
