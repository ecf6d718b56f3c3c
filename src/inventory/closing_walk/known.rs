//! The inventory as a list is held against it: where each thing is, whether it was shown, whether it is another now.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::inventory::newer::is_out_of_sight;
use crate::inventory::site::{Attachment, Content, ContentKind, Status};

/// Places in a list of the inventory, with a mark for each that a list has shown. Lists are held against it as they
/// come, so that no copy of them is kept.
struct Marks {
    shown: Vec<AtomicBool>,
}

impl Marks {
    fn new(count: usize) -> Self {
        Self { shown: std::iter::repeat_with(|| AtomicBool::new(false)).take(count).collect() }
    }

    fn set(&self, place: usize) {
        if let Some(mark) = self.shown.get(place) {
            mark.store(true, Ordering::Relaxed);
        }
    }

    fn is_set(&self, place: usize) -> bool {
        self.shown.get(place).is_some_and(|mark| mark.load(Ordering::Relaxed))
    }
}

/// The contents of the inventory, but for drafts: those are states of others, or in no list.
pub(super) struct KnownContents<'i> {
    contents: &'i [Content],
    places: HashMap<(ContentKind, &'i str), usize>,
    marks: Marks,
}

impl<'i> KnownContents<'i> {
    pub(super) fn of(contents: &'i [Content]) -> Self {
        let published = contents.iter().enumerate().filter(|(_, content)| content.status != Status::Draft);
        let places = published.map(|(place, content)| ((content.kind, content.id.as_str()), place)).collect();
        Self { contents, places, marks: Marks::new(contents.len()) }
    }

    /// The state known of a content.
    pub(super) fn get(&self, kind: ContentKind, id: &str) -> Option<&'i Content> {
        self.places.get(&(kind, id)).and_then(|&place| self.contents.get(place))
    }

    /// Marks a content as shown. Gives it back where it is unknown or another than the one known.
    pub(super) fn differing(&self, listed: Content) -> Option<Content> {
        let Some(&place) = self.places.get(&(listed.kind, listed.id.as_str())) else { return Some(listed) };
        self.marks.set(place);
        self.contents.get(place).is_none_or(|known| is_other_content(known, &listed)).then_some(listed)
    }

    /// Whether a list has shown this content.
    pub(super) fn was_shown(&self, kind: ContentKind, id: &str) -> bool {
        self.places.get(&(kind, id)).is_some_and(|&place| self.marks.is_set(place))
    }

    /// The contents of a kind that no list has shown, with their places, apart from those that were out of sight before.
    pub(super) fn not_shown(&self, kind: ContentKind) -> impl Iterator<Item = (usize, &'i Content)> {
        let missing = self.contents.iter().enumerate().filter(|(place, _)| !self.marks.is_set(*place));
        missing.filter(move |(_, content)| {
            content.kind == kind && content.status != Status::Draft && !is_out_of_sight(content)
        })
    }
}

/// Whether a list shows another state of a content than the known one. An older state is one that a slow part of the site
/// still shows: versions only grow.
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

/// Whether a comment is on another page or post. One on a file bears the file's id in a list, and its page's in the
/// inventory.
fn is_on_another(known: &Content, listed: &Content) -> bool {
    let on = listed.container.as_ref().filter(|id| !id.as_str().starts_with("att"));
    on.is_some() && on != known.container.as_ref()
}

/// The attachments of the inventory.
pub(super) struct KnownFiles<'i> {
    files: &'i [Attachment],
    places: HashMap<&'i str, usize>,
    marks: Marks,
}

impl<'i> KnownFiles<'i> {
    pub(super) fn of(files: &'i [Attachment]) -> Self {
        let places = files.iter().enumerate().map(|(place, file)| (file.id.digits(), place)).collect();
        Self { files, places, marks: Marks::new(files.len()) }
    }

    /// Marks a file as shown. Gives it back where it is unknown or another than the one known.
    pub(super) fn differing(&self, listed: Attachment) -> Option<Attachment> {
        let Some(&place) = self.places.get(listed.id.digits()) else { return Some(listed) };
        self.marks.set(place);
        self.files.get(place).is_none_or(|known| is_other_file(known, &listed)).then_some(listed)
    }

    /// Whether the list has shown this file.
    pub(super) fn was_shown(&self, digits: &str) -> bool {
        self.places.get(digits).is_some_and(|&place| self.marks.is_set(place))
    }

    /// The places of the files that the list has not shown.
    pub(super) fn not_shown(&self) -> impl Iterator<Item = usize> {
        (0..self.files.len()).filter(|place| !self.marks.is_set(*place))
    }
}

/// Whether a list shows another state of a file than the known one. Its name, owner and status change without a version.
pub(super) fn is_other_file(known: &Attachment, listed: &Attachment) -> bool {
    // a list that does not tell the number says nothing about it
    let version = if listed.version == 0 { known.version } else { listed.version };
    let is_same = known.version == version
        && known.title == listed.title
        && known.status == listed.status
        && known.container == listed.container;
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
        assert!(!is_other_content(&known, &page(None, "T", "9")), "a version that is not told says nothing");
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
        assert!(!is_other_file(&known, &file(0, "a.png", "1")), "a number that is not told");
        assert!(is_other_file(&known, &file(0, "b.png", "1")));
    }

    #[test]
    fn what_no_list_shows_is_left_over() {
        let contents = [page(Some(1), "T", "9"), Content { status: Status::Draft, ..page(Some(1), "D", "9") }];
        let known = KnownContents::of(&contents);
        assert_eq!(known.not_shown(ContentKind::Page).count(), 1);
        assert!(known.differing(page(Some(1), "T", "9")).is_none());
        assert!(known.was_shown(ContentKind::Page, "1"));
        assert_eq!(known.not_shown(ContentKind::Page).count(), 0);
    }
}
