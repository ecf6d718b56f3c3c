//! Comala on Data Center: reads its content property and its REST API `rest/cw/1`.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;

use super::json_values;
use super::options::WorkflowOptions;
use super::property_search::{PropertySearch, PropertyValue};
use super::rows::WorkflowRows;
use super::state::{WorkflowPage, WorkflowSource, WorkflowState};
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::{Crawl, GROUP};
use crate::inventory::refusals::Refusals;
use crate::support::formatting::plural;
use confluence_client::workflow_model::{
    Approver, ApproverUser, Transitions, WorkflowParameter, WorkflowParameters, WorkflowStatus,
};
use confluence_client::{RequestError, RequestKind};

/// The content property of Comala on Data Center.
pub(super) const PROPERTY: &str = "comalaworkflows";
/// Number of pages whose parameters are read if none is configured, to report which ones exist.
const SAMPLE: usize = 20;

/// Whether the app is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ComalaPresence {
    /// It responded.
    Present,
    /// Its paths do not exist here.
    Absent,
    /// The probe failed.
    Unreadable,
}

/// Requests the status of the first page. Because 404 may also mean that this page was deleted meanwhile, requests that
/// of a second page before it returns `Absent`.
pub(super) async fn probe(crawl: &Crawl<'_>, rows: &mut WorkflowRows<'_>) -> ComalaPresence {
    if !crawl.api.may_have_comala_rest() {
        return ComalaPresence::Absent;
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
                return ComalaPresence::Present;
            }
            // the response to an unknown path is 404, or an HTML page
            Err(RequestError::NotFound { .. } | RequestError::NotJson { .. } | RequestError::Gone { .. }) => {}
            Err(error) => trouble = Some(error),
        }
    }
    match trouble {
        None => {
            unit.ok();
            ComalaPresence::Absent
        }
        Some(error) => {
            unit.refused(&error);
            ComalaPresence::Unreadable
        }
    }
}

/// Responses for one page.
struct PageResponse {
    at: usize,
    /// `Err`: could not be read; `Ok(None)`: the page has no workflow.
    status: Result<Option<WorkflowStatus>, ()>,
    parameters: ParameterResponse,
}

/// Outcome of reading the parameters of a page.
enum ParameterResponse {
    NotRequested,
    Read(Vec<WorkflowParameter>),
    Unavailable,
    /// Also unavailable: not requested, because others of the space were refused.
    GivenUp,
}

/// Maximum number of requests page by page: the status of each, and its parameters.
pub(super) fn max_requests(pages: usize, options: &WorkflowOptions) -> u64 {
    let parameters = if options.wants_parameters() { pages } else { SAMPLE.min(pages) };
    (pages + parameters) as u64
}

pub(super) async fn read(
    crawl: &Crawl<'_>,
    rows: &mut WorkflowRows<'_>,
    options: &WorkflowOptions,
    properties: &PropertySearch,
) {
    let requested: Vec<usize> = (0..rows.len()).filter(|at| read_property(rows, *at, options, properties)).collect();
    let sample = if options.wants_parameters() { requested.len() } else { SAMPLE.min(requested.len()) };
    rows.plan(RequestKind::WorkflowStatus, requested.len() as u64);
    rows.plan(RequestKind::WorkflowParameters, sample as u64);
    crawl.phase("workflow, page by page", Some(requested.len() as u64));
    let requested: Vec<(usize, bool)> = requested.iter().enumerate().map(|(nth, at)| (*at, nth < sample)).collect();
    let mut found = BTreeSet::new();
    let mut unread = UnreadParameters::default();
    let refusals = Refusals::default();
    for group in requested.chunks(GROUP) {
        let request =
            |at: usize, parameters: bool| request_page(crawl, at, rows.page(at), parameters.then_some(&refusals));
        let responses = group.iter().map(|(at, parameters)| request(*at, *parameters)).collect();
        for response in crawl.all(responses).await {
            unread.count(&response.parameters);
            take(rows, options, response, &mut found);
        }
    }
    note_parameters(crawl, rows, options, &found, &unread);
}

/// Counts of pages whose parameters could not be read.
#[derive(Debug, Default)]
struct UnreadParameters {
    pages: usize,
    given_up: usize,
}

impl UnreadParameters {
    fn count(&mut self, parameters: &ParameterResponse) {
        self.pages += usize::from(matches!(parameters, ParameterResponse::Unavailable | ParameterResponse::GivenUp));
        self.given_up += usize::from(matches!(parameters, ParameterResponse::GivenUp));
    }
}

/// Fills a row from the property. Returns whether the status of the page has to be requested.
fn read_property(
    rows: &mut WorkflowRows<'_>,
    at: usize,
    options: &WorkflowOptions,
    properties: &PropertySearch,
) -> bool {
    match properties.property(at, PROPERTY) {
        PropertyValue::Value(value) => match of_property(value, rows.page(at).version) {
            Some(state) => rows.fill(at, state),
            None => return false,
        },
        PropertyValue::Absent => {}
        PropertyValue::NotReturned => return true,
    }
    options.ask_each_page
}

/// Returns the state in the property; `None` if the page has no workflow. Booleans may be strings.
fn of_property(value: &Value, version: Option<u32>) -> Option<WorkflowState> {
    let value = json_values::document(value);
    let field = |name: &str| value.get(name);
    if field("hasWorkflow").and_then(json_values::boolean) == Some(false) {
        return None;
    }
    let last_final = field("lastFinalVersionNumber").and_then(json_values::number).filter(|number| *number > 0);
    Some(WorkflowState {
        name: field("workflowName").and_then(json_values::text),
        state: field("currentState").and_then(json_values::text),
        is_final: field("isFinal").and_then(json_values::boolean),
        since: field("currentStateStart").and_then(json_values::time),
        edits_since_final: version.zip(last_final).and_then(|(now, then)| now.checked_sub(then)),
        source: WorkflowSource::ComalaDcProperty,
        ..WorkflowState::default()
    })
}

/// Requests the status of a page and, with `refusals`, its parameters.
async fn request_page<'p>(
    crawl: &Crawl<'_>,
    at: usize,
    page: WorkflowPage<'p>,
    refusals: Option<&Refusals<&'p str>>,
) -> PageResponse {
    let id = page.id.as_str();
    let unit = crawl.ledger.enter(UnitKind::Workflow, format!("workflow status of page {id}"));
    let result = crawl.retry_not_found(|| crawl.api.workflow_status(id)).await;
    let status = crawl.settle_page(unit, id, result).await;
    crawl.progress.advance(1);
    let parameters = match refusals.filter(|_| matches!(status, Ok(Some(_)))) {
        Some(refusals) => parameters(crawl, page, refusals).await,
        None => ParameterResponse::NotRequested,
    };
    PageResponse { at, status, parameters }
}

/// Reads the parameters of a page. 204 means that it has none; 403 that the account may not edit it.
///
/// Comala shows parameters to accounts that may edit the page. The permission comes from the space, and single pages
/// can remove it, so refusals are counted by space.
async fn parameters<'p>(crawl: &Crawl<'_>, page: WorkflowPage<'p>, refusals: &Refusals<&'p str>) -> ParameterResponse {
    let id = page.id.as_str();
    let unit = crawl.ledger.enter(UnitKind::Workflow, format!("workflow parameters of page {id}"));
    if refusals.should_stop(&page.space_key) {
        unit.skipped("not requested: refused for other pages of the space");
        return ParameterResponse::GivenUp;
    }
    let response = crawl.api.workflow_parameters(id).await;
    match &response {
        Ok(_) => refusals.succeeded(page.space_key),
        Err(error) if error.is_denied() => refusals.refused(page.space_key),
        Err(_) => {}
    }
    match &response {
        // the usual response for a read-only account: reported once for all pages, and in every row that stays empty
        Err(error) if error.is_denied() => unit.skipped("shown only to accounts that may edit the page"),
        response => unit.settle(response),
    }
    match response {
        Ok(response) => ParameterResponse::Read(
            response.map_or_else(Vec::new, |response: WorkflowParameters| response.workflow_parameters),
        ),
        Err(_) => ParameterResponse::Unavailable,
    }
}

fn take(rows: &mut WorkflowRows<'_>, options: &WorkflowOptions, response: PageResponse, found: &mut BTreeSet<String>) {
    let PageResponse { at, status, parameters } = response;
    let status = match status {
        Err(()) => return rows.close(at),
        Ok(None) => return,
        Ok(Some(status)) => status,
    };
    let unavailable =
        options.wants_parameters() && matches!(parameters, ParameterResponse::Unavailable | ParameterResponse::GivenUp);
    let mut parameters = match parameters {
        ParameterResponse::Read(read) => read,
        ParameterResponse::NotRequested | ParameterResponse::Unavailable | ParameterResponse::GivenUp => Vec::new(),
    };
    let transitions = status.state.as_ref().and_then(|state| state.transitions.as_ref());
    // parameters of transitions are visible to everyone who may view the page
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
        same.find_map(|parameter| parameter.value.as_ref().and_then(json_values::text))
    };
    of(|parameter| parameter.id.as_ref()).or_else(|| of(|parameter| parameter.name.as_ref()))
}

fn of_status(status: WorkflowStatus) -> WorkflowState {
    let state = status.state;
    let approvers = status.approvals.map(|approvals| {
        let approvers = approvals.into_iter().flat_map(|approval| approval.approvers.unwrap_or_default());
        // a person with two approvals is named once
        let mut seen = HashSet::new();
        approvers.filter_map(pending).filter(|name| seen.insert(name.clone())).collect()
    });
    WorkflowState {
        name: status.workflow_name,
        is_final: state.as_ref().and_then(|state| state.is_final.as_ref()).and_then(json_values::boolean),
        due: state.as_ref().and_then(|state| state.due_date.as_ref()).and_then(json_values::time),
        state: state.and_then(|state| state.name),
        pending_reviewers: approvers,
        source: WorkflowSource::ComalaDcRest,
        ..WorkflowState::default()
    }
}

/// Returns the name of an approver who has neither approved nor rejected.
fn pending(approver: Approver) -> Option<String> {
    if approver.approved == Some(true) || approver.rejected == Some(true) {
        return None;
    }
    match approver.user? {
        ApproverUser::Name(name) => Some(name),
        ApproverUser::Details { name, full_name } => name.or(full_name),
    }
}

/// Notes which parameters exist, and why some could not be read.
fn note_parameters(
    crawl: &Crawl<'_>,
    rows: &mut WorkflowRows<'_>,
    options: &WorkflowOptions,
    found: &BTreeSet<String>,
    unread: &UnreadParameters,
) {
    if unread.pages > 0 {
        let given_up = match unread.given_up {
            0 => String::new(),
            rest => format!("; {rest} of them were not requested, because their space refused all others"),
        };
        crawl.ledger.warn(format!(
            "workflow parameters of {} could not be read: Comala shows them only to accounts that may edit the \
             page{given_up}; their columns stay empty, and fetch_errors says so",
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
            "pages have the workflow parameters {}: to read them, name them under [workflow] as \
             owner_parameter, relevance_parameter or parameters",
            found.join(", ")
        ));
    }
    let missing = wanted.keys().copied().chain(options.parameters.iter().map(String::as_str));
    let missing: Vec<&str> = missing.filter(|name| !found.contains(*name)).collect();
    if !missing.is_empty() && !found.is_empty() && unread.pages == 0 {
        rows.notes.push(format!("no page has a workflow parameter with the id or name {}", missing.join(", ")));
    }
}
