//! The long check: everything that is too slow for every change and has to pass before an issue is closed. It takes at
//! most 90 minutes on two cores. To add a check, add an entry to `STEPS`.

use std::fs;

use anyhow::Result;

use crate::process::{Step, cargo, program, run_all, target};
use crate::{build, check_output};

const STEPS: [Step; 10] = [
    Step { name: "every check of a commit", run: || program("bash", &[".ci/run"]).run() },
    Step { name: "the published binary", run: build::build_published },
    Step { name: "its demo", run: demo },
    Step { name: "properties over many cases", run: properties },
    Step { name: "no wrong verdict: every change, at every request", run: races },
    Step { name: "no wrong verdict: random sites, changes, faults and kills", run: model },
    Step { name: "400,000 objects under a quota of points", run: quota },
    Step { name: "fuzz targets compile", run: fuzz },
    Step { name: "benchmarks compile", run: || cargo(&["bench", "--locked", "--workspace", "--no-run"]).run() },
    Step { name: "benchmarks, with small sizes", run: benches },
];

pub(crate) fn run() -> Result<()> {
    run_all(&STEPS)
}

fn demo() -> Result<()> {
    let work = target().join("full-demo");
    if work.exists() {
        fs::remove_dir_all(&work)?;
    }
    fs::create_dir_all(&work)?;
    let printed = work.join("stdout");
    fs::write(&printed, build::published_demo().current_dir(&work).output()?)?;
    check_output::check_report(&work, &printed)?;
    check_output::check_metrics(&work)?;
    Ok(fs::remove_dir_all(&work)?)
}

/// Tests over generated input take their number of cases from the environment, unless they set their own.
fn properties() -> Result<()> {
    for tests in [
        &["-p", "storage-format", "-p", "confluence-storage-analyzer", "--lib"][..],
        // no file in use is called unreferenced, whatever the site contains
        &["--test", "it", "generated_sites"],
    ] {
        cargo(&[&["test", "--locked", "--release"], tests].concat()).env("PROPTEST_CASES", "20000").run()?;
    }
    Ok(())
}

fn races() -> Result<()> {
    cargo(&["test", "--locked", "--release", "--test", "it", "races::"]).env("RACE_POINTS", "all").run()
}

/// Runs 10,000 seeds on all processors. In addition, one of every fifty seeds kills a real process.
fn model() -> Result<()> {
    cargo(&[
        "test",
        "--locked",
        "--release",
        "--test",
        "it",
        "--",
        "model::no_file_in_use",
        "model::kills",
        "model::recheck",
    ])
    .env("MODEL_SEEDS", "10000")
    .env("RECHECK_SEEDS", "2000")
    .run()
}

/// Audits the entire site; the check of a commit reads a fiftieth of it under a fiftieth of the quota.
fn quota() -> Result<()> {
    cargo(&["test", "--locked", "--release", "--test", "it", "quota_runs::", "--", "--nocapture"])
        .env("QUOTA_SITE", "all")
        .run()
}

fn fuzz() -> Result<()> {
    for manifest in ["fuzz/Cargo.toml", "crates/storage-format/fuzz/Cargo.toml"] {
        cargo(&["check", "--locked", "--manifest-path", manifest])
            .env("CARGO_TARGET_DIR", target().join("fuzz"))
            .run()?;
    }
    Ok(())
}

fn benches() -> Result<()> {
    let bench = |name: &str| cargo(&["bench", "--locked", "--workspace", "--bench", name]);
    bench("scanner").run()?;
    bench("kept_bodies").run()?;
    bench("workbook").env("WORKBOOK_FILES", "20000").run()?;
    bench("snapshot").env("SNAPSHOT_PAGES", "2000").run()?;
    bench("history").env("HISTORY_PAGES", "2000").env("HISTORY_WEEKS", "8").run()?;
    bench("soak").env("SOAK_PAGES", "5000").env("SOAK_FILES", "15000").run()
}
