//! The options of `audit`.

use clap::{Args, ValueEnum};

use super::{ReadingArgs, parse_size};

/// Options of `audit`.
#[expect(clippy::struct_excessive_bools, reason = "each flag is an option of its own; they combine freely")]
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Audit")]
pub struct AuditArgs {
    /// Report these spaces only, separated by commas (repeatable; * and ? match)
    #[arg(long, value_name = "KEY")]
    pub space: Vec<String>,
    /// Leave these spaces out of the report, separated by commas (repeatable;
    /// * and ? match)
    #[arg(long, value_name = "KEY")]
    pub exclude_space: Vec<String>,
    /// Take the snapshot of the page metrics in the same run
    #[arg(long)]
    pub snapshot: bool,
    /// Read the chosen spaces only: quicker, but no file without a found use
    /// can then be called unreferenced
    #[arg(long, requires = "chosen_spaces")]
    pub references_within: bool,
    /// Read the owners of all candidates once more, each alone
    #[arg(long, value_name = "all", hide_possible_values = true)]
    pub verify: Option<Verify>,
    /// Download files of the same name, size and type and compare them
    #[arg(long)]
    pub verify_duplicates: bool,
    /// Space the plan allows, as 2GB or 250GB; shown beside what is stored
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub quota: Option<u64>,
    /// Versions to keep in "keeping N frees X" [default: 1]
    #[arg(long, value_name = "N")]
    pub keep_versions: Option<String>,
    /// Believe that much less is there than in the last complete run
    #[arg(long)]
    pub accept_shrink: bool,
    /// How the site is read.
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// What `--verify` reads again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Verify {
    /// Every owner of a candidate, published and draft, with its properties
    All,
}
