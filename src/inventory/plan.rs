//! Request plan: how many requests a run takes, computed from the first lists. `--dry-run` prints it, and `run.json`
//! compares it with the requests sent.

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::crawl::Crawl;
use super::inventory_cache::CachedVersion;
use super::last_run::LastRun;
use super::list_requests::DataCenterCounts;
use super::owners_to_check::{OWNERS_OF_EACH, OwnersToCheck};
use super::pass::Pass;
use super::quota_points::QuotaPoints;
use super::site::{Attachment, Container, Content, ContentKind, Space, SpaceId, Status};
use super::{header_images, labels, list_requests, old_versions, people, version_list};
use crate::support::formatting::plural;
use confluence_client::api::{ACCOUNTS_PER_REQUEST, ListOrder, PEOPLE_PER_REQUEST, SPACE_IDS_PER_REQUEST};
use confluence_client::{Api, Client, Deployment, RequestCounts, RequestKind};

/// Requests per second that are expected before a run has measured the rate.
const USUAL_RATE: f64 = 10.0;

/// What the plan of an audit cannot count, for the user.
pub const ON_TOP: &str = "not in the plan: files of the labels that macros or rules filter by (in every pass), drafts and app \
                          properties of pages whose files have no use so far, lists of templates and versions that take \
                          more than one request, and further rounds of the final pass if something changes";

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
    /// Additional requests at most, to find who can decide about unreferenced files: their accounts, and administrators
    /// of their spaces. How many depends on the verdicts.
    #[serde(default)]
    pub for_owners: u64,
    /// Points of the gateway's hourly quota that the requests take; `None` on the site's own host, which has no quota of
    /// points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<QuotaPoints>,
}

/// Writes a time in minutes, or hours and minutes.
pub(super) fn write_time(f: &mut fmt::Formatter<'_>, seconds: u64) -> fmt::Result {
    let minutes = seconds.div_ceil(60).max(1);
    match (minutes / 60, minutes % 60) {
        (0, minutes) => write!(f, "{minutes} min"),
        (hours, minutes) => write!(f, "{hours} h {minutes} min"),
    }
}

impl RequestPlan {
    /// Builds the plan of these requests, at the rate of the last complete run.
    pub(super) fn of(requests: RequestCounts, last: Option<&LastRun>, remembered_versions: u64) -> Self {
        let rate = last.map_or(USUAL_RATE, |last| last.requests as f64 / last.seconds.max(1) as f64).max(1.0);
        let total = requests.total();
        let seconds =
            std::time::Duration::try_from_secs_f64(total as f64 / rate).map_or(u64::MAX, |time| time.as_secs());
        Self { requests, seconds, rate, remembered_versions, unless_searched: 0, for_owners: 0, points: None }
    }

    /// Adds the points, if the site is read through the gateway. `objects` are expected in all responses together.
    pub(super) fn with_points(self, deployment: Deployment, objects: u64) -> Self {
        let points = (deployment == Deployment::Gateway).then(|| QuotaPoints::of(self.total(), objects));
        Self { points, ..self }
    }

    /// Returns the sum over all kinds.
    pub fn total(&self) -> u64 {
        self.requests.total()
    }
}

impl fmt::Display for RequestPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "plan: {}, about ", plural(self.total(), "request", "requests"))?;
        write_time(f, self.seconds)?;
        write!(f, " at {:.0} requests/s", self.rate)?;
        match self.unless_searched {
            0 => {}
            more => write!(f, ", and up to {more} more if the search does not cover archived spaces")?,
        }
        match self.for_owners {
            0 => {}
            more => write!(f, ", and up to {more} more to find the owners of unreferenced files")?,
        }
        self.points.map_or(Ok(()), |points| write!(f, "; {points}"))
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
    /// Whether the names of people are read, and the sizes of old versions verified.
    pub(super) names_and_sizes: bool,
    /// Reported spaces, whose administrators may have to be read.
    pub(super) reported_spaces: u64,
    pub(super) labels: bool,
    /// What else the plan for Data Center depends on.
    pub(super) data_center: DataCenterCounts,
    /// Whether spaces, pages and posts are listed once more, without the admin key.
    pub(super) without_key: bool,
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
        counts.without_key = crawl.api.uses_admin_key();
        let needs_labels = crawl.options.needs_labels || !labels::wanted(contents).is_empty();
        counts.labels = needs_labels && !labels::come_with_files(crawl.api);
        let unreported: HashSet<&SpaceId> =
            spaces.iter().filter(|space| !is_reported(space)).map(|space| &space.id).collect();
        counts.add_versions(crawl, contents, files, &unreported);
        let to_check = OwnersToCheck::of(contents, files);
        counts.silent_owners = to_check.without_listed_files(crawl.started_at).len() as u64;
        let with_files = files.iter().filter_map(|file| file.container.id()).filter(|id| to_check.is_published(id));
        let with_files: HashSet<_> = with_files.collect();
        counts.files_owners = with_files.len() as u64;
        counts.names_and_sizes = crawl.options.earlier_files.is_none();
        counts.reported_spaces = spaces.iter().filter(|space| is_reported(space)).count() as u64;
        counts.people = people::account_ids(contents, files).len() as u64;
        counts.data_center = DataCenterCounts::of(spaces, contents, files);
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
        let is_read = |file: &&Attachment| file.container.id().is_none_or(|id| !outside.contains(id));
        for file in files.iter().filter(is_read).filter(|file| crawl.options.judges(file)) {
            for number in version_list::old_numbers(file) {
                match old_versions::known_version(crawl, file, number) {
                    Some(CachedVersion::Read(_)) => self.remembered_versions += 1,
                    Some(CachedVersion::Deleted) | None => self.versions += 1,
                }
            }
        }
    }

    /// Computes the plan with the page sizes that the client uses.
    pub(super) fn plan(&self, api: &Api, last: Option<&LastRun>) -> RequestPlan {
        let is_cloud = api.deployment().is_cloud();
        let mut requests = RequestCounts::default();
        for pass in [Pass::FIRST, Pass::final_round(ListOrder::Backward)] {
            self.add_pass(api, pass, &mut requests);
        }
        let mut add = |kind, count| requests.add(kind, count);
        let sent = api.client().requests();
        add(RequestKind::SiteDiscovery, sent.of(RequestKind::SiteDiscovery));
        // so far, after the first pass and after the final pass
        add(RequestKind::CurrentUser, sent.of(RequestKind::CurrentUser) + 3);
        if self.without_key {
            add(RequestKind::Spaces, 2);
            let all: Vec<SpaceId> = self.read_spaces.iter().chain(&self.other_spaces).cloned().collect();
            for (kind, counts) in [(RequestKind::Pages, &self.pages), (RequestKind::BlogPosts, &self.posts)] {
                add(kind, list_requests::of_contents(api, kind, &all, counts, Pass::TITLES));
            }
        }
        for (kind, counts) in [(RequestKind::Pages, &self.pages), (RequestKind::BlogPosts, &self.posts)] {
            add(kind, list_requests::of_contents(api, kind, &self.read_spaces, counts, Pass::TITLES));
            add(kind, list_requests::of_contents(api, kind, &self.other_spaces, counts, Pass::TITLES));
        }
        if api.features().header_images {
            add(RequestKind::Properties, self.unsearched);
        }
        add(RequestKind::Draft, self.unlisted_drafts);
        // Data Center has lists of drafts, so the final pass reads them again
        let passes_over_drafts = if is_cloud { 1 } else { 2 };
        add(RequestKind::DraftsOfPages, passes_over_drafts);
        add(RequestKind::DraftsOfBlogPosts, passes_over_drafts);
        add(RequestKind::OneCustomContent, self.unlisted_custom_content);
        let indexed = self.footer_comments + self.inline_comments + self.attachments;
        add(RequestKind::SearchIndex, list_requests::of_list(api, RequestKind::SearchIndex, indexed));
        let sampled = self.files_owners.min(3 * OWNERS_OF_EACH as u64);
        add(RequestKind::AttachmentsOfOneOwner, sampled + self.silent_owners);
        add(RequestKind::AttachmentVersion, self.versions);
        let verifies_sizes = self.names_and_sizes && self.versions + self.remembered_versions > 0;
        add(RequestKind::DownloadOfOneByte, 2 * u64::from(verifies_sizes));
        if is_cloud {
            let people = if self.names_and_sizes { self.people } else { 0 };
            add(RequestKind::People, people.div_ceil(PEOPLE_PER_REQUEST as u64));
        } else {
            // names come along with what people wrote
            add(RequestKind::SiteInformation, 1);
            add(RequestKind::SpaceRetention, 1);
        }
        RequestPlan {
            for_owners: self.for_owners(is_cloud),
            ..RequestPlan::of(requests, last, self.remembered_versions)
        }
        .with_points(api.deployment(), self.objects())
    }

    /// Returns how many requests the owners of unreferenced files take at most, if the site returns every account.
    fn for_owners(&self, is_cloud: bool) -> u64 {
        if self.attachments == 0 {
            return 0;
        }
        // the accounts of administrators come after those of the files
        let accounts = if is_cloud { self.people.div_ceil(ACCOUNTS_PER_REQUEST as u64) + 1 } else { self.people };
        accounts + self.reported_spaces
    }

    /// Returns how many objects the responses have together: of every list in each of two passes, of the titles before
    /// them, and of what is read once.
    fn objects(&self) -> u64 {
        let contents = self.pages.values().chain(self.posts.values()).sum::<u64>();
        let spaces = (self.read_spaces.len() + self.other_spaces.len()) as u64;
        let comments = self.footer_comments + self.inline_comments;
        let in_every_pass = spaces + self.attachments + comments + self.searched + contents;
        let once = comments + self.attachments + self.unsearched + self.versions + self.people;
        2 * in_every_pass + contents + once
    }

    /// Adds the lists of one pass.
    fn add_pass(&self, api: &Api, pass: Pass, requests: &mut RequestCounts) {
        let mut add = |kind, count| requests.add(kind, count);
        if api.deployment().is_cloud() {
            add(RequestKind::Spaces, 2);
            for (kind, count) in [
                (RequestKind::Attachments, self.attachments),
                (RequestKind::FooterComments, self.footer_comments),
                (RequestKind::InlineComments, self.inline_comments),
            ] {
                add(kind, list_requests::of_list(api, kind, count));
            }
        } else {
            let counts = &self.data_center;
            add(RequestKind::Spaces, counts.of_spaces(api, pass.order));
            let comments = counts.of_comments(api, pass.bodies, pass.order);
            for (kind, count) in counts.of_attachments(api, pass.order).into_iter().chain([comments]) {
                add(kind, count);
            }
        }
        add(RequestKind::HeaderImageSweep, list_requests::of_list(api, RequestKind::HeaderImageSweep, self.searched));
        add(RequestKind::CommentReplies, self.reply_lists);
        add(RequestKind::Templates, 2 * (self.read_spaces.len() as u64 + 1));
        add(RequestKind::Labels, u64::from(self.labels));
        for (kind, counts) in [(RequestKind::Pages, &self.pages), (RequestKind::BlogPosts, &self.posts)] {
            add(kind, list_requests::of_contents(api, kind, &self.read_spaces, counts, pass));
        }
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
            for_owners: 0,
            points: None,
        };
        assert_eq!(plan(3, 0).to_string(), "plan: 3 requests, about 1 min at 10 requests/s");
        assert_eq!(plan(12, 2).to_string(), "plan: 12 requests, about 1 min at 10 requests/s");
        assert_eq!(plan(60_000, 6_000).to_string(), "plan: 60,000 requests, about 1 h 40 min at 10 requests/s");
    }

    #[test]
    fn a_plan_through_the_gateway_has_points_and_the_hours_that_they_take() {
        let plan = || RequestPlan::of(RequestCounts::from_iter([(RequestKind::Pages, 2_000)]), None, 0);
        assert_eq!(plan().with_points(Deployment::Cloud, 400_000).points, None);
        let plan = plan().with_points(Deployment::Gateway, 400_000);
        assert_eq!(plan.points, Some(QuotaPoints { points: 402_000, seconds: 22_265 }));
        assert_eq!(
            plan.to_string(),
            "plan: 2,000 requests, about 4 min at 10 requests/s; about 402,000 points of the gateway's quota: 6 h 12 min \
             if it allows 65,000 points per hour"
        );
    }
}
