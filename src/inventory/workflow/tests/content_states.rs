//! Tests of content states and labels.

use serde_json::json;

use super::{on, pages, read, read_with};
use crate::inventory::workflow::WorkflowOptions;
use confluence_sim::{Fault, Site};

const PROPERTY: &str = "content-state-published";

/// 1000 and 1001 are in review, 1002 has no state.
fn site() -> Site {
    let mut site = pages(3);
    for page in &mut site.contents[..2] {
        page.properties.insert(PROPERTY.to_owned(), json!({"id": 5, "name": "In review", "color": "#2684ff"}));
    }
    site
}

fn labelled() -> WorkflowOptions {
    let map = [("approved", "Approved"), ("draft", "Draft")];
    WorkflowOptions {
        label_map: map.map(|(label, state)| (label.to_owned(), state.to_owned())).to_vec(),
        final_states: vec!["Approved".to_owned()],
        ..WorkflowOptions::default()
    }
}

#[tokio::test(start_paused = true)]
async fn states_come_in_bulk_by_space_and_state() {
    let read = read(site(), &WorkflowOptions::default()).await;
    assert_eq!(read.state_and_source("1001"), (Some("In review"), "native_state".to_owned()));
    assert_eq!(read.state_and_source("1002"), (None, "none".to_owned()));
    assert_eq!(read.sent("/space/ENG/state"), 2);
    let dated = (read.sent("/rest/api/content/1000/state"), read.sent("/rest/api/content/1002/state"));
    assert_eq!(dated, (1, 0), "the date is requested only for pages with a state");
    let since = read.state("1001").content_state_since;
    assert!(since.is_some() && read.state("1001").since == since);
    assert_eq!(read.state("1002").since, None);
    assert!(read.coverage.is_complete(), "{:#?}", read.coverage.gaps);
    read.assert_as_planned();
}

/// The program's own history then has the date to the week.
#[tokio::test(start_paused = true)]
async fn dates_that_are_refused_are_empty_and_counted_but_not_a_gap() {
    for status in [403, 500] {
        let read = read_with(
            site(),
            on("/wiki/rest/api/content/1000/state", Fault::status(status)),
            &WorkflowOptions::default(),
        )
        .await;
        assert_eq!(read.state_and_source("1000"), (Some("In review"), "native_state".to_owned()));
        assert_eq!((read.state("1000").since, read.state("1001").since.is_some()), (None, true));
        read.note("could not read when the content state of 1 page was set");
        assert!(read.coverage.is_complete(), "{:#?}", read.coverage.gaps);
    }
}

#[tokio::test(start_paused = true)]
async fn a_date_of_another_state_is_not_taken() {
    let other = Fault::edit_json(|response| response["contentState"]["name"] = json!("Verified"));
    let read = read_with(site(), on("/wiki/rest/api/content/1000/state", other), &WorkflowOptions::default()).await;
    assert_eq!((read.state("1000").since, read.state("1000").content_state_since), (None, None));
}

#[tokio::test(start_paused = true)]
async fn long_lists_of_a_state_are_read_completely() {
    let mut site = pages(230);
    for page in &mut site.contents {
        page.properties.insert(PROPERTY.to_owned(), json!({"id": 5, "name": "In review", "color": "#2684ff"}));
    }
    site.behaviour.search_without_properties = true;
    let read = read(site, &WorkflowOptions::default()).await;
    assert!(read.result.pages.values().all(|state| state.state.as_deref() == Some("In review")));
    assert_eq!(read.sent("state-id=5"), 3);
}

#[tokio::test(start_paused = true)]
async fn states_that_the_space_does_not_list_are_found_by_their_property() {
    let no_states = Fault::edit_json(|response| *response = json!([]));
    let run =
        read_with(site(), on("/wiki/rest/api/space/ENG/state", no_states.clone()), &WorkflowOptions::default()).await;
    assert_eq!(run.state_and_source("1000"), (Some("In review"), "native_state".to_owned()));
    let mut site = site();
    site.behaviour.search_without_properties = true;
    let run = read_with(site, on("/wiki/rest/api/space/ENG/state", no_states), &WorkflowOptions::default()).await;
    assert_eq!(run.state_and_source("1000"), (None, "none".to_owned()));
    run.note("did not return the content state of 3 pages");
}

#[tokio::test(start_paused = true)]
async fn labels_are_used_where_there_are_no_content_states() {
    let mut site = pages(3);
    site.workflow.without_content_states = true;
    site.contents[0].labels = vec!["howto".into(), "Draft".into(), "approved".into()];
    site.contents[1].labels = vec!["draft".into()];
    let read = read(site, &labelled()).await;
    assert_eq!(read.state_and_source("1000"), (Some("Approved"), "labels".to_owned()), "the first of the map counts");
    assert_eq!((read.state("1000").is_final, read.state("1001").is_final), (Some(true), Some(false)));
    assert_eq!(read.state_and_source("1002"), (None, "none".to_owned()));
    assert!(read.coverage.is_complete(), "{:#?}", read.coverage.gaps);
}

#[tokio::test(start_paused = true)]
async fn content_states_that_could_not_be_read_are_unavailable_and_labels_do_not_replace_them() {
    for path in ["/wiki/rest/api/space/ENG/state", "/wiki/rest/api/space/ENG/state/content"] {
        for (status, denied) in [(403, 1), (500, 0)] {
            let mut site = site();
            site.contents[2].labels = vec!["draft".into()];
            let read = read_with(site, on(path, Fault::status(status)), &labelled()).await;
            assert_eq!(read.state_and_source("1002"), (None, "unavailable".to_owned()), "{path} {status}");
            assert_eq!(
                read.state_and_source("1000"),
                (Some("In review"), "native_state".to_owned()),
                "from its property"
            );
            assert_eq!((read.units().denied, read.units().failed), (denied, 1 - denied));
            assert!(!read.coverage.is_complete());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_search_that_fails_leaves_open_pages_unavailable() {
    let mut site = site();
    site.workflow.without_content_states = true;
    let faults = confluence_sim::FaultPlan::none().on(
        confluence_sim::RoutePattern::any().with_query("expand", "metadata.properties.content-state-published"),
        confluence_sim::Occurrence::From(1),
        Fault::status(500),
    );
    let read = read_with(site, faults, &WorkflowOptions::default()).await;
    assert_eq!(read.state_and_source("1002"), (None, "unavailable".to_owned()));
    assert!(!read.coverage.is_complete());
}
