//! Lookup tables over the inventory: contents by id and title, files by name, id and file id.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use crate::inventory::{Content, ContentKind, Inventory, Space, SpaceId, Status};
use storage_format::NameMatching;

/// A current or former name of a file in a container.
struct NameEntry<'a> {
    attachment: usize,
    name: &'a str,
    current: bool,
}

/// A file found by name. `exact`: the name is exactly that of its current version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NameHit {
    pub(super) attachment: usize,
    pub(super) exact: bool,
}

pub(super) struct SiteIndex<'a> {
    pub(super) inventory: &'a Inventory,
    contents_by_id: HashMap<&'a str, usize>,
    pages_by_title: HashMap<String, Vec<usize>>,
    posts_by_title: HashMap<String, Vec<usize>>,
    space_keys: HashMap<&'a str, String>,
    /// Lower-case key or alias → ids.
    spaces_by_key: HashMap<String, Vec<&'a str>>,
    files_by_container: HashMap<&'a str, Vec<usize>>,
    files_by_name: HashMap<(&'a str, String), Vec<NameEntry<'a>>>,
    files_by_id: HashMap<&'a str, usize>,
    files_by_file_id: HashMap<String, Vec<usize>>,
}

/// Folds a name to a key: names that differ only in Unicode form or case have the same key.
pub(super) fn fold(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    // by way of upper case, so that `ß` equals `SS`, and the two small sigmas are equal
    name.nfc().collect::<String>().to_uppercase().to_lowercase()
}

/// Returns the composed Unicode form of a name.
pub(super) fn nfc(name: &str) -> String {
    name.nfc().collect()
}

/// Whether two names differ at most in Unicode form.
pub(super) fn same_nfc(a: &str, b: &str) -> bool {
    a.nfc().eq(b.nfc())
}

/// The contents found by title.
#[derive(Debug, Default)]
pub(super) struct TitleMatches {
    /// Indexes of contents.
    pub(super) contents: Vec<usize>,
    /// The titles differ from the requested one at most in case.
    pub(super) exact: bool,
}

/// Lower case of a title or space key. Titles are not trimmed: some real titles end in invisible characters.
fn lower(title: &str) -> String {
    title.to_lowercase()
}

impl<'a> SiteIndex<'a> {
    pub(super) fn new(inventory: &'a Inventory) -> Self {
        let mut index = Self {
            inventory,
            contents_by_id: HashMap::new(),
            pages_by_title: HashMap::new(),
            posts_by_title: HashMap::new(),
            space_keys: inventory.spaces.iter().map(|space| (space.id.as_str(), lower(&space.key))).collect(),
            spaces_by_key: HashMap::new(),
            files_by_container: HashMap::new(),
            files_by_name: HashMap::new(),
            files_by_id: HashMap::new(),
            files_by_file_id: HashMap::new(),
        };
        for space in &inventory.spaces {
            for key in std::iter::once(&space.key).chain(&space.alias) {
                index.spaces_by_key.entry(lower(key)).or_default().push(space.id.as_str());
            }
        }
        for (at, content) in inventory.contents.iter().enumerate() {
            index.add_content(at, content);
        }
        for at in 0..inventory.attachments.len() {
            index.add_attachment(at);
        }
        index
    }

    fn add_content(&mut self, at: usize, content: &'a Content) {
        // a draft has the id of its page; the id leads to the published content
        let slot = self.contents_by_id.entry(content.id.as_str()).or_insert(at);
        if self.inventory.contents[*slot].status == Status::Draft {
            *slot = at;
        }
        let titles = match content.kind {
            ContentKind::Page => &mut self.pages_by_title,
            ContentKind::BlogPost => &mut self.posts_by_title,
            _ => return,
        };
        titles.entry(fold(&content.title)).or_default().push(at);
    }

    fn add_attachment(&mut self, at: usize) {
        let attachment = &self.inventory.attachments[at];
        self.files_by_id.insert(attachment.id.digits(), at);
        let old_ids = attachment.old_versions.iter().filter_map(|version| version.file_id.as_ref());
        for file_id in attachment.file_id.iter().chain(old_ids) {
            let files = self.files_by_file_id.entry(file_id.to_lowercase()).or_default();
            if !files.contains(&at) {
                files.push(at);
            }
        }
        let Some(container) = attachment.container.id() else { return };
        if attachment.status.is_trash() {
            return;
        }
        self.files_by_container.entry(container.as_str()).or_default().push(at);
        for (position, name) in attachment.names().into_iter().enumerate() {
            self.files_by_name.entry((container.as_str(), fold(name))).or_default().push(NameEntry {
                attachment: at,
                name,
                current: position == 0,
            });
        }
    }

    /// Returns the content with this id: the published one if there is also a draft.
    pub(super) fn content(&self, id: &str) -> Option<usize> {
        self.contents_by_id.get(id).copied()
    }

    /// Whether the space is in the list of spaces.
    pub(super) fn lists_space(&self, id: &SpaceId) -> bool {
        self.space_keys.contains_key(id.as_str())
    }

    /// Returns the lower-case key of a content's space.
    pub(super) fn space_key(&self, content: &Content) -> Option<&str> {
        content.space.as_ref().and_then(|id| self.space_keys.get(id.as_str())).map(String::as_str)
    }

    /// Returns the pages with this title. `space` is a key or alias in any case; `None` searches all spaces. Pages in
    /// the trash are returned only if no other page has the title.
    pub(super) fn pages(&self, title: &str, space: Option<&str>) -> TitleMatches {
        self.titled(&self.pages_by_title, title, space)
    }

    /// Returns the blog posts with this title, like [`Self::pages`].
    pub(super) fn posts(&self, title: &str, space: Option<&str>) -> TitleMatches {
        self.titled(&self.posts_by_title, title, space)
    }

    /// Prefers titles that are equal in lower case to those that differ in Unicode form or special letters.
    fn titled(&self, titles: &HashMap<String, Vec<usize>>, title: &str, space: Option<&str>) -> TitleMatches {
        let mut found: Vec<usize> = titles.get(&fold(title)).into_iter().flatten().copied().collect();
        if let Some(key) = space {
            let ids = self.spaces_by_key.get(&lower(key)).map_or(&[][..], Vec::as_slice);
            found.retain(|&at| {
                let id = self.inventory.contents[at].space.as_ref();
                id.is_some_and(|id| ids.contains(&id.as_str()))
            });
        }
        let is_alive = |at: &usize| !self.inventory.contents[*at].status.is_trash();
        if found.iter().any(is_alive) {
            found.retain(is_alive);
        }
        let title = lower(title);
        let is_exact = |at: &usize| lower(&self.inventory.contents[*at].title) == title;
        let exact = found.iter().any(is_exact);
        if exact {
            found.retain(is_exact);
        }
        TitleMatches { contents: found, exact }
    }

    pub(super) fn space(&self, content: &Content) -> Option<&'a Space> {
        let key = self.space_key(content)?;
        let ids = self.spaces_by_key.get(key)?;
        content.space.as_ref().filter(|id| ids.contains(&id.as_str()))?;
        self.inventory.spaces.iter().find(|space| Some(&space.id) == content.space.as_ref())
    }

    /// Returns the files of a content that are not in the trash.
    pub(super) fn files_of(&self, content_id: &str) -> &[usize] {
        self.files_by_container.get(content_id).map_or(&[], Vec::as_slice)
    }

    /// Returns the attachment with this id, given without its `att` prefix.
    pub(super) fn file_by_id(&self, digits: &str) -> Option<usize> {
        self.files_by_id.get(digits).copied()
    }

    /// Returns the attachments that have this file id in any version.
    pub(super) fn files_by_file_id(&self, file_id: &str) -> &[usize] {
        self.files_by_file_id.get(file_id).map_or(&[], Vec::as_slice)
    }

    /// Whether a file of a content currently has this folded name.
    pub(super) fn has_current_name(&self, content_id: &str, folded: &str) -> bool {
        let entries = self.files_by_name.get(&(content_id, folded.to_owned()));
        entries.is_some_and(|entries| entries.iter().any(|entry| entry.current))
    }

    /// Returns the files of a content that a name means. Tries exact current names first, then NFC, then any case; the
    /// name of an old version counts only if no current file has it.
    pub(super) fn files_named(&self, content_id: &str, name: &str, matching: NameMatching) -> Vec<NameHit> {
        let Some(entries) = self.files_by_name.get(&(content_id, fold(name))) else { return Vec::new() };
        let pick = |wanted: &dyn Fn(&NameEntry<'_>) -> bool, exact: bool| -> Vec<NameHit> {
            let mut hits: Vec<NameHit> = Vec::new();
            for entry in entries.iter().filter(|entry| wanted(entry)) {
                // the names of one file are adjacent
                if hits.last().is_none_or(|hit| hit.attachment != entry.attachment) {
                    hits.push(NameHit { attachment: entry.attachment, exact });
                }
            }
            hits
        };
        let exact = pick(&|entry| entry.current && entry.name == name, true);
        if !exact.is_empty() {
            return exact;
        }
        let normal = pick(&|entry| entry.current && same_nfc(entry.name, name), false);
        if !normal.is_empty() {
            return normal;
        }
        match matching {
            NameMatching::Exact => pick(&|entry| same_nfc(entry.name, name), false),
            NameMatching::Loose => pick(&|_| true, false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_ignores_unicode_form_and_case() {
        assert_eq!(fold("U\u{308}bersicht.PDF"), fold("übersicht.pdf"));
        assert_eq!(fold("STRASSE"), fold("straße"));
        assert_ne!(fold("a b"), fold("a  b"));
    }
}
