//! Comala on Data Center: the property it keeps for each page, and `rest/cw/1`.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;

use super::json;
use super::options::WorkflowOptions;
use super::rows::Rows;
use super::state::{WorkflowPage, WorkflowSource, WorkflowState};
use super::sweep::{Answered, Sweep};
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::{Crawl, GROUP};
use crate::inventory::refusals::Refusals;
use crate::support::wording::plural;
use confluence_client::api::Single;
use confluence_client::workflow_model::{
    Approver, ApproverUser, Transitions, WorkflowParameter, WorkflowParameters, WorkflowStatus,
};
use confluence_client::{RequestError, RequestKind};

/// The content property of Comala on Data Center.
pub(super) const PROPERTY: &str = "comalaworkflows";
/// Pages whose parameters are looked at when none is configured, to say which ones there are.
const SAMPLE: usize = 20;

/// Whether the app is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// It answered.
    Present,
    /// Its paths do not exist here.
    Absent,
    /// It cannot be told.
    Unreadable,
}

/// Asks for the status of the first page. As 404 may also mean that this page was deleted meanwhile, a second one is
/// asked for before the app is called absent.
pub(super) async fn probe(crawl: &Crawl<'_>, rows: &mut Rows<'_>) -> Presence {
    if !crawl.api.may_have_comala_rest() {
        return Presence::Absent;
    }
    let mut probes = vec![0, rows.len() - 1];
    probes.dedup();
    rows.plan(RequestKind::WorkflowProbe, probes.len() as u64);
    let unit = crawl.ledger.enter(UnitKind::Workflow, "probe for Comala on Data Center");
    let mut trouble = None;
    for at in probes {
        match crawl.api.probe_workflow_status(rows.id(at)).await {
            Ok(_) => {
                unit.ok();
                return Presence::Present;
            }
            // an unknown path is answered with 404, or with an HTML page
            Err(RequestError::NotFound { .. } | RequestError::NotJson { .. } | RequestError::Gone { .. }) => {}
            Err(error) => trouble = Some(error),
        }
    }
    match trouble {
        None => {
            unit.ok();
            Presence::Absent
        }
        Some(error) => {
            unit.refused(&error);
            Presence::Unreadable
        }
    }
}

/// What one page answered.
struct Asked {
    at: usize,
    /// `Err` could not be read; `Ok(None)` is a page without a workflow.
    status: Result<Option<WorkflowStatus>, ()>,
    parameters: Parameters,
}

/// What became of the parameters of a page.
enum Parameters {
    NotAsked,
    Read(Vec<WorkflowParameter>),
    Unavailable,
    /// Unavailable too: others of the space were refused, so this one was not even asked for.
    GivenUp,
}

/// Requests page by page: the status of each, and its parameters.
pub(super) fn most_requests(pages: usize, options: &WorkflowOptions) -> u64 {
    let parameters = if options.wants_parameters() { pages } else { SAMPLE.min(pages) };
    (pages + parameters) as u64
}

/// Fills the rows from the property, then page by page.
pub(super) async fn read(crawl: &Crawl<'_>, rows: &mut Rows<'_>, options: &WorkflowOptions, sweep: &Sweep) {
    let asked: Vec<usize> = (0..rows.len()).filter(|at| read_property(rows, *at, options, sweep)).collect();
    let sample = if options.wants_parameters() { asked.len() } else { SAMPLE.min(asked.len()) };
    rows.plan(RequestKind::WorkflowStatus, asked.len() as u64);
    rows.plan(RequestKind::WorkflowParameters, sample as u64);
    crawl.phase("workflow, page by page", Some(asked.len() as u64));
    let asked: Vec<(usize, bool)> = asked.iter().enumerate().map(|(nth, at)| (*at, nth < sample)).collect();
    let mut found = BTreeSet::new();
    let mut unread = Unread::default();
    let refusals = Refusals::default();
    for group in asked.chunks(GROUP) {
        let ask = |at: usize, parameters: bool| ask(crawl, at, rows.page(at), parameters.then_some(&refusals));
        let answers = group.iter().map(|(at, parameters)| ask(*at, *parameters)).collect();
        for answer in crawl.all(answers).await {
            unread.count(&answer.parameters);
            take(rows, options, answer, &mut found);
        }
    }
    note_parameters(crawl, rows, options, &found, &unread);
}

/// Pages whose parameters could not be read.
#[derive(Debug, Default)]
struct Unread {
    pages: usize,
    given_up: usize,
}

impl Unread {
    fn count(&mut self, parameters: &Parameters) {
        self.pages += usize::from(matches!(parameters, Parameters::Unavailable | Parameters::GivenUp));
        self.given_up += usize::from(matches!(parameters, Parameters::GivenUp));
    }
}

/// Takes what the property says; gives whether the page has to be asked.
fn read_property(rows: &mut Rows<'_>, at: usize, options: &WorkflowOptions, sweep: &Sweep) -> bool {
    match sweep.property(at, PROPERTY) {
        Answered::Value(value) => match of_property(value, rows.page(at).version) {
            Some(state) => rows.fill(at, state),
            None => return false,
        },
        Answered::Absent => {}
        Answered::Not => return true,
    }
    options.ask_each_page
}

/// The state in the property; `None` is a page without a workflow. Booleans may be texts.
fn of_property(value: &Value, version: Option<u32>) -> Option<WorkflowState> {
    let value = json::document(value);
    let field = |name: &str| value.get(name);
    if field("hasWorkflow").and_then(json::boolean) == Some(false) {
        return None;
    }
    let last_final = field("lastFinalVersionNumber").and_then(json::number).filter(|number| *number > 0);
    Some(WorkflowState {
        name: field("workflowName").and_then(json::text),
        state: field("currentState").and_then(json::text),
        is_final: field("isFinal").and_then(json::boolean),
        since: field("currentStateStart").and_then(json::time),
        edits_since_final: version.zip(last_final).and_then(|(now, then)| now.checked_sub(then)),
        source: WorkflowSource::ComalaDcProperty,
        ..WorkflowState::default()
    })
}

/// Asks for the status of a page and, with `refusals`, for its parameters.
async fn ask<'p>(crawl: &Crawl<'_>, at: usize, page: WorkflowPage<'p>, refusals: Option<&Refusals<&'p str>>) -> Asked {
    let id = page.id.as_str();
    let unit = crawl.ledger.enter(UnitKind::Workflow, format!("workflow status of page {id}"));
    let status = match crawl.twice(|| crawl.api.workflow_status(id)).await {
        Ok(status) => {
            unit.ok();
            Ok(status)
        }
        Err(error) => {
            if error.is_not_found() {
                crawl.settle_missing(unit, Single::Page, id).await;
            } else {
                unit.refused(&error);
            }
            Err(())
        }
    };
    crawl.progress.advance(1);
    let parameters = match refusals.filter(|_| matches!(status, Ok(Some(_)))) {
        Some(refusals) => parameters(crawl, page, refusals).await,
        None => Parameters::NotAsked,
    };
    Asked { at, status, parameters }
}

/// 204 is a page without parameters; 403 an account that may not edit the page, which says nothing about them.
///
/// Comala shows parameters to whoever may edit the page. That right comes from the space, and single
/// pages take it away again, so refusals are counted by space.
async fn parameters<'p>(crawl: &Crawl<'_>, page: WorkflowPage<'p>, refusals: &Refusals<&'p str>) -> Parameters {
    let id = page.id.as_str();
    let unit = crawl.ledger.enter(UnitKind::Workflow, format!("workflow parameters of page {id}"));
    if refusals.are_enough(&page.space_key) {
        unit.skipped("not asked for: those of other pages of the space were refused");
        return Parameters::GivenUp;
    }
    let answer = crawl.api.workflow_parameters(id).await;
    match &answer {
        Ok(_) => refusals.answered(page.space_key),
        Err(error) if error.is_denied() => refusals.refused(page.space_key),
        Err(_) => {}
    }
    match &answer {
        // the usual answer to an account that only reads: told once for all pages, and by every row it leaves open
        Err(error) if error.is_denied() => unit.skipped("shown only to accounts that may edit the page"),
        answer => unit.settle(answer),
    }
    match answer {
        Ok(answer) => {
            Parameters::Read(answer.map_or_else(Vec::new, |answer: WorkflowParameters| answer.workflow_parameters))
        }
        Err(_) => Parameters::Unavailable,
    }
}

fn take(rows: &mut Rows<'_>, options: &WorkflowOptions, answer: Asked, found: &mut BTreeSet<String>) {
    let Asked { at, status, parameters } = answer;
    let status = match status {
        Err(()) => return rows.close(at),
        Ok(None) => return,
        Ok(Some(status)) => status,
    };
    let unavailable = options.wants_parameters() && matches!(parameters, Parameters::Unavailable | Parameters::GivenUp);
    let mut parameters = match parameters {
        Parameters::Read(read) => read,
        Parameters::NotAsked | Parameters::Unavailable | Parameters::GivenUp => Vec::new(),
    };
    let transitions = status.state.as_ref().and_then(|state| state.transitions.as_ref());
    // what is asked for on the way out of the state needs the right to view only
    parameters.extend(transitions.into_iter().flat_map(of_transitions));
    found.extend(parameters.iter().filter_map(|parameter| parameter.id.clone().or_else(|| parameter.name.clone())));
    let value = |wanted: &str| value_of(&parameters, wanted);
    let configured = |wanted: &Option<String>| wanted.as_deref().and_then(value);
    let state = WorkflowState {
        owner: configured(&options.owner_parameter),
        relevance: configured(&options.relevance_parameter),
        parameters: options.parameters.iter().filter_map(|name| Some((name.clone(), value(name)?))).collect(),
        parameters_unavailable: unavailable,
        ..of_status(status)
    };
    rows.correct(at, state);
}

fn of_transitions(transitions: &Transitions) -> impl Iterator<Item = WorkflowParameter> {
    let all = transitions.submit.iter().chain(transitions.select.iter().flatten());
    all.flat_map(|transition| transition.parameters.iter().flatten()).cloned()
}

/// The first filled value of a parameter, by id or by name.
fn value_of(parameters: &[WorkflowParameter], wanted: &str) -> Option<String> {
    let of = |named: fn(&WorkflowParameter) -> Option<&String>| {
        let mut same = parameters.iter().filter(|parameter| named(parameter).is_some_and(|name| name == wanted));
        same.find_map(|parameter| parameter.value.as_ref().and_then(json::text))
    };
    of(|parameter| parameter.id.as_ref()).or_else(|| of(|parameter| parameter.name.as_ref()))
}

fn of_status(status: WorkflowStatus) -> WorkflowState {
    let state = status.state;
    let approvers = status.approvals.map(|approvals| {
        let approvers = approvals.into_iter().flat_map(|approval| approval.approvers.unwrap_or_default());
        // whoever has to decide on two approvals is one person
        let mut met = HashSet::new();
        approvers.filter_map(pending).filter(|name| met.insert(name.clone())).collect()
    });
    WorkflowState {
        name: status.workflow_name,
        is_final: state.as_ref().and_then(|state| state.is_final.as_ref()).and_then(json::boolean),
        due: state.as_ref().and_then(|state| state.due_date.as_ref()).and_then(json::time),
        state: state.and_then(|state| state.name),
        pending_reviewers: approvers,
        source: WorkflowSource::ComalaDcRest,
        ..WorkflowState::default()
    }
}

/// An approver who has neither approved nor rejected.
fn pending(approver: Approver) -> Option<String> {
    if approver.approved == Some(true) || approver.rejected == Some(true) {
        return None;
    }
    match approver.user? {
        ApproverUser::Name(name) => Some(name),
        ApproverUser::Details { name, full_name } => name.or(full_name),
    }
}

/// Says which parameters there are, and why some could not be read.
fn note_parameters(
    crawl: &Crawl<'_>,
    rows: &mut Rows<'_>,
    options: &WorkflowOptions,
    found: &BTreeSet<String>,
    unread: &Unread,
) {
    if unread.pages > 0 {
        let given_up = match unread.given_up {
            0 => String::new(),
            rest => format!("; {rest} of them were not asked for any more, as their space refused all others"),
        };
        crawl.ledger.warn(format!(
            "workflow parameters of {} could not be read: Comala shows them only to accounts that may edit the \
             page{given_up}; what only they tell stays empty, and fetch_errors says so",
            plural(unread.pages as u64, "page", "pages")
        ));
    }
    let wanted: BTreeMap<&str, &str> = [
        ("owner_parameter", options.owner_parameter.as_deref()),
        ("relevance_parameter", options.relevance_parameter.as_deref()),
    ]
    .into_iter()
    .filter_map(|(key, name)| Some((name?, key)))
    .collect();
    if !found.is_empty() && wanted.is_empty() && options.parameters.is_empty() {
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        rows.notes.push(format!(
            "pages have the workflow parameters {}: name those that are wanted under [workflow] as \
             owner_parameter, relevance_parameter or parameters",
            found.join(", ")
        ));
    }
    let missing = wanted.keys().copied().chain(options.parameters.iter().map(String::as_str));
    let missing: Vec<&str> = missing.filter(|name| !found.contains(*name)).collect();
    if !missing.is_empty() && !found.is_empty() && unread.pages == 0 {
        rows.notes.push(format!("no page has a workflow parameter with the id {}", missing.join(", ")));
    }
}
