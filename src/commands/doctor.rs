//! `doctor`: reports before a run what it could not read, and what the result would lose.

use std::io::Write as _;
use std::path::Path;

use serde_json::json;

use crate::cli::DoctorArgs;
use crate::config::{Config, LoadedConfig};
use crate::doctor::{self, CheckResult, CheckState, Diagnosis, ProbeResult, ProbedSite, Sample};
use crate::error::{ExitStatus, Failure, Outcome, OutputFormat};
use crate::progress::{Progress, Width};
use crate::support::private_files;
use crate::support::visible_text::{Lines, visible};
use confluence_client::{Api, ConnectionSettings};

/// Checks the site of a configuration; with `--probe`, also probes undocumented behaviour of its API.
pub(crate) async fn run(
    loaded: &LoadedConfig<Config>,
    args: &DoctorArgs,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    if let Some(file) = &args.sample {
        refuse_existing(file)?;
    }
    progress.phase("connecting", None);
    let settings = &loaded.value.connection;
    let api = match Api::connect(settings.clone()).await {
        Ok(api) => api,
        Err(error) => {
            progress.finish();
            return Ok(outcome(loaded, doctor::without_connection(&error), format));
        }
    };
    let site = if args.sample.is_some() { ProbedSite::recorded(&api) } else { ProbedSite::new(&api) };
    progress.phase("checking the site", None);
    let mut diagnosis = doctor::examine(&site).await;
    let status = diagnosis.status();
    if args.probe && !matches!(status, ExitStatus::Authentication | ExitStatus::Unreachable) {
        let answers = doctor::probe(&site, progress).await;
        progress.finish();
        let sample = doctor::sample(site, &answers);
        if let (Some(file), Some(sample)) = (&args.sample, sample) {
            write_sample(file, &sample)?;
            progress.note("the sample has no name, text, id or address; read it before you pass it on");
        }
        let sample = args.sample.as_deref();
        let object = probe_json(&answers, sample);
        return Ok(Outcome::new(ExitStatus::Complete, format, object, || probe_text(&answers, sample)));
    }
    progress.finish();
    diagnosis.findings.splice(0..0, doctor::describe_connection(settings, &api));
    Ok(outcome(loaded, diagnosis, format))
}

/// Returns the results of all checks, those of the configuration first.
fn outcome(loaded: &LoadedConfig<Config>, mut diagnosis: Diagnosis, format: OutputFormat) -> Outcome {
    let status = diagnosis.status();
    diagnosis.findings.splice(0..0, configuration(loaded));
    let object = json!({"findings": diagnosis.findings});
    Outcome::new(status, format, object, || lines(&diagnosis.findings, Width::of_stdout()))
}

/// Refuses a name that is taken, before the first request.
fn refuse_existing(file: &Path) -> Result<(), Failure> {
    if file.symlink_metadata().is_err() {
        return Ok(());
    }
    Err(Failure::usage(format!("--sample: {} exists already", file.display()))
        .because("a sample never replaces a file")
        .remedy("choose another name, or delete that file"))
}

/// Writes a sample, readable by its owner only.
fn write_sample(file: &Path, sample: &Sample) -> Result<(), Failure> {
    let failed = |why: String| {
        Failure::new(ExitStatus::Storage, "cannot write the sample")
            .because(why)
            .remedy("choose a file in a folder that you may write to")
    };
    let text = sample.to_json().map_err(|error| failed(error.to_string()))?;
    let mut out = private_files::create_file(file).map_err(|error| failed(error.to_string()))?;
    out.write_all(text.as_bytes()).and_then(|()| out.sync_all()).map_err(|error| failed(error.to_string()))
}

/// Returns the results that need no request: where the configuration comes from, and warnings about it.
fn configuration(loaded: &LoadedConfig<Config>) -> Vec<CheckResult> {
    let place = loaded.file.as_deref().map(Path::display);
    let from = place.map_or_else(|| "the environment and options".to_owned(), |file| file.to_string());
    let connection = &loaded.value.connection;
    let mut findings = vec![
        CheckResult::new("configuration", CheckState::Good, format!("read from {from}")),
        CheckResult::new("site", CheckState::Good, site_and_user(connection)),
    ];
    for warning in &loaded.warnings {
        let finding = CheckResult::new("configuration", CheckState::Note, warning.to_string());
        findings.push(CheckResult { remedy: warning.remedy(), ..finding });
    }
    findings
}

/// Returns the configured site, and the user or client id if there is one.
fn site_and_user(connection: &ConnectionSettings) -> String {
    match connection.credentials.user() {
        "" => connection.base_url.clone(),
        user => format!("{} as {user}", connection.base_url),
    }
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
fn probe_json(answers: &[ProbeResult], sample: Option<&Path>) -> serde_json::Value {
    let mut object = json!({
        "format": "confluence-storage-analyzer probe",
        "version": 1,
        "program_version": env!("CARGO_PKG_VERSION"),
        "answers": answers,
    });
    if let Some(file) = sample {
        object["sample"] = file.display().to_string().into();
    }
    object
}

fn probe_text(answers: &[ProbeResult], sample: Option<&Path>) -> Lines {
    let mut lines = Lines::new(format_args!("probe of confluence-storage-analyzer {}", env!("CARGO_PKG_VERSION")));
    for answer in answers {
        let measured = serde_json::Value::Object(answer.measured.clone());
        lines.push("");
        lines.push(format_args!("{} ({})", answer.question, answer.id));
        lines.push(format_args!("  {}", answer.answer));
        lines.push(format_args!("  {measured}"));
    }
    lines = Width::of_stdout().wrap_lines(&lines);
    if let Some(file) = sample {
        lines.push("");
        lines.push(file.display());
    }
    lines
}
