//! Finds what takes the space in a Confluence site and which attachments nobody uses.

pub mod audit;
pub mod cli;
pub mod config;
pub mod confluence;
pub mod demo;
pub mod error;
pub mod inventory;
pub mod progress;
pub mod report;
pub mod storage_format;

use crate::cli::{Cli, Command};
use crate::config::{Config, Rules, Surroundings};
use crate::error::{ExitStatus, Failure, Outcome};
use crate::progress::Progress;

/// Carries out one command.
///
/// Until the parts are joined, `audit` and `report` end after their configuration, and `demo` at once.
#[expect(clippy::unused_async, reason = "the joined commands read over the network")]
pub async fn run(cli: &Cli, progress: &Progress) -> Result<Outcome, Failure> {
    let mut around = Surroundings::of_process()?;
    let warnings = match cli.command() {
        Command::Audit(args) => Config::load(&args, &mut around)?.warnings,
        Command::Report(args) => Rules::load(&args, &around)?.warnings,
        Command::Demo(_) => Vec::new(),
        Command::Completions { shell } => {
            return Ok(Outcome { status: ExitStatus::Complete, stdout: cli::completion_script(shell) });
        }
        Command::Man => {
            let page = cli::manual_page().map_err(|error| Failure::new(ExitStatus::Internal, error.to_string()))?;
            return Ok(Outcome { status: ExitStatus::Complete, stdout: page });
        }
    };
    for warning in &warnings {
        progress.warn(warning);
    }
    Err(Failure::new(ExitStatus::Internal, "this command is not joined to the others yet"))
}
