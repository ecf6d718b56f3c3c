//! What the map of the dashboard is made from: spaces, the pages with the most bytes, the largest files. What is left
//! out is the difference to the level above, so nothing is lost from the sums.

use std::collections::HashMap;

use serde::Serialize;

use super::data::{DataBlock, RunBlock};
use crate::audit::Usage;
use crate::report::ReportError;
use crate::report::view::{FileRow, ReportedSpace, View};
use crate::report::words;

/// Pages and files kept; beyond this they are too small to be seen.
const PAGES: usize = 4_000;
const FILES: usize = 2_000;

/// Bytes of current versions, bytes of all versions, files, unreferenced bytes, undetermined bytes.
type Measures = [u64; 5];

#[derive(Serialize)]
struct Tree<'a> {
    run: RunBlock,
    usages: Vec<[&'static str; 2]>,
    spaces: Vec<SpaceEntry<'a>>,
    pages: Vec<PageEntry<'a>>,
    /// page (an index into all pages kept), name, id, usage, measures
    files: Vec<(usize, &'a str, &'a str, usize, Measures)>,
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
    let (space_entries, space_indexes) = space_entries(view.reported_spaces(), &rows);
    let branches = branches(&rows);
    let page_indexes: HashMap<(&str, &str), usize> = branches
        .iter()
        .enumerate()
        .map(|(index, branch)| ((branch.space, branch.first.container_id()), index))
        .collect();
    let mut largest = rows.clone();
    largest.sort_by_key(|row| (std::cmp::Reverse(row.known_bytes()), &row.attachment.id));
    let files = largest.iter().filter_map(|row| {
        let page = page_indexes.get(&(row.space_key(), row.container_id()))?;
        let usage = Usage::ALL.iter().position(|usage| *usage == row.usage())?;
        Some((*page, row.attachment.title.as_str(), row.attachment.id.as_str(), usage, measures(row)))
    });
    let tree = Tree {
        run: RunBlock::new(view),
        usages: Usage::ALL.iter().map(|usage| [usage.as_str(), words::usage(*usage)]).collect(),
        files: files.take(FILES).collect(),
        pages: branches
            .iter()
            .map(|branch| {
                let space = space_indexes.get(branch.space).copied().unwrap_or_default();
                (space, branch.first.owner_title(), branch.first.container_id(), branch.measures)
            })
            .collect(),
        spaces: space_entries,
    };
    let count = tree.files.len();
    DataBlock::pack(&tree, count)
}

/// key, name, folder or null, measures
type SpaceEntry<'a> = (&'a str, &'a str, Option<&'a str>, Measures);

/// index of the space, title or null, id, measures
type PageEntry<'a> = (usize, Option<&'a str>, &'a str, Measures);

/// The spaces with files, and where each is; one of no name for files whose space is unknown.
fn space_entries<'a>(
    spaces: &'a [ReportedSpace<'_>],
    rows: &[&'a FileRow<'_>],
) -> (Vec<SpaceEntry<'a>>, HashMap<&'a str, usize>) {
    let mut measured: HashMap<&str, Measures> = HashMap::new();
    for row in rows {
        add(measured.entry(row.space_key()).or_default(), &measures(row));
    }
    let known = spaces
        .iter()
        .map(|reported| (reported.space.key.as_str(), reported.space.name.as_str(), Some(reported.folder.as_str())));
    let entries: Vec<SpaceEntry<'_>> = known
        .chain([("", "", None)])
        .filter_map(|(key, name, folder)| Some((key, name, folder, *measured.get(key)?)))
        .collect();
    let indexes = entries.iter().enumerate().map(|(index, entry)| (entry.0, index)).collect();
    (entries, indexes)
}

fn branches<'a>(rows: &[&'a FileRow<'a>]) -> Vec<Branch<'a>> {
    let mut pages: HashMap<(&str, &str), Branch<'a>> = HashMap::new();
    for row in rows {
        let key = (row.space_key(), row.container_id());
        let branch = pages.entry(key).or_insert_with(|| Branch { space: key.0, first: row, measures: [0; 5] });
        add(&mut branch.measures, &measures(row));
    }
    let mut pages: Vec<Branch<'a>> = pages.into_values().collect();
    pages.sort_by_key(|branch| (std::cmp::Reverse(branch.measures[1]), branch.space, branch.first.container_id()));
    pages.truncate(PAGES);
    pages
}

fn measures(row: &FileRow<'_>) -> Measures {
    let known = row.known_bytes();
    let unreferenced = if row.is_candidate() { known } else { 0 };
    let undetermined = if row.usage() == Usage::Undetermined { known } else { 0 };
    [row.attachment.size.unwrap_or(0), known, 1, unreferenced, undetermined]
}

fn add(sum: &mut Measures, measures: &Measures) {
    for (sum, measure) in sum.iter_mut().zip(measures) {
        *sum = sum.saturating_add(*measure);
    }
}
