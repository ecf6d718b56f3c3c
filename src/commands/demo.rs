//! `demo`: audit and snapshot in full, over real HTTP, against the sample site served by the program itself on loopback.

use chrono::{DateTime, TimeDelta, Utc};

use super::audit;
use super::snapshot::{Measuring, replay};
use crate::cli::DemoArgs;
use crate::config::{Config, SnapshotConfig, Surroundings};
use crate::error::{ExitStatus, Failure, Outcome, OutputFormat};
use crate::progress::Progress;
use crate::report::OutputError;
use crate::support::private;
use confluence_sim::{DemoServer, SAMPLE_BASE, Site, sample_site, weeks_ago};

/// Weeks before this one that the sample site is measured in as well, so that there is a history to look at.
const WEEKS: u32 = 12;
/// The week in which nobody took a snapshot.
const MISSED: u32 = 7;
/// The week in which not everything could be read.
const INCOMPLETE: u32 = 4;

/// Serves the sample site for as long as it takes to audit and measure it.
pub(crate) async fn run(
    args: &DemoArgs,
    around: &Surroundings<'_>,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let now = Utc::now();
    let site = sample_site(now);
    let snapshot = SnapshotConfig::default();
    let server = serve(site.clone()).await?;
    progress.note(format!("sample site at {}", server.base_url()));
    let config = config(&server, args, around)?;
    // nothing of a real site is at stake, and a newcomer should not stumble over a folder
    private::create_folders(&config.output).map_err(|error| OutputError(error.into()))?;
    let mut measuring = Measuring::prepare(&config, &snapshot, SAMPLE_BASE, progress)?;
    if measuring.is_new() {
        progress.phase("measuring earlier weeks", Some(u64::from(WEEKS)));
        for weeks in (1..=WEEKS).rev() {
            if weeks != MISSED {
                earlier_week(&mut measuring, &site, now, weeks, args, around).await?;
            }
            progress.advance(1);
        }
    }
    audit::audit_and_measure(&config, Some(measuring), format, progress).await
}

/// Measures the site as it was some weeks ago.
async fn earlier_week(
    measuring: &mut Measuring<'_>,
    site: &Site,
    now: DateTime<Utc>,
    weeks: u32,
    args: &DemoArgs,
    around: &Surroundings<'_>,
) -> Result<(), Failure> {
    let mut past = weeks_ago(site, now, weeks);
    if weeks == INCOMPLETE {
        past.behaviour.refuse_footer_comments();
    }
    let server = serve(past).await?;
    let config = config(&server, args, around)?;
    replay(&config, measuring, now - TimeDelta::weeks(i64::from(weeks))).await
}

async fn serve(site: Site) -> Result<DemoServer, Failure> {
    DemoServer::start(site).await.map_err(|error| {
        Failure::new(ExitStatus::Internal, "the sample site cannot be served on this machine")
            .because(error.to_string())
    })
}

fn config(server: &DemoServer, args: &DemoArgs, around: &Surroundings<'_>) -> Result<Config, Failure> {
    Config::for_sample_site(server.base_url(), &server.user(), server.token().into(), args, around)
}
