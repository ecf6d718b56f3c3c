//! Reads views, viewers, likes and watchers: several requests for every current page, because no list has them.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use super::context::{SnapshotContext, content_type_of_page};
use super::{Engagement, SnapshotFacts, ViewedLast};
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::{GROUP, subject};
use crate::inventory::plan::RequestPlan;
use crate::inventory::site::{Content, ContentId, ContentKind, SpaceId};
use crate::support::formatting::plural;
use confluence_client::api::Analytics;
use confluence_client::{Api, Features, RequestError, RequestKind};

/// Maximum number of requests per page, without retries: likes, watchers, views (all, 30 days, 90 days), and then
/// either viewers or, if there were no views in 90 days, views of 180 and 365 days.
pub const MAX_ENGAGEMENT_REQUESTS_PER_PAGE: u64 = 7;
/// Requests per page by kind. A page never viewed takes fewer; one not viewed in 90 days takes up to one more.
const USUAL_REQUESTS: [(RequestKind, EngagementKind, u64); 4] = [
    (RequestKind::PageLikes, EngagementKind::Likes, 1),
    (RequestKind::PageViews, EngagementKind::Analytics, 3),
    (RequestKind::PageViewers, EngagementKind::Analytics, 1),
    (RequestKind::PageWatchers, EngagementKind::Watchers, 1),
];

/// Pages of a space that are tried: what the server refuses for all of them counts as not available in that space.
const PROBED_PAGES: usize = 3;
/// Maximum number of spaces named in a note.
const MAX_SPACES_NAMED: usize = 10;

/// A group of engagement metrics; each needs its own permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EngagementKind {
    Likes,
    Analytics,
    Watchers,
}

impl EngagementKind {
    const ALL: [Self; 3] = [Self::Likes, Self::Analytics, Self::Watchers];

    fn label(self) -> &'static str {
        match self {
            Self::Likes => "likes",
            Self::Analytics => "views",
            Self::Watchers => "watchers",
        }
    }
}

/// Responses for one page by kind; `None` was not requested.
#[derive(Default)]
struct EngagementResponses {
    likes: Option<Result<u64, RequestError>>,
    analytics: Option<Result<ViewCounts, RequestError>>,
    watchers: Option<Result<Option<u64>, RequestError>>,
}

impl EngagementResponses {
    fn error(&self, kind: EngagementKind) -> Option<&RequestError> {
        match kind {
            EngagementKind::Likes => self.likes.as_ref()?.as_ref().err(),
            EngagementKind::Analytics => self.analytics.as_ref()?.as_ref().err(),
            EngagementKind::Watchers => self.watchers.as_ref()?.as_ref().err(),
        }
    }

    fn forget(&mut self, kind: EngagementKind) {
        match kind {
            EngagementKind::Likes => self.likes = None,
            EngagementKind::Analytics => self.analytics = None,
            EngagementKind::Watchers => self.watchers = None,
        }
    }
}

/// View counts of a page, and when it was last viewed.
struct ViewCounts {
    total: u64,
    days_30: u64,
    days_90: u64,
    viewers_90: u64,
    last: ViewedLast,
}

/// Whether watchers can be requested: for blog posts, the API does not document it.
fn has_watchers(page: &Content) -> bool {
    page.kind == ContentKind::Page
}

/// The usual requests of this kind for a page or post.
pub(super) fn usual_requests(api: &Api, page: &Content) -> impl Iterator<Item = (RequestKind, u64)> {
    let kinds: Vec<EngagementKind> = kinds_of(api.features(), page).collect();
    USUAL_REQUESTS.into_iter().filter(move |(_, of, _)| kinds.contains(of)).map(|(kind, _, requests)| (kind, requests))
}

/// The kinds that are requested for a page or post.
fn kinds_of(features: Features, page: &Content) -> impl Iterator<Item = EngagementKind> {
    let has_watchers = has_watchers(page);
    EngagementKind::ALL.into_iter().filter(move |kind| match kind {
        EngagementKind::Watchers => has_watchers,
        EngagementKind::Likes | EngagementKind::Analytics => features.readership,
    })
}

/// Describes the cost of the group before it is read.
pub(super) fn cost(api: &Api, plan: &RequestPlan) -> String {
    let requests: u64 = USUAL_REQUESTS.iter().map(|(kind, ..)| plan.requests.of(*kind)).sum();
    if !api.features().readership {
        return format!("of these, {requests} requests are for watchers, one per page");
    }
    format!(
        "of these, {requests} requests are for views, likes and watchers, at most {MAX_ENGAGEMENT_REQUESTS_PER_PAGE} per page"
    )
}

/// Reads the engagement of every current page. What the server refuses for the first pages of a space is not requested
/// for the others: the plan of the site, the token or the space does not offer it, and a note says so.
pub(super) async fn read(context: &SnapshotContext<'_>, facts: &mut SnapshotFacts) {
    if !context.crawl.api.features().readership {
        facts.notes.push("this site has no API for views, viewers and likes, so their columns stay empty".to_owned());
    }
    context.crawl.phase("availability of views, likes and watchers", None);
    let mut by_space: BTreeMap<&str, Vec<&Content>> = BTreeMap::new();
    let keys: HashMap<&SpaceId, &str> = context.spaces.iter().map(|space| (&space.id, space.key.as_str())).collect();
    let features = context.crawl.api.features();
    for &page in context.current.iter().filter(|page| kinds_of(features, page).next().is_some()) {
        let key = page.space.as_ref().and_then(|space| keys.get(space)).copied().unwrap_or_default();
        by_space.entry(key).or_default().push(page);
    }
    // pages for which every kind is requested come first, because the first pages show what is available
    for pages in by_space.values_mut() {
        pages.sort_by_key(|page| !has_watchers(page));
    }
    let spaces: Vec<(&str, &[&Content])> = by_space.iter().map(|(key, pages)| (*key, pages.as_slice())).collect();
    let mut offers = Vec::new();
    for group in spaces.chunks(GROUP) {
        offers.extend(context.crawl.all(group.iter().map(|(key, pages)| probe(context, key, pages)).collect()).await);
    }
    offers.sort_by_key(|offer| offer.key);
    note_refusals(context, &offers, facts);
    let mut rest: Vec<&Content> = Vec::new();
    let mut available: HashMap<&ContentId, Vec<EngagementKind>> = HashMap::new();
    for offer in offers {
        let kinds = offer.kinds();
        for &page in &by_space[offer.key][offer.probed.len()..] {
            available.insert(&page.id, kinds.clone());
            rest.push(page);
        }
        for (page, mut responses) in offer.probed {
            EngagementKind::ALL
                .into_iter()
                .filter(|kind| !kinds.contains(kind))
                .for_each(|kind| responses.forget(kind));
            let engagement = settle(context, page, responses).await;
            facts.pages.entry(page.id.clone()).or_default().engagement = engagement;
        }
    }
    let available = &available;
    let one = async |page: &Content| settle(context, page, request(context, page, &available[&page.id]).await).await;
    let what = (UnitKind::Engagement, "views and likes");
    for (id, engagement) in context.each(what, &rest, one).await {
        facts.pages.entry(id).or_default().engagement = Some(engagement);
    }
}

/// Which kinds are available in one space.
struct SpaceAvailability<'p> {
    key: &'p str,
    /// The first pages of the space, with their responses.
    probed: Vec<(&'p Content, EngagementResponses)>,
    /// The kinds that were refused for all of these pages, and why.
    refused: Vec<(EngagementKind, RequestError)>,
}

impl SpaceAvailability<'_> {
    fn kinds(&self) -> Vec<EngagementKind> {
        EngagementKind::ALL.into_iter().filter(|kind| self.refused.iter().all(|(refused, _)| refused != kind)).collect()
    }
}

/// Tries the first pages of a space one after the other, until every kind was returned or all pages were refused. A
/// page that was deleted meanwhile does not count: none of its kinds is found.
async fn probe<'p>(context: &SnapshotContext<'_>, key: &'p str, pages: &[&'p Content]) -> SpaceAvailability<'p> {
    let features = context.crawl.api.features();
    let mut undecided: Vec<EngagementKind> = pages.iter().take(1).flat_map(|page| kinds_of(features, page)).collect();
    let mut refused: Vec<(EngagementKind, RequestError)> = Vec::new();
    let mut probed = Vec::new();
    for &page in pages.iter().take(PROBED_PAGES) {
        let responses = request(context, page, &EngagementKind::ALL).await;
        let is_there =
            kinds_of(features, page).any(|kind| !responses.error(kind).is_some_and(RequestError::is_not_found));
        for kind in kinds_of(features, page).filter(|kind| undecided.contains(kind)).collect::<Vec<_>>() {
            match responses.error(kind) {
                Some(error) if error.is_not_found() && !is_there => {}
                Some(error) if error.is_not_found() || is_not_available(error) => {
                    refused.retain(|(other, _)| *other != kind);
                    refused.push((kind, error.clone()));
                }
                _ => undecided.retain(|other| *other != kind),
            }
        }
        probed.push((page, responses));
        if undecided.is_empty() {
            break;
        }
    }
    refused.retain(|(kind, _)| undecided.contains(kind));
    SpaceAvailability { key, probed, refused }
}

/// Notes what is not available on the site or in some spaces.
fn note_refusals(context: &SnapshotContext<'_>, offers: &[SpaceAvailability<'_>], facts: &mut SnapshotFacts) {
    for kind in EngagementKind::ALL {
        let refused = offers.iter().filter_map(|offer| {
            let (_, error) = offer.refused.iter().find(|(refused, _)| *refused == kind)?;
            Some((offer.key, error))
        });
        let refused: Vec<(&str, &RequestError)> = refused.collect();
        let Some((_, error)) = refused.first() else { continue };
        for (key, error) in &refused {
            let subject = format!("{} in space {key}", kind.label());
            context.crawl.ledger.enter(UnitKind::Engagement, subject).skipped(&format!("not available: {error}"));
        }
        let words = kind.label();
        facts.notes.push(if refused.len() == offers.len() {
            format!("{words} are not available to this account on this site, so their columns stay empty: {error}")
        } else {
            let keys: Vec<&str> = refused.iter().map(|(key, _)| *key).take(MAX_SPACES_NAMED).collect();
            let more = if refused.len() > keys.len() { ", …" } else { "" };
            format!(
                "{words} are not available to this account in {} of {} ({}{more}), so their columns stay empty there: {error}",
                refused.len(),
                plural(offers.len() as u64, "space", "spaces"),
                keys.join(", ")
            )
        });
    }
}

/// Whether a permission or the plan of the site is missing, as opposed to a failure.
fn is_not_available(error: &RequestError) -> bool {
    let by_status = matches!(error, RequestError::Gone { .. } | RequestError::Status { status: 402 | 501, .. });
    error.is_denied() || by_status
}

/// Sends the requests one after the other, so that no page takes more than its share of the permits.
async fn request(context: &SnapshotContext<'_>, page: &Content, kinds: &[EngagementKind]) -> EngagementResponses {
    let (api, id) = (context.crawl.api, page.id.as_str());
    let features = api.features();
    let mut responses = EngagementResponses::default();
    for kind in kinds_of(features, page).filter(|kind| kinds.contains(kind)) {
        match kind {
            EngagementKind::Likes => responses.likes = Some(api.page_likes(content_type_of_page(page), id).await),
            EngagementKind::Analytics => responses.analytics = Some(viewed(context, id).await),
            EngagementKind::Watchers => responses.watchers = Some(api.page_watchers(id).await),
        }
    }
    responses
}

/// Reads view counts and narrows down the last view with ever longer periods: no field has its date.
async fn viewed(context: &SnapshotContext<'_>, id: &str) -> Result<ViewCounts, RequestError> {
    let (api, now) = (context.crawl.api, context.crawl.started_at);
    let views = async |since: Option<i64>| {
        let since = since.map(|days| days_before(now, days));
        api.page_analytics(Analytics::Views, id, since.as_deref()).await
    };
    let total = views(None).await?;
    if total == 0 {
        return Ok(ViewCounts { total, days_30: 0, days_90: 0, viewers_90: 0, last: ViewedLast::Never });
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
    Ok(ViewCounts { total, days_30, days_90, viewers_90, last })
}

fn days_before(now: DateTime<Utc>, days: i64) -> String {
    (now - TimeDelta::days(days)).to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Converts the responses for a page to its engagement; `None` if the page was deleted. Refused requests are gaps.
async fn settle(context: &SnapshotContext<'_>, page: &Content, responses: EngagementResponses) -> Option<Engagement> {
    let crawl = &context.crawl;
    let unit = crawl.ledger.enter(UnitKind::Engagement, format!("views and likes of {}", subject(page)));
    let errors = || EngagementKind::ALL.into_iter().filter_map(|kind| responses.error(kind));
    if let Some(error) = errors().find(|error| !error.is_not_found()) {
        unit.refused(error);
    } else if errors().next().is_some() {
        if crawl.settle_missing(unit, content_type_of_page(page), page.id.as_str()).await {
            return None;
        }
    } else {
        unit.ok();
    }
    let viewed = responses.analytics.and_then(Result::ok);
    let of = |value: fn(&ViewCounts) -> u64| viewed.as_ref().map(value);
    Some(Engagement {
        views_total: of(|viewed| viewed.total),
        views_30d: of(|viewed| viewed.days_30),
        views_90d: of(|viewed| viewed.days_90),
        viewers_90d: of(|viewed| viewed.viewers_90),
        viewed_last: viewed.as_ref().map(|viewed| viewed.last),
        likes: responses.likes.and_then(Result::ok),
        watchers_unread: responses.watchers.as_ref().is_some_and(Result::is_err),
        watchers: responses.watchers.and_then(Result::ok).flatten(),
    })
}
