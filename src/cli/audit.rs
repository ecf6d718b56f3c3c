//! Options of `audit`.

use clap::{Args, ValueEnum};

use super::audit_threshold::parse_audit_threshold;
use super::{AuditThreshold, CrawlArgs, FormatArgs, parse_plan_size};

/// Options of `audit`.
#[expect(clippy::struct_excessive_bools, reason = "each flag is an independent option; they combine freely")]
#[expect(clippy::doc_markdown, reason = "the texts are shown on a terminal, where backticks mean nothing")]
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Audit")]
pub struct AuditArgs {
    /// Report only these spaces: keys separated by commas, * and ? as wildcards
    /// (repeatable)
    #[arg(long, value_name = "KEY")]
    pub space: Vec<String>,
    /// Exclude these spaces from the report: keys separated by commas, * and ?
    /// as wildcards (repeatable)
    #[arg(long, value_name = "KEY")]
    pub exclude_space: Vec<String>,
    /// Also take the snapshot of the page metrics in this run
    #[arg(long)]
    pub snapshot: bool,
    /// Read only the chosen spaces: faster, but no file can then be called
    /// unreferenced
    #[arg(long, requires = "chosen_spaces")]
    pub references_within: bool,
    /// Before any file is called unreferenced, read the content that owns it
    /// once more
    #[arg(long, value_name = "all", hide_possible_values = true)]
    pub verify: Option<Verify>,
    /// Download files with the same name, size and type and compare them
    #[arg(long)]
    pub verify_duplicates: bool,
    /// Keep files out of the lists that owners marked keep in these sheets, or
    /// in the sheets in this folder (repeatable)
    #[arg(long, value_name = "FILE|FOLDER")]
    pub protect_from: Vec<String>,
    /// Storage that the plan includes, such as 2GB or 250GB; shown next to the
    /// storage in use
    #[arg(long, value_name = "SIZE", value_parser = parse_plan_size)]
    pub quota: Option<u64>,
    /// Versions to keep in the estimate "keeping N frees X" [default: 1]
    #[arg(long, value_name = "N")]
    pub keep_versions: Option<String>,
    /// Exit with status 8 if a figure has at least this value (repeatable):
    /// newly_unreferenced_bytes=1GB (compared with the run before in the same
    /// folder), newly_unreferenced_files=N, unreferenced_bytes=SIZE,
    /// unreferenced_files=N
    #[arg(long, value_name = "FIGURE=VALUE", value_parser = parse_audit_threshold)]
    pub fail_on: Vec<AuditThreshold>,
    /// Throughput that the hours of a migration assume: 10MB/s, 10MiB/s or
    /// 80Mbit/s [default: 10MB/s]
    #[arg(long, value_name = "RATE")]
    pub migration_throughput: Option<String>,
    /// Accept that the site shrank by more than 30 % since the last complete
    /// run
    #[arg(long)]
    pub accept_shrink: bool,
    #[command(flatten)]
    pub formats: FormatArgs,
    #[command(flatten)]
    pub crawl: CrawlArgs,
}

/// What `--verify` rechecks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Verify {
    /// Every owner of a candidate: published version, draft and properties
    All,
}
