//! Views, viewers, likes and watchers: several requests for every current page, since no list tells them
//! (`confluence-api.md` 4, 9).

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use super::reading::Reading;
use super::{Engagement, SnapshotFacts, ViewedLast};
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::subject;
use crate::inventory::plan::RequestPlan;
use crate::inventory::site::Content;
use confluence_client::api::Analytics;
use confluence_client::api::Single;
use confluence_client::{RequestError, RequestKind};

/// Requests for one page at most, retries aside: likes, watchers, views ever, of 30 and of 90 days, and then either
/// viewers or, where nobody came in 90 days, views of 180 and 365 days.
pub const MOST_CALLS_PER_PAGE: u64 = 7;
/// Requests for one page by kind, unless it was never viewed (fewer) or not in the last 90 days (up to one more).
pub(super) const USUAL_CALLS: [(RequestKind, u64); 4] = [
    (RequestKind::PageLikes, 1),
    (RequestKind::PageViews, 3),
    (RequestKind::PageViewers, 1),
    (RequestKind::PageWatchers, 1),
];

/// Pages that are asked about before what they all refuse counts as not offered: a page may just have been deleted.
const PROBES: usize = 3;

/// What can be asked about a page, each with a right of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Likes,
    Analytics,
    Watchers,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Likes, Self::Analytics, Self::Watchers];

    fn words(self) -> &'static str {
        match self {
            Self::Likes => "likes",
            Self::Analytics => "views",
            Self::Watchers => "watchers",
        }
    }
}

/// The answers about one page, by kind; `None` was not asked.
#[derive(Default)]
struct Answers {
    likes: Option<Result<u64, RequestError>>,
    analytics: Option<Result<Viewed, RequestError>>,
    watchers: Option<Result<Option<u64>, RequestError>>,
}

impl Answers {
    fn error(&self, kind: Kind) -> Option<&RequestError> {
        match kind {
            Kind::Likes => self.likes.as_ref()?.as_ref().err(),
            Kind::Analytics => self.analytics.as_ref()?.as_ref().err(),
            Kind::Watchers => self.watchers.as_ref()?.as_ref().err(),
        }
    }

    fn forget(&mut self, kind: Kind) {
        match kind {
            Kind::Likes => self.likes = None,
            Kind::Analytics => self.analytics = None,
            Kind::Watchers => self.watchers = None,
        }
    }
}

/// How often and when a page was viewed.
struct Viewed {
    total: u64,
    days_30: u64,
    days_90: u64,
    viewers_90: u64,
    last: ViewedLast,
}

/// What the group costs, for people, before it is read.
pub(super) fn cost(plan: &RequestPlan) -> String {
    let requests: u64 = USUAL_CALLS.iter().map(|(kind, _)| plan.requests.of(*kind)).sum();
    format!("of these, {requests} for views, likes and watchers, at most {MOST_CALLS_PER_PAGE} for each page")
}

/// Reads how every current page is used. What the first pages are refused is asked of no other one: the plan of the
/// site, or the token, does not offer it, and a note says so.
pub(super) async fn read(reading: &Reading<'_>, facts: &mut SnapshotFacts) {
    let pages = reading.current;
    let (first, rest) = pages.split_at(pages.len().min(PROBES));
    reading.crawl.phase("which of views, likes and watchers are offered", None);
    let mut offered: Vec<Kind> = Kind::ALL.to_vec();
    let mut undecided = offered.clone();
    let mut probed = Vec::new();
    for &page in first {
        let answers = ask(reading, page, &offered).await;
        for kind in undecided.clone() {
            match answers.error(kind) {
                Some(error) if error.is_not_found() => {}
                Some(error) if is_not_offered(error) => {
                    offered.retain(|other| *other != kind);
                    undecided.retain(|other| *other != kind);
                    facts.notes.push(not_offered(kind, error));
                }
                _ => undecided.retain(|other| *other != kind),
            }
        }
        probed.push((page, answers));
    }
    for kind in undecided {
        let error = probed.first().and_then(|(_, answers)| answers.error(kind));
        if let Some(error) = error {
            offered.retain(|other| *other != kind);
            facts.notes.push(not_offered(kind, error));
        }
    }
    for (page, mut answers) in probed {
        Kind::ALL.into_iter().filter(|kind| !offered.contains(kind)).for_each(|kind| answers.forget(kind));
        let engagement = settle(reading, page, answers).await;
        facts.pages.entry(page.id.clone()).or_default().engagement = engagement;
    }
    let offered = offered.as_slice();
    let one = async |page| settle(reading, page, ask(reading, page, offered).await).await;
    let what = (UnitKind::Engagement, "views and likes");
    for (id, engagement) in reading.each(what, rest, one).await {
        facts.pages.entry(id).or_default().engagement = Some(engagement);
    }
}

fn not_offered(kind: Kind, error: &RequestError) -> String {
    format!("{} are not offered to this account on this site, so they stay empty: {error}", kind.words())
}

/// The right or the plan is missing, as opposed to something that broke.
fn is_not_offered(error: &RequestError) -> bool {
    let by_status = matches!(error, RequestError::Gone { .. } | RequestError::Status { status: 402 | 501, .. });
    error.is_denied() || by_status
}

/// Asks one thing after the other, so that no page takes more than its share of the permits.
async fn ask(reading: &Reading<'_>, page: &Content, kinds: &[Kind]) -> Answers {
    let (api, id) = (reading.crawl.api, page.id.as_str());
    let mut answers = Answers::default();
    for kind in kinds {
        match kind {
            Kind::Likes => answers.likes = Some(api.page_likes(id).await),
            Kind::Analytics => answers.analytics = Some(viewed(reading, id).await),
            Kind::Watchers => answers.watchers = Some(api.page_watchers(id).await),
        }
    }
    answers
}

/// Views, and when the last one was, by looking ever further back; there is no field that tells it
/// (`page-metrics-and-output.md` 57).
async fn viewed(reading: &Reading<'_>, id: &str) -> Result<Viewed, RequestError> {
    let (api, now) = (reading.crawl.api, reading.crawl.started_at);
    let views = async |since: Option<i64>| {
        let since = since.map(|days| days_before(now, days));
        api.page_analytics(Analytics::Views, id, since.as_deref()).await
    };
    let total = views(None).await?;
    if total == 0 {
        return Ok(Viewed { total, days_30: 0, days_90: 0, viewers_90: 0, last: ViewedLast::Never });
    }
    let days_30 = views(Some(30)).await?;
    let days_90 = views(Some(90)).await?;
    let viewers_90 = match days_90 {
        0 => 0,
        _ => api.page_analytics(Analytics::Viewers, id, Some(&days_before(now, 90))).await?,
    };
    let last = if days_30 > 0 {
        ViewedLast::Days30
    } else if days_90 > 0 {
        ViewedLast::Days90
    } else if views(Some(180)).await? > 0 {
        ViewedLast::Days180
    } else if views(Some(365)).await? > 0 {
        ViewedLast::Days365
    } else {
        ViewedLast::Longer
    };
    Ok(Viewed { total, days_30, days_90, viewers_90, last })
}

fn days_before(now: DateTime<Utc>, days: i64) -> String {
    (now - TimeDelta::days(days)).to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// What was answered about a page; `None` when it is gone. What was refused is a gap.
async fn settle(reading: &Reading<'_>, page: &Content, answers: Answers) -> Option<Engagement> {
    let crawl = &reading.crawl;
    let unit = crawl.ledger.enter(UnitKind::Engagement, format!("views and likes of {}", subject(page)));
    let errors = || Kind::ALL.into_iter().filter_map(|kind| answers.error(kind));
    if let Some(error) = errors().find(|error| !error.is_not_found()) {
        unit.refused(error);
    } else if errors().next().is_some() {
        if crawl.settle_missing(unit, Single::Page, page.id.as_str()).await {
            return None;
        }
    } else {
        unit.ok();
    }
    let viewed = answers.analytics.and_then(Result::ok);
    let of = |value: fn(&Viewed) -> u64| viewed.as_ref().map(value);
    Some(Engagement {
        views_total: of(|viewed| viewed.total),
        views_30d: of(|viewed| viewed.days_30),
        views_90d: of(|viewed| viewed.days_90),
        viewers_90d: of(|viewed| viewed.viewers_90),
        viewed_last: viewed.as_ref().map(|viewed| viewed.last),
        likes: answers.likes.and_then(Result::ok),
        watchers: answers.watchers.and_then(Result::ok).flatten(),
    })
}
