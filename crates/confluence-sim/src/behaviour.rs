//! What differs between sites.

use serde::{Deserialize, Serialize};

/// Switches for behaviour that differs between sites or is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each named where it is set")]
pub struct Behaviour {
    /// Anonymous access is on: a rejected or missing credential gets 200 and what public spaces hold instead of a refusal.
    pub anonymous_access: bool,
    /// The token is a scoped one: accepted on the gateway only.
    pub scoped_token: bool,
    /// The site-wide comment lists contain replies too (open question 5).
    pub comment_lists_with_replies: bool,
    /// `?version=N` on an attachment answers the size of the current version (open question 1).
    pub old_versions_answer_current_size: bool,
    /// The content search answers without the expanded properties, as where that expansion is not available.
    pub search_without_properties: bool,
    /// Labels inside a hit of the content search end after this many, without a sign (CONFCLOUD-71415).
    #[serde(default)]
    pub label_cap: Option<usize>,
    /// Paths that are refused with 403, as where an account may not see something.
    #[serde(default)]
    pub refused: Vec<String>,
    /// Pages of v2 lists hold this many items at most, whatever was asked for and without a sign (F-54).
    pub page_cap: Option<usize>,
    /// The lists of pages and blog posts take `status=draft`, which no document names, and show the account's drafts.
    #[serde(default)]
    pub lists_drafts: bool,
    /// The general search, asked for archived spaces.
    #[serde(default)]
    pub archived_search: ArchivedSearch,
    /// The search finds comments without those above them, as where that expansion is not available.
    #[serde(default)]
    pub search_without_ancestors: bool,
    /// The search finds no replies.
    #[serde(default)]
    pub search_without_replies: bool,
    /// Ids of spaces whose analytics are restricted: 403.
    #[serde(default)]
    pub analytics_restricted: Vec<String>,
    /// The list of templates without a space shows those of all spaces.
    #[serde(default)]
    pub lists_all_templates: bool,
}

/// What the general search makes of being asked for archived spaces. Only its name is documented.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArchivedSearch {
    /// It shows what is in them.
    #[default]
    Shown,
    /// It answers as if it had not been asked.
    Ignored,
    /// It answers 400.
    Refused,
}

impl Behaviour {
    /// Refuses the list of footer comments, as where an account may not see them.
    pub fn refuse_footer_comments(&mut self) {
        self.refused.push("/wiki/api/v2/footer-comments".to_owned());
    }
}
