//! Options of `snapshot`.

use std::path::PathBuf;

use clap::Args;

use super::{AuditArgs, CrawlArgs, FormatArgs};

/// Options of `snapshot`.
#[expect(clippy::doc_markdown, reason = "the texts are shown on a terminal, where backticks mean nothing")]
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Snapshot")]
pub struct SnapshotArgs {
    /// Measure only these spaces: keys separated by commas, * and ? as
    /// wildcards (repeatable) [default: space_keys of the configuration, or all]
    #[arg(long, value_name = "KEY")]
    pub space: Vec<String>,
    /// Exclude these spaces: keys separated by commas, * and ? as wildcards
    /// (repeatable)
    #[arg(long, value_name = "KEY")]
    pub exclude_space: Vec<String>,
    /// Metric groups, separated by commas: core, people, engagement, links,
    /// workflow [default: all except engagement]
    #[arg(long, value_name = "GROUPS")]
    pub metrics: Vec<String>,
    /// Number of weeks whose CSV files stay outside the archive folder
    /// [default: 12]
    #[arg(long, value_name = "WEEKS")]
    pub retain: Option<String>,
    /// Do not move weekly files to the archive folder
    #[arg(long)]
    pub no_archive: bool,
    /// Import a history file of the legacy script (22 columns)
    #[arg(long, value_name = "FILE")]
    pub import_history: Option<PathBuf>,
    /// Import workflow states from a report exported from the workflow app
    #[arg(long, value_name = "FILE")]
    pub workflow_import: Option<PathBuf>,
    /// Exit with status 8 if a finding has at least PAGES pages, for example
    /// outdated=100 (repeatable)
    #[arg(long, value_name = "FINDING=PAGES", value_parser = parse_threshold)]
    pub fail_on: Vec<FailOn>,
    /// Continue a history that was recorded with another account
    #[arg(long)]
    pub accept_account_change: bool,
    /// Accept spaces with more than 30 % fewer pages than in an earlier snapshot
    #[arg(long)]
    pub accept_shrink: bool,
    #[command(flatten)]
    pub formats: FormatArgs,
    #[command(flatten)]
    pub crawl: CrawlArgs,
}

impl SnapshotArgs {
    /// Returns the options of an audit that crawls the same spaces in the same way.
    pub fn as_audit(&self) -> AuditArgs {
        AuditArgs {
            space: self.space.clone(),
            exclude_space: self.exclude_space.clone(),
            accept_shrink: self.accept_shrink,
            formats: self.formats.clone(),
            crawl: self.crawl.clone(),
            ..AuditArgs::default()
        }
    }

    /// Returns the options of the snapshot that an audit takes with `--snapshot`: the shared flags; the rest comes from
    /// the configuration.
    pub fn of_audit(args: &AuditArgs) -> Self {
        Self {
            space: args.space.clone(),
            exclude_space: args.exclude_space.clone(),
            crawl: args.crawl.clone(),
            ..Self::default()
        }
    }
}

/// A threshold of `--fail-on`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailOn {
    /// Id of the finding.
    pub finding: String,
    /// The least number of pages that meets the threshold.
    pub pages: u64,
}

/// Parses `outdated=100`: the id of a finding and a number of pages. The error does not repeat the text: clap does.
fn parse_threshold(text: &str) -> Result<FailOn, String> {
    let parts = text.split_once('=').and_then(|(finding, pages)| Some((finding.trim(), pages.trim().parse().ok()?)));
    parts
        .filter(|(finding, pages)| !finding.is_empty() && *pages > 0)
        .map(|(finding, pages)| FailOn { finding: finding.to_owned(), pages })
        .ok_or_else(|| "use a finding and a number of pages, such as outdated=100".to_owned())
}
