//! What is known of the workflow of a page, and from where.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::property::PropertyCandidate;
use crate::inventory::ContentId;
use confluence_client::RequestCounts;
use confluence_client::api::SearchedSpaces;

/// A page whose state is wanted.
#[derive(Debug, Clone, Copy)]
pub struct WorkflowPage<'a> {
    /// Its id.
    pub id: &'a ContentId,
    /// The key of its space.
    pub space_key: &'a str,
    /// Which search looks into that space.
    pub searched: SearchedSpaces,
    /// Number of its published version, where it is known.
    pub version: Option<u32>,
    /// Its labels; `None` when they could not be read.
    pub labels: Option<&'a [String]>,
    /// What the site has told of its content state in this version: it is not asked again.
    pub content_state: Option<ToldState<'a>>,
}

/// A content state and since when, as the site told it of the same version of a page. Whoever changes the state publishes a
/// version.
#[derive(Debug, Clone, Copy)]
pub struct ToldState<'a> {
    /// Name of the state.
    pub state: &'a str,
    /// When the page came into it.
    pub since: DateTime<Utc>,
}

/// The workflow of one page, as far as its source tells. What the source does not tell is `None`, never empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowState {
    /// Name of the workflow.
    pub name: Option<String>,
    /// Name of the state. `None` with a source that found a workflow: the state has none of the known names.
    pub state: Option<String>,
    /// Whether that is a final state.
    pub is_final: Option<bool>,
    /// When the page came into the state.
    pub since: Option<DateTime<Utc>>,
    /// When the state expires, where the day is known.
    pub due: Option<DateTime<Utc>>,
    /// When the state expires, where only a window is known: that of the search when it was asked.
    pub due_within: Option<DueWindow>,
    /// Who has neither approved nor rejected yet: user names, account ids or display names, as the source writes them.
    pub pending_reviewers: Option<Vec<String>>,
    /// Value of the configured owner parameter, or the owner in an imported report.
    pub owner: Option<String>,
    /// Value of the configured relevance parameter.
    pub relevance: Option<String>,
    /// Values of the other configured parameters that are filled, by the name in the configuration.
    pub parameters: BTreeMap<String, String>,
    /// Parameters were wanted and could not be read: that one is missing says nothing.
    #[serde(default)]
    pub parameters_unavailable: bool,
    /// A source that tells more of the state (its due date, its reviewers) could not be read.
    #[serde(default)]
    pub is_partial: bool,
    /// Versions published since the page was last in a final state.
    pub edits_since_final: Option<u32>,
    /// Where the state comes from.
    pub source: WorkflowSource,
    /// Confluence's own content state (page status), whatever the source of the state above.
    #[serde(default)]
    pub content_state: Option<String>,
    /// When the page came into that, where the site tells.
    #[serde(default)]
    pub content_state_since: Option<DateTime<Utc>>,
}

/// A name of a state as it is compared: people write it in any case, and with any blanks.
pub fn state_key(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// When a state expires, as far as the search tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueWindow {
    /// It has expired.
    Overdue,
    /// Within 7 days.
    Within7Days,
    /// Within 30 days, but not within 7.
    Within30Days,
    /// Within 90 days, but not within 30.
    Within90Days,
}

impl DueWindow {
    /// All, the nearest first.
    pub const ALL: [Self; 4] = [Self::Overdue, Self::Within7Days, Self::Within30Days, Self::Within90Days];

    /// The word of the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Within7Days => "within_7_days",
            Self::Within30Days => "within_30_days",
            Self::Within90Days => "within_90_days",
        }
    }
}

/// Where a state comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum WorkflowSource {
    /// The content property `comalaworkflows` of Comala on Data Center.
    ComalaDcProperty,
    /// `rest/cw/1` of Comala on Data Center.
    ComalaDcRest,
    /// The search fields of Comala on Cloud.
    ComalaCloudCql,
    /// The content property of this key, pinned in the configuration.
    ContentProperty(String),
    /// An imported report.
    Import,
    /// The native content state.
    NativeState,
    /// Labels.
    Labels,
    /// No source knows a workflow of this page.
    #[default]
    None,
    /// A source that may know could not be read.
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
                .ok_or_else(|| format!("{word:?} is no source of a workflow state")),
        }
    }
}

/// What was read of the workflow of pages.
#[derive(Debug, Clone, Default)]
pub struct WorkflowReading {
    /// The state of every page that was asked for.
    pub pages: BTreeMap<ContentId, WorkflowState>,
    /// For people: what was found, what to configure.
    pub notes: Vec<String>,
    /// Content properties that look like those of a workflow app, the best first, ready to be pinned.
    pub candidates: Vec<PropertyCandidate>,
    /// Requests that were planned once it was known which sources there are, by kind; retries come on top.
    pub requests: RequestCounts,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_the_same_in_any_case_and_with_any_blanks() {
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
