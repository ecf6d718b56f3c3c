//! Types for the JSON of workflow endpoints: Comala for Data Center, according to its reference, and native content
//! states. Parsing is as lenient as in [`super::model`].

use serde::Deserialize;
use serde_json::Value;

/// Expansions that include the approvals in the status.
pub(crate) const STATUS_EXPANSION: &str = "state,states,approvals,tasks";

/// The workflow status of a page (`ContentWorkflowResponse`).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkflowStatus {
    /// Name of the workflow.
    pub workflow_name: Option<String>,
    /// The state the page is in.
    pub state: Option<WorkflowStep>,
    /// The approvals of that state, if expanded.
    pub approvals: Option<Vec<Approval>>,
}

/// One state of a workflow (`ContentState`).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkflowStep {
    /// Name.
    pub name: Option<String>,
    /// Whether it is a final state. Some versions send booleans as strings.
    #[serde(rename = "final")]
    pub is_final: Option<Value>,
    /// When it expires, in seconds or milliseconds since 1970: documented as milliseconds, but the example has seconds.
    pub due_date: Option<Value>,
    /// Transitions to other states.
    pub transitions: Option<Transitions>,
}

/// The transitions out of a state that can have parameters.
#[derive(Debug, Clone, Deserialize)]
pub struct Transitions {
    /// By submitting the page.
    pub submit: Option<Transition>,
    /// By selecting the next state.
    pub select: Option<Vec<Transition>>,
}

/// One transition.
#[derive(Debug, Clone, Deserialize)]
pub struct Transition {
    /// Parameters requested during the transition.
    pub parameters: Option<Vec<WorkflowParameter>>,
}

/// One approval of a state (`ContentApproval`).
#[derive(Debug, Clone, Deserialize)]
pub struct Approval {
    /// The people who have to decide.
    pub approvers: Option<Vec<Approver>>,
}

/// An approver and the decision.
#[derive(Debug, Clone, Deserialize)]
pub struct Approver {
    /// The person: an object, or only the name.
    pub user: Option<ApproverUser>,
    /// Whether the person has approved.
    #[serde(default)]
    pub approved: Option<bool>,
    /// Whether the person has rejected.
    #[serde(default)]
    pub rejected: Option<bool>,
}

/// A person in Comala's JSON.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum ApproverUser {
    /// Only the name.
    Name(String),
    /// With details.
    #[serde(rename_all = "camelCase")]
    Details {
        /// User name.
        name: Option<String>,
        /// Display name.
        full_name: Option<String>,
    },
}

/// The page-editable parameters of a page.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkflowParameters {
    /// The parameters.
    pub workflow_parameters: Vec<WorkflowParameter>,
}

/// One parameter.
#[derive(Debug, Clone, Deserialize)]
pub struct WorkflowParameter {
    /// Id.
    pub id: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Value: a string, a list, or null if it is empty.
    pub value: Option<Value>,
}

/// A native content state ("page status").
#[derive(Debug, Clone, Deserialize)]
pub struct ContentState {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
}

/// The native content state of one page (`ContentStateResponse`).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContentStateOfPage {
    /// The state; `None` if the page has none.
    #[serde(default)]
    pub content_state: Option<ContentState>,
    /// When a version with a different state than the previous one was last published.
    #[serde(default)]
    pub last_updated: Option<Value>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_example_of_the_reference_is_parsed() {
        let status: WorkflowStatus = serde_json::from_value(json!({
            "workflowName": "Workflow name",
            "state": {
                "name": "Final", "nameTranslation": "Aprobado", "initial": false, "final": true,
                "dueDate": 1_507_277_490, "colour": "#000000", "hideStates": true,
                "transitions": {
                    "approved": {"state": "...", "parameters": [{}, {}]}, "rejected": {}, "updated": {}, "expired": {},
                    "submit": {}, "completed": {}, "select": [{}, {}],
                },
                "requestParams": true,
            },
            "publishedState": {"name": "Final", "final": true, "dueDate": 1_507_277_490},
            "roles": [],
        }))
        .unwrap();
        let state = status.state.unwrap();
        assert_eq!((state.name.as_deref(), state.is_final), (Some("Final"), Some(json!(true))));
        assert_eq!(state.transitions.unwrap().select.unwrap().len(), 2);
        assert!(status.approvals.is_none(), "not expanded is not empty");
    }

    #[test]
    fn a_response_without_its_list_is_not_an_empty_list() {
        assert!(serde_json::from_str::<WorkflowParameters>(r#"{"message":"oops"}"#).is_err());
        assert!(serde_json::from_str::<ContentState>(r#"{"name":"Draft"}"#).is_err());
    }
}
