//! The options of `snapshot`.

use std::path::PathBuf;

use clap::Args;

use super::{AuditArgs, ReadingArgs};

/// Options of `snapshot`.
#[expect(clippy::doc_markdown, reason = "the texts are shown on a terminal, where backticks mean nothing")]
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Snapshot")]
pub struct SnapshotArgs {
    /// Measure these spaces, separated by commas (repeatable; * and ? match)
    /// [default: space_keys of the configuration, or all]
    #[arg(long, value_name = "KEY")]
    pub space: Vec<String>,
    /// Leave these spaces out, separated by commas (repeatable; * and ? match)
    #[arg(long, value_name = "KEY")]
    pub exclude_space: Vec<String>,
    /// Groups of metrics, separated by commas: core, people, engagement, links,
    /// workflow [default: all but engagement]
    #[arg(long, value_name = "GROUPS")]
    pub metrics: Vec<String>,
    /// Weeks whose CSV files stay outside the archive [default: 12]
    #[arg(long, value_name = "WEEKS")]
    pub retain: Option<String>,
    /// Leave all weekly files where they are
    #[arg(long)]
    pub no_archive: bool,
    /// Take over a history file of the older script with its 22 columns
    #[arg(long, value_name = "FILE")]
    pub import_history: Option<PathBuf>,
    /// Take workflow states from a report exported from the workflow app
    #[arg(long, value_name = "FILE")]
    pub workflow_import: Option<PathBuf>,
    /// End with status 8 when a finding has PAGES pages or more, as in
    /// outdated=100 (repeatable)
    #[arg(long, value_name = "FINDING=PAGES", value_parser = parse_threshold)]
    pub fail_on: Vec<FailOn>,
    /// Go on with a history that another account has read
    #[arg(long)]
    pub accept_account_change: bool,
    /// Believe that a space has far fewer pages than in the week before
    #[arg(long)]
    pub accept_shrink: bool,
    /// How the site is read.
    #[command(flatten)]
    pub reading: ReadingArgs,
}

impl SnapshotArgs {
    /// The options of an audit that reads the same spaces in the same way.
    pub fn as_audit(&self) -> AuditArgs {
        AuditArgs {
            space: self.space.clone(),
            exclude_space: self.exclude_space.clone(),
            accept_shrink: self.accept_shrink,
            reading: self.reading.clone(),
            ..AuditArgs::default()
        }
    }

    /// The options of the snapshot that an audit takes with `--snapshot`: what both have, and the configuration.
    pub fn of_audit(args: &AuditArgs) -> Self {
        Self {
            space: args.space.clone(),
            exclude_space: args.exclude_space.clone(),
            reading: args.reading.clone(),
            ..Self::default()
        }
    }
}

/// A number of pages of a finding that is too many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailOn {
    /// Id of the finding.
    pub finding: String,
    /// From so many pages on.
    pub pages: u64,
}

/// Reads `outdated=100`: the id of a finding and a number of pages. The error is one line for people.
fn parse_threshold(text: &str) -> Result<FailOn, String> {
    let parts = text.split_once('=').and_then(|(finding, pages)| Some((finding.trim(), pages.trim().parse().ok()?)));
    parts
        .filter(|(finding, pages)| !finding.is_empty() && *pages > 0)
        .map(|(finding, pages)| FailOn { finding: finding.to_owned(), pages })
        .ok_or_else(|| format!("`{text}` is no threshold; write a finding and a number of pages, as outdated=100"))
}
