//! `explain`: says from the saved scan of an audit, without network access, where a file is used and what its usage
//! means.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::saved_scans;
use crate::audit::{FoundFiles, TypedAs, find_files};
use crate::cli::ExplainArgs;
use crate::config::Environment;
use crate::error::{ExitStatus, Failure, Outcome, OutputFormat};
use crate::progress::{Progress, Width};
use crate::report::explanation::{ExplainedFile, Explainer, Explanation, Sentence};
use crate::report::format::{bytes, count, plural};
use crate::report::{ReportInput, SavedAudit, saved_audits};
use crate::support::formatting::shell_word;
use crate::support::visible_text::Lines;

/// Most matches that the terminal lists; `--json` has all.
const LISTED: usize = 30;

/// Most sentences of one topic on the terminal: a file may have thousands of uses. `--json` and `uses.csv` have all.
const SHOWN: usize = 40;

/// Explains one file of the newest audit, or of the chosen one.
pub(crate) fn run(
    args: &ExplainArgs,
    environment: &Environment<'_>,
    now: DateTime<Utc>,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let folder = folder(args, environment)?;
    progress.phase("reading the saved scan", None);
    let saved = saved_scans::read(&folder, None)?;
    progress.finish();
    // as short as people would type it
    let folder = folder.strip_prefix(&environment.working_directory).map_or(folder.clone(), Path::to_owned);
    let explainer = Explainer::new(ReportInput { run: &saved.run, inventory: &saved.inventory, audit: &saved.audit })?;
    let found = find_files(&saved.inventory, &args.file);
    let [file] = found.files[..] else {
        return Ok(not_one(args, &saved, &folder, &found, &explainer, format, progress));
    };
    // the index is one of this inventory, so there is always an explanation
    let explanation = explainer.explain(file, now).ok_or_else(|| Failure::new(ExitStatus::Internal, "no such file"))?;
    if !found.formerly.is_empty() {
        let others: Vec<String> = found.formerly.iter().filter_map(|&at| Some(explainer.file(at)?.id)).collect();
        let files = plural(others.len() as u64, "other file", "other files");
        progress.note(format!("{files} had this name in an earlier version: {}", shortened(&others)));
    }
    // an incomplete scan never looks complete: its status is that of its report
    let status = if explanation.scan.complete { ExitStatus::Complete } else { ExitStatus::Incomplete };
    let mut object = json!({"complete": explanation.scan.complete, "folder": folder.to_string_lossy()});
    merge(&mut object, &explanation)?;
    Ok(Outcome::new(status, format, object, || lines(&explanation, Width::of_stdout())))
}

/// Returns the folder or the saved scan to read.
fn folder(args: &ExplainArgs, environment: &Environment<'_>) -> Result<PathBuf, Failure> {
    if let Some(folder) = &args.folder {
        return Ok(environment.working_directory.join(folder));
    }
    let output = environment.resolve(args.output.as_deref());
    let newest = saved_audits(&output).into_iter().next();
    newest.ok_or_else(|| {
        Failure::usage("no audit to explain a file from")
            .because(format!("{} has no report folder with scan.json.gz", output.display()))
            .remedy("run an audit first, or name the folder of its report:")
            .command("confluence-storage-analyzer explain FILE --in FOLDER")
    })
}

/// Adds the fields of an explanation to the result for other programs.
fn merge(object: &mut Value, explanation: &Explanation) -> Result<(), Failure> {
    let fields = serde_json::to_value(explanation)
        .map_err(|error| Failure::new(ExitStatus::Internal, "cannot write JSON").because(error.to_string()))?;
    if let (Value::Object(object), Value::Object(fields)) = (object, fields) {
        object.extend(fields);
    }
    Ok(())
}

/// Returns the explanation for the terminal: a line for each sentence, and the address of what it is about.
fn lines(explanation: &Explanation, width: Width) -> Lines {
    let mut lines = Lines::default();
    for topic in &explanation.explanation {
        if !lines.text().is_empty() {
            lines.push("");
        }
        lines.push(topic.heading);
        for Sentence { text, url } in topic.sentences.iter().take(SHOWN) {
            for line in width.wrap_row(&format!("- {text}"), 2).split('\n') {
                lines.push(line);
            }
            if let Some(url) = url {
                lines.push(format_args!("  {url}"));
            }
        }
        let more = topic.sentences.len().saturating_sub(SHOWN);
        if more > 0 {
            lines.push(format_args!("- and {} more: uses.csv and --json have all", count(more as u64)));
        }
    }
    lines
}

/// Reports that no file or several files match, with the command to type next.
fn not_one(
    args: &ExplainArgs,
    saved: &SavedAudit,
    folder: &Path,
    found: &FoundFiles,
    explainer: &Explainer<'_>,
    format: OutputFormat,
    progress: &Progress,
) -> Outcome {
    let describe =
        |files: &[usize]| -> Vec<ExplainedFile> { files.iter().filter_map(|&file| explainer.file(file)).collect() };
    let (matches, similar) = (describe(&found.files), describe(&found.similar));
    let failure = if matches.is_empty() {
        no_match(&args.file, saved, folder, found, similar.first())
    } else {
        let what = match &found.typed_as {
            TypedAs::Page(page) => page_words(saved, *page, matches.len()),
            _ => format!("{} match \"{}\"", plural(matches.len() as u64, "file", "files"), args.file),
        };
        Failure::usage(what).remedy("explain one of them by its id:")
    };
    let offered = matches.first().or(similar.first());
    let failure = match offered {
        Some(file) => failure.command(command(&file.id, folder)),
        None => failure,
    };
    let (heading, shown) = match (&found.typed_as, matches.is_empty()) {
        (_, false) => (None, &matches),
        (TypedAs::OtherHost(_), true) => (Some("on this site, the same path would mean:"), &similar),
        (_, true) => (Some("did you mean one of these?"), &similar),
    };
    progress.error(with_table(&failure, heading.filter(|_| !shown.is_empty()), shown));
    let mut object = json!({"complete": saved.is_complete(), "folder": folder.to_string_lossy()});
    object["error"] = json!({"what": failure.what, "why": failure.why, "remedy": failure.remedy});
    if let Some(command) = &failure.command {
        object["error"]["command"] = json!(command);
    }
    object["matches"] = json!(matches);
    object["similar"] = json!(similar);
    Outcome::new(failure.status, format, object, Lines::default)
}

/// Adds the table of files to a message, before what to do.
fn with_table(failure: &Failure, heading: Option<&str>, files: &[ExplainedFile]) -> Lines {
    let mut lines = Lines::new(&failure.what);
    failure.why.iter().for_each(|why| lines.push(format_args!("  {why}")));
    if let Some(heading) = heading {
        lines.push(format_args!("  {heading}"));
    }
    for file in files.iter().take(LISTED) {
        lines.push(format_args!("  {}", row(file)));
    }
    let more = files.len().saturating_sub(LISTED);
    if more > 0 {
        lines.push(format_args!("  and {} more: --json has all", count(more as u64)));
    }
    failure.remedy.iter().for_each(|remedy| lines.push(format_args!("  {remedy}")));
    failure.command.iter().for_each(|command| lines.push(format_args!("    {command}")));
    lines
}

/// `att70010  ENG  1.2 MiB  embedded  plan.png, page "Release Plan" (1001)`.
fn row(file: &ExplainedFile) -> String {
    let size = file.size.map_or_else(|| "size not known".to_owned(), bytes);
    let page = match (&file.container, &file.container_id) {
        (Some(page), _) => format!("{} \"{}\" ({})", page.kind, page.title, page.id),
        (None, Some(id)) => format!("content {id}, which was not found"),
        (None, None) => "no page".to_owned(),
    };
    let space = file.space_key.as_deref().unwrap_or("no space");
    format!("{}  {space}  {size}  {}  \"{}\", {page}", file.id, file.usage.as_str(), file.name)
}

fn command(id: &str, folder: &Path) -> String {
    format!("confluence-storage-analyzer explain {} --in {}", shell_word(id), shell_word(&folder.to_string_lossy()))
}

fn page_words(saved: &SavedAudit, page: usize, files: usize) -> String {
    let page = &saved.inventory.contents[page];
    let number = match files {
        0 => "no file".to_owned(),
        files => plural(files as u64, "file", "files"),
    };
    format!("the {} \"{}\" ({}) has {number}", page.kind.label(), page.title, page.id)
}

/// Says what was searched in vain.
fn no_match(
    typed: &str,
    saved: &SavedAudit,
    folder: &Path,
    found: &FoundFiles,
    similar: Option<&ExplainedFile>,
) -> Failure {
    let scan = &saved.inventory.scan;
    let files = plural(saved.inventory.attachments.len() as u64, "file", "files");
    let of_scan = format!("the scan of {} in {}", scan.started_at.format("%Y-%m-%d"), folder.display());
    let what = format!("no file matches \"{typed}\"");
    let (what, why) = match &found.typed_as {
        TypedAs::IdOrName => (what, format!("searched: ids and names of all versions of {files}, in {of_scan}")),
        TypedAs::FileAddress => (what, format!("the address names a file that is not among the {files} of {of_scan}")),
        TypedAs::OtherAddress => (what, format!("the address names neither a file nor a page of {of_scan}")),
        TypedAs::Page(page) => (what, page_words(saved, *page, 0)),
        TypedAs::OtherHost(host) => {
            (what, format!("{host} is not known as a host of this site: {}", scan.own_hosts.join(", ")))
        }
    };
    let remedy = match (&found.typed_as, similar) {
        (_, Some(_)) => "explain one of them by its id:",
        (TypedAs::IdOrName, None) => "check the spelling, or use the id from attachments.csv",
        (TypedAs::OtherHost(_), None) => "use an address of this site, or the id from attachments.csv",
        _ => "use the id from attachments.csv, or run the audit again if the file is new",
    };
    Failure::usage(what).because(why).remedy(remedy)
}

/// The first ids, and how many more there are.
fn shortened(ids: &[String]) -> String {
    const NAMED: usize = 5;
    let more = ids.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {} more", count(more as u64)) } else { String::new() };
    format!("{}{more}", ids[..ids.len().min(NAMED)].join(", "))
}
