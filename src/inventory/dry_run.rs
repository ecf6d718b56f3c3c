//! `--dry-run`: reads the first lists without bodies and computes the requests of a run. Writes neither reports nor
//! cache entries.

use std::collections::HashMap;

use serde::Serialize;
use tokio::join;

use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::last_run::SiteFigures;
use super::lists;
use super::new_crawl::{CrawlError, NewCrawl};
use super::options::CrawlOptions;
use super::plan::{RequestPlan, SiteCounts};
use super::site::SpaceId;
use super::{Coverage, Space};
use crate::progress::Progress;
use confluence_client::api::{Bodies, CommentKind, ContentType, ListOrder};
use confluence_client::{Api, RequestCounts};

/// What a run would read, and the requests that this would take.
#[derive(Debug, Clone, Serialize)]
pub struct Preview {
    pub account: String,
    pub base_url: String,
    /// Counts from the lists.
    pub figures: SiteFigures,
    pub plan: RequestPlan,
    /// Whether the lists behind the plan were complete.
    pub coverage: Coverage,
    /// Requests that this preview took, by kind.
    pub sent: RequestCounts,
}

#[derive(Debug, Default)]
struct CommentCounts {
    all: u64,
    replies: u64,
    /// Where the list says in which space a comment is.
    by_space: HashMap<SpaceId, u64>,
}

/// Reads the first lists and computes the request plan of a run with these options.
pub async fn plan_requests(api: &Api, options: &CrawlOptions, progress: &Progress) -> Result<Preview, CrawlError> {
    let new_crawl = NewCrawl::open(api, options, progress).await?;
    let (figures, plan) = Box::pin(new_crawl.crawl().preview(&new_crawl.spaces, new_crawl.reported.as_deref())).await;
    if let Some(cause) = api.client().stopped() {
        return Err(CrawlError::unusable(api, cause));
    }
    Ok(Preview {
        account: new_crawl.account().name.clone(),
        base_url: api.address().base_url().to_owned(),
        figures,
        plan,
        coverage: new_crawl.into_ledger().finish(),
        sent: api.client().requests(),
    })
}

impl Crawl<'_> {
    async fn preview(&self, spaces: &[Space], reported: Option<&[String]>) -> (SiteFigures, RequestPlan) {
        self.phase("lists without bodies", None);
        let all: Vec<&Space> = spaces.iter().collect();
        let (mut contents, posts, files, footer, inline) = join!(
            lists::in_spaces(self, ContentType::Page, &all, Bodies::LeftOut),
            lists::in_spaces(self, ContentType::BlogPost, &all, Bodies::LeftOut),
            lists::attachments(self),
            self.count_comments(CommentKind::Footer),
            self.count_comments(CommentKind::Inline),
        );
        contents.extend(posts);
        let files = files.files;
        let owners = lists::unlisted_owners(&contents, &files);
        let mut counts = SiteCounts::of(self, spaces, reported, &contents, &files, &owners);
        (counts.footer_comments, counts.inline_comments) = (footer.all, inline.all);
        let both = [footer, inline];
        if !self.api.features().replies_in_lists {
            let without_replies = both.iter().filter(|comments| comments.replies == 0);
            counts.reply_lists = without_replies.map(|comments| comments.all).sum();
        }
        for (space, comments) in both.into_iter().flat_map(|comments| comments.by_space) {
            *counts.data_center.comments.entry(space).or_default() += comments;
        }
        let plan = counts.plan(self.api, self.last_run);
        (SiteFigures::of(spaces, &contents, &files), plan)
    }

    async fn count_comments(&self, which: CommentKind) -> CommentCounts {
        let words = match which {
            CommentKind::Footer => "footer comments of the site",
            CommentKind::Inline => "inline comments of the site",
        };
        let unit = self.ledger.enter(UnitKind::CommentList, words);
        let mut parents: HashMap<String, bool> = HashMap::new();
        let mut by_space: HashMap<SpaceId, u64> = HashMap::new();
        let listing = self
            .api
            .comments(which, Bodies::LeftOut, ListOrder::Forward, |comment| {
                if let Some(space) = comment.space_id {
                    *by_space.entry(SpaceId(space.0)).or_default() += 1;
                }
                parents.insert(comment.id.0, comment.parent_comment_id.is_some());
                self.progress.advance(1);
            })
            .await;
        unit.settle(&listing.end);
        let replies = parents.values().filter(|is_reply| **is_reply).count() as u64;
        CommentCounts { all: parents.len() as u64, replies, by_space }
    }
}
