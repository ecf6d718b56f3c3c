//! Behaviour that differs between sites or is not documented.

use serde::{Deserialize, Serialize};

/// Switches for behaviour that differs between sites or is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each named where it is set")]
pub struct Behaviour {
    /// Anonymous access is on: a rejected or missing credential gets 200 with the content of public spaces, not a
    /// refusal.
    pub anonymous_access: bool,
    /// The token is a scoped one, which only the gateway accepts.
    pub scoped_token: bool,
    /// The site-wide comment lists contain replies too (open question 5).
    pub comment_lists_with_replies: bool,
    /// `?version=N` on an attachment returns the size of the current version (open question 1).
    pub old_versions_answer_current_size: bool,
    /// The content search returns no expanded properties, as if that expansion were not available.
    pub search_without_properties: bool,
    /// Hits of the content search have at most this many labels; nothing marks them as cut off.
    #[serde(default)]
    pub label_cap: Option<usize>,
    /// Paths that are refused with 403, as for an account without permission.
    #[serde(default)]
    pub refused: Vec<String>,
    /// v2 lists return at most this many items per page, whatever was requested, and do not say so (F-54).
    pub page_cap: Option<usize>,
    /// The lists of pages and blog posts accept the undocumented `status=draft` and return the account's drafts.
    #[serde(default)]
    pub lists_drafts: bool,
    /// How the general search treats a request for archived spaces.
    #[serde(default)]
    pub archived_search: ArchivedSearch,
    /// The search returns comments without their ancestors, as if that expansion were not available.
    #[serde(default)]
    pub search_without_ancestors: bool,
    /// The search finds no replies.
    #[serde(default)]
    pub search_without_replies: bool,
    /// Ids of spaces whose analytics are restricted (403).
    #[serde(default)]
    pub analytics_restricted: Vec<String>,
    /// The list of global templates contains the templates of all spaces.
    #[serde(default)]
    pub lists_all_templates: bool,
}

/// How the general search treats `includeArchivedSpaces`, of which only the name is documented.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArchivedSearch {
    /// It covers archived spaces.
    #[default]
    Shown,
    /// It ignores the parameter.
    Ignored,
    /// It returns 400.
    Refused,
}

impl Behaviour {
    /// Refuses the list of footer comments, as for an account without permission.
    pub fn refuse_footer_comments(&mut self) {
        self.refused.push("/wiki/api/v2/footer-comments".to_owned());
    }
}
