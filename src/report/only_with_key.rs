//! What the account sees with the admin key only: counted for the report and the manifest.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use super::report_view::ReportView;
use super::{format, wording};
use crate::inventory::{Content, ContentId, ContentKind, Inventory};

/// Number of pages and posts that the report lists; `run.json` has all.
const MAX_LISTED: usize = 100;

/// What only the key shows. A run without the key has none, and so has one that could not list without the key.
#[derive(Debug, Serialize)]
pub(super) struct OnlyWithKey<'a> {
    /// Keys of the spaces.
    pub(super) spaces: Vec<&'a str>,
    pub(super) pages: u64,
    pub(super) blog_posts: u64,
    /// Files of those pages and posts.
    pub(super) files: u64,
    /// Bytes of those files with all versions whose size is known.
    pub(super) bytes: u64,
    /// Ids of the pages and posts.
    pub(super) ids: Vec<&'a str>,
    #[serde(skip)]
    contents: Vec<&'a Content>,
    /// Bytes of the files of each page or post.
    #[serde(skip)]
    bytes_of: BTreeMap<&'a ContentId, (u64, u64)>,
}

impl<'a> OnlyWithKey<'a> {
    pub(super) fn of(inventory: &'a Inventory) -> Option<Self> {
        if !inventory.scan.listed_without_key {
            return None;
        }
        let contents: Vec<&Content> = inventory.contents.iter().filter(|content| content.only_with_admin_key).collect();
        let marked: HashSet<&ContentId> = contents.iter().map(|content| &content.id).collect();
        let mut found = Self {
            spaces: inventory
                .spaces
                .iter()
                .filter(|space| space.only_with_admin_key)
                .map(|space| space.key.as_str())
                .collect(),
            pages: contents.iter().filter(|content| content.kind == ContentKind::Page).count() as u64,
            blog_posts: contents.iter().filter(|content| content.kind == ContentKind::BlogPost).count() as u64,
            files: 0,
            bytes: 0,
            ids: contents.iter().map(|content| content.id.as_str()).collect(),
            contents,
            bytes_of: BTreeMap::new(),
        };
        for file in &inventory.attachments {
            let Some(owner) = file.container.id().filter(|id| marked.contains(id)) else { continue };
            let sizes = file.old_versions.iter().map(|version| version.size).chain([file.size]);
            let bytes = sizes.flatten().fold(0, u64::saturating_add);
            found.files += 1;
            found.bytes = found.bytes.saturating_add(bytes);
            let (files, of_owner) = found.bytes_of.entry(owner).or_default();
            *files += 1;
            *of_owner = of_owner.saturating_add(bytes);
        }
        Some(found)
    }

    /// Returns whether the key shows nothing more.
    pub(super) fn is_empty(&self) -> bool {
        self.spaces.is_empty() && self.contents.is_empty()
    }
}

/// The section of the report.
#[derive(Debug)]
pub(super) struct KeySection {
    /// What was found, in one sentence.
    pub(super) summary: String,
    pub(super) bytes: u64,
    pub(super) rows: Vec<KeyRow>,
    /// Number of pages and posts that are not listed.
    pub(super) more: u64,
}

/// A page or post that only the key shows.
#[derive(Debug)]
pub(super) struct KeyRow {
    pub(super) title: String,
    pub(super) kind: String,
    pub(super) space: String,
    pub(super) url: Option<String>,
    pub(super) files: u64,
    pub(super) bytes: u64,
}

impl KeySection {
    /// `None` for a run without the key.
    pub(super) fn of(view: &ReportView<'_>) -> Option<Self> {
        let inventory = view.inventory;
        if !inventory.scan.visibility().admin_key {
            return None;
        }
        let empty = |summary: &str| Self { summary: summary.to_owned(), bytes: 0, rows: Vec::new(), more: 0 };
        let Some(found) = OnlyWithKey::of(inventory) else {
            return Some(empty(
                "Restricted content was read with the admin key. It is not known which part only the key shows: the \
                 lists could not be read without it.",
            ));
        };
        if found.is_empty() {
            return Some(empty(
                "The lists with the admin key show nothing that the account does not see without it: nothing is \
                 restricted, or the key had no effect.",
            ));
        }
        let count = format::plural;
        let mut parts = vec![count(found.pages, "page", "pages"), count(found.blog_posts, "blog post", "blog posts")];
        parts.push(count(found.files, "file on them", "files on them"));
        let spaces = match found.spaces.len() as u64 {
            0 => String::new(),
            number => format!("{}, ", count(number, "space", "spaces")),
        };
        let summary = format!("Only the admin key shows {spaces}{} and {}", parts[..2].join(", "), parts[2]);
        let space_of = |content: &Content| {
            let space = content.space.as_ref()?;
            inventory.spaces.iter().find(|known| known.id == *space).map(|known| known.key.as_str())
        };
        let mut ranked: Vec<(&Content, (u64, u64))> = found
            .contents
            .iter()
            .map(|content| (*content, found.bytes_of.get(&content.id).copied().unwrap_or_default()))
            .collect();
        ranked.sort_by_key(|(_, (_, bytes))| std::cmp::Reverse(*bytes));
        let row = |(content, (files, bytes)): (&Content, (u64, u64))| KeyRow {
            title: wording::title(content),
            kind: wording::kind(content),
            space: format::visible(space_of(content).unwrap_or_default()).into_owned(),
            url: view.content_url(content),
            files,
            bytes,
        };
        let more = ranked.len().saturating_sub(MAX_LISTED) as u64;
        Some(Self { summary, bytes: found.bytes, rows: ranked.into_iter().take(MAX_LISTED).map(row).collect(), more })
    }
}
