//! Workflow settings of the configuration.

use super::document_report::DocumentReport;
use super::property::PinnedProperty;

/// State names to search for if the configuration names none. They are case-sensitive.
pub const DEFAULT_STATE_NAMES: [&str; 9] =
    ["Draft", "Review", "In Review", "In Approval", "Approved", "Rejected", "Expired", "Published", "Obsolete"];

/// How to find the workflow state of pages.
#[derive(Debug, Clone)]
pub struct WorkflowOptions {
    /// The configured content property of a workflow app.
    pub property: Option<PinnedProperty>,
    /// Names of states to search for, case-sensitive; none means [`DEFAULT_STATE_NAMES`].
    pub state_names: Vec<String>,
    /// States that are final if the source does not say so.
    pub final_states: Vec<String>,
    /// Comala on Cloud: account ids of people whose open approvals are searched for, with one search each. Only a
    /// search for a person shows who has to decide.
    pub reviewers: Vec<String>,
    /// Labels and the states they stand for; the first label that a page has counts.
    pub label_map: Vec<(String, String)>,
    /// Id or name of the workflow parameter that names the owner.
    pub owner_parameter: Option<String>,
    /// Id or name of the workflow parameter for the relevance.
    pub relevance_parameter: Option<String>,
    /// Ids or names of further workflow parameters.
    pub parameters: Vec<String>,
    /// A Document Report exported by hand.
    pub import: Option<DocumentReport>,
    /// Comala on Data Center: request the status of each page, which alone has expiry and reviewers, and its parameters
    /// if some are configured. Otherwise only pages that the search leaves out are requested.
    pub ask_each_page: bool,
    /// Comala on Cloud: examine the content properties of some pages for one that could be configured.
    pub discover: bool,
}

impl Default for WorkflowOptions {
    fn default() -> Self {
        Self {
            property: None,
            state_names: Vec::new(),
            final_states: ["Approved", "Published", "Verified", "Done"].map(str::to_owned).into(),
            reviewers: Vec::new(),
            label_map: Vec::new(),
            owner_parameter: None,
            relevance_parameter: None,
            parameters: Vec::new(),
            import: None,
            ask_each_page: true,
            discover: true,
        }
    }
}

impl WorkflowOptions {
    /// Returns the state names to search for, each once.
    pub(super) fn searched_states(&self) -> Vec<&str> {
        let mut names: Vec<&str> = if self.state_names.is_empty() {
            DEFAULT_STATE_NAMES.to_vec()
        } else {
            self.state_names.iter().map(String::as_str).collect()
        };
        for name in self.final_states.iter().map(String::as_str) {
            names.push(name);
        }
        let mut seen = std::collections::HashSet::new();
        names.retain(|name| seen.insert(*name));
        names
    }

    pub(super) fn wants_parameters(&self) -> bool {
        self.owner_parameter.is_some() || self.relevance_parameter.is_some() || !self.parameters.is_empty()
    }
}
