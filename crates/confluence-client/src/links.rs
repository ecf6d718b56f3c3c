//! Addresses of a site's screens and endpoints, built from ids and the base URL.
//!
//! Every address from the API passes through here: a link is either built from an id, or its path is appended to the
//! base URL. So no foreign scheme or host can get into a report.

use std::fmt::Debug;

use url::Url;

use super::cloud::CloudLinks;
use super::data_center_links::DataCenterLinks;
use super::deployment::Deployment;

/// Paths of a deployment, relative to the base URL.
pub(crate) trait LinkPaths: Debug + Sync {
    /// A page, post or comment.
    fn content(&self, id: &str) -> String;
    /// The list of attachments of a page or post.
    fn attachment_screen(&self, content: &str) -> String;
    /// The endpoint that deletes an attachment of this content, if its content is known.
    fn delete_attachment(&self, container: Option<&str>, attachment: &str) -> String;
    /// The endpoint that deletes one version of such an attachment.
    fn delete_version(&self, container: Option<&str>, attachment: &str, number: u32) -> String;
}

/// Builds absolute addresses below the base URL of one site.
#[derive(Debug, Clone)]
pub struct SiteLinks {
    base: String,
    /// Path of the base URL, with which paths from the API may begin.
    context: String,
    paths: &'static dyn LinkPaths,
}

impl SiteLinks {
    /// Takes a base URL with its context path, with or without a trailing slash, and the kind of the site.
    pub fn new(base_url: &str, deployment: Deployment) -> Self {
        let base = base_url.trim_end_matches('/').to_owned();
        let context =
            Url::parse(&base).map_or_else(|_| String::new(), |url| url.path().trim_end_matches('/').to_owned());
        let paths: &dyn LinkPaths = if deployment.is_cloud() { &CloudLinks } else { &DataCenterLinks };
        Self { base, context, paths }
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
        let below = path.strip_prefix(self.context.as_str()).filter(|rest| rest.starts_with('/'));
        let path = below.unwrap_or(path);
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

    /// Returns the endpoint where DELETE moves the attachment to the trash; `container` is the content that owns it.
    pub fn delete_attachment(&self, container: Option<&str>, attachment: &str) -> String {
        self.below(&self.paths.delete_attachment(container, attachment))
    }

    /// Returns the endpoint where DELETE removes one old version.
    pub fn delete_version(&self, container: Option<&str>, attachment: &str, number: u32) -> String {
        self.below(&self.paths.delete_version(container, attachment, number))
    }

    fn below(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_site_has_its_own_addresses() {
        let cloud = SiteLinks::new("https://acme.atlassian.net/wiki", Deployment::Gateway);
        assert_eq!(
            cloud.delete_attachment(Some("1"), "att2"),
            "https://acme.atlassian.net/wiki/api/v2/attachments/att2"
        );
        assert_eq!(
            cloud.delete_version(Some("1"), "att2", 3),
            "https://acme.atlassian.net/wiki/rest/api/content/att2/version/3"
        );
        let own = SiteLinks::new("https://wiki.acme.example/confluence/", Deployment::DataCenter);
        let base = "https://wiki.acme.example/confluence";
        assert_eq!(
            own.delete_attachment(Some("1"), "att2"),
            format!("{base}/rest/api/content/1/child/attachment/att2")
        );
        assert_eq!(
            own.delete_version(Some("1"), "att2", 3),
            format!("{base}/rest/api/content/1/child/attachment/att2/version/3")
        );
        assert_eq!(own.delete_attachment(None, "att2"), format!("{base}/rest/api/content/att2"));
        assert_eq!(own.attachment_screen("1"), format!("{base}/pages/viewpageattachments.action?pageId=1"));
        assert_eq!(own.content("1", Some("/display/ENG/Plan")), format!("{base}/display/ENG/Plan"));
    }

    #[test]
    fn paths_may_begin_with_the_context_path() {
        for (base, deployment) in [
            ("https://acme.atlassian.net/wiki", Deployment::Cloud),
            ("https://acme.example/a/b", Deployment::DataCenter),
            ("https://acme.example", Deployment::DataCenter),
        ] {
            let links = SiteLinks::new(base, deployment);
            let context = base.strip_prefix("https://").and_then(|rest| rest.find('/').map(|at| &rest[at..]));
            for path in [
                "/download/attachments/1/a.png".to_owned(),
                format!("{}/download/attachments/1/a.png", context.unwrap_or("")),
            ] {
                assert_eq!(links.path(&path).unwrap(), format!("{base}/download/attachments/1/a.png"), "{path}");
            }
            assert_eq!(links.path("//evil.example/a"), None);
            assert_eq!(links.path("https://evil.example/a"), None);
        }
    }
}
