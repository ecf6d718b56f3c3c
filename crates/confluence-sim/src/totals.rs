//! Computes the figures of a site from its data alone, to compare with those that a run reads over HTTP.

use std::collections::{BTreeMap, HashMap};

use super::site::{Attachment, Content, ContentType, Site};

/// Counts and bytes of a set of contents and files. "Trash" is a file in the trash or on a content in the trash.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SpaceFigures {
    /// Pages, without those in the trash and drafts.
    pub pages: u64,
    /// Blog posts, without those in the trash and drafts.
    pub posts: u64,
    /// Files, without trash.
    pub attachments: u64,
    /// Versions that exist, without trash.
    pub versions: u64,
    /// Bytes of current versions, without trash.
    pub current_bytes: u64,
    /// Bytes of old versions that exist, without trash.
    pub old_bytes: u64,
    /// Files in the trash.
    pub trash_files: u64,
    /// Their bytes, all versions.
    pub trash_bytes: u64,
}

/// Figures of a site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteTotals {
    /// All spaces.
    pub spaces: u64,
    /// Footer and inline comments, replies included.
    pub comments: u64,
    /// Page and blueprint templates.
    pub templates: u64,
    /// Maximum number of existing versions of one file.
    pub most_versions: u64,
    /// Totals, including files that belong to no known space.
    pub all: SpaceFigures,
    /// By space key; the empty key holds files whose container is unknown.
    pub by_space: BTreeMap<String, SpaceFigures>,
}

impl Site {
    /// Adds up everything that the account may see.
    pub fn totals(&self) -> SiteTotals {
        let keys: HashMap<&str, &str> =
            self.spaces.iter().map(|space| (space.id.as_str(), space.key.as_str())).collect();
        let owners: HashMap<&str, &Content> = self
            .contents
            .iter()
            .filter(|content| !content.hidden)
            .map(|content| (content.id.as_str(), content))
            .collect();
        let mut totals = SiteTotals {
            spaces: self.spaces.len() as u64,
            templates: self.templates.len() as u64,
            ..SiteTotals::default()
        };
        for content in owners.values() {
            let key = keys.get(content.space_id.as_str()).copied().unwrap_or_default();
            totals.add_content(content, key);
        }
        for attachment in &self.attachments {
            let owner = attachment.container.id().and_then(|id| owners.get(id).copied());
            if owner.is_none() && !attachment.visible_without_container {
                continue;
            }
            let key = owner.and_then(|owner| keys.get(owner.space_id.as_str()).copied()).unwrap_or_default();
            totals.add_attachment(attachment, owner, key);
        }
        totals
    }
}

impl SiteTotals {
    fn add_content(&mut self, content: &Content, key: &str) {
        let published = !content.status.is_trash() && content.status != super::site::Status::Draft;
        match content.kind {
            ContentType::Page if published => self.both(key, |figures| figures.pages += 1),
            ContentType::BlogPost if published => self.both(key, |figures| figures.posts += 1),
            ContentType::FooterComment | ContentType::InlineComment => self.comments += 1,
            _ => {}
        }
    }

    fn add_attachment(&mut self, attachment: &Attachment, owner: Option<&Content>, key: &str) {
        let in_trash = attachment.status.is_trash() || owner.is_some_and(|owner| owner.status.is_trash());
        let versions = attachment.existing_versions().count() as u64;
        let all_bytes: u64 = attachment.existing_versions().map(|version| version.size).sum();
        let current_bytes = attachment.current().map_or(0, |version| version.size);
        self.most_versions = self.most_versions.max(versions);
        self.both(key, |figures| {
            if in_trash {
                figures.trash_files += 1;
                figures.trash_bytes += all_bytes;
            } else {
                figures.attachments += 1;
                figures.versions += versions;
                figures.current_bytes += current_bytes;
                figures.old_bytes += all_bytes - current_bytes;
            }
        });
    }

    fn both(&mut self, key: &str, add: impl Fn(&mut SpaceFigures)) {
        add(&mut self.all);
        add(self.by_space.entry(key.to_owned()).or_default());
    }
}
