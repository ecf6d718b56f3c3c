//! Tests with other programs, which read the history and the model of the demo and the figures for monitoring, kill the program while it writes, or check
//! the spelling of the repository.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod attachments_in_duckdb;
mod duckdb;
mod killed_runs;
mod libreoffice;
mod openmetrics;
mod power_bi;
mod spark;
mod typos;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;
use test_support::optional_tests;

fn main() -> ExitCode {
    if killed_runs::run_if_child() {
        return ExitCode::SUCCESS;
    }
    optional_tests::run(
        [
            attachments_in_duckdb::trials(),
            duckdb::trials(),
            killed_runs::trials(),
            libreoffice::trials(),
            openmetrics::trials(),
            power_bi::trials(),
            spark::trials(),
            typos::trials(),
        ]
        .into_iter()
        .flatten(),
    )
}

/// Returns the folder with the demo's twelve weeks. One week of thirteen is missing, one is incomplete.
fn data() -> PathBuf {
    static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
        let folder = TempDir::new().unwrap();
        run(folder.path(), &["demo", "--quiet", "--formats", "xlsx,parquet"]);
        folder
    });
    FOLDER.path().join("confluence_data")
}

/// Returns the report of the demo's audit.
fn report() -> PathBuf {
    let folders = std::fs::read_dir(data().parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
    let is_report = |path: &PathBuf| path.to_string_lossy().contains("confluence_analysis_");
    folders.into_iter().find(is_report).unwrap()
}

/// Runs the program in a folder, without environment variables.
fn run(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_confluence-storage-analyzer"));
    output_of(command.env_clear().env("HOME", folder).current_dir(folder).args(arguments));
}

/// Returns the output of a program. Panics if it fails.
fn output_of(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The rows that a program prints as JSON.
type Rows = Vec<Vec<Value>>;

/// Returns the texts of the first column.
fn texts(rows: &Rows) -> Vec<&str> {
    rows.iter().map(|row| row[0].as_str().unwrap()).collect()
}
