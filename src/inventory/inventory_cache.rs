//! The inventory's entries in the cache: old versions, page versions and page sizes.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::site::{Attachment, Content, ContentId, OldVersion, PageVersion};
use crate::cache::Cache;
use confluence_client::RequestKind;

const SIZES_VERIFIED: &str = "sizes-proved";
const PAGE_LIMITS: &str = "page-limits";
/// After this time, larger pages are tried again: the server's trouble may have been temporary.
const PAGE_LIMITS_LAST: TimeDelta = TimeDelta::days(14);

/// The cached state of an old version of a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum CachedVersion {
    /// Name, size and file id, which never change.
    Read(OldVersion),
    /// The version was deleted. The list of versions must confirm that, because 404 also means "not visible".
    Deleted,
}

#[derive(Serialize, Deserialize)]
struct PageLimits {
    learned_at: DateTime<Utc>,
    limits: BTreeMap<String, u32>,
}

/// Typed access to the cache; without a cache it is always empty.
#[derive(Debug, Clone, Copy)]
pub(super) struct InventoryCache<'a>(pub(super) Option<&'a Cache>);

impl InventoryCache<'_> {
    /// Returns the cached state of an old version of a file.
    pub(super) fn version(self, file: &Attachment, number: u32) -> Option<CachedVersion> {
        self.0?.get(&version_key(file, number))
    }

    /// Saves an old version, unless a part of it is unknown that a later request may return.
    pub(super) fn save_version(self, file: &Attachment, version: &OldVersion) {
        if let Some(cache) = self.0
            && version.title.is_some()
            && version.size.is_some()
        {
            cache.put(&version_key(file, version.number), &CachedVersion::Read(version.clone()));
        }
    }

    /// Saves that an old version was deleted.
    pub(super) fn save_deleted(self, file: &Attachment, number: u32) {
        if let Some(cache) = self.0 {
            cache.put(&version_key(file, number), &CachedVersion::Deleted);
        }
    }

    /// Returns all versions of a page as of the version `newest`: versions are never changed, only added.
    pub(super) fn page_versions(self, page: &Content, newest: u32) -> Option<Vec<PageVersion>> {
        self.0?.get(&page_versions_key(&page.id, page.created_at, newest))
    }

    pub(super) fn save_page_versions(self, page: &Content, newest: u32, versions: &[PageVersion]) {
        if let Some(cache) = self.0 {
            cache.put(&page_versions_key(&page.id, page.created_at, newest), &versions);
        }
    }

    /// Deletes all records, after the server returned a wrong size of an old version: earlier responses may be wrong,
    /// too.
    pub(super) fn clear_untrusted(self) {
        if let Some(cache) = self.0 {
            cache.clear();
        }
    }

    /// Returns the page sizes that runs learned recently.
    pub(super) fn page_limits(self, now: DateTime<Utc>) -> BTreeMap<RequestKind, u32> {
        let kept = self.0.and_then(|cache| cache.get::<PageLimits>(PAGE_LIMITS));
        let limits = kept.filter(|kept| now - kept.learned_at < PAGE_LIMITS_LAST).map(|kept| kept.limits);
        // another version of the program may have learned limits of request kinds that this one does not have
        let known = |(label, limit): (String, u32)| Some((RequestKind::of_label(&label)?, limit));
        limits.into_iter().flatten().filter_map(known).collect()
    }

    /// Saves page sizes that differ from the cached ones.
    pub(super) fn save_page_limits(self, limits: BTreeMap<RequestKind, u32>, now: DateTime<Utc>) {
        if let Some(cache) = self.0
            && limits != self.page_limits(now)
        {
            let limits = limits.into_iter().map(|(kind, limit)| (kind.label().to_owned(), limit)).collect();
            cache.put(PAGE_LIMITS, &PageLimits { learned_at: now, limits });
        }
    }

    /// Returns whether a complete run verified the cached sizes of old versions.
    pub(super) fn sizes_are_verified(self) -> bool {
        self.0.and_then(|cache| cache.get(SIZES_VERIFIED)).unwrap_or(false)
    }

    /// Saves that a complete run verified the sizes of old versions.
    pub(super) fn save_sizes_verified(self) {
        if let Some(cache) = self.0 {
            cache.put(SIZES_VERIFIED, &true);
        }
    }
}

/// The key has the time of the first upload, because an id may belong to another file after the site was restored from
/// a backup.
fn version_key(file: &Attachment, number: u32) -> String {
    let created = file.created_at.map_or(0, |time| time.timestamp_millis());
    format!("version/{}/{created}/{number}", file.id.digits())
}

/// The key has the time of creation for the same reason.
fn page_versions_key(page: &ContentId, created: Option<DateTime<Utc>>, newest: u32) -> String {
    let created = created.map_or(0, |time| time.timestamp_millis());
    format!("page-versions/{page}/{created}/{newest}")
}
