//! The official API documents against both sides: every request the program sends is one they allow, and every answer
//! of the loopback server is one they describe. The documents are not part of this repository; where they are absent,
//! the tests are ignored, unless `REQUIRE_API_DOCUMENTS` is set, as it is by `.ci/run`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod documents;
mod schema;

use std::collections::BTreeSet;
use std::process::ExitCode;

use chrono::Utc;
use confluence_client::{Api, ConnectionSettings, Credentials};
use confluence_sim::site::ArchivedSearch;
use confluence_sim::workflow::WorkflowApp;
use confluence_sim::{DemoServer, RequestLogEntry, Site, sample_site};
use confluence_storage_analyzer::audit::AuditOptions;
use confluence_storage_analyzer::commands::reading::read_site;
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::snapshot::{MetricGroup, MetricGroups, read_facts, take_pages};
use confluence_storage_analyzer::inventory::workflow::{PinnedProperty, WorkflowOptions, WorkflowPage, workflow_of};
use confluence_storage_analyzer::inventory::{ContentKind, CrawlOptions, Inventory};
use confluence_storage_analyzer::progress::Progress;
use serde_json::Value;

use documents::{Documents, Sent};
use test_support::outside::{self, Need};

const DOCUMENTS: Need = Need {
    what: "the official API documents (in ../shared/openapi, or where API_DOCUMENTS says)",
    is_there: || documents::folder().exists(),
    required_by: "REQUIRE_API_DOCUMENTS",
};

test_support::trials! {
    [DOCUMENTS]:
        async every_request_is_one_the_documents_allow,
        async every_answer_of_the_loopback_server_is_one_the_documents_describe;
}

fn main() -> ExitCode {
    outside::run(trials().into_iter().chain(schema::trials()))
}

/// Reads a site in the most thorough way and gives every distinct request it took.
async fn requests_of(site: Site) -> (DemoServer, BTreeSet<Sent>) {
    let server = DemoServer::start(site).await.unwrap();
    let mut read = None;
    let settings = ConnectionSettings::new(server.base_url(), Credentials::basic(server.user(), server.token().into()));
    let api = Api::new(settings).unwrap();
    for options in [
        CrawlOptions { verify_all: true, needs_labels: true, ..CrawlOptions::default() },
        CrawlOptions { references_within: true, include_spaces: vec!["ENG".to_owned()], ..CrawlOptions::default() },
    ] {
        let reading = read_site(&api, &options, &AuditOptions::default(), &Progress::silent()).await.unwrap();
        assert_eq!(reading.status, ExitStatus::Complete, "{:#?}", reading.inventory.coverage.gaps);
        read = Some(reading.inventory);
    }
    read_workflow(&api, &read.unwrap()).await;
    let options = CrawlOptions { include_spaces: vec!["ENG".to_owned()], ..CrawlOptions::default() };
    let groups = MetricGroups::new(MetricGroup::ALL);
    let mut inventory = take_pages(&api, &options, &groups, &Progress::silent()).await.unwrap();
    let keys = ["ENG".to_owned()];
    read_facts(&api, &mut inventory, &options, &groups, &keys, &Progress::silent()).await.unwrap();
    assert!(inventory.coverage.is_complete(), "{:#?}", inventory.coverage.gaps);
    let sent = of_the_api(&server);
    (server, sent)
}

/// Takes a snapshot of a whole site, with the workflow, and gives every distinct request it took.
async fn requests_of_a_snapshot(site: Site) -> (DemoServer, BTreeSet<Sent>) {
    let server = DemoServer::start(site).await.unwrap();
    let settings = ConnectionSettings::new(server.base_url(), Credentials::basic(server.user(), server.token().into()));
    let api = Api::new(settings).unwrap();
    let (options, groups) = (CrawlOptions::default(), MetricGroups::new(MetricGroup::ALL));
    let mut inventory = take_pages(&api, &options, &groups, &Progress::silent()).await.unwrap();
    let keys: Vec<String> = inventory.spaces.iter().map(|space| space.key.clone()).collect();
    read_facts(&api, &mut inventory, &options, &groups, &keys, &Progress::silent()).await.unwrap();
    assert!(inventory.coverage.is_complete(), "{:#?}", inventory.coverage.gaps);
    read_workflow(&api, &inventory).await;
    let sent = of_the_api(&server);
    (server, sent)
}

/// `rest/cw` belongs to an app, which has documents of its own.
fn of_the_api(server: &DemoServer) -> BTreeSet<Sent> {
    let is_of_the_api = |path: &str| path.starts_with("/wiki/") && !path.starts_with("/wiki/rest/cw/");
    let sent = |request: RequestLogEntry| Sent { method: request.method, path: request.path, query: request.query };
    server.requests().into_iter().filter(|request| is_of_the_api(&request.path)).map(sent).collect()
}

/// A site with an archived space, and with more comments than are asked for replies one by one.
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

/// Reads the workflow of all pages, with a property pinned and without.
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
        let (_, coverage) = workflow_of(api, &pages, &options, &Progress::silent()).await;
        assert!(coverage.is_complete(), "{:#?}", coverage.gaps);
    }
}

/// Two sites: one with everything a company has, one with small pages so that lists have several.
async fn all_requests() -> Vec<(DemoServer, BTreeSet<Sent>)> {
    let mut paged = test_support::known::site().0;
    paged.behaviour.page_cap = Some(3);
    paged.behaviour.comment_lists_with_replies = true;
    vec![
        Box::pin(requests_of(sample_site(Utc::now()))).await,
        Box::pin(requests_of(paged)).await,
        Box::pin(requests_of_a_snapshot(with_archived_space(ArchivedSearch::Shown))).await,
        Box::pin(requests_of_a_snapshot(with_archived_space(ArchivedSearch::Ignored))).await,
    ]
}

async fn every_request_is_one_the_documents_allow() {
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
    ] {
        assert!(operations.contains(needed), "{needed}: {operations:#?}");
    }
    assert!(operations.len() > 25, "too few operations to prove anything: {operations:#?}");
    assert!(problems.is_empty(), "{problems:#?}");
}

async fn every_answer_of_the_loopback_server_is_one_the_documents_describe() {
    let documents = Documents::read();
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let mut problems = BTreeSet::new();
    let mut answers = 0;
    for (server, requests) in Box::pin(all_requests()).await {
        let host = server.base_url().trim_end_matches("/wiki").to_owned();
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
            if let Some(schema) = operation.answer_schema(status) {
                let json: Value = serde_json::from_str(&text).unwrap();
                problems.extend(operation.check_answer(schema, &json));
                answers += 1;
            }
        }
    }
    assert!(answers > 100, "{answers}");
    assert!(problems.is_empty(), "{problems:#?}");
}
