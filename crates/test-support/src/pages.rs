//! Pages of the sample reports, written to disk for a browser.

use std::fs;
use std::path::PathBuf;

use confluence_storage_analyzer::audit::Audit;
use confluence_storage_analyzer::inventory::{Inventory, Space, SpaceId};
use confluence_storage_analyzer::recheck::{RecheckResult, RecheckedFile, RecheckedFiles};
use confluence_storage_analyzer::report::{self, RecheckReport, ReportInput, RunFacts, SavedAudit};

use crate::sample;
use crate::snapshot::SnapshotSample;

/// A sample report in a folder whose name has to be escaped in a URL.
pub struct Report {
    pub parent: tempfile::TempDir,
    pub folder: PathBuf,
}

impl Report {
    pub fn complete() -> Self {
        Self::of(&sample::run_facts(), &sample::complete(300))
    }

    pub fn incomplete() -> Self {
        Self::of(&RunFacts { exit_code: 3, ..sample::run_facts() }, &sample::incomplete(300))
    }

    /// A report that is complete except for two contents that the user accepts as unread.
    pub fn with_accepted_content() -> Self {
        Self::of(&sample::run_facts(), &sample::with_accepted_content(300))
    }

    /// A report with so few files that a page shows all of them.
    pub fn small() -> Self {
        Self::of(&sample::run_facts(), &sample::complete(60))
    }

    pub fn small_incomplete() -> Self {
        Self::of(&RunFacts { exit_code: 3, ..sample::run_facts() }, &sample::incomplete(60))
    }

    pub fn of(run: &RunFacts, (inventory, audit): &(Inventory, Audit)) -> Self {
        let parent = tempfile::tempdir().expect("a folder");
        let place = parent.path().join("Bücher 100 % #1");
        fs::create_dir(&place).expect("a folder");
        let folder = report::write(&place, ReportInput { run, inventory, audit }).expect("written");
        Self { parent, folder }
    }

    /// A recheck with every result. An incomplete one calls no file still unreferenced.
    pub fn recheck(complete: bool) -> Self {
        let (inventory, audit) = if complete { sample::complete(300) } else { sample::incomplete(300) };
        let results = RecheckResult::ALL.into_iter().filter(|result| match result {
            RecheckResult::UsedNow => false,
            RecheckResult::StillUnreferenced => complete,
            _ => true,
        });
        let mut others = results.cycle();
        let files = audit.files.iter().take(60).map(|verdict| {
            let is_used = !verdict.uses.is_empty();
            let result = if is_used { RecheckResult::UsedNow } else { others.next().expect("endless") };
            let is_plain = matches!(result, RecheckResult::UsedNow | RecheckResult::StillUnreferenced);
            let reasons = if is_plain { Vec::new() } else { vec!["because of <b>this</b> & \u{202E}that".to_owned()] };
            RecheckedFile { before: verdict.attachment, now: Some(verdict.attachment), result, reasons }
        });
        let results = RecheckedFiles { files: files.collect(), ..RecheckedFiles::default() };
        let run = RunFacts { exit_code: if complete { 0 } else { 3 }, ..sample::run_facts() };
        let (before, verdicts) = sample::complete(300);
        let report = SavedAudit { run: sample::run_facts(), inventory: before, audit: verdicts };
        let parent = tempfile::tempdir().expect("a folder");
        let written = report::write_recheck(
            parent.path(),
            RecheckReport {
                run: &run,
                inventory: &inventory,
                audit: &audit,
                results: &results,
                report: &report,
                report_name: "confluence_analysis_V0_1_2026-11-01_08-00-00",
                list_name: Some("ticked <b>.csv"),
            },
        );
        Self { folder: written.expect("written"), parent }
    }

    pub fn page(&self, page: &str) -> PathBuf {
        self.folder.join(page)
    }

    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.folder.join(file)).expect("read")
    }
}

pub const ALL: &str = "attachments.html";
pub const SPACE: &str = "__-13/__-13_attachments.html";
pub const UNREFERENCED: &str = "__-13/__-13_unreferenced.html";
pub const PAGES: [&str; 4] = ["index.html", ALL, SPACE, UNREFERENCED];

/// A snapshot dashboard in a folder whose name has to be escaped in a URL.
pub struct Dashboard {
    _parent: tempfile::TempDir,
    pub page: PathBuf,
}

impl Dashboard {
    pub fn of(sample: &SnapshotSample) -> Self {
        let parent = tempfile::tempdir().expect("a folder");
        let folder = parent.path().join("Bücher 100 % #1");
        fs::create_dir(&folder).expect("a folder");
        let page = folder.join("index.html");
        fs::write(&page, sample.page()).expect("written");
        Self { _parent: parent, page }
    }

    pub fn complete() -> Self {
        Self::of(&SnapshotSample::new(300, 52))
    }
}

/// Spaces with one file each, named in four languages.
pub fn spaces_of_one_file(spaces: usize) -> (Inventory, Audit) {
    let (mut inventory, mut audit) = sample::complete(spaces as u64);
    let names = ["Entwicklung & Qualität", "프로젝트", "設計部", "قسم المشاريع"];
    let template = inventory.spaces[0].clone();
    inventory.spaces.clear();
    for number in 0..spaces {
        let (id, name) = (SpaceId::new(number.to_string()), format!("{} {number}", names[number % 4]));
        audit.files[number].space = Some(id.clone());
        inventory.spaces.push(Space { id, key: format!("S{number}"), name, ..template.clone() });
    }
    (inventory, audit)
}
