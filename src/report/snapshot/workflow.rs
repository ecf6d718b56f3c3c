//! Workflow section: states of approvals and pending reviews.

use std::collections::BTreeMap;

use crate::inventory::snapshot::MetricGroup;
use crate::inventory::workflow::WorkflowSource;
use crate::metrics::approvals::{ReviewerFigures, StateFigures};
use crate::report::format;
use crate::report::html::breakdown::share;
use crate::report::html::data::rank;

use super::SnapshotView;
use super::display::{self, PageLink};
use super::key_questions;

/// Maximum number of reviewers on the dashboard; the CSV has all.
const MAX_REVIEWERS: usize = 100;

/// The states of one workflow.
#[derive(Debug)]
pub(super) struct WorkflowFunnel {
    /// Empty if the source does not name it.
    pub(super) name: String,
    pub(super) pages: u64,
    pub(super) states: Vec<FunnelState>,
    /// Some times in a state are known only to the week.
    pub(super) by_snapshots: bool,
    /// Number of pages of which it is not known since when they are in their state.
    pub(super) unknown_since: u64,
}

#[derive(Debug)]
pub(super) struct FunnelState {
    pub(super) name: String,
    pub(super) is_final: bool,
    pub(super) pages: u64,
    /// Share of the pages in the workflow.
    pub(super) percent: String,
    /// Length of the bar, 0 to 100.
    pub(super) share: u64,
    pub(super) median: Option<String>,
    pub(super) oldest: Option<(String, PageLink)>,
    pub(super) overdue: u64,
}

/// Pending reviews of one person.
#[derive(Debug)]
pub(super) struct ReviewerRow {
    pub(super) name: String,
    pub(super) rank: usize,
    pub(super) pending: u64,
    pub(super) overdue: u64,
    /// Days as number and text, and the page.
    pub(super) oldest: Option<(i64, String, PageLink)>,
}

#[derive(Debug)]
pub(super) struct WorkflowSection {
    pub(super) funnels: Vec<WorkflowFunnel>,
    pub(super) reviewers: Vec<ReviewerRow>,
    pub(super) more_reviewers: u64,
    /// Sentence on the sources of the states; empty if no source was read.
    pub(super) sources: String,
    /// Why there are no states to show; empty if there are some.
    pub(super) empty_reason: &'static str,
}

impl WorkflowSection {
    pub(super) fn new(view: &SnapshotView<'_>) -> Self {
        let sources = sources(view);
        Self {
            empty_reason: if view.states.is_empty() { empty_reason(view, &sources) } else { "" },
            sources: sources_sentence(&sources),
            funnels: funnels(view.states),
            reviewers: reviewers(view.reviewers),
            more_reviewers: view.reviewers.len().saturating_sub(MAX_REVIEWERS) as u64,
        }
    }
}

fn sources_sentence(sources: &[(&WorkflowSource, u64)]) -> String {
    let words: Vec<_> = sources
        .iter()
        .map(|(source, pages)| format!("{} ({})", source_words(source), display::pages(*pages)))
        .collect();
    if words.is_empty() { String::new() } else { format!("Source of the states: {}.", words.join("; ")) }
}

/// Counts pages by source: sources with a state first, then by number of pages, then by name.
fn sources<'a>(view: &SnapshotView<'a>) -> Vec<(&'a WorkflowSource, u64)> {
    let mut by_source: BTreeMap<&WorkflowSource, u64> = BTreeMap::new();
    for source in view.rows.iter().filter_map(|row| row.workflow.source.as_ref()) {
        *by_source.entry(source).or_default() += 1;
    }
    let mut sources: Vec<_> = by_source.into_iter().collect();
    sources.sort_by_cached_key(|(source, pages)| {
        let has_no_state = matches!(source, WorkflowSource::None | WorkflowSource::Unavailable);
        (has_no_state, std::cmp::Reverse(*pages), source.to_string())
    });
    sources
}

/// Says why no states are shown, and what to do about it.
fn empty_reason(view: &SnapshotView<'_>, sources: &[(&WorkflowSource, u64)]) -> &'static str {
    if view.rows.is_empty() {
        key_questions::no_pages(view)
    } else if sources.iter().any(|(source, _)| **source == WorkflowSource::Unavailable) {
        "The workflow could not be read: the notes and “What was not read” say why."
    } else if sources.is_empty() && !view.groups.contains(&MetricGroup::Workflow.name()) {
        "The workflow was not read: add workflow to --metrics."
    } else {
        "No page has a workflow state. If an approval app is in use, use the section [workflow] of the configuration to set where its states are kept: the names of its states, a content property, an imported report, or labels."
    }
}

fn source_words(source: &WorkflowSource) -> String {
    let words = match source {
        WorkflowSource::ComalaDcProperty => "the content property of Comala on Data Center",
        WorkflowSource::ComalaDcRest => "the REST API of Comala on Data Center",
        WorkflowSource::ComalaCloudCql => "the search fields of Comala on Cloud",
        WorkflowSource::Import => "an imported report",
        WorkflowSource::NativeState => "Confluence's own content state",
        WorkflowSource::Labels => "labels",
        WorkflowSource::None => "no state found",
        WorkflowSource::Unavailable => "not known, because a source could not be read",
        WorkflowSource::ContentProperty(key) => return format!("the content property {}", format::visible(key)),
    };
    words.to_owned()
}

fn funnels(states: &[StateFigures]) -> Vec<WorkflowFunnel> {
    states.chunk_by(|one, other| one.workflow == other.workflow).map(funnel).collect()
}

fn funnel(states: &[StateFigures]) -> WorkflowFunnel {
    let pages: u64 = states.iter().map(|state| state.pages).sum();
    let shown = states.iter().map(|state| FunnelState {
        name: format::visible(&state.state).into_owned(),
        is_final: state.is_final == Some(true),
        pages: state.pages,
        percent: format::percent(state.pages, pages),
        share: share(state.pages, pages),
        median: state.median.map(display::wait),
        oldest: state.oldest.as_ref().map(|(time, page)| (display::wait(*time), PageLink::to(page))),
        overdue: state.overdue,
    });
    WorkflowFunnel {
        name: states.first().map(|state| format::visible(&state.workflow).into_owned()).unwrap_or_default(),
        pages,
        states: shown.collect(),
        by_snapshots: states.iter().any(|state| state.by_snapshots),
        unknown_since: states.iter().map(|state| state.unknown).sum(),
    }
}

fn reviewers(figures: &[ReviewerFigures]) -> Vec<ReviewerRow> {
    let shown = &figures[..figures.len().min(MAX_REVIEWERS)];
    let ranks = rank(shown, |reviewer| &reviewer.name);
    let reviewer = |(figures, rank): (&ReviewerFigures, usize)| ReviewerRow {
        name: format::visible(&figures.name).into_owned(),
        rank,
        pending: figures.pending,
        overdue: figures.overdue,
        oldest: figures.oldest.as_ref().map(|(time, page)| (time.days, display::wait(*time), PageLink::to(page))),
    };
    shown.iter().zip(ranks).map(reviewer).collect()
}

/// Returns the state with the most known waiting days: number of pages times median days.
pub(super) fn bottleneck<'a>(view: &SnapshotView<'a>) -> Option<&'a StateFigures> {
    let waiting = |state: &&StateFigures| {
        let days = u64::try_from(state.median.map_or(0, |time| time.days)).unwrap_or(0);
        (state.pages.saturating_mul(days), state.pages)
    };
    view.states.iter().filter(|state| state.waits).max_by_key(waiting)
}
