//! What the inventory keeps from run to run: old versions, page limits, the figures of the last complete run.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::site::{AccountId, Attachment, Content, ContentId, OldVersion, PageVersion, Space, Status};
use crate::cache::Cache;
use confluence_client::RequestKind;

const LAST_COMPLETE: &str = "last-complete-run";
const PAGE_LIMITS: &str = "page-limits";
/// After this time a larger page is tried again: the trouble may have been a bad day of the server.
const PAGE_LIMITS_LAST: TimeDelta = TimeDelta::days(14);

/// What is remembered of an old version.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Remembered {
    /// Its name, size and file id, which never change.
    Read(OldVersion),
    /// It was deleted. To be confirmed by the list of versions: 404 also means "not visible".
    Deleted,
}

/// How much a site held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Spaces, current and archived.
    pub spaces: u64,
    /// Pages and blog posts of every status.
    pub contents: u64,
    /// Attachments of every status.
    pub attachments: u64,
}

impl Figures {
    pub(super) fn of(spaces: &[Space], contents: &[Content], attachments: &[Attachment]) -> Self {
        let contents =
            contents.iter().filter(|content| content.kind.owns_attachments() && content.status != Status::Draft);
        Self { spaces: spaces.len() as u64, contents: contents.count() as u64, attachments: attachments.len() as u64 }
    }
}

/// The last complete run of a site by an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LastRun {
    /// As whom.
    pub account: AccountId,
    /// When it ended.
    pub finished_at: DateTime<Utc>,
    /// How long it took.
    pub seconds: u64,
    /// Requests it sent.
    pub requests: u64,
    /// What it found.
    pub figures: Figures,
}

#[derive(Serialize, Deserialize)]
struct PageLimits {
    learned_at: DateTime<Utc>,
    limits: BTreeMap<String, u32>,
}

/// The cache in the words of the inventory; without a cache, nothing is remembered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Memory<'a>(pub(super) Option<&'a Cache>);

impl Memory<'_> {
    /// What is known of an old version of a file.
    pub(super) fn version(self, file: &Attachment, number: u32) -> Option<Remembered> {
        self.0?.get(&version_key(file, number))
    }

    /// Keeps an old version, unless something about it is unknown and may be told another time.
    pub(super) fn keep_version(self, file: &Attachment, version: &OldVersion) {
        if let Some(cache) = self.0
            && version.title.is_some()
            && version.size.is_some()
        {
            cache.put(&version_key(file, version.number), &Remembered::Read(version.clone()));
        }
    }

    /// Keeps that an old version was deleted.
    pub(super) fn keep_deleted(self, file: &Attachment, number: u32) {
        if let Some(cache) = self.0 {
            cache.put(&version_key(file, number), &Remembered::Deleted);
        }
    }

    /// All versions of a page as they were when `newest` was the newest one: versions are never changed, only added.
    pub(super) fn page_versions(self, page: &Content, newest: u32) -> Option<Vec<PageVersion>> {
        self.0?.get(&page_versions_key(&page.id, page.created_at, newest))
    }

    /// Keeps all versions of a page.
    pub(super) fn keep_page_versions(self, page: &Content, newest: u32, versions: &[PageVersion]) {
        if let Some(cache) = self.0 {
            cache.put(&page_versions_key(&page.id, page.created_at, newest), &versions);
        }
    }

    /// The server was found to answer wrong sizes for old versions: nothing it said before is believed either.
    pub(super) fn distrust(self) {
        if let Some(cache) = self.0 {
            cache.clear();
        }
    }

    /// The page limits learned lately.
    pub(super) fn page_limits(self, now: DateTime<Utc>) -> BTreeMap<RequestKind, u32> {
        let kept = self.0.and_then(|cache| cache.get::<PageLimits>(PAGE_LIMITS));
        let limits = kept.filter(|kept| now - kept.learned_at < PAGE_LIMITS_LAST).map(|kept| kept.limits);
        // another version of the program may have learned limits of kinds that are gone
        let known = |(label, limit): (String, u32)| Some((RequestKind::of_label(&label)?, limit));
        limits.into_iter().flatten().filter_map(known).collect()
    }

    /// Keeps page limits when they are news.
    pub(super) fn keep_page_limits(self, limits: BTreeMap<RequestKind, u32>, now: DateTime<Utc>) {
        if let Some(cache) = self.0
            && limits != self.page_limits(now)
        {
            let limits = limits.into_iter().map(|(kind, limit)| (kind.label().to_owned(), limit)).collect();
            cache.put(PAGE_LIMITS, &PageLimits { learned_at: now, limits });
        }
    }

    /// The last complete run.
    pub(super) fn last_run(self) -> Option<LastRun> {
        self.0?.get(LAST_COMPLETE)
    }

    /// Keeps a complete run as the one later runs are compared with.
    pub(super) fn keep_run(self, run: &LastRun) {
        if let Some(cache) = self.0 {
            cache.put(LAST_COMPLETE, run);
        }
    }
}

/// The time of the first upload is part of the key: after a site was restored from a backup, an id may mean another file.
fn version_key(file: &Attachment, number: u32) -> String {
    let created = file.created_at.map_or(0, |time| time.timestamp_millis());
    format!("version/{}/{created}/{number}", file.id.digits())
}

/// The time of creation is part of the key for the same reason.
fn page_versions_key(page: &ContentId, created: Option<DateTime<Utc>>, newest: u32) -> String {
    let created = created.map_or(0, |time| time.timestamp_millis());
    format!("page-versions/{page}/{created}/{newest}")
}
