//! `snapshot`: measures the pages of the chosen spaces and keeps this week's row of each.

mod clock;
mod history;
mod import;
mod measured;
mod publish;
mod run_facts;
mod scope;
mod summary;
mod take;

use chrono::{DateTime, Utc};

pub(super) use measured::Read;
pub(super) use publish::publish;
pub(super) use summary::Taken;
pub(super) use take::Measuring;

use super::session::{Session, connect, status_of_stop};
use crate::config::{Config, SnapshotConfig};
use crate::error::{ExitStatus, Failure, Outcome, OutputFormat};
use crate::inventory::snapshot::{MetricGroup, SnapshotFacts, list_pages, plan_snapshot, take_pages};
use crate::inventory::workflow::WorkflowCost;
use crate::inventory::{CrawlError, Inventory, remember_run};
use crate::progress::Progress;
use confluence_client::RequestError;

/// Measures the pages, writes files and dashboard. The history is locked and checked before the first request.
pub(crate) async fn run(
    config: &Config,
    snapshot: &SnapshotConfig,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    if config.dry_run {
        return dry_run(config, snapshot, format, progress).await;
    }
    let mut measuring = Measuring::prepare(config, snapshot, &config.connection.base_url, progress)?;
    let mut session = Session::open(config, progress)?;
    session.crawl.admission = Some(measuring.admission(progress));
    let Session { api, crawl, signals } = &session;
    let result = take_pages(api, crawl, &snapshot.metrics, progress).await;
    session.tell_cache_remarks(progress);
    let (mut inventory, stopped) = usable(result).map_err(|failure| signals.explain(failure))?;
    let read = Read { api, crawl, inventory: &mut inventory, audit: None, stopped };
    let taken = measuring.take(read, progress).await;
    if let Some(cache) = &crawl.cache {
        cache.sync();
    }
    if taken.as_ref().is_ok_and(|taken| taken.complete)
        && let Err(error) = remember_run(crawl, &inventory)
    {
        progress.warn(format!("{error}; the next run is compared with an older one, or with none"));
    }
    let mut taken = taken.map_err(|failure| signals.explain(failure))?;
    taken.status = signals.decide([taken.status]);
    progress.finish();
    Ok(taken.outcome(&inventory, format, progress))
}

/// Takes the snapshot of a site as it was at `moment`: for the sample site, whose past is known.
pub(super) async fn replay(
    config: &Config,
    measuring: &mut Measuring<'_>,
    moment: DateTime<Utc>,
) -> Result<(), Failure> {
    let (api, crawl, progress) = (connect(config)?, &config.crawl, Progress::silent());
    let result = take_pages(&api, crawl, measuring.groups(), &progress).await;
    let (mut inventory, stopped) = usable(result)?;
    inventory.scan.started_at = moment;
    let read = Read { api: &api, crawl, inventory: &mut inventory, audit: None, stopped };
    measuring.take(read, &progress).await.map(drop)
}

/// What was read, and why it stopped on the way.
fn usable(result: Result<Inventory, CrawlError>) -> Result<(Inventory, Option<RequestError>), Failure> {
    match result {
        Ok(inventory) => Ok((inventory, None)),
        Err(CrawlError::Stopped { inventory, cause }) => Ok((*inventory, Some(cause))),
        Err(error) => Err(Failure::from(&error)),
    }
}

/// Says what a snapshot would take: reads the lists, writes nothing.
async fn dry_run(
    config: &Config,
    snapshot: &SnapshotConfig,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let Session { api, crawl, signals } = Session::look(config, progress)?;
    let groups = &snapshot.metrics;
    let result = list_pages(&api, &crawl, groups, progress).await;
    let (inventory, stopped) = usable(result).map_err(|failure| signals.explain(failure))?;
    let chosen = scope::chosen(&inventory, config, snapshot)?;
    let plan = plan_snapshot(&api, &inventory, &crawl, groups, &chosen);
    let workflow = groups.has(MetricGroup::Workflow).then(|| {
        let nothing_read = SnapshotFacts::default();
        let pages = scope::workflow_pages(&inventory, &nothing_read, &chosen, None);
        WorkflowCost::of(&api, &pages, &snapshot.workflow)
    });
    progress.finish();
    // a plan from lists with gaps is too small, and must not look whole
    let incomplete = (stopped.is_some() || !inventory.coverage.is_complete()).then_some(ExitStatus::Incomplete);
    let status = signals.decide(stopped.as_ref().map(status_of_stop).into_iter().chain(incomplete));
    Ok(summary::plan(&inventory, &plan, workflow.as_ref(), status, format))
}
