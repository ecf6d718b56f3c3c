//! The official API documents against both sides: every request the program sends is one they allow, and every answer
//! of the loopback server is one they describe. The documents are not part of this repository; where they are absent,
//! the test says so and is skipped.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking and says when it is skipped"
)]

#[path = "../common/mod.rs"]
mod common;

mod documents;
mod schema;

use std::collections::BTreeSet;

use chrono::Utc;
use confluence_storage_analyzer::audit::AuditOptions;
use confluence_storage_analyzer::commands::audit::read_site;
use confluence_storage_analyzer::confluence::{Cloud, ConnectionSettings};
use confluence_storage_analyzer::demo::{DemoServer, FaultPlan, RequestLogEntry, Site, sample_site};
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::CrawlOptions;
use confluence_storage_analyzer::inventory::snapshot::{MetricGroup, MetricGroups, read_facts, take_pages};
use confluence_storage_analyzer::progress::Progress;
use serde_json::Value;

use documents::{Documents, Sent};

/// Reads a site in the most thorough way and gives every distinct request it took.
async fn requests_of(site: Site) -> (DemoServer, BTreeSet<Sent>) {
    let server = DemoServer::start(site, FaultPlan::none()).await.unwrap();
    let settings = ConnectionSettings::new(server.base_url(), server.user(), server.token().into());
    let api = Cloud::new(settings).unwrap();
    for options in [
        CrawlOptions { verify_all: true, needs_labels: true, ..CrawlOptions::default() },
        CrawlOptions { references_within: true, include_spaces: vec!["ENG".to_owned()], ..CrawlOptions::default() },
    ] {
        let reading = read_site(&api, &options, &AuditOptions::default(), &Progress::silent()).await.unwrap();
        assert_eq!(reading.status, ExitStatus::Complete, "{:#?}", reading.inventory.coverage.gaps);
    }
    let options = CrawlOptions { include_spaces: vec!["ENG".to_owned()], ..CrawlOptions::default() };
    let groups = MetricGroups::new(MetricGroup::ALL);
    let mut inventory = take_pages(&api, &options, &groups, &Progress::silent()).await.unwrap();
    let keys = ["ENG".to_owned()];
    read_facts(&api, &mut inventory, &options, &groups, &keys, &Progress::silent()).await.unwrap();
    assert!(inventory.coverage.is_complete(), "{:#?}", inventory.coverage.gaps);
    let log = server.requests();
    let of_the_api = log.iter().filter(|request| request.path.starts_with("/wiki/"));
    let sent = |request: &RequestLogEntry| Sent {
        method: request.method.clone(),
        path: request.path.clone(),
        query: request.query.clone(),
    };
    let sent = of_the_api.map(sent).collect();
    (server, sent)
}

/// Two sites: one with everything a company has, one with small pages so that lists have several.
async fn all_requests() -> Vec<(DemoServer, BTreeSet<Sent>)> {
    let mut paged = common::known::site().0;
    paged.behaviour.page_cap = Some(3);
    paged.behaviour.comment_lists_with_replies = true;
    vec![requests_of(sample_site(Utc::now())).await, requests_of(paged).await]
}

#[tokio::test]
async fn every_request_is_one_the_documents_allow() {
    let Some(documents) = Documents::find() else { return };
    let mut problems = BTreeSet::new();
    let mut operations = BTreeSet::new();
    for (_, requests) in all_requests().await {
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
    assert!(operations.len() > 25, "too few operations to prove anything: {operations:#?}");
    assert!(problems.is_empty(), "{problems:#?}");
}

#[tokio::test]
async fn every_answer_of_the_loopback_server_is_one_the_documents_describe() {
    let Some(documents) = Documents::find() else { return };
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let mut problems = BTreeSet::new();
    let mut answers = 0;
    for (server, requests) in all_requests().await {
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
