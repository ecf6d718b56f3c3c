//! The pages. Each is one file that opens from disk without any request: style, script and data are inside.

mod ages;
pub(super) mod assets;
pub(super) mod breakdown;
mod csp;
mod dashboard;
pub(super) mod data;
pub(super) mod filters;
pub(super) mod frame;
pub(super) mod gaps;
mod handover;
mod row;
mod tree;
mod wins;

use askama::Template;

use super::view::{FileRow, ReportedSpace, View};
use super::{ReportError, format};
use crate::inventory::Attachment;
use assets::Script;
use dashboard::Dashboard;
use data::DataBlock;
use frame::{Frame, Place};
use handover::Lists;
use row::ShownFile;

/// Rows that a table of files begins with: those that stand in the page itself, for readers without script, and those
/// that the script shows and prints until it is told otherwise.
const FIRST_ROWS: usize = 100;
/// Numbers of rows that readers choose from.
const PAGE_SIZES: [usize; 3] = [50, FIRST_ROWS, 200];
/// Above this many files the page over all spaces holds only the largest [`TRUNCATED_ROWS`]; those of the spaces hold
/// all of theirs.
const MAX_ROWS: usize = 100_000;
/// Rows of the page over all spaces when there are more than [`MAX_ROWS`] files.
const TRUNCATED_ROWS: usize = 1_000;

/// What a table of files lists, which decides its columns and its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listing {
    /// The files of all spaces.
    Site,
    /// The files of one space.
    Space,
    /// Those that space owners are to look through: all are unreferenced, so whom to ask stands in place of the evidence.
    Unreferenced,
}

impl Listing {
    /// As the script knows it.
    fn name(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Space => "space",
            Self::Unreferenced => "unreferenced",
        }
    }

    fn has_space(self) -> bool {
        self == Self::Site
    }

    fn has_evidence(self) -> bool {
        self != Self::Unreferenced
    }

    /// What the rows are ordered by, the most first and unknown sizes last: the size of the file, or what deleting it
    /// frees.
    fn bytes(self, file: &Attachment) -> Option<u64> {
        if self.has_evidence() { file.size } else { file.all_bytes() }
    }
}

/// A table of files: the largest as static rows, all as data.
#[derive(Debug)]
struct FileTable {
    files: Vec<ShownFile>,
    data: DataBlock,
    listing: Listing,
    /// Name of the CSV file beside the page that has all rows.
    csv: String,
    /// Rows that only the CSV has.
    omitted: u64,
    /// Of all rows, those of files in the trash.
    trash: u64,
}

/// Whether the page over all spaces leaves some of so many files out.
pub(super) fn is_cut(files: usize) -> bool {
    files > MAX_ROWS
}

impl FileTable {
    fn new(view: &View<'_>, rows: &[&FileRow<'_>], listing: Listing, csv: String) -> Result<Self, ReportError> {
        let mut rows = rows.to_vec();
        let trash = rows.iter().filter(|row| row.verdict.is_in_trash(row.attachment)).count() as u64;
        rows.sort_by(|one, other| {
            let key = |row: &FileRow<'_>| std::cmp::Reverse(listing.bytes(row.attachment));
            key(one).cmp(&key(other)).then_with(|| one.attachment.id.cmp(&other.attachment.id))
        });
        let omitted = if listing == Listing::Site && is_cut(rows.len()) {
            rows.split_off(TRUNCATED_ROWS).len() as u64
        } else {
            0
        };
        let data = data::block(view, &rows)?;
        let files = rows.into_iter().take(FIRST_ROWS).map(ShownFile::new).collect();
        Ok(Self { files, data, listing, csv, omitted, trash })
    }

    fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Rows that the page has as data.
    fn total(&self) -> u64 {
        self.data.rows as u64
    }

    /// With those that only the CSV has.
    fn all(&self) -> u64 {
        self.total() + self.omitted
    }

    fn static_rows(&self) -> u64 {
        self.files.len() as u64
    }

    /// What its page needs: one without rows has nothing to filter.
    fn script(&self) -> Script {
        if self.is_empty() { Script::Small } else { Script::Files }
    }
}

#[derive(Template)]
#[template(path = "index.html")]
struct IndexPage {
    frame: Frame,
    board: Dashboard,
}

#[derive(Template)]
#[template(path = "attachments.html")]
struct AllFilesPage {
    frame: Frame,
    table: FileTable,
}

#[derive(Template)]
#[template(path = "space_attachments.html")]
struct SpaceFilesPage {
    frame: Frame,
    table: FileTable,
    sibling: String,
    candidates: u64,
}

#[derive(Template)]
#[template(path = "space_unreferenced.html")]
struct SpaceUnreferencedPage {
    frame: Frame,
    table: FileTable,
    sibling: String,
    bytes: u64,
    protected: u64,
}

/// `index.html`.
pub(crate) fn index(view: &View<'_>, rows: &[FileRow<'_>]) -> Result<String, ReportError> {
    let frame = Frame::new(view, "Confluence storage".to_owned(), Place::Dashboard, Script::Dashboard);
    render("index.html", &IndexPage { frame, board: Dashboard::new(view, rows)? })
}

/// `attachments.html`: the files of all reported spaces.
pub(crate) fn all_files(view: &View<'_>, rows: &[FileRow<'_>]) -> Result<String, ReportError> {
    let rows: Vec<&FileRow<'_>> = rows.iter().collect();
    let table = FileTable::new(view, &rows, Listing::Site, "attachments.csv".to_owned())?;
    let frame = Frame::new(view, "All attachments".to_owned(), Place::Root, table.script());
    render("attachments.html", &AllFilesPage { frame, table })
}

/// `<SPACEKEY>_attachments.html`.
pub(crate) fn space_files(
    view: &View<'_>,
    reported: &ReportedSpace<'_>,
    rows: &[&FileRow<'_>],
) -> Result<String, ReportError> {
    let page = format!("{}_attachments", reported.folder);
    let table = FileTable::new(view, rows, Listing::Space, format!("{page}.csv"))?;
    let frame = Frame::new(view, format!("Attachments of {}", space_words(reported)), Place::Space, table.script());
    let candidates = rows.iter().filter(|row| row.is_candidate()).count() as u64;
    let sibling = format!("{}_unreferenced.html", reported.folder);
    render(&page, &SpaceFilesPage { frame, table, sibling, candidates })
}

/// `<SPACEKEY>_unreferenced.html`: unreferenced and not protected; in an incomplete run empty, with the reason.
pub(crate) fn space_unreferenced(
    view: &View<'_>,
    reported: &ReportedSpace<'_>,
    rows: &[&FileRow<'_>],
) -> Result<String, ReportError> {
    let page = format!("{}_unreferenced", reported.folder);
    let candidates: Vec<&FileRow<'_>> = rows.iter().copied().filter(|row| row.is_candidate()).collect();
    let protected = rows
        .iter()
        .filter(|row| row.usage() == crate::audit::Usage::Unreferenced && row.verdict.protected.is_some())
        .count() as u64;
    let table = FileTable::new(view, &candidates, Listing::Unreferenced, format!("{page}.csv"))?;
    let heading = format!("Unreferenced files of {}", space_words(reported));
    let frame = Frame::new(view, heading, Place::Space, table.script());
    let sibling = format!("{}_attachments.html", reported.folder);
    let bytes = reported.totals.unreferenced_bytes;
    render(&page, &SpaceUnreferencedPage { frame, table, sibling, bytes, protected })
}

/// `Engineering (ENG)`.
fn space_words(reported: &ReportedSpace<'_>) -> String {
    format!("{} ({})", format::visible(&reported.space.name), format::visible(&reported.space.key))
}

pub(super) fn render(page: &str, template: &impl Template) -> Result<String, ReportError> {
    template.render().map_err(|source| ReportError::Page { page: page.to_owned(), source })
}
