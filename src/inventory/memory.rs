//! What the inventory keeps in the cache from run to run: old versions and page limits.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::site::{Attachment, Content, ContentId, OldVersion, PageVersion};
use crate::cache::Cache;
use confluence_client::RequestKind;

const SIZES_PROVED: &str = "sizes-proved";
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

    /// Whether a complete run has proved that the sizes kept here are those of old versions.
    pub(super) fn sizes_are_proved(self) -> bool {
        self.0.and_then(|cache| cache.get(SIZES_PROVED)).unwrap_or(false)
    }

    /// Keeps that a complete run has proved the sizes.
    pub(super) fn keep_proof_of_sizes(self) {
        if let Some(cache) = self.0 {
            cache.put(SIZES_PROVED, &true);
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
