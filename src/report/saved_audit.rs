//! Audits that were saved in their report folders, judged again by this program.

use std::fs;
use std::path::{Path, PathBuf};

use super::scan_json::SavedScan;
use super::{ReportError, RunFacts, scan_json};
use crate::audit::{self, Audit, AuditOptions};
use crate::comparison::ComparedAudit;
use crate::inventory::Inventory;

/// A saved scan with verdicts that this program computed from it.
#[derive(Debug)]
pub struct SavedAudit {
    /// The facts of the run, with the rules by which it is judged now.
    pub run: RunFacts,
    pub inventory: Inventory,
    pub audit: Audit,
}

impl SavedAudit {
    /// Reads `scan.json.gz` of a report folder, or a file of this format, and judges its files: by `rules`, or by the
    /// rules of the run.
    pub fn read(folder: &Path, rules: Option<AuditOptions>) -> Result<Self, ReportError> {
        let file = if folder.is_file() { folder.to_owned() } else { folder.join(scan_json::NAME) };
        Ok(Self::judge(scan_json::read(&file)?, rules))
    }

    /// Judges the files of a saved scan: by `rules`, or by the rules of the run. Files that people kept in the run stay
    /// protected.
    pub fn judge(saved: SavedScan, rules: Option<AuditOptions>) -> Self {
        let mut rules = rules.unwrap_or_else(|| saved.run.audit.clone());
        // what people decided then holds until the next audit
        for (file, sheets) in &saved.run.audit.kept {
            rules.kept.entry(file.clone()).or_insert_with(|| sheets.clone());
        }
        let run = RunFacts { audit: rules, ..saved.run };
        let audit = audit::analyze(&saved.inventory, &run.audit);
        Self { run, inventory: saved.inventory, audit }
    }

    /// Returns why the run is incomplete; empty if it is complete.
    pub fn incomplete_reasons(&self) -> Vec<String> {
        self.run.incomplete_reasons(&self.inventory, &self.audit)
    }

    /// Returns it as one side of a comparison.
    pub fn compared<'a>(&'a self, incomplete_reasons: &'a [String]) -> ComparedAudit<'a> {
        ComparedAudit { inventory: &self.inventory, audit: &self.audit, incomplete_reasons }
    }

    /// Whether the run finished and read everything that was planned, so that files may be called unreferenced.
    pub fn is_complete(&self) -> bool {
        self.run.is_complete(&self.inventory, &self.audit)
    }

    /// Returns the version of the program that read the site, if it is not this version: its scanner found the uses.
    pub fn other_program(&self) -> Option<&str> {
        let read_by = self.inventory.scan.program.as_str();
        (read_by != env!("CARGO_PKG_VERSION")).then_some(read_by)
    }
}

/// Returns the report folders in `parent` that have a saved scan, the newest first, by the local time in their names.
/// Unfinished folders are left out.
pub fn saved_audits(parent: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut named: Vec<(String, PathBuf)> = entries
        .filter_map(|entry| Some((time_in_name(entry.file_name().to_str()?)?, entry.path())))
        .filter(|(_, path)| path.join(scan_json::NAME).is_file())
        .collect();
    named.sort_by(|one, other| other.cmp(one));
    named.into_iter().map(|(_, path)| path).collect()
}

/// Returns the part of a folder's name from its date on: `2026-11-21_19-41-07_INCOMPLETE`.
fn time_in_name(name: &str) -> Option<String> {
    let rest = name.strip_prefix("confluence_analysis_V").filter(|rest| !rest.ends_with(".partial"))?;
    rest.splitn(3, '_').nth(2).map(str::to_owned)
}
