//! Each measure, with markup that counts and markup that only looks similar.

mod links;
mod similar;
mod structure;
mod words;

use super::{Measures, TodoMarkers};
use crate::{Body, OwnSite, ParseDepth, ParseOutcome, parse, parse_with_depth};

fn read(body: &str) -> Body {
    let site = OwnSite::new("https://acme.atlassian.net/wiki", &[]);
    parse_with_depth(body, &site, ParseDepth::Measures(&TodoMarkers::default()))
}

/// The measures of a well-formed body.
fn measure(body: &str) -> Measures {
    let read = read(body);
    assert_eq!(read.reading, ParseOutcome::WellFormed, "{body}");
    *read.measures.expect("requested")
}

#[test]
fn parsing_without_measures_finds_the_same_references() {
    let body = r#"<h1>Plan</h1><p><a href="/wiki/spaces/OPS/pages/12345/Other">x</a>
        <ac:link><ri:page ri:content-title="Guide"/></ac:link></p><ac:image><ri:attachment ri:filename="a.png"/></ac:image>"#;
    let site = OwnSite::new("https://acme.atlassian.net/wiki", &[]);
    let audited = parse(body, &site);
    assert!(audited.measures.is_none());
    assert!(audited.page_links.is_empty());
    let measured = read(body);
    assert_eq!(measured.references, audited.references);
    assert_eq!(measured.page_links.len(), 2);
    assert!(measured.measures.is_some());
}

#[test]
fn bodies_that_are_not_well_formed_are_measured_too() {
    let body = read("<h1>One</h1><table><tr><td>two & three</table><p>four <b>five</p><ac:task><h3>six</h3>");
    assert!(matches!(body.reading, ParseOutcome::Lenient { .. }), "{:?}", body.reading);
    let measures = body.measures.expect("requested");
    assert_eq!((measures.words, measures.headings, measures.heading_skips), (6, 2, 1));
    assert_eq!((measures.tables, measures.table_cells, measures.tasks_open), (1, 1, 1));
}

#[test]
fn unmatched_end_tags_are_ignored() {
    let body = read("</table></ac:placeholder></ac:link></ac:structured-macro>one</p></ac:task> two<tr>");
    assert_eq!(body.measures.expect("requested").words, 2);
}

#[test]
fn body_bytes_are_those_of_the_raw_body() {
    assert_eq!(measure("").body_bytes, 0);
    assert_eq!(measure("<p>ü</p>").body_bytes, 9);
    assert_eq!(measure("\u{feff}<p/>").body_bytes, 7);
}

#[test]
fn measures_are_the_same_after_saving_and_loading() {
    let text = "The quick brown fox jumps over the lazy dog and then the dog sleeps in the warm sun until the evening.";
    let body = read(&format!(
        r#"<p>{text}</p><ac:structured-macro ac:name="include"><ac:parameter ac:name=""><ac:link>
        <ri:page ri:content-title="Guide"/></ac:link></ac:parameter></ac:structured-macro><a href="https://x.example">x</a>"#
    ));
    let saved = serde_json::to_string(&body).expect("serializable");
    let restored: Body = serde_json::from_str(&saved).expect("readable");
    assert_eq!(restored.measures, body.measures);
    assert_eq!(restored.page_links, body.page_links);
    assert!(restored.measures.expect("kept").sketch.is_some());
}
