//! `demo`: audit and snapshot in full, over real HTTP, against the sample site served by the program itself on loopback.

use chrono::Utc;

use super::audit;
use crate::cli::DemoArgs;
use crate::config::{Config, SnapshotConfig, Surroundings};
use crate::demo::{DemoServer, FaultPlan, sample_site};
use crate::error::{ExitStatus, Failure, Outcome};
use crate::progress::Progress;

/// Serves the sample site for as long as it takes to audit it.
pub(crate) async fn run(
    args: &DemoArgs,
    around: &Surroundings<'_>,
    json: bool,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let server = DemoServer::start(sample_site(Utc::now()), FaultPlan::none()).await.map_err(|error| {
        Failure::new(ExitStatus::Internal, "the sample site cannot be served on this machine")
            .because(error.to_string())
    })?;
    progress.note(format!("sample site at {}", server.base_url()));
    let token = server.token().into();
    let config = Config::for_sample_site(server.base_url(), &server.user(), token, args, around)?;
    audit::run(&config, Some(&SnapshotConfig::defaults()?), json, progress).await
}
