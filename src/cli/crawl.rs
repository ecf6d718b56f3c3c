//! Options of every command that reads a site.

use std::path::PathBuf;

use clap::Args;

/// Which site is read, and with which account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Site and account")]
pub struct SiteArgs {
    /// Read this configuration file and no other
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Read the API token, or the client secret if a client id is set, from FILE
    #[arg(long, value_name = "FILE", conflicts_with = "token_stdin")]
    pub token_file: Option<PathBuf>,
    /// Read the API token, or the client secret if a client id is set, from
    /// standard input
    #[arg(long)]
    pub token_stdin: bool,
    /// Read restricted content with the admin key, which an admin of a Premium
    /// or Enterprise site has to enable before: the command is printed
    #[arg(long)]
    pub admin_key: bool,
}

/// How a site is crawled, and where the results go: options of `audit` and `snapshot`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Crawl and output")]
pub struct CrawlArgs {
    /// Create the folder with the results in DIR [default: working directory]
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Also write the figures of this run to FILE, for the textfile collector of
    /// Prometheus
    #[arg(long, value_name = "FILE")]
    pub openmetrics: Option<PathBuf>,
    /// Maximum number of concurrent requests [default: 8]
    #[arg(long, value_name = "N")]
    pub concurrency: Option<String>,
    /// Longest wait that the server may ask for before the run stops: 90s, 15m
    /// or 1h [default: 15m]
    #[arg(long, value_name = "TIME")]
    pub max_wait: Option<String>,
    /// Longest wait for the next hour's quota of requests: 90s, 15m or 1h
    /// [default: 65m]
    #[arg(long, value_name = "TIME")]
    pub max_quota_wait: Option<String>,
    /// Accept that this version of a content cannot be read, and do not judge
    /// the files of that content (repeatable; separated by commas)
    #[arg(long, value_name = "ID@VERSION")]
    pub accept_unread: Vec<String>,
    /// Print how many requests the run would send, and exit: reads only the
    /// lists, writes nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Keep the cache in DIR [default: the system's cache folder]
    #[arg(long, value_name = "DIR", conflicts_with = "no_cache")]
    pub cache_dir: Option<PathBuf>,
    /// Do not use the cache
    #[arg(long)]
    pub no_cache: bool,
    #[command(flatten)]
    pub site: SiteArgs,
}
