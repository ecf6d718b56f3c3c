//! `demo`: a complete audit and snapshot over HTTP of the built-in sample site, which the program serves on loopback.

use chrono::{DateTime, TimeDelta, Utc};

use super::audit;
use super::snapshot::{SnapshotRun, replay};
use crate::cli::DemoArgs;
use crate::config::{Config, Environment, SnapshotConfig};
use crate::error::{ExitStatus, Failure, Outcome, OutputFormat};
use crate::progress::Progress;
use crate::report::OutputError;
use crate::support::private_files;
use confluence_sim::{DemoServer, SAMPLE_BASE, Site, sample_site, weeks_ago};

/// Number of earlier weeks that are also measured, so that the demo has a history.
const WEEKS: u32 = 12;
/// The week without a snapshot, counted back from now.
const MISSED: u32 = 7;
/// The week with an incomplete snapshot, counted back from now.
const INCOMPLETE: u32 = 4;

/// Serves the sample site, audits it and measures its pages.
pub(crate) async fn run(
    args: &DemoArgs,
    environment: &Environment<'_>,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let now = Utc::now();
    let site = sample_site(now);
    let snapshot = SnapshotConfig::default();
    let server = serve(site.clone()).await?;
    progress.note(format!("sample site at {}", server.base_url()));
    let config = config(&server, args, environment)?;
    // other commands refuse a missing folder; a newcomer's first command should not fail on that
    private_files::create_folders(&config.output).map_err(|error| OutputError(error.into()))?;
    let mut snapshot_run = SnapshotRun::prepare(&config, &snapshot, SAMPLE_BASE, progress)?;
    if snapshot_run.is_new() {
        progress.phase("measuring earlier weeks", Some(u64::from(WEEKS)));
        for weeks in (1..=WEEKS).rev() {
            if weeks != MISSED {
                earlier_week(&mut snapshot_run, &site, now, weeks, args, environment).await?;
            }
            progress.advance(1);
        }
    }
    audit::audit_and_measure(&config, Some(snapshot_run), format, progress).await
}

/// Takes the snapshot of the site as it was `weeks` weeks ago.
async fn earlier_week(
    snapshot_run: &mut SnapshotRun<'_>,
    site: &Site,
    now: DateTime<Utc>,
    weeks: u32,
    args: &DemoArgs,
    environment: &Environment<'_>,
) -> Result<(), Failure> {
    let mut past = weeks_ago(site, now, weeks);
    if weeks == INCOMPLETE {
        past.behaviour.refuse_footer_comments();
    }
    let server = serve(past).await?;
    let config = config(&server, args, environment)?;
    replay(&config, snapshot_run, now - TimeDelta::weeks(i64::from(weeks))).await
}

async fn serve(site: Site) -> Result<DemoServer, Failure> {
    DemoServer::start(site).await.map_err(|error| {
        Failure::new(ExitStatus::Internal, "cannot serve the sample site on this computer").because(error.to_string())
    })
}

fn config(server: &DemoServer, args: &DemoArgs, environment: &Environment<'_>) -> Result<Config, Failure> {
    Config::for_sample_site(server.base_url(), &server.user(), server.token().into(), args, environment)
}
