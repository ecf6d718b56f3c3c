//! Scopes of tokens for the gateway: which one an endpoint needs, and what a run lacks without it.
//!
//! The table follows `x-atlassian-oauth2-scopes` of Atlassian's OpenAPI documents for version 1 and 2 of the API.

use std::collections::BTreeSet;

use super::request::{ApiFamily, Request};

/// A granular scope that reads something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// Its name, as in the dialog that creates a token.
    pub name: &'static str,
    /// What it opens.
    pub opens: &'static str,
    /// What a run lacks without it.
    pub without: &'static str,
    /// Whether the audit of attachments is incomplete without it, so that it calls no file unreferenced.
    pub is_essential: bool,
}

const fn scope(name: &'static str, opens: &'static str, without: &'static str, is_essential: bool) -> Scope {
    Scope { name, opens, without, is_essential }
}

/// All scopes that endpoints of this crate need on the gateway.
pub const SCOPES: &[Scope] = &[
    scope("read:space:confluence", "spaces", "nothing can be read: every list begins with the spaces", true),
    scope(
        "read:page:confluence",
        "pages and blog posts, with their versions, properties, labels and likes",
        "no uses in pages and blog posts are found, so no file is called unreferenced",
        true,
    ),
    scope("read:attachment:confluence", "attachments and their versions", "no file and no size is read", true),
    scope(
        "read:comment:confluence",
        "comments",
        "uses in comments are not found, so no file is called unreferenced",
        true,
    ),
    scope(
        "read:custom-content:confluence",
        "content of apps",
        "uses in the content of apps are not found, so no file is called unreferenced",
        true,
    ),
    scope(
        "read:template:confluence",
        "templates",
        "uses in templates are not found, so no file is called unreferenced",
        true,
    ),
    scope(
        "read:content-details:confluence",
        "the account itself, search, people, restrictions and content states",
        "it is not known as whom the run reads, so it does not start",
        true,
    ),
    scope(
        "read:label:confluence",
        "the labels of the site",
        "files that a macro shows by their label are not found, so no file is called unreferenced",
        true,
    ),
    scope(
        "read:hierarchical-content:confluence",
        "children in the page tree",
        "members of the page tree are read one by one",
        false,
    ),
    scope(
        "read:content.metadata:confluence",
        "ancestors, and types by id",
        "some places in the tree are not known",
        false,
    ),
    scope("read:folder:confluence", "folders in the page tree", "the page tree has gaps at folders", false),
    scope("read:whiteboard:confluence", "whiteboards in the page tree", "the page tree has gaps at whiteboards", false),
    scope("read:database:confluence", "databases in the page tree", "the page tree has gaps at databases", false),
    scope("read:embed:confluence", "smart links in the page tree", "the page tree has gaps at smart links", false),
    scope("read:user:confluence", "accounts with their status", "inactive owners are not known", false),
    scope("read:watcher:confluence", "watchers of pages", "numbers of watchers are not known", false),
    scope("read:analytics.content:confluence", "views of pages", "numbers of views and viewers are not known", false),
    scope("read:content:confluence", "pages in a content state", "content states are read page by page", false),
    scope("read:space.setting:confluence", "content states of a space", "content states are not known", false),
    scope("read:configuration:confluence", "system information", "`doctor` does not name the edition", false),
];

/// Returns the scope with a name.
pub fn scope_named(name: &str) -> Option<&'static Scope> {
    SCOPES.iter().find(|scope| scope.name == name)
}

/// Returns the scope that an endpoint needs, by its path below the context path.
pub fn scope_of(path: &str) -> Option<&'static Scope> {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let name = match segments.as_slice() {
        ["api", "v2", rest @ ..] => of_v2(rest)?,
        ["rest", "api", rest @ ..] => of_v1(rest)?,
        _ => return None,
    };
    scope_named(name)
}

fn of_v2(segments: &[&str]) -> Option<&'static str> {
    Some(match segments {
        [.., "attachments"] | ["attachments", ..] => "read:attachment:confluence",
        [.., "pages" | "blogposts"] | ["pages" | "blogposts", _] => "read:page:confluence",
        [.., "direct-children" | "children" | "descendants"] if !segments[0].ends_with("comments") => {
            "read:hierarchical-content:confluence"
        }
        [.., "ancestors"] | ["content", "convert-ids-to-types"] => "read:content.metadata:confluence",
        ["spaces", ..] => "read:space:confluence",
        ["pages" | "blogposts", ..] => "read:page:confluence",
        ["footer-comments" | "inline-comments", ..] => "read:comment:confluence",
        ["custom-content", ..] => "read:custom-content:confluence",
        ["labels", ..] => "read:label:confluence",
        ["users-bulk"] => "read:user:confluence",
        ["folders", ..] => "read:folder:confluence",
        ["whiteboards", ..] => "read:whiteboard:confluence",
        ["databases", ..] => "read:database:confluence",
        ["embeds", ..] => "read:embed:confluence",
        _ => return None,
    })
}

fn of_v1(segments: &[&str]) -> Option<&'static str> {
    Some(match segments {
        ["search"] | ["content", "search"] | ["user", ..] | ["content", _, "restriction" | "state", ..] => {
            "read:content-details:confluence"
        }
        ["content", _, "child", "attachment", ..] => "read:attachment:confluence",
        ["content", _, "notification", ..] => "read:watcher:confluence",
        ["template", ..] => "read:template:confluence",
        ["analytics", ..] => "read:analytics.content:confluence",
        ["space", _, "state", "content"] => "read:content:confluence",
        ["space", _, "state"] => "read:space.setting:confluence",
        ["settings", ..] => "read:configuration:confluence",
        _ => return None,
    })
}

/// Returns whether scopes, separated by spaces, are classic ones only, which do not open version 2 of the API.
pub(crate) fn are_classic(scopes: &str) -> bool {
    let names = || scopes.split_whitespace().filter(|name| name.contains("confluence"));
    names().next().is_some() && !names().any(|name| name.starts_with("read:") && name.ends_with(":confluence"))
}

/// What the responses of a run have shown about the scopes of its token.
#[derive(Debug, Default)]
pub(crate) struct SeenScopes {
    /// Names of the scopes that the token lacks.
    pub(crate) missing: BTreeSet<&'static str>,
    /// Endpoints of version 2 that the token does not open.
    closed: BTreeSet<String>,
    /// Whether it opens any endpoint of version 1, and of version 2.
    opens_v1: bool,
    opens_v2: bool,
}

impl SeenScopes {
    /// Records that the token opens an endpoint.
    pub(crate) fn opened(&mut self, request: &Request) {
        match request.family {
            ApiFamily::V1 => self.opens_v1 = true,
            ApiFamily::V2 => self.opens_v2 = true,
            ApiFamily::Experimental | ApiFamily::Comala => {}
        }
    }

    /// Records that the token lacks the scope for an endpoint.
    pub(crate) fn refused(&mut self, request: &Request) {
        let path = request.path();
        self.missing.extend(scope_of(&path).map(|scope| scope.name));
        if request.family == ApiFamily::V2 {
            self.closed.extend(request.segments.first().cloned());
        }
    }

    /// Returns whether the token looks as if it had classic scopes only: these open version 1 of the API and nothing of
    /// version 2.
    pub(crate) fn look_classic(&self) -> bool {
        self.opens_v1 && !self.opens_v2 && self.closed.len() > 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_has_the_scope_of_the_official_documents() {
        for (path, name) in [
            ("/api/v2/spaces", "read:space:confluence"),
            ("/api/v2/spaces/1/pages", "read:page:confluence"),
            ("/api/v2/spaces/1/permissions", "read:space:confluence"),
            ("/api/v2/pages", "read:page:confluence"),
            ("/api/v2/pages/1/properties", "read:page:confluence"),
            ("/api/v2/blogposts/1/versions", "read:page:confluence"),
            ("/api/v2/pages/1/labels", "read:page:confluence"),
            ("/api/v2/pages/1/likes/count", "read:page:confluence"),
            ("/api/v2/pages/1/attachments", "read:attachment:confluence"),
            ("/api/v2/attachments/att1/versions", "read:attachment:confluence"),
            ("/api/v2/labels/1/attachments", "read:attachment:confluence"),
            ("/api/v2/labels", "read:label:confluence"),
            ("/api/v2/footer-comments", "read:comment:confluence"),
            ("/api/v2/inline-comments/1/children", "read:comment:confluence"),
            ("/api/v2/custom-content", "read:custom-content:confluence"),
            ("/api/v2/users-bulk", "read:user:confluence"),
            ("/api/v2/embeds/1", "read:embed:confluence"),
            ("/rest/api/content/search", "read:content-details:confluence"),
            ("/rest/api/search", "read:content-details:confluence"),
            ("/rest/api/user/current", "read:content-details:confluence"),
            ("/rest/api/content/1/restriction/byOperation", "read:content-details:confluence"),
            ("/rest/api/content/1/state", "read:content-details:confluence"),
            ("/rest/api/content/1/child/attachment/att1/download", "read:attachment:confluence"),
            ("/rest/api/content/1/notification/child-created", "read:watcher:confluence"),
            ("/rest/api/template/page", "read:template:confluence"),
            ("/rest/api/analytics/content/1/views", "read:analytics.content:confluence"),
            ("/rest/api/space/ENG/state/content", "read:content:confluence"),
            ("/rest/api/space/ENG/state", "read:space.setting:confluence"),
        ] {
            assert_eq!(scope_of(path).map(|scope| scope.name), Some(name), "{path}");
        }
        assert_eq!(scope_of("/rest/cw/1/content/1/status"), None);
    }

    #[test]
    fn classic_scopes_are_told_from_granular_ones() {
        assert!(are_classic("read:confluence-content.all search:confluence readonly:content.attachment:confluence"));
        assert!(!are_classic("read:page:confluence read:confluence-user"));
        assert!(!are_classic("") && !are_classic("offline_access"));
    }
}
