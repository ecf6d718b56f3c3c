//! The workflow app of a site and the state of its pages, as the app itself keeps them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Which workflow app a site has, and what it knows of each page.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each named where it is set")]
pub struct Workflow {
    /// The app that is installed.
    pub app: WorkflowApp,
    /// Workflows by page id; a page that is not here has none.
    pub pages: BTreeMap<String, PageWorkflow>,
    /// `dueDate` is written in milliseconds, as documented, rather than in seconds, as shown.
    pub due_in_milliseconds: bool,
    /// Approvers are written as a bare name rather than as an object.
    pub plain_approvers: bool,
    /// The property `comalaworkflows` writes booleans as text.
    pub text_booleans: bool,
    /// Pages bear no property `comalaworkflows`.
    pub without_property: bool,
    /// Native content states are not there: their paths are 404.
    pub without_content_states: bool,
}

/// A workflow app.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkflowApp {
    /// None: the search refuses its fields, its paths are 404.
    #[default]
    None,
    /// Comala on Cloud: fields of the search, no REST API.
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
    /// When the page came into the state.
    pub since: Option<DateTime<Utc>>,
    /// When the state expires.
    pub due: Option<DateTime<Utc>>,
    /// Number of the version that was last in the final state.
    pub last_final_version: Option<u32>,
    /// The approvals of the state.
    pub approvals: Vec<Approval>,
    /// Page-editable parameters.
    pub parameters: Vec<Parameter>,
    /// Parameters that are asked for when the page is submitted.
    pub submit_parameters: Vec<Parameter>,
    /// Parameters that are asked for when the next state is chosen.
    pub select_parameters: Vec<Parameter>,
    /// The account may not edit the page: its parameters are 403.
    pub read_only: bool,
}

/// One approval with its approvers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Approval {
    /// Name.
    pub name: String,
    /// Who has to decide, and how each did.
    pub approvers: Vec<(String, Decision)>,
}

/// How an approver decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Not yet.
    #[default]
    Pending,
    /// Yes.
    Approved,
    /// No.
    Rejected,
}

/// A workflow parameter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Value; `None` is not filled.
    pub value: Option<String>,
}

impl PageWorkflow {
    /// A page in a state.
    pub fn new(name: &str, state: &str, is_final: bool) -> Self {
        Self { name: name.to_owned(), state: state.to_owned(), is_final, ..Self::default() }
    }
}

impl Parameter {
    /// A parameter that is filled.
    pub fn new(id: &str, name: &str, value: &str) -> Self {
        Self { id: id.to_owned(), name: name.to_owned(), value: Some(value.to_owned()) }
    }
}
