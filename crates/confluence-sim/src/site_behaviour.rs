//! Behaviour that differs between sites or is not documented.

use serde::{Deserialize, Serialize};

/// Switches for behaviour that differs between sites or is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each named where it is set")]
pub struct Behaviour {
    /// Anonymous access is on: a rejected or missing credential gets 200 with the content of public spaces, not a
    /// refusal.
    pub anonymous_access: bool,
    /// The token of the site is a scoped one, which only the gateway accepts.
    pub scoped_token: bool,
    /// The token issuer refuses wrong client credentials with this status instead of 401.
    #[serde(default)]
    pub token_refusal: Option<u16>,
    /// Data Center: a failed login gets 200 with the content of public spaces, not a refusal.
    #[serde(default)]
    pub failed_login_is_anonymous: bool,
    /// Data Center: after this many failed logins, a password is accepted only together with a captcha.
    #[serde(default)]
    pub captcha_after: Option<u32>,
    /// Data Center: what happens to user names and passwords.
    #[serde(default)]
    pub basic_auth: BasicAuth,
    /// Points that all requests of an hour may cost together: 1 per request, and 1 per core object in its response.
    #[serde(default)]
    pub points_per_hour: Option<u64>,
    /// The site-wide comment lists contain replies too (open question 5).
    pub comment_lists_with_replies: bool,
    /// `?version=N` on an attachment returns the size of the current version (open question 1).
    pub old_versions_answer_current_size: bool,
    /// The content search returns no expanded properties, as if that expansion were not available.
    pub search_without_properties: bool,
    /// Hits of the content search have at most this many labels; nothing marks them as cut off.
    #[serde(default)]
    pub label_cap: Option<usize>,
    /// Paths that are refused with 403, as for an account without permission; with `/wiki` on Cloud, and below the
    /// context path on Data Center.
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
    /// Behaviour that only Data Center has.
    #[serde(default)]
    pub data_center: DataCenterBehaviour,
}

/// Behaviour that differs between sites of Confluence Data Center.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each named where it is set")]
pub struct DataCenterBehaviour {
    /// What `content/scan` lists.
    pub scan: ScanSupport,
    /// Keys of the spaces that the account does not administrate; `*` is every space. Their trash is refused (403), and
    /// lists leave out their trash silently.
    pub not_administrated: Vec<String>,
    /// Largest `start` of the list of contents; larger ones are refused. `None` is 100,000.
    pub max_start: Option<usize>,
    /// The account may not read the metrics of the instance (403).
    pub metrics_refused: bool,
    /// Trashed pages and posts are listed without their files.
    pub trash_without_files: bool,
    /// `status=any` lists drafts that were never published too, as documents of later versions say.
    pub any_with_drafts: bool,
    /// Old versions of attachments have ids of their own.
    pub version_ids: bool,
}

/// What `content/scan` of Data Center lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScanSupport {
    /// Pages, blog posts and comments, as since 10.0.
    #[default]
    Complete,
    /// Pages and blog posts; comments are refused (400).
    WithoutComments,
    /// Pages only, as in 7.18; other types are refused (400).
    PagesOnly,
    /// The path does not exist (404), as before 7.18.
    Missing,
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

/// What a Data Center site does with user names and passwords.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BasicAuth {
    /// It checks them.
    #[default]
    Accepted,
    /// It refuses all, because the administrator has disabled Basic authentication.
    Disabled,
    /// A proxy for single sign-on redirects to its login page.
    LoginPage,
}

impl Behaviour {
    /// Refuses the list of footer comments, as for an account without permission.
    pub fn refuse_footer_comments(&mut self) {
        self.refused.push("/wiki/api/v2/footer-comments".to_owned());
    }
}
