//! Build times and sizes of the binary.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Result, ensure};

use crate::process::{Program, cargo, format_minutes, target};

const BINARY: &str = "confluence-storage-analyzer";

/// The largest size of a published binary, in MiB.
const MOST_MIB: f64 = 25.0;

/// Clean builds: name and arguments of Cargo.
const BUILDS: [(&str, &[&str]); 3] = [
    ("release", &["build", "--locked", "--release"]),
    ("dist", &["build", "--locked", "--profile", "dist"]),
    ("tests", &["test", "--locked", "--workspace", "--no-run"]),
];

/// Measures each clean build in its own folder. Nothing else should run at the same time.
pub(crate) fn measure_times() -> Result<()> {
    let folder = target().join("build-times");
    let mut table = String::from("| Build | Time | Binary |\n|---|---|---|\n");
    for (name, arguments) in BUILDS {
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let begun = Instant::now();
        cargo(arguments).env("CARGO_TARGET_DIR", &folder).run()?;
        let size = size_of(&folder, name).map_or_else(|| "–".to_owned(), |size| format!("{size:.1} MiB"));
        writeln!(table, "| {name} | {} | {size} |", format_minutes(begun.elapsed()))?;
    }
    fs::remove_dir_all(&folder)?;
    println!("{table}");
    Ok(())
}

/// Prints the size of each binary that was built.
pub(crate) fn print_sizes() {
    for profile in ["release", "dist"] {
        match size_of(&target(), profile) {
            Some(size) => println!("{profile}: {size:.1} MiB"),
            None => println!("{profile}: not built"),
        }
    }
}

/// Builds the binary that is published, and fails if it is too large.
pub(crate) fn build_published() -> Result<()> {
    cargo(&["build", "--locked", "--profile", "dist"]).run()?;
    let size = size_of(&target(), "dist").unwrap_or_default();
    println!("dist: {size:.1} MiB");
    ensure!(size > 0.0 && size <= MOST_MIB, "the binary has {size:.1} MiB, at most {MOST_MIB} MiB are allowed");
    Ok(())
}

/// The demo, run by the published binary.
pub(crate) fn published_demo() -> Program {
    crate::process::program(&binary(&target(), "dist").to_string_lossy(), &["demo"])
}

fn binary(target: &Path, profile: &str) -> PathBuf {
    target.join(profile).join(format!("{BINARY}{}", std::env::consts::EXE_SUFFIX))
}

#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
fn size_of(target: &Path, profile: &str) -> Option<f64> {
    fs::metadata(binary(target, profile)).ok().map(|metadata| metadata.len() as f64 / 1024.0 / 1024.0)
}
