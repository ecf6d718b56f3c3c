//! `audit`: reads the site, judges every attachment, writes the report folder.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::reading::{Reading, read_site};
use super::session::{Session, tell_stop};
use super::snapshot::{Measuring, Read, Taken};
use super::{dry_run, leftovers, summary};
use crate::audit::rules_without_effect;
use crate::config::{Config, SnapshotConfig};
use crate::error::{ExitStatus, Failure, Outcome, OutputFormat};
use crate::progress::Progress;
use crate::report::{self, RunFacts};
use crate::support::visible::Lines;

/// Audits a site and writes its report; with `snapshot`, measures its pages from the same reading. The output folder
/// is tried before the first request.
pub(crate) async fn run(
    config: &Config,
    snapshot: Option<&SnapshotConfig>,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    if config.dry_run {
        return dry_run::run(config, snapshot.is_some(), format, progress).await;
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
    report::check_writable(&config.output)?;
    leftovers::mention(&config.output, progress);
    let mut session = Session::open(config, progress)?;
    session.crawl.admission = measuring.as_ref().map(|measuring| measuring.admission(progress));
    let reading = read_site(&session.api, &session.crawl, &config.audit, progress).await;
    session.tell_cache_remarks(progress);
    let mut reading = reading.map_err(|failure| session.signals.explain(failure))?;
    if config.verify_duplicates && reading.stopped.is_none() {
        reading.compare_duplicates(&session.api, &session.crawl, &config.audit, progress).await;
    }
    reading.status = session.signals.decide([reading.status]);
    progress.phase("writing the report", None);
    let folder = write(&reading, config)?;
    let mut status = reading.status;
    let mut taken = None;
    if let Some(measuring) = measuring {
        // what is read for the snapshot is no gap of the audit, whose report is written
        let of_audit = reading.inventory.coverage.clone();
        let done = measure(&mut reading, measuring, &session, progress).await;
        reading.inventory.coverage = of_audit;
        let of_snapshot = match &done {
            Ok(taken) => taken.status,
            Err(failure) => failure.status,
        };
        status = session.signals.decide([status, of_snapshot]);
        if let Err(error) = report::add_snapshot(&folder, &half_of_snapshot(&done, of_snapshot)) {
            let failure = Failure::from(error);
            status = session.signals.decide([status, failure.status]);
            progress.error(failure.lines());
        }
        taken = Some(done);
    }
    progress.finish();
    for rule in rules_without_effect(&reading.inventory, &config.audit) {
        progress.warn(rule);
    }
    // a snapshot has told them
    if !matches!(taken, Some(Ok(_))) {
        reading.inventory.coverage.warnings.iter().for_each(|warning| progress.warn(warning));
    }
    if let Some(cause) = &reading.stopped {
        tell_stop(cause, reading.status, progress);
    }
    let Reading { inventory, audit, stopped, status: of_reading } = &reading;
    let mut object = summary::finish(&folder, inventory, audit, *of_reading, stopped.is_some(), progress);
    let mut pages = Lines::default();
    match taken {
        Some(Ok(taken)) => {
            taken.lines().into_iter().for_each(|line| progress.note(format!("snapshot: {line}")));
            if taken.stopped().is_none() {
                taken.incomplete_reasons().into_iter().for_each(|line| progress.warn(format!("snapshot: {line}")));
            }
            object = summary::with_snapshot(object, taken.json());
            pages.push_path(taken.index());
        }
        Some(Err(failure)) => {
            object = summary::with_snapshot(object, failed_half(&failure));
            progress.error(failure.lines());
        }
        None => {}
    }
    pages.push_path(folder.join("index.html"));
    Ok(Outcome::new(status, format, object, || pages))
}

/// What the manifest of the audit says of the snapshot taken in the same run.
fn half_of_snapshot(done: &Result<Taken, Failure>, status: ExitStatus) -> Value {
    let mut half = done.as_ref().map_or_else(failed_half, Taken::json);
    half["exit_code"] = status.code().into();
    half
}

/// A snapshot that was not taken.
fn failed_half(failure: &Failure) -> Value {
    let error = json!({"what": failure.what, "why": failure.why, "remedy": failure.remedy});
    json!({"complete": false, "incomplete_reasons": [failure.what], "error": error})
}

/// Measures the pages of what was read.
async fn measure(
    reading: &mut Reading,
    mut measuring: Measuring<'_>,
    session: &Session,
    progress: &Progress,
) -> Result<Taken, Failure> {
    let Reading { inventory, audit, stopped, .. } = reading;
    let (api, crawl, stopped) = (&session.api, &session.crawl, stopped.clone());
    measuring.take(Read { api, crawl, inventory, audit: Some(audit), stopped }, progress).await
}

/// Writes the report folder.
fn write(reading: &Reading, config: &Config) -> Result<PathBuf, Failure> {
    let facts = RunFacts {
        local_time: chrono::Local::now().fixed_offset(),
        exit_code: reading.status.code(),
        stopped: reading.stopped.as_ref().map(ToString::to_string),
        quota_bytes: config.quota,
        options: options_for_people(config),
        audit: config.audit.clone(),
    };
    Ok(report::write(&config.output, &facts, &reading.inventory, &reading.audit)?)
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
