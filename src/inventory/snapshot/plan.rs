//! How many requests a snapshot takes, by kind, before the costly ones are sent.

use std::collections::{BTreeSet, HashMap};

use super::engagement::USUAL_CALLS;
use super::{MetricGroup, MetricGroups, parents, reading, targets, versions};
use crate::inventory::crawl::Crawl;
use crate::inventory::last_run::{self, View};
use crate::inventory::memory::Memory;
use crate::inventory::options::CrawlOptions;
use crate::inventory::plan::{RequestPlan, batches, list_pages};
use crate::inventory::site::{AccountId, Content, ContentKind, Space, SpaceId};
use crate::inventory::{Inventory, people};
use confluence_client::api::PEOPLE_PER_REQUEST;
use confluence_client::api::{ACCOUNTS_PER_REQUEST, CONTENT_IDS_PER_REQUEST};
use confluence_client::{Api, Client, RequestCounts, RequestKind};

/// What the lists of a narrow reading showed.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pages: HashMap<SpaceId, u64>,
    posts: HashMap<SpaceId, u64>,
    attachments: u64,
    pub(super) footer_comments: u64,
    pub(super) inline_comments: u64,
    pub(super) replies: u64,
    pub(super) people: usize,
    /// Owners that are asked for their own files.
    pub(super) owners_to_ask: u64,
}

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

    /// The requests of the lists.
    pub(super) fn plan(&self, crawl: &Crawl<'_>, chosen: &[&Space], with_links: bool) -> RequestPlan {
        let client = crawl.api.client();
        let spaces: Vec<SpaceId> = chosen.iter().map(|space| space.id.clone()).collect();
        let in_batches = |kind: RequestKind, counts: &HashMap<SpaceId, u64>| {
            batches(&spaces, counts, client.concurrency(), client.page_limit(kind))
        };
        let mut plan = RequestCounts::default();
        plan.add(RequestKind::CurrentUser, 2);
        plan.add(RequestKind::Spaces, 2);
        plan.add(RequestKind::Pages, in_batches(RequestKind::Pages, &self.pages));
        plan.add(RequestKind::Attachments, list_pages(client, RequestKind::Attachments, self.attachments));
        plan.add(RequestKind::NewestAttachments, 1);
        plan.add(RequestKind::AttachmentsOfOneOwner, self.owners_to_ask);
        if with_links {
            plan.add(RequestKind::BlogPosts, in_batches(RequestKind::BlogPosts, &self.posts));
            plan.add(
                RequestKind::FooterComments,
                list_pages(client, RequestKind::FooterComments, self.footer_comments),
            );
            plan.add(
                RequestKind::InlineComments,
                list_pages(client, RequestKind::InlineComments, self.inline_comments),
            );
            plan.add(RequestKind::CommentReplies, self.replies);
        }
        plan.add(RequestKind::People, self.people.div_ceil(PEOPLE_PER_REQUEST) as u64);
        RequestPlan::of(plan, crawl.last_run, 0)
    }
}

/// The requests of a whole snapshot, those of `inventory` included: what [`take_pages`](super::take_pages) or an audit
/// has sent, and what [`read_facts`](super::read_facts) will send for the pages of these spaces (by key).
///
/// Every kind is exact on a site that answers well, except: views and viewers, which are about so many (pages that
/// nobody viewed need fewer, pages not viewed for 90 days up to one more); accounts, when only contributors are people
/// not met before; folders within folders; and labels that a search cut off.
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
    let pages = reading::current_of(&all);
    let indexed = reading::indexed_spaces(inventory, spaces);
    plan.add(RequestKind::CurrentUser, 1);
    plan.add(RequestKind::PageSweep, sweep_requests(client, &pages, &indexed));
    let indexed_ids = reading::space_ids(&indexed);
    let unindexed = pages.iter().filter(|page| !reading::is_indexed(page, &indexed_ids)).count();
    plan.add(RequestKind::PageLabels, unindexed as u64);
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
            plan.add(kind, pages.len() as u64 * calls);
        }
    }
    let remembered = before.map_or(0, |plan| plan.remembered_versions);
    let view = View::new(&inventory.scan.base_url, &inventory.scan.account.id);
    let last = last_run::find(options.results.as_deref(), &view).run;
    RequestPlan::of(plan, last.as_ref(), remembered)
}

fn sweep_requests(client: &Client, pages: &[&Content], indexed: &[&Space]) -> u64 {
    let ids = reading::space_ids(indexed);
    let mut counts: HashMap<SpaceId, u64> = HashMap::new();
    for page in pages.iter().filter(|page| reading::is_indexed(page, &ids)) {
        if let Some(space) = &page.space {
            *counts.entry(space.clone()).or_default() += 1;
        }
    }
    let ids: Vec<SpaceId> = indexed.iter().map(|space| space.id.clone()).collect();
    batches(&ids, &counts, client.concurrency(), client.page_limit(RequestKind::PageSweep))
}

/// Who owned the pages before their owners.
pub(super) fn last_owners<'i>(pages: &[&'i Content]) -> BTreeSet<&'i str> {
    let owners = pages.iter().filter_map(|page| page.details.as_ref()?.last_owner.as_ref());
    owners.map(AccountId::as_str).collect()
}
