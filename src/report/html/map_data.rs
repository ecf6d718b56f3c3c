//! Data of the map on the dashboard: spaces, the pages with the most bytes, and the largest files. The script shows the
//! difference to the level above as the rest, so the sums stay correct.

use std::collections::HashMap;

use serde::Serialize;

use super::data::{DataBlock, RunBlock, SharedConstants};
use crate::audit::Usage;
use crate::report::ReportError;
use crate::report::report_view::{FileRow, ReportView, ReportedSpace};

/// Maximum number of pages and files in the map; smaller ones would be invisible.
const MAX_PAGES: usize = 4_000;
const MAX_FILES: usize = 2_000;

/// Sums over files. The map can show any of the first four.
#[derive(Debug, Clone, Copy, Default)]
struct FileSums {
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

impl FileSums {
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
struct MapBlock<'a> {
    run: RunBlock,
    shared: SharedConstants,
    spaces: MapSpaces<'a>,
    pages: MapPages<'a>,
    files: MapFiles<'a>,
}

/// Columns of sums for the rows of a table.
#[derive(Default, Serialize)]
struct SumColumns {
    now: Vec<u64>,
    all: Vec<u64>,
    files: Vec<u64>,
    unreferenced: Vec<u64>,
    undetermined: Vec<u64>,
}

impl SumColumns {
    fn push(&mut self, sums: FileSums) {
        self.now.push(sums.now);
        self.all.push(sums.all);
        self.files.push(sums.files);
        self.unreferenced.push(sums.unreferenced);
        self.undetermined.push(sums.undetermined);
    }
}

#[derive(Default, Serialize)]
struct MapSpaces<'a> {
    key: Vec<&'a str>,
    name: Vec<&'a str>,
    /// null for files whose space is unknown
    folder: Vec<Option<&'a str>>,
    measures: SumColumns,
}

#[derive(Default, Serialize)]
struct MapPages<'a> {
    /// index of the space
    space: Vec<usize>,
    title: Vec<Option<&'a str>>,
    id: Vec<&'a str>,
    measures: SumColumns,
}

#[derive(Default, Serialize)]
struct MapFiles<'a> {
    /// index of the page
    page: Vec<usize>,
    name: Vec<&'a str>,
    id: Vec<&'a str>,
    /// index of the usage
    usage: Vec<usize>,
    measures: SumColumns,
}

/// A page with the sums of its files.
struct MapPage<'a> {
    space: &'a str,
    /// Any file of the page.
    first: &'a FileRow<'a>,
    sums: FileSums,
}

/// Builds the data block of the dashboard; excludes the trash, as the figure "Stored" does.
pub(super) fn block(view: &ReportView<'_>, rows: &[FileRow<'_>]) -> Result<DataBlock, ReportError> {
    let rows: Vec<&FileRow<'_>> = rows.iter().filter(|row| !row.verdict.is_in_trash(row.attachment)).collect();
    let (spaces, space_indexes) = spaces(view.reported_spaces(), &rows);
    let map_pages = pages_with_sums(&rows);
    let page_indexes: HashMap<(&str, &str), usize> =
        map_pages.iter().enumerate().map(|(index, page)| ((page.space, page.first.container_id()), index)).collect();
    let map = MapBlock {
        run: RunBlock::new(view),
        shared: SharedConstants::new(),
        spaces,
        pages: pages(&map_pages, &space_indexes),
        files: files(&rows, &page_indexes),
    };
    let count = map.files.id.len();
    DataBlock::pack(&map, count)
}

fn pages<'a>(map_pages: &[MapPage<'a>], spaces: &HashMap<&str, usize>) -> MapPages<'a> {
    let mut pages = MapPages::default();
    for page in map_pages {
        pages.space.push(spaces.get(page.space).copied().unwrap_or_default());
        pages.title.push(page.first.owner_title());
        pages.id.push(page.first.container_id());
        pages.measures.push(page.sums);
    }
    pages
}

/// Returns the largest files of the pages in the map.
fn files<'a>(rows: &[&'a FileRow<'a>], pages: &HashMap<(&str, &str), usize>) -> MapFiles<'a> {
    let mut largest = rows.to_vec();
    largest.sort_by_key(|row| (std::cmp::Reverse(row.known_bytes()), &row.attachment.id));
    let kept = largest.into_iter().filter_map(|row| Some((*pages.get(&(row.space_key(), row.container_id()))?, row)));
    let mut files = MapFiles::default();
    for (page, row) in kept.take(MAX_FILES) {
        files.page.push(page);
        files.name.push(&row.attachment.title);
        files.id.push(row.attachment.id.as_str());
        files.usage.push(Usage::ALL.iter().position(|usage| *usage == row.usage()).unwrap_or_default());
        files.measures.push(FileSums::of(row));
    }
    files
}

/// Returns the spaces with files, and their indexes; one with an empty key for files whose space is unknown.
fn spaces<'a>(spaces: &'a [ReportedSpace<'_>], rows: &[&'a FileRow<'_>]) -> (MapSpaces<'a>, HashMap<&'a str, usize>) {
    let mut sums: HashMap<&str, FileSums> = HashMap::new();
    for row in rows {
        sums.entry(row.space_key()).or_default().add(FileSums::of(row));
    }
    let known = spaces
        .iter()
        .map(|reported| (reported.space.key.as_str(), reported.space.name.as_str(), Some(reported.folder.as_str())));
    let mut table = MapSpaces::default();
    for (key, name, folder) in known.chain([("", "", None)]) {
        if let Some(sums) = sums.get(key) {
            table.key.push(key);
            table.name.push(name);
            table.folder.push(folder);
            table.measures.push(*sums);
        }
    }
    let indexes = table.key.iter().enumerate().map(|(index, key)| (*key, index)).collect();
    (table, indexes)
}

/// Returns the pages with the most bytes, each with the sums of its files.
fn pages_with_sums<'a>(rows: &[&'a FileRow<'a>]) -> Vec<MapPage<'a>> {
    let mut pages: HashMap<(&str, &str), MapPage<'a>> = HashMap::new();
    for row in rows {
        let key = (row.space_key(), row.container_id());
        let page = pages.entry(key).or_insert_with(|| MapPage { space: key.0, first: row, sums: FileSums::default() });
        page.sums.add(FileSums::of(row));
    }
    let mut pages: Vec<MapPage<'a>> = pages.into_values().collect();
    pages.sort_by_key(|page| (std::cmp::Reverse(page.sums.all), page.space, page.first.container_id()));
    pages.truncate(MAX_PAGES);
    pages
}
