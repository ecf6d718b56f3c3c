//! Contract tests with the official API documents of Cloud and Data Center: they allow every request of the program, and
//! describe every response of the simulated server. The documents are not part of this repository. If they are missing, the
//! tests are ignored, unless `REQUIRE_API_DOCUMENTS` is set, as in `.ci/run`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod documents;
mod schema;
mod scopes;

use std::collections::BTreeSet;
use std::process::ExitCode;

use chrono::Utc;
use confluence_client::{Api, ConnectionSettings, Credentials};
use confluence_sim::site::{ArchivedSearch, ScanSupport};
use confluence_sim::workflow::WorkflowApp;
use confluence_sim::{DemoServer, RequestLogEntry, ServedAs, Site, sample_site};
use confluence_storage_analyzer::audit::AuditOptions;
use confluence_storage_analyzer::commands::audit_run::crawl_and_audit;
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::snapshot::{
    MetricGroup, MetricGroups, read_page_facts, read_page_inventory,
};
use confluence_storage_analyzer::inventory::workflow::{PinnedProperty, WorkflowOptions, WorkflowPage, read_workflows};
use confluence_storage_analyzer::inventory::{ContentKind, CrawlOptions, Inventory};
use confluence_storage_analyzer::progress::Progress;
use serde_json::Value;

use documents::{Documents, LoggedRequest};
use test_support::optional_tests::{self, Requirement};

const DOCUMENTS: Requirement = Requirement {
    what: "the official API documents (in ../shared/openapi, or at the path in API_DOCUMENTS)",
    is_available: || documents::folder().exists(),
    required_by: "REQUIRE_API_DOCUMENTS",
};

test_support::trials! {
    [DOCUMENTS]:
        async the_documents_allow_every_request,
        async the_documents_describe_every_response_of_the_simulated_server;
}

fn main() -> ExitCode {
    optional_tests::run(trials().into_iter().chain(schema::trials()).chain(scopes::trials()))
}

/// Serves a site and connects to it.
async fn connect(served_as: ServedAs, site: Site) -> (DemoServer, Api) {
    let server = DemoServer::start_as(served_as, site).await.unwrap();
    let settings = ConnectionSettings::new(server.base_url(), Credentials::basic(server.user(), server.token().into()));
    let api = Api::connect(settings).await.unwrap();
    (server, api)
}

/// Audits a site with all options, and returns every distinct request.
async fn audit_requests(served_as: ServedAs, site: Site) -> (DemoServer, BTreeSet<LoggedRequest>) {
    let (server, api) = connect(served_as, site).await;
    let mut read = None;
    for options in [
        CrawlOptions { verify_all: true, needs_labels: true, ..CrawlOptions::default() },
        CrawlOptions { references_within: true, include_spaces: vec!["ENG".to_owned()], ..CrawlOptions::default() },
    ] {
        let audit_run = crawl_and_audit(&api, &options, &AuditOptions::default(), &Progress::silent()).await.unwrap();
        assert_eq!(audit_run.status, ExitStatus::Complete, "{:#?}", audit_run.inventory.coverage.gaps);
        read = Some(audit_run.inventory);
    }
    read_workflow(&api, &read.unwrap()).await;
    let options = CrawlOptions { include_spaces: vec!["ENG".to_owned()], ..CrawlOptions::default() };
    let groups = MetricGroups::new(MetricGroup::ALL);
    let mut inventory = read_page_inventory(&api, &options, &groups, &Progress::silent()).await.unwrap();
    let keys = ["ENG".to_owned()];
    read_page_facts(&api, &mut inventory, &options, &groups, &keys, &Progress::silent()).await.unwrap();
    assert!(inventory.coverage.is_complete(), "{:#?}", inventory.coverage.gaps);
    let sent = confluence_requests(&server);
    (server, sent)
}

/// Takes a snapshot of an entire site with its workflow, and returns every distinct request.
async fn snapshot_requests(served_as: ServedAs, site: Site) -> (DemoServer, BTreeSet<LoggedRequest>) {
    let (server, api) = connect(served_as, site).await;
    let (options, groups) = (CrawlOptions::default(), MetricGroups::new(MetricGroup::ALL));
    let mut inventory = read_page_inventory(&api, &options, &groups, &Progress::silent()).await.unwrap();
    let keys: Vec<String> = inventory.spaces.iter().map(|space| space.key.clone()).collect();
    read_page_facts(&api, &mut inventory, &options, &groups, &keys, &Progress::silent()).await.unwrap();
    assert!(inventory.coverage.is_complete(), "{:#?}", inventory.coverage.gaps);
    read_workflow(&api, &inventory).await;
    let sent = confluence_requests(&server);
    (server, sent)
}

/// Returns the requests to Confluence itself that have a document: not those to an app (`rest/cw`), to the experimental
/// API, or for a file.
fn confluence_requests(server: &DemoServer) -> BTreeSet<LoggedRequest> {
    let is_of_the_api = |path: &str| {
        let below_context = ["/wiki", documents::CONTEXT].iter().find_map(|context| path.strip_prefix(context));
        below_context.is_some_and(|path| path.starts_with("/rest/api/") || path.starts_with("/api/v2/"))
    };
    let sent =
        |request: RequestLogEntry| LoggedRequest { method: request.method, path: request.path, query: request.query };
    server.requests().into_iter().filter(|request| is_of_the_api(&request.path)).map(sent).collect()
}

/// A site with an archived space, and with too many comments for reading their replies one by one.
fn with_archived_space(search: ArchivedSearch) -> Site {
    let mut site = Site::new();
    for (first, key) in [(1000, "ENG"), (2000, "OLD")] {
        site = site.space(key, key).with_space(|space| space.archived = key == "OLD");
        for number in 0..15 {
            let id = |kind: usize| (kind * 10_000 + first + number).to_string();
            site = site.page(&id(1), &format!("Page {number}"), "<p>text</p>").inline_comment(&id(2), "<p>Why?</p>");
            site = site.reply(&id(3), "<p>So.</p>");
        }
        site = site.with_content(|page| page.labels.push("kept".to_owned()));
    }
    site.workflow.app = WorkflowApp::ComalaCloud;
    site.behaviour.archived_search = search;
    site
}

/// Reads the workflow of all pages, with and without a configured property.
async fn read_workflow(api: &Api, inventory: &Inventory) {
    let pages = inventory.contents.iter().filter(|content| content.kind == ContentKind::Page);
    let pages: Vec<WorkflowPage<'_>> = pages
        .map(|page| {
            let space = inventory.spaces.iter().find(|space| Some(&space.id) == page.space.as_ref()).unwrap();
            let (space_key, searched) = (space.key.as_str(), space.searched());
            WorkflowPage { id: &page.id, space_key, searched, version: None, labels: None, content_state: None }
        })
        .collect();
    let pinned = PinnedProperty { key: "cw-page".into(), state: "/state".into(), ..PinnedProperty::default() };
    for property in [None, Some(pinned)] {
        let options = WorkflowOptions { property, ..WorkflowOptions::default() };
        let (_, coverage) = read_workflows(api, &pages, &options, &Progress::silent()).await;
        assert!(coverage.is_complete(), "{:#?}", coverage.gaps);
    }
}

/// Sites on every kind of Confluence: with all kinds of content, with small pages of results, with an archived space.
async fn all_requests() -> Vec<(DemoServer, BTreeSet<LoggedRequest>)> {
    let data_center = || ServedAs::DataCenter { context: documents::CONTEXT.to_owned() };
    let mut paged = test_support::known_site::site().0;
    paged.behaviour.page_cap = Some(3);
    paged.behaviour.comment_lists_with_replies = true;
    let mut without_scan = test_support::known_site::site().0.without_cloud_features();
    without_scan.behaviour.data_center.scan = ScanSupport::Missing;
    vec![
        Box::pin(audit_requests(ServedAs::Cloud, sample_site(Utc::now()))).await,
        Box::pin(audit_requests(ServedAs::Cloud, paged)).await,
        Box::pin(snapshot_requests(ServedAs::Cloud, with_archived_space(ArchivedSearch::Shown))).await,
        Box::pin(snapshot_requests(ServedAs::Cloud, with_archived_space(ArchivedSearch::Ignored))).await,
        Box::pin(audit_requests(data_center(), sample_site(Utc::now()).without_cloud_features())).await,
        Box::pin(snapshot_requests(data_center(), with_archived_space(ArchivedSearch::Shown))).await,
        Box::pin(audit_requests(data_center(), without_scan)).await,
    ]
}

async fn the_documents_allow_every_request() {
    let documents = Documents::read();
    let mut problems = BTreeSet::new();
    let mut operations = BTreeSet::new();
    for (_, requests) in Box::pin(all_requests()).await {
        for sent in requests {
            match documents.operation(&sent) {
                Some(operation) => {
                    problems.extend(operation.check_request(&sent));
                    operations.insert(operation.name.clone());
                }
                None => drop(problems.insert(format!("no document has {} {}", sent.method, sent.path))),
            }
        }
    }
    for needed in [
        "v1 /wiki/rest/api/space/{spaceKey}/state",
        "v1 /wiki/rest/api/space/{spaceKey}/state/content",
        "v1 /wiki/rest/api/search",
        "v1 /wiki/rest/api/content/{id}/restriction/byOperation",
        "datacenter /rest/api/content/scan",
        "datacenter /rest/api/content/search",
        "datacenter /rest/api/content/{id}/child/comment",
        "datacenter /rest/api/space/{spaceKey}/trash",
        "datacenter /rest/api/instance-metrics",
    ] {
        assert!(operations.contains(needed), "{needed}: {operations:#?}");
    }
    assert!(operations.len() > 25, "too few operations: {operations:#?}");
    assert!(problems.is_empty(), "{problems:#?}");
}

async fn the_documents_describe_every_response_of_the_simulated_server() {
    let documents = Documents::read();
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let mut problems = BTreeSet::new();
    let mut responses = 0;
    for (server, requests) in Box::pin(all_requests()).await {
        let host = server.base_url().trim_end_matches("/wiki").trim_end_matches(documents::CONTEXT).to_owned();
        for sent in requests {
            let Some(operation) = documents.operation(&sent) else { continue };
            let url = format!("{host}{}?{}", sent.path, sent.query);
            let request = if operation.is_post() {
                let account = server.site(|site| site.account.account_id.clone());
                http.post(url).json(&serde_json::json!({"accountIds": [account]}))
            } else {
                http.get(url)
            };
            let response = request.basic_auth(server.user(), Some(server.token())).send().await.unwrap();
            let status = response.status().as_u16();
            let text = response.text().await.unwrap();
            problems.extend(operation.check_status(status));
            if let Some(schema) = operation.response_schema(status) {
                let json: Value = serde_json::from_str(&text).unwrap();
                problems.extend(operation.check_response(schema, &json));
                responses += 1;
            }
        }
    }
    assert!(responses > 100, "{responses}");
    assert!(problems.is_empty(), "{problems:#?}");
}
