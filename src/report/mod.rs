//! The report folder of an audit: HTML pages, CSV tables, manifest and saved scan.

pub mod csv;
pub mod diff;
mod error;
pub mod explanation;
pub mod folder;
pub mod folder_names;
pub mod format;
mod html;
mod media_types;
mod migration_json;
mod only_with_key;
mod owners;
mod parquet;
mod previous_audit;
mod recheck;
mod report_view;
mod run_facts;
pub mod run_json;
mod saved_audit;
pub mod scan_json;
pub mod snapshot;
mod without_names;
mod wording;
mod workbook;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

pub use error::{OutputError, ReportError};
pub use folder::{WriteFailure, check_writable};
pub use previous_audit::PreviousAudit;
pub use recheck::{RecheckReport, write_recheck};
pub use run_facts::{CheckedThreshold, RunFacts};
pub use saved_audit::{SavedAudit, saved_audits};

use crate::audit::Audit;
use crate::inventory::coverage::{UnitEnd, UnitKind};
use crate::inventory::{ADMIN_KEY_CHECK, Coverage, Inventory, Scan, SpaceId, Visibility};
use crate::spreadsheet::TableFormats;
use confluence_client::Deployment;
use folder::ReportFolder;
use report_view::{FileRow, ReportView, ReportedSpace};

/// What a report is written from.
#[derive(Debug, Clone, Copy)]
pub struct ReportInput<'a> {
    pub run: &'a RunFacts,
    pub inventory: &'a Inventory,
    pub audit: &'a Audit,
}

/// Writes the report with CSV files only, like [`write_with`].
pub fn write(parent: &Path, input: ReportInput<'_>) -> Result<PathBuf, ReportError> {
    write_with(parent, input, TableFormats::CSV_ONLY)
}

/// Writes the report into a new folder in `parent` and returns its path. `formats` are files in addition to CSV.
///
/// Builds everything in `<name>.partial` and renames the folder only when every file is on the disk; a report that
/// cannot be written is removed. The name ends in `_INCOMPLETE` unless [`RunFacts::is_complete`]. The output is
/// deterministic: the same input gives the same bytes.
pub fn write_with(parent: &Path, input: ReportInput<'_>, formats: TableFormats) -> Result<PathBuf, ReportError> {
    let ReportInput { run, inventory, audit } = input;
    let view = ReportView::new(run, inventory, audit)?;
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
        write_page(folder, "index.html", &html::index(&view, &rows, formats)?)?;
        write_page(folder, "attachments.html", &html::all_files(&view, &rows)?)?;
        owners::write(folder, &view, &rows, formats)?;
        folder.write("attachments.csv", |sink| csv::attachments(sink, &rows))?;
        folder.write("versions.csv", |sink| csv::versions(sink, &rows))?;
        folder.write("duplicates.csv", |sink| csv::duplicates(sink, &view))?;
        folder.write("uses.csv", |sink| csv::uses(sink, &rows))?;
        if formats.workbook {
            let temporary = folder.path().to_owned();
            folder.write(workbook::NAME, |sink| workbook::write(sink, &temporary, &view, &rows))?;
        }
        if formats.parquet {
            parquet::write(folder, &view, &rows)?;
        }
        folder.write(scan_json::NAME, |sink| scan_json::write(sink, run, inventory))?;
        let checksums = folder.files();
        folder.write(run_json::NAME, |sink| run_json::write(sink, &view, &rows, &checksums))
    })
}

/// Adds the outcome of the snapshot taken in the same run to the manifest of a written report. The fields of the audit
/// are unchanged.
pub(crate) fn add_snapshot(folder: &Path, outcome: &serde_json::Value) -> Result<(), ReportError> {
    folder::amend(&folder.join(run_json::NAME), |manifest| run_json::with_snapshot(&manifest, outcome))
}

fn write_space(
    folder: &mut ReportFolder,
    view: &ReportView<'_>,
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

/// Returns the sentence on changes that the report does not cover: those made after the final pass began.
pub(crate) fn unseen_changes(scan: &Scan) -> Option<String> {
    let pass = scan.final_pass?;
    let [began, ended] = [pass.began_at, pass.ended_at].map(|time| time.format("%H:%M:%S"));
    Some(format!("Changes made after {began} UTC, when the final pass began, are not included; it ended at {ended}."))
}

/// Returns the sentences on what the run did not search: content without an API, what the site refused, and what is left
/// out on purpose. `visibility` is what the run could see, if that is known.
pub(crate) fn not_covered(
    account: &str,
    deployment: Deployment,
    visibility: Option<&Visibility>,
    coverage: &Coverage,
) -> String {
    let mut kinds: Vec<String> = Vec::new();
    if deployment.is_cloud() {
        kinds.push("the contents of whiteboards and databases, which have no documented REST API".to_owned());
    }
    kinds.extend(drafts_left_out(coverage).map(str::to_owned));
    kinds.extend(coverage.gaps.iter().filter(|gap| gap.kind == UnitKind::Templates).filter_map(|gap| match gap.end {
        UnitEnd::Denied { .. } => Some(format!("{} (refused)", gap.subject)),
        UnitEnd::Gone => Some(format!("{} (not found, because the space is archived)", gap.subject)),
        _ => None,
    }));
    kinds.push("earlier versions of pages".to_owned());
    kinds.push("data of apps".to_owned());
    if deployment.is_cloud() {
        kinds.push("spaces in the trash, which take up storage and are in no list".to_owned());
    }
    kinds.push("links from outside Confluence, such as Jira, mail or other sites".to_owned());
    let with_key = visibility.is_some_and(|visibility| visibility.admin_key);
    let key_ended = coverage.gaps.iter().any(|gap| gap.subject == ADMIN_KEY_CHECK);
    kinds.push(match (with_key, key_ended) {
        (false, _) => format!("restricted pages, and anything else that {account} may not see"),
        (true, false) => format!("anything that {account} may not see with the admin key"),
        (true, true) => format!(
            "restricted pages, as far as they were not read before the admin key ended, and anything else that {account} \
             may not see"
        ),
    });
    let mut text = format!("Not covered: {}.", kinds.join("; "));
    if with_key && !key_ended {
        text.push_str(" Restricted pages are covered: the run used the admin key.");
    }
    let missing = visibility.map_or(&[][..], |visibility| &visibility.missing_scopes);
    if missing.is_empty() {
        return text;
    }
    format!("{text} The token lacks scopes, so what needs them was not read: {}.", missing.join(", "))
}

/// Like [`not_covered`], followed by [`unseen_changes`].
pub(crate) fn not_covered_by(inventory: &Inventory) -> String {
    let changes = unseen_changes(&inventory.scan).map_or_else(String::new, |changes| format!(" {changes}"));
    let (scan, visibility) = (&inventory.scan, inventory.scan.visibility());
    let text = not_covered(&scan.account.name, scan.deployment, Some(&visibility), &inventory.coverage);
    format!("{text}{changes}")
}

/// Returns which drafts were not read. An audit reads the drafts that the site lists, those that own files, and those
/// of pages with a candidate newer than the published version; a snapshot reads none.
fn drafts_left_out(coverage: &Coverage) -> [&'static str; 2] {
    let drafts = match coverage.units.get(&UnitKind::DraftList).map(|lists| lists.planned) {
        None => "drafts",
        // the site was asked and has no list of drafts
        Some(0) => {
            "drafts, except those that own files, and those of pages with a file that has no other use and is newer \
             than the published version (this site does not list drafts)"
        }
        Some(_) => {
            "other people's drafts, except those of pages with a file that has no other use and is newer than the \
             published version"
        }
    };
    [drafts, "drafts of comments"]
}
