//! `snapshot`: measures the pages of the chosen spaces and records one row per page for this week.

mod clock;
mod history;
mod import;
mod publish;
mod scope;
mod snapshot_run;
mod stored_run_facts;
mod summary;
mod week_rows;

use chrono::{DateTime, Utc};

pub(super) use publish::publish;
pub(super) use snapshot_run::{PreparedSnapshot, SnapshotRun};
pub(super) use summary::SnapshotResult;
pub(super) use week_rows::SnapshotInput;

use super::metrics_file::{self, MetricsFile, RunJobs};
use super::run_context::{RunContext, connect, status_of_stop};
use crate::config::{Config, SnapshotConfig};
use crate::error::{ExitStatus, Failure, Outcome, OutputFormat};
use crate::inventory::snapshot::{MetricGroup, SnapshotFacts, list_pages, plan_snapshot, read_page_inventory};
use crate::inventory::workflow::WorkflowCost;
use crate::inventory::{CrawlError, Inventory, save_run};
use crate::openmetrics::MetricsPage;
use crate::progress::Progress;
use crate::support::visible_text::Lines;
use confluence_client::RequestError;

/// Measures the pages and writes files and dashboard. Locks and checks an existing history before the first request.
pub(crate) async fn run(
    config: &Config,
    snapshot: &SnapshotConfig,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    if config.dry_run {
        return dry_run(config, snapshot, format, progress).await;
    }
    let metrics_file = MetricsFile::prepare(config, RunJobs::Snapshot)?;
    metrics_file.with_failure(read_and_write(config, snapshot, format, progress).await, progress)
}

/// Does the same for a run that sends its requests and writes its files.
async fn read_and_write(
    config: &Config,
    snapshot: &SnapshotConfig,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let prepared = PreparedSnapshot::new(config, snapshot, progress)?;
    let mut context = RunContext::open(config, progress).await?;
    let mut snapshot_run = prepared.of_site(context.api.address().base_url(), progress)?;
    context.crawl.admission = Some(snapshot_run.admission(progress));
    let RunContext { api, crawl, signals, .. } = &context;
    let result = read_page_inventory(api, crawl, &snapshot.metrics, progress).await;
    context.show_cache_warnings(progress);
    let (mut inventory, stopped) = split_result(result).map_err(|failure| signals.explain(failure))?;
    let read = SnapshotInput { api, crawl, inventory: &mut inventory, audit: None, stopped };
    let taken = snapshot_run.take(read, progress).await;
    if let Some(cache) = &crawl.cache {
        cache.sync();
    }
    if taken.as_ref().is_ok_and(|taken| taken.complete)
        && let Err(error) = save_run(crawl, &inventory)
    {
        progress.warn(format!("{error}; the next run is compared with an older run, or with none"));
    }
    let mut taken = taken.map_err(|failure| signals.explain(failure))?;
    taken.status = signals.decide([taken.status]);
    progress.finish();
    let mut object = taken.print(&inventory, progress);
    if let Some(path) = &config.openmetrics {
        let (site, metrics) = (inventory.scan.base_url.clone(), taken.metrics(&inventory));
        let page = MetricsPage { site, audit: None, snapshot: Some(metrics) };
        let failed = metrics_file::write(path, &page, &mut object, progress);
        taken.status = signals.decide([taken.status].into_iter().chain(failed));
    }
    Ok(Outcome::new(taken.status, format, object, || Lines::of_path(taken.index())))
}

/// Takes a snapshot dated `moment`: for the sample site, whose earlier states can be served.
pub(super) async fn replay(
    config: &Config,
    snapshot_run: &mut SnapshotRun<'_>,
    moment: DateTime<Utc>,
) -> Result<(), Failure> {
    let (api, crawl, progress) = (connect(config).await?, &config.crawl, Progress::silent());
    let result = read_page_inventory(&api, crawl, snapshot_run.groups(), &progress).await;
    let (mut inventory, stopped) = split_result(result)?;
    inventory.scan.started_at = moment;
    let read = SnapshotInput { api: &api, crawl, inventory: &mut inventory, audit: None, stopped };
    snapshot_run.take(read, &progress).await.map(drop)
}

/// Returns what was read and, if the crawl stopped early, why.
fn split_result(result: Result<Inventory, CrawlError>) -> Result<(Inventory, Option<RequestError>), Failure> {
    match result {
        Ok(inventory) => Ok((inventory, None)),
        Err(CrawlError::Stopped { inventory, cause }) => Ok((*inventory, Some(cause))),
        Err(error) => Err(Failure::from(&error)),
    }
}

/// Prints the requests that a snapshot would send; reads the lists and writes nothing.
async fn dry_run(
    config: &Config,
    snapshot: &SnapshotConfig,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let context = RunContext::open_read_only(config, progress).await?;
    let RunContext { api, crawl, signals, .. } = &context;
    let groups = &snapshot.metrics;
    let result = list_pages(api, crawl, groups, progress).await;
    let (inventory, stopped) = split_result(result).map_err(|failure| signals.explain(failure))?;
    let chosen = scope::chosen_spaces(&inventory, config, snapshot)?;
    let plan = plan_snapshot(api, &inventory, crawl, groups, &chosen);
    let workflow = groups.has(MetricGroup::Workflow).then(|| {
        let nothing_read = SnapshotFacts::default();
        let pages = scope::workflow_pages(&inventory, &nothing_read, &chosen, None);
        WorkflowCost::of(api, &pages, &snapshot.workflow)
    });
    progress.finish();
    // a plan from incomplete lists is too small, and must not look complete
    let incomplete = (stopped.is_some() || !inventory.coverage.is_complete()).then_some(ExitStatus::Incomplete);
    let status = signals.decide(stopped.as_ref().map(status_of_stop).into_iter().chain(incomplete));
    Ok(summary::plan(&inventory, &plan, workflow.as_ref(), status, format))
}
