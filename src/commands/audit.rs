//! `audit`: crawls the site, judges every attachment and writes the report folder.

use serde_json::{Value, json};

use super::audit_history::RunCount;
use super::audit_run::{AuditRun, crawl_and_audit};
use super::metrics_file::{self, MetricsFile, RunJobs};
use super::run_context::{RunContext, report_stop};
use super::snapshot::{PreparedSnapshot, SnapshotInput, SnapshotResult, SnapshotRun};
use super::{dry_run, previous_run, summary, thresholds, unfinished_reports};
use crate::audit::unmatched_protection_rules;
use crate::config::{Config, SnapshotConfig};
use crate::error::{ExitStatus, Failure, Outcome, OutputFormat};
use crate::openmetrics::{MetricsPage, SnapshotMetrics};
use crate::progress::Progress;
use crate::report::{self, ReportInput, RunFacts};
use crate::support::visible_text::Lines;

/// Audits a site and writes its report; with `snapshot`, also measures its pages from the same crawl. Checks that the
/// output folder is writable before the first request, and writes nothing unless the site accepts the credentials.
pub(crate) async fn run(
    config: &Config,
    snapshot: Option<&SnapshotConfig>,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    if config.dry_run {
        return dry_run::run(config, snapshot.is_some(), format, progress).await;
    }
    let jobs = if snapshot.is_some() { RunJobs::Both } else { RunJobs::Audit };
    let metrics_file = MetricsFile::prepare(config, jobs)?;
    metrics_file.with_failure(read_and_write(config, snapshot, format, progress).await, progress)
}

/// Does the same for a run that sends its requests and writes its files.
async fn read_and_write(
    config: &Config,
    snapshot: Option<&SnapshotConfig>,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let prepared = snapshot.map(|snapshot| PreparedSnapshot::new(config, snapshot, progress)).transpose()?;
    report::check_writable(&config.output)?;
    let context = RunContext::open(config, progress).await?;
    let site = context.api.address().base_url();
    let snapshot_run = prepared.map(|prepared| prepared.of_site(site, progress)).transpose()?;
    audit_and_measure(config, context, snapshot_run, format, progress).await
}

/// Does the work of [`run`] once the site is connected and the snapshot, if any, is prepared.
pub(super) async fn audit_and_measure(
    config: &Config,
    mut context: RunContext,
    snapshot_run: Option<SnapshotRun<'_>>,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    unfinished_reports::warn_of_unfinished_reports(&config.output, progress);
    context.crawl.admission = snapshot_run.as_ref().map(|snapshot_run| snapshot_run.admission(progress));
    let run = crawl_and_audit(&context.api, &context.crawl, &config.audit, progress).await;
    context.show_cache_warnings(progress);
    let mut run = run.map_err(|failure| context.signals.explain(failure))?;
    if config.verify_duplicates && run.stopped.is_none() {
        run.compare_duplicates(&context.api, &context.crawl, &config.audit, progress).await;
    }
    run.status = context.signals.decide([run.status]);
    let mut facts = facts(&run, config);
    facts.previous = previous_run::compare(&run, &facts, config, progress);
    facts.thresholds = thresholds::check(&config.fail_on, &run, facts.previous.as_ref());
    let met = thresholds::is_met(&facts.thresholds).then_some(ExitStatus::Threshold);
    run.status = context.signals.decide([run.status].into_iter().chain(met));
    facts.exit_code = run.status.code();
    progress.phase("writing the report", None);
    let count = RunCount::of(&run, facts.is_complete(&run.inventory, &run.audit), config);
    facts.audit_history = count.facts();
    let input = ReportInput { run: &facts, inventory: &run.inventory, audit: &run.audit };
    let folder = report::write_with(&config.output, input, config.formats)?;
    let mut status = ExitStatus::decide(count.commit(progress).into_iter().chain([run.status]));
    let mut taken = None;
    if let Some(snapshot_run) = snapshot_run {
        // the audit's report is already written: gaps of the snapshot do not belong to it
        let of_audit = run.inventory.coverage.clone();
        let done = measure(&mut run, snapshot_run, &context, progress).await;
        run.inventory.coverage = of_audit;
        let of_snapshot = match &done {
            Ok(taken) => taken.status,
            Err(failure) => failure.status,
        };
        status = context.signals.decide([status, of_snapshot]);
        if let Err(error) = report::add_snapshot(&folder, &snapshot_json(&done, of_snapshot)) {
            let failure = Failure::from(error);
            status = context.signals.decide([status, failure.status]);
            progress.error(failure.lines());
        }
        taken = Some(done);
    }
    progress.finish();
    for rule in unmatched_protection_rules(&run.inventory, &config.audit) {
        progress.warn(rule);
    }
    // a snapshot has already printed them
    if !matches!(taken, Some(Ok(_))) {
        run.inventory.coverage.warnings.iter().for_each(|warning| progress.warn(warning));
    }
    if let Some(cause) = &run.stopped {
        report_stop(cause, run.status, progress);
    }
    let AuditRun { inventory, audit, stopped, status: audit_status } = &run;
    let mut object = summary::finish(&folder, inventory, audit, *audit_status, stopped.is_some(), progress);
    object["thresholds"] = json!(facts.thresholds);
    object["previous"] = json!(facts.previous);
    thresholds::report(&facts, progress);
    let mut snapshot_metrics = None;
    let mut pages = Lines::default();
    match taken {
        Some(Ok(taken)) => {
            taken.lines().into_iter().for_each(|line| progress.note(format!("snapshot: {line}")));
            if taken.stopped().is_none() {
                taken.incomplete_reasons().into_iter().for_each(|line| progress.warn(format!("snapshot: {line}")));
            }
            object = summary::with_snapshot(object, taken.json());
            snapshot_metrics = Some(taken.metrics(inventory));
            pages.push_path(taken.index());
        }
        Some(Err(failure)) => {
            object = summary::with_snapshot(object, failed_snapshot_json(&failure));
            let run = metrics_file::run_end(inventory, false, failure.status);
            snapshot_metrics = Some(SnapshotMetrics { run, measured: None });
            progress.error(failure.lines());
        }
        None => {}
    }
    if let Some(path) = &config.openmetrics {
        let page = MetricsPage {
            site: inventory.scan.base_url.clone(),
            audit: Some(metrics_file::of_audit(inventory, audit, config.quota, *audit_status)),
            snapshot: snapshot_metrics,
        };
        let failed = metrics_file::write(path, &page, &mut object, progress);
        status = context.signals.decide([status].into_iter().chain(failed));
    }
    pages.push_path(folder.join("index.html"));
    Ok(Outcome::new(status, format, object, || pages))
}

/// Returns the entry in the audit's manifest about the snapshot taken in the same run.
fn snapshot_json(done: &Result<SnapshotResult, Failure>, status: ExitStatus) -> Value {
    let mut object = done.as_ref().map_or_else(failed_snapshot_json, SnapshotResult::json);
    object["exit_code"] = status.code().into();
    object
}

/// Returns the JSON object for a snapshot that was not taken.
fn failed_snapshot_json(failure: &Failure) -> Value {
    let error = json!({"what": failure.what, "why": failure.why, "remedy": failure.remedy});
    json!({"complete": false, "incomplete_reasons": [failure.what], "error": error})
}

/// Measures the pages of the crawl.
async fn measure(
    run: &mut AuditRun,
    mut snapshot_run: SnapshotRun<'_>,
    context: &RunContext,
    progress: &Progress,
) -> Result<SnapshotResult, Failure> {
    let AuditRun { inventory, audit, stopped, .. } = run;
    let (api, crawl, stopped) = (&context.api, &context.crawl, stopped.clone());
    snapshot_run.take(SnapshotInput { api, crawl, inventory, audit: Some(audit), stopped }, progress).await
}

/// Returns the facts of a run that is not yet compared with its thresholds.
fn facts(run: &AuditRun, config: &Config) -> RunFacts {
    RunFacts {
        local_time: chrono::Local::now().fixed_offset(),
        exit_code: run.status.code(),
        stopped: run.stopped.as_ref().map(ToString::to_string),
        quota_bytes: config.quota,
        previous: None,
        thresholds: Vec::new(),
        options: options_for_people(config),
        audit_history: None,
        audit: config.audit.clone(),
    }
}

/// Returns the options as the report shows them, without those at their default.
fn options_for_people(config: &Config) -> Vec<(String, String)> {
    let mut options = Vec::new();
    let mut list = |name: &str, values: &[String]| {
        if !values.is_empty() {
            options.push((name.to_owned(), values.join(", ")));
        }
    };
    list("spaces", &config.crawl.include_spaces);
    list("excluded spaces", &config.crawl.exclude_spaces);
    list("alias hosts", &config.crawl.alias_hosts);
    list("protected labels", &config.audit.protect_labels);
    list("protected names", &config.audit.protect_names);
    list("sheets of owners", &config.audit.protect_from);
    if config.crawl.references_within {
        options.push(("references".to_owned(), "read in the chosen spaces only".to_owned()));
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
    if !config.fail_on.is_empty() {
        let shown = config.fail_on.iter().map(|one| format!("{}={}", one.figure.name(), one.at_least));
        options.push(("fail on".to_owned(), shown.collect::<Vec<_>>().join(", ")));
    }
    options.push(("versions to keep".to_owned(), config.audit.keep_versions.to_string()));
    options
}
