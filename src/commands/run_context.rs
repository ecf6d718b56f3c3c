//! Setup shared by the commands that read a site: connection, account, cache and signal handling.

use std::sync::Arc;

use chrono::{TimeDelta, Utc};

use super::admin_key::{AdminKeyWatch, KeyCommands};
use super::signals::SignalHandler;
use crate::cache::{Cache, CacheError};
use crate::config::{CacheLocation, Config};
use crate::error::{ExitStatus, Failure};
use crate::inventory::{AccountId, CrawlError, CrawlOptions, Visibility};
use crate::progress::Progress;
use confluence_client::{Api, ConnectErrorKind, RequestError};

/// What a command needs to read a site.
#[derive(Debug)]
pub(super) struct RunContext {
    pub(super) api: Arc<Api>,
    pub(super) crawl: CrawlOptions,
    pub(super) signals: SignalHandler,
    /// Checks the admin key until the run has ended.
    _admin_key: Option<AdminKeyWatch>,
}

impl RunContext {
    /// Connects, then opens and locks the cache, which belongs to the site and to what the account can see of it.
    pub(super) async fn open(config: &Config, progress: &Progress) -> Result<Self, Failure> {
        // whose cache it is becomes known by requests, and a folder that cannot be used is reported before them
        let chosen = config.cache.as_ref().filter(|location| location.chosen);
        chosen.map_or(Ok(()), |location| Cache::create_root(&location.root)).map_err(|error| unusable(&error))?;
        Self::with_cache(config, progress, |location, visibility| {
            open_cache(location, visibility, config.connection.credentials.user(), progress)
        })
        .await
    }

    /// Does the same for a run that writes nothing: the cache is read without its lock.
    pub(super) async fn open_read_only(config: &Config, progress: &Progress) -> Result<Self, Failure> {
        Self::with_cache(config, progress, |location, visibility| {
            let user = config.connection.credentials.user();
            let key = cache_key(location, visibility, user);
            Ok(Cache::look(&location.root, &visibility.site, &key).map(Arc::new))
        })
        .await
    }

    async fn with_cache(
        config: &Config,
        progress: &Progress,
        open: impl FnOnce(&CacheLocation, &Visibility) -> Result<Option<Arc<Cache>>, Failure>,
    ) -> Result<Self, Failure> {
        let SiteConnection { api, signals } = SiteConnection::open(config, progress).await?;
        let (cache, admin_key) =
            Self::prepare(config, &api, progress, open).await.map_err(|failure| signals.explain(failure))?;
        Ok(Self { api, crawl: CrawlOptions { cache, ..config.crawl.clone() }, signals, _admin_key: admin_key })
    }

    /// Opens the cache, and begins to check the admin key.
    async fn prepare(
        config: &Config,
        api: &Arc<Api>,
        progress: &Progress,
        open: impl FnOnce(&CacheLocation, &Visibility) -> Result<Option<Arc<Cache>>, Failure>,
    ) -> Result<(Option<Arc<Cache>>, Option<AdminKeyWatch>), Failure> {
        let location = config.cache.as_ref();
        if location.is_none() && !api.uses_admin_key() {
            return Ok((None, None));
        }
        let response = api.current_user().await.map_err(|cause| {
            let base_url = api.address().base_url().to_owned();
            Failure::from(&CrawlError::Unusable { base_url, cause })
        })?;
        let clock = response.server_time.map_or_else(TimeDelta::zero, |server| server - Utc::now());
        let account = AccountId::new(response.value.account_id.unwrap_or_default());
        api.client().expect_account(account.as_str());
        let admin_key = if api.uses_admin_key() {
            let commands = KeyCommands::of(api, config.connection.credentials.user());
            Some(AdminKeyWatch::start(api, commands, clock, progress).await?)
        } else {
            None
        };
        let visibility = Visibility::through(api, &account);
        let cache = location.map_or(Ok(None), |location| open(location, &visibility))?;
        Ok((cache, admin_key))
    }

    /// Prints the warnings that the cache collected during the crawl.
    pub(super) fn show_cache_warnings(&self, progress: &Progress) {
        let remarks = self.crawl.cache.iter().flat_map(|cache| cache.remarks());
        remarks.for_each(|remark| progress.warn(remark));
    }
}

/// A site that accepted the credentials.
#[derive(Debug)]
pub(super) struct SiteConnection {
    pub(super) api: Arc<Api>,
    pub(super) signals: SignalHandler,
}

impl SiteConnection {
    /// Connects and says to what. A signal ends it at once.
    pub(super) async fn open(config: &Config, progress: &Progress) -> Result<Self, Failure> {
        let signals = SignalHandler::watch(progress.clone());
        progress.phase("connecting", None);
        let api = Arc::new(signals.unless_received(connect(config)).await??);
        signals.interrupt(&api);
        progress.note(api.connection_summary());
        Ok(Self { api, signals })
    }
}

/// Finds out what the site of a configuration is, and connects to it.
pub(super) async fn connect(config: &Config) -> Result<Api, Failure> {
    Api::connect(config.connection.clone()).await.map_err(|error| {
        let status = match error.kind {
            ConnectErrorKind::Usage => ExitStatus::Usage,
            ConnectErrorKind::Authentication => ExitStatus::Authentication,
            ConnectErrorKind::Unreachable => ExitStatus::Unreachable,
        };
        Failure::new(status, format!("cannot connect to {}", config.connection.base_url))
            .because(error.message)
            .remedy(error.remedy)
    })
}

/// Returns the key of the cache. What a missing scope hides is never cached, so the cache depends only on what is known
/// before the first list. Earlier versions used the e-mail address of the account: their caches are used as long as they
/// are there.
fn cache_key(location: &CacheLocation, visibility: &Visibility, user: &str) -> String {
    let is_usable = !user.is_empty() && visibility.conditions().is_empty();
    if is_usable && Cache::exists(&location.root, &visibility.site, user) {
        return user.to_owned();
    }
    visibility.key()
}

/// Opens and locks the cache. A failure of the default cache folder is only a warning: the run takes longer without it.
fn open_cache(
    location: &CacheLocation,
    visibility: &Visibility,
    user: &str,
    progress: &Progress,
) -> Result<Option<Arc<Cache>>, Failure> {
    match Cache::open(&location.root, &visibility.site, &cache_key(location, visibility, user)) {
        Ok(cache) => Ok(Some(Arc::new(cache))),
        Err(error @ CacheError::Locked { .. }) => Err(Failure::new(ExitStatus::Locked, error.to_string())
            .remedy("wait until that run has ended, or use --no-cache; both runs then send requests to the same site")),
        Err(error) if location.chosen => Err(unusable(&error)),
        Err(error) => {
            progress.warn(format!("{error}; this run uses no cache"));
            Ok(None)
        }
    }
}

/// Returns the failure of a cache folder that the user chose.
fn unusable(error: &CacheError) -> Failure {
    Failure::new(ExitStatus::Storage, "cannot use the cache folder of --cache-dir")
        .because(error.to_string())
        .remedy("choose another folder, or run with --no-cache")
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
