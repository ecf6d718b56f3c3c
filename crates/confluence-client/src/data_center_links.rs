//! Paths of Data Center's screens and of the endpoints that delete.

use crate::links::LinkPaths;

/// Paths of Confluence Data Center.
#[derive(Debug)]
pub(crate) struct DataCenterLinks;

impl LinkPaths for DataCenterLinks {
    fn content(&self, id: &str) -> String {
        format!("/pages/viewpage.action?pageId={id}")
    }

    fn attachment_screen(&self, content: &str) -> String {
        format!("/pages/viewpageattachments.action?pageId={content}")
    }

    fn delete_attachment(&self, container: Option<&str>, attachment: &str) -> String {
        match container {
            Some(container) => format!("/rest/api/content/{container}/child/attachment/{attachment}"),
            None => format!("/rest/api/content/{attachment}"),
        }
    }

    fn delete_version(&self, container: Option<&str>, attachment: &str, number: u32) -> String {
        format!("{}/version/{number}", self.delete_attachment(container, attachment))
    }
}
