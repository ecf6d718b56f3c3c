//! Endpoints of a snapshot: facts about pages beyond the lists.

use serde::Deserialize;

use super::{Cloud, collection, statuses_of, with_all};
use crate::cql::in_spaces;
use crate::error::RequestError;
use crate::list_outcome::ListOutcome;
use crate::model;
use crate::parameters::{Analytics, ContentType, ListOrder, SearchScope, TreeKind};
use crate::request::Request;
use crate::request_kind::RequestKind;

/// Number of watches requested at once; the server may return fewer and then says so.
const WATCHES: u32 = 1_000;

/// Expansions of the search for pages: labels, editor and restrictions.
const EXPANSIONS: &[&str] = &[
    "metadata.labels",
    "metadata.properties.editor",
    "restrictions.read.restrictions.user",
    "restrictions.read.restrictions.group",
    "restrictions.update.restrictions.user",
    "restrictions.update.restrictions.group",
];

#[derive(Deserialize)]
struct Accounts {
    results: Vec<model::Account>,
}

impl Cloud {
    pub(crate) async fn page_sweep(
        &self,
        searched: SearchScope,
        space_keys: &[&str],
        posts: bool,
        contributors: bool,
        take: impl FnMut(model::PageHit),
    ) -> ListOutcome {
        let mut expand = EXPANSIONS.to_vec();
        if contributors {
            expand.push("history.contributors.publishers");
        }
        let types = if posts { "type in (page,blogpost)" } else { "type = page" };
        let cql = format!("{types} and {}", in_spaces(space_keys));
        self.search(RequestKind::PageSweep, searched, &cql, &expand, take).await
    }

    pub(crate) async fn page_alone(
        &self,
        which: ContentType,
        id: &str,
        versions: bool,
    ) -> Result<model::PageDetails, RequestError> {
        let request = Request::v2(RequestKind::PageAlone, &[collection(which), id])
            .with("include-labels", "true")
            .with("include-properties", "true");
        let request = if versions { request.with("include-versions", "true") } else { request };
        Ok(self.client.get(&request).await?.value)
    }

    pub(crate) async fn page_restrictions(&self, page: &str) -> Result<serde_json::Value, RequestError> {
        let request = Request::v1(RequestKind::PageRestrictions, &["content", page, "restriction", "byOperation"]);
        let expanded = with_all(request, "expand", &["restrictions.user", "restrictions.group"]);
        Ok(self.client.get(&expanded).await?.value)
    }

    pub(crate) async fn comment_sweep(
        &self,
        searched: SearchScope,
        space_keys: &[&str],
        take: impl FnMut(model::CommentHit),
    ) -> ListOutcome {
        let cql = format!("type = comment and {}", in_spaces(space_keys));
        self.search(RequestKind::CommentSweep, searched, &cql, &["container", "ancestors"], take).await
    }

    pub(crate) async fn page_labels(
        &self,
        which: ContentType,
        id: &str,
        take: impl FnMut(model::Label),
    ) -> ListOutcome {
        let request = Request::v2(RequestKind::PageLabels, &[collection(which), id, "labels"])
            .with("prefix", "global")
            .with("sort", "id");
        self.list(&request, take).await
    }

    pub(crate) async fn page_versions(
        &self,
        which: ContentType,
        id: &str,
        order: ListOrder,
        take: impl FnMut(model::PageVersion),
    ) -> ListOutcome {
        let request = Request::v2(RequestKind::PageVersions, &[collection(which), id, "versions"]);
        self.list(&request.with("sort", order.by("modified-date")), take).await
    }

    pub(crate) async fn tree_member(&self, kind: TreeKind, id: &str) -> Result<model::TreeMember, RequestError> {
        self.member(RequestKind::PageParents, kind, id).await
    }

    pub(crate) async fn short_link_target(&self, kind: TreeKind, id: &str) -> Result<model::TreeMember, RequestError> {
        self.member(RequestKind::ShortLinkTargets, kind, id).await
    }

    async fn member(&self, asked: RequestKind, kind: TreeKind, id: &str) -> Result<model::TreeMember, RequestError> {
        let collection = match kind {
            TreeKind::Folder => "folders",
            TreeKind::Whiteboard => "whiteboards",
            TreeKind::Database => "databases",
            TreeKind::Embed => "embeds",
        };
        let request = Request::v2(asked, &[collection, id]);
        Ok(self.client.get(&request).await?.value)
    }

    pub(crate) async fn listed(
        &self,
        which: ContentType,
        ids: &[&str],
        take: impl FnMut(model::ContentStatus),
    ) -> ListOutcome {
        let request = with_all(Request::v2(RequestKind::LinkTargets, &[collection(which)]), "id", ids);
        self.list(&with_all(request, "status", statuses_of(which)).with("sort", "id"), take).await
    }

    pub(crate) async fn accounts(&self, ids: &[&str]) -> Result<Vec<model::Account>, RequestError> {
        Ok(self.client.get::<Accounts>(&Request::accounts(ids)).await?.value.results)
    }

    pub(crate) async fn space_administrators(&self, space: &str) -> Result<Vec<String>, RequestError> {
        let request = Request::v2(RequestKind::SpacePermissions, &["spaces", space, "permissions"]);
        let mut administrators = Vec::new();
        let permissions = |permission: model::SpacePermission| administrators.extend(permission.administrator());
        self.list(&request, permissions).await.end?;
        Ok(administrators)
    }

    pub(crate) async fn page_likes(&self, which: ContentType, id: &str) -> Result<u64, RequestError> {
        self.counted(&Request::v2(RequestKind::PageLikes, &[collection(which), id, "likes", "count"])).await
    }

    pub(crate) async fn page_analytics(
        &self,
        which: Analytics,
        page: &str,
        since: Option<&str>,
    ) -> Result<u64, RequestError> {
        let (kind, word) = match which {
            Analytics::Views => (RequestKind::PageViews, "views"),
            Analytics::Viewers => (RequestKind::PageViewers, "viewers"),
        };
        let request = Request::v1(kind, &["analytics", "content", page, word]);
        let request = since.into_iter().fold(request, |request, since| request.with("fromDate", since));
        self.counted(&request).await
    }

    pub(crate) async fn page_watchers(&self, page: &str) -> Result<Option<u64>, RequestError> {
        let request = Request::v1(RequestKind::PageWatchers, &["content", page, "notification", "child-created"])
            .with("limit", WATCHES.to_string());
        let watches: model::Watches = self.client.get(&request).await?.value;
        Ok(watches.count())
    }

    async fn counted(&self, request: &Request) -> Result<u64, RequestError> {
        Ok(self.client.get::<model::CountResponse>(request).await?.value.count)
    }
}
