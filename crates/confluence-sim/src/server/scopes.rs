//! Scopes of tokens at the gateway: which one each family of endpoints needs, as in the official documents.

/// What an endpoint needs: all granular scopes, or the classic one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NeededScopes {
    /// The granular scopes, all of which are needed.
    pub(crate) granular: &'static [&'static str],
    /// The classic scope that opens the endpoint too; v2 has none.
    pub(crate) classic: Option<&'static str>,
}

impl NeededScopes {
    /// Whether a token with these scopes may use the endpoint.
    pub(crate) fn are_in(&self, scopes: &[String]) -> bool {
        let has = |wanted: &str| scopes.iter().any(|scope| scope == wanted);
        self.classic.is_some_and(has) || self.granular.iter().all(|scope| has(scope))
    }
}

/// Returns what the endpoint with this path needs; `None` for paths that need no scope because they do not exist, or
/// are the same for all tokens.
pub(crate) fn needed(path: &str) -> Option<NeededScopes> {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    match segments.as_slice() {
        ["wiki", "api", "v2", rest @ ..] => v2(rest).map(|granular| NeededScopes { granular, classic: None }),
        ["wiki", "rest", "api", rest @ ..] => {
            v1(rest).map(|(classic, granular)| NeededScopes { granular, classic: Some(classic) })
        }
        _ => None,
    }
}

fn v2(segments: &[&str]) -> Option<&'static [&'static str]> {
    Some(match segments {
        [_, _, "classification-level" | "role-assignments", ..] => return None,
        [_, _, "footer-comments" | "inline-comments"] | ["footer-comments" | "inline-comments" | "comments", ..] => {
            &["read:comment:confluence"]
        }
        [_, _, "attachments"] | ["attachments", ..] => &["read:attachment:confluence"],
        [_, _, "custom-content"] | ["custom-content", ..] => &["read:custom-content:confluence"],
        [_, _, "direct-children" | "descendants"] => &["read:hierarchical-content:confluence"],
        [_, _, "ancestors"] => &["read:content.metadata:confluence"],
        ["spaces" | "labels", _, "pages" | "blogposts"] | ["pages" | "blogposts", ..] => &["read:page:confluence"],
        ["spaces", ..] => &["read:space:confluence"],
        ["labels"] => &["read:label:confluence"],
        ["folders", ..] => &["read:folder:confluence"],
        ["whiteboards", ..] => &["read:whiteboard:confluence"],
        ["databases", ..] => &["read:database:confluence"],
        ["embeds", ..] => &["read:embed:confluence"],
        ["users-bulk"] => &["read:user:confluence"],
        ["tasks", ..] => &["read:task:confluence"],
        _ => return None,
    })
}

fn v1(segments: &[&str]) -> Option<(&'static str, &'static [&'static str])> {
    Some(match segments {
        ["content", "search"] | ["search"] => ("search:confluence", &["read:content-details:confluence"]),
        ["user"] | ["user", "current" | "bulk"] => ("read:confluence-user", &["read:content-details:confluence"]),
        ["settings", "systemInfo"] => ("manage:confluence-configuration", &["read:configuration:confluence"]),
        ["content", _, "child", "attachment", _, "download"] => {
            ("readonly:content.attachment:confluence", &["read:attachment:confluence"])
        }
        ["content", _, "restriction", "byOperation"] => {
            ("read:confluence-content.all", &["read:content-details:confluence"])
        }
        ["content", _, "notification", "child-created"] => {
            ("read:confluence-content.summary", &["read:watcher:confluence", "read:user:confluence"])
        }
        ["content", _, "state"] => ("read:confluence-content.summary", &["read:content-details:confluence"]),
        ["space", _, "state", "content"] => ("read:confluence-content.all", &["read:content:confluence"]),
        ["space", _, "state"] => ("read:confluence-space.summary", &["read:space.setting:confluence"]),
        ["template", ..] => {
            ("read:confluence-content.summary", &["read:template:confluence", "read:content-details:confluence"])
        }
        ["analytics", "content", _, _] => ("read:confluence-content.summary", &["read:analytics.content:confluence"]),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::{CLASSIC_SCOPES, GRANULAR_SCOPES};

    const PATHS: [&str; 25] = [
        "/wiki/api/v2/spaces",
        "/wiki/api/v2/spaces/1/permissions",
        "/wiki/api/v2/spaces/1/pages",
        "/wiki/api/v2/pages/1/properties",
        "/wiki/api/v2/blogposts/1",
        "/wiki/api/v2/pages/1/attachments",
        "/wiki/api/v2/attachments/att1/versions",
        "/wiki/api/v2/labels/1/attachments",
        "/wiki/api/v2/footer-comments/1/children",
        "/wiki/api/v2/pages/1/inline-comments",
        "/wiki/api/v2/custom-content",
        "/wiki/api/v2/whiteboards/1",
        "/wiki/api/v2/folders/1",
        "/wiki/api/v2/users-bulk",
        "/wiki/rest/api/user/current",
        "/wiki/rest/api/user/bulk",
        "/wiki/rest/api/content/search",
        "/wiki/rest/api/search",
        "/wiki/rest/api/template/page",
        "/wiki/rest/api/content/1/state",
        "/wiki/rest/api/space/A/state/content",
        "/wiki/rest/api/content/1/restriction/byOperation",
        "/wiki/rest/api/content/1/notification/child-created",
        "/wiki/rest/api/analytics/content/1/views",
        "/wiki/rest/api/settings/systemInfo",
    ];

    fn owned(scopes: &[&str]) -> Vec<String> {
        scopes.iter().map(|scope| (*scope).to_owned()).collect()
    }

    #[test]
    fn every_endpoint_opens_with_all_granular_scopes_and_not_without_its_own() {
        for path in PATHS {
            let needed = needed(path).unwrap();
            assert!(needed.are_in(&owned(GRANULAR_SCOPES)), "{path}");
            let mut scopes = owned(GRANULAR_SCOPES);
            scopes.retain(|scope| !needed.granular.contains(&scope.as_str()));
            assert!(!needed.are_in(&scopes), "{path}");
        }
    }

    #[test]
    fn classic_scopes_open_v1_only() {
        for path in PATHS {
            assert_eq!(needed(path).unwrap().are_in(&owned(CLASSIC_SCOPES)), path.starts_with("/wiki/rest/"), "{path}");
        }
        assert!(!needed("/wiki/api/v2/pages").unwrap().are_in(&owned(&["read:confluence-content.all"])));
    }

    #[test]
    fn removed_and_unknown_endpoints_need_no_scope() {
        assert_eq!(needed("/wiki/rest/api/content"), None);
        assert_eq!(needed("/wiki/api/v2/nothing"), None);
        assert_eq!(needed("/elsewhere"), None);
    }
}
