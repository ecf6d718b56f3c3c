//! The long check: what is too slow for every change, and has to hold before an issue is called done. At most 90
//! minutes on two cores. A new kind of check is a step more.

use std::fs;

use anyhow::Result;

use crate::step::{Step, all, cargo, program, target};
use crate::{build, left};

const STEPS: [Step; 9] = [
    Step { name: "the gate", run: || program("bash", &[".ci/run"]).finish() },
    Step { name: "the published binary", run: build::dist },
    Step { name: "its demo", run: demo },
    Step { name: "properties over many cases", run: properties },
    Step { name: "the promise while every change is made at every point", run: races },
    Step { name: "the promise over many random sites, changes, faults and kills", run: model },
    Step { name: "fuzz targets compile", run: fuzz },
    Step { name: "benchmarks compile", run: || cargo(&["bench", "--locked", "--workspace", "--no-run"]).finish() },
    Step { name: "benchmarks, briefly", run: benches },
];

pub(crate) fn run() -> Result<()> {
    all(&STEPS)
}

fn demo() -> Result<()> {
    let work = target().join("full-demo");
    if work.exists() {
        fs::remove_dir_all(&work)?;
    }
    fs::create_dir_all(&work)?;
    let printed = work.join("stdout");
    fs::write(&printed, build::demo().folder(&work).output()?)?;
    left::report(&work, &printed)?;
    left::metrics(&work)?;
    Ok(fs::remove_dir_all(&work)?)
}

/// Every test over generated input takes its number of cases from the environment, unless it names one of its own.
fn properties() -> Result<()> {
    for tests in [
        &["-p", "storage-format", "-p", "confluence-storage-analyzer", "--lib"][..],
        // the promise itself: whatever a site holds, no file in use is called unreferenced
        &["--test", "it", "generated_sites"],
    ] {
        cargo(&[&["test", "--locked", "--release"], tests].concat()).env("PROPTEST_CASES", "20000").finish()?;
    }
    Ok(())
}

fn races() -> Result<()> {
    cargo(&["test", "--locked", "--release", "--test", "it", "races::"]).env("RACE_POINTS", "all").finish()
}

/// The tests themselves use all processors; of fifty seeds one kills a real process.
fn model() -> Result<()> {
    cargo(&["test", "--locked", "--release", "--test", "it", "--", "model::whatever", "model::kills"])
        .env("MODEL_SEEDS", "10000")
        .finish()
}

fn fuzz() -> Result<()> {
    for manifest in ["fuzz/Cargo.toml", "crates/storage-format/fuzz/Cargo.toml"] {
        cargo(&["check", "--locked", "--manifest-path", manifest])
            .env("CARGO_TARGET_DIR", target().join("fuzz"))
            .finish()?;
    }
    Ok(())
}

fn benches() -> Result<()> {
    let bench = |name: &str| cargo(&["bench", "--locked", "--workspace", "--bench", name]);
    bench("scanner").finish()?;
    bench("kept_bodies").finish()?;
    bench("snapshot").env("SNAPSHOT_PAGES", "2000").finish()?;
    bench("history").env("HISTORY_PAGES", "2000").env("HISTORY_WEEKS", "8").finish()?;
    bench("soak").env("SOAK_PAGES", "5000").env("SOAK_FILES", "15000").finish()
}
