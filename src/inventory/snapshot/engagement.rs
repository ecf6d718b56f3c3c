//! Views, viewers, likes and watchers: several requests for every current page, since no list tells them.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use super::reading::{Reading, single_of};
use super::{Engagement, SnapshotFacts, ViewedLast};
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::{GROUP, subject};
use crate::inventory::plan::RequestPlan;
use crate::inventory::site::{Content, ContentId, ContentKind, SpaceId};
use crate::support::wording::plural;
use confluence_client::api::Analytics;
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

/// Pages of a space that are asked about before what they all are refused counts as not offered there.
const PROBES: usize = 3;
/// Spaces named in a note.
const SPACES_NAMED: usize = 10;

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

/// Whether the site can be asked for who watches this: of blog posts no document says so.
pub(super) fn has_watchers(page: &Content) -> bool {
    page.kind == ContentKind::Page
}

/// What is asked of this.
fn kinds_of(page: &Content) -> impl Iterator<Item = Kind> {
    let has_watchers = has_watchers(page);
    Kind::ALL.into_iter().filter(move |kind| *kind != Kind::Watchers || has_watchers)
}

/// What the group costs, for people, before it is read.
pub(super) fn cost(plan: &RequestPlan) -> String {
    let requests: u64 = USUAL_CALLS.iter().map(|(kind, _)| plan.requests.of(*kind)).sum();
    format!("of these, {requests} for views, likes and watchers, at most {MOST_CALLS_PER_PAGE} for each page")
}

/// Reads how every current page is used. What the first pages of a space are refused is asked of no other one there: the plan
/// of the site, the token, or the space does not offer it, and a note says so.
pub(super) async fn read(reading: &Reading<'_>, facts: &mut SnapshotFacts) {
    reading.crawl.phase("which of views, likes and watchers are offered in which space", None);
    let mut by_space: BTreeMap<&str, Vec<&Content>> = BTreeMap::new();
    let keys: HashMap<&SpaceId, &str> = reading.spaces.iter().map(|space| (&space.id, space.key.as_str())).collect();
    for &page in reading.current {
        let key = page.space.as_ref().and_then(|space| keys.get(space)).copied().unwrap_or_default();
        by_space.entry(key).or_default().push(page);
    }
    // the first ones show what is offered, so those of which everything is asked come first
    for pages in by_space.values_mut() {
        pages.sort_by_key(|page| !has_watchers(page));
    }
    let spaces: Vec<(&str, &[&Content])> = by_space.iter().map(|(key, pages)| (*key, pages.as_slice())).collect();
    let mut offers = Vec::new();
    for group in spaces.chunks(GROUP) {
        offers.extend(reading.crawl.all(group.iter().map(|(key, pages)| probe(reading, key, pages)).collect()).await);
    }
    offers.sort_by_key(|offer| offer.key);
    note_refusals(reading, &offers, facts);
    let mut rest: Vec<&Content> = Vec::new();
    let mut offered: HashMap<&ContentId, Vec<Kind>> = HashMap::new();
    for offer in offers {
        let kinds = offer.kinds();
        for &page in &by_space[offer.key][offer.probed.len()..] {
            offered.insert(&page.id, kinds.clone());
            rest.push(page);
        }
        for (page, mut answers) in offer.probed {
            Kind::ALL.into_iter().filter(|kind| !kinds.contains(kind)).for_each(|kind| answers.forget(kind));
            let engagement = settle(reading, page, answers).await;
            facts.pages.entry(page.id.clone()).or_default().engagement = engagement;
        }
    }
    let offered = &offered;
    let one = async |page: &Content| settle(reading, page, ask(reading, page, &offered[&page.id]).await).await;
    let what = (UnitKind::Engagement, "views and likes");
    for (id, engagement) in reading.each(what, &rest, one).await {
        facts.pages.entry(id).or_default().engagement = Some(engagement);
    }
}

/// What one space offers.
struct Offer<'p> {
    /// Its key.
    key: &'p str,
    /// The pages that were asked, from the first on.
    probed: Vec<(&'p Content, Answers)>,
    /// What all of them were refused, and why.
    refused: Vec<(Kind, RequestError)>,
}

impl Offer<'_> {
    fn kinds(&self) -> Vec<Kind> {
        Kind::ALL.into_iter().filter(|kind| self.refused.iter().all(|(refused, _)| refused != kind)).collect()
    }
}

/// Asks the first pages of a space, one after the other, until each kind was answered or all were refused it. A page that
/// was deleted meanwhile says nothing: none of the kinds is found of it.
async fn probe<'p>(reading: &Reading<'_>, key: &'p str, pages: &[&'p Content]) -> Offer<'p> {
    let mut undecided = Kind::ALL.to_vec();
    let mut refused: Vec<(Kind, RequestError)> = Vec::new();
    let mut probed = Vec::new();
    for &page in pages.iter().take(PROBES) {
        let answers = ask(reading, page, &Kind::ALL).await;
        let is_there = kinds_of(page).any(|kind| !answers.error(kind).is_some_and(RequestError::is_not_found));
        for kind in kinds_of(page).filter(|kind| undecided.contains(kind)).collect::<Vec<_>>() {
            match answers.error(kind) {
                Some(error) if error.is_not_found() && !is_there => {}
                Some(error) if error.is_not_found() || is_not_offered(error) => {
                    refused.retain(|(other, _)| *other != kind);
                    refused.push((kind, error.clone()));
                }
                _ => undecided.retain(|other| *other != kind),
            }
        }
        probed.push((page, answers));
        if undecided.is_empty() {
            break;
        }
    }
    refused.retain(|(kind, _)| undecided.contains(kind));
    Offer { key, probed, refused }
}

/// Says what is not offered: on the site, or in which spaces.
fn note_refusals(reading: &Reading<'_>, offers: &[Offer<'_>], facts: &mut SnapshotFacts) {
    for kind in Kind::ALL {
        let refused = offers.iter().filter_map(|offer| {
            let (_, error) = offer.refused.iter().find(|(refused, _)| *refused == kind)?;
            Some((offer.key, error))
        });
        let refused: Vec<(&str, &RequestError)> = refused.collect();
        let Some((_, error)) = refused.first() else { continue };
        for (key, error) in &refused {
            let subject = format!("{} in space {key}", kind.words());
            reading.crawl.ledger.enter(UnitKind::Engagement, subject).skipped(&format!("not offered: {error}"));
        }
        let words = kind.words();
        facts.notes.push(if refused.len() == offers.len() {
            format!("{words} are not offered to this account on this site, so they stay empty: {error}")
        } else {
            let keys: Vec<&str> = refused.iter().map(|(key, _)| *key).take(SPACES_NAMED).collect();
            let more = if refused.len() > keys.len() { ", …" } else { "" };
            format!(
                "{words} are not offered to this account in {} of {} ({}{more}), so they stay empty there: {error}",
                refused.len(),
                plural(offers.len() as u64, "space", "spaces"),
                keys.join(", ")
            )
        });
    }
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
    for kind in kinds_of(page).filter(|kind| kinds.contains(kind)) {
        match kind {
            Kind::Likes => answers.likes = Some(api.page_likes(single_of(page), id).await),
            Kind::Analytics => answers.analytics = Some(viewed(reading, id).await),
            Kind::Watchers => answers.watchers = Some(api.page_watchers(id).await),
        }
    }
    answers
}

/// Views, and when the last one was, by looking ever further back; there is no field that tells it.
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
        if crawl.settle_missing(unit, single_of(page), page.id.as_str()).await {
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
        watchers_unread: answers.watchers.as_ref().is_some_and(Result::is_err),
        watchers: answers.watchers.and_then(Result::ok).flatten(),
    })
}
