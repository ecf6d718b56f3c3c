//! `demo --serve`: keeps the sample site up, to try the program and its credentials.

use std::io::{self, Write as _};

use chrono::Utc;
use serde_json::{Map, Value, json};

use super::sample_server::{self, AccessWay, SampleServer};
use crate::commands::signals::SignalHandler;
use crate::error::{ExitStatus, Failure, Outcome, OutputFormat};
use crate::progress::Progress;
use crate::support::formatting::shell_word;
use crate::support::visible_text::Lines;
use confluence_client::Deployment;

/// Serves the sample site until a signal is received. What is needed to read it is printed at once.
pub(super) async fn run(deployment: Deployment, format: OutputFormat, progress: &Progress) -> Result<Outcome, Failure> {
    let signals = SignalHandler::watch(progress.clone());
    let server = SampleServer::start(deployment, sample_server::site(deployment, Utc::now())).await?;
    let ways = server.ways();
    let shown = Outcome::new(ExitStatus::Complete, format, as_json(&server, &ways), || as_text(&server, &ways));
    let mut stdout = io::stdout().lock();
    stdout.write_all(&shown.stdout).and_then(|()| stdout.flush()).map_err(|error| {
        Failure::new(ExitStatus::Storage, "cannot write to standard output").because(error.to_string())
    })?;
    drop(stdout);
    match signals.wait().await {
        // this is how serving ends
        ExitStatus::Interrupted => Ok(Outcome::complete(Vec::new())),
        status => Ok(Outcome { status, stdout: Vec::new() }),
    }
}

fn as_json(server: &SampleServer, ways: &[AccessWay]) -> Value {
    let variables = |way: &AccessWay| -> Map<String, Value> {
        way.variables.iter().map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str()))).collect()
    };
    let ways: Vec<Value> = ways.iter().map(|way| json!({"kind": way.kind, "variables": variables(way)})).collect();
    json!({"base_url": server.base_url(), "access": ways})
}

fn as_text(server: &SampleServer, ways: &[AccessWay]) -> Lines {
    let head = format!("The sample site is at {} for this computer only, until Ctrl-C.", server.base_url());
    let mut lines = Lines::new(head).and("In another terminal, read it with one of these:");
    for way in ways {
        let set = way.variables.iter().map(|(name, value)| format!("{name}={}", shell_word(value)));
        lines = lines
            .and("")
            .and(format_args!("# {}", way.kind))
            .and(format_args!("{} confluence-storage-analyzer doctor", set.collect::<Vec<_>>().join(" ")));
    }
    lines
}
