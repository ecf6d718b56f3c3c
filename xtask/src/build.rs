//! How long builds take and how large what they make is.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Result, ensure};

use crate::step::{Program, cargo, minutes, target};

const BINARY: &str = "confluence-storage-analyzer";

/// The most a published binary may take, in MiB.
const LARGEST: f64 = 25.0;

/// A build from nothing: what it is called, and what Cargo is told.
const BUILDS: [(&str, &[&str]); 3] = [
    ("release", &["build", "--locked", "--release"]),
    ("dist", &["build", "--locked", "--profile", "dist"]),
    ("tests", &["test", "--locked", "--workspace", "--no-run"]),
];

/// Measures each clean build in a folder of its own. Nothing else should run meanwhile.
pub(crate) fn times() -> Result<()> {
    let folder = target().join("build-times");
    let mut table = String::from("| Build | Time | Binary |\n|---|---|---|\n");
    for (name, arguments) in BUILDS {
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let begun = Instant::now();
        cargo(arguments).env("CARGO_TARGET_DIR", &folder).finish()?;
        let size = size_of(&folder, name).map_or_else(|| "–".to_owned(), |size| format!("{size:.1} MiB"));
        writeln!(table, "| {name} | {} | {size} |", minutes(begun.elapsed()))?;
    }
    fs::remove_dir_all(&folder)?;
    println!("{table}");
    Ok(())
}

/// Says how large the binaries are that are there.
pub(crate) fn size() {
    for profile in ["release", "dist"] {
        match size_of(&target(), profile) {
            Some(size) => println!("{profile}: {size:.1} MiB"),
            None => println!("{profile}: not built"),
        }
    }
}

/// Builds what is published and holds it to its size.
pub(crate) fn dist() -> Result<()> {
    cargo(&["build", "--locked", "--profile", "dist"]).finish()?;
    let size = size_of(&target(), "dist").unwrap_or_default();
    println!("dist: {size:.1} MiB");
    ensure!(size > 0.0 && size <= LARGEST, "{size:.1} MiB are more than {LARGEST} MiB");
    Ok(())
}

/// The demo as people will run it.
pub(crate) fn demo() -> Program {
    crate::step::program(&binary(&target(), "dist").to_string_lossy(), &["demo"])
}

fn binary(target: &Path, profile: &str) -> PathBuf {
    target.join(profile).join(format!("{BINARY}{}", std::env::consts::EXE_SUFFIX))
}

#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
fn size_of(target: &Path, profile: &str) -> Option<f64> {
    fs::metadata(binary(target, profile)).ok().map(|metadata| metadata.len() as f64 / 1024.0 / 1024.0)
}
