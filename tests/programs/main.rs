//! Other programs read what the program wrote, the history and the model of the demo, or stop it while it writes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod duckdb;
mod kills;
mod power_bi;
mod spark;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;
use test_support::outside;

fn main() -> ExitCode {
    if kills::play() {
        return ExitCode::SUCCESS;
    }
    outside::run([duckdb::trials(), kills::trials(), power_bi::trials(), spark::trials()].into_iter().flatten())
}

/// The folder that the demo keeps its twelve weeks in. One week of thirteen is missing, one is incomplete.
fn data() -> PathBuf {
    static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
        let folder = TempDir::new().unwrap();
        run(folder.path(), &["demo", "--quiet"]);
        folder
    });
    FOLDER.path().join("confluence_data")
}

/// Runs the program in a folder, with nothing of the environment that could configure it.
fn run(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_confluence-storage-analyzer"));
    answer(command.env_clear().env("HOME", folder).current_dir(folder).args(arguments));
}

/// What a program printed; it has to succeed.
fn answer(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The rows that a program gives as JSON.
type Rows = Vec<Vec<Value>>;

/// The texts of the first column.
fn texts(rows: &Rows) -> Vec<&str> {
    rows.iter().map(|row| row[0].as_str().unwrap()).collect()
}
