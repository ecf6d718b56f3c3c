//! Command-line interface: flags, subcommands, completions and the manual page.
//!
//! Flags that override a key of the configuration are kept as text and parsed by the configuration, so that both are
//! checked by the same rules.
//!
//! No flag takes the token itself: flag values appear in process lists and in the shell's history. The token comes from
//! `--token-file`, `--token-stdin`, the environment or the configuration file.

use std::ffi::OsString;
use std::io;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{ArgAction, ArgGroup, Args, CommandFactory, Parser, Subcommand, ValueEnum};
use confluence_client::Deployment;

mod audit;
mod audit_threshold;
mod crawl;
mod diff;
mod explain;
mod formats;
mod recheck;
mod size;
mod snapshot;

pub use audit::{AuditArgs, Verify};
pub use audit_threshold::{AuditFigure, AuditThreshold};
pub use crawl::{CrawlArgs, SiteArgs};
pub use diff::DiffArgs;
pub use explain::ExplainArgs;
pub use formats::FormatArgs;
pub use recheck::RecheckArgs;
pub use size::{parse_plan_size, parse_size};
pub use snapshot::{FailOn, SnapshotArgs};

/// Allowed values of `--concurrency`.
pub const CONCURRENCY: RangeInclusive<u32> = 1..=64;
/// Allowed values of `--retain`.
pub const RETAIN_WEEKS: RangeInclusive<u32> = 1..=520;
/// Allowed values of `--keep-versions`.
pub const KEEP_VERSIONS: RangeInclusive<u32> = 1..=u32::MAX;

/// Reports what uses the storage of a Confluence site and which attachments are unreferenced, and measures its
/// pages every week. Writes folders with HTML reports and CSV files. It is read-only: it never changes or deletes
/// anything on the site.
#[derive(Debug, Clone, Parser)]
#[command(version, max_term_width = 100, after_help = EXAMPLES, group = chosen_spaces())]
pub struct Cli {
    #[command(flatten)]
    pub terminal: TerminalArgs,
    /// Options of the audit when no command is named.
    #[command(flatten)]
    audit: AuditArgs,
    /// Without a command, `audit` runs.
    #[command(subcommand)]
    command: Option<Command>,
}

const EXAMPLES: &str = "\
Examples:
  confluence-storage-analyzer demo                try it, no account needed
  confluence-storage-analyzer                     audit the entire site
  confluence-storage-analyzer --space 'ENG*'      report only some spaces
  confluence-storage-analyzer snapshot            measure the pages, once a week

Set the site's address and a token in the file confluence_storage_analyzer.cfg
or in the environment: CONFLUENCE_BASE_URL, with CONFLUENCE_API_USER and
CONFLUENCE_API_TOKEN, or CONFLUENCE_API_TOKEN alone, or CONFLUENCE_CLIENT_ID and
CONFLUENCE_CLIENT_SECRET. docs/access.md explains which kind fits.

Proxy: HTTPS_PROXY (or ALL_PROXY) and NO_PROXY. Custom certificate authorities:
SSL_CERT_FILE or SSL_CERT_DIR.";

/// Subcommands.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Audit the storage of all or some spaces (the default)
    #[command(group = chosen_spaces())]
    Audit(AuditArgs),
    /// Measure the pages of all or some spaces: writes this week's snapshot,
    /// history, findings and dashboard
    Snapshot(SnapshotArgs),
    /// Audit and measure a small built-in sample site; no account needed
    Demo(DemoArgs),
    /// Check configuration, account and site, and report what a run could not
    /// read
    Doctor(DoctorArgs),
    /// Recreate a report from the saved scan of an audit, without network
    /// access
    Report(ReportArgs),
    /// Compare two audits of a site: files new, gone, grown, renamed, moved,
    /// newly unreferenced or newly used; without network access
    Diff(DiffArgs),
    /// Explain where a file is used and what its usage means, from the saved
    /// scan of an audit, without network access
    Explain(ExplainArgs),
    /// Read the site again and say which unreferenced files of a report still
    /// are, and which are used now: before you delete them
    Recheck(RecheckArgs),
    /// Check, repair or export the history of the page metrics
    History(HistoryArgs),
    /// Print a shell completion script
    Completions {
        /// The shell to complete for
        shell: clap_complete::Shell,
    },
    /// Print the manual page (roff)
    Man,
}

/// Returns the group that `--references-within` requires: at least one flag that chooses spaces.
fn chosen_spaces() -> ArgGroup {
    ArgGroup::new("chosen_spaces").args(["space", "exclude_space"]).multiple(true)
}

/// Options of `demo`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct DemoArgs {
    /// Create the folders with the results in DIR, which is created if missing
    /// [default: working directory]
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Serve the sample site as this kind of Confluence: cloud, gateway or
    /// datacenter
    #[arg(long, value_name = "KIND", default_value = "cloud")]
    pub deployment: Deployment,
    /// Only serve the sample site, on this computer, until Ctrl-C, and print
    /// its address and the credentials that it accepts
    #[arg(long, conflicts_with = "output")]
    pub serve: bool,
    #[command(flatten)]
    pub formats: FormatArgs,
}

/// Options of `doctor`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct DoctorArgs {
    /// Probe undocumented behaviour of the API and print the results without
    /// any name, id or address of the site, so that they can be shared
    #[arg(long)]
    pub probe: bool,
    /// Also write the shapes of all responses to FILE, which must not exist:
    /// keys, types and sizes, but no name, text, id, key or address
    #[arg(long, value_name = "FILE", requires = "probe")]
    pub sample: Option<PathBuf>,
    #[command(flatten)]
    pub site: SiteArgs,
}

impl DoctorArgs {
    /// Returns the options of an audit with the same configuration.
    pub fn as_audit(&self) -> AuditArgs {
        AuditArgs { crawl: CrawlArgs { site: self.site.clone(), ..CrawlArgs::default() }, ..AuditArgs::default() }
    }
}

/// Options of `report`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct ReportArgs {
    /// Folder of an audit that contains scan.json.gz
    pub folder: PathBuf,
    /// Create the new report folder in DIR [default: working directory]
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Read the audit's rules from this configuration file
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Also write the figures to FILE, for the textfile collector of Prometheus
    #[arg(long, value_name = "FILE")]
    pub openmetrics: Option<PathBuf>,
    /// Replace people by numbers, so that the new report can be shared: see
    /// docs/personal-data.md for what may remain
    #[arg(long)]
    pub without_names: bool,
    /// Keep files out of the lists that owners marked keep in these sheets, or
    /// in the sheets in this folder (repeatable)
    #[arg(long, value_name = "FILE|FOLDER")]
    pub protect_from: Vec<String>,
    /// Versions to keep in the estimate "keeping N frees X" [default: 1]
    #[arg(long, value_name = "N")]
    pub keep_versions: Option<String>,
    #[command(flatten)]
    pub formats: FormatArgs,
    /// Throughput that the hours of a migration assume: 10MB/s, 10MiB/s or
    /// 80Mbit/s [default: 10MB/s]
    #[arg(long, value_name = "RATE")]
    pub migration_throughput: Option<String>,
}

/// Options of `history`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct HistoryArgs {
    #[command(subcommand)]
    pub action: HistoryAction,
}

/// Subcommands of `history`.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum HistoryAction {
    /// Check that no week was changed since it was written; writes nothing
    Verify(HistoryLocation),
    /// Move damaged weeks aside and restore what can be restored
    Repair(HistoryLocation),
    /// Rewrite all CSV files, the model, the findings and the dashboard
    Export(HistoryLocation),
}

/// The folder of a history.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct HistoryLocation {
    /// Folder that contains `confluence_data` [default: working directory]
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

/// Options of every command: what is printed, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct TerminalArgs {
    /// Print one JSON object on standard output
    #[arg(long, global = true)]
    pub json: bool,
    /// Show warnings and errors only
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Log what is repeated after an error; -vv also logs every request
    #[arg(long, short, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// When to use colour: auto, always or never
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_possible_values = true)]
    pub color: ColorWhen,
}

/// When to use colour on standard error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal, unless `NO_COLOR` or `TERM=dumb` says otherwise
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl ColorWhen {
    /// Returns the user's choice; `None` leaves it to the terminal.
    pub fn forced(self) -> Option<bool> {
        match self {
            Self::Auto => None,
            Self::Always => Some(true),
            Self::Never => Some(false),
        }
    }
}

impl Cli {
    /// Parses the command line. The error is clap's (also for `--help` and `--version`), and clap prints it.
    pub fn from_arguments<A>(arguments: impl IntoIterator<Item = A>) -> Result<Self, clap::Error>
    where
        A: Into<OsString> + Clone,
    {
        let cli = Self::try_parse_from(arguments)?;
        // options of the audit before the name of a command would be parsed and then silently ignored
        if cli.command.is_some() && cli.audit != AuditArgs::default() {
            return Err(Self::command_definition().error(
                ErrorKind::ArgumentConflict,
                "options of the audit belong after the command, as in `confluence-storage-analyzer audit --space KEY`",
            ));
        }
        Ok(cli)
    }

    /// Returns the command to run: `audit` if none is named.
    pub fn command(&self) -> Command {
        self.command.clone().unwrap_or_else(|| Command::Audit(self.audit.clone()))
    }

    /// Returns the definition from which help, completions and the manual page are generated.
    pub fn command_definition() -> clap::Command {
        <Self as CommandFactory>::command()
    }
}

/// Returns the completion script of `completions SHELL`.
pub fn completion_script(shell: clap_complete::Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command_definition(), env!("CARGO_PKG_NAME"), &mut script);
    script
}

/// Returns the manual page of `man`, in roff.
pub fn manual_page() -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command_definition()).render(&mut page)?;
    Ok(page)
}

/// Parses a duration such as `90s`, `15m` or `1h`; a number without a unit is refused. The error is one line for
/// people.
pub fn parse_wait(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let units = [('s', 1), ('m', 60), ('h', 3600)];
    let (number, seconds_per_unit) = units
        .into_iter()
        .find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)))
        .ok_or_else(|| format!("duration `{text}` has no unit: use 90s, 15m or 1h"))?;
    number
        .parse::<u64>()
        .ok()
        .and_then(|count| count.checked_mul(seconds_per_unit))
        .map(Duration::from_secs)
        .ok_or_else(|| format!("invalid duration `{text}`: use 90s, 15m or 1h"))
}

#[cfg(test)]
mod tests;
