//! Content properties of all pages in bulk, by search: 200 pages a request.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::rows::{Rows, SpaceGroup};
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::Crawl;
use confluence_client::RequestKind;
use confluence_client::api::SearchedSpaces;
use confluence_client::cql::in_spaces;
use confluence_client::model;

/// What the search answered about a property of a page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Answered<'s> {
    /// Its value.
    Value(&'s Value),
    /// The page has no such property.
    Absent,
    /// The search did not show the page, or did not expand the property.
    Not,
}

/// The properties of the pages that the search answered.
#[derive(Debug, Default)]
pub(super) struct Sweep {
    answers: HashMap<usize, BTreeMap<String, Option<Value>>>,
    /// Pages that the search shows, whatever it tells of them.
    shown: HashSet<usize>,
    /// Pages of archived spaces whose search is refused.
    unsearched: HashSet<usize>,
    /// The search of a group of spaces failed.
    pub(super) failed: bool,
}

impl Sweep {
    /// Reads the properties of these keys in all spaces. `asked_alone`: what it does not answer is asked for page by page,
    /// so that a search that fails is no gap.
    pub(super) async fn run(crawl: &Crawl<'_>, rows: &mut Rows<'_>, keys: &[&str], asked_alone: bool) -> Self {
        let groups = rows.groups();
        let limit = u64::from(RequestKind::WorkflowProperties.page_limit());
        let requests = groups.iter().map(|group| (group.pages.len() as u64).div_ceil(limit));
        rows.plan(RequestKind::WorkflowProperties, requests.sum());
        let mut sweep = Self::default();
        for group in &groups {
            let unit =
                crawl.ledger.enter(UnitKind::Workflow, format!("workflow properties in {}", group.keys.join(", ")));
            let cql = format!("type = page and {}", in_spaces(&group.keys));
            let walked =
                crawl.api.property_search(group.searched, &cql, keys, |hit| sweep.take(rows, keys, &hit)).await;
            match walked.end {
                Ok(()) => unit.ok(),
                // what it would have shown is unseen, and every source says so of its own
                Err(error) if group.searched == SearchedSpaces::Archived && error.is_refusal() => {
                    crawl.ledger.warn(format!("the search does not look into archived spaces: {error}"));
                    unit.skipped("the search does not look into archived spaces");
                    sweep.unsearched.extend(&group.pages);
                }
                Err(error) => {
                    sweep.failed = true;
                    if asked_alone && !error.stops_run() {
                        crawl.ledger.warn(format!("the workflow had to be read page by page: {error}"));
                        unit.ok();
                    } else {
                        unit.refused(&error);
                    }
                }
            }
        }
        sweep
    }

    fn take(&mut self, rows: &Rows<'_>, keys: &[&str], hit: &model::SearchHit) {
        let Some(at) = rows.find(&hit.id.0) else { return };
        self.shown.insert(at);
        let properties = hit.metadata.as_ref().and_then(|metadata| metadata.properties.as_ref());
        let Some(properties) = properties else { return };
        let unanswered = properties.get("_expandable").and_then(Value::as_object);
        let answers = self.answers.entry(at).or_default();
        for key in keys.iter().filter(|key| unanswered.is_none_or(|others| !others.contains_key(**key))) {
            let value = properties.get(*key).and_then(|property| property.get("value"));
            answers.insert((*key).to_owned(), value.cloned());
        }
    }

    /// Whether the search shows any of these pages: only then it says something of the others of the same spaces.
    pub(super) fn looks_into(&self, group: &SpaceGroup<'_>) -> bool {
        group.searched == SearchedSpaces::Current || group.pages.iter().any(|at| self.shows(*at))
    }

    /// Whether the search shows a page.
    pub(super) fn shows(&self, at: usize) -> bool {
        self.shown.contains(&at)
    }

    /// Whether the property of a page could not be searched for.
    pub(super) fn is_unread(&self, at: usize, key: &str) -> bool {
        (self.failed || self.unsearched.contains(&at)) && self.property(at, key) == Answered::Not
    }

    /// What is known of a property of a page.
    pub(super) fn property(&self, at: usize, key: &str) -> Answered<'_> {
        match self.answers.get(&at).and_then(|answers| answers.get(key)) {
            Some(Some(value)) => Answered::Value(value),
            Some(None) => Answered::Absent,
            None => Answered::Not,
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
            searched: SearchedSpaces::Current,
            version: None,
            labels: None,
            content_state: None,
        });
        let rows = Rows::new(&pages);
        let mut sweep = Sweep::default();
        for (id, metadata) in [
            ("1", json!({"properties": {"cw": {"value": 7}, "_expandable": {"other": "/x"}}})),
            ("2", json!({"properties": {"_expandable": {"other": "/x"}}})),
            ("3", json!({"properties": {"_expandable": {"cw": "/x"}}})),
            ("77", json!({"properties": {"cw": {"value": 7}}})),
        ] {
            sweep.take(&rows, &["cw"], &serde_json::from_value(json!({"id": id, "metadata": metadata})).unwrap());
        }
        let seven = json!(7);
        let answers: Vec<_> = (0..4).map(|at| sweep.property(at, "cw")).collect();
        assert_eq!(answers, [Answered::Value(&seven), Answered::Absent, Answered::Not, Answered::Not]);
        assert_eq!((0..4).map(|at| sweep.shows(at)).collect::<Vec<_>>(), [true, true, true, false]);
    }
}
