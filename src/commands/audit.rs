//! `audit`: reads the site, judges every attachment, writes the report folder.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::dry_run;
use super::second_look::{audit_of_stopped, audit_twice};
use super::signals::Signals;
use super::snapshot::{Measuring, Read, Taken, check_clock};
use super::{summary, unfinished};
use crate::audit::{self, Audit, AuditOptions};
use crate::cache::{Cache, CacheError};
use crate::config::{Config, Rules, SnapshotConfig};
use crate::confluence::{Cloud, ConnectionSettings, RequestError};
use crate::error::{ExitStatus, Failure, Outcome};
use crate::inventory::{CrawlError, CrawlOptions, Inventory, compare_contents, remember_run, take_inventory};
use crate::progress::Progress;
use crate::report::{self, ReportError, RunFacts};

/// What one reading gave, whole or not.
#[derive(Debug)]
pub struct Reading {
    /// What was read; its coverage says what is missing.
    pub inventory: Inventory,
    /// The verdicts, after the second look.
    pub audit: Audit,
    /// Why the run stopped on the way.
    pub stopped: Option<RequestError>,
    /// The exit status this leads to.
    pub status: ExitStatus,
}

impl Reading {
    /// Measures the pages of what was read.
    async fn measure(
        &mut self,
        mut measuring: Measuring<'_>,
        began: DateTime<Utc>,
        (api, crawl): (&Cloud, &CrawlOptions),
        progress: &Progress,
    ) -> Result<Taken, Failure> {
        check_clock(began, self.inventory.scan.started_at, progress)?;
        let Self { inventory, audit, stopped, .. } = self;
        let read = Read { api, crawl, inventory, audit: Some(audit), stopped: stopped.clone() };
        measuring.take(read, progress).await
    }

    /// Downloads the files that look alike, so that groups of duplicates are certain (`--verify-duplicates`).
    async fn compare_duplicates(
        &mut self,
        api: &Cloud,
        options: &CrawlOptions,
        rules: &AuditOptions,
        progress: &Progress,
    ) {
        let groups: Vec<Vec<usize>> = self.audit.duplicates.iter().map(|group| group.files.clone()).collect();
        self.stopped = compare_contents(api, &mut self.inventory, &groups, options, progress).await.err();
        self.audit = audit::analyze(&self.inventory, rules);
        if let Some(cause) = &self.stopped {
            self.status = ExitStatus::decide([self.status, status_of_stop(cause)]);
        }
    }
}

/// Reads a site and judges its attachments, with a second look at every candidate.
///
/// Fails when nothing usable could be read; a run that stopped on the way gives what it had read.
pub async fn read_site(
    api: &Cloud,
    options: &CrawlOptions,
    rules: &AuditOptions,
    progress: &Progress,
) -> Result<Reading, Failure> {
    let (inventory, audit, stopped, mut statuses) = match take_inventory(api, options, progress).await {
        Ok(mut inventory) => {
            let (audit, stopped) = audit_twice(api, &mut inventory, options, rules, progress).await;
            (inventory, audit, stopped, Vec::new())
        }
        Err(error) => {
            let status = error.exit_status();
            let (mut inventory, cause) = match error {
                CrawlError::Stopped { inventory, cause } => (inventory, cause),
                other => return Err(failure_of(&other, api)),
            };
            let audit = audit_of_stopped(&mut inventory, rules);
            (*inventory, audit, Some(cause), vec![status])
        }
    };
    statuses.extend(stopped.as_ref().map(status_of_stop));
    if !inventory.coverage.is_complete() {
        statuses.push(ExitStatus::Incomplete);
    }
    let status = ExitStatus::decide(statuses);
    if let Some(cache) = &options.cache {
        remember_run(cache, &inventory);
    }
    Ok(Reading { inventory, audit, stopped, status })
}

/// Why a site could not be read, in the words of the program.
pub(super) fn failure_of(error: &CrawlError, api: &Cloud) -> Failure {
    let failure = match error {
        CrawlError::Unusable(cause) => {
            let what = format!("{} cannot be read", api.client().deployment().base_url());
            Failure::new(error.exit_status(), what).because(cause.to_string())
        }
        other => Failure::new(other.exit_status(), other.to_string()),
    };
    failure.remedy(error.remedy())
}

/// Audits a site and writes its report; with `snapshot`, measures its pages from the same reading. The output folder
/// is tried before the first request.
pub(crate) async fn run(
    config: &Config,
    snapshot: Option<&SnapshotConfig>,
    json: bool,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    if config.dry_run {
        return dry_run::run(config, json, progress).await;
    }
    let site = &config.connection.base_url;
    let measuring = snapshot.map(|snapshot| Measuring::prepare(config, snapshot, site, progress)).transpose()?;
    audit_and_measure(config, measuring, json, progress).await
}

/// As [`run`], with everything that the snapshot needs made ready.
pub(super) async fn audit_and_measure(
    config: &Config,
    measuring: Option<Measuring<'_>>,
    json: bool,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    report::check_writable(&config.output).map_err(|error| output_failure(&error))?;
    unfinished::mention(&config.output, progress);
    let cache = open_cache(config, progress)?;
    let api = Arc::new(connect(config)?);
    let signals = Signals::watch(Arc::clone(&api), progress.clone());
    let rules = audit_options(&config.rules);
    let options = CrawlOptions { measures: measuring.is_some(), ..crawl_options(config, cache) };
    let began = Utc::now();
    let reading = read_site(&api, &options, &rules, progress).await;
    if let Some(cache) = &options.cache {
        cache.remarks().iter().for_each(|remark| progress.warn(remark));
    }
    let received = signals.received();
    let mut reading = reading.map_err(|failure| Failure { status: received.unwrap_or(failure.status), ..failure })?;
    if config.scope.verify_duplicates && reading.stopped.is_none() {
        reading.compare_duplicates(&api, &options, &rules, progress).await;
    }
    // the reading knows that it was interrupted, but not by which signal
    reading.status = match received {
        Some(signal) if reading.status == ExitStatus::Interrupted => signal,
        received => ExitStatus::decide([reading.status].into_iter().chain(received)),
    };
    let facts = RunFacts {
        local_time: chrono::Local::now().fixed_offset(),
        exit_code: reading.status.code(),
        stopped: reading.stopped.as_ref().map(ToString::to_string),
        quota_bytes: config.quota,
        options: options_for_people(config),
        audit: rules,
    };
    progress.phase("writing the report", None);
    let folder = report::write(&config.output, &facts, &reading.inventory, &reading.audit)
        .map_err(|error| storage_failure(&error))?;
    let mut status = reading.status;
    let mut taken = None;
    if let Some(measuring) = measuring {
        match reading.measure(measuring, began, (&api, &options), progress).await {
            Ok(done) => {
                status = ExitStatus::decide([status, done.status].into_iter().chain(signals.received()));
                taken = Some(done);
            }
            // the report of the audit is written, and stays what the run says first
            Err(failure) => {
                status = ExitStatus::decide([status, failure.status].into_iter().chain(signals.received()));
                progress.error(failure);
            }
        }
    }
    progress.finish();
    if let Some(stopped) = &reading.stopped {
        progress.error(
            Failure::new(reading.status, "reading stopped").because(stopped.to_string()).remedy(stopped.remedy()),
        );
    }
    Ok(summary::finish(&folder, &reading, taken.as_ref(), status, json, progress))
}

/// A client for the site of a configuration.
pub(super) fn connect(config: &Config) -> Result<Cloud, Failure> {
    let connection = &config.connection;
    let settings = ConnectionSettings {
        concurrency: usize::try_from(connection.concurrency).unwrap_or(1),
        max_wait: connection.max_wait,
        ..ConnectionSettings::new(&connection.base_url, &connection.user, connection.token.clone())
    };
    Cloud::new(settings).map_err(|error| {
        Failure::new(ExitStatus::Usage, "the connection cannot be set up")
            .because(error.to_string())
            .remedy(error.remedy())
    })
}

/// Opens the cache and locks it. A cache folder nobody chose may be out of use: that costs time, not the run.
pub(super) fn open_cache(config: &Config, progress: &Progress) -> Result<Option<Arc<Cache>>, Failure> {
    let Some(place) = &config.cache else { return Ok(None) };
    match Cache::open(&place.root, &config.connection.base_url, &config.connection.user) {
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

pub(super) fn status_of_stop(cause: &RequestError) -> ExitStatus {
    match cause {
        RequestError::Interrupted => ExitStatus::Interrupted,
        cause if cause.is_auth_lost() => ExitStatus::Authentication,
        _ => ExitStatus::Incomplete,
    }
}

pub(super) fn crawl_options(config: &Config, cache: Option<Arc<Cache>>) -> CrawlOptions {
    CrawlOptions {
        include_spaces: config.scope.spaces.clone(),
        exclude_spaces: config.scope.exclude_spaces.clone(),
        alias_hosts: config.scope.alias_hosts.clone(),
        verify_all: config.scope.verify_all,
        needs_labels: !config.rules.protect_labels.is_empty(),
        references_within: config.scope.references_within,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        cache,
        accept_shrink: config.accept_shrink,
        measures: false,
    }
}

pub(super) fn audit_options(rules: &Rules) -> AuditOptions {
    AuditOptions {
        protect_labels: rules.protect_labels.clone(),
        protect_names: rules.protect_names.clone(),
        keep_versions: rules.keep_versions,
        alias_hosts: rules.alias_hosts.clone(),
    }
}

/// The options in effect, as the report names them; those at their default are left out.
fn options_for_people(config: &Config) -> Vec<(String, String)> {
    let mut options = Vec::new();
    let mut list = |name: &str, values: &[String]| {
        if !values.is_empty() {
            options.push((name.to_owned(), values.join(", ")));
        }
    };
    list("spaces", &config.scope.spaces);
    list("without spaces", &config.scope.exclude_spaces);
    list("alias hosts", &config.scope.alias_hosts);
    list("protected labels", &config.rules.protect_labels);
    list("protected names", &config.rules.protect_names);
    if config.scope.references_within {
        options.push(("references".to_owned(), "looked for within the chosen spaces only".to_owned()));
    }
    if config.scope.verify_all {
        options.push(("verify".to_owned(), "all".to_owned()));
    }
    if config.accept_shrink {
        options.push(("accept shrink".to_owned(), "yes".to_owned()));
    }
    if config.scope.verify_duplicates {
        options.push(("duplicates".to_owned(), "downloaded and compared".to_owned()));
    }
    options.push(("versions to keep".to_owned(), config.rules.keep_versions.to_string()));
    options
}

/// The folder of the reports cannot be used; nothing was written, and nothing sent.
pub(super) fn output_failure(error: &ReportError) -> Failure {
    let remedy = match error {
        ReportError::TooDeep { .. } => "choose a folder with a shorter path with --output",
        _ => "create it, get the right to write in it, or choose another one with --output",
    };
    Failure::new(ExitStatus::Storage, "nothing can be written in this folder").because(error.to_string()).remedy(remedy)
}

/// The report could not be written to its end.
pub(super) fn storage_failure(error: &ReportError) -> Failure {
    Failure::new(ExitStatus::Storage, "the report cannot be written")
        .because(error.to_string())
        .remedy("choose another folder with --output, or make room in this one; what was half written ends in .partial")
}
