//! Searches with CQL. The search index lags by seconds or minutes.

use std::collections::BTreeMap;

use super::{DataCenter, convert};
use crate::cloud::GeneralHit;
use crate::cql;
use crate::list_item::ListItem;
use crate::list_outcome::ListOutcome;
use crate::model;
use crate::parameters::{IndexedTypes, SearchScope};
use crate::request::Request;
use crate::request_kind::RequestKind;

/// Expansions of the search for pages: labels, editor and restrictions.
const PAGE_FACTS: &[&str] = &[
    "metadata.labels",
    "metadata.properties.editor",
    "restrictions.read.restrictions.user",
    "restrictions.read.restrictions.group",
    "restrictions.update.restrictions.user",
    "restrictions.update.restrictions.group",
];

/// Returns the condition `space = "KEY"`.
pub(super) fn in_space(key: &str) -> String {
    format!("space = {}", cql::quoted(key))
}

impl DataCenter {
    /// Pages and posts have no header images here: this is the independent view of their lists.
    pub(crate) async fn header_images(&self, mut take: impl FnMut(model::SearchHit)) -> ListOutcome {
        let kind = RequestKind::HeaderImageSweep;
        self.search(kind, SearchScope::Current, "type in (page,blogpost)", &[], |mut hit: model::SearchHit| {
            hit.metadata = Some(model::Metadata { properties: Some(BTreeMap::new()) });
            take(hit);
        })
        .await
    }

    pub(crate) async fn indexed(
        &self,
        which: IndexedTypes,
        space_keys: &[&str],
        take: impl FnMut(model::SearchHit),
    ) -> ListOutcome {
        let spaces = if space_keys.is_empty() { String::new() } else { format!(" and {}", cql::in_spaces(space_keys)) };
        let cql = format!("{}{spaces} order by created", which.condition());
        self.search(RequestKind::SearchIndex, SearchScope::Current, &cql, &[], take).await
    }

    pub(crate) async fn page_sweep(
        &self,
        searched: SearchScope,
        space_keys: &[&str],
        posts: bool,
        contributors: bool,
        mut take: impl FnMut(model::PageHit),
    ) -> ListOutcome {
        let mut expand = PAGE_FACTS.to_vec();
        if contributors {
            expand.push("history.contributors.publishers");
        }
        let types = if posts { "type in (page,blogpost)" } else { "type = page" };
        let cql = format!("{types} and {}", cql::in_spaces(space_keys));
        self.search(RequestKind::PageSweep, searched, &cql, &expand, |mut hit: model::PageHit| {
            for json in [&mut hit.metadata, &mut hit.restrictions, &mut hit.history].into_iter().flatten() {
                convert::add_account_ids(json);
            }
            take(hit);
        })
        .await
    }

    pub(crate) async fn comment_sweep(
        &self,
        searched: SearchScope,
        space_keys: &[&str],
        take: impl FnMut(model::CommentHit),
    ) -> ListOutcome {
        let cql = format!("type = comment and {}", cql::in_spaces(space_keys));
        self.search(RequestKind::CommentSweep, searched, &cql, &["container", "ancestors"], take).await
    }

    pub(crate) async fn workflow_search(
        &self,
        searched: SearchScope,
        cql: &str,
        take: impl FnMut(model::SearchHit),
    ) -> ListOutcome {
        self.search(RequestKind::WorkflowSearch, searched, cql, &[], take).await
    }

    pub(crate) async fn property_search(
        &self,
        searched: SearchScope,
        cql: &str,
        keys: &[&str],
        take: impl FnMut(model::SearchHit),
    ) -> ListOutcome {
        let expand: Vec<String> = keys.iter().map(|key| format!("metadata.properties.{key}")).collect();
        let expand: Vec<&str> = expand.iter().map(String::as_str).collect();
        self.search(RequestKind::WorkflowProperties, searched, cql, &expand, take).await
    }

    async fn search<T: ListItem>(
        &self,
        kind: RequestKind,
        searched: SearchScope,
        cql: &str,
        expand: &[&str],
        take: impl FnMut(T),
    ) -> ListOutcome {
        self.search_in_pages(kind, searched, cql, expand, None, take).await
    }

    /// Searches for contents with these expansions, in pages of this size or the maximum of the kind.
    pub(super) async fn search_in_pages<T: ListItem>(
        &self,
        kind: RequestKind,
        searched: SearchScope,
        cql: &str,
        expand: &[&str],
        limit: Option<String>,
        mut take: impl FnMut(T),
    ) -> ListOutcome {
        let sized = |request: Request| match &limit {
            Some(limit) => request.with("limit", limit),
            None => request,
        };
        let expanded = |request: Request, expand: String| {
            if expand.is_empty() { request } else { request.with("expand", expand) }
        };
        match searched {
            SearchScope::Current => {
                let request = sized(Request::v1(kind, &["content", "search"]).with("cql", cql));
                self.by_start(&expanded(request, expand.join(",")), take).await
            }
            SearchScope::Archived => {
                let inside: Vec<String> = expand.iter().map(|part| format!("content.{part}")).collect();
                let request = sized(Request::v1(kind, &["search"]).with("cql", cql))
                    .with("includeArchivedSpaces", "true")
                    .with("excerpt", "none");
                self.by_start(&expanded(request, inside.join(",")), |hit: GeneralHit<T>| take(hit.content)).await
            }
        }
    }
}
