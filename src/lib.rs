//! Application crate: reports what uses the storage of a Confluence site and which attachments are unreferenced, and
//! measures its pages every week.
//!
//! Data flow: [`cli`] and [`config`] determine what to read; [`confluence_client`] sends the requests; [`inventory`]
//! crawls the site and records in its ledger what was read; [`storage_format`] parses bodies; [`audit`] judges every
//! attachment; [`metrics`] measures every page, and [`history`] stores the weeks; [`comparison`] compares two audits,
//! [`recheck`] compares a report with a new crawl, and [`audit_history`] counts in how many runs a file was
//! unreferenced; [`report`] and [`exports`] write the
//! files that people open. [`commands`] connects these parts, one module per command. [`doctor`] checks a site before a
//! run, and [`confluence_sim`] simulates a Confluence site on loopback for `demo` and the tests.
//!
//! Shared by all: [`cache`] keeps immutable data between runs, [`legacy`] reads the history of the legacy script,
//! [`decisions`] reads the sheets that people fill in, [`progress`] and [`error`] report how a run proceeds and ends,
//! [`openmetrics`] writes figures for monitoring, [`spreadsheet`] writes CSV, Parquet and workbooks, and [`support`]
//! holds small utilities.
//!
//! The central guarantee: a file in use is never called unreferenced, and an incomplete scan never looks complete.
#![allow(missing_docs, reason = "an application: no one outside links against it, and names say enough")]

pub mod audit;
pub mod audit_history;
pub mod cache;
pub mod cli;
pub mod commands;
pub mod comparison;
pub mod config;
pub mod decisions;
pub mod doctor;
pub mod error;
pub mod exports;
pub mod history;
pub mod inventory;
pub mod legacy;
pub mod metrics;
pub mod openmetrics;
pub mod progress;
pub mod recheck;
pub mod report;
pub mod spreadsheet;
pub mod support;

use crate::cli::{Cli, Command};
use crate::config::{Environment, LoadConfig, LoadedConfig};
use crate::error::{ExitStatus, Failure, Outcome, OutputFormat};
use crate::progress::Progress;

/// Runs one command and returns how it ended. An error means that there is no result; an incomplete result is an
/// [`Outcome`] with its status.
pub async fn run(cli: &Cli, format: OutputFormat, progress: &Progress) -> Result<Outcome, Failure> {
    let mut environment = Environment::of_process()?;
    match cli.command() {
        Command::Audit(args) => {
            let (config, snapshot) = show_warnings(args.load(&mut environment)?, progress);
            Box::pin(commands::audit::run(&config, snapshot.as_ref(), format, progress)).await
        }
        Command::Snapshot(args) => {
            let (config, snapshot) = show_warnings(args.load(&mut environment)?, progress);
            Box::pin(commands::snapshot::run(&config, &snapshot, format, progress)).await
        }
        Command::Demo(args) => Box::pin(commands::demo::run(&args, &environment, format, progress)).await,
        // doctor lists the warnings about its configuration among its results
        Command::Doctor(args) => commands::doctor::run(&args.load(&mut environment)?, &args, format, progress).await,
        Command::Report(args) => {
            let config = show_warnings(args.load(&mut environment)?, progress);
            commands::report::run(&args, config, &environment, format, progress)
        }
        Command::Diff(args) => commands::diff::run(&args, &environment, format, progress),
        Command::Explain(args) => commands::explain::run(&args, &environment, chrono::Utc::now(), format, progress),
        Command::Recheck(args) => {
            let config = show_warnings(args.load(&mut environment)?, progress);
            Box::pin(commands::recheck::run(&args, config, &environment, format, progress)).await
        }
        Command::History(args) => commands::history::run(&args, &environment, format, progress),
        Command::Completions { shell } => Ok(Outcome::complete(cli::completion_script(shell))),
        Command::Man => {
            let page = cli::manual_page().map_err(|error| Failure::new(ExitStatus::Internal, error.to_string()))?;
            Ok(Outcome::complete(page))
        }
    }
}

/// Prints the warnings about a configuration and returns the configuration.
fn show_warnings<T>(loaded: LoadedConfig<T>, progress: &Progress) -> T {
    loaded.warnings.iter().for_each(|warning| progress.warn(warning.lines()));
    loaded.value
}
