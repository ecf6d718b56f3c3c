//! What happened to the pages since the snapshot before.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::row::PageRow;
use super::{Previous, PreviousPage};
use crate::inventory::{Content, Inventory, List, Status};

/// What happened to a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// Was in no snapshot before.
    New,
    /// Has a newer version.
    Edited,
    /// Has another parent or space.
    Moved,
    /// Has another title.
    Retitled,
    /// Was archived.
    Archived,
    /// Is in the trash, or no list shows it any more.
    Gone,
}

impl ChangeKind {
    /// All kinds, in the order they are shown.
    pub const ALL: [Self; 6] = [Self::New, Self::Edited, Self::Moved, Self::Retitled, Self::Archived, Self::Gone];

    /// One word.
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

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// The page.
    pub page_id: String,
    /// Its title now, or the last one known.
    pub title: String,
    /// Its space.
    pub space_key: String,
    /// Opens it in a browser.
    pub url: String,
    /// What changed, for people: `3 versions`, `was "Old title"`.
    pub detail: String,
}

/// What an inventory tells of pages that are in no row any more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vanished {
    /// Ids of the pages that are archived.
    pub archived: BTreeSet<String>,
    /// The lists of pages have no holes: a page that is nowhere is gone.
    pub lists_whole: bool,
}

impl Vanished {
    /// What this inventory tells.
    pub fn of(inventory: &Inventory) -> Self {
        let is_archived = |content: &&Content| content.kind.owns_attachments() && content.status == Status::Archived;
        let archived = inventory.contents.iter().filter(is_archived);
        Self {
            archived: archived.map(|content| content.id.as_str().to_owned()).collect(),
            lists_whole: [List::Pages, List::BlogPosts].into_iter().all(|list| inventory.is_whole(list)),
        }
    }
}

/// All changes, by kind, space and title. Only pages of spaces that both snapshots hold are compared: a space that was
/// not chosen before is not new, and one that is not chosen now is not gone; and neither are blog posts where one of the
/// two snapshots holds none. Where the lists of pages have holes,
/// nothing is called gone.
pub fn changes(rows: &[PageRow], previous: &Previous, vanished: &Vanished, chosen: &[String]) -> Vec<Change> {
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
        changes.push(Change {
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

fn of_row(row: &PageRow, before: Option<&PreviousPage>, previous: &Previous, changes: &mut Vec<Change>) {
    let mut add = |kind, detail: String| {
        changes.push(Change {
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

/// How many changes of each kind.
pub fn counts(changes: &[Change]) -> HashMap<ChangeKind, u64> {
    let mut counts = HashMap::new();
    for change in changes {
        *counts.entry(change.kind).or_default() += 1;
    }
    counts
}
