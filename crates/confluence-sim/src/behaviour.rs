//! What differs between sites.

use serde::{Deserialize, Serialize};

/// Switches for behaviour that differs between sites or is not known (`confluence-api.md` 10).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each named where it is set")]
pub struct Behaviour {
    /// Anonymous access is on: a rejected or missing credential gets 200 and what public spaces hold
    /// (`confluence-api.md` 5.3) instead of a refusal.
    pub anonymous_access: bool,
    /// The token is a scoped one: accepted on the gateway only (`confluence-api.md` 5).
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
    /// The list of templates without a space shows those of all spaces.
    #[serde(default)]
    pub lists_all_templates: bool,
}

impl Behaviour {
    /// Refuses the list of footer comments, as where an account may not see them.
    pub fn refuse_footer_comments(&mut self) {
        self.refused.push("/wiki/api/v2/footer-comments".to_owned());
    }
}
