//! Plans the number of requests of a snapshot by kind, before the expensive ones are sent.

use std::collections::{BTreeSet, HashMap};

use super::{
    MetricGroup, MetricGroups, context, cross_checks, engagement, link_targets, page_versions, tree_parents,
    unsearched_pages,
};
use crate::inventory::crawl::Crawl;
use crate::inventory::inventory_cache::InventoryCache;
use crate::inventory::last_run;
use crate::inventory::list_requests::{self, DataCenterCounts};
use crate::inventory::options::CrawlOptions;
use crate::inventory::pass::Pass;
use crate::inventory::plan::{RequestPlan, batches};
use crate::inventory::site::{AccountId, Content, ContentKind, Space, SpaceId};
use crate::inventory::{Inventory, people};
use confluence_client::api::{
    ACCOUNTS_PER_REQUEST, CONTENT_IDS_PER_REQUEST, ListOrder, PEOPLE_PER_REQUEST, SearchScope,
};
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
    /// On Data Center only.
    pub(super) data_center: Option<DataCenterCounts>,
}

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
        let (api, client) = (crawl.api, crawl.api.client());
        let spaces: Vec<SpaceId> = chosen.iter().map(|space| space.id.clone()).collect();
        let mut plan = RequestCounts::default();
        if api.uses_admin_key() {
            // once more without the key
            plan.add(RequestKind::Spaces, 2);
            let without_key = |kind, counts| list_requests::of_contents(api, kind, &spaces, counts, Pass::TITLES);
            plan.add(RequestKind::Pages, without_key(RequestKind::Pages, &self.pages));
            if !self.posts.is_empty() {
                plan.add(RequestKind::BlogPosts, without_key(RequestKind::BlogPosts, &self.posts));
            }
        }
        // each list is read once, and a second time as its cross-check
        for pass in [Pass::FIRST, Pass::final_round(ListOrder::Backward)] {
            let mut add = |kind, requests| plan.add(kind, requests);
            let contents = |kind, counts| list_requests::of_contents(api, kind, &spaces, counts, pass);
            add(RequestKind::Pages, contents(RequestKind::Pages, &self.pages));
            if with_links || crawl.options.blog_post_rows {
                add(RequestKind::BlogPosts, contents(RequestKind::BlogPosts, &self.posts));
            }
            if let Some(counts) = &self.data_center {
                let is_known = is_entire_site && with_links;
                for (kind, requests) in self.lists_of_data_center(api, counts, pass, is_known) {
                    add(kind, requests);
                }
                continue;
            }
            add(RequestKind::Spaces, 2);
            add(RequestKind::Attachments, list_requests::of_list(api, RequestKind::Attachments, self.attachments));
            for (kind, count) in [
                (RequestKind::FooterComments, self.footer_comments),
                (RequestKind::InlineComments, self.inline_comments),
            ] {
                add(kind, if with_links { list_requests::of_list(api, kind, count) } else { 0 });
            }
        }
        if with_links {
            let limit = client.page_limit(RequestKind::SearchIndex);
            let searches = cross_checks::searches(chosen, is_entire_site, &self.comments, limit);
            plan.add(RequestKind::SearchIndex, searches);
            plan.add(RequestKind::CommentReplies, self.replies);
            plan.add(RequestKind::CommentSweep, self.comment_searches);
        }
        plan.add(RequestKind::SiteDiscovery, client.requests().of(RequestKind::SiteDiscovery));
        // so far, after the lists and after their cross-checks
        plan.add(RequestKind::CurrentUser, client.requests().of(RequestKind::CurrentUser) + 2);
        plan.add(RequestKind::AttachmentsOfOneOwner, self.owners_to_check);
        // on Data Center, names come along with what people wrote
        let people = if api.deployment().is_cloud() { self.people.div_ceil(PEOPLE_PER_REQUEST) } else { 0 };
        plan.add(RequestKind::People, people as u64);
        RequestPlan::of(plan, crawl.last_run, 0).with_points(crawl.api.deployment(), 2 * self.objects(chosen))
    }

    /// Returns how many objects the lists have.
    fn objects(&self, chosen: &[&Space]) -> u64 {
        let contents = self.pages.values().chain(self.posts.values()).sum::<u64>();
        contents + chosen.len() as u64 + self.attachments + self.footer_comments + self.inline_comments
    }

    /// Returns the requests of a pass for the lists of a Data Center site that cover all of its spaces. Unless the
    /// contents of all spaces are known, they are estimated from those that the first pass sent.
    fn lists_of_data_center(
        &self,
        api: &Api,
        counts: &DataCenterCounts,
        pass: Pass,
        is_known: bool,
    ) -> Vec<(RequestKind, u64)> {
        let mut lists = vec![(RequestKind::Spaces, counts.of_spaces(api, pass.order))];
        lists.extend(counts.of_attachments(api, pass.order));
        if is_known {
            let counts = DataCenterCounts { comments: self.comments.clone(), ..counts.clone() };
            lists.push(counts.of_comments(api, pass.bodies, pass.order));
            return lists;
        }
        let sent = api.client().requests();
        lists.retain(|(kind, _)| !matches!(kind, RequestKind::Attachments | RequestKind::SpaceTrash));
        for kind in [RequestKind::Attachments, RequestKind::SpaceTrash] {
            let first = sent.of(kind);
            // the other view has pages of results that are a twentieth smaller
            lists.push((kind, if pass.is_final() { first + first / 19 } else { first }));
        }
        let of_comments = [RequestKind::FooterComments, RequestKind::InlineComments];
        lists.extend(of_comments.map(|kind| (kind, sent.of(kind))));
        lists
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
    plan.add(RequestKind::PageParents, tree_parents::first_level(api, &all).len() as u64);
    if groups.has(MetricGroup::People) {
        let needs = pages.iter().map(|page| page_versions::requests(client, cache, page, inventory.scan.started_at));
        plan.add(RequestKind::PageVersions, needs.sum());
        let mut ids = people::account_ids(&inventory.contents, &inventory.attachments);
        ids.extend(last_owners(&pages));
        // Data Center has no request for several accounts
        let per_request = if api.deployment().is_cloud() { ACCOUNTS_PER_REQUEST } else { 1 };
        plan.add(RequestKind::Accounts, ids.len().div_ceil(per_request) as u64);
    }
    if groups.has(MetricGroup::Links) {
        let unknown = link_targets::unknown(inventory, &pages).len();
        plan.add(RequestKind::LinkTargets, 2 * unknown.div_ceil(CONTENT_IDS_PER_REQUEST) as u64);
    }
    if groups.has(MetricGroup::Engagement) {
        for (kind, requests) in pages.iter().flat_map(|page| engagement::usual_requests(api, page)) {
            plan.add(kind, requests);
        }
    }
    let remembered = before.map_or(0, |plan| plan.remembered_versions);
    let last = last_run::find(options.results.as_deref(), &inventory.scan.visibility()).run;
    let archived = context::pages_in(&pages, &context::searched(&chosen, SearchScope::Archived));
    // each page is an object of the search, and each request for a page has one
    let added = plan.total().saturating_sub(before.map_or(0, RequestPlan::total)) + pages.len() as u64;
    let of_lists = before.and_then(|plan| Some(plan.points?.points.saturating_sub(plan.total()))).unwrap_or(0);
    RequestPlan {
        unless_searched: archived.len() as u64 * unsearched_pages::REQUESTS_PER_PAGE,
        ..RequestPlan::of(plan, last.as_ref(), remembered).with_points(api.deployment(), of_lists + added)
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
