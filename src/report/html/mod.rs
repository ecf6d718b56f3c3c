//! The HTML pages of a report. Each is one file that works offline: style, script and data are inside.

mod age_classes;
pub(super) mod assets;
pub(super) mod breakdown;
pub(super) mod by_owner;
mod csp;
mod dashboard;
pub(super) mod data;
mod earlier_runs;
pub(super) mod filters;
pub(super) mod gap_rows;
mod map_data;
pub(super) mod migration;
mod owner_pages;
pub(super) mod page_frame;
mod recheck_page;
mod shown_file;
mod top_savings;

use askama::Template;

use super::report_view::{FileRow, ReportView, ReportedSpace};
use super::{ReportError, format};
use crate::inventory::Attachment;
use crate::spreadsheet::TableFormats;
use assets::PageScript;
use by_owner::OwnerLinks;
use dashboard::AuditDashboard;
use data::DataBlock;
use page_frame::{PageFrame, PageLocation};
pub(crate) use recheck_page::recheck;
use shown_file::ShownFile;

pub(crate) use owner_pages::{owner, owners};

/// Initial rows of a table of files: those that are static HTML, for readers without JavaScript, and those that the
/// script shows and prints by default.
const FIRST_ROWS: usize = 100;
/// The page sizes that readers can choose.
const PAGE_SIZES: [usize; 3] = [50, FIRST_ROWS, 200];
/// Above this number of files, the page of all spaces has only the largest [`TRUNCATED_ROWS`]; the pages of single
/// spaces always have all of their files.
const MAX_ROWS: usize = 100_000;
/// Rows of the page of all spaces if there are more than [`MAX_ROWS`] files.
const TRUNCATED_ROWS: usize = 1_000;

/// The kind of a table of files, which decides its columns and its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listing {
    /// The files of all spaces.
    Site,
    /// The files of one space.
    Space,
    /// The unreferenced files of one space, for its owners: a column with the page owner replaces the evidence.
    Unreferenced,
}

impl Listing {
    /// Name for the script.
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

    /// Returns the bytes to sort by, largest first and unknown last: the size of the file, or what deleting it frees.
    fn bytes(self, file: &Attachment) -> Option<u64> {
        if self.has_evidence() { file.size } else { file.all_bytes() }
    }
}

/// A table of files: the first rows as static HTML, all rows as data.
#[derive(Debug)]
struct FileTable {
    files: Vec<ShownFile>,
    data: DataBlock,
    listing: Listing,
    /// Name of the CSV file in the same folder that has all rows.
    csv: String,
    /// Rows that only the CSV has.
    omitted: u64,
    /// Number of files in the trash, among all rows.
    trash: u64,
}

/// Whether the page of all spaces omits some of this number of files.
pub(super) fn is_cut(files: usize) -> bool {
    files > MAX_ROWS
}

impl FileTable {
    fn new(view: &ReportView<'_>, rows: &[&FileRow<'_>], listing: Listing, csv: String) -> Result<Self, ReportError> {
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

    /// Number of rows that the page has as data.
    fn total(&self) -> u64 {
        self.data.rows as u64
    }

    /// Number of rows including those that only the CSV has.
    fn all(&self) -> u64 {
        self.total() + self.omitted
    }

    fn static_rows(&self) -> u64 {
        self.files.len() as u64
    }

    /// Returns the script that the page needs: a page without rows has nothing to filter.
    fn script(&self) -> PageScript {
        if self.is_empty() { PageScript::Small } else { PageScript::Files }
    }
}

#[derive(Template)]
#[template(path = "index.html")]
struct IndexPage {
    frame: PageFrame,
    board: AuditDashboard,
    /// Files in addition to CSV files.
    formats: TableFormats,
}

#[derive(Template)]
#[template(path = "attachments.html")]
struct AllFilesPage {
    frame: PageFrame,
    table: FileTable,
}

#[derive(Template)]
#[template(path = "space_attachments.html")]
struct SpaceFilesPage {
    frame: PageFrame,
    table: FileTable,
    sibling: String,
    candidates: u64,
}

#[derive(Template)]
#[template(path = "space_unreferenced.html")]
struct SpaceUnreferencedPage {
    frame: PageFrame,
    table: FileTable,
    sibling: String,
    bytes: u64,
    protected: u64,
}

/// Renders `index.html`.
pub(crate) fn index(view: &ReportView<'_>, rows: &[FileRow<'_>], formats: TableFormats) -> Result<String, ReportError> {
    let frame = PageFrame::new(view, "Confluence storage".to_owned(), PageLocation::Dashboard, PageScript::Dashboard);
    render("index.html", &IndexPage { frame, board: AuditDashboard::new(view, rows)?, formats })
}

/// Renders `attachments.html`: the files of all reported spaces.
pub(crate) fn all_files(view: &ReportView<'_>, rows: &[FileRow<'_>]) -> Result<String, ReportError> {
    let rows: Vec<&FileRow<'_>> = rows.iter().collect();
    let table = FileTable::new(view, &rows, Listing::Site, "attachments.csv".to_owned())?;
    let frame = PageFrame::new(view, "All attachments".to_owned(), PageLocation::Root, table.script());
    render("attachments.html", &AllFilesPage { frame, table })
}

/// Renders `<SPACEKEY>_attachments.html`.
pub(crate) fn space_files(
    view: &ReportView<'_>,
    reported: &ReportedSpace<'_>,
    rows: &[&FileRow<'_>],
) -> Result<String, ReportError> {
    let page = format!("{}_attachments", reported.folder);
    let table = FileTable::new(view, rows, Listing::Space, format!("{page}.csv"))?;
    let frame =
        PageFrame::new(view, format!("Attachments of {}", space_label(reported)), PageLocation::Space, table.script());
    let candidates = rows.iter().filter(|row| row.is_candidate()).count() as u64;
    let sibling = format!("{}_unreferenced.html", reported.folder);
    render(&page, &SpaceFilesPage { frame, table, sibling, candidates })
}

/// Renders `<SPACEKEY>_unreferenced.html`: the files that are unreferenced and not protected. For an incomplete run it
/// says only why nothing is listed.
pub(crate) fn space_unreferenced(
    view: &ReportView<'_>,
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
    let heading = format!("Unreferenced files of {}", space_label(reported));
    let frame = PageFrame::new(view, heading, PageLocation::Space, table.script());
    let sibling = format!("{}_attachments.html", reported.folder);
    let bytes = reported.totals.unreferenced_bytes;
    render(&page, &SpaceUnreferencedPage { frame, table, sibling, bytes, protected })
}

/// Returns name and key: `Engineering (ENG)`.
fn space_label(reported: &ReportedSpace<'_>) -> String {
    format!("{} ({})", format::visible(&reported.space.name), format::visible(&reported.space.key))
}

pub(super) fn render(page: &str, template: &impl Template) -> Result<String, ReportError> {
    template.render().map_err(|source| ReportError::Page { page: page.to_owned(), source })
}
