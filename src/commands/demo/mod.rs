//! `demo`: a complete audit and snapshot over HTTP of the built-in sample site, which the program serves on loopback.

mod sample_server;
mod serve;

use chrono::{DateTime, TimeDelta, Utc};

use self::sample_server::SampleServer;
use super::audit;
use super::run_context::RunContext;
use super::snapshot::{PreparedSnapshot, SnapshotRun, replay};
use crate::cli::DemoArgs;
use crate::config::{Config, Environment, SnapshotConfig};
use crate::error::{Failure, Outcome, OutputFormat};
use crate::progress::Progress;
use crate::report::OutputError;
use crate::support::private_files;
use confluence_sim::{SAMPLE_BASE, Site, weeks_ago};

/// Number of earlier weeks that are also measured, so that the demo has a history.
const WEEKS: u32 = 12;
/// The week without a snapshot, counted back from now.
const MISSED: u32 = 7;
/// The week with an incomplete snapshot, counted back from now.
const INCOMPLETE: u32 = 4;

/// Serves the sample site, audits it and measures its pages; with `--serve`, only serves it.
pub(crate) async fn run(
    args: &DemoArgs,
    environment: &Environment<'_>,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    if args.serve {
        return serve::run(args.deployment, format, progress).await;
    }
    let now = Utc::now();
    let site = sample_server::site(args.deployment, now);
    // the same sample as another kind of site has another account
    let snapshot = SnapshotConfig { accept_account_change: true, ..SnapshotConfig::default() };
    let server = SampleServer::start(args.deployment, site.clone()).await?;
    progress.note(format!("sample site at {}", server.base_url()));
    let config = config(&server, args, environment)?;
    // other commands refuse a missing folder; a newcomer's first command should not fail on that
    private_files::create_folders(&config.output).map_err(|error| OutputError(error.into()))?;
    let mut snapshot_run = PreparedSnapshot::new(&config, &snapshot, progress)?.of_site(SAMPLE_BASE, progress)?;
    if snapshot_run.is_new() {
        progress.phase("measuring earlier weeks", Some(u64::from(WEEKS)));
        for weeks in (1..=WEEKS).rev() {
            if weeks != MISSED {
                earlier_week(&mut snapshot_run, &site, now, weeks, args, environment).await?;
            }
            progress.advance(1);
        }
    }
    let context = RunContext::open(&config, progress).await?;
    audit::audit_and_measure(&config, context, Some(snapshot_run), format, progress).await
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
    let server = SampleServer::start(args.deployment, past).await?;
    let config = config(&server, args, environment)?;
    replay(&config, snapshot_run, now - TimeDelta::weeks(i64::from(weeks))).await
}

fn config(server: &SampleServer, args: &DemoArgs, environment: &Environment<'_>) -> Result<Config, Failure> {
    let config = Config::for_sample_site(server.base_url(), server.credentials(), args, environment)?;
    // every server has another port
    Ok(Config { counted_as: Some(SAMPLE_BASE), ..config })
}
