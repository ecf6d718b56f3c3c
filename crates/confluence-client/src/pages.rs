//! The endpoints of Confluence Cloud that a snapshot of pages reads beyond the lists.

use serde::Deserialize;

use super::api::{Api, BLOG_POST_STATUSES, PAGE_STATUSES, Single, with_all};
use super::cql::in_spaces;
use super::deployment::Request;
use super::error::RequestError;
use super::kind::RequestKind;
use super::model;
use super::pagination::{Item, Walked};

/// Account ids in one request at most (`confluence-api.md` 3.4).
pub const ACCOUNTS_PER_REQUEST: usize = 250;
/// Content ids in one request at most (`confluence-api.md` 3.2).
pub const CONTENT_IDS_PER_REQUEST: usize = 250;
/// Labels inside a search hit beyond which they may have been cut without a sign (CONFCLOUD-71415).
pub const INNER_LABELS: usize = 200;
/// Watches asked for in one request; the server may answer fewer and says so.
const WATCHES: u32 = 1_000;

/// What a sweep over pages brings beside labels, restrictions and the editor.
const EXPANSIONS: &str = "metadata.labels,metadata.properties.editor,\
    restrictions.read.restrictions.user,restrictions.read.restrictions.group,\
    restrictions.update.restrictions.user,restrictions.update.restrictions.group";

impl Item for model::PageHit {
    fn id(&self) -> &str {
        &self.id.0
    }
}

impl Item for model::PageVersion {
    fn id(&self) -> &str {
        &self.number.0
    }
}

impl Item for model::Listed {
    fn id(&self) -> &str {
        &self.id.0
    }
}

/// Which number of views or viewers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Analytics {
    /// How often a page was viewed.
    Views,
    /// By how many people.
    Viewers,
}

#[derive(Deserialize)]
struct Accounts {
    results: Vec<model::Account>,
}

impl Api {
    /// Current pages of spaces with their labels, restrictions and editor, and with everybody who ever published a
    /// version where `contributors` asks for it: the only bulk way to all of these (`confluence-api.md` 4).
    pub async fn page_sweep(
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

    /// The global labels of one page.
    pub async fn page_labels(&self, page: &str, take: impl FnMut(model::Label)) -> Walked {
        let request = Request::v2(RequestKind::PageLabels, &["pages", page, "labels"])
            .with("prefix", "global")
            .with("sort", "id");
        self.list(&request, take).await
    }

    /// The versions of one page that exist, the newest first.
    pub async fn page_versions(&self, page: &str, take: impl FnMut(model::PageVersion)) -> Walked {
        let request =
            Request::v2(RequestKind::PageVersions, &["pages", page, "versions"]).with("sort", "-modified-date");
        self.list(&request, take).await
    }

    /// A member of the tree of pages that is no page. `kind` is the word of `parentType`; `None` when there is no
    /// endpoint for that kind.
    pub async fn tree_member(&self, kind: &str, id: &str) -> Option<Result<model::TreeMember, RequestError>> {
        let collection = match kind {
            "folder" => "folders",
            "whiteboard" => "whiteboards",
            "database" => "databases",
            "embed" => "embeds",
            _ => return None,
        };
        let request = Request::v2(RequestKind::PageParents, &[collection, id]);
        Some(self.client().get(&request).await.map(|answer| answer.value))
    }

    /// Which of up to [`CONTENT_IDS_PER_REQUEST`] ids are pages, or blog posts, of whatever status.
    pub async fn listed(&self, which: Single, ids: &[&str], take: impl FnMut(model::Listed)) -> Walked {
        let statuses = if which == Single::BlogPost { BLOG_POST_STATUSES } else { PAGE_STATUSES };
        let request = with_all(Request::v2(RequestKind::LinkTargets, &[which.segment()]), "id", ids);
        self.list(&with_all(request, "status", statuses).with("sort", "id"), take).await
    }

    /// Up to [`ACCOUNTS_PER_REQUEST`] accounts; unknown ids are left out by the server.
    pub async fn accounts(&self, ids: &[&str]) -> Result<Vec<model::Account>, RequestError> {
        Ok(self.client().get::<Accounts>(&Request::accounts(ids)).await?.value.results)
    }

    /// How many people like a page.
    pub async fn page_likes(&self, page: &str) -> Result<u64, RequestError> {
        self.counted(&Request::v2(RequestKind::PageLikes, &["pages", page, "likes", "count"])).await
    }

    /// How often, or by how many people, a page was viewed, ever or since a time (ISO 8601).
    pub async fn page_analytics(&self, which: Analytics, page: &str, since: Option<&str>) -> Result<u64, RequestError> {
        let (kind, word) = match which {
            Analytics::Views => (RequestKind::PageViews, "views"),
            Analytics::Viewers => (RequestKind::PageViewers, "viewers"),
        };
        let request = Request::v1(kind, &["analytics", "content", page, word]);
        let request = since.into_iter().fold(request, |request, since| request.with("fromDate", since));
        self.counted(&request).await
    }

    /// How many people watch a page; `None` when they are more than one answer holds.
    ///
    /// The endpoint of a page's watches is `notification/child-created`; its sister `notification/created` answers those
    /// of the whole space (`confluence-v1.json`).
    pub async fn page_watchers(&self, page: &str) -> Result<Option<u64>, RequestError> {
        let request = Request::v1(RequestKind::PageWatchers, &["content", page, "notification", "child-created"])
            .with("limit", WATCHES.to_string());
        let watches: model::Watches = self.client().get(&request).await?.value;
        let count = watches.results.len() as u64;
        let linked = watches.links.is_some_and(|links| links.next.is_some_and(|next| !next.is_empty()));
        let full = count > 0 && watches.limit.is_some_and(|limit| count >= limit);
        Ok((!linked && !full).then_some(count))
    }

    async fn counted(&self, request: &Request) -> Result<u64, RequestError> {
        Ok(self.client().get::<model::Counted>(request).await?.value.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_request_for_accounts_is_a_post() {
        let accounts = Request::accounts(&["712020:a"]).with("cursor", "x");
        assert_eq!((accounts.method(), accounts.path()), (reqwest::Method::POST, "/api/v2/users-bulk".to_owned()));
        assert_eq!(Request::v2(RequestKind::Pages, &["users-bulk"]).method(), reqwest::Method::GET);
    }
}
