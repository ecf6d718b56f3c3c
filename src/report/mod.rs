//! From the answer to what people open: the report folder with its pages, tables, manifest and saved scan.

pub mod csv;
mod error;
mod facts;
pub mod folder;
pub mod format;
mod html;
mod media;
pub mod names;
pub mod run_json;
pub mod scan_json;
pub mod snapshot;
mod view;
mod words;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

pub use error::{OutputError, ReportError};
pub use facts::RunFacts;
pub use folder::{WriteFailure, check_writable};

use crate::audit::Audit;
use crate::inventory::coverage::{UnitEnd, UnitKind};
use crate::inventory::{Coverage, Inventory, Scan, SpaceId};
use folder::ReportFolder;
use view::{FileRow, ReportedSpace, View};

/// Writes the whole report into a new folder in `parent` and gives its path.
///
/// Everything is built in `<name>.partial`; the folder bears its name only when every file is on the disk, and a report
/// that cannot be written is removed again. The name
/// ends in `_INCOMPLETE` unless [`RunFacts::is_complete`]. The same input gives the same bytes.
pub fn write(parent: &Path, run: &RunFacts, inventory: &Inventory, audit: &Audit) -> Result<PathBuf, ReportError> {
    let view = View::new(run, inventory, audit)?;
    let rows = view.files();
    let mut by_space: HashMap<&SpaceId, Vec<&FileRow<'_>>> = HashMap::new();
    for row in &rows {
        if let Some(space) = row.space {
            by_space.entry(&space.id).or_default().push(row);
        }
    }
    ReportFolder::build(parent, &folder::folder_name(&run.local_time, view.complete), |folder| {
        for reported in view.reported_spaces() {
            let rows = by_space.get(&reported.space.id).map_or(&[][..], Vec::as_slice);
            write_space(folder, &view, reported, rows)?;
        }
        write_page(folder, "index.html", &html::index(&view, &rows)?)?;
        write_page(folder, "attachments.html", &html::all_files(&view, &rows)?)?;
        folder.write("attachments.csv", |sink| csv::attachments(sink, &rows))?;
        folder.write("versions.csv", |sink| csv::versions(sink, &rows))?;
        folder.write("duplicates.csv", |sink| csv::duplicates(sink, &view))?;
        folder.write("uses.csv", |sink| csv::uses(sink, &rows))?;
        folder.write("scan.json.gz", |sink| scan_json::write(sink, run, inventory))?;
        let checksums = folder.files();
        folder.write(run_json::NAME, |sink| run_json::write(sink, &view, &rows, &checksums))
    })
}

/// Adds to the manifest of a written report what became of the snapshot taken in the same run. What the audit says of
/// itself stays as it is.
pub(crate) fn add_snapshot(folder: &Path, half: &serde_json::Value) -> Result<(), ReportError> {
    folder::amend(&folder.join(run_json::NAME), |manifest| run_json::with_snapshot(&manifest, half))
}

fn write_space(
    folder: &mut ReportFolder,
    view: &View<'_>,
    reported: &ReportedSpace<'_>,
    rows: &[&FileRow<'_>],
) -> Result<(), ReportError> {
    let name = &reported.folder;
    folder.create_subfolder(name)?;
    folder.write(&format!("{name}/{name}_attachments.csv"), |sink| csv::attachments(sink, rows.iter().copied()))?;
    folder.write(&format!("{name}/{name}_unreferenced.csv"), |sink| {
        csv::attachments(sink, rows.iter().copied().filter(|row| row.is_candidate()))
    })?;
    let page = html::space_files(view, reported, rows)?;
    write_page(folder, &format!("{name}/{name}_attachments.html"), &page)?;
    let page = html::space_unreferenced(view, reported, rows)?;
    write_page(folder, &format!("{name}/{name}_unreferenced.html"), &page)
}

fn write_page(folder: &mut ReportFolder, path: &str, page: &str) -> Result<(), ReportError> {
    folder.write(path, |sink| sink.write_all(page.as_bytes()))
}

/// Which changes of a run no report covers: those since its lists were walked for the last time.
pub(crate) fn unseen_changes(scan: &Scan) -> Option<String> {
    let walk = scan.closing_walk?;
    let [began, ended] = [walk.began_at, walk.ended_at].map(|time| time.format("%H:%M:%S"));
    Some(format!(
        "Changes made after {began} UTC, when the last walk over all lists began, are not included; it ended at {ended}."
    ))
}

/// What no report covers, because no API shows it, or because this site does not.
pub(crate) fn not_covered(account: &str, coverage: &Coverage) -> String {
    let mut kinds = vec!["the contents of whiteboards and databases".to_owned()];
    kinds.extend(drafts_left_out(coverage).map(str::to_owned));
    kinds.extend(coverage.gaps.iter().filter(|gap| gap.kind == UnitKind::Templates).filter_map(|gap| match gap.end {
        UnitEnd::Denied { .. } => Some(format!("{} (refused)", gap.subject)),
        UnitEnd::Gone => Some(format!("{} (not found, as the space is archived)", gap.subject)),
        _ => None,
    }));
    format!(
        "Not covered, because no API shows it: {}, page history, app data, links from outside Confluence such as Jira, \
         mail or other sites, and whatever {account} may not see.",
        kinds.join(", ")
    )
}

/// The same with the changes that one run does not cover.
pub(crate) fn not_covered_by(inventory: &Inventory) -> String {
    let changes = unseen_changes(&inventory.scan).map_or_else(String::new, |changes| format!(" {changes}"));
    format!("{}{changes}", not_covered(&inventory.scan.account.name, &inventory.coverage))
}

/// The drafts that were not read. An audit reads those that the site lists, those that own files, and that of a page
/// with a candidate newer than what was published; a snapshot reads none.
fn drafts_left_out(coverage: &Coverage) -> [&'static str; 2] {
    let drafts = match coverage.units.get(&UnitKind::DraftList).map(|lists| lists.planned) {
        None => "drafts",
        // the site was asked, and has no such list
        Some(0) => {
            "drafts, but for those that own files and those of pages with an otherwise unused file newer than what was \
             published (this site does not list drafts)"
        }
        Some(_) => {
            "other people's drafts, but for those of pages with an otherwise unused file newer than what was published"
        }
    };
    [drafts, "drafts of comments"]
}
