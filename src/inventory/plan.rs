//! How many requests a run takes, known as soon as the first lists are: the plan of `--dry-run`, and what `run.json`
//! compares with reality.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::crawl::Crawl;
use super::memory::{LastRun, Remembered};
use super::site::{Attachment, Content, ContentKind, Space, SpaceId};
use super::{header_images, labels, people, reconcile};
use crate::wording::plural;
use confluence_client::Client;
use confluence_client::api::{LIST_LIMIT, PEOPLE_PER_REQUEST, PLAIN_SEARCH_LIMIT, SEARCH_LIMIT, SPACE_IDS_PER_REQUEST};

/// Requests in a second that are expected before a run has measured them (`confluence-api.md` 6).
const USUAL_RATE: f64 = 10.0;

/// The requests of a run, computed from the first lists. Retries, and what only reading can show (drafts of candidates,
/// changes during the run), come on top.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequestPlan {
    /// By kind, in the words of the counter of requests sent.
    pub requests: BTreeMap<String, u64>,
    /// Expected time in seconds.
    pub seconds: u64,
    /// Requests in a second this expects: measured in the last complete run, or the usual number.
    pub rate: f64,
    /// Old versions that earlier runs have read, which cost no request.
    pub remembered_versions: u64,
}

impl RequestPlan {
    /// The plan of these requests, at the rate of the last complete run.
    pub(super) fn of(requests: BTreeMap<String, u64>, last: Option<&LastRun>, remembered_versions: u64) -> Self {
        let rate = last.map_or(USUAL_RATE, |last| last.requests as f64 / last.seconds.max(1) as f64).max(1.0);
        let total: u64 = requests.values().sum();
        let seconds =
            std::time::Duration::try_from_secs_f64(total as f64 / rate).map_or(u64::MAX, |time| time.as_secs());
        Self { requests, seconds, rate, remembered_versions }
    }

    /// All requests.
    pub fn total(&self) -> u64 {
        self.requests.values().sum()
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
        write!(f, " at {:.0} in a second", self.rate)
    }
}

/// What the plan is computed from.
#[derive(Debug, Clone, Default)]
pub(super) struct SiteCounts {
    /// Spaces whose contents are listed with bodies, and those listed without.
    pub(super) read_spaces: Vec<SpaceId>,
    pub(super) other_spaces: Vec<SpaceId>,
    pub(super) pages: HashMap<SpaceId, u64>,
    pub(super) posts: HashMap<SpaceId, u64>,
    pub(super) footer_comments: u64,
    pub(super) inline_comments: u64,
    /// Comments whose replies have to be asked for, because the lists show none.
    pub(super) reply_lists: u64,
    pub(super) attachments: u64,
    /// Pages and posts that a search shows, and those it does not: archived ones.
    pub(super) searched: u64,
    pub(super) unsearched: u64,
    pub(super) versions: u64,
    pub(super) remembered_versions: u64,
    pub(super) owners: u64,
    pub(super) files_owners: u64,
    /// Contents that name files of their own though the list shows none of them.
    pub(super) silent_owners: u64,
    pub(super) people: u64,
    pub(super) labels: bool,
}

impl SiteCounts {
    /// Counts what the lists showed.
    pub(super) fn of(
        crawl: &Crawl<'_>,
        spaces: &[Space],
        reported: Option<&[String]>,
        contents: &[Content],
        files: &[Attachment],
        owners: usize,
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
        counts.owners = owners as u64;
        counts.labels = crawl.options.needs_labels || !labels::wanted(contents).is_empty();
        let unreported: HashSet<&SpaceId> =
            spaces.iter().filter(|space| !is_reported(space)).map(|space| &space.id).collect();
        counts.add_versions(crawl, contents, files, &unreported);
        let published = reconcile::published(contents);
        counts.silent_owners = published.without_listed_files(files).len() as u64;
        let with_files = files.iter().filter_map(|file| file.container.id()).filter(|id| published.has(id));
        let with_files: HashSet<_> = with_files.collect();
        counts.files_owners = with_files.len() as u64;
        counts.people = people::met(contents, files).len() as u64;
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
        if header_images::has_header(content) {
            let in_archived_space = content.space.as_ref().is_some_and(|space| archived.contains(space));
            if content.status == super::Status::Current && !in_archived_space {
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
            for number in 1..file.version {
                match crawl.memory.version(file, number) {
                    Some(Remembered::Read(_)) => self.remembered_versions += 1,
                    Some(Remembered::Deleted) | None => self.versions += 1,
                }
            }
        }
    }

    /// The plan, with the page limits the client will use.
    pub(super) fn plan(&self, client: &Client, last: Option<&LastRun>) -> RequestPlan {
        let mut requests = BTreeMap::new();
        let mut add = |kind: &str, count: u64| {
            if count > 0 {
                *requests.entry(kind.to_owned()).or_insert(0) += count;
            }
        };
        let pages_of =
            |kind: &str, limit: u32, items: u64| items.div_ceil(client.page_limit(kind, limit).into()).max(1);
        add("current user", 2);
        add("spaces", 2);
        for (kind, counts) in [("pages", &self.pages), ("blog posts", &self.posts)] {
            let limit = client.page_limit(kind, LIST_LIMIT);
            for spaces in [&self.read_spaces, &self.other_spaces] {
                add(kind, batches(spaces, counts, client.concurrency(), limit));
            }
        }
        add("attachments", pages_of("attachments", LIST_LIMIT, self.attachments));
        add("footer comments", pages_of("footer comments", LIST_LIMIT, self.footer_comments));
        add("inline comments", pages_of("inline comments", LIST_LIMIT, self.inline_comments));
        add("comment replies", self.reply_lists);
        add("templates", 2 * (self.read_spaces.len() as u64 + 1));
        add("header image sweep", pages_of("header image sweep", SEARCH_LIMIT, self.searched));
        add("properties", self.unsearched);
        add("owners that no list shows", self.owners);
        add("newest attachments", 1);
        let indexed = self.footer_comments + self.inline_comments + self.attachments;
        add("second walk", pages_of("second walk", PLAIN_SEARCH_LIMIT, indexed));
        let sampled = self.files_owners.min(3 * reconcile::OWNERS_OF_EACH as u64)
            + self.silent_owners.min(reconcile::OWNERS_OF_EACH as u64);
        add("attachments of one owner", sampled);
        add("attachment version", self.versions);
        add("download of one byte", 2 * u64::from(self.versions + self.remembered_versions > 0));
        add("labels", u64::from(self.labels));
        add("people", self.people.div_ceil(PEOPLE_PER_REQUEST as u64));
        for kind in ["changed pages", "changed blog posts", "changed attachments"] {
            add(kind, 1);
        }
        add("changed comments", 2);
        RequestPlan::of(requests, last, self.remembered_versions)
    }
}

/// Requests for the contents of these spaces, in the batches the lists are walked in.
pub(super) fn batches(spaces: &[SpaceId], counts: &HashMap<SpaceId, u64>, concurrency: usize, limit: u32) -> u64 {
    let size = batch_size(spaces.len(), concurrency);
    let of_batch = |batch: &[SpaceId]| {
        let items: u64 = batch.iter().filter_map(|space| counts.get(space)).sum();
        items.div_ceil(limit.into()).max(1)
    };
    spaces.chunks(size).map(of_batch).sum()
}

/// Spaces in one list: so many that all workers have a list, and no more than one request may name.
pub(super) fn batch_size(spaces: usize, concurrency: usize) -> usize {
    spaces.div_ceil(concurrency).clamp(1, SPACE_IDS_PER_REQUEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_counted_in_the_batches_they_are_walked_in() {
        let spaces: Vec<SpaceId> = (0..4).map(|id| SpaceId::new(id.to_string())).collect();
        let counts = HashMap::from([(spaces[0].clone(), 251), (spaces[1].clone(), 250), (spaces[3].clone(), 1)]);
        assert_eq!(batches(&spaces, &counts, 8, 250), 2 + 1 + 1 + 1);
        assert_eq!(batches(&spaces, &counts, 1, 250), 3);
        assert_eq!(batches(&spaces, &counts, 1, 50), 11);
        assert_eq!(batches(&[], &counts, 8, 250), 0);
    }

    #[test]
    fn a_plan_reads_as_people_say_it() {
        let plan = |count: u64, seconds| RequestPlan {
            requests: BTreeMap::from([("pages".to_owned(), count)]),
            seconds,
            rate: 10.0,
            remembered_versions: 0,
        };
        assert_eq!(plan(12, 2).to_string(), "plan: 12 requests, about 1 min at 10 in a second");
        assert_eq!(plan(60_000, 6_000).to_string(), "plan: 60,000 requests, about 1 h 40 min at 10 in a second");
    }
}
