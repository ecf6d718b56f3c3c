//! Existence of the files that links name.

use std::collections::{HashMap, HashSet};

use super::targets::folded;
use crate::inventory::{Attachment, AttachmentId, ContentId, Inventory};
use crate::metrics::link_problems::LinkProblemReason;
use crate::metrics::list_gaps::Gaps;

/// The files of the contents that were read. If the list of attachments is incomplete, no file is called missing.
#[derive(Debug)]
pub(super) struct FileIndex<'a> {
    is_complete: bool,
    /// Whether all files of the site are in the index.
    covers_site: bool,
    /// Names of the files of each page, and whether all files with the name are in the trash.
    names: HashMap<&'a ContentId, HashMap<String, bool>>,
    ids: HashSet<&'a str>,
    /// Ids of files in the trash.
    trashed: HashSet<&'a str>,
}

impl<'a> FileIndex<'a> {
    /// `whole_site` is whether the contents of all spaces were read.
    pub(super) fn new(inventory: &'a Inventory, whole_site: bool, gaps: Gaps) -> Self {
        let mut index = Self {
            is_complete: !gaps.attachments,
            covers_site: whole_site && !gaps.spaces,
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

    /// Returns why a page that was read has no file with any of these names; `None` if it has one, or if that is not known.
    pub(super) fn missing<'n>(
        &self,
        owner: &ContentId,
        names: impl Iterator<Item = &'n str>,
    ) -> Option<LinkProblemReason> {
        if !self.is_complete {
            return None;
        }
        let there = self.names.get(owner);
        let found: Vec<bool> =
            names.filter_map(|name| there.and_then(|names| names.get(&folded(name))).copied()).collect();
        match (found.is_empty(), found.contains(&false)) {
            (true, _) => Some(LinkProblemReason::NoSuchFile),
            (false, true) => None,
            (false, false) => Some(LinkProblemReason::FileInTrash),
        }
    }

    /// Returns why a file of a missing content is missing; `None` if that is not known: a content that no list shows may have
    /// files, which only the list of attachments shows.
    pub(super) fn without_owner(&self, why: LinkProblemReason) -> Option<LinkProblemReason> {
        (self.is_complete || why != LinkProblemReason::NotFound).then_some(why)
    }

    /// Returns whether a file with this id exists; `None` if that is not known: it may have been moved to a space that was not
    /// read.
    pub(super) fn has(&self, id: &str) -> Option<bool> {
        if self.ids.contains(id) {
            return Some(true);
        }
        (self.is_complete && self.covers_site).then_some(false)
    }

    pub(super) fn is_trashed(&self, id: &str) -> bool {
        self.trashed.contains(id)
    }
}
