//! Time and memory of the workbook of an audit with 300,000 files, and of its Parquet files: what writing a report takes
//! with them, compared with the same report without them. Each report is written by a process of its own.
//!
//! `cargo bench --bench workbook` prints each figure next to its limit, which is for 300,000 files; `WORKBOOK_FILES`
//! chooses another number. It reads memory and processor time from `/proc`, so it needs Linux.
#![allow(clippy::print_stdout, clippy::expect_used, reason = "a benchmark prints and may panic")]

use std::fs;
use std::process::Command;
use std::time::Instant;

use confluence_storage_analyzer::report::{self, ReportInput};
use confluence_storage_analyzer::spreadsheet::TableFormats;
use test_support::sample;

/// Number of files, unless the variable has another one.
const FILES: u64 = 300_000;
const FILES_VARIABLE: &str = "WORKBOOK_FILES";
const FORMATS: &str = "WORKBOOK_BENCH_FORMATS";
/// Limits of the workbook: seconds, and MB of additional peak memory.
const LIMITS: (f64, f64) = (15.0, 30.0);

/// What writing a report took.
#[derive(Clone, Copy)]
struct Figures {
    seconds: f64,
    processor_seconds: f64,
    peak_mb: f64,
    file_mb: f64,
}

fn main() {
    if let Ok(formats) = std::env::var(FORMATS) {
        return write_report(&formats);
    }
    let [csv, workbook, parquet] = ["csv", "xlsx", "parquet"].map(measure);
    println!("{} files; without other formats: {:.1} s, peak memory {:.0} MB", files(), csv.seconds, csv.peak_mb);
    for (name, figures, limits) in [("workbook", workbook, Some(LIMITS)), ("Parquet", parquet, None)] {
        let (seconds, memory) = (figures.seconds - csv.seconds, figures.peak_mb - csv.peak_mb);
        let processor = figures.processor_seconds - csv.processor_seconds;
        let limit = limits.map_or_else(String::new, |(most_seconds, most_memory)| {
            let mark = if seconds > most_seconds || memory > most_memory { " !" } else { "" };
            format!(" (limits: {most_seconds} s, {most_memory} MB){mark}")
        });
        println!(
            "{name}: {seconds:.1} s ({processor:.1} s of processor time) and {memory:.0} MB of memory more{limit}; {:.0} MB on the disk",
            figures.file_mb
        );
    }
}

fn files() -> u64 {
    std::env::var(FILES_VARIABLE).map_or(FILES, |number| number.parse().expect("a number"))
}

/// Writes a report in another process and returns what it took.
fn measure(formats: &str) -> Figures {
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program).env(FORMATS, formats).output().expect("run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    let numbers: Vec<f64> = text.split_whitespace().map(|number| number.parse().expect("a number")).collect();
    Figures { seconds: numbers[0], processor_seconds: numbers[1], peak_mb: numbers[2], file_mb: numbers[3] }
}

/// Writes a report and prints seconds, processor time, peak memory, and the size of the files in the formats.
fn write_report(formats: &str) {
    let formats = TableFormats::parse([formats]).expect("formats");
    let parent = tempfile::tempdir().expect("a folder");
    let (inventory, audit) = sample::complete(files());
    let input = ReportInput { run: &sample::run_facts(), inventory: &inventory, audit: &audit };
    let (start, processor) = (Instant::now(), processor_time());
    let folder = report::write_with(parent.path(), input, formats).expect("written");
    let (seconds, processor) = (start.elapsed().as_secs_f64(), processor_time() - processor);
    let size = |name: &str| fs::metadata(folder.join(name)).map_or(0, |file| file.len());
    let size = ["confluence_storage.xlsx", "attachments.parquet", "versions.parquet"].map(size).iter().sum::<u64>();
    println!("{seconds} {processor} {} {}", peak_memory(), size as f64 / 1e6);
}

/// Returns the processor time of this process in seconds; the system counts hundredths.
fn processor_time() -> f64 {
    let status = fs::read_to_string("/proc/self/stat").expect("Linux");
    let (_, fields) = status.rsplit_once(')').expect("the name of the program");
    let ticks = fields.split_whitespace().skip(11).take(2).map(|field| field.parse::<f64>().expect("a number"));
    ticks.sum::<f64>() / 100.0
}

/// Returns the peak memory of this process in MB.
fn peak_memory() -> f64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak");
    line.trim().trim_end_matches(" kB").parse::<f64>().expect("a number") * 1024.0 / 1e6
}
