//! What the configuration says about workflows.

use super::document_report::DocumentReport;
use super::property::PinnedProperty;

/// State names that are tried where the configuration names none. They are case-sensitive.
pub const DEFAULT_STATE_NAMES: [&str; 9] =
    ["Draft", "Review", "In Review", "In Approval", "Approved", "Rejected", "Expired", "Published", "Obsolete"];

/// How to find the workflow state of pages.
#[derive(Debug, Clone)]
pub struct WorkflowOptions {
    /// The content property of a workflow app, where it is known.
    pub property: Option<PinnedProperty>,
    /// Names of states to search for, case-sensitive; none means [`DEFAULT_STATE_NAMES`].
    pub state_names: Vec<String>,
    /// States that are final where the source itself does not say so.
    pub final_states: Vec<String>,
    /// Comala on Cloud: account ids of people whose open approvals are searched for, one search each; the search alone
    /// tells who has to decide, and only when it is asked for a person.
    pub reviewers: Vec<String>,
    /// Labels that mean a state, the first that a page bears counts.
    pub label_map: Vec<(String, String)>,
    /// Id or name of the workflow parameter that names the owner.
    pub owner_parameter: Option<String>,
    /// Id or name of the workflow parameter that tells the relevance.
    pub relevance_parameter: Option<String>,
    /// Ids or names of further workflow parameters.
    pub parameters: Vec<String>,
    /// A Document Report exported by hand.
    pub import: Option<DocumentReport>,
    /// Comala on Data Center: ask for the status of each page, which alone tells expiry and reviewers, and for its
    /// parameters where some are configured. Otherwise only pages are asked for that the bulk property leaves out.
    pub ask_each_page: bool,
    /// Comala on Cloud: look at the content properties of some pages for one that could be pinned.
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
    /// The state names to search for, each once.
    pub(super) fn searched_states(&self) -> Vec<&str> {
        let mut names: Vec<&str> = if self.state_names.is_empty() {
            DEFAULT_STATE_NAMES.to_vec()
        } else {
            self.state_names.iter().map(String::as_str).collect()
        };
        for name in self.final_states.iter().map(String::as_str) {
            names.push(name);
        }
        let mut met = std::collections::HashSet::new();
        names.retain(|name| met.insert(*name));
        names
    }

    /// Whether any workflow parameter is configured.
    pub(super) fn wants_parameters(&self) -> bool {
        self.owner_parameter.is_some() || self.relevance_parameter.is_some() || !self.parameters.is_empty()
    }
}
