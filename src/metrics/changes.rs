//! Changes of pages since the previous snapshot.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::page_row::PageRow;
use super::{PreviousPage, PreviousSnapshots};
use crate::inventory::{Content, Inventory, ListKind, Status};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// Was in no earlier snapshot.
    New,
    /// Has a newer version.
    Edited,
    /// Has another parent or space.
    Moved,
    Retitled,
    Archived,
    /// Is in the trash, or no list shows it any more.
    Gone,
}

impl ChangeKind {
    /// All kinds, in the order in which they are shown.
    pub const ALL: [Self; 6] = [Self::New, Self::Edited, Self::Moved, Self::Retitled, Self::Archived, Self::Gone];

    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Edited => "edited",
            Self::Moved => "moved",
            Self::Retitled => "retitled",
            Self::Archived => "archived",
            Self::Gone => "gone",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageChange {
    pub kind: ChangeKind,
    pub page_id: String,
    /// The current title, or the last known one.
    pub title: String,
    pub space_key: String,
    pub url: String,
    /// What changed, for people: `3 versions`, `was "Old title"`.
    pub detail: String,
}

/// What the inventory shows about pages that no longer have a row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnlistedPages {
    /// Ids of the archived pages.
    pub archived: BTreeSet<String>,
    /// Whether the lists of pages are complete: only then is a page that no list shows gone.
    pub lists_whole: bool,
}

impl UnlistedPages {
    pub fn of(inventory: &Inventory) -> Self {
        let is_archived = |content: &&Content| content.kind.owns_attachments() && content.status == Status::Archived;
        let archived = inventory.contents.iter().filter(is_archived);
        Self {
            archived: archived.map(|content| content.id.as_str().to_owned()).collect(),
            lists_whole: [ListKind::Pages, ListKind::BlogPosts].into_iter().all(|list| inventory.is_whole(list)),
        }
    }
}

/// Returns all changes, sorted by kind, space and title. Only pages of spaces that both snapshots hold are compared, so
/// that the pages of a space that was not chosen before are not new, and those of a space that is not chosen now are not
/// gone. The same holds for blog posts if one of the snapshots has none. If the lists of pages are incomplete, no page is
/// called gone.
pub fn changes(
    rows: &[PageRow],
    previous: &PreviousSnapshots,
    vanished: &UnlistedPages,
    chosen: &[String],
) -> Vec<PageChange> {
    let mut changes = Vec::new();
    let mut present: HashSet<&str> = HashSet::with_capacity(rows.len());
    let with_posts =
        previous.pages.values().any(|page| page.is_blog_post) && rows.iter().any(|row| row.place.is_blog_post());
    for row in rows.iter().filter(|row| with_posts || !row.place.is_blog_post()) {
        let before = previous.page(&row.id, &row.place.space_key, &row.title);
        present.extend(before.map(|(id, _)| id));
        of_row(row, before.map(|(_, page)| page), previous, &mut changes);
    }
    let left = previous.pages.iter().filter(|(_, page)| with_posts || !page.is_blog_post);
    let left = left.filter(|(id, page)| !present.contains(id.as_str()) && chosen.contains(&page.space_key));
    for (id, page) in left {
        let kind = match vanished.archived.contains(id) {
            true => ChangeKind::Archived,
            false if vanished.lists_whole => ChangeKind::Gone,
            false => continue,
        };
        changes.push(PageChange {
            kind,
            page_id: id.clone(),
            title: page.title.clone(),
            space_key: page.space_key.clone(),
            url: page.url.clone(),
            detail: String::new(),
        });
    }
    changes.sort_by(|a, b| {
        (a.kind, &a.space_key, &a.title, &a.page_id).cmp(&(b.kind, &b.space_key, &b.title, &b.page_id))
    });
    changes
}

fn of_row(row: &PageRow, before: Option<&PreviousPage>, previous: &PreviousSnapshots, changes: &mut Vec<PageChange>) {
    let mut add = |kind, detail: String| {
        changes.push(PageChange {
            kind,
            page_id: row.id.clone(),
            title: row.title.clone(),
            space_key: row.place.space_key.clone(),
            url: row.place.url.clone(),
            detail,
        });
    };
    let Some(page) = before else {
        if previous.spaces.contains_key(&row.place.space_key) {
            add(ChangeKind::New, String::new());
        }
        return;
    };
    match row.people.edits_since_last_snapshot {
        Some(1) => add(ChangeKind::Edited, "1 version".to_owned()),
        Some(edits) if edits > 1 => add(ChangeKind::Edited, format!("{edits} versions")),
        _ => {}
    }
    if page.space_key != row.place.space_key {
        add(ChangeKind::Moved, format!("from space {}", page.space_key));
    } else if page.parent_id != row.place.parent_id.as_deref().unwrap_or_default() && page.knows_parent {
        add(ChangeKind::Moved, "to another parent".to_owned());
    }
    if page.title != row.title {
        add(ChangeKind::Retitled, format!("was \"{}\"", page.title));
    }
}

/// Counts the changes of each kind.
pub fn counts(changes: &[PageChange]) -> HashMap<ChangeKind, u64> {
    let mut counts = HashMap::new();
    for change in changes {
        *counts.entry(change.kind).or_default() += 1;
    }
    counts
}
