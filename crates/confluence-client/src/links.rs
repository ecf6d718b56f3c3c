//! Addresses of a site's screens and endpoints, built from ids and the base URL.
//!
//! Every address from the API passes through here: a link is either built from an id, or its path is appended to the
//! base URL. So no foreign scheme or host can get into a report.

use std::fmt::Debug;

use super::cloud::CloudLinks;

/// Paths of a deployment, relative to the base URL.
pub(crate) trait LinkPaths: Debug + Sync {
    /// The context path at the end of the base URL, with which paths from the API may begin.
    fn context(&self) -> &'static str;
    /// A page, post or comment.
    fn content(&self, id: &str) -> String;
    /// The list of attachments of a page or post.
    fn attachment_screen(&self, content: &str) -> String;
    /// The endpoint that deletes an attachment.
    fn delete_attachment(&self, attachment: &str) -> String;
    /// The endpoint that deletes one version of an attachment.
    fn delete_version(&self, attachment: &str, number: u32) -> String;
}

/// Builds absolute addresses below the base URL of one site.
#[derive(Debug, Clone)]
pub struct SiteLinks {
    base: String,
    paths: &'static dyn LinkPaths,
}

impl SiteLinks {
    /// Takes a base URL with its context path, with or without a trailing slash.
    pub fn new(base_url: &str) -> Self {
        Self { base: base_url.trim_end_matches('/').to_owned(), paths: &CloudLinks }
    }

    /// Returns the base URL without a trailing slash.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Appends a path from the API to the base URL; returns `None` for anything but an absolute path.
    pub fn path(&self, path: &str) -> Option<String> {
        if !path.starts_with('/') || path.starts_with("//") || path.contains('\\') {
            return None;
        }
        // the API returns paths with or without the context path, which the base already contains
        let path = path.strip_prefix(self.paths.context()).filter(|rest| rest.starts_with('/')).unwrap_or(path);
        Some(format!("{}{path}", self.base))
    }

    /// Returns the address of a page, post or comment: from the path that the API returned, otherwise from the id.
    pub fn content(&self, id: &str, path: Option<&str>) -> String {
        path.and_then(|path| self.path(path)).unwrap_or_else(|| self.below(&self.paths.content(id)))
    }

    /// Returns the attachment screen of a page or post, where files can be deleted on every plan.
    pub fn attachment_screen(&self, content: &str) -> String {
        self.below(&self.paths.attachment_screen(content))
    }

    /// Returns the endpoint where DELETE moves the attachment to the trash.
    pub fn delete_attachment(&self, attachment: &str) -> String {
        self.below(&self.paths.delete_attachment(attachment))
    }

    /// Returns the endpoint where DELETE removes one old version.
    pub fn delete_version(&self, attachment: &str, number: u32) -> String {
        self.below(&self.paths.delete_version(attachment, number))
    }

    fn below(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}
