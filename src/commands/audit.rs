//! `audit`: reads the site, judges every attachment, writes the report folder.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::dry_run;
use super::second_look::{audit_of_stopped, audit_twice};
use super::session::{Session, status_of_stop, tell_stop};
use super::snapshot::{Measuring, Read, Taken, check_clock};
use super::{summary, unfinished};
use crate::audit::{self, Audit, AuditOptions};
use crate::config::{Config, SnapshotConfig};
use crate::error::{ExitStatus, Failure, Outcome, OutputFormat};
use crate::inventory::{CrawlError, CrawlOptions, Inventory, compare_contents, remember_run, take_inventory};
use crate::progress::Progress;
use crate::report::{self, ReportError, RunFacts};
use confluence_client::{Api, RequestError};

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
    /// Downloads the files that look alike, so that groups of duplicates are certain (`--verify-duplicates`).
    async fn compare_duplicates(&mut self, session: &Session, rules: &AuditOptions, progress: &Progress) {
        let groups: Vec<Vec<usize>> = self.audit.duplicates.iter().map(|group| group.files.clone()).collect();
        let compared = compare_contents(&session.api, &mut self.inventory, &groups, &session.crawl, progress).await;
        self.stopped = compared.err();
        self.audit = audit::analyze(&self.inventory, rules);
        if let Some(cause) = &self.stopped {
            self.status = ExitStatus::decide([self.status, status_of_stop(cause)]);
        }
    }

    /// Measures the pages of what was read; the clock of this machine said `began` when reading began.
    async fn measure(
        &mut self,
        mut measuring: Measuring<'_>,
        began: DateTime<Utc>,
        session: &Session,
        progress: &Progress,
    ) -> Result<Taken, Failure> {
        check_clock(began, self.inventory.scan.started_at, progress)?;
        let Self { inventory, audit, stopped, .. } = self;
        let (api, crawl, stopped) = (&session.api, &session.crawl, stopped.clone());
        measuring.take(Read { api, crawl, inventory, audit: Some(audit), stopped }, progress).await
    }

    /// Writes the report folder.
    fn write(&self, config: &Config) -> Result<PathBuf, Failure> {
        let facts = RunFacts {
            local_time: chrono::Local::now().fixed_offset(),
            exit_code: self.status.code(),
            stopped: self.stopped.as_ref().map(ToString::to_string),
            quota_bytes: config.quota,
            options: options_for_people(config),
            audit: config.audit.clone(),
        };
        report::write(&config.output, &facts, &self.inventory, &self.audit).map_err(|error| storage_failure(&error))
    }
}

/// Reads a site and judges its attachments, with a second look at every candidate.
///
/// Fails when nothing usable could be read; a run that stopped on the way gives what it had read.
pub async fn read_site(
    api: &Api,
    options: &CrawlOptions,
    rules: &AuditOptions,
    progress: &Progress,
) -> Result<Reading, Failure> {
    let (inventory, audit, stopped) = match take_inventory(api, options, progress).await {
        Ok(mut inventory) => {
            let (audit, stopped) = audit_twice(api, &mut inventory, options, rules, progress).await;
            (inventory, audit, stopped)
        }
        Err(CrawlError::Stopped { mut inventory, cause }) => {
            let audit = audit_of_stopped(&mut inventory, rules);
            (*inventory, audit, Some(cause))
        }
        Err(error) => return Err(Failure::from(&error)),
    };
    let incomplete = (!inventory.coverage.is_complete()).then_some(ExitStatus::Incomplete);
    let status = ExitStatus::decide(stopped.as_ref().map(status_of_stop).into_iter().chain(incomplete));
    if let Some(cache) = &options.cache {
        remember_run(cache, &inventory);
    }
    Ok(Reading { inventory, audit, stopped, status })
}

/// Audits a site and writes its report; with `snapshot`, measures its pages from the same reading. The output folder
/// is tried before the first request.
pub(crate) async fn run(
    config: &Config,
    snapshot: Option<&SnapshotConfig>,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    if config.dry_run {
        return dry_run::run(config, format, progress).await;
    }
    let site = &config.connection.base_url;
    let measuring = snapshot.map(|snapshot| Measuring::prepare(config, snapshot, site, progress)).transpose()?;
    audit_and_measure(config, measuring, format, progress).await
}

/// As [`run`], with everything that the snapshot needs made ready.
pub(super) async fn audit_and_measure(
    config: &Config,
    measuring: Option<Measuring<'_>>,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    report::check_writable(&config.output).map_err(|error| output_failure(&error))?;
    unfinished::mention(&config.output, progress);
    let session = Session::open(config, progress)?;
    let began = Utc::now();
    let reading = read_site(&session.api, &session.crawl, &config.audit, progress).await;
    session.tell_cache_remarks(progress);
    let mut reading = reading.map_err(|failure| session.signals.explain(failure))?;
    if config.verify_duplicates && reading.stopped.is_none() {
        reading.compare_duplicates(&session, &config.audit, progress).await;
    }
    reading.status = session.signals.decide([reading.status]);
    progress.phase("writing the report", None);
    let folder = reading.write(config)?;
    let mut status = reading.status;
    let mut taken = None;
    if let Some(measuring) = measuring {
        match reading.measure(measuring, began, &session, progress).await {
            Ok(done) => {
                status = session.signals.decide([status, done.status]);
                taken = Some(done);
            }
            // the report of the audit is written, and stays what the run says first
            Err(failure) => {
                status = session.signals.decide([status, failure.status]);
                progress.error(failure);
            }
        }
    }
    progress.finish();
    if let Some(cause) = &reading.stopped {
        tell_stop(cause, reading.status, progress);
    }
    Ok(summary::finish(&folder, &reading, taken.as_ref(), status, format, progress))
}

/// The options in effect, as the report names them; those at their default are left out.
fn options_for_people(config: &Config) -> Vec<(String, String)> {
    let mut options = Vec::new();
    let mut list = |name: &str, values: &[String]| {
        if !values.is_empty() {
            options.push((name.to_owned(), values.join(", ")));
        }
    };
    list("spaces", &config.crawl.include_spaces);
    list("without spaces", &config.crawl.exclude_spaces);
    list("alias hosts", &config.crawl.alias_hosts);
    list("protected labels", &config.audit.protect_labels);
    list("protected names", &config.audit.protect_names);
    if config.crawl.references_within {
        options.push(("references".to_owned(), "looked for within the chosen spaces only".to_owned()));
    }
    if config.crawl.verify_all {
        options.push(("verify".to_owned(), "all".to_owned()));
    }
    if config.crawl.accept_shrink {
        options.push(("accept shrink".to_owned(), "yes".to_owned()));
    }
    if config.verify_duplicates {
        options.push(("duplicates".to_owned(), "downloaded and compared".to_owned()));
    }
    options.push(("versions to keep".to_owned(), config.audit.keep_versions.to_string()));
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
