//! The options of every command that reads a site.

use std::path::PathBuf;

use clap::Args;

/// Which site is read, and as whom.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Site and account")]
pub struct SiteArgs {
    /// Read this configuration file and no other
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Read the API token from FILE
    #[arg(long, value_name = "FILE", conflicts_with = "token_stdin")]
    pub token_file: Option<PathBuf>,
    /// Read the API token from standard input
    #[arg(long)]
    pub token_stdin: bool,
}

/// How a whole site is read, and where the result goes: options of `audit` and `snapshot`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Reading")]
pub struct ReadingArgs {
    /// Make the folder with the results in DIR [default: working directory]
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Requests in flight at once [default: 8]
    #[arg(long, value_name = "N")]
    pub concurrency: Option<String>,
    /// Longest wait the server may ask for, as 90s, 15m or 1h [default: 15m]
    #[arg(long, value_name = "TIME")]
    pub max_wait: Option<String>,
    /// Accept that this version of a content cannot be read (repeatable;
    /// lists with commas): files of that content are not judged
    #[arg(long, value_name = "ID@VERSION")]
    pub accept_unread: Vec<String>,
    /// Say what a run would take: reads the lists only, writes nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Keep what can never change in DIR [default: the system's cache folder]
    #[arg(long, value_name = "DIR", conflicts_with = "no_cache")]
    pub cache_dir: Option<PathBuf>,
    /// Neither use nor keep anything from run to run
    #[arg(long)]
    pub no_cache: bool,
    /// Which site, and as whom.
    #[command(flatten)]
    pub site: SiteArgs,
}
