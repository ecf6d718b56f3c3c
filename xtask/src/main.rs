//! Checks and tools of the workspace: `cargo xtask`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool speaks on the terminal")]

mod build;
mod compare;
mod full;
mod left;
mod page;
mod step;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};

use step::cargo;

const USAGE: &str = "\
cargo xtask COMMAND

check-report FOLDER STDOUT_FILE  checks what a complete audit left in FOLDER
check-metrics FOLDER             checks what a complete snapshot left in FOLDER
compare OLD NEW                  compares two folders in which `demo` ran, apart from ports and times
goldens                          writes the expectations of the tests anew, for people to read
pictures FOLDER                  takes pictures of all pages, for people to look at
size                             says how large the binary is, for the profiles that were built
build-times                      measures clean builds in a folder of their own
full                             the long check, before an issue is called done";

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
        ["check-report", folder, stdout] => left::report(Path::new(folder), Path::new(stdout)),
        ["check-metrics", folder] => left::metrics(Path::new(folder)),
        ["compare", old, new] => compare::folders(Path::new(old), Path::new(new)),
        ["goldens"] => goldens(),
        ["pictures", folder] => pictures(folder),
        ["size"] => {
            build::size();
            Ok(())
        }
        ["build-times"] => build::times(),
        ["full"] => full::run(),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => bail!("{USAGE}"),
    }
}

fn pictures(folder: &str) -> Result<()> {
    let folder = std::path::absolute(folder)?;
    cargo(&["run", "--locked", "-p", "test-support", "--features", "pictures", "--bin", "pictures", "--"])
        .arg(folder)
        .finish()
}

/// The tests that compare with a file of the repository write it instead.
fn goldens() -> Result<()> {
    let write = |test: &str, filter: &str| {
        cargo(&["test", "--locked", "--test", test, filter]).env("WRITE_GOLDENS", "1").finish()
    };
    write("browser", "u_18_screen_readers")?;
    write("it", "readme::the_page_of_columns")?;
    write("it", "cli::every_help")
}
