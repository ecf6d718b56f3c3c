//! `doctor`: says before a run what it would lack, and what that costs.

use std::path::Path;

use serde_json::json;

use super::session::connect;
use crate::config::{Config, Loaded};
use crate::doctor::{self, Answered, Finding, State};
use crate::error::{ExitStatus, Failure, Outcome, OutputFormat};
use crate::progress::{Progress, Width};
use crate::support::visible::{Lines, visible};

/// Checks the site of a configuration, or asks it the open questions.
pub(crate) async fn run(
    loaded: &Loaded<Config>,
    probe: bool,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let api = connect(&loaded.value)?;
    progress.phase("looking at the site", None);
    let mut diagnosis = doctor::examine(&api).await;
    let status = diagnosis.status();
    if probe && !matches!(status, ExitStatus::Authentication | ExitStatus::Unreachable) {
        let answers = doctor::probe(&api, progress).await;
        progress.finish();
        return Ok(Outcome::new(ExitStatus::Complete, format, shareable(&answers), || sheet(&answers)));
    }
    progress.finish();
    diagnosis.findings.splice(0..0, configuration(loaded));
    let object = json!({"findings": diagnosis.findings});
    Ok(Outcome::new(status, format, object, || lines(&diagnosis.findings, Width::of_stdout())))
}

/// What is known before anything is sent.
fn configuration(loaded: &Loaded<Config>) -> Vec<Finding> {
    let place = loaded.file.as_deref().map(Path::display);
    let from = place.map_or_else(|| "the environment and options".to_owned(), |file| file.to_string());
    let connection = &loaded.value.connection;
    let mut findings = vec![
        Finding::new("configuration", State::Good, format!("read from {from}")),
        Finding::new("site", State::Good, format!("{} as {}", connection.base_url, connection.credentials.user())),
    ];
    for warning in &loaded.warnings {
        let finding = Finding::new("configuration", State::Note, warning.to_string());
        findings.push(Finding { remedy: warning.remedy(), ..finding });
    }
    findings
}

fn lines(findings: &[Finding], width: Width) -> Lines {
    let mut lines = Lines::default();
    // what was found may be a server's words, which must not end the line before it is broken
    let mut row =
        |line: &str, hanging| width.wrap_row(&visible(line), hanging).lines().for_each(|part| lines.push(part));
    for finding in findings {
        let line = format!("{:8} {}: {}", finding.state.word(), finding.subject, finding.found);
        row(&line, 9);
        for (mark, more) in [("costs", &finding.cost), ("remedy", &finding.remedy)] {
            if let Some(more) = more {
                row(&format!("         {mark}: {more}"), 11);
            }
        }
    }
    lines
}

/// The answers without anything that tells whose site it is.
fn shareable(answers: &[Answered]) -> serde_json::Value {
    json!({
        "format": "confluence-storage-analyzer probe",
        "version": 1,
        "program_version": env!("CARGO_PKG_VERSION"),
        "answers": answers,
    })
}

fn sheet(answers: &[Answered]) -> Lines {
    let mut lines = Lines::new(format_args!("probe of confluence-storage-analyzer {}", env!("CARGO_PKG_VERSION")));
    for answer in answers {
        let measured = serde_json::Value::Object(answer.measured.clone());
        lines.push("");
        lines.push(format_args!("{} ({})", answer.question, answer.id));
        lines.push(format_args!("  {}", answer.answer));
        lines.push(format_args!("  {measured}"));
    }
    lines
}
