//! `--dry-run`: reads the first lists, without bodies, and says what a run would take. Nothing is kept or written.

use std::collections::HashMap;

use serde::Serialize;
use tokio::join;

use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::frame::{CrawlError, Frame};
use super::last_run::Figures;
use super::lists;
use super::options::CrawlOptions;
use super::plan::{RequestPlan, SiteCounts};
use super::{Coverage, Space};
use crate::progress::Progress;
use confluence_client::api::{Bodies, CommentKind, Order, Single};
use confluence_client::{Api, RequestCounts};

/// What a run would read, and what it would take.
#[derive(Debug, Clone, Serialize)]
pub struct Preview {
    /// Display name of the account.
    pub account: String,
    /// The site.
    pub base_url: String,
    /// What the lists show.
    pub figures: Figures,
    /// The requests of a run.
    pub plan: RequestPlan,
    /// How whole the lists were that the plan was computed from.
    pub coverage: Coverage,
    /// Requests that were needed to find out, by kind.
    pub sent: RequestCounts,
}

/// Comments of one kind, counted.
#[derive(Debug, Clone, Copy, Default)]
struct Comments {
    all: u64,
    replies: u64,
}

/// Reads the first lists and computes the plan of a run with these options.
pub async fn plan_requests(api: &Api, options: &CrawlOptions, progress: &Progress) -> Result<Preview, CrawlError> {
    let frame = Frame::open(api, options, progress).await?;
    let (figures, plan) = frame.crawl().preview(&frame.spaces, frame.reported.as_deref()).await;
    if let Some(cause) = api.client().stopped() {
        return Err(CrawlError::unusable(api, cause));
    }
    Ok(Preview {
        account: frame.account().name.clone(),
        base_url: api.address().base_url().to_owned(),
        figures,
        plan,
        coverage: frame.into_ledger().finish(),
        sent: api.client().requests(),
    })
}

impl Crawl<'_> {
    async fn preview(&self, spaces: &[Space], reported: Option<&[String]>) -> (Figures, RequestPlan) {
        self.phase("lists without bodies", None);
        let all: Vec<&Space> = spaces.iter().collect();
        let (mut contents, posts, files, footer, inline) = join!(
            lists::in_spaces(self, Single::Page, &all, Bodies::LeftOut),
            lists::in_spaces(self, Single::BlogPost, &all, Bodies::LeftOut),
            lists::attachments(self),
            self.count_comments(CommentKind::Footer),
            self.count_comments(CommentKind::Inline),
        );
        contents.extend(posts);
        let owners = lists::unlisted_owners(&contents, &files);
        let mut counts = SiteCounts::of(self, spaces, reported, &contents, &files, &owners);
        (counts.footer_comments, counts.inline_comments) = (footer.all, inline.all);
        counts.reply_lists =
            [footer, inline].iter().filter(|comments| comments.replies == 0).map(|comments| comments.all).sum();
        let plan = counts.plan(self.api.client(), self.last_run);
        (Figures::of(spaces, &contents, &files), plan)
    }

    async fn count_comments(&self, which: CommentKind) -> Comments {
        let words = match which {
            CommentKind::Footer => "footer comments of the site",
            CommentKind::Inline => "inline comments of the site",
        };
        let unit = self.ledger.enter(UnitKind::CommentList, words);
        let mut parents: HashMap<String, bool> = HashMap::new();
        let walked = self
            .api
            .comments(which, Bodies::LeftOut, Order::Forward, |comment| {
                parents.insert(comment.id.0, comment.parent_comment_id.is_some());
                self.progress.advance(1);
            })
            .await;
        unit.settle(&walked.end);
        let replies = parents.values().filter(|is_reply| **is_reply).count() as u64;
        Comments { all: parents.len() as u64, replies }
    }
}
