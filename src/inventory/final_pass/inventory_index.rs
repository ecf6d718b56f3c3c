//! Indexes of the inventory for comparing lists with it: position of each item, whether a list showed it, whether it
//! changed.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::inventory::content_updates::has_status_not_found;
use crate::inventory::site::{Attachment, Content, ContentKind, Status};

/// One mark for each item of an inventory list, set when a list shows the item. Items are compared as they arrive, so
/// no copy of the list is kept.
struct ShownMarks {
    shown: Vec<AtomicBool>,
}

impl ShownMarks {
    fn new(count: usize) -> Self {
        Self { shown: std::iter::repeat_with(|| AtomicBool::new(false)).take(count).collect() }
    }

    fn set(&self, index: usize) {
        if let Some(mark) = self.shown.get(index) {
            mark.store(true, Ordering::Relaxed);
        }
    }

    fn is_set(&self, index: usize) -> bool {
        self.shown.get(index).is_some_and(|mark| mark.load(Ordering::Relaxed))
    }
}

/// The contents of the inventory without drafts, which are editions of other contents or in no list.
pub(super) struct KnownContents<'i> {
    contents: &'i [Content],
    indexes: HashMap<(ContentKind, &'i str), usize>,
    marks: ShownMarks,
}

impl<'i> KnownContents<'i> {
    pub(super) fn of(contents: &'i [Content]) -> Self {
        let published = contents.iter().enumerate().filter(|(_, content)| content.status != Status::Draft);
        let indexes = published.map(|(index, content)| ((content.kind, content.id.as_str()), index)).collect();
        Self { contents, indexes, marks: ShownMarks::new(contents.len()) }
    }

    pub(super) fn get(&self, kind: ContentKind, id: &str) -> Option<&'i Content> {
        self.indexes.get(&(kind, id)).and_then(|&index| self.contents.get(index))
    }

    /// Marks a content as shown and returns it if it is new or differs from the inventory.
    pub(super) fn differing(&self, listed: Content) -> Option<Content> {
        let Some(&index) = self.indexes.get(&(listed.kind, listed.id.as_str())) else { return Some(listed) };
        self.marks.set(index);
        self.contents.get(index).is_none_or(|known| is_other_content(known, &listed)).then_some(listed)
    }

    pub(super) fn was_shown(&self, kind: ContentKind, id: &str) -> bool {
        self.indexes.get(&(kind, id)).is_some_and(|&index| self.marks.is_set(index))
    }

    /// Contents of a kind that no list has shown, with their indexes; without those that had already disappeared.
    pub(super) fn not_shown(&self, kind: ContentKind) -> impl Iterator<Item = (usize, &'i Content)> {
        let missing = self.contents.iter().enumerate().filter(|(index, _)| !self.marks.is_set(*index));
        missing.filter(move |(_, content)| {
            content.kind == kind && content.status != Status::Draft && !has_status_not_found(content)
        })
    }
}

/// Whether a list shows a content in another state than the inventory. A lower version is ignored: versions only grow,
/// so a slow part of the site still shows the old state.
pub(super) fn is_other_content(known: &Content, listed: &Content) -> bool {
    let is_newer = match (known.version, listed.version) {
        (Some(known), Some(listed)) if listed < known => return false,
        (Some(known), Some(listed)) => listed > known,
        _ => known.modified_at != listed.modified_at && listed.modified_at.is_some(),
    };
    let has_title = matches!(known.kind, ContentKind::Page | ContentKind::BlogPost | ContentKind::Template);
    let is_elsewhere = listed.space.is_some() && known.space != listed.space;
    is_newer
        || known.status != listed.status
        || (has_title && known.title != listed.title)
        || (is_elsewhere && !known.kind.is_comment())
        || (known.kind.is_comment() && is_on_another(known, listed))
        || (known.kind == ContentKind::Template && known.body != listed.body)
}

/// Whether a comment moved to another page or post. A comment on a file has the id of the file in a list, and that of
/// its page in the inventory.
fn is_on_another(known: &Content, listed: &Content) -> bool {
    let on = listed.container.as_ref().filter(|id| !id.as_str().starts_with("att"));
    on.is_some() && on != known.container.as_ref()
}

pub(super) struct KnownFiles<'i> {
    files: &'i [Attachment],
    indexes: HashMap<&'i str, usize>,
    marks: ShownMarks,
}

impl<'i> KnownFiles<'i> {
    pub(super) fn of(files: &'i [Attachment]) -> Self {
        let indexes = files.iter().enumerate().map(|(index, file)| (file.id.digits(), index)).collect();
        Self { files, indexes, marks: ShownMarks::new(files.len()) }
    }

    /// Marks a file as shown and returns it if it is new or differs from the inventory.
    pub(super) fn differing(&self, listed: Attachment) -> Option<Attachment> {
        let Some(&index) = self.indexes.get(listed.id.digits()) else { return Some(listed) };
        self.marks.set(index);
        self.files.get(index).is_none_or(|known| is_other_file(known, &listed)).then_some(listed)
    }

    pub(super) fn was_shown(&self, digits: &str) -> bool {
        self.indexes.get(digits).is_some_and(|&index| self.marks.is_set(index))
    }

    /// Indexes of the files that the list has not shown.
    pub(super) fn not_shown(&self) -> impl Iterator<Item = usize> {
        (0..self.files.len()).filter(|index| !self.marks.is_set(*index))
    }
}

/// Whether a list shows a file in another state than the inventory. Name, owner, status and labels change without a new
/// version.
pub(super) fn is_other_file(known: &Attachment, listed: &Attachment) -> bool {
    // a list without version numbers says nothing about the version
    let version = if listed.version == 0 { known.version } else { listed.version };
    let is_same = known.version == version
        && known.title == listed.title
        && known.status == listed.status
        && known.container == listed.container
        // most lists have no labels
        && (listed.labels.is_none() || known.labels == listed.labels);
    version >= known.version && !is_same
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::convert;

    fn page(version: Option<u32>, title: &str, space: &str) -> Content {
        let sent = serde_json::json!({"id": "1", "title": title, "spaceId": space, "status": "current",
            "version": {"number": version}});
        convert::content(serde_json::from_value(sent).unwrap(), ContentKind::Page, None)
    }

    #[test]
    fn a_content_differs_by_its_version_title_space_and_status() {
        let known = page(Some(2), "T", "9");
        assert!(!is_other_content(&known, &page(Some(2), "T", "9")));
        assert!(is_other_content(&known, &page(Some(3), "T", "9")));
        assert!(is_other_content(&known, &page(Some(2), "U", "9")));
        assert!(is_other_content(&known, &page(Some(2), "T", "8")));
        assert!(is_other_content(&known, &Content { status: Status::Trashed, ..known.clone() }));
        assert!(!is_other_content(&known, &page(Some(1), "S", "8")), "an older state says nothing");
        assert!(!is_other_content(&known, &page(None, "T", "9")), "a missing version says nothing");
    }

    #[test]
    fn a_file_differs_without_a_new_version() {
        let file = |version: u32, title: &str, page: &str| {
            let sent = serde_json::json!({"id": "att1", "title": title, "pageId": page, "status": "current",
                "version": {"number": version}});
            convert::attachment(serde_json::from_value(sent).unwrap())
        };
        let known = file(2, "a.png", "1");
        assert!(!is_other_file(&known, &file(2, "a.png", "1")));
        assert!(is_other_file(&known, &file(2, "b.png", "1")));
        assert!(is_other_file(&known, &file(2, "a.png", "2")));
        assert!(is_other_file(&known, &file(3, "a.png", "1")));
        assert!(!is_other_file(&known, &file(1, "old.png", "1")));
        assert!(!is_other_file(&known, &file(0, "a.png", "1")), "a missing version number");
        assert!(is_other_file(&known, &file(0, "b.png", "1")));
        let labelled = |names: &[&str]| Attachment {
            labels: Some(names.iter().map(|name| (*name).to_owned()).collect()),
            ..file(2, "a.png", "1")
        };
        assert!(!is_other_file(&labelled(&["old"]), &file(2, "a.png", "1")), "a list without labels");
        assert!(!is_other_file(&labelled(&["old"]), &labelled(&["old"])));
        assert!(is_other_file(&labelled(&["old"]), &labelled(&["new"])));
    }

    #[test]
    fn contents_that_no_list_shows_are_missing() {
        let contents = [page(Some(1), "T", "9"), Content { status: Status::Draft, ..page(Some(1), "D", "9") }];
        let known = KnownContents::of(&contents);
        assert_eq!(known.not_shown(ContentKind::Page).count(), 1);
        assert!(known.differing(page(Some(1), "T", "9")).is_none());
        assert!(known.was_shown(ContentKind::Page, "1"));
        assert_eq!(known.not_shown(ContentKind::Page).count(), 0);
    }
}
