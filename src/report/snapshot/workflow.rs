//! Where approvals stand and what they wait for.

use std::collections::BTreeMap;

use crate::inventory::snapshot::MetricGroup;
use crate::inventory::workflow::WorkflowSource;
use crate::metrics::waits::{ReviewerFigures, StateFigures};
use crate::report::format;
use crate::report::html::breakdown::share;
use crate::report::html::data::rank;

use super::SnapshotView;
use super::shown::{self, PageLink};

/// Reviewers shown; all of them are in the CSV.
const REVIEWERS: usize = 100;

/// The funnel of one workflow.
#[derive(Debug)]
pub(super) struct Funnel {
    /// Empty where the source does not name it.
    pub(super) name: String,
    pub(super) pages: u64,
    pub(super) states: Vec<State>,
    /// Some days in a state are known to the week only.
    pub(super) by_snapshots: bool,
    /// Pages of which nothing tells since when they are in their state.
    pub(super) untold: u64,
}

/// One state of a funnel.
#[derive(Debug)]
pub(super) struct State {
    pub(super) name: String,
    pub(super) is_final: bool,
    pub(super) pages: u64,
    /// Of the pages in the workflow.
    pub(super) percent: String,
    /// Length of the bar, 0 to 100.
    pub(super) share: u64,
    pub(super) median: Option<String>,
    pub(super) oldest: Option<(String, PageLink)>,
    pub(super) overdue: u64,
}

/// What waits for one person.
#[derive(Debug)]
pub(super) struct Reviewer {
    pub(super) name: String,
    pub(super) rank: usize,
    pub(super) pending: u64,
    pub(super) overdue: u64,
    /// Days, in words and as a number, and which page.
    pub(super) oldest: Option<(i64, String, PageLink)>,
}

/// The section on workflows.
#[derive(Debug)]
pub(super) struct Workflows {
    pub(super) funnels: Vec<Funnel>,
    pub(super) reviewers: Vec<Reviewer>,
    pub(super) more_reviewers: u64,
    /// Where states come from, one sentence; empty when no source was asked.
    pub(super) sources: String,
    /// Why there is nothing to show; empty when there is.
    pub(super) nothing: &'static str,
}

impl Workflows {
    pub(super) fn new(view: &SnapshotView<'_>) -> Self {
        let sources = sources(view);
        Self {
            nothing: if view.states.is_empty() { nothing(view, &sources) } else { "" },
            sources: sources_sentence(&sources),
            funnels: funnels(view.states),
            reviewers: reviewers(view.reviewers),
            more_reviewers: view.reviewers.len().saturating_sub(REVIEWERS) as u64,
        }
    }
}

fn sources_sentence(sources: &[(&WorkflowSource, u64)]) -> String {
    let words: Vec<_> =
        sources.iter().map(|(source, pages)| format!("{} ({})", source_words(source), shown::pages(*pages))).collect();
    if words.is_empty() { String::new() } else { format!("Where this comes from: {}.", words.join("; ")) }
}

/// Pages by their source: those that know something first, then the most pages, then by the word.
fn sources<'a>(view: &SnapshotView<'a>) -> Vec<(&'a WorkflowSource, u64)> {
    let mut by_source: BTreeMap<&WorkflowSource, u64> = BTreeMap::new();
    for source in view.rows.iter().filter_map(|row| row.workflow.source.as_ref()) {
        *by_source.entry(source).or_default() += 1;
    }
    let mut sources: Vec<_> = by_source.into_iter().collect();
    sources.sort_by_cached_key(|(source, pages)| {
        let knows_nothing = matches!(source, WorkflowSource::None | WorkflowSource::Unavailable);
        (knows_nothing, std::cmp::Reverse(*pages), source.to_string())
    });
    sources
}

/// What has to be done to see something here.
fn nothing(view: &SnapshotView<'_>, sources: &[(&WorkflowSource, u64)]) -> &'static str {
    if view.rows.is_empty() {
        "There are no pages."
    } else if sources.iter().any(|(source, _)| **source == WorkflowSource::Unavailable) {
        "The workflow could not be read: the notes and “What was not read” say why."
    } else if sources.is_empty() && !view.groups.contains(&MetricGroup::Workflow.name()) {
        "The workflow was not read: add workflow to --metrics."
    } else {
        "No page bears the state of a workflow. Where an approval app is in use, the section [workflow] of the configuration says where its states are kept: the names of its states, a content property, an imported report, or labels."
    }
}

/// A source in words.
fn source_words(source: &WorkflowSource) -> String {
    let words = match source {
        WorkflowSource::ComalaDcProperty => "Comala on Data Center, its content property",
        WorkflowSource::ComalaDcRest => "Comala on Data Center, its REST API",
        WorkflowSource::ComalaCloudCql => "Comala on Cloud, its search fields",
        WorkflowSource::Import => "an imported report",
        WorkflowSource::NativeState => "Confluence's own content state",
        WorkflowSource::Labels => "labels",
        WorkflowSource::None => "no source knows a workflow of these pages",
        WorkflowSource::Unavailable => "a source that may know could not be read",
        WorkflowSource::ContentProperty(key) => return format!("the content property {}", format::visible(key)),
    };
    words.to_owned()
}

fn funnels(states: &[StateFigures]) -> Vec<Funnel> {
    states.chunk_by(|one, other| one.workflow == other.workflow).map(funnel).collect()
}

fn funnel(states: &[StateFigures]) -> Funnel {
    let pages: u64 = states.iter().map(|state| state.pages).sum();
    let shown = states.iter().map(|state| State {
        name: format::visible(&state.state).into_owned(),
        is_final: state.is_final == Some(true),
        pages: state.pages,
        percent: format::percent(state.pages, pages),
        share: share(state.pages, pages),
        median: state.median.map(shown::wait),
        oldest: state.oldest.as_ref().map(|(time, page)| (shown::wait(*time), PageLink::to(page))),
        overdue: state.overdue,
    });
    Funnel {
        name: states.first().map(|state| format::visible(&state.workflow).into_owned()).unwrap_or_default(),
        pages,
        states: shown.collect(),
        by_snapshots: states.iter().any(|state| state.by_snapshots),
        untold: states.iter().map(|state| state.untold).sum(),
    }
}

fn reviewers(figures: &[ReviewerFigures]) -> Vec<Reviewer> {
    let shown = &figures[..figures.len().min(REVIEWERS)];
    let ranks = rank(shown, |reviewer| &reviewer.name);
    let reviewer = |(figures, rank): (&ReviewerFigures, usize)| Reviewer {
        name: format::visible(&figures.name).into_owned(),
        rank,
        pending: figures.pending,
        overdue: figures.overdue,
        oldest: figures.oldest.as_ref().map(|(time, page)| (time.days, shown::wait(*time), PageLink::to(page))),
    };
    shown.iter().zip(ranks).map(reviewer).collect()
}

/// Where most pages wait longest: the state with the most days of waiting in all, as far as they are known.
pub(super) fn bottleneck<'a>(view: &SnapshotView<'a>) -> Option<&'a StateFigures> {
    let waiting = |state: &&StateFigures| {
        let days = u64::try_from(state.median.map_or(0, |time| time.days)).unwrap_or(0);
        (state.pages.saturating_mul(days), state.pages)
    };
    view.states.iter().filter(|state| state.waits).max_by_key(waiting)
}
