//! The folder of a recheck: a page, a table and a manifest.

mod csv;
mod json;

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::folder::{self, ReportFolder};
use super::html;
use super::report_view::{FileRow, ReportView};
use super::{ReportError, RunFacts, SavedAudit};
use crate::audit::Audit;
use crate::inventory::Inventory;
use crate::recheck::{RecheckResult, RecheckedFile, RecheckedFiles};
pub(super) use csv::RECHECK;

/// What the folder of a recheck is written from.
#[derive(Debug, Clone, Copy)]
pub struct RecheckReport<'a> {
    /// The run that read the site again.
    pub run: &'a RunFacts,
    pub inventory: &'a Inventory,
    pub audit: &'a Audit,
    pub results: &'a RecheckedFiles,
    /// The report whose files were rechecked, and the name of its folder.
    pub report: &'a SavedAudit,
    pub report_name: &'a str,
    /// Name of the list that chose the files; `None` for all unreferenced files.
    pub list_name: Option<&'a str>,
}

impl RecheckReport<'_> {
    /// Whether everything was read that the run of the report could read.
    pub fn is_complete(&self) -> bool {
        self.results.obstacles.is_empty() && self.run.is_complete(self.inventory, self.audit)
    }

    /// Returns why the recheck is incomplete, one reason per line; empty if and only if it is complete.
    pub fn incomplete_reasons(&self) -> Vec<String> {
        let unread = self.run.incomplete_reasons(self.inventory, self.audit);
        self.results.obstacles.iter().cloned().chain(unread).collect()
    }

    /// Returns the time up to which changes of the site are certainly included.
    pub fn checked_at(&self) -> DateTime<Utc> {
        let scan = &self.inventory.scan;
        scan.final_pass.map_or(scan.started_at, |pass| pass.began_at)
    }

    /// Returns the figures of a result; `None` if they are not known: an incomplete recheck confirms no file.
    pub fn known_figures(&self, result: RecheckResult) -> Option<ResultFigures> {
        let is_known = self.is_complete() || result != RecheckResult::StillUnreferenced;
        is_known.then(|| self.figures(result))
    }

    /// Returns the number and the bytes of all versions of the files with a result. The bytes are a lower bound if the
    /// size of a version is not known.
    fn figures(&self, result: RecheckResult) -> ResultFigures {
        let files = self.results.files.iter().filter(|file| file.result == result);
        files.fold(ResultFigures::default(), |sum, file| {
            let attachments = match file.now {
                Some(now) => &self.inventory.attachments[now],
                None => &self.report.inventory.attachments[file.before],
            };
            let sizes = attachments.old_versions.iter().map(|version| version.size).chain([attachments.size]);
            let at_least = sum.at_least || sizes.clone().any(|size| size.is_none());
            ResultFigures { files: sum.files + 1, bytes: sum.bytes + sizes.flatten().sum::<u64>(), at_least }
        })
    }
}

/// Files with one result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct ResultFigures {
    pub files: u64,
    /// Bytes of all versions whose size is known.
    pub bytes: u64,
    /// Whether the size of a version is not known.
    pub at_least: bool,
}

/// One rechecked file with its page, space and uses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecheckRow<'a> {
    pub(crate) checked: &'a RecheckedFile,
    /// The file as the recheck found it, else as it is in the report.
    pub(crate) file: FileRow<'a>,
    pub(crate) checked_at: DateTime<Utc>,
    pub(crate) complete: bool,
}

impl<'a> RecheckRow<'a> {
    /// Returns the uses that the recheck found: what uses the file, and how.
    pub(crate) fn users(&self) -> Vec<FileUser<'a>> {
        if self.checked.now.is_none() || self.checked.result != RecheckResult::UsedNow {
            return Vec::new();
        }
        let uses = self.file.verdict.uses.iter();
        uses.map(|used| FileUser { used, content: self.file.content_of(used) }).collect()
    }
}

/// One use of a file and the content that has it.
pub(crate) struct FileUser<'a> {
    pub(crate) used: &'a crate::audit::Use,
    pub(crate) content: &'a crate::inventory::Content,
}

/// Writes the folder of a recheck in `parent` and returns its path. Like a report, it is complete on the disk before it
/// has its name, and its name ends in `_INCOMPLETE` unless [`RecheckReport::is_complete`].
pub fn write_recheck(parent: &Path, report: RecheckReport<'_>) -> Result<PathBuf, ReportError> {
    let view = ReportView::new(report.run, report.inventory, report.audit)?;
    let before = ReportView::new(&report.report.run, &report.report.inventory, &report.report.audit)?;
    let mut rows = Vec::with_capacity(report.results.files.len());
    for checked in &report.results.files {
        let file = match checked.now {
            Some(now) => view.row_of(now),
            None => before.row_of(checked.before),
        };
        let Some(file) = file else { continue };
        let (checked_at, complete) = (report.checked_at(), report.is_complete());
        rows.push(RecheckRow { checked, file, checked_at, complete });
    }
    rows.sort_by_cached_key(|row| {
        let bytes = std::cmp::Reverse(row.file.known_bytes());
        (row.checked.result, bytes, row.file.attachment.id.digits().len(), row.file.attachment.id.clone())
    });
    let name = folder::recheck_folder_name(&report.run.local_time, report.is_complete());
    ReportFolder::build(parent, &name, |folder| {
        let page = html::recheck(&report, &view, &rows)?;
        folder.write("index.html", |sink| sink.write_all(page.as_bytes()))?;
        folder.write("recheck.csv", |sink| csv::write(sink, &rows))?;
        let checksums = folder.files();
        folder.write(json::NAME, |sink| json::write(sink, &report, &view, &rows, &checksums))
    })
}
