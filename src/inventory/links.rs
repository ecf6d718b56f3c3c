//! The addresses of the site's own screens and endpoints, built from ids and the configured base URL.
//!
//! Nothing the API sends becomes an address without passing here: a link is either built from an id, or its path is
//! taken and put behind the base URL. So no foreign scheme or host can get into a report.

use super::site::{Attachment, Content, Space};

/// Builds absolute addresses below one base URL.
#[derive(Debug, Clone)]
pub struct SiteLinks {
    base: String,
}

impl SiteLinks {
    /// `base_url` with its context path, with or without a trailing slash.
    pub fn new(base_url: &str) -> Self {
        Self { base: base_url.trim_end_matches('/').to_owned() }
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
        // v2 paths come with or without the `/wiki` the base already bears
        let path = path.strip_prefix("/wiki").filter(|rest| rest.starts_with('/')).unwrap_or(path);
        Some(format!("{}{path}", self.base))
    }

    /// Opens a space.
    pub fn space(&self, space: &Space) -> Option<String> {
        space.webui.as_deref().and_then(|path| self.path(path))
    }

    /// Opens a page, post or comment.
    pub fn content(&self, content: &Content) -> String {
        content
            .webui
            .as_deref()
            .and_then(|path| self.path(path))
            .unwrap_or_else(|| format!("{}/pages/viewpage.action?pageId={}", self.base, content.id))
    }

    /// The attachment screen of a page or post: deletes files on every plan.
    pub fn attachment_screen(&self, content_id: &str) -> String {
        format!("{}/pages/viewpageattachments.action?pageId={content_id}", self.base)
    }

    /// Downloads the current version for a logged-in person.
    pub fn download(&self, attachment: &Attachment) -> Option<String> {
        attachment.download.as_deref().and_then(|path| self.path(path))
    }

    /// Endpoint to send DELETE to: moves the attachment to the trash.
    pub fn delete_attachment(&self, attachment: &Attachment) -> String {
        format!("{}/api/v2/attachments/{}", self.base, attachment.id)
    }

    /// Endpoint to send DELETE to: removes one old version.
    pub fn delete_version(&self, attachment: &Attachment, number: u32) -> String {
        format!("{}/rest/api/content/{}/version/{number}", self.base, attachment.id)
    }
}
