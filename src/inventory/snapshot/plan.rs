//! How many requests a snapshot takes, by kind, before the costly ones are sent.

use std::collections::{BTreeSet, HashMap};

use super::engagement::{self, USUAL_CALLS};
use super::{MetricGroup, MetricGroups, alone, parents, reading, second_opinions, targets, versions};
use crate::inventory::crawl::Crawl;
use crate::inventory::last_run::{self, View};
use crate::inventory::memory::Memory;
use crate::inventory::options::CrawlOptions;
use crate::inventory::plan::{RequestPlan, batches, list_pages};
use crate::inventory::site::{AccountId, Content, ContentKind, Space, SpaceId};
use crate::inventory::{Inventory, people};
use confluence_client::api::{ACCOUNTS_PER_REQUEST, CONTENT_IDS_PER_REQUEST, PEOPLE_PER_REQUEST, SearchedSpaces};
use confluence_client::{Api, Client, RequestCounts, RequestKind};

/// What the lists of a narrow reading showed.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pages: HashMap<SpaceId, u64>,
    posts: HashMap<SpaceId, u64>,
    attachments: u64,
    pub(super) footer_comments: u64,
    pub(super) inline_comments: u64,
    /// Lists of replies to one comment, and the searches that show which are needed.
    pub(super) replies: u64,
    pub(super) comment_sweeps: u64,
    pub(super) people: usize,
    /// Owners that are asked for their own files.
    pub(super) owners_to_ask: u64,
    /// Comments and replies on the chosen pages and posts, by space.
    comments: HashMap<SpaceId, u64>,
}

/// How often each list is walked: once for what it holds, and once more in its other view.
const WALKS: u64 = 2;

impl Listed {
    /// Counts pages and posts of the chosen spaces; `files` are those of the whole site.
    pub(super) fn of(contents: &[Content], files: usize) -> Self {
        let mut listed = Self { attachments: files as u64, ..Self::default() };
        for content in contents {
            let Some(space) = &content.space else { continue };
            match content.kind {
                ContentKind::Page => *listed.pages.entry(space.clone()).or_default() += 1,
                ContentKind::BlogPost => *listed.posts.entry(space.clone()).or_default() += 1,
                _ => {}
            }
        }
        listed
    }

    /// Counts the comments that were kept.
    pub(super) fn count_comments(&mut self, contents: &[Content]) {
        for space in contents.iter().filter(|content| content.kind.is_comment()).filter_map(|one| one.space.as_ref()) {
            *self.comments.entry(space.clone()).or_default() += 1;
        }
    }

    /// The requests of the lists, and of their second opinions.
    pub(super) fn plan(
        &self,
        crawl: &Crawl<'_>,
        chosen: &[&Space],
        is_whole_site: bool,
        with_links: bool,
    ) -> RequestPlan {
        let client = crawl.api.client();
        let spaces: Vec<SpaceId> = chosen.iter().map(|space| space.id.clone()).collect();
        let in_batches = |kind: RequestKind, counts: &HashMap<SpaceId, u64>| {
            batches(&spaces, counts, client.concurrency(), client.page_limit(kind))
        };
        let mut plan = RequestCounts::default();
        let mut walked = |kind: RequestKind, requests: u64| plan.add(kind, WALKS * requests);
        walked(RequestKind::Spaces, 2);
        walked(RequestKind::Pages, in_batches(RequestKind::Pages, &self.pages));
        walked(RequestKind::Attachments, list_pages(client, RequestKind::Attachments, self.attachments));
        if with_links || crawl.options.blog_post_rows {
            walked(RequestKind::BlogPosts, in_batches(RequestKind::BlogPosts, &self.posts));
        }
        if with_links {
            for (kind, count) in [
                (RequestKind::FooterComments, self.footer_comments),
                (RequestKind::InlineComments, self.inline_comments),
            ] {
                walked(kind, list_pages(client, kind, count));
            }
            let limit = client.page_limit(RequestKind::SearchIndex);
            let searches = second_opinions::searches(chosen, is_whole_site, &self.comments, limit);
            plan.add(RequestKind::SearchIndex, searches);
            plan.add(RequestKind::CommentReplies, self.replies);
            plan.add(RequestKind::CommentSweep, self.comment_sweeps);
        }
        // at the beginning, after the lists and after their other view
        plan.add(RequestKind::CurrentUser, 3);
        plan.add(RequestKind::AttachmentsOfOneOwner, self.owners_to_ask);
        plan.add(RequestKind::People, self.people.div_ceil(PEOPLE_PER_REQUEST) as u64);
        RequestPlan::of(plan, crawl.last_run, 0)
    }
}

/// The requests of a whole snapshot, those of `inventory` included: what [`take_pages`](super::take_pages) or an audit
/// has sent, and what [`read_facts`](super::read_facts) will send for the pages of these spaces (by key).
///
/// Every kind is exact on a site that answers well, except: views and viewers, which are about so many (pages that
/// nobody viewed need fewer, pages not viewed for 90 days up to one more); links that may lead to a whiteboard, folder and
/// the like, where no list shows their target; accounts, when only contributors are people not met before, or an answer
/// leaves some out; folders within folders, or not found; versions of pages of which some were deleted; labels that a search
/// cut off; and pages that the search does not show, which of archived spaces may be all
/// ([`RequestPlan::unless_searched`]).
pub fn plan_snapshot(
    api: &Api,
    inventory: &Inventory,
    options: &CrawlOptions,
    groups: &MetricGroups,
    spaces: &[String],
) -> RequestPlan {
    let client = api.client();
    let memory = Memory(options.cache.as_deref());
    let before = inventory.plan.as_ref();
    let mut plan = before.map(|plan| plan.requests.clone()).unwrap_or_default();
    let all = reading::pages_of(inventory, spaces);
    let pages = reading::measured(inventory, spaces, options);
    let chosen = reading::chosen_spaces(inventory, spaces);
    plan.add(RequestKind::CurrentUser, 1);
    for by in [SearchedSpaces::Current, SearchedSpaces::Archived] {
        plan.add(RequestKind::PageSweep, sweep_requests(client, &pages, &reading::searched(&chosen, by)));
    }
    plan.add(RequestKind::PageParents, parents::first_level(&all).len() as u64);
    if groups.has(MetricGroup::People) {
        let needs = pages.iter().map(|page| versions::requests(client, memory, page, inventory.scan.started_at));
        plan.add(RequestKind::PageVersions, needs.sum());
        let mut met = people::met(&inventory.contents, &inventory.attachments);
        met.extend(last_owners(&pages));
        plan.add(RequestKind::Accounts, met.len().div_ceil(ACCOUNTS_PER_REQUEST) as u64);
    }
    if groups.has(MetricGroup::Links) {
        let unknown = targets::unknown(inventory, &pages).len();
        plan.add(RequestKind::LinkTargets, 2 * unknown.div_ceil(CONTENT_IDS_PER_REQUEST) as u64);
    }
    if groups.has(MetricGroup::Engagement) {
        for (kind, calls) in USUAL_CALLS {
            let asked = pages.iter().filter(|page| kind != RequestKind::PageWatchers || engagement::has_watchers(page));
            plan.add(kind, asked.count() as u64 * calls);
        }
    }
    let remembered = before.map_or(0, |plan| plan.remembered_versions);
    let view = View::new(&inventory.scan.base_url, &inventory.scan.account.id);
    let last = last_run::find(options.results.as_deref(), &view).run;
    let archived = reading::pages_in(&pages, &reading::searched(&chosen, SearchedSpaces::Archived));
    RequestPlan {
        unless_searched: archived.len() as u64 * alone::CALLS_PER_PAGE,
        ..RequestPlan::of(plan, last.as_ref(), remembered)
    }
}

fn sweep_requests(client: &Client, pages: &[&Content], spaces: &[&Space]) -> u64 {
    let mut counts: HashMap<SpaceId, u64> = HashMap::new();
    for space in reading::pages_in(pages, spaces).into_iter().filter_map(|page| page.space.as_ref()) {
        *counts.entry(space.clone()).or_default() += 1;
    }
    let ids: Vec<SpaceId> = spaces.iter().map(|space| space.id.clone()).collect();
    batches(&ids, &counts, client.concurrency(), client.page_limit(RequestKind::PageSweep))
}

/// Who owned the pages before their owners.
pub(super) fn last_owners<'i>(pages: &[&'i Content]) -> BTreeSet<&'i str> {
    let owners = pages.iter().filter_map(|page| page.details.as_ref()?.last_owner.as_ref());
    owners.map(AccountId::as_str).collect()
}
