//! Configuration: flags override environment variables, which override one file, which overrides defaults. The values
//! are checked and converted into the options of the modules that crawl, judge and measure.
//!
//! Every value records its origin, so that a message names the file and line, the variable or the flag to correct.

mod authorities;
mod base_url;
mod config_key;
mod connection;
mod connection_keys;
mod connection_values;
mod credentials;
mod ini;
mod key_binding;
mod keys;
mod layers;
mod loading;
mod proxy;
mod setting;
mod snapshot;
mod suggest;
mod throughput;
mod values;
mod warning;

use std::path::PathBuf;

use confluence_client::{ConnectionSettings, Credentials};
use storage_format::TodoMarkers;

pub use self::layers::{Environment, FILE_NAME};
pub use self::loading::LoadConfig;
pub use self::snapshot::SnapshotConfig;
pub use self::warning::ConfigWarning;
use crate::audit::AuditOptions;
use crate::cache;
use crate::cli::{AuditArgs, AuditThreshold, CrawlArgs, DemoArgs, Verify};
use crate::error::Failure;
use crate::inventory::CrawlOptions;
use crate::spreadsheet::TableFormats;

/// Checked configuration of an audit.
#[derive(Debug, Clone)]
pub struct Config {
    pub connection: ConnectionSettings,
    /// Options of the crawl, without the cache, which the command opens.
    pub crawl: CrawlOptions,
    pub audit: AuditOptions,
    /// Download files that look identical and compare their bytes.
    pub verify_duplicates: bool,
    /// Bytes that the site's plan includes.
    pub quota: Option<u64>,
    /// Thresholds that end a complete run with status 8.
    pub fail_on: Vec<AuditThreshold>,
    /// The folder in which the report folder is created.
    pub output: PathBuf,
    /// The address under which runs are counted, if the address of the site differs from run to run.
    pub counted_as: Option<&'static str>,
    /// The file of `--openmetrics`.
    pub openmetrics: Option<PathBuf>,
    /// `None` uses no cache.
    pub cache: Option<CacheLocation>,
    pub dry_run: bool,
    /// Files with tables in addition to CSV.
    pub formats: TableFormats,
}

/// Checked configuration of `report`.
#[derive(Debug, Clone, Default)]
pub struct ReportConfig {
    /// The rules by which the saved scan is judged.
    pub rules: AuditOptions,
    /// Files with tables in addition to CSV.
    pub formats: TableFormats,
}

/// Location of the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheLocation {
    /// The folder with the caches of all sites.
    pub root: PathBuf,
    /// The user chose it, so a failure is an error; a failure of the system's cache folder is only a warning.
    pub chosen: bool,
}

impl CacheLocation {
    fn find(args: &CrawlArgs, environment: &Environment<'_>) -> Option<Self> {
        if args.no_cache {
            return None;
        }
        match &args.cache_dir {
            Some(path) => Some(Self { root: environment.working_directory.join(path), chosen: true }),
            None => cache::default_root(std::env::consts::OS, &environment.variables)
                .map(|root| Self { root, chosen: false }),
        }
    }
}

/// A configuration with the warnings about it.
#[derive(Debug, Clone)]
pub struct LoadedConfig<T> {
    pub value: T,
    /// The file that was read, if any.
    pub file: Option<PathBuf>,
    pub warnings: Vec<ConfigWarning>,
}

impl Config {
    /// Combines the flags of an audit with its rules and its connection.
    fn new(
        connection: ConnectionSettings,
        audit: AuditOptions,
        args: &AuditArgs,
        environment: &Environment<'_>,
    ) -> Self {
        let crawl = CrawlOptions {
            include_spaces: args.space.clone(),
            exclude_spaces: args.exclude_space.clone(),
            alias_hosts: audit.alias_hosts.clone(),
            verify_all: args.verify == Some(Verify::All),
            needs_labels: !audit.protect_labels.is_empty(),
            references_within: args.references_within,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            accept_shrink: args.accept_shrink,
            results: Some(environment.resolve(args.crawl.output.as_deref())),
            ..CrawlOptions::default()
        };
        Self {
            connection: ConnectionSettings { admin_key: args.crawl.site.admin_key, ..connection },
            crawl,
            audit,
            verify_duplicates: args.verify_duplicates,
            quota: args.quota,
            fail_on: args.fail_on.clone(),
            output: environment.resolve(args.crawl.output.as_deref()),
            counted_as: None,
            openmetrics: args.crawl.openmetrics.as_ref().map(|path| environment.working_directory.join(path)),
            cache: CacheLocation::find(&args.crawl, environment),
            dry_run: args.crawl.dry_run,
            formats: TableFormats::default(),
        }
    }

    /// Returns the configuration of `demo`: the sample site at `base_url`, with defaults for everything else. Neither
    /// the configuration file nor environment variables are read, so that a newcomer's first command cannot fail on
    /// them.
    pub fn for_sample_site(
        base_url: &str,
        credentials: Credentials,
        args: &DemoArgs,
        environment: &Environment<'_>,
    ) -> Result<Self, Failure> {
        let base_url = base_url::normalize(base_url, "sample site")?;
        let connection = connection::settings(base_url, credentials);
        let crawl = CrawlArgs { output: args.output.clone(), no_cache: true, ..CrawlArgs::default() };
        let formats = values::formats_of_flag("--formats", &args.formats.formats)?;
        let args = AuditArgs { crawl, ..AuditArgs::default() };
        let mut config = Self::new(connection, AuditOptions::default(), &args, environment);
        config.formats = formats;
        config.crawl.measures = Some(TodoMarkers::default());
        // every demo has a new sample site, so results of earlier runs do not apply
        config.crawl.results = None;
        Ok(config)
    }
}

#[cfg(test)]
mod tests;
