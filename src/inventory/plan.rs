//! Request plan: how many requests a run takes, computed from the first lists. `--dry-run` prints it, and `run.json`
//! compares it with the requests sent.

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::crawl::Crawl;
use super::inventory_cache::CachedVersion;
use super::last_run::LastRun;
use super::owners_to_check::{OWNERS_OF_EACH, OwnersToCheck};
use super::site::{Attachment, Container, Content, ContentKind, Space, SpaceId, Status};
use super::{header_images, labels, people, version_list};
use crate::support::formatting::plural;
use confluence_client::api::{PEOPLE_PER_REQUEST, SPACE_IDS_PER_REQUEST};
use confluence_client::{Client, RequestCounts, RequestKind};

/// Requests per second that are expected before a run has measured the rate.
const USUAL_RATE: f64 = 10.0;

/// What the plan of an audit cannot count, for the user.
pub const ON_TOP: &str = "not in the plan: files of the labels that macros or rules filter by (in every pass), drafts and app \
                          properties of pages whose files have no use so far, lists of templates and versions that take \
                          more than one request, and further rounds of the final pass if something changes";

/// How often all lists are read: in the first pass, and in a final pass that finds no change.
const PASSES: u64 = 2;
/// How often pages and blog posts are listed: once more, before the first pass, for their titles.
const PASSES_OVER_TITLED: u64 = PASSES + 1;

/// The expected requests of a run, computed from the first lists. Retries are not included, nor is what only the crawl
/// can show ([`ON_TOP`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequestPlan {
    /// Number of requests by kind, with the same keys as the count of requests sent.
    pub requests: RequestCounts,
    /// Expected duration in seconds.
    pub seconds: u64,
    /// Expected requests per second: the rate of the last complete run, or the usual rate.
    pub rate: f64,
    /// Old versions in the cache, which cost no request.
    pub remembered_versions: u64,
    /// Additional requests if the site's search does not cover archived spaces: their pages are then read one by one.
    #[serde(default)]
    pub unless_searched: u64,
}

impl RequestPlan {
    /// Builds the plan of these requests, at the rate of the last complete run.
    pub(super) fn of(requests: RequestCounts, last: Option<&LastRun>, remembered_versions: u64) -> Self {
        let rate = last.map_or(USUAL_RATE, |last| last.requests as f64 / last.seconds.max(1) as f64).max(1.0);
        let total = requests.total();
        let seconds =
            std::time::Duration::try_from_secs_f64(total as f64 / rate).map_or(u64::MAX, |time| time.as_secs());
        Self { requests, seconds, rate, remembered_versions, unless_searched: 0 }
    }

    /// Returns the sum over all kinds.
    pub fn total(&self) -> u64 {
        self.requests.total()
    }
}

impl fmt::Display for RequestPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.seconds.div_ceil(60);
        write!(f, "plan: {}, about ", plural(self.total(), "request", "requests"))?;
        match (minutes / 60, minutes % 60) {
            (0, minutes) => write!(f, "{minutes} min")?,
            (hours, minutes) => write!(f, "{hours} h {minutes} min")?,
        }
        write!(f, " at {:.0} requests/s", self.rate)?;
        match self.unless_searched {
            0 => Ok(()),
            more => write!(f, ", and up to {more} more if the search does not cover archived spaces"),
        }
    }
}

/// Counts of the site's items, from which the plan is computed.
#[derive(Debug, Clone, Default)]
pub(super) struct SiteCounts {
    /// Spaces whose contents are listed with bodies, and those whose contents are listed without.
    pub(super) read_spaces: Vec<SpaceId>,
    pub(super) other_spaces: Vec<SpaceId>,
    pub(super) pages: HashMap<SpaceId, u64>,
    pub(super) posts: HashMap<SpaceId, u64>,
    pub(super) footer_comments: u64,
    pub(super) inline_comments: u64,
    /// Comments whose replies take a request each, because the site-wide lists show no replies.
    pub(super) reply_lists: u64,
    pub(super) attachments: u64,
    /// Pages and posts that the search shows, and archived ones, which it does not.
    pub(super) searched: u64,
    pub(super) unsearched: u64,
    pub(super) versions: u64,
    pub(super) remembered_versions: u64,
    /// Owners that no list shows, read by id: pages and posts as drafts, and custom content.
    pub(super) unlisted_drafts: u64,
    pub(super) unlisted_custom_content: u64,
    pub(super) files_owners: u64,
    /// Owners whose own lists are read because the site-wide list shows none of their files.
    pub(super) silent_owners: u64,
    pub(super) people: u64,
    pub(super) labels: bool,
}

impl SiteCounts {
    /// Counts the items of the lists.
    pub(super) fn of(
        crawl: &Crawl<'_>,
        spaces: &[Space],
        reported: Option<&[String]>,
        contents: &[Content],
        files: &[Attachment],
        owners: &[Container],
    ) -> Self {
        let is_reported = |space: &Space| reported.is_none_or(|keys| keys.contains(&space.key));
        let is_read = |space: &&Space| !crawl.options.references_within || is_reported(space);
        let (read, other): (Vec<&Space>, Vec<&Space>) = spaces.iter().partition(is_read);
        let ids = |spaces: Vec<&Space>| spaces.into_iter().map(|space| space.id.clone()).collect();
        let mut counts = Self { read_spaces: ids(read), other_spaces: ids(other), ..Self::default() };
        let archived: HashSet<&SpaceId> =
            spaces.iter().filter(|space| space.is_archived()).map(|space| &space.id).collect();
        for content in contents {
            counts.add_content(content, &archived);
        }
        counts.attachments = files.len() as u64;
        for owner in owners {
            match owner {
                Container::Page(_) | Container::BlogPost(_) => counts.unlisted_drafts += 1,
                Container::CustomContent(_) => counts.unlisted_custom_content += 1,
                Container::None => {}
            }
        }
        counts.labels = crawl.options.needs_labels || !labels::wanted(contents).is_empty();
        let unreported: HashSet<&SpaceId> =
            spaces.iter().filter(|space| !is_reported(space)).map(|space| &space.id).collect();
        counts.add_versions(crawl, contents, files, &unreported);
        let to_check = OwnersToCheck::of(contents, files);
        counts.silent_owners = to_check.without_listed_files(crawl.started_at).len() as u64;
        let with_files = files.iter().filter_map(|file| file.container.id()).filter(|id| to_check.is_published(id));
        let with_files: HashSet<_> = with_files.collect();
        counts.files_owners = with_files.len() as u64;
        counts.people = people::account_ids(contents, files).len() as u64;
        counts
    }

    fn add_content(&mut self, content: &Content, archived: &HashSet<&SpaceId>) {
        let in_space = |map: &mut HashMap<SpaceId, u64>| {
            if let Some(space) = &content.space {
                *map.entry(space.clone()).or_default() += 1;
            }
        };
        match content.kind {
            ContentKind::Page => in_space(&mut self.pages),
            ContentKind::BlogPost => in_space(&mut self.posts),
            ContentKind::FooterComment => self.footer_comments += 1,
            ContentKind::InlineComment => self.inline_comments += 1,
            ContentKind::Template | ContentKind::CustomContent => {}
        }
        if header_images::can_have_header_image(content) {
            let in_archived_space = content.space.as_ref().is_some_and(|space| archived.contains(space));
            if content.status == Status::Current && !in_archived_space {
                self.searched += 1;
            } else {
                self.unsearched += 1;
            }
        }
    }

    fn add_versions(
        &mut self,
        crawl: &Crawl<'_>,
        contents: &[Content],
        files: &[Attachment],
        unreported: &HashSet<&SpaceId>,
    ) {
        let outside: HashSet<_> = contents
            .iter()
            .filter(|content| content.space.as_ref().is_some_and(|space| unreported.contains(space)))
            .map(|content| &content.id)
            .collect();
        for file in files.iter().filter(|file| file.container.id().is_none_or(|id| !outside.contains(id))) {
            for number in version_list::old_numbers(file) {
                match crawl.cache.version(file, number) {
                    Some(CachedVersion::Read(_)) => self.remembered_versions += 1,
                    Some(CachedVersion::Deleted) | None => self.versions += 1,
                }
            }
        }
    }

    /// Computes the plan with the page sizes that the client uses.
    pub(super) fn plan(&self, client: &Client, last: Option<&LastRun>) -> RequestPlan {
        let mut requests = RequestCounts::default();
        let mut add = |kind, count| requests.add(kind, count);
        add(RequestKind::CurrentUser, 2);
        for _ in 0..PASSES {
            add(RequestKind::Spaces, 2);
            for (kind, count) in [
                (RequestKind::Attachments, self.attachments),
                (RequestKind::FooterComments, self.footer_comments),
                (RequestKind::InlineComments, self.inline_comments),
                (RequestKind::HeaderImageSweep, self.searched),
            ] {
                add(kind, list_pages(client, kind, count));
            }
            add(RequestKind::CommentReplies, self.reply_lists);
            add(RequestKind::Templates, 2 * (self.read_spaces.len() as u64 + 1));
            add(RequestKind::Labels, u64::from(self.labels));
        }
        // the account check after the final pass
        add(RequestKind::CurrentUser, 1);
        for (kind, counts) in [(RequestKind::Pages, &self.pages), (RequestKind::BlogPosts, &self.posts)] {
            let pages_of = |spaces| batches(spaces, counts, client.concurrency(), client.page_limit(kind));
            add(kind, PASSES_OVER_TITLED * pages_of(&self.read_spaces) + pages_of(&self.other_spaces));
        }
        add(RequestKind::Properties, self.unsearched);
        add(RequestKind::Draft, self.unlisted_drafts);
        add(RequestKind::DraftsOfPages, 1);
        add(RequestKind::DraftsOfBlogPosts, 1);
        add(RequestKind::OneCustomContent, self.unlisted_custom_content);
        let indexed = self.footer_comments + self.inline_comments + self.attachments;
        add(RequestKind::SearchIndex, list_pages(client, RequestKind::SearchIndex, indexed));
        let sampled = self.files_owners.min(3 * OWNERS_OF_EACH as u64);
        add(RequestKind::AttachmentsOfOneOwner, sampled + self.silent_owners);
        add(RequestKind::AttachmentVersion, self.versions);
        add(RequestKind::DownloadOfOneByte, 2 * u64::from(self.versions + self.remembered_versions > 0));
        add(RequestKind::People, self.people.div_ceil(PEOPLE_PER_REQUEST as u64));
        RequestPlan::of(requests, last, self.remembered_versions)
    }
}

/// Returns the number of requests for a list of `items` items. An empty list takes one request, too.
pub(super) fn list_pages(client: &Client, kind: RequestKind, items: u64) -> u64 {
    items.div_ceil(client.page_limit(kind).into()).max(1)
}

/// Returns the number of requests for the contents of these spaces, in the batches in which their lists are read.
pub(super) fn batches(spaces: &[SpaceId], counts: &HashMap<SpaceId, u64>, concurrency: usize, limit: u32) -> u64 {
    let size = batch_size(spaces.len(), concurrency);
    let of_batch = |batch: &[SpaceId]| {
        let items: u64 = batch.iter().filter_map(|space| counts.get(space)).sum();
        items.div_ceil(limit.into()).max(1)
    };
    spaces.chunks(size).map(of_batch).sum()
}

/// Returns how many spaces one list covers: every worker gets a list, and no request names more spaces than allowed.
pub(super) fn batch_size(spaces: usize, concurrency: usize) -> usize {
    spaces.div_ceil(concurrency).clamp(1, SPACE_IDS_PER_REQUEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_counted_in_the_batches_in_which_they_are_read() {
        let spaces: Vec<SpaceId> = (0..4).map(|id| SpaceId::new(id.to_string())).collect();
        let counts = HashMap::from([(spaces[0].clone(), 251), (spaces[1].clone(), 250), (spaces[3].clone(), 1)]);
        assert_eq!(batches(&spaces, &counts, 8, 250), 2 + 1 + 1 + 1);
        assert_eq!(batches(&spaces, &counts, 1, 250), 3);
        assert_eq!(batches(&spaces, &counts, 1, 50), 11);
        assert_eq!(batches(&[], &counts, 8, 250), 0);
    }

    #[test]
    fn a_plan_is_shown_with_its_duration_and_rate() {
        let plan = |count: u64, seconds| RequestPlan {
            requests: RequestCounts::from_iter([(RequestKind::Pages, count)]),
            seconds,
            rate: 10.0,
            remembered_versions: 0,
            unless_searched: 0,
        };
        assert_eq!(plan(12, 2).to_string(), "plan: 12 requests, about 1 min at 10 requests/s");
        assert_eq!(plan(60_000, 6_000).to_string(), "plan: 60,000 requests, about 1 h 40 min at 10 requests/s");
    }
}
