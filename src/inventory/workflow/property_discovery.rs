//! Searches for the content property in which a workflow app keeps its state, so that it can be configured: the key and
//! JSON format of Comala on Cloud are not documented.

use std::collections::BTreeMap;

use serde_json::Value;

use super::json_values;
use super::options::WorkflowOptions;
use super::property::{PinnedProperty, PropertyCandidate};
use super::rows::WorkflowRows;
use super::state::WorkflowSource;
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::Crawl;
use crate::support::formatting::plural;
use confluence_client::RequestKind;

/// Number of pages that are examined.
pub(super) const SAMPLE: usize = 20;
/// Numbers that may be times: seconds and milliseconds between 2001 and 2286.
const EPOCHS: [std::ops::Range<i64>; 2] = [1_000_000_000..10_000_000_000, 1_000_000_000_000..10_000_000_000_000];

/// Counts of the values at one place in the JSON of a property.
#[derive(Debug, Default)]
struct ValueCounts {
    /// Pages where the value is the state of the page.
    own_state: usize,
    /// Pages where the value is the name of any state.
    any_state: usize,
    times: usize,
    booleans: usize,
    texts: usize,
    lists: usize,
}

/// Counts for one property key.
#[derive(Debug, Default)]
struct KeyCounts {
    pages: usize,
    places: BTreeMap<String, ValueCounts>,
}

/// Examines the properties of some pages for which the search shows a workflow.
pub(super) async fn find_candidates(crawl: &Crawl<'_>, rows: &mut WorkflowRows<'_>, options: &WorkflowOptions) {
    let with_workflow: Vec<usize> =
        (0..rows.len()).filter(|at| rows.state(*at).source == WorkflowSource::ComalaCloudCql).collect();
    if !options.discover || options.property.is_some() || with_workflow.is_empty() {
        return;
    }
    // spread over all of them, because they may belong to several spaces and workflows
    let step = with_workflow.len().div_ceil(SAMPLE);
    let sample: Vec<usize> = with_workflow.into_iter().step_by(step).collect();
    rows.plan(RequestKind::WorkflowPropertyDiscovery, sample.len() as u64);
    let requests = sample.iter().map(|at| properties(crawl, *at, rows.id(*at))).collect();
    let names = options.searched_states();
    let mut seen: BTreeMap<String, KeyCounts> = BTreeMap::new();
    for (at, properties) in crawl.all(requests).await {
        let own = rows.state(at).state.as_deref();
        for (key, value) in properties {
            let seen = seen.entry(key).or_default();
            seen.pages += 1;
            let mut places = BTreeMap::new();
            visit_values(&json_values::document(&value), String::new(), &mut |place, value| {
                mark(places.entry(place).or_default(), value, own, &names);
            });
            for (place, marks) in places {
                seen.places.entry(place).or_default().add(&marks);
            }
        }
    }
    let mut candidates: Vec<PropertyCandidate> =
        seen.into_iter().map(|(key, seen)| candidate(key, &seen, sample.len())).collect();
    candidates.sort_by_key(|found| std::cmp::Reverse((found.agreeing, !found.property.state.is_empty(), found.pages)));
    if candidates.is_empty() {
        rows.notes.push(format!(
            "no content property of a workflow app was found on {}: dates and reviewers are known only as far as the \
             search shows them",
            plural(sample.len() as u64, "page", "pages")
        ));
    }
    rows.notes.extend(candidates.iter().map(PropertyCandidate::to_string));
    rows.candidates = candidates;
}

/// Reads the properties of a page whose keys look like those of a workflow app. Nothing depends on them: properties
/// that cannot be read are skipped with a warning.
async fn properties(crawl: &Crawl<'_>, at: usize, id: &str) -> (usize, Vec<(String, Value)>) {
    let unit =
        crawl.ledger.enter(UnitKind::Workflow, format!("properties of page {id}, to find the workflow property"));
    let mut found = Vec::new();
    let listing = crawl.api.page_properties(id, None, |property| {
        if let Some(value) = property.value.filter(|_| is_workflow_key(&property.key)) {
            found.push((property.key, value));
        }
    });
    match listing.await.end {
        Err(error) if !error.stops_run() => {
            crawl.ledger.warn(format!("could not check every page for a workflow property: {error}"));
            unit.skipped("not needed for the workflow state");
        }
        end => unit.settle(&end),
    }
    (at, found)
}

/// Whether a key looks like that of a workflow app: it contains `comala` or `workflow`, or begins with `cw` as a
/// separate word.
fn is_workflow_key(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let begins = key.strip_prefix("cw").is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_', '.']));
    begins || key.contains("comala") || key.contains("workflow")
}

/// Calls `take` with every value and its JSON pointer (RFC 6901). Lists are one value: their items have no fixed place.
fn visit_values(value: &Value, place: String, take: &mut impl FnMut(String, &Value)) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                visit_values(field, format!("{place}/{}", name.replace('~', "~0").replace('/', "~1")), take);
            }
        }
        leaf => take(place, leaf),
    }
}

fn mark(place: &mut ValueCounts, value: &Value, own: Option<&str>, names: &[&str]) {
    place.booleans = usize::from(json_values::boolean(value).is_some());
    place.lists = usize::from(value.is_array());
    place.times = usize::from(is_time(value));
    if let Some(text) = value.as_str() {
        place.texts = 1;
        place.own_state = usize::from(own == Some(text));
        place.any_state = usize::from(names.contains(&text));
    }
}

fn is_time(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            number.as_i64().is_some_and(|number| EPOCHS.iter().any(|range| range.contains(&number)))
        }
        Value::String(text) => json_values::iso(text).is_some(),
        _ => false,
    }
}

impl ValueCounts {
    fn add(&mut self, other: &Self) {
        self.own_state += other.own_state;
        self.any_state += other.any_state;
        self.times += other.times;
        self.booleans += other.booleans;
        self.texts += other.texts;
        self.lists += other.lists;
    }
}

fn candidate(key: String, seen: &KeyCounts, of: usize) -> PropertyCandidate {
    let state = seen
        .places
        .iter()
        .max_by_key(|(place, marks)| (marks.own_state, marks.any_state, std::cmp::Reverse(place.len())));
    let state = state.filter(|(_, marks)| marks.any_state + marks.own_state > 0);
    let called = |words: &[&str], fits: fn(&ValueCounts) -> usize| {
        let named = |place: &str| words.iter().any(|word| place.to_ascii_lowercase().contains(word));
        let fitting = seen.places.iter().filter(|(place, marks)| fits(marks) > 0 && named(place));
        fitting
            .max_by_key(|(place, marks)| (fits(marks), std::cmp::Reverse(place.len())))
            .map(|(place, _)| place.clone())
    };
    PropertyCandidate {
        pages: seen.pages,
        of,
        agreeing: state.map_or(0, |(_, marks)| marks.own_state),
        property: PinnedProperty {
            key,
            state: state.map_or_else(String::new, |(place, _)| place.clone()),
            name: called(&["workflow"], |place| if place.times + place.booleans > 0 { 0 } else { place.texts }),
            is_final: called(&["final"], |place| place.booleans),
            expires: called(&["expir", "due"], |place| place.times),
            since: called(&["since", "start", "enter"], |place| place.times),
            approvers: called(&["approver", "reviewer"], |place| place.lists),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_workflow_apps_are_recognised() {
        for key in ["comalaworkflows", "cw", "cw-state", "CW_data", "cw.page", "com.acme.Workflow.state"] {
            assert!(is_workflow_key(key), "{key}");
        }
        for key in ["cover-picture-id-published", "content-state-published", "cwd", "emoji-title-published", "acw-x"] {
            assert!(!is_workflow_key(key), "{key}");
        }
    }

    #[test]
    fn numbers_are_times_only_in_a_sensible_range() {
        for time in [serde_json::json!(1_507_277_490), serde_json::json!(1_507_277_490_000_i64)] {
            assert!(is_time(&time), "{time}");
        }
        for other in [serde_json::json!(7), serde_json::json!("Draft"), serde_json::json!(20_171_006)] {
            assert!(!is_time(&other), "{other}");
        }
    }

    #[test]
    fn places_are_pointers_and_lists_are_one_place() {
        let value = serde_json::json!({"a/b": {"x~y": 1}, "list": [{"name": "ann"}]});
        let mut places = Vec::new();
        visit_values(&value, String::new(), &mut |place, _| places.push(place));
        assert_eq!(places, ["/a~1b/x~0y", "/list"]);
        assert_eq!(value.pointer("/a~1b/x~0y"), Some(&serde_json::json!(1)));
    }
}
