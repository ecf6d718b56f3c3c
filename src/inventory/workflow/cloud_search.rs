//! Comala on Cloud: it has no REST API, but the search knows its fields (`comala.md` 3). The states of all pages come
//! from one search for each state name, not from one call for each page.

use std::collections::HashSet;

use super::options::WorkflowOptions;
use super::rows::{Rows, SpaceGroup};
use super::state::{DueWindow, WorkflowSource, WorkflowState};
use super::sweep::Sweep;
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::Crawl;
use crate::support::wording::plural;
use confluence_client::RequestKind;
use confluence_client::cql::{in_spaces, quoted};

/// The windows of expiry, the narrowest first; each search also finds what the ones before it find.
const WINDOWS: [(DueWindow, &str); 4] = [
    (DueWindow::Overdue, "now()"),
    (DueWindow::Within7Days, "now(\"7d\")"),
    (DueWindow::Within30Days, "now(\"30d\")"),
    (DueWindow::Within90Days, "now(\"90d\")"),
];
/// Pages named in a hint.
const EXAMPLES: usize = 3;

/// Searches for each group of spaces: with a workflow, final, each state, each window, each reviewer.
pub(super) fn searches(states: usize, reviewers: usize) -> u64 {
    (2 + states + WINDOWS.len() + reviewers) as u64
}

/// What a search is for.
enum Asked<'o> {
    Final,
    State(&'o str),
    Due(DueWindow),
    Reviewer(&'o str),
}

/// The rows that a search found; `None` when it failed.
type Hits = Option<Vec<usize>>;

/// Fills the rows of all pages with a workflow. Gives whether the app is there.
pub(super) async fn read(crawl: &Crawl<'_>, rows: &mut Rows<'_>, options: &WorkflowOptions) -> bool {
    let unit = crawl.ledger.enter(UnitKind::Workflow, "probe for Comala on Cloud");
    rows.plan(RequestKind::WorkflowProbe, 1);
    let knows = crawl.api.knows_workflow_fields().await;
    unit.settle(&knows);
    match knows {
        Ok(true) => {}
        Ok(false) => return false,
        Err(_) => {
            rows.close_all();
            return false;
        }
    }
    let names = options.searched_states();
    let mut residue = Vec::new();
    for group in rows.groups() {
        rows.plan(RequestKind::WorkflowSearch, 1);
        let in_group = in_spaces(&group.keys);
        let subject = format!("pages with a workflow in {}", group.keys.join(", "));
        match search(crawl, rows, &format!("type = page and {in_group} and cw_enabled = true"), subject).await {
            Some(enabled) if enabled.is_empty() => {}
            Some(enabled) => {
                residue.extend(read_group(crawl, rows, &group, &enabled, (&names, &options.reviewers)).await);
            }
            None => group.pages.iter().for_each(|at| rows.close(*at)),
        }
    }
    note_residue(rows, &names, &residue);
    true
}

/// The search shows neither archived pages nor those published a moment ago: that it finds no workflow of them says
/// nothing.
pub(super) fn close_unseen(crawl: &Crawl<'_>, rows: &mut Rows<'_>, sweep: &Sweep) {
    let unseen: Vec<usize> = rows.unknown().into_iter().filter(|at| !sweep.shows(*at)).collect();
    if unseen.is_empty() {
        return;
    }
    let subject = format!("workflow of {} that the search does not show", plural(unseen.len() as u64, "page", "pages"));
    crawl.ledger.enter(UnitKind::Workflow, subject).skipped("the search shows published pages of current spaces");
    for at in unseen {
        rows.close(at);
    }
}

/// Fills the rows of one group; gives those whose state has none of the names.
async fn read_group(
    crawl: &Crawl<'_>,
    rows: &mut Rows<'_>,
    group: &SpaceGroup<'_>,
    enabled: &[usize],
    (names, reviewers): (&[&str], &[String]),
) -> Vec<usize> {
    rows.plan(RequestKind::WorkflowSearch, searches(names.len(), reviewers.len()) - 1);
    let states = names.iter().map(|name| (Asked::State(name), format!("cw_state = {}", quoted(name))));
    let windows = WINDOWS.iter().map(|(window, limit)| (Asked::Due(*window), format!("cw_expires < {limit}")));
    // approvers of a final state have decided
    let reviewers = reviewers.iter().map(|reviewer| {
        (Asked::Reviewer(reviewer), format!("cw_approver = {} and cw_final = false", quoted(reviewer)))
    });
    let all = std::iter::once((Asked::Final, "cw_final = true".to_owned()));
    let all = all.chain(states).chain(windows).chain(reviewers);
    let in_group = in_spaces(&group.keys);
    let known: &Rows<'_> = rows;
    let searches = all.map(|(asked, condition)| {
        let cql = format!("type = page and {in_group} and {condition}");
        let subject = format!("pages with {condition} in {}", group.keys.join(", "));
        async move { (asked, search(crawl, known, &cql, subject).await) }
    });
    let answers = crawl.all(searches.collect()).await;
    take(rows, enabled, answers)
}

async fn search(crawl: &Crawl<'_>, rows: &Rows<'_>, cql: &str, subject: String) -> Hits {
    let unit = crawl.ledger.enter(UnitKind::Workflow, subject);
    let mut hits = Vec::new();
    let walked = crawl.api.workflow_search(cql, |hit| hits.extend(rows.find(&hit.id.0))).await;
    let read = walked.end.is_ok();
    unit.settle(&walked.end);
    read.then_some(hits)
}

/// Joins the answers. A page with a workflow whose state was not found is in the residue, unless the search for one of
/// the states failed: then its state is not known.
fn take(rows: &mut Rows<'_>, enabled: &[usize], answers: Vec<(Asked<'_>, Hits)>) -> Vec<usize> {
    let cql = || WorkflowState { source: WorkflowSource::ComalaCloudCql, ..WorkflowState::default() };
    let all_states = answers.iter().all(|(asked, hits)| !matches!(asked, Asked::State(_)) || hits.is_some());
    let active: HashSet<usize> = enabled.iter().copied().collect();
    let mut finals: Hits = None;
    let mut windows: Vec<(DueWindow, Hits)> = Vec::new();
    let mut reviewers: Vec<(&str, Hits)> = Vec::new();
    for (asked, hits) in answers {
        match asked {
            Asked::Final => finals = hits,
            Asked::Due(window) => windows.push((window, hits)),
            Asked::Reviewer(reviewer) => reviewers.push((reviewer, hits)),
            Asked::State(name) => {
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

fn is_from_search(rows: &Rows<'_>, at: usize) -> bool {
    rows.state(at).source == WorkflowSource::ComalaCloudCql
}

/// Gives each page the narrowest window that found it. Where a narrower one could not be read, none is told.
fn set_windows(rows: &mut Rows<'_>, mut windows: Vec<(DueWindow, Hits)>) {
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

fn note_residue(rows: &mut Rows<'_>, names: &[&str], residue: &[usize]) {
    if !residue.is_empty() {
        let examples: Vec<&str> = residue.iter().take(EXAMPLES).map(|at| rows.id(*at)).collect();
        rows.notes.push(format!(
            "{} a workflow in a state that is none of {}: add its name to states under [workflow], \
             spelled as in Confluence, capitals too (page ids such as {})",
            plural(residue.len() as u64, "page has", "pages have"),
            names.join(", "),
            examples.join(", ")
        ));
    }
}
