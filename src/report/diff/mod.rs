//! The comparison of two audits: a folder with a page, two tables and one JSON file.

mod change_row;
mod changes_csv;
mod diff_json;
mod page;
mod spaces_csv;

use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset};

use super::folder::ReportFolder;
use super::report_view::{FileRow, ReportView};
use super::{ReportError, SavedAudit};
use crate::comparison::{AuditComparison, FileChange};

pub(super) use changes_csv::CHANGES;
pub(super) use spaces_csv::SPACES;

/// What a comparison is written from.
#[derive(Debug, Clone, Copy)]
pub struct DiffInput<'a> {
    pub old: DiffSide<'a>,
    pub new: DiffSide<'a>,
    pub comparison: &'a AuditComparison,
    /// Local time for the name of the folder.
    pub local_time: DateTime<FixedOffset>,
}

/// One of the two audits.
#[derive(Debug, Clone, Copy)]
pub struct DiffSide<'a> {
    pub saved: &'a SavedAudit,
    /// The path of its folder or saved scan, as the user wrote it.
    pub path: &'a Path,
}

/// Both audits, indexed.
#[derive(Debug)]
struct DiffView<'a> {
    input: DiffInput<'a>,
    old: ReportView<'a>,
    new: ReportView<'a>,
    /// Why verdicts are not compared.
    obstacles: Option<String>,
}

impl<'a> DiffView<'a> {
    fn new(input: DiffInput<'a>) -> Result<Self, ReportError> {
        let view = |side: DiffSide<'a>| {
            let SavedAudit { run, inventory, audit } = side.saved;
            ReportView::new(run, inventory, audit)
        };
        let obstacles = input.comparison.not_comparable_because();
        Ok(Self { input, old: view(input.old)?, new: view(input.new)?, obstacles })
    }

    fn is_complete(&self) -> bool {
        self.old.complete && self.new.complete
    }

    /// Returns the rows of a changed file in both runs.
    fn row(&'a self, change: &'a FileChange) -> Option<ChangedFile<'a>> {
        let old = change.old.and_then(|at| self.old.row_of(at));
        let new = change.new.and_then(|at| self.new.row_of(at));
        Some(ChangedFile { view: self, change, old, new, shown: new.or(old)? })
    }
}

/// A change with the rows of the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChangedFile<'a> {
    view: &'a DiffView<'a>,
    change: &'a FileChange,
    old: Option<FileRow<'a>>,
    new: Option<FileRow<'a>>,
    /// That of the new run, or that of the old run if the new one does not list the file.
    shown: FileRow<'a>,
}

/// Writes the comparison into a new folder in `parent` and returns its path. Like a report, it is built under another
/// name; the name ends in `_INCOMPLETE` if one of the runs is incomplete.
pub fn write_diff(parent: &Path, input: DiffInput<'_>) -> Result<PathBuf, ReportError> {
    let view = DiffView::new(input)?;
    ReportFolder::build(parent, &folder_name(&input.local_time, view.is_complete()), |folder| {
        let page = page::render_page(&view)?;
        super::write_page(folder, "index.html", &page)?;
        folder.write("changes.csv", |sink| changes_csv::write(sink, &view))?;
        folder.write("spaces.csv", |sink| spaces_csv::write(sink, input.comparison))?;
        let checksums = folder.files();
        folder.write("diff.json", |sink| diff_json::write(sink, &view, &checksums))
    })
}

/// Returns the object that `diff --json` prints, without the paths of the written folder.
pub fn diff_summary(input: DiffInput<'_>) -> serde_json::Value {
    diff_json::printed(input)
}

/// Returns the name of the folder, e.g. `confluence_diff_V0_1_2026-11-21_19-41-07`.
fn folder_name(local_time: &DateTime<FixedOffset>, complete: bool) -> String {
    format!(
        "confluence_diff_V{}_{}_{}{}",
        env!("CARGO_PKG_VERSION_MAJOR"),
        env!("CARGO_PKG_VERSION_MINOR"),
        local_time.format("%Y-%m-%d_%H-%M-%S"),
        if complete { "" } else { "_INCOMPLETE" }
    )
}
