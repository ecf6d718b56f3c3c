//! The workflow states of all pages while the sources fill them one after the other.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use super::property::PropertyCandidate;
use super::state::{WorkflowPage, WorkflowResults, WorkflowSource, WorkflowState, state_key};
use crate::support::formatting::plural;
use confluence_client::api::SearchScope;
use confluence_client::{RequestCounts, RequestKind};

/// Maximum number of spaces in one query: queries are part of the URL.
const SPACES_PER_QUERY: usize = 50;

pub(super) struct WorkflowRows<'a> {
    pages: &'a [WorkflowPage<'a>],
    by_id: HashMap<&'a str, usize>,
    states: Vec<WorkflowState>,
    pub(super) notes: Vec<String>,
    pub(super) candidates: Vec<PropertyCandidate>,
    requests: RequestCounts,
}

/// A group of spaces that one query names, all covered by the same kind of search.
pub(super) struct SpaceGroup<'a> {
    pub(super) searched: SearchScope,
    pub(super) keys: Vec<&'a str>,
    /// Rows of the pages in these spaces.
    pub(super) pages: Vec<usize>,
}

impl<'a> WorkflowRows<'a> {
    pub(super) fn new(pages: &'a [WorkflowPage<'a>]) -> Self {
        Self {
            pages,
            by_id: pages.iter().enumerate().map(|(at, page)| (page.id.as_str(), at)).collect(),
            states: vec![WorkflowState::default(); pages.len()],
            notes: Vec::new(),
            candidates: Vec::new(),
            requests: RequestCounts::default(),
        }
    }

    pub(super) fn page(&self, at: usize) -> WorkflowPage<'a> {
        self.pages[at]
    }

    pub(super) fn id(&self, at: usize) -> &'a str {
        self.pages[at].id.as_str()
    }

    pub(super) fn len(&self) -> usize {
        self.pages.len()
    }

    /// Returns the row of a page; `None` for other pages of the site.
    pub(super) fn find(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    pub(super) fn state(&self, at: usize) -> &WorkflowState {
        &self.states[at]
    }

    /// Adds planned requests.
    pub(super) fn plan(&mut self, kind: RequestKind, requests: u64) {
        self.requests.add(kind, requests);
    }

    /// Rows that no source has filled so far.
    pub(super) fn unknown(&self) -> Vec<usize> {
        self.those(|state| state.source == WorkflowSource::None)
    }

    /// Rows without a state: unfilled ones, and pages with a workflow in a state without a known name.
    pub(super) fn stateless(&self) -> Vec<usize> {
        self.those(|state| state.state.is_none() && state.source != WorkflowSource::Unavailable)
    }

    fn those(&self, keep: impl Fn(&WorkflowState) -> bool) -> Vec<usize> {
        (0..self.pages.len()).filter(|at| keep(&self.states[*at])).collect()
    }

    /// Groups the spaces of all pages, in the order of the pages.
    pub(super) fn groups(&self) -> Vec<SpaceGroup<'a>> {
        let mut group_of: HashMap<&str, usize> = HashMap::new();
        let mut open: HashMap<SearchScope, usize> = HashMap::new();
        let mut groups: Vec<SpaceGroup<'a>> = Vec::new();
        for (at, page) in self.pages.iter().enumerate() {
            let group = *group_of.entry(page.space_key).or_insert_with(|| {
                let searched = page.searched;
                let last = open.get(&searched).copied().filter(|last| groups[*last].keys.len() < SPACES_PER_QUERY);
                let last = last.unwrap_or_else(|| {
                    groups.push(SpaceGroup { searched, keys: Vec::new(), pages: Vec::new() });
                    groups.len() - 1
                });
                open.insert(searched, last);
                groups[last].keys.push(page.space_key);
                last
            });
            groups[group].pages.push(at);
        }
        groups
    }

    /// Adds what a source found. Values of earlier sources stay; missing ones are filled, unless the two sources name
    /// different states.
    pub(super) fn fill(&mut self, at: usize, found: WorkflowState) {
        let row = &mut self.states[at];
        match (&row.source, &row.state, &found.state) {
            (WorkflowSource::Unavailable, ..) => {}
            (WorkflowSource::None, ..) => *row = found,
            (_, None, Some(_)) => {
                row.source = found.source.clone();
                row.state = found.state.clone();
                row.complete(found);
            }
            (_, Some(known), Some(other)) if state_key(known) != state_key(other) => {}
            _ => row.complete(found),
        }
    }

    /// Sets whether the state is final, for sources that return this separately from the state.
    pub(super) fn set_final(&mut self, at: usize, is_final: bool) {
        self.states[at].is_final = Some(is_final);
    }

    /// Sets the content state of the page, whatever else is known of it.
    pub(super) fn set_content_state(&mut self, at: usize, name: &str) {
        self.states[at].content_state = Some(name.to_owned());
    }

    /// Sets since when the page has its content state; if the content state is the source of the workflow, of that too.
    pub(super) fn set_content_state_since(&mut self, at: usize, since: DateTime<Utc>) {
        let row = &mut self.states[at];
        row.content_state_since = Some(since);
        if row.source == WorkflowSource::NativeState {
            row.since = Some(since);
        }
    }

    /// Adds a reviewer who has not decided yet.
    pub(super) fn add_reviewer(&mut self, at: usize, reviewer: &str) {
        self.states[at].pending_reviewers.get_or_insert_default().push(reviewer.to_owned());
    }

    /// Adds a current value, which replaces another state from the search: its index lags behind.
    pub(super) fn correct(&mut self, at: usize, found: WorkflowState) {
        let known = &self.states[at].state;
        if known.is_some() && found.state.is_some() && *known != found.state {
            self.states[at] = found;
        } else {
            self.fill(at, found);
        }
    }

    /// Records that a source which may know the state could not be read. A row without a state becomes unavailable, so
    /// that no other source fills it; a row with a state becomes partial.
    pub(super) fn close(&mut self, at: usize) {
        let row = &mut self.states[at];
        if row.state.is_none() {
            row.source = WorkflowSource::Unavailable;
        } else {
            row.is_partial = true;
        }
    }

    pub(super) fn close_all(&mut self) {
        (0..self.pages.len()).for_each(|at| self.close(at));
    }

    /// Returns all rows, with a note on the sources. States with these names are final if the source does not say
    /// whether they are.
    pub(super) fn finish(mut self, final_states: &[String]) -> WorkflowResults {
        let final_states: Vec<String> = final_states.iter().map(|name| state_key(name)).collect();
        let mut counts: BTreeMap<&WorkflowSource, u64> = BTreeMap::new();
        for row in &mut self.states {
            if let (None, Some(state)) = (row.is_final, &row.state)
                && !final_states.is_empty()
            {
                row.is_final = Some(final_states.contains(&state_key(state)));
            }
        }
        for row in &self.states {
            *counts.entry(&row.source).or_default() += 1;
        }
        if !self.pages.is_empty() {
            let counts: Vec<String> = counts.iter().map(|(source, pages)| format!("{source} {pages}")).collect();
            self.notes.insert(
                0,
                format!("workflow of {}: {}", plural(self.pages.len() as u64, "page", "pages"), counts.join(", ")),
            );
        }
        WorkflowResults {
            pages: self.pages.iter().map(|page| page.id.clone()).zip(self.states).collect(),
            notes: self.notes,
            candidates: self.candidates,
            requests: self.requests,
        }
    }
}

impl WorkflowState {
    /// Fills missing values.
    fn complete(&mut self, found: Self) {
        self.name = self.name.take().or(found.name);
        self.is_final = self.is_final.or(found.is_final);
        self.since = self.since.or(found.since);
        self.due = self.due.or(found.due);
        self.due_within = self.due_within.or(found.due_within);
        self.pending_reviewers = self.pending_reviewers.take().or(found.pending_reviewers);
        self.owner = self.owner.take().or(found.owner);
        self.relevance = self.relevance.take().or(found.relevance);
        self.parameters_unavailable |= found.parameters_unavailable;
        self.is_partial |= found.is_partial;
        self.edits_since_final = self.edits_since_final.or(found.edits_since_final);
        for (name, value) in found.parameters {
            self.parameters.entry(name).or_insert(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::ContentId;

    fn page<'a>(id: &'a ContentId, space_key: &'a str) -> WorkflowPage<'a> {
        WorkflowPage { id, space_key, searched: SearchScope::Current, version: None, labels: None, content_state: None }
    }

    fn found(source: WorkflowSource, state: Option<&str>, name: &str) -> WorkflowState {
        WorkflowState { source, state: state.map(str::to_owned), name: Some(name.to_owned()), ..Default::default() }
    }

    #[test]
    fn later_sources_fill_only_missing_values() {
        let ids: Vec<ContentId> = (1..=4).map(|id| ContentId::new(id.to_string())).collect();
        let pages: Vec<WorkflowPage<'_>> = ids.iter().map(|id| page(id, "ENG")).collect();
        let mut rows = WorkflowRows::new(&pages);
        let cql = |state: Option<&str>| WorkflowState {
            source: WorkflowSource::ComalaCloudCql,
            state: state.map(str::to_owned),
            ..Default::default()
        };
        rows.fill(0, cql(Some("Draft")));
        rows.fill(1, cql(Some("Draft")));
        rows.fill(2, cql(None));
        rows.close(3);
        assert_eq!(rows.stateless(), [2]);
        assert_eq!(rows.unknown(), [0_usize; 0]);
        rows.fill(0, found(WorkflowSource::Import, Some("Draft"), "Docs"));
        rows.fill(1, found(WorkflowSource::Import, Some("Approved"), "Docs"));
        rows.fill(2, found(WorkflowSource::Import, Some("Approved"), "Docs"));
        rows.fill(3, found(WorkflowSource::Import, Some("Approved"), "Docs"));
        let source_and_name = |at: usize| (rows.state(at).source.to_string(), rows.state(at).name.as_deref());
        assert_eq!(source_and_name(0), ("comala_cloud_cql".to_owned(), Some("Docs")));
        assert_eq!(source_and_name(1), ("comala_cloud_cql".to_owned(), None), "another state belongs to another time");
        assert_eq!(source_and_name(2), ("import".to_owned(), Some("Docs")));
        assert_eq!(source_and_name(3), ("unavailable".to_owned(), None));
    }

    #[test]
    fn many_spaces_are_queried_in_groups() {
        let ids: Vec<ContentId> = (0..240).map(|id| ContentId::new(id.to_string())).collect();
        let keys: Vec<String> = (0..240).map(|page| format!("S{}", page % 120)).collect();
        let pages: Vec<WorkflowPage<'_>> = ids.iter().zip(&keys).map(|(id, key)| page(id, key)).collect();
        let rows = WorkflowRows::new(&pages);
        let groups = rows.groups();
        assert_eq!(groups.iter().map(|group| group.keys.len()).collect::<Vec<_>>(), [50, 50, 20]);
        assert_eq!(groups.iter().map(|group| group.pages.len()).sum::<usize>(), 240);
        let in_own_group =
            |group: &SpaceGroup<'_>| group.pages.iter().all(|at| group.keys.contains(&rows.page(*at).space_key));
        assert!(groups.iter().all(in_own_group));
    }
}
