//! Comala on Cloud: it has no REST API, but the search knows its fields. The states of all pages come
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
use confluence_client::api::SearchedSpaces;
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

/// Fills the rows of all pages with a workflow. Gives the pages of which the search may not know the workflow though it shows
/// them: those of archived spaces, where it finds none there and some in current ones. `None`: the app is not there.
pub(super) async fn read(
    crawl: &Crawl<'_>,
    rows: &mut Rows<'_>,
    options: &WorkflowOptions,
    sweep: &Sweep,
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
    let mut residue = Vec::new();
    let mut found = HashSet::new();
    let mut silent = HashSet::new();
    for group in rows.groups().into_iter().filter(|group| sweep.looks_into(group)) {
        rows.plan(RequestKind::WorkflowSearch, 1);
        let in_group = in_spaces(&group.keys);
        let subject = format!("pages with a workflow in {}", group.keys.join(", "));
        match search(crawl, rows, group.searched, &format!("type = page and {in_group} and cw_enabled = true"), subject)
            .await
        {
            Some(enabled) if enabled.is_empty() => {
                if group.searched == SearchedSpaces::Archived {
                    silent.extend(&group.pages);
                }
            }
            Some(enabled) => {
                found.insert(group.searched == SearchedSpaces::Archived);
                residue.extend(read_group(crawl, rows, &group, &enabled, (&names, &options.reviewers)).await);
            }
            None => {
                group.pages.iter().for_each(|at| rows.close(*at));
                if group.searched == SearchedSpaces::Archived {
                    let pages = plural(group.pages.len() as u64, "page", "pages");
                    rows.notes.push(format!("the workflow of {pages} in archived spaces could not be searched for"));
                }
            }
        }
    }
    note_residue(rows, &names, &residue);
    // hits in archived spaces show that the search knows workflows there
    if found != HashSet::from([false]) {
        silent.clear();
    }
    Some(silent)
}

/// The rows that nothing tells and of which the search may not know the workflow: it does not show them, or is silent on them.
pub(super) fn unseen(rows: &Rows<'_>, sweep: &Sweep, silent: &HashSet<usize>) -> Vec<usize> {
    rows.unknown().into_iter().filter(|at| !sweep.shows(*at) || silent.contains(at)).collect()
}

/// Closes the rows that nothing tells and that the search does not show, such as archived pages and those published a moment
/// ago, and those of archived spaces where it finds no workflow at all: that it finds none of them says nothing, so no
/// content state may stand for it. Gives them.
pub(super) fn close_unseen(
    crawl: &Crawl<'_>,
    rows: &mut Rows<'_>,
    sweep: &Sweep,
    silent: &HashSet<usize>,
) -> Vec<usize> {
    let (silent, unseen): (Vec<usize>, Vec<usize>) =
        unseen(rows, sweep, silent).into_iter().partition(|at| sweep.shows(*at));
    if !silent.is_empty() {
        let pages = plural(silent.len() as u64, "page", "pages");
        let subject = format!("workflow of {pages} in archived spaces");
        crawl.ledger.enter(UnitKind::Workflow, subject).skipped("the search finds no workflow in archived spaces");
        rows.notes.push(format!(
            "the workflow of {pages} in archived spaces is not known, as the search finds workflows in current spaces \
             only: the state is empty, and no native content state stands for it"
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
    crawl.ledger.enter(UnitKind::Workflow, subject).skipped("only the search tells the state of the workflow");
    let archived = unseen.iter().filter(|at| rows.page(**at).searched == SearchedSpaces::Archived).count();
    let among = match archived {
        0 => String::new(),
        archived => format!(", {archived} of them in archived spaces"),
    };
    rows.notes.push(format!(
        "the workflow of {pages} is not known, as the search does not show it{among}: the state is empty, and no \
         native content state stands for it"
    ));
    for at in &unseen {
        rows.close(*at);
    }
    silent.into_iter().chain(unseen).collect()
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
        async move { (asked, search(crawl, known, group.searched, &cql, subject).await) }
    });
    let answers = crawl.all(searches.collect()).await;
    take(rows, enabled, answers)
}

async fn search(crawl: &Crawl<'_>, rows: &Rows<'_>, searched: SearchedSpaces, cql: &str, subject: String) -> Hits {
    let unit = crawl.ledger.enter(UnitKind::Workflow, subject);
    let mut hits = Vec::new();
    let walked = crawl.api.workflow_search(searched, cql, |hit| hits.extend(rows.find(&hit.id.0))).await;
    match walked.end {
        Err(error) if searched == SearchedSpaces::Archived && error.is_refusal() => {
            unit.skipped("the search of archived spaces does not know this field");
            None
        }
        end => {
            unit.settle(&end);
            end.is_ok().then_some(hits)
        }
    }
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
