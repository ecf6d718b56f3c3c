//! Comala on Cloud: reads states by search, because the app has no REST API but adds search fields. One search per
//! state name finds the states of all pages, instead of one request per page.

use std::collections::HashSet;

use super::options::WorkflowOptions;
use super::property_search::PropertySearch;
use super::rows::{SpaceGroup, WorkflowRows};
use super::state::{DueWindow, WorkflowSource, WorkflowState};
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::Crawl;
use crate::support::formatting::plural;
use confluence_client::RequestKind;
use confluence_client::api::SearchScope;
use confluence_client::cql::{in_spaces, quoted};

/// Expiry windows, the narrowest first; each search also finds the pages of the narrower windows.
const WINDOWS: [(DueWindow, &str); 4] = [
    (DueWindow::Overdue, "now()"),
    (DueWindow::Within7Days, "now(\"7d\")"),
    (DueWindow::Within30Days, "now(\"30d\")"),
    (DueWindow::Within90Days, "now(\"90d\")"),
];
/// Maximum number of pages named in a note.
const MAX_EXAMPLES: usize = 3;

/// Number of searches for each group of spaces: with a workflow, final, and one per state, window and reviewer.
pub(super) fn searches(states: usize, reviewers: usize) -> u64 {
    (2 + states + WINDOWS.len() + reviewers) as u64
}

/// Purpose of a search.
enum SearchPurpose<'o> {
    Final,
    State(&'o str),
    Due(DueWindow),
    Reviewer(&'o str),
}

/// Rows that a search found; `None` if it failed.
type FoundRows = Option<Vec<usize>>;

/// Fills the rows of all pages with a workflow. Returns the pages in archived spaces that the search shows but whose
/// workflow it may not know, because it finds workflows in current spaces only. `None`: the app is not installed.
pub(super) async fn read(
    crawl: &Crawl<'_>,
    rows: &mut WorkflowRows<'_>,
    options: &WorkflowOptions,
    properties: &PropertySearch,
) -> Option<HashSet<usize>> {
    let unit = crawl.ledger.enter(UnitKind::Workflow, "probe for Comala on Cloud");
    rows.plan(RequestKind::WorkflowProbe, 1);
    let knows = crawl.api.knows_workflow_fields().await;
    unit.settle(&knows);
    match knows {
        Ok(true) => {}
        Ok(false) => return None,
        Err(_) => {
            rows.close_all();
            return None;
        }
    }
    let names = options.searched_states();
    let mut unnamed = Vec::new();
    let mut found = HashSet::new();
    let mut silent = HashSet::new();
    for group in rows.groups().into_iter().filter(|group| properties.covers(group)) {
        rows.plan(RequestKind::WorkflowSearch, 1);
        let in_group = in_spaces(&group.keys);
        let subject = format!("pages with a workflow in {}", group.keys.join(", "));
        match search(crawl, rows, group.searched, &format!("type = page and {in_group} and cw_enabled = true"), subject)
            .await
        {
            Some(enabled) if enabled.is_empty() => {
                if group.searched == SearchScope::Archived {
                    silent.extend(&group.pages);
                }
            }
            Some(enabled) => {
                found.insert(group.searched == SearchScope::Archived);
                unnamed.extend(read_group(crawl, rows, &group, &enabled, (&names, &options.reviewers)).await);
            }
            None => {
                group.pages.iter().for_each(|at| rows.close(*at));
                if group.searched == SearchScope::Archived {
                    let pages = plural(group.pages.len() as u64, "page", "pages");
                    rows.notes.push(format!("could not search for the workflow of {pages} in archived spaces"));
                }
            }
        }
    }
    note_unnamed_states(rows, &names, &unnamed);
    // hits in archived spaces show that the search knows their workflows
    if found != HashSet::from([false]) {
        silent.clear();
    }
    Some(silent)
}

/// Rows that no source knows and whose workflow the search may not know: it does not show the page, or has no workflows
/// of archived spaces.
pub(super) fn unseen(rows: &WorkflowRows<'_>, properties: &PropertySearch, silent: &HashSet<usize>) -> Vec<usize> {
    rows.unknown().into_iter().filter(|at| !properties.shows(*at) || silent.contains(at)).collect()
}

/// Closes the rows that no source knows and that the search does not show (archived pages, pages published a moment
/// ago), and those of archived spaces if the search finds no workflow there at all. A missing hit proves nothing for
/// these pages, so no content state may replace their workflow. Returns these rows.
pub(super) fn close_unseen(
    crawl: &Crawl<'_>,
    rows: &mut WorkflowRows<'_>,
    properties: &PropertySearch,
    silent: &HashSet<usize>,
) -> Vec<usize> {
    let (silent, unseen): (Vec<usize>, Vec<usize>) =
        unseen(rows, properties, silent).into_iter().partition(|at| properties.shows(*at));
    if !silent.is_empty() {
        let pages = plural(silent.len() as u64, "page", "pages");
        let subject = format!("workflow of {pages} in archived spaces");
        crawl.ledger.enter(UnitKind::Workflow, subject).skipped("the search finds no workflow in archived spaces");
        rows.notes.push(format!(
            "the workflow of {pages} in archived spaces is not known, because the search finds workflows in current spaces \
             only: the state stays empty and no content state replaces it"
        ));
        for at in &silent {
            rows.close(*at);
        }
    }
    if unseen.is_empty() {
        return silent;
    }
    let pages = plural(unseen.len() as u64, "page", "pages");
    let subject = format!("workflow of {pages} that the search does not show");
    crawl.ledger.enter(UnitKind::Workflow, subject).skipped("only the search shows workflow states");
    let archived = unseen.iter().filter(|at| rows.page(**at).searched == SearchScope::Archived).count();
    let among = match archived {
        0 => String::new(),
        archived => format!(", {archived} of them in archived spaces"),
    };
    rows.notes.push(format!(
        "the workflow of {pages} is not known, because the search does not show it{among}: the state stays empty and no \
         content state replaces it"
    ));
    for at in &unseen {
        rows.close(*at);
    }
    silent.into_iter().chain(unseen).collect()
}

/// Fills the rows of one group. Returns those whose state has none of the searched names.
async fn read_group(
    crawl: &Crawl<'_>,
    rows: &mut WorkflowRows<'_>,
    group: &SpaceGroup<'_>,
    enabled: &[usize],
    (names, reviewers): (&[&str], &[String]),
) -> Vec<usize> {
    rows.plan(RequestKind::WorkflowSearch, searches(names.len(), reviewers.len()) - 1);
    let states = names.iter().map(|name| (SearchPurpose::State(name), format!("cw_state = {}", quoted(name))));
    let windows = WINDOWS.iter().map(|(window, limit)| (SearchPurpose::Due(*window), format!("cw_expires < {limit}")));
    // approvers of a final state have decided
    let reviewers = reviewers.iter().map(|reviewer| {
        (SearchPurpose::Reviewer(reviewer), format!("cw_approver = {} and cw_final = false", quoted(reviewer)))
    });
    let all = std::iter::once((SearchPurpose::Final, "cw_final = true".to_owned()));
    let all = all.chain(states).chain(windows).chain(reviewers);
    let in_group = in_spaces(&group.keys);
    let known: &WorkflowRows<'_> = rows;
    let searches = all.map(|(purpose, condition)| {
        let cql = format!("type = page and {in_group} and {condition}");
        let subject = format!("pages with {condition} in {}", group.keys.join(", "));
        async move { (purpose, search(crawl, known, group.searched, &cql, subject).await) }
    });
    let responses = crawl.all(searches.collect()).await;
    take(rows, enabled, responses)
}

async fn search(
    crawl: &Crawl<'_>,
    rows: &WorkflowRows<'_>,
    searched: SearchScope,
    cql: &str,
    subject: String,
) -> FoundRows {
    let unit = crawl.ledger.enter(UnitKind::Workflow, subject);
    let mut hits = Vec::new();
    let listing = crawl.api.workflow_search(searched, cql, |hit| hits.extend(rows.find(&hit.id.0))).await;
    match listing.end {
        Err(error) if searched == SearchScope::Archived && error.is_refusal() => {
            unit.skipped("the search of archived spaces does not know this field");
            None
        }
        end => {
            unit.settle(&end);
            end.is_ok().then_some(hits)
        }
    }
}

/// Joins the results. Returns the pages with a workflow whose state was not found. If the search for one of the states
/// failed, such pages are closed instead: their state is not known.
fn take(rows: &mut WorkflowRows<'_>, enabled: &[usize], responses: Vec<(SearchPurpose<'_>, FoundRows)>) -> Vec<usize> {
    let cql = || WorkflowState { source: WorkflowSource::ComalaCloudCql, ..WorkflowState::default() };
    let all_states =
        responses.iter().all(|(purpose, hits)| !matches!(purpose, SearchPurpose::State(_)) || hits.is_some());
    let active: HashSet<usize> = enabled.iter().copied().collect();
    let mut finals: FoundRows = None;
    let mut windows: Vec<(DueWindow, FoundRows)> = Vec::new();
    let mut reviewers: Vec<(&str, FoundRows)> = Vec::new();
    for (purpose, hits) in responses {
        match purpose {
            SearchPurpose::Final => finals = hits,
            SearchPurpose::Due(window) => windows.push((window, hits)),
            SearchPurpose::Reviewer(reviewer) => reviewers.push((reviewer, hits)),
            SearchPurpose::State(name) => {
                // a workflow that was switched off may leave its last state behind
                for at in hits.into_iter().flatten().filter(|at| active.contains(at)) {
                    rows.fill(at, WorkflowState { state: Some(name.to_owned()), ..cql() });
                }
            }
        }
    }
    for at in enabled.iter().filter(|at| rows.state(**at).source == WorkflowSource::None).copied().collect::<Vec<_>>() {
        if all_states {
            rows.fill(at, cql());
        } else {
            rows.close(at);
        }
    }
    if let Some(finals) = finals {
        let finals: HashSet<usize> = finals.into_iter().collect();
        let known = enabled.iter().chain(&finals).filter(|at| is_from_search(rows, **at));
        for at in known.copied().collect::<Vec<_>>() {
            rows.set_final(at, finals.contains(&at));
        }
    }
    set_windows(rows, windows);
    for (reviewer, hits) in reviewers {
        for at in hits.into_iter().flatten().filter(|at| is_from_search(rows, *at)).collect::<Vec<_>>() {
            rows.add_reviewer(at, reviewer);
        }
    }
    enabled.iter().filter(|at| is_from_search(rows, **at) && rows.state(**at).state.is_none()).copied().collect()
}

fn is_from_search(rows: &WorkflowRows<'_>, at: usize) -> bool {
    rows.state(at).source == WorkflowSource::ComalaCloudCql
}

/// Sets each page's expiry to the narrowest window that found it, or to none if the search for a narrower window
/// failed.
fn set_windows(rows: &mut WorkflowRows<'_>, mut windows: Vec<(DueWindow, FoundRows)>) {
    windows.sort_by_key(|(window, _)| *window);
    for (window, hits) in windows {
        let Some(hits) = hits else { return };
        for at in hits {
            if is_from_search(rows, at) {
                let source = WorkflowSource::ComalaCloudCql;
                rows.fill(at, WorkflowState { due_within: Some(window), source, ..WorkflowState::default() });
            }
        }
    }
}

fn note_unnamed_states(rows: &mut WorkflowRows<'_>, names: &[&str], unnamed: &[usize]) {
    if !unnamed.is_empty() {
        let examples: Vec<&str> = unnamed.iter().take(MAX_EXAMPLES).map(|at| rows.id(*at)).collect();
        rows.notes.push(format!(
            "{} in a workflow state other than {}: add the name of the state to `states` under [workflow], \
             with the same upper and lower case as in Confluence (page ids such as {})",
            plural(unnamed.len() as u64, "page is", "pages are"),
            names.join(", "),
            examples.join(", ")
        ));
    }
}
