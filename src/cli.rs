//! The flags and subcommands; nothing is decided here. Flags that stand for keys of the configuration are texts: they are
//! read as the key is.
//!
//! No flag takes a token: a flag value stands in process lists and in the shell's history. Tokens come from
//! `--token-file`, `--token-stdin`, the environment or the configuration file.

use std::ffi::OsString;
use std::io;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{ArgAction, ArgGroup, Args, CommandFactory, Parser, Subcommand, ValueEnum};

mod audit;
mod reading;
mod snapshot;

pub use audit::{AuditArgs, Verify};
pub use reading::{ReadingArgs, SiteArgs};
pub use snapshot::{FailOn, SnapshotArgs};

/// How many requests may be in flight at once.
pub const CONCURRENCY: RangeInclusive<u32> = 1..=64;
/// For how many weeks CSV files may stay outside the archive.
pub const RETAIN_WEEKS: RangeInclusive<u32> = 1..=520;
/// How many newest versions "keeping N frees X" may keep.
pub const KEEP_VERSIONS: RangeInclusive<u32> = 1..=u32::MAX;

/// Finds what takes the space in a Confluence Cloud site and which attachments nobody uses, and measures its pages week
/// by week. Leaves folders with HTML reports and CSV files. It only reads: nothing is ever changed or deleted.
#[derive(Debug, Clone, Parser)]
#[command(version, max_term_width = 100, after_help = EXAMPLES, group = chosen_spaces())]
pub struct Cli {
    /// What is shown on the terminal.
    #[command(flatten)]
    pub terminal: TerminalArgs,
    /// Options of the audit when no command is named.
    #[command(flatten)]
    audit: AuditArgs,
    /// The command; none is `audit`.
    #[command(subcommand)]
    command: Option<Command>,
}

const EXAMPLES: &str = "\
Examples:
  confluence-storage-analyzer demo                try it, no account needed
  confluence-storage-analyzer                     audit the whole site
  confluence-storage-analyzer --space 'ENG*'      report some spaces only
  confluence-storage-analyzer snapshot            measure the pages, once a week

The address of the site and the API token come from the file
confluence_storage_analyzer.cfg or from CONFLUENCE_BASE_URL, CONFLUENCE_API_USER
and CONFLUENCE_API_TOKEN.

Behind a proxy: HTTPS_PROXY (or ALL_PROXY) and NO_PROXY. Certificates of your
own authorities: SSL_CERT_FILE or SSL_CERT_DIR.";

/// What the program can do.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Audit the storage of all or some spaces (the default)
    #[command(group = chosen_spaces())]
    Audit(AuditArgs),
    /// Measure the pages of all or some spaces: this week's snapshot, history,
    /// findings, dashboard
    Snapshot(SnapshotArgs),
    /// Audit and measure a small sample site served by the program itself; no account needed
    Demo(DemoArgs),
    /// Check configuration, account and site, and say what a run would lack
    Doctor(DoctorArgs),
    /// Render a report again from the saved scan of an audit, without network
    Report(ReportArgs),
    /// Check, repair or export the history of the page metrics
    History(HistoryArgs),
    /// Print the completion script for a shell
    Completions {
        /// The shell to complete for
        shell: clap_complete::Shell,
    },
    /// Print the manual page (roff)
    Man,
}

/// `--references-within` needs spaces to stay within.
fn chosen_spaces() -> ArgGroup {
    ArgGroup::new("chosen_spaces").args(["space", "exclude_space"]).multiple(true)
}

/// Options of `demo`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct DemoArgs {
    /// Make the report folder in DIR, which is created if need be
    /// [default: working directory]
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

/// Options of `doctor`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct DoctorArgs {
    /// Ask the site what the documents of its API leave open, and print the
    /// answers without names, so that they can be passed on
    #[arg(long)]
    pub probe: bool,
    /// Which site, and as whom.
    #[command(flatten)]
    pub site: SiteArgs,
}

impl DoctorArgs {
    /// The options of an audit that reads with the same configuration.
    pub fn as_audit(&self) -> AuditArgs {
        AuditArgs { reading: ReadingArgs { site: self.site.clone(), ..ReadingArgs::default() }, ..AuditArgs::default() }
    }
}

/// Options of `report`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct ReportArgs {
    /// Folder of an audit, with its scan.json.gz
    pub folder: PathBuf,
    /// Make the new report folder in DIR [default: working directory]
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Read the rules of the audit from this configuration file
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Versions to keep in "keeping N frees X" [default: 1]
    #[arg(long, value_name = "N")]
    pub keep_versions: Option<String>,
}

/// Options of `history`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct HistoryArgs {
    /// What to do with it
    #[command(subcommand)]
    pub action: HistoryAction,
}

/// What `history` can do.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum HistoryAction {
    /// Check that every week is as it was written; changes nothing
    Verify(HistoryPlace),
    /// Set damaged weeks aside and restore what can be restored
    Repair(HistoryPlace),
    /// Write all CSV files, the model, the findings and the dashboard again
    Export(HistoryPlace),
}

/// Where the history lies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct HistoryPlace {
    /// The folder that holds `confluence_data` [default: working directory]
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

/// Options of every command: what is shown where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct TerminalArgs {
    /// Print one JSON object on standard output
    #[arg(long, global = true)]
    pub json: bool,
    /// Show warnings and errors only
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Log what is done; twice: every request
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
    /// `Some` when the person decided, `None` when the terminal decides.
    pub fn forced(self) -> Option<bool> {
        match self {
            Self::Auto => None,
            Self::Always => Some(true),
            Self::Never => Some(false),
        }
    }
}

impl Cli {
    /// Reads the command line; the error is clap's own (also for `--help` and `--version`), to be printed by it.
    pub fn from_arguments<A>(arguments: impl IntoIterator<Item = A>) -> Result<Self, clap::Error>
    where
        A: Into<OsString> + Clone,
    {
        let cli = Self::try_parse_from(arguments)?;
        // options of the audit before the name of a command would be read and then forgotten
        if cli.command.is_some() && cli.audit != AuditArgs::default() {
            return Err(Self::command_definition().error(
                ErrorKind::ArgumentConflict,
                "options of the audit stand after the command: `confluence-storage-analyzer audit --space KEY`",
            ));
        }
        Ok(cli)
    }

    /// The command to carry out; `audit` when none is named.
    pub fn command(&self) -> Command {
        self.command.clone().unwrap_or_else(|| Command::Audit(self.audit.clone()))
    }

    /// The definition everything is generated from: help, completions, the manual page.
    pub fn command_definition() -> clap::Command {
        <Self as CommandFactory>::command()
    }
}

/// The completion script of `completions SHELL`.
pub fn completion_script(shell: clap_complete::Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command_definition(), env!("CARGO_PKG_NAME"), &mut script);
    script
}

/// The manual page of `man`, in roff.
pub fn manual_page() -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command_definition()).render(&mut page)?;
    Ok(page)
}

/// Reads a time such as `90s`, `15m` or `1h`; a number without a unit is refused. The error is one line for people.
pub fn parse_wait(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let units = [('s', 1), ('m', 60), ('h', 3600)];
    let (number, seconds_per_unit) = units
        .into_iter()
        .find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)))
        .ok_or_else(|| format!("`{text}` has no unit; write 90s, 15m or 1h"))?;
    number
        .parse::<u64>()
        .ok()
        .and_then(|count| count.checked_mul(seconds_per_unit))
        .map(Duration::from_secs)
        .ok_or_else(|| format!("`{text}` is no time; write 90s, 15m or 1h"))
}

/// Reads a size such as `2GB`, `250GB` or `1.5TB`; a number without a unit is refused, since nobody means bytes. Plans
/// count in units of 1024, as Atlassian does.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let upper = text.trim().to_ascii_uppercase();
    let digits = upper.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(upper.len());
    let (number, unit) = upper.split_at(digits);
    let shift = match unit.trim_end_matches("IB").trim_end_matches('B') {
        "" if unit.is_empty() && number.chars().any(|c| c.is_ascii_digit()) => {
            return Err(format!("`{text}` has no unit; write 2GB, 250GB or 1TB"));
        }
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        _ => return Err(format!("`{text}` is no size; write 2GB, 250GB or 1TB")),
    };
    let (whole, part) = number.trim().split_once('.').unwrap_or((number.trim(), "0"));
    let unit = 1u128 << shift;
    let parse = |digits: &str| digits.parse::<u64>().ok().map(u128::from);
    let scale = 10u128.checked_pow(u32::try_from(part.len()).unwrap_or(u32::MAX));
    parse(whole)
        .zip(parse(part))
        .zip(scale)
        .and_then(|((whole, part), scale)| u64::try_from(whole * unit + part * unit / scale).ok())
        .filter(|&bytes| bytes > 0)
        .ok_or_else(|| format!("`{text}` is no size; write 2GB, 250GB or 1TB"))
}

#[cfg(test)]
mod tests;
