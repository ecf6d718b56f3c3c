//! Plans the number of requests of a snapshot by kind, before the expensive ones are sent.

use std::collections::{BTreeSet, HashMap};

use super::engagement::{self, USUAL_REQUESTS};
use super::{
    MetricGroup, MetricGroups, context, cross_checks, link_targets, page_versions, tree_parents, unsearched_pages,
};
use crate::inventory::crawl::Crawl;
use crate::inventory::inventory_cache::InventoryCache;
use crate::inventory::last_run::{self, SiteView};
use crate::inventory::options::CrawlOptions;
use crate::inventory::plan::{RequestPlan, batches, list_pages};
use crate::inventory::site::{AccountId, Content, ContentKind, Space, SpaceId};
use crate::inventory::{Inventory, people};
use confluence_client::api::{ACCOUNTS_PER_REQUEST, CONTENT_IDS_PER_REQUEST, PEOPLE_PER_REQUEST, SearchScope};
use confluence_client::{Api, Client, RequestCounts, RequestKind};

/// Item counts from the lists of a narrow inventory.
#[derive(Debug, Default)]
pub(super) struct ListCounts {
    pages: HashMap<SpaceId, u64>,
    posts: HashMap<SpaceId, u64>,
    attachments: u64,
    pub(super) footer_comments: u64,
    pub(super) inline_comments: u64,
    /// Requests for lists of replies.
    pub(super) replies: u64,
    /// Requests for the searches that show which comments have replies.
    pub(super) comment_searches: u64,
    pub(super) people: usize,
    /// Owners whose own list of files is read.
    pub(super) owners_to_check: u64,
    /// Comments and replies on the chosen pages and posts, by space.
    comments: HashMap<SpaceId, u64>,
}

/// How often each list is read: once, and a second time as its cross-check.
const READS_PER_LIST: u64 = 2;

impl ListCounts {
    /// Counts pages and posts of the chosen spaces; `files` is the number of files of the site.
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

    /// Returns the requests for the lists and their cross-checks.
    pub(super) fn plan(
        &self,
        crawl: &Crawl<'_>,
        chosen: &[&Space],
        is_entire_site: bool,
        with_links: bool,
    ) -> RequestPlan {
        let client = crawl.api.client();
        let spaces: Vec<SpaceId> = chosen.iter().map(|space| space.id.clone()).collect();
        let in_batches = |kind: RequestKind, counts: &HashMap<SpaceId, u64>| {
            batches(&spaces, counts, client.concurrency(), client.page_limit(kind))
        };
        let mut plan = RequestCounts::default();
        let mut add_list = |kind: RequestKind, requests: u64| plan.add(kind, READS_PER_LIST * requests);
        add_list(RequestKind::Spaces, 2);
        add_list(RequestKind::Pages, in_batches(RequestKind::Pages, &self.pages));
        add_list(RequestKind::Attachments, list_pages(client, RequestKind::Attachments, self.attachments));
        if with_links || crawl.options.blog_post_rows {
            add_list(RequestKind::BlogPosts, in_batches(RequestKind::BlogPosts, &self.posts));
        }
        if with_links {
            for (kind, count) in [
                (RequestKind::FooterComments, self.footer_comments),
                (RequestKind::InlineComments, self.inline_comments),
            ] {
                add_list(kind, list_pages(client, kind, count));
            }
            let limit = client.page_limit(RequestKind::SearchIndex);
            let searches = cross_checks::searches(chosen, is_entire_site, &self.comments, limit);
            plan.add(RequestKind::SearchIndex, searches);
            plan.add(RequestKind::CommentReplies, self.replies);
            plan.add(RequestKind::CommentSweep, self.comment_searches);
        }
        // at the beginning, after the lists and after their cross-checks
        plan.add(RequestKind::CurrentUser, 3);
        plan.add(RequestKind::AttachmentsOfOneOwner, self.owners_to_check);
        plan.add(RequestKind::People, self.people.div_ceil(PEOPLE_PER_REQUEST) as u64);
        RequestPlan::of(plan, crawl.last_run, 0)
    }
}

/// Returns the requests of a complete snapshot: those that [`read_page_inventory`](super::read_page_inventory) or an
/// audit already sent for `inventory`, and those that [`read_page_facts`](super::read_page_facts) will send for the
/// pages of these spaces (by key).
///
/// On a healthy site every kind is exact, except:
///
/// - views and viewers: pages never viewed need fewer requests, pages not viewed for 90 days up to one more;
/// - links that may lead to a whiteboard, folder and the like, if no list has their target;
/// - accounts, if some contributors occur nowhere in the lists, or a response leaves some out;
/// - folders within folders, or not found;
/// - versions of pages, if some were deleted;
/// - labels that a search cut off;
/// - pages that the search does not cover, which may be all pages of archived spaces
///   ([`RequestPlan::unless_searched`]).
pub fn plan_snapshot(
    api: &Api,
    inventory: &Inventory,
    options: &CrawlOptions,
    groups: &MetricGroups,
    spaces: &[String],
) -> RequestPlan {
    let client = api.client();
    let cache = InventoryCache(options.cache.as_deref());
    let before = inventory.plan.as_ref();
    let mut plan = before.map(|plan| plan.requests.clone()).unwrap_or_default();
    let all = context::pages_of(inventory, spaces);
    let pages = context::measured(inventory, spaces, options);
    let chosen = context::chosen_spaces(inventory, spaces);
    plan.add(RequestKind::CurrentUser, 1);
    for by in [SearchScope::Current, SearchScope::Archived] {
        plan.add(RequestKind::PageSweep, search_requests(client, &pages, &context::searched(&chosen, by)));
    }
    plan.add(RequestKind::PageParents, tree_parents::first_level(&all).len() as u64);
    if groups.has(MetricGroup::People) {
        let needs = pages.iter().map(|page| page_versions::requests(client, cache, page, inventory.scan.started_at));
        plan.add(RequestKind::PageVersions, needs.sum());
        let mut ids = people::account_ids(&inventory.contents, &inventory.attachments);
        ids.extend(last_owners(&pages));
        plan.add(RequestKind::Accounts, ids.len().div_ceil(ACCOUNTS_PER_REQUEST) as u64);
    }
    if groups.has(MetricGroup::Links) {
        let unknown = link_targets::unknown(inventory, &pages).len();
        plan.add(RequestKind::LinkTargets, 2 * unknown.div_ceil(CONTENT_IDS_PER_REQUEST) as u64);
    }
    if groups.has(MetricGroup::Engagement) {
        for (kind, per_page) in USUAL_REQUESTS {
            let requested =
                pages.iter().filter(|page| kind != RequestKind::PageWatchers || engagement::has_watchers(page));
            plan.add(kind, requested.count() as u64 * per_page);
        }
    }
    let remembered = before.map_or(0, |plan| plan.remembered_versions);
    let view = SiteView::new(&inventory.scan.base_url, &inventory.scan.account.id);
    let last = last_run::find(options.results.as_deref(), &view).run;
    let archived = context::pages_in(&pages, &context::searched(&chosen, SearchScope::Archived));
    RequestPlan {
        unless_searched: archived.len() as u64 * unsearched_pages::REQUESTS_PER_PAGE,
        ..RequestPlan::of(plan, last.as_ref(), remembered)
    }
}

fn search_requests(client: &Client, pages: &[&Content], spaces: &[&Space]) -> u64 {
    let mut counts: HashMap<SpaceId, u64> = HashMap::new();
    for space in context::pages_in(pages, spaces).into_iter().filter_map(|page| page.space.as_ref()) {
        *counts.entry(space.clone()).or_default() += 1;
    }
    let ids: Vec<SpaceId> = spaces.iter().map(|space| space.id.clone()).collect();
    batches(&ids, &counts, client.concurrency(), client.page_limit(RequestKind::PageSweep))
}

/// The previous owners of the pages.
pub(super) fn last_owners<'i>(pages: &[&'i Content]) -> BTreeSet<&'i str> {
    let owners = pages.iter().filter_map(|page| page.details.as_ref()?.last_owner.as_ref());
    owners.map(AccountId::as_str).collect()
}
