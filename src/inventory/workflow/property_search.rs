//! Reads content properties of all pages in bulk by search: 200 pages per request.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::rows::{SpaceGroup, WorkflowRows};
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::Crawl;
use confluence_client::RequestKind;
use confluence_client::api::SearchScope;
use confluence_client::cql::in_spaces;
use confluence_client::model;

/// What the search returned for a property of a page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum PropertyValue<'s> {
    /// The page has it.
    Value(&'s Value),
    /// The page has no such property.
    Absent,
    /// The search did not return the page, or did not expand the property.
    NotReturned,
}

/// Properties of pages, as the search returned them.
#[derive(Debug, Default)]
pub(super) struct PropertySearch {
    responses: HashMap<usize, BTreeMap<String, Option<Value>>>,
    /// Pages that the search shows, with or without properties.
    shown: HashSet<usize>,
    /// Pages of archived spaces that the search refuses to cover.
    unsearched: HashSet<usize>,
    /// Whether the search of a group of spaces failed.
    pub(super) failed: bool,
}

impl PropertySearch {
    /// Reads the properties with these keys in all spaces. With `read_singly`, missing ones are later read page by
    /// page, so a failed search is not a gap.
    pub(super) async fn run(crawl: &Crawl<'_>, rows: &mut WorkflowRows<'_>, keys: &[&str], read_singly: bool) -> Self {
        let groups = rows.groups();
        let limit = u64::from(RequestKind::WorkflowProperties.page_limit());
        let requests = groups.iter().map(|group| (group.pages.len() as u64).div_ceil(limit));
        rows.plan(RequestKind::WorkflowProperties, requests.sum());
        let mut search = Self::default();
        for group in &groups {
            let unit =
                crawl.ledger.enter(UnitKind::Workflow, format!("workflow properties in {}", group.keys.join(", ")));
            let cql = format!("type = page and {}", in_spaces(&group.keys));
            let listing =
                crawl.api.property_search(group.searched, &cql, keys, |hit| search.take(rows, keys, &hit)).await;
            match listing.end {
                Ok(()) => unit.ok(),
                // the pages stay unseen, which every source reports itself
                Err(error) if group.searched == SearchScope::Archived && error.is_refusal() => {
                    crawl.ledger.warn(format!("the search does not cover archived spaces: {error}"));
                    unit.skipped("the search does not cover archived spaces");
                    search.unsearched.extend(&group.pages);
                }
                Err(error) => {
                    search.failed = true;
                    if read_singly && !error.stops_run() {
                        crawl.ledger.warn(format!("the workflow had to be read page by page: {error}"));
                        unit.ok();
                    } else {
                        unit.refused(&error);
                    }
                }
            }
        }
        search
    }

    fn take(&mut self, rows: &WorkflowRows<'_>, keys: &[&str], hit: &model::SearchHit) {
        let Some(at) = rows.find(&hit.id.0) else { return };
        self.shown.insert(at);
        let properties = hit.metadata.as_ref().and_then(|metadata| metadata.properties.as_ref());
        let Some(properties) = properties else { return };
        let not_expanded = properties.get("_expandable").and_then(Value::as_object);
        let responses = self.responses.entry(at).or_default();
        for key in keys.iter().filter(|key| not_expanded.is_none_or(|others| !others.contains_key(**key))) {
            let value = properties.get(*key).and_then(|property| property.get("value"));
            responses.insert((*key).to_owned(), value.cloned());
        }
    }

    /// Whether the search shows any of these pages: only then a missing hit says anything about the others.
    pub(super) fn covers(&self, group: &SpaceGroup<'_>) -> bool {
        group.searched == SearchScope::Current || group.pages.iter().any(|at| self.shows(*at))
    }

    pub(super) fn shows(&self, at: usize) -> bool {
        self.shown.contains(&at)
    }

    /// Whether the property of a page could not be read by search.
    pub(super) fn is_unread(&self, at: usize, key: &str) -> bool {
        (self.failed || self.unsearched.contains(&at)) && self.property(at, key) == PropertyValue::NotReturned
    }

    pub(super) fn property(&self, at: usize, key: &str) -> PropertyValue<'_> {
        match self.responses.get(&at).and_then(|responses| responses.get(key)) {
            Some(Some(value)) => PropertyValue::Value(value),
            Some(None) => PropertyValue::Absent,
            None => PropertyValue::NotReturned,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::inventory::ContentId;
    use crate::inventory::workflow::WorkflowPage;

    #[test]
    fn not_expanded_is_not_absent() {
        let ids = ["1", "2", "3", "4"].map(ContentId::new);
        let pages = ids.each_ref().map(|id| WorkflowPage {
            id,
            space_key: "ENG",
            searched: SearchScope::Current,
            version: None,
            labels: None,
            content_state: None,
        });
        let rows = WorkflowRows::new(&pages);
        let mut search = PropertySearch::default();
        for (id, metadata) in [
            ("1", json!({"properties": {"cw": {"value": 7}, "_expandable": {"other": "/x"}}})),
            ("2", json!({"properties": {"_expandable": {"other": "/x"}}})),
            ("3", json!({"properties": {"_expandable": {"cw": "/x"}}})),
            ("77", json!({"properties": {"cw": {"value": 7}}})),
        ] {
            search.take(&rows, &["cw"], &serde_json::from_value(json!({"id": id, "metadata": metadata})).unwrap());
        }
        let seven = json!(7);
        let responses: Vec<_> = (0..4).map(|at| search.property(at, "cw")).collect();
        assert_eq!(
            responses,
            [
                PropertyValue::Value(&seven),
                PropertyValue::Absent,
                PropertyValue::NotReturned,
                PropertyValue::NotReturned
            ]
        );
        assert_eq!((0..4).map(|at| search.shows(at)).collect::<Vec<_>>(), [true, true, true, false]);
    }
}
