//! What every command that reads a site begins with: the connection, the cache, and an ear for signals.

use std::sync::Arc;

use super::signals::Signals;
use crate::cache::{Cache, CacheError};
use crate::config::Config;
use crate::error::{ExitStatus, Failure};
use crate::inventory::CrawlOptions;
use crate::progress::Progress;
use confluence_client::{Api, RequestError};

/// A site as one command reads it.
#[derive(Debug)]
pub(super) struct Session {
    /// The connection.
    pub(super) api: Arc<Api>,
    /// What is read, and how far.
    pub(super) crawl: CrawlOptions,
    /// Who may interrupt it.
    pub(super) signals: Signals,
}

impl Session {
    /// Opens and locks the cache and sets up the connection; sends nothing.
    pub(super) fn open(config: &Config, progress: &Progress) -> Result<Self, Failure> {
        Self::with_cache(config, open_cache(config, progress)?, progress)
    }

    /// The same for a run that writes nothing: the cache is looked at, and not locked.
    pub(super) fn look(config: &Config, progress: &Progress) -> Result<Self, Failure> {
        let connection = &config.connection;
        let place = config.cache.as_ref();
        let cache =
            place.and_then(|place| Cache::look(&place.root, &connection.base_url, connection.credentials.user()));
        Self::with_cache(config, cache.map(Arc::new), progress)
    }

    fn with_cache(config: &Config, cache: Option<Arc<Cache>>, progress: &Progress) -> Result<Self, Failure> {
        let api = Arc::new(connect(config)?);
        let signals = Signals::watch(Arc::clone(&api), progress.clone());
        Ok(Self { api, crawl: CrawlOptions { cache, ..config.crawl.clone() }, signals })
    }

    /// Tells what people should know of the cache after a reading.
    pub(super) fn tell_cache_remarks(&self, progress: &Progress) {
        let remarks = self.crawl.cache.iter().flat_map(|cache| cache.remarks());
        remarks.for_each(|remark| progress.warn(remark));
    }
}

/// A client for the site of a configuration.
pub(super) fn connect(config: &Config) -> Result<Api, Failure> {
    Api::new(config.connection.clone()).map_err(|error| {
        Failure::new(ExitStatus::Usage, "the connection cannot be set up")
            .because(error.to_string())
            .remedy(error.remedy())
    })
}

/// Opens the cache and locks it. A cache folder nobody chose may be out of use: that costs time, not the run.
fn open_cache(config: &Config, progress: &Progress) -> Result<Option<Arc<Cache>>, Failure> {
    let Some(place) = &config.cache else { return Ok(None) };
    match Cache::open(&place.root, &config.connection.base_url, config.connection.credentials.user()) {
        Ok(cache) => Ok(Some(Arc::new(cache))),
        Err(error @ CacheError::Locked { .. }) => Err(Failure::new(ExitStatus::Locked, error.to_string()).remedy(
            "wait until it has ended, or run with --no-cache beside it; both then send their requests to the same site",
        )),
        Err(error) if place.chosen => {
            Err(Failure::new(ExitStatus::Storage, "the cache folder of --cache-dir cannot be used")
                .because(error.to_string())
                .remedy("choose another folder, or run with --no-cache"))
        }
        Err(error) => {
            progress.warn(format!("{error}; nothing is remembered from run to run"));
            Ok(None)
        }
    }
}

/// The exit status of a run that had to stop on the way, before it is known which signal came.
pub(super) fn status_of_stop(cause: &RequestError) -> ExitStatus {
    match cause {
        RequestError::Interrupted => ExitStatus::Interrupted,
        cause if cause.is_auth_lost() => ExitStatus::Authentication,
        _ => ExitStatus::Incomplete,
    }
}

/// Tells why reading stopped on the way.
pub(super) fn tell_stop(cause: &RequestError, status: ExitStatus, progress: &Progress) {
    let failure = Failure::new(status, "reading stopped").because(cause.to_string()).remedy(cause.remedy());
    progress.error(failure.lines());
}
