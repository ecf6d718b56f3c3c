//! Setup shared by the commands that read a site: connection, cache and signal handling.

use std::sync::Arc;

use super::signals::SignalHandler;
use crate::cache::{Cache, CacheError};
use crate::config::Config;
use crate::error::{ExitStatus, Failure};
use crate::inventory::CrawlOptions;
use crate::progress::Progress;
use confluence_client::{Api, RequestError};

/// What a command needs to read a site.
#[derive(Debug)]
pub(super) struct RunContext {
    pub(super) api: Arc<Api>,
    pub(super) crawl: CrawlOptions,
    pub(super) signals: SignalHandler,
}

impl RunContext {
    /// Opens and locks the cache and sets up the connection; sends nothing.
    pub(super) fn open(config: &Config, progress: &Progress) -> Result<Self, Failure> {
        Self::with_cache(config, open_cache(config, progress)?, progress)
    }

    /// Does the same for a run that writes nothing: the cache is read without its lock.
    pub(super) fn open_read_only(config: &Config, progress: &Progress) -> Result<Self, Failure> {
        let connection = &config.connection;
        let location = config.cache.as_ref();
        let cache = location
            .and_then(|location| Cache::look(&location.root, &connection.base_url, connection.credentials.user()));
        Self::with_cache(config, cache.map(Arc::new), progress)
    }

    fn with_cache(config: &Config, cache: Option<Arc<Cache>>, progress: &Progress) -> Result<Self, Failure> {
        let api = Arc::new(connect(config)?);
        let signals = SignalHandler::watch(Arc::clone(&api), progress.clone());
        Ok(Self { api, crawl: CrawlOptions { cache, ..config.crawl.clone() }, signals })
    }

    /// Prints the warnings that the cache collected during the crawl.
    pub(super) fn show_cache_warnings(&self, progress: &Progress) {
        let remarks = self.crawl.cache.iter().flat_map(|cache| cache.remarks());
        remarks.for_each(|remark| progress.warn(remark));
    }
}

/// Creates a client for the site of a configuration.
pub(super) fn connect(config: &Config) -> Result<Api, Failure> {
    Api::new(config.connection.clone()).map_err(|error| {
        Failure::new(ExitStatus::Usage, "cannot set up the connection")
            .because(error.to_string())
            .remedy(error.remedy())
    })
}

/// Opens and locks the cache. A failure of the default cache folder is only a warning: the run takes longer without it.
fn open_cache(config: &Config, progress: &Progress) -> Result<Option<Arc<Cache>>, Failure> {
    let Some(location) = &config.cache else { return Ok(None) };
    match Cache::open(&location.root, &config.connection.base_url, config.connection.credentials.user()) {
        Ok(cache) => Ok(Some(Arc::new(cache))),
        Err(error @ CacheError::Locked { .. }) => Err(Failure::new(ExitStatus::Locked, error.to_string())
            .remedy("wait until that run has ended, or use --no-cache; both runs then send requests to the same site")),
        Err(error) if location.chosen => {
            Err(Failure::new(ExitStatus::Storage, "cannot use the cache folder of --cache-dir")
                .because(error.to_string())
                .remedy("choose another folder, or run with --no-cache"))
        }
        Err(error) => {
            progress.warn(format!("{error}; this run uses no cache"));
            Ok(None)
        }
    }
}

/// Returns the exit status of a run that had to stop, before it is known which signal was received.
pub(super) fn status_of_stop(cause: &RequestError) -> ExitStatus {
    match cause {
        RequestError::Interrupted => ExitStatus::Interrupted,
        cause if cause.is_auth_lost() => ExitStatus::Authentication,
        _ => ExitStatus::Incomplete,
    }
}

/// Prints why the crawl stopped early.
pub(super) fn report_stop(cause: &RequestError, status: ExitStatus, progress: &Progress) {
    let failure = Failure::new(status, "the crawl stopped").because(cause.to_string()).remedy(cause.remedy());
    progress.error(failure.lines());
}
