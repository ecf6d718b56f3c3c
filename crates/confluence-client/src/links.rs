//! The addresses of a site's own screens and endpoints, built from ids and its base URL.
//!
//! Nothing the API sends becomes an address without passing here: a link is either built from an id, or its path is
//! taken and put behind the base URL. So no foreign scheme or host can get into a report.

use std::fmt::Debug;

use super::cloud::CloudLinks;

/// What a deployment's addresses look like behind the base URL.
pub(crate) trait LinkForms: Debug + Sync {
    /// The context path that the base URL ends in, and paths of the API may begin with.
    fn context(&self) -> &'static str;
    /// Opens a page, post or comment.
    fn content(&self, id: &str) -> String;
    /// Lists the attachments of a page or post.
    fn attachment_screen(&self, content: &str) -> String;
    /// Deletes an attachment.
    fn delete_attachment(&self, attachment: &str) -> String;
    /// Deletes one version of an attachment.
    fn delete_version(&self, attachment: &str, number: u32) -> String;
}

/// Builds absolute addresses below the base URL of one site.
#[derive(Debug, Clone)]
pub struct SiteLinks {
    base: String,
    forms: &'static dyn LinkForms,
}

impl SiteLinks {
    /// `base_url` with its context path, with or without a trailing slash.
    pub fn new(base_url: &str) -> Self {
        Self { base: base_url.trim_end_matches('/').to_owned(), forms: &CloudLinks }
    }

    /// The base URL without a trailing slash.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Puts a path from the API behind the base URL; anything that is no absolute path gives `None`.
    pub fn path(&self, path: &str) -> Option<String> {
        if !path.starts_with('/') || path.starts_with("//") || path.contains('\\') {
            return None;
        }
        // paths come with or without the context that the base already ends in
        let path = path.strip_prefix(self.forms.context()).filter(|rest| rest.starts_with('/')).unwrap_or(path);
        Some(format!("{}{path}", self.base))
    }

    /// Opens a page, post or comment: by the path the API told, or else by id.
    pub fn content(&self, id: &str, told: Option<&str>) -> String {
        told.and_then(|path| self.path(path)).unwrap_or_else(|| self.below(&self.forms.content(id)))
    }

    /// The attachment screen of a page or post: deletes files on every plan.
    pub fn attachment_screen(&self, content: &str) -> String {
        self.below(&self.forms.attachment_screen(content))
    }

    /// Endpoint to send DELETE to: moves the attachment to the trash.
    pub fn delete_attachment(&self, attachment: &str) -> String {
        self.below(&self.forms.delete_attachment(attachment))
    }

    /// Endpoint to send DELETE to: removes one old version.
    pub fn delete_version(&self, attachment: &str, number: u32) -> String {
        self.below(&self.forms.delete_version(attachment, number))
    }

    fn below(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}
