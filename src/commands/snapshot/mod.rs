//! `snapshot`: measures the pages of the chosen spaces and keeps this week's row of each.

mod files;
mod options;
mod summary;
mod tables;
mod take;

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use url::Url;

pub(super) use summary::Taken;
pub(super) use take::{Measuring, Read, check_clock};

pub(super) use super::history::failure;

use super::audit::output_failure;
use super::session::{Session, connect, status_of_stop};
use crate::config::{Config, SnapshotConfig};
use crate::error::{ExitStatus, Failure, Outcome, OutputFormat};
use crate::history::{FOLDER, History, Imported};
use crate::inventory::snapshot::{MetricGroup, SnapshotFacts, plan_snapshot, take_pages};
use crate::inventory::workflow::WorkflowCost;
use crate::inventory::{CrawlError, Inventory};
use crate::progress::Progress;
use crate::report::{self, format::plural};
use confluence_client::RequestError;

/// How long a run waits for another one that writes the same history: not longer than writing takes.
const WAIT_FOR_OTHERS: Duration = Duration::from_secs(10);

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
    let session = Session::open(config, progress)?;
    let Session { api, crawl, signals } = &session;
    let began = Utc::now();
    let result = take_pages(api, crawl, &snapshot.metrics, progress).await;
    session.tell_cache_remarks(progress);
    let (mut inventory, stopped) = usable(result).map_err(|failure| signals.explain(failure))?;
    check_clock(began, inventory.scan.started_at, progress)?;
    let read = Read { api, crawl, inventory: &mut inventory, audit: None, stopped };
    let taken = measuring.take(read, progress).await;
    if let Some(cache) = &crawl.cache {
        cache.sync();
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

/// Opens the history, and takes over an old one when asked to.
fn open_history(
    config: &Config,
    site: &str,
    snapshot: &SnapshotConfig,
    progress: &Progress,
) -> Result<History, Failure> {
    report::check_writable(&config.output).map_err(|error| output_failure(&error))?;
    let folder = config.output.join(FOLDER);
    let mut history = History::open(&folder, Utc::now(), WAIT_FOR_OTHERS).map_err(|error| failure(&error))?;
    history.check_site(site, &former(site, &config.crawl.alias_hosts)).map_err(|error| failure(&error))?;
    history.remarks().iter().for_each(|remark| progress.warn(remark));
    if let Some(file) = &snapshot.import_history {
        let imported = history.import(file).map_err(|error| failure(&error))?;
        tell_imported(&imported, file, progress);
    }
    Ok(history)
}

/// Addresses the site had before: the same under each of its former hosts.
fn former(site: &str, alias_hosts: &[String]) -> Vec<String> {
    let Ok(address) = Url::parse(site) else { return Vec::new() };
    let under = |host: &String| {
        let mut address = address.clone();
        address.set_host(Some(host)).ok()?;
        Some(address.to_string())
    };
    alias_hosts.iter().filter_map(under).collect()
}

/// What taking over an old history came to.
fn tell_imported(imported: &Imported, file: &Path, progress: &Progress) {
    let file = file.display();
    if imported.already {
        progress.note(format!("{file} was taken over before"));
        return;
    }
    for problem in &imported.problems {
        progress.warn(problem);
    }
    if imported.more_problems > 0 {
        progress.warn(format!("{} more lines of {file} have such values", imported.more_problems));
    }
    if !imported.left_out.is_empty() {
        progress.warn(format!("{file} has columns that were left out: {}", imported.left_out.join(", ")));
    }
    let weeks = imported.weeks.len() as u64;
    progress.note(format!("taken over from {file}: {} of {}", rows(imported.rows), plural(weeks, "week", "weeks")));
    if !imported.present.is_empty() {
        let present = plural(imported.present.len() as u64, "week that is", "weeks that are");
        progress.note(format!("left alone: {present} in the history already"));
    }
}

fn rows(count: u64) -> String {
    plural(count, "row", "rows")
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
    let result = take_pages(&api, &crawl, groups, progress).await;
    let (inventory, stopped) = usable(result).map_err(|failure| signals.explain(failure))?;
    let chosen = options::chosen(&inventory, config, snapshot)?;
    let plan = plan_snapshot(&api, &inventory, &crawl, groups, &chosen);
    let workflow = groups.has(MetricGroup::Workflow).then(|| {
        let nothing_read = SnapshotFacts::default();
        let pages = options::workflow_pages(&inventory, &nothing_read, &chosen);
        WorkflowCost::of(&api, &pages, &snapshot.workflow)
    });
    progress.finish();
    // a plan from lists with gaps is too small, and must not look whole
    let incomplete = (stopped.is_some() || !inventory.coverage.is_complete()).then_some(ExitStatus::Incomplete);
    let status = signals.decide(stopped.as_ref().map(status_of_stop).into_iter().chain(incomplete));
    Ok(summary::plan(&inventory, &plan, workflow.as_ref(), status, format))
}
