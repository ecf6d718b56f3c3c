//! `doctor`: reports before a run what it could not read, and what the result would lose.

use std::path::Path;

use serde_json::json;

use super::run_context::connect;
use crate::config::{Config, LoadedConfig};
use crate::doctor::{self, CheckResult, CheckState, ProbeResult};
use crate::error::{ExitStatus, Failure, Outcome, OutputFormat};
use crate::progress::{Progress, Width};
use crate::support::visible_text::{Lines, visible};

/// Checks the site of a configuration; with `probe`, also probes undocumented behaviour of its API.
pub(crate) async fn run(
    loaded: &LoadedConfig<Config>,
    probe: bool,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let api = connect(&loaded.value)?;
    progress.phase("checking the site", None);
    let mut diagnosis = doctor::examine(&api).await;
    let status = diagnosis.status();
    if probe && !matches!(status, ExitStatus::Authentication | ExitStatus::Unreachable) {
        let answers = doctor::probe(&api, progress).await;
        progress.finish();
        return Ok(Outcome::new(ExitStatus::Complete, format, probe_json(&answers), || probe_text(&answers)));
    }
    progress.finish();
    diagnosis.findings.splice(0..0, configuration(loaded));
    let object = json!({"findings": diagnosis.findings});
    Ok(Outcome::new(status, format, object, || lines(&diagnosis.findings, Width::of_stdout())))
}

/// Returns the results that need no request: where the configuration comes from, and warnings about it.
fn configuration(loaded: &LoadedConfig<Config>) -> Vec<CheckResult> {
    let place = loaded.file.as_deref().map(Path::display);
    let from = place.map_or_else(|| "the environment and options".to_owned(), |file| file.to_string());
    let connection = &loaded.value.connection;
    let mut findings = vec![
        CheckResult::new("configuration", CheckState::Good, format!("read from {from}")),
        CheckResult::new(
            "site",
            CheckState::Good,
            format!("{} as {}", connection.base_url, connection.credentials.user()),
        ),
    ];
    for warning in &loaded.warnings {
        let finding = CheckResult::new("configuration", CheckState::Note, warning.to_string());
        findings.push(CheckResult { remedy: warning.remedy(), ..finding });
    }
    findings
}

fn lines(findings: &[CheckResult], width: Width) -> Lines {
    let mut lines = Lines::default();
    // a result may quote the server: make line breaks in it visible before wrapping
    let mut row =
        |line: &str, hanging| width.wrap_row(&visible(line), hanging).lines().for_each(|part| lines.push(part));
    for finding in findings {
        let line = format!("{:8} {}: {}", finding.state.word(), finding.subject, finding.found);
        row(&line, 9);
        for (mark, more) in [("effect", &finding.cost), ("remedy", &finding.remedy)] {
            if let Some(more) = more {
                row(&format!("         {mark}: {more}"), 11);
            }
        }
    }
    lines
}

/// Returns the JSON object of `--probe`, without anything that identifies the site.
fn probe_json(answers: &[ProbeResult]) -> serde_json::Value {
    json!({
        "format": "confluence-storage-analyzer probe",
        "version": 1,
        "program_version": env!("CARGO_PKG_VERSION"),
        "answers": answers,
    })
}

fn probe_text(answers: &[ProbeResult]) -> Lines {
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
