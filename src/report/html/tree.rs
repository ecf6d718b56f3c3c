//! What the map of the dashboard is made from: spaces, the pages with the most bytes, the largest files. What is left
//! out is the difference to the level above, so nothing is lost from the sums.

use std::collections::HashMap;

use serde::Serialize;

use super::data::{DataBlock, RunBlock, Shared};
use crate::audit::Usage;
use crate::report::ReportError;
use crate::report::view::{FileRow, ReportedSpace, View};

/// Pages and files kept; beyond this they are too small to be seen.
const PAGES: usize = 4_000;
const FILES: usize = 2_000;

/// What is added up of files. The script shows any of the first four.
#[derive(Debug, Clone, Copy, Default)]
struct Measures {
    /// Bytes of current versions.
    now: u64,
    /// Bytes of all versions.
    all: u64,
    files: u64,
    /// Bytes.
    unreferenced: u64,
    /// Bytes.
    undetermined: u64,
}

impl Measures {
    fn of(row: &FileRow<'_>) -> Self {
        let all = row.known_bytes();
        Self {
            now: row.attachment.size.unwrap_or(0),
            all,
            files: 1,
            unreferenced: if row.is_candidate() { all } else { 0 },
            undetermined: if row.usage() == Usage::Undetermined { all } else { 0 },
        }
    }

    fn add(&mut self, other: Self) {
        self.now = self.now.saturating_add(other.now);
        self.all = self.all.saturating_add(other.all);
        self.files = self.files.saturating_add(other.files);
        self.unreferenced = self.unreferenced.saturating_add(other.unreferenced);
        self.undetermined = self.undetermined.saturating_add(other.undetermined);
    }
}

#[derive(Serialize)]
struct Tree<'a> {
    run: RunBlock,
    shared: Shared,
    spaces: Spaces<'a>,
    pages: Pages<'a>,
    files: Files<'a>,
}

/// Measures of the rows of a table.
#[derive(Default, Serialize)]
struct Sums {
    now: Vec<u64>,
    all: Vec<u64>,
    files: Vec<u64>,
    unreferenced: Vec<u64>,
    undetermined: Vec<u64>,
}

impl Sums {
    fn push(&mut self, measures: Measures) {
        self.now.push(measures.now);
        self.all.push(measures.all);
        self.files.push(measures.files);
        self.unreferenced.push(measures.unreferenced);
        self.undetermined.push(measures.undetermined);
    }
}

#[derive(Default, Serialize)]
struct Spaces<'a> {
    key: Vec<&'a str>,
    name: Vec<&'a str>,
    /// null for files whose space is unknown
    folder: Vec<Option<&'a str>>,
    measures: Sums,
}

#[derive(Default, Serialize)]
struct Pages<'a> {
    /// index of the space
    space: Vec<usize>,
    title: Vec<Option<&'a str>>,
    id: Vec<&'a str>,
    measures: Sums,
}

#[derive(Default, Serialize)]
struct Files<'a> {
    /// index of the page
    page: Vec<usize>,
    name: Vec<&'a str>,
    id: Vec<&'a str>,
    /// index of the usage
    usage: Vec<usize>,
    measures: Sums,
}

/// One page with its files.
struct Branch<'a> {
    space: &'a str,
    first: &'a FileRow<'a>,
    measures: Measures,
}

/// The block of the dashboard; the trash is left out, as in the figure "Stored".
pub(super) fn block(view: &View<'_>, rows: &[FileRow<'_>]) -> Result<DataBlock, ReportError> {
    let rows: Vec<&FileRow<'_>> = rows.iter().filter(|row| !row.verdict.is_in_trash(row.attachment)).collect();
    let (spaces, space_indexes) = spaces(view.reported_spaces(), &rows);
    let branches = branches(&rows);
    let page_indexes: HashMap<(&str, &str), usize> = branches
        .iter()
        .enumerate()
        .map(|(index, branch)| ((branch.space, branch.first.container_id()), index))
        .collect();
    let tree = Tree {
        run: RunBlock::new(view),
        shared: Shared::new(),
        spaces,
        pages: pages(&branches, &space_indexes),
        files: files(&rows, &page_indexes),
    };
    let count = tree.files.id.len();
    DataBlock::pack(&tree, count)
}

fn pages<'a>(branches: &[Branch<'a>], spaces: &HashMap<&str, usize>) -> Pages<'a> {
    let mut pages = Pages::default();
    for branch in branches {
        pages.space.push(spaces.get(branch.space).copied().unwrap_or_default());
        pages.title.push(branch.first.owner_title());
        pages.id.push(branch.first.container_id());
        pages.measures.push(branch.measures);
    }
    pages
}

/// The largest files of the pages that are kept.
fn files<'a>(rows: &[&'a FileRow<'a>], pages: &HashMap<(&str, &str), usize>) -> Files<'a> {
    let mut largest = rows.to_vec();
    largest.sort_by_key(|row| (std::cmp::Reverse(row.known_bytes()), &row.attachment.id));
    let kept = largest.into_iter().filter_map(|row| Some((*pages.get(&(row.space_key(), row.container_id()))?, row)));
    let mut files = Files::default();
    for (page, row) in kept.take(FILES) {
        files.page.push(page);
        files.name.push(&row.attachment.title);
        files.id.push(row.attachment.id.as_str());
        files.usage.push(Usage::ALL.iter().position(|usage| *usage == row.usage()).unwrap_or_default());
        files.measures.push(Measures::of(row));
    }
    files
}

/// The spaces with files, and where each is; one of no name for files whose space is unknown.
fn spaces<'a>(spaces: &'a [ReportedSpace<'_>], rows: &[&'a FileRow<'_>]) -> (Spaces<'a>, HashMap<&'a str, usize>) {
    let mut measured: HashMap<&str, Measures> = HashMap::new();
    for row in rows {
        measured.entry(row.space_key()).or_default().add(Measures::of(row));
    }
    let known = spaces
        .iter()
        .map(|reported| (reported.space.key.as_str(), reported.space.name.as_str(), Some(reported.folder.as_str())));
    let mut table = Spaces::default();
    for (key, name, folder) in known.chain([("", "", None)]) {
        if let Some(measures) = measured.get(key) {
            table.key.push(key);
            table.name.push(name);
            table.folder.push(folder);
            table.measures.push(*measures);
        }
    }
    let indexes = table.key.iter().enumerate().map(|(index, key)| (*key, index)).collect();
    (table, indexes)
}

fn branches<'a>(rows: &[&'a FileRow<'a>]) -> Vec<Branch<'a>> {
    let mut pages: HashMap<(&str, &str), Branch<'a>> = HashMap::new();
    for row in rows {
        let key = (row.space_key(), row.container_id());
        let branch =
            pages.entry(key).or_insert_with(|| Branch { space: key.0, first: row, measures: Measures::default() });
        branch.measures.add(Measures::of(row));
    }
    let mut pages: Vec<Branch<'a>> = pages.into_values().collect();
    pages.sort_by_key(|branch| (std::cmp::Reverse(branch.measures.all), branch.space, branch.first.container_id()));
    pages.truncate(PAGES);
    pages
}
