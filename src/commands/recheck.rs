//! `recheck`: reads the site again and says which unreferenced files of a report still are.
//!
//! It is an audit of the complete site, not of the changes since the report: when a file or page is renamed, Confluence
//! rewrites the bodies that name it without a new version, so an unchanged version does not prove an unchanged body. What
//! can never change, the old versions of the files, comes from the report.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use super::audit_run::{AuditRun, crawl_and_audit};
use super::run_context::{RunContext, report_stop};
use super::{dry_run, saved_scans, summary, unfinished_reports};
use crate::cli::RecheckArgs;
use crate::config::{Config, Environment};
use crate::error::{ExitStatus, Failure, Outcome, OutputFormat};
use crate::inventory::{CrawlOptions, EarlierFiles, Inventory, PreflightCheck, PreflightFacts};
use crate::progress::Progress;
use crate::recheck::{self, RecheckInput, RecheckResult, RecheckedFiles};
use crate::report::format::{bytes, count, plural};
use crate::report::{self, RecheckReport, RunFacts, SavedAudit};
use crate::support::visible_text::Lines;

/// Number of files that are used now and named on the terminal.
const NAMED: usize = 3;

/// Returns the options of a crawl that rechecks these files of a report: it reads the complete site, whatever the report
/// covers, and judges only these files.
pub fn recheck_options(options: &CrawlOptions, before: &Inventory, files: &[usize]) -> CrawlOptions {
    let mut alias_hosts = options.alias_hosts.clone();
    // addresses on every host that the report knew stay addresses of this site
    alias_hosts.extend(before.scan.own_hosts.iter().filter(|host| !options.alias_hosts.contains(host)).cloned());
    let earlier = EarlierFiles::new(files.iter().map(|&file| &before.attachments[file]));
    CrawlOptions {
        alias_hosts,
        include_spaces: Vec::new(),
        exclude_spaces: Vec::new(),
        references_within: false,
        measures: None,
        // neither compared with audits nor saved as one: `LostItems` compares with the report
        results: None,
        earlier_files: Some(Arc::new(earlier)),
        admission: Some(same_site_and_account(before)),
        ..options.clone()
    }
}

/// Refuses another site, account or use of the admin key than those of the report, before anything is listed.
fn same_site_and_account(before: &Inventory) -> PreflightCheck {
    let then = before.scan.visibility();
    PreflightCheck::new(move |facts: &PreflightFacts| {
        let now = crate::inventory::Visibility::of_account(&facts.site, &facts.account);
        // which scopes are missing is known after the lists
        let then = crate::inventory::Visibility { missing_scopes: Vec::new(), ..then.clone() };
        let differences = now.with_admin_key(facts.admin_key).differences(&then);
        if differences.is_empty() {
            return Ok(());
        }
        Err(Failure::usage("this run would not see what the run of the report saw")
            .because(differences.join(", "))
            .remedy("use the site, the account and --admin-key as in the report, or run a new audit"))
    })
}

/// Rechecks the unreferenced files of a report, or those of a list, and writes the folder with the results.
pub(crate) async fn run(
    args: &RecheckArgs,
    mut config: Config,
    environment: &Environment<'_>,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let folder = environment.working_directory.join(&args.folder);
    let saved = saved_scans::read(&folder, None)?;
    let candidates = candidates_of(&saved)?;
    let files = match &args.files {
        None => candidates,
        Some(list) => listed_files(&environment.working_directory.join(list), &saved, &candidates)?,
    };
    if let Some(read_by) = saved.other_program() {
        progress
            .warn(format!("this report is of version {read_by} of this program; its files are judged by this version"));
    }
    config.crawl = recheck_options(&config.crawl, &saved.inventory, &files);
    config.crawl.verify_all |= saved.run.options.iter().any(|(name, value)| name == "verify" && value == "all");
    if config.dry_run {
        return dry_run::run(&config, false, format, progress).await;
    }
    report::check_writable(&config.output)?;
    let context = RunContext::open(&config, progress).await?;
    unfinished_reports::warn_of_unfinished_reports(&config.output, progress);
    let run = crawl_and_audit(&context.api, &context.crawl, &config.audit, progress).await;
    context.show_cache_warnings(progress);
    let mut run = run.map_err(|failure| context.signals.explain(failure))?;
    run.status = context.signals.decide([run.status]);
    progress.phase("writing the results", None);
    let facts = run_facts(args, &run, &config);
    let results = RecheckedFiles::of(RecheckInput {
        before: &saved.inventory,
        files: &files,
        now: &run.inventory,
        audit: &run.audit,
        complete: facts.is_complete(&run.inventory, &run.audit),
        accept_deleted: &args.accept_deleted,
    });
    let list_name = args.files.as_deref().map(name_of);
    let report = RecheckReport {
        run: &facts,
        inventory: &run.inventory,
        audit: &run.audit,
        results: &results,
        report: &saved,
        report_name: &name_of(&folder),
        list_name: list_name.as_deref(),
    };
    let written = report::write_recheck(&config.output, report).map_err(Failure::from)?;
    progress.finish();
    Ok(finish(&written, &report, &run, format, progress))
}

/// Returns the unreferenced files of a report. Fails if it has none, and says why.
fn candidates_of(saved: &SavedAudit) -> Result<Vec<usize>, Failure> {
    let nothing = || Failure::usage("this report calls no file unreferenced, so there is nothing to recheck");
    if !saved.is_complete() {
        let reasons = saved.run.incomplete_reasons(&saved.inventory, &saved.audit);
        return Err(nothing()
            .because(format!("it is incomplete: {}", reasons.join("; ")))
            .remedy("use the folder of a complete audit"));
    }
    let candidates = recheck::candidates(&saved.audit);
    match (candidates.is_empty(), saved.inventory.scan.references_within) {
        (false, _) => Ok(candidates),
        (true, true) => Err(nothing()
            .because("it searched references only in the chosen spaces (--references-within)")
            .remedy("use the folder of an audit without that option")),
        (true, false) => Err(nothing()),
    }
}

/// Reads a list of files and finds them among the unreferenced files of a report.
fn listed_files(list: &Path, saved: &SavedAudit, candidates: &[usize]) -> Result<Vec<usize>, Failure> {
    let failure = |why: String| {
        Failure::usage(format!("cannot recheck the files of {}", list.display()))
            .because(why)
            .remedy("use a list of this report: a table with the column Attachment ID, or one id per line")
    };
    let text = std::fs::read(list).map_err(|error| failure(error.to_string()))?;
    let listed = recheck::parse_file_list(&text).map_err(|error| failure(error.to_string()))?;
    recheck::find_listed(&listed, &saved.inventory, &saved.audit, candidates)
        .map_err(|problems| failure(recheck::problems_in_words(&problems)))
}

fn run_facts(args: &RecheckArgs, run: &AuditRun, config: &Config) -> RunFacts {
    let mut options = Vec::new();
    if let Some(list) = &args.files {
        options.push(("files".to_owned(), name_of(list)));
    }
    if !args.accept_deleted.is_empty() {
        options.push(("accepted as deleted".to_owned(), args.accept_deleted.join(", ")));
    }
    if config.crawl.verify_all {
        options.push(("verify".to_owned(), "all".to_owned()));
    }
    RunFacts {
        local_time: chrono::Local::now().fixed_offset(),
        exit_code: run.status.code(),
        stopped: run.stopped.as_ref().map(ToString::to_string),
        options,
        quota_bytes: None,
        audit_history: None,
        previous: None,
        thresholds: Vec::new(),
        audit: config.audit.clone(),
    }
}

/// Returns the last part of a path.
fn name_of(path: &Path) -> String {
    let absolute = std::path::absolute(path);
    let name = absolute.as_deref().unwrap_or(path).file_name();
    name.map_or_else(|| path.to_string_lossy().into_owned(), |name| name.to_string_lossy().into_owned())
}

/// Prints how a recheck ended and returns its outcome.
fn finish(
    folder: &Path,
    report: &RecheckReport<'_>,
    run: &AuditRun,
    format: OutputFormat,
    progress: &Progress,
) -> Outcome {
    let complete = report.is_complete();
    for line in lines(report) {
        progress.note(line);
    }
    for line in used_now(report) {
        progress.warn(line);
    }
    run.inventory.coverage.warnings.iter().for_each(|warning| progress.warn(warning));
    for entry in &report.results.unneeded {
        progress
            .warn(format!("--accept-deleted {entry} is not needed: the recheck misses no such page, post or space"));
    }
    match &run.stopped {
        Some(cause) => report_stop(cause, run.status, progress),
        None => summary::not_read(&run.inventory.coverage).into_iter().for_each(|line| progress.warn(line)),
    }
    report.results.obstacles.iter().for_each(|obstacle| progress.warn(obstacle));
    let incomplete = (!complete).then_some(ExitStatus::Incomplete);
    let status = ExitStatus::decide(std::iter::once(run.status).chain(incomplete));
    let index = folder.join("index.html");
    let figures = |result: RecheckResult| (result.as_str().to_owned(), json!(report.known_figures(result)));
    let object = json!({
        "complete": complete,
        "folder": folder.to_string_lossy(),
        "index": index.to_string_lossy(),
        "report": report.report_name,
        "files": report.results.files.len(),
        "results": RecheckResult::ALL.into_iter().map(figures).collect::<serde_json::Map<_, _>>(),
        "incomplete_reasons": report.incomplete_reasons(),
        "coverage": run.inventory.coverage.total(),
        "requests": run.inventory.requests,
    });
    Outcome::new(status, format, object, || Lines::of_path(index))
}

/// Returns the summary for the terminal.
fn lines(report: &RecheckReport<'_>) -> Vec<String> {
    let units = report.inventory.coverage.total();
    let planned = count(units.planned.saturating_sub(units.skipped));
    let first = if report.is_complete() {
        format!("complete: {planned} of {planned} units read")
    } else {
        let read = count(units.ok + units.gone);
        format!("INCOMPLETE: {read} of {planned} units read - no file is called still unreferenced")
    };
    let files = report.results.files.len() as u64;
    let mut lines = vec![first, format!("rechecked: {} of {}", plural(files, "file", "files"), report.report_name)];
    for result in RecheckResult::ALL {
        let Some(figures) = report.known_figures(result) else {
            lines.push(format!("{}: not known", result.words()));
            continue;
        };
        if figures.files > 0 || result == RecheckResult::StillUnreferenced {
            let at_least = if figures.at_least { "at least " } else { "" };
            let files = plural(figures.files, "file", "files");
            lines.push(format!("{}: {files}, {at_least}{}", result.words(), bytes(figures.bytes)));
        }
    }
    lines
}

/// Names the first files that are used now.
fn used_now(report: &RecheckReport<'_>) -> Vec<String> {
    let used = report.results.files.iter().filter(|file| file.result == RecheckResult::UsedNow);
    let mut lines: Vec<String> = used
        .filter_map(|file| {
            let verdict = report.audit.files.get(file.now?)?;
            let attachment = &report.inventory.attachments[verdict.attachment];
            let used = verdict.uses.first()?;
            let content = &report.inventory.contents[used.content];
            let (kind, construct) = (content.kind.label(), &used.construct);
            Some(format!(
                "used now: {} {:?}, by {kind} {} {:?} ({construct})",
                attachment.id, attachment.title, content.id, content.title
            ))
        })
        .collect();
    let more = lines.len().saturating_sub(NAMED) as u64;
    lines.truncate(NAMED);
    if more > 0 {
        lines.push(format!("used now: {}, listed in the results", plural(more, "more file", "more files")));
    }
    lines
}
