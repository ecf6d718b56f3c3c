//! Comala on Data Center: REST API `rest/cw/1` and content property `comalaworkflows`.

use serde_json::{Value, json};

use super::errors;
use super::indexed_site::{IndexedSite, Viewer};
use super::reply::{Reply, ReplyResult};
use super::request::Request;
use super::v2_json;
use crate::site::Content;
use crate::workflow::{Approval, Decision, PageWorkflow, Parameter, Workflow, WorkflowApp};

/// The content property of Comala on Data Center.
pub(crate) const PROPERTY: &str = "comalaworkflows";

/// Routes a path below `/wiki/rest/cw/1/`, which does not exist without the app.
pub(crate) fn route(indexed: &IndexedSite, viewer: Viewer, request: &Request, segments: &[&str]) -> ReplyResult {
    let workflow = &indexed.site.workflow;
    let ["content", id, what @ ("status" | "parameters")] = segments else {
        return Err(errors::unknown_path(&request.path));
    };
    if workflow.app != WorkflowApp::ComalaDataCenter {
        return Err(errors::unknown_path(&request.path));
    }
    if viewer == Viewer::Anonymous {
        return Err(errors::unauthorized());
    }
    let page = indexed.visible_content(viewer, id).ok_or_else(|| errors::v1_not_found(id))?;
    let Some(of_page) = workflow.pages.get(&page.id) else { return Ok(no_content()) };
    if *what == "status" {
        return Ok(Reply::ok(status(workflow, of_page, request)));
    }
    if of_page.read_only {
        return Err(errors::v1(403, "User is not allowed to edit the page"));
    }
    if of_page.parameters.is_empty() {
        return Ok(no_content());
    }
    Ok(Reply::ok(json!({"workflowParameters": parameters(&of_page.parameters)})))
}

fn no_content() -> Reply {
    Reply::text(204, "application/json", "")
}

/// Returns the status of a page; approvals only with `expand=approvals`.
fn status(workflow: &Workflow, page: &PageWorkflow, request: &Request) -> Value {
    let mut json = json!({
        "workflowName": page.name,
        "state": state(workflow, page),
        "displayProgressTracker": true,
        "expand": "approvals,actions,tasks,states",
    });
    if page.is_final {
        json["publishedState"] = json!({"name": page.state, "final": true, "colour": "#14892c"});
    }
    if request.parameters("expand").any(|expand| expand.split(',').any(|part| part == "approvals")) {
        let approvals = page.approvals.iter().map(|approval| approval_json(workflow, approval));
        json["approvals"] = Value::Array(approvals.collect());
    }
    json
}

fn state(workflow: &Workflow, page: &PageWorkflow) -> Value {
    let due = page.due.map(|due| if workflow.due_in_milliseconds { due.timestamp_millis() } else { due.timestamp() });
    json!({
        "name": page.state,
        "initial": false,
        "final": page.is_final,
        "dueDate": due,
        "colour": "#ffab00",
        "taskable": true,
        "changeDueDate": true,
        "transitions": {
            "submit": {"state": "Review", "parameters": parameters(&page.submit_parameters)},
            "select": [{"state": "Review", "parameters": parameters(&page.select_parameters)}],
        },
    })
}

fn approval_json(workflow: &Workflow, approval: &Approval) -> Value {
    let approvers = approval.approvers.iter().map(|(name, decision)| {
        let user = if workflow.plain_approvers {
            Value::from(name.as_str())
        } else {
            json!({"name": name, "rolename": "Reviewer", "shortName": name, "fullName": format!("{name} (full name)")})
        };
        json!({
            "user": user,
            "approved": *decision == Decision::Approved,
            "rejected": *decision == Decision::Rejected,
            "comment": "",
        })
    });
    json!({"name": approval.name, "minimumRequiredApprovers": 1, "approvers": approvers.collect::<Vec<_>>()})
}

fn parameters(parameters: &[Parameter]) -> Value {
    let written = parameters.iter().map(|parameter| {
        json!({
            "id": parameter.id,
            "name": parameter.name,
            "description": "",
            "type": "string",
            "value": parameter.value,
            "isDefault": false,
            "isFilled": parameter.value.is_some(),
        })
    });
    Value::Array(written.collect())
}

/// Returns the value of `comalaworkflows` of a page, if the app keeps one.
pub(crate) fn property(indexed: &IndexedSite, content: &Content, key: &str) -> Option<Value> {
    let workflow = &indexed.site.workflow;
    if key != PROPERTY || workflow.app != WorkflowApp::ComalaDataCenter || workflow.without_property {
        return None;
    }
    let page = workflow.pages.get(&content.id)?;
    let boolean =
        |value: bool| if workflow.text_booleans { Value::from(value.to_string()) } else { Value::from(value) };
    Some(json!({
        "workflowName": page.name,
        "currentState": page.state,
        "currentStateColour": "#ffab00",
        "currentStateStart": page.since.map(v2_json::time),
        "isFinal": boolean(page.is_final),
        "hasWorkflow": boolean(true),
        "lastFinalVersionNumber": page.last_final_version,
    }))
}
