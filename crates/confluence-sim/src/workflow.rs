//! Data of a workflow app: its type, and the workflow state of each page.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The workflow app of a site, with its data on each page.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each named where it is set")]
pub struct Workflow {
    /// The app that is installed.
    pub app: WorkflowApp,
    /// Workflows by page id; other pages have none.
    pub pages: BTreeMap<String, PageWorkflow>,
    /// Return `dueDate` in milliseconds, as documented, rather than in seconds, as observed.
    pub due_in_milliseconds: bool,
    /// Return approvers as plain names rather than as objects.
    pub plain_approvers: bool,
    /// Store booleans as strings in the property `comalaworkflows`.
    pub text_booleans: bool,
    /// Pages do not have the property `comalaworkflows`.
    pub without_property: bool,
    /// Content states of Confluence are not available: their paths return 404.
    pub without_content_states: bool,
}

/// A workflow app.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkflowApp {
    /// None: the search refuses its fields and its paths return 404.
    #[default]
    None,
    /// Comala on Cloud: search fields, no REST API.
    ComalaCloud,
    /// Comala on Data Center: `rest/cw/1` and the property `comalaworkflows`.
    ComalaDataCenter,
}

/// The workflow of one page.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PageWorkflow {
    /// Name of the workflow.
    pub name: String,
    /// Name of the state the page is in.
    pub state: String,
    /// Whether that is the final state.
    pub is_final: bool,
    /// When the page entered the state.
    pub since: Option<DateTime<Utc>>,
    /// When the state expires.
    pub due: Option<DateTime<Utc>>,
    /// Number of the version that was last in the final state.
    pub last_final_version: Option<u32>,
    /// The approvals of the state.
    pub approvals: Vec<Approval>,
    /// Page-editable parameters.
    pub parameters: Vec<Parameter>,
    /// Parameters requested when the page is submitted.
    pub submit_parameters: Vec<Parameter>,
    /// Parameters requested when the next state is selected.
    pub select_parameters: Vec<Parameter>,
    /// The account may not edit the page: its parameters return 403.
    pub read_only: bool,
}

/// One approval with its approvers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Approval {
    /// Name.
    pub name: String,
    /// Approvers, with the decision of each.
    pub approvers: Vec<(String, Decision)>,
}

/// Decision of an approver.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Not decided yet.
    #[default]
    Pending,
    /// Approved.
    Approved,
    /// Rejected.
    Rejected,
}

/// A workflow parameter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Value; `None` if it is not filled in.
    pub value: Option<String>,
}

impl PageWorkflow {
    /// Creates the workflow of a page in this state.
    pub fn new(name: &str, state: &str, is_final: bool) -> Self {
        Self { name: name.to_owned(), state: state.to_owned(), is_final, ..Self::default() }
    }
}

impl Parameter {
    /// Creates a parameter with a value.
    pub fn new(id: &str, name: &str, value: &str) -> Self {
        Self { id: id.to_owned(), name: name.to_owned(), value: Some(value.to_owned()) }
    }
}
