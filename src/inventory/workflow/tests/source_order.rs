//! Tests of the order of the sources, of imports, and of the sample site.

use chrono::Utc;
use serde_json::json;

use super::{pages, read, with_app};
use crate::inventory::workflow::{DocumentReport, PinnedProperty, WorkflowOptions};
use confluence_client::api::SearchScope;
use confluence_sim::sample_site;
use confluence_sim::workflow::{PageWorkflow, WorkflowApp};

const REPORT: &[u8] = b"Space Name,Space Key,Title,Content ID,Owner,Workflow Name,State,Mood\r\n\
    Engineering,ENG,Page 0,1000,Ann,Docs,Draft,good\r\n\
    Engineering,ENG,Page 1,1001,Ann,Docs,Approved,good\r\n\
    Engineering,ENG,Page 2,1002,Ann,Docs,Approved,good\r\n\
    Engineering,ENG,Page 3,1003,Ann,Docs,Approved,good\r\n\
    Elsewhere,X,Page 4,9999,Ann,Docs,Draft,good\r\n";

fn options() -> WorkflowOptions {
    WorkflowOptions {
        property: Some(PinnedProperty { key: "acme".into(), state: "/state".into(), ..PinnedProperty::default() }),
        import: Some(DocumentReport::parse(REPORT).unwrap()),
        label_map: vec![("obsolete".into(), "Obsolete".into())],
        ..WorkflowOptions::default()
    }
}

#[tokio::test(start_paused = true)]
async fn each_source_fills_what_the_earlier_ones_left_open() {
    let mut site = pages(7);
    for page in &mut site.contents {
        page.labels.push("obsolete".into());
    }
    for at in [0, 1, 2] {
        site.contents[at].properties.insert("acme".into(), json!({"state": "Published"}));
    }
    for at in [0, 3, 4] {
        let state = json!({"id": 7, "name": "Rough draft", "color": "#ff7452"});
        site.contents[at].properties.insert("content-state-published".into(), state);
    }
    let workflows = [
        ("1000", PageWorkflow::new("Docs", "Draft", false)),
        ("1001", PageWorkflow::new("Docs", "Unheard of", false)),
        ("1006", PageWorkflow::new("Docs", "Unheard of", false)),
    ];
    let read = read(with_app(site, WorkflowApp::ComalaCloud, &workflows), &options()).await;
    assert_eq!(read.state_and_source("1000"), (Some("Draft"), "comala_cloud_cql".to_owned()));
    assert_eq!(read.state("1000").owner.as_deref(), Some("Ann"), "the report names the same state");
    assert_eq!(read.state_and_source("1001"), (Some("Published"), "content_property:acme".to_owned()));
    assert_eq!(read.state("1001").is_final, Some(false), "as the search said");
    assert_eq!(read.state_and_source("1002"), (Some("Published"), "content_property:acme".to_owned()));
    assert_eq!(read.state("1002").owner, None, "the report names another state");
    assert_eq!(read.state_and_source("1003"), (Some("Approved"), "import".to_owned()));
    assert_eq!(read.state_and_source("1004"), (Some("Rough draft"), "native_state".to_owned()));
    assert_eq!(read.state_and_source("1005"), (Some("Obsolete"), "labels".to_owned()));
    assert_eq!(
        read.state_and_source("1006"),
        (None, "comala_cloud_cql".to_owned()),
        "a label is not a state of its workflow"
    );
    assert!(read.coverage.is_complete(), "{:#?}", read.coverage.gaps);
    assert_eq!(read.note("workflow of 7 pages").matches(", ").count(), 4);
    read.note("imported report: 1 page was not read in this run");
    read.note("unknown columns are ignored: Mood");
}

#[tokio::test(start_paused = true)]
async fn labels_that_were_not_read_are_a_gap() {
    let id = crate::inventory::ContentId::new("1000");
    let page = super::WorkflowPage {
        id: &id,
        space_key: "ENG",
        searched: SearchScope::Current,
        version: None,
        labels: None,
        content_state: None,
    };
    let server = confluence_sim::DemoServer::start(pages(1)).await.unwrap();
    let settings = confluence_client::ConnectionSettings::new(
        server.base_url(),
        confluence_client::Credentials::basic(server.user(), server.token().into()),
    );
    let api = confluence_client::Api::new(settings).unwrap();
    let silent = crate::progress::Progress::silent();
    let (result, coverage) = super::read_workflows(&api, &[page], &options(), &silent).await;
    assert_eq!(result.pages[&id].source.to_string(), "import", "a better source needs no label");
    assert!(coverage.is_complete());
    let only_labels = WorkflowOptions { import: None, property: None, ..options() };
    let (result, coverage) = super::read_workflows(&api, &[page], &only_labels, &silent).await;
    assert_eq!(result.pages[&id].source.to_string(), "unavailable");
    assert!(!coverage.is_complete());
}

#[tokio::test(start_paused = true)]
async fn a_site_without_pages_takes_no_requests() {
    let read = read(confluence_sim::Site::new().space("ENG", "Engineering"), &options()).await;
    assert!(read.server.requests().is_empty() && read.result.notes.is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_sample_has_workflows_content_states_and_labels() {
    let site = sample_site(Utc::now());
    let options = WorkflowOptions {
        label_map: vec![("approved".into(), "Approved".into()), ("in-approval".into(), "In Approval".into())],
        ..WorkflowOptions::default()
    };
    let space_of = |key: &str| site.spaces.iter().find(|space| space.key == key).unwrap().id.clone();
    let spaces = [("ENG", "comala_cloud_cql"), ("PROD", "native_state"), ("HR", "labels")];
    let read = read(site.clone(), &options).await;
    assert!(read.coverage.is_complete(), "{:#?}", read.coverage.gaps);
    for (key, source) in spaces {
        let space = space_of(key);
        let of_space = site.contents.iter().filter(|content| content.space_id == space);
        let states = of_space.filter_map(|page| read.result.pages.get(&crate::inventory::ContentId::new(&page.id)));
        let by_source = states.filter(|state| state.source.to_string() == source).count();
        assert!(by_source >= 3, "{key}: {by_source} by {source}");
    }
    let reviewed = read.result.pages.values().filter(|state| state.due_within.is_some()).count();
    assert!(reviewed > 2, "{reviewed} pages are due");
}
