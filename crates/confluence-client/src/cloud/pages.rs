//! What a snapshot of pages reads beyond the lists.

use serde::Deserialize;

use super::{Cloud, collection, statuses_of, with_all};
use crate::choices::{Analytics, Single, TreeKind};
use crate::cql::in_spaces;
use crate::error::RequestError;
use crate::kind::RequestKind;
use crate::model;
use crate::pagination::Walked;
use crate::request::Request;

/// Watches asked for in one request; the server may answer fewer and says so.
const WATCHES: u32 = 1_000;

/// What a sweep over pages brings beside labels, restrictions and the editor.
const EXPANSIONS: &str = "metadata.labels,metadata.properties.editor,\
    restrictions.read.restrictions.user,restrictions.read.restrictions.group,\
    restrictions.update.restrictions.user,restrictions.update.restrictions.group";

#[derive(Deserialize)]
struct Accounts {
    results: Vec<model::Account>,
}

impl Cloud {
    pub(crate) async fn page_sweep(
        &self,
        space_keys: &[&str],
        contributors: bool,
        take: impl FnMut(model::PageHit),
    ) -> Walked {
        let mut expand = EXPANSIONS.to_owned();
        if contributors {
            expand.push_str(",history.contributors.publishers");
        }
        let request = Request::v1(RequestKind::PageSweep, &["content", "search"])
            .with("cql", format!("type = page and {}", in_spaces(space_keys)))
            .with("expand", expand);
        self.list(&request, take).await
    }

    pub(crate) async fn page_labels(&self, page: &str, take: impl FnMut(model::Label)) -> Walked {
        let request = Request::v2(RequestKind::PageLabels, &["pages", page, "labels"])
            .with("prefix", "global")
            .with("sort", "id");
        self.list(&request, take).await
    }

    pub(crate) async fn page_versions(&self, page: &str, take: impl FnMut(model::PageVersion)) -> Walked {
        let request =
            Request::v2(RequestKind::PageVersions, &["pages", page, "versions"]).with("sort", "-modified-date");
        self.list(&request, take).await
    }

    pub(crate) async fn tree_member(&self, kind: TreeKind, id: &str) -> Result<model::TreeMember, RequestError> {
        let collection = match kind {
            TreeKind::Folder => "folders",
            TreeKind::Whiteboard => "whiteboards",
            TreeKind::Database => "databases",
            TreeKind::Embed => "embeds",
        };
        let request = Request::v2(RequestKind::PageParents, &[collection, id]);
        Ok(self.client.get(&request).await?.value)
    }

    pub(crate) async fn listed(&self, which: Single, ids: &[&str], take: impl FnMut(model::Listed)) -> Walked {
        let request = with_all(Request::v2(RequestKind::LinkTargets, &[collection(which)]), "id", ids);
        self.list(&with_all(request, "status", statuses_of(which)).with("sort", "id"), take).await
    }

    pub(crate) async fn accounts(&self, ids: &[&str]) -> Result<Vec<model::Account>, RequestError> {
        Ok(self.client.get::<Accounts>(&Request::accounts(ids)).await?.value.results)
    }

    pub(crate) async fn page_likes(&self, page: &str) -> Result<u64, RequestError> {
        self.counted(&Request::v2(RequestKind::PageLikes, &["pages", page, "likes", "count"])).await
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
        let count = watches.results.len() as u64;
        let linked = watches.links.is_some_and(|links| links.next.is_some_and(|next| !next.is_empty()));
        let full = count > 0 && watches.limit.is_some_and(|limit| count >= limit);
        Ok((!linked && !full).then_some(count))
    }

    async fn counted(&self, request: &Request) -> Result<u64, RequestError> {
        Ok(self.client.get::<model::Counted>(request).await?.value.count)
    }
}
