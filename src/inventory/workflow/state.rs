//! Types for the workflow state of a page and its source.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::property::PropertyCandidate;
use crate::inventory::ContentId;
use confluence_client::RequestCounts;
use confluence_client::api::SearchScope;

/// A page whose workflow state is requested.
#[derive(Debug, Clone, Copy)]
pub struct WorkflowPage<'a> {
    pub id: &'a ContentId,
    pub space_key: &'a str,
    /// The kind of search that covers that space.
    pub searched: SearchScope,
    /// Number of its published version, if known.
    pub version: Option<u32>,
    /// Its labels; `None` when they could not be read.
    pub labels: Option<&'a [String]>,
    /// Its content state, if already known for this version: it is not requested again.
    pub content_state: Option<KnownContentState<'a>>,
}

/// A content state and its date, as read for the same version of a page. Changing the state publishes a new version.
#[derive(Debug, Clone, Copy)]
pub struct KnownContentState<'a> {
    pub state: &'a str,
    pub since: DateTime<Utc>,
}

/// The workflow of one page, as far as its source has it. Values that the source does not have are `None`, never empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowState {
    pub name: Option<String>,
    /// Name of the state. `None` with a source that found a workflow: the state has none of the searched names.
    pub state: Option<String>,
    pub is_final: Option<bool>,
    /// When the page entered the state.
    pub since: Option<DateTime<Utc>>,
    /// When the state expires, if the date is known.
    pub due: Option<DateTime<Utc>>,
    /// When the state expires, if only a window is known, relative to the time of the search.
    pub due_within: Option<DueWindow>,
    /// People who have neither approved nor rejected yet: user names, account ids or display names, as in the source.
    pub pending_reviewers: Option<Vec<String>>,
    /// Value of the configured owner parameter, or the owner in an imported report.
    pub owner: Option<String>,
    /// Value of the configured relevance parameter.
    pub relevance: Option<String>,
    /// Values of the other configured parameters that are filled, by the name in the configuration.
    pub parameters: BTreeMap<String, String>,
    /// Whether configured parameters could not be read: a missing one then proves nothing.
    #[serde(default)]
    pub parameters_unavailable: bool,
    /// Whether a source with more details of the state (due date, reviewers) could not be read.
    #[serde(default)]
    pub is_partial: bool,
    /// Versions published since the page was last in a final state.
    pub edits_since_final: Option<u32>,
    pub source: WorkflowSource,
    /// Confluence's own content state (page status), whatever the source of the state above.
    #[serde(default)]
    pub content_state: Option<String>,
    /// When the page entered the content state, if the site says so.
    #[serde(default)]
    pub content_state_since: Option<DateTime<Utc>>,
}

/// Normalises the name of a state for comparison: ignores case and white space, which people write in any way.
pub fn state_key(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Window in which a state expires, as known from the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueWindow {
    /// Already expired.
    Overdue,
    Within7Days,
    /// Within 30 days, but not within 7.
    Within30Days,
    /// Within 90 days, but not within 30.
    Within90Days,
}

impl DueWindow {
    /// All windows, the nearest first.
    pub const ALL: [Self; 4] = [Self::Overdue, Self::Within7Days, Self::Within30Days, Self::Within90Days];

    /// The value in CSV files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Within7Days => "within_7_days",
            Self::Within30Days => "within_30_days",
            Self::Within90Days => "within_90_days",
        }
    }
}

/// Source of a state.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum WorkflowSource {
    /// The content property `comalaworkflows` of Comala on Data Center.
    ComalaDcProperty,
    /// `rest/cw/1` of Comala on Data Center.
    ComalaDcRest,
    /// The search fields of Comala on Cloud.
    ComalaCloudCql,
    /// The content property with this key, named in the configuration.
    ContentProperty(String),
    /// An imported report.
    Import,
    /// The content state of Confluence.
    NativeState,
    /// Labels.
    Labels,
    /// No source has a workflow of this page.
    #[default]
    None,
    /// A source that may have one could not be read.
    Unavailable,
}

const CONTENT_PROPERTY: &str = "content_property:";

impl fmt::Display for WorkflowSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ComalaDcProperty => f.write_str("comala_dc_property"),
            Self::ComalaDcRest => f.write_str("comala_dc_rest"),
            Self::ComalaCloudCql => f.write_str("comala_cloud_cql"),
            Self::ContentProperty(key) => write!(f, "{CONTENT_PROPERTY}{key}"),
            Self::Import => f.write_str("import"),
            Self::NativeState => f.write_str("native_state"),
            Self::Labels => f.write_str("labels"),
            Self::None => f.write_str("none"),
            Self::Unavailable => f.write_str("unavailable"),
        }
    }
}

impl From<WorkflowSource> for String {
    fn from(source: WorkflowSource) -> Self {
        source.to_string()
    }
}

impl TryFrom<String> for WorkflowSource {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        let plain = [
            Self::ComalaDcProperty,
            Self::ComalaDcRest,
            Self::ComalaCloudCql,
            Self::Import,
            Self::NativeState,
            Self::Labels,
            Self::None,
            Self::Unavailable,
        ];
        match word.strip_prefix(CONTENT_PROPERTY) {
            Some(key) => Ok(Self::ContentProperty(key.to_owned())),
            None => plain
                .into_iter()
                .find(|source| source.to_string() == word)
                .ok_or_else(|| format!("unknown source of a workflow state: {word:?}")),
        }
    }
}

/// Workflow states of pages, with notes for the reader.
#[derive(Debug, Clone, Default)]
pub struct WorkflowResults {
    /// The state of every requested page.
    pub pages: BTreeMap<ContentId, WorkflowState>,
    /// Notes for readers: what was found, and what to configure.
    pub notes: Vec<String>,
    /// Content properties that look like those of a workflow app, the best first.
    pub candidates: Vec<PropertyCandidate>,
    /// Requests that were planned once the sources were known, by kind; retries come on top.
    pub requests: RequestCounts,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_names_ignore_case_and_white_space() {
        assert_eq!(state_key(" In  Review\u{a0}"), state_key("in review"));
        assert_ne!(state_key("Inreview"), state_key("in review"));
        assert_eq!(state_key("PRÜFUNG"), state_key("Prüfung"));
    }

    #[test]
    fn sources_are_written_as_their_words_and_read_back() {
        let words = [
            (WorkflowSource::ComalaDcProperty, "comala_dc_property"),
            (WorkflowSource::ContentProperty("cw-state".into()), "content_property:cw-state"),
            (WorkflowSource::None, "none"),
            (WorkflowSource::Unavailable, "unavailable"),
        ];
        for (source, word) in words {
            let written = serde_json::to_string(&source).unwrap();
            assert_eq!(written, format!("\"{word}\""));
            assert_eq!(serde_json::from_str::<WorkflowSource>(&written).unwrap(), source);
        }
        assert!(serde_json::from_str::<WorkflowSource>("\"guess\"").is_err());
    }
}
