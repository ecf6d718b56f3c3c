//! Whether files that links name are there.

use std::collections::{HashMap, HashSet};

use super::destinations::folded;
use crate::inventory::{Attachment, AttachmentId, ContentId, Inventory};
use crate::metrics::gaps::Gaps;
use crate::metrics::link_problems::Why;

/// The files of what was read. Without whole lists of them nothing is said of any.
#[derive(Debug)]
pub(super) struct FileIndex<'a> {
    is_known: bool,
    /// Every file of the site is among them.
    is_whole: bool,
    /// Names of the files of each page, and whether they are in the trash.
    names: HashMap<&'a ContentId, HashMap<String, bool>>,
    ids: HashSet<&'a str>,
    /// Ids of those in the trash.
    trashed: HashSet<&'a str>,
}

impl<'a> FileIndex<'a> {
    /// `whole_site` is whether the contents of all spaces were read.
    pub(super) fn new(inventory: &'a Inventory, whole_site: bool, gaps: Gaps) -> Self {
        let mut index = Self {
            is_known: !gaps.attachments,
            is_whole: whole_site && !gaps.spaces,
            names: HashMap::new(),
            ids: HashSet::new(),
            trashed: HashSet::new(),
        };
        inventory.attachments.iter().for_each(|file| index.add(file));
        index.ids.extend(inventory.files_elsewhere.ids.iter().map(AttachmentId::digits));
        index
    }

    fn add(&mut self, file: &'a Attachment) {
        let is_trash = file.status.is_trash();
        let ids = if is_trash { &mut self.trashed } else { &mut self.ids };
        ids.insert(file.id.digits());
        if let Some(owner) = file.container.id() {
            let names = self.names.entry(owner).or_default();
            for name in file.names() {
                let all_are = names.entry(folded(name)).or_insert(is_trash);
                *all_are &= is_trash;
            }
        }
    }

    /// Why a page that was read has no file of any of these names; `None` where it has one, or that cannot be told.
    pub(super) fn missing<'n>(&self, owner: &ContentId, names: impl Iterator<Item = &'n str>) -> Option<Why> {
        if !self.is_known {
            return None;
        }
        let there = self.names.get(owner);
        let found: Vec<bool> =
            names.filter_map(|name| there.and_then(|names| names.get(&folded(name))).copied()).collect();
        match (found.is_empty(), found.contains(&false)) {
            (true, _) => Some(Why::NoSuchFile),
            (false, true) => None,
            (false, false) => Some(Why::FileInTrash),
        }
    }

    /// Why a file of a content that is not there is missing; `None` where that cannot be told: what no list of contents shows
    /// may have files, which only their own list shows.
    pub(super) fn without_owner(&self, why: Why) -> Option<Why> {
        (self.is_known || why != Why::NotFound).then_some(why)
    }

    /// Whether a file of this id is there; `None` where that cannot be told: it may have been moved to where nothing was
    /// read.
    pub(super) fn has(&self, id: &str) -> Option<bool> {
        if self.ids.contains(id) {
            return Some(true);
        }
        (self.is_known && self.is_whole).then_some(false)
    }

    /// Whether a file of this id is in the trash.
    pub(super) fn is_trashed(&self, id: &str) -> bool {
        self.trashed.contains(id)
    }
}
