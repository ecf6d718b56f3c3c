//! Checks and tools of the workspace: `cargo xtask`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool for the terminal prints")]

mod build;
mod check_output;
mod compare;
mod full;
mod process;
mod rendered_page;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use process::{cargo, root, target};

const USAGE: &str = "\
cargo xtask COMMAND

check-report FOLDER STDOUT_FILE  check the files of a complete audit in FOLDER
check-metrics FOLDER             check the files of a complete snapshot in FOLDER
compare OLD NEW                  compare two folders in which `demo` ran, except for ports and times
goldens                          rewrite the golden files of the tests; review the difference
pictures FOLDER                  take pictures of all pages, to look at
screenshots                      rewrite the README's screenshots in docs/images, from the demo
size                             print the size of each binary that was built
build-times                      measure clean builds, in a separate folder
full                             run the long check, before an issue is closed";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<()> {
    match arguments {
        ["check-report", folder, stdout] => check_output::check_report(Path::new(folder), Path::new(stdout)),
        ["check-metrics", folder] => check_output::check_metrics(Path::new(folder)),
        ["compare", old, new] => compare::compare_folders(Path::new(old), Path::new(new)),
        ["goldens"] => write_goldens(),
        ["pictures", folder] => take_pictures(folder),
        ["screenshots"] => take_screenshots(),
        ["size"] => {
            build::print_sizes();
            Ok(())
        }
        ["build-times"] => build::measure_times(),
        ["full"] => full::run(),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => bail!("{USAGE}"),
    }
}

/// A program of `test-support` that controls a browser.
fn browser_tool(name: &str) -> process::Program {
    cargo(&["run", "--locked", "-p", "test-support", "--features", "pictures", "--bin", name, "--"])
}

fn take_pictures(folder: &str) -> Result<()> {
    browser_tool("pictures").arg(std::path::absolute(folder)?).run()
}

/// Runs the demo in an empty folder, then takes a picture of each of its two dashboards.
fn take_screenshots() -> Result<()> {
    let work = target().join("screenshots");
    if work.exists() {
        fs::remove_dir_all(&work)?;
    }
    fs::create_dir_all(&work)?;
    println!("running the demo");
    let manifest = root().join("Cargo.toml");
    let demo = cargo(&["run", "--locked", "--manifest-path"]).arg(manifest).arg("--").arg("demo");
    let printed = demo.current_dir(&work).output()?;
    let (metrics, report) = printed.trim().split_once('\n').context("the demo did not print two paths")?;
    let tool = browser_tool("screenshots").arg(work.join(report)).arg(work.join(metrics));
    tool.arg(root().join("docs/images")).run()?;
    Ok(fs::remove_dir_all(&work)?)
}

/// Makes the tests that compare with a golden file write the file instead.
fn write_goldens() -> Result<()> {
    let write =
        |test: &str, filter: &str| cargo(&["test", "--locked", "--test", test, filter]).env("WRITE_GOLDENS", "1").run();
    write("browser", "screen_readers_get")?;
    write("it", "documents::the_page_of_")?;
    write("it", "cli::every_help")
}
