//! Finds what takes the space in a Confluence site and which attachments nobody uses.
//!
//! The data flow: [`cli`] and [`config`] say where and how; [`confluence_client`] speaks to the site; [`inventory`] reads what
//! there is and keeps the ledger of what was read; [`storage_format`] understands bodies; [`audit`] judges every
//! attachment; [`metrics`] measures every page, and [`history`] keeps the weeks; [`report`] writes what people open.
//! [`commands`] join these parts, one file for each command. [`doctor`] looks at a site before a run, and [`confluence_sim`] is a
//! Confluence of its own, on loopback.
//!
//! Beside that flow stand [`cache`], which keeps from run to run what can never change, [`progress`] and [`error`],
//! which say how a run goes and how it ended, [`spreadsheet`], how values stand in a CSV file, and [`support`], the
//! small tools that all share.
//!
//! The promise above all others: a file in use is never called unreferenced, and an incomplete scan never looks
//! complete.
#![allow(missing_docs, reason = "an application: no one outside links against it, and names say enough")]

pub mod audit;
pub mod cache;
pub mod cli;
pub mod commands;
pub mod config;
pub mod doctor;
pub mod error;
pub mod exports;
pub mod history;
pub mod inventory;
pub mod legacy;
pub mod metrics;
pub mod progress;
pub mod report;
pub mod spreadsheet;
pub mod support;

use crate::cli::{Cli, Command};
use crate::config::{Configured, Loaded, Surroundings};
use crate::error::{ExitStatus, Failure, Outcome, OutputFormat};
use crate::progress::Progress;

/// Carries out one command and says how it ended. An error is a run without a result; what is incomplete is an
/// [`Outcome`] with its status.
pub async fn run(cli: &Cli, format: OutputFormat, progress: &Progress) -> Result<Outcome, Failure> {
    let mut around = Surroundings::of_process()?;
    match cli.command() {
        Command::Audit(args) => {
            let (config, snapshot) = told(args.load(&mut around)?, progress);
            Box::pin(commands::audit::run(&config, snapshot.as_ref(), format, progress)).await
        }
        Command::Snapshot(args) => {
            let (config, snapshot) = told(args.load(&mut around)?, progress);
            Box::pin(commands::snapshot::run(&config, &snapshot, format, progress)).await
        }
        Command::Demo(args) => Box::pin(commands::demo::run(&args, &around, format, progress)).await,
        // what is worth telling of its configuration is among its findings
        Command::Doctor(args) => commands::doctor::run(&args.load(&mut around)?, args.probe, format, progress).await,
        Command::Report(args) => {
            let rules = told(args.load(&mut around)?, progress);
            commands::report::run(&args, rules, &around, format, progress)
        }
        Command::History(args) => commands::history::run(&args, &around, format, progress),
        Command::Completions { shell } => Ok(Outcome::complete(cli::completion_script(shell))),
        Command::Man => {
            let page = cli::manual_page().map_err(|error| Failure::new(ExitStatus::Internal, error.to_string()))?;
            Ok(Outcome::complete(page))
        }
    }
}

/// A configuration, once people have been told what is remarkable about it.
fn told<T>(loaded: Loaded<T>, progress: &Progress) -> T {
    loaded.warnings.iter().for_each(|warning| progress.warn(warning.lines()));
    loaded.value
}
