//! Paths of Cloud's screens and of the endpoints that delete.

use crate::links::LinkPaths;

/// Paths of Confluence Cloud.
#[derive(Debug)]
pub(crate) struct CloudLinks;

impl LinkPaths for CloudLinks {
    fn content(&self, id: &str) -> String {
        format!("/pages/viewpage.action?pageId={id}")
    }

    fn attachment_screen(&self, content: &str) -> String {
        format!("/pages/viewpageattachments.action?pageId={content}")
    }

    fn delete_attachment(&self, _: Option<&str>, attachment: &str) -> String {
        format!("/api/v2/attachments/{attachment}")
    }

    fn delete_version(&self, _: Option<&str>, attachment: &str, number: u32) -> String {
        format!("/rest/api/content/{attachment}/version/{number}")
    }
}
