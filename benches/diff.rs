//! Speed of `diff`: 300,000 files against 300,000 files, of which every tenth changed.
//!
//! `cargo bench --bench diff` prints the time to read both saved scans, to judge them, to compare them, and to write the
//! folder. `DIFF_FILES` sets another number of files.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints and may panic")]

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::time::Instant;

use confluence_storage_analyzer::comparison::AuditComparison;
use confluence_storage_analyzer::inventory::{ContentId, Inventory};
use confluence_storage_analyzer::report::diff::{DiffInput, DiffSide, write_diff};
use confluence_storage_analyzer::report::{SavedAudit, scan_json};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use test_support::process::peak_memory;
use test_support::sample;

/// The most seconds for comparing two runs and writing the folder.
const LIMIT: f64 = 3.0;

fn main() {
    let files = std::env::var("DIFF_FILES").map_or(300_000, |files| files.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let scans = [false, true].map(|is_new| {
        let (mut inventory, _) = sample::complete(files);
        if is_new {
            change(&mut inventory);
        }
        save(folder.path(), if is_new { "new" } else { "old" }, &inventory)
    });
    let sizes = scans.each_ref().map(|scan| fs::metadata(scan).unwrap().len() >> 20);
    println!("{files} files on each side; saved scans of {} and {} MiB", sizes[0], sizes[1]);
    let [old, new] = scans.each_ref().map(|scan| {
        let began = Instant::now();
        let saved = scan_json::read(scan).unwrap();
        println!("read a saved scan: {:.2} s", began.elapsed().as_secs_f64());
        let began = Instant::now();
        let audit = SavedAudit::judge(saved, None);
        println!("judge its files: {:.2} s", began.elapsed().as_secs_f64());
        audit
    });
    let began = Instant::now();
    let reasons = [&old, &new].map(SavedAudit::incomplete_reasons);
    let comparison = AuditComparison::new(old.compared(&reasons[0]), new.compared(&reasons[1]));
    let compared = began.elapsed().as_secs_f64();
    println!("compare: {compared:.2} s; {} changes", comparison.files.len());
    let side = |saved, path| DiffSide { saved, path };
    let input = DiffInput {
        old: side(&old, &scans[0]),
        new: side(&new, &scans[1]),
        comparison: &comparison,
        local_time: sample::moment().fixed_offset(),
    };
    let began = Instant::now();
    let written = write_diff(folder.path(), input).unwrap();
    let seconds = began.elapsed().as_secs_f64();
    let bytes: u64 = fs::read_dir(written).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    println!("write the folder: {seconds:.2} s; {} KiB", bytes >> 10);
    let mark = if compared + seconds > LIMIT { "!" } else { "" };
    println!(
        "compare and write: {:.2} s{mark} of {LIMIT} s; peak memory {} MiB",
        compared + seconds,
        peak_memory() >> 20
    );
}

/// Changes every tenth file: renamed, moved, grown, gone, or new.
fn change(inventory: &mut Inventory) {
    for (at, file) in inventory.attachments.iter_mut().enumerate().filter(|(at, _)| at % 10 == 0) {
        match at / 10 % 4 {
            0 => file.title.push_str(".old"),
            1 => file.container = confluence_storage_analyzer::inventory::Container::Page(ContentId::new("1001")),
            2 => file.size = file.size.map(|size| size + 1_000),
            _ => file.id.0.push('9'),
        }
    }
}

fn save(folder: &Path, name: &str, inventory: &Inventory) -> PathBuf {
    let path = folder.join(format!("{name}.json.gz"));
    let mut encoder = GzEncoder::new(BufWriter::new(File::create(&path).unwrap()), Compression::default());
    let run = json!(sample::run_facts());
    serde_json::to_writer(
        BufWriter::new(&mut encoder),
        &json!({"format": scan_json::FORMAT, "version": scan_json::VERSION, "run": run, "inventory": inventory}),
    )
    .unwrap();
    encoder.finish().unwrap();
    path
}
