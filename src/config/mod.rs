//! Flags over environment over one file over defaults, checked and turned into the options of the parts that read, judge
//! and measure.
//!
//! Every value knows where it was set, so that a message names the file and line, the variable or the flag to mend.

mod authorities;
mod base_url;
mod connection;
mod ini;
mod key;
mod keys;
mod layers;
mod loading;
mod proxy;
mod row;
mod snapshot;
mod suggest;
mod values;
mod warning;

use std::path::PathBuf;

use confluence_client::ConnectionSettings;
use secrecy::SecretString;
use storage_format::TodoMarkers;

pub use self::layers::{FILE_NAME, Surroundings};
pub use self::loading::Configured;
pub use self::snapshot::SnapshotConfig;
pub use self::warning::Warning;
use crate::audit::AuditOptions;
use crate::cache;
use crate::cli::{AuditArgs, DemoArgs, ReadingArgs, Verify};
use crate::error::Failure;
use crate::inventory::CrawlOptions;

/// Everything an audit needs to know, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// How to reach the site.
    pub connection: ConnectionSettings,
    /// What is read, without the cache, which a command opens.
    pub crawl: CrawlOptions,
    /// Rules of the audit.
    pub audit: AuditOptions,
    /// Download files that look alike and compare their bytes.
    pub verify_duplicates: bool,
    /// Bytes the plan allows for the site.
    pub quota: Option<u64>,
    /// The folder in which the report folder is made.
    pub output: PathBuf,
    /// Where what can never change is kept; `None` keeps nothing.
    pub cache: Option<CachePlace>,
    /// Only say what a run would take.
    pub dry_run: bool,
}

/// Where the cache lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachePlace {
    /// The folder with the caches of all sites.
    pub root: PathBuf,
    /// Somebody chose it, so that it has to work; the system's own cache folder may be out of use.
    pub chosen: bool,
}

impl CachePlace {
    fn find(args: &ReadingArgs, around: &Surroundings<'_>) -> Option<Self> {
        if args.no_cache {
            return None;
        }
        match &args.cache_dir {
            Some(path) => Some(Self { root: around.working_directory.join(path), chosen: true }),
            None => {
                cache::default_root(std::env::consts::OS, &around.variables).map(|root| Self { root, chosen: false })
            }
        }
    }
}

/// A configuration, and what is worth telling about it.
#[derive(Debug, Clone)]
pub struct Loaded<T> {
    /// The configuration.
    pub value: T,
    /// The file it came from, if any.
    pub file: Option<PathBuf>,
    /// Remarks for people.
    pub warnings: Vec<Warning>,
}

impl Config {
    /// What the flags of an audit say, by these rules and of this site.
    fn new(connection: ConnectionSettings, audit: AuditOptions, args: &AuditArgs, around: &Surroundings<'_>) -> Self {
        let crawl = CrawlOptions {
            include_spaces: args.space.clone(),
            exclude_spaces: args.exclude_space.clone(),
            alias_hosts: audit.alias_hosts.clone(),
            verify_all: args.verify == Some(Verify::All),
            needs_labels: !audit.protect_labels.is_empty(),
            references_within: args.references_within,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            accept_shrink: args.accept_shrink,
            results: Some(around.resolve(args.reading.output.as_deref())),
            ..CrawlOptions::default()
        };
        Self {
            connection,
            crawl,
            audit,
            verify_duplicates: args.verify_duplicates,
            quota: args.quota,
            output: around.resolve(args.reading.output.as_deref()),
            cache: CachePlace::find(&args.reading, around),
            dry_run: args.reading.dry_run,
        }
    }

    /// The configuration of `demo`: the sample site at `base_url`, defaults for all else. No file and no variable of
    /// the environment is read, so the newcomer's first command cannot fail on either.
    pub fn for_sample_site(
        base_url: &str,
        user: &str,
        token: SecretString,
        args: &DemoArgs,
        around: &Surroundings<'_>,
    ) -> Result<Self, Failure> {
        let base_url = base_url::normalize(base_url, "sample site")?;
        let connection = connection::settings(base_url, user.to_owned(), token);
        let reading = ReadingArgs { output: args.output.clone(), no_cache: true, ..ReadingArgs::default() };
        let args = AuditArgs { reading, ..AuditArgs::default() };
        let mut config = Self::new(connection, AuditOptions::default(), &args, around);
        config.crawl.measures = Some(TodoMarkers::default());
        // it is made anew for every demo
        config.crawl.results = None;
        Ok(config)
    }
}

#[cfg(test)]
mod tests;
