//! Checks the files that a complete run of the program has written.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use crate::process::{program, root};

const BOM: &str = "\u{feff}";

/// The document with the columns of the attachment tables; a test compares them with the code.
const COLUMNS_DOCUMENT: &str = "docs/audit.md";

/// Checks a complete report: `work` is the folder in which `audit` or `demo` ran, `stdout` the file with its output.
pub(crate) fn check_report(work: &Path, stdout: &Path) -> Result<()> {
    let printed = fs::read_to_string(stdout).with_context(|| stdout.display().to_string())?;
    let index = work.join(printed.lines().last().context("standard output is empty")?);
    ensure!(
        index.is_file() && index.ends_with("index.html"),
        "the last line is not the path of an index.html: {}",
        index.display()
    );
    let folder = index.parent().context("index.html is in no folder")?;
    let name = file_name(folder);
    ensure!(is_complete_name(&name), "not the folder name of a complete run: {name}");
    let files = [
        "attachments.html",
        "attachments.csv",
        "versions.csv",
        "duplicates.csv",
        "confluence_storage.xlsx",
        "run.json",
        "scan.json.gz",
    ];
    require_files(folder, &files)?;
    let unfinished = list_entries(work)?.into_iter().find(|path| file_name(path).ends_with(".partial"));
    ensure!(unfinished.is_none(), "an unfinished folder remains: {unfinished:?}");
    let packed = fs::File::open(folder.join("scan.json.gz"))?;
    flate2::read::GzDecoder::new(packed).read_to_end(&mut Vec::new()).context("scan.json.gz is not a gzip file")?;
    let document = fs::read_to_string(root().join(COLUMNS_DOCUMENT))?;
    let columns = document.lines().find(|line| line.starts_with("Filename,"));
    let columns = columns.with_context(|| format!("{COLUMNS_DOCUMENT} does not show the columns"))?;
    let attachments = check_table(&folder.join("attachments.csv"), columns)?;
    ensure!(attachments > 0, "attachments.csv has no rows");
    let mut spaces = 0;
    let (owners, folders): (Vec<_>, Vec<_>) =
        list_entries(folder)?.into_iter().filter(|path| path.is_dir()).partition(|path| path.ends_with("owners"));
    ensure!(owners.len() == 1, "the report has no folder of owners");
    require_files(&owners[0], &["index.html"])?;
    for space in folders {
        let name = file_name(&space);
        for kind in ["attachments", "unreferenced"] {
            require_files(&space, &[&format!("{name}_{kind}.html")])?;
            check_table(&space.join(format!("{name}_{kind}.csv")), columns)?;
        }
        spaces += 1;
    }
    ensure!(spaces > 0, "the report has no folder of a space");
    println!("report: {name} is complete: {spaces} spaces, {attachments} attachments");
    Ok(())
}

/// Checks that a table has the documented columns, ignoring quotes around their names. Returns the number of its rows.
fn check_table(file: &Path, columns: &str) -> Result<usize> {
    let shown = file.display();
    let text = fs::read_to_string(file).with_context(|| shown.to_string())?;
    let text = text.strip_prefix(BOM).with_context(|| format!("{shown} does not begin with a byte order mark"))?;
    let header = text.lines().next().unwrap_or_default().replace('"', "");
    ensure!(header == columns, "{shown} has other columns than {COLUMNS_DOCUMENT}: {header}");
    Ok(csv::Reader::from_reader(text.as_bytes()).into_records().collect::<Result<Vec<_>, _>>()?.len())
}

/// Whether this is a name like `confluence_analysis_V0_1_2026-11-28_10-00-00`, or ends with a number such as `-2`
/// because that name was taken.
fn is_complete_name(name: &str) -> bool {
    let shape: String = name.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
    let mut rest = shape.as_str();
    for (part, is_any) in [("confluence_analysis_V", false), ("9", true), ("_", false), ("9", true)] {
        let Some(after) = rest.strip_prefix(part) else { return false };
        rest = if is_any { after.trim_start_matches('9') } else { after };
    }
    let Some(rest) = rest.strip_prefix("_9999-99-99_99-99-99") else { return false };
    rest.is_empty() || rest.strip_prefix("-9").is_some_and(|more| more.trim_start_matches('9').is_empty())
}

/// The columns that existing models for the legacy script's files use. They come first.
const FIRST_COLUMNS: &str = "space_key,page_title,page_url,page_created,date_modified,creator_name,page_depth,\
    child_pages,workflow_name,owner_value,project_relevance,labels,word_count,char_count,attachment_count,image_count,\
    table_count,unique_contributors,edit_count,last_editor,extraction_date,extraction_time,snapshot_week,page_id";

/// Checks what a complete snapshot has written to the folder in which it ran.
pub(crate) fn check_metrics(work: &Path) -> Result<()> {
    let data = work.join("confluence_data");
    let files = [
        "index.html",
        "confluence_data_current.csv",
        "confluence_data_history.csv",
        "history.json",
        "findings/outdated.csv",
        "model/fact_page_week.csv",
        "model/dim_page.csv",
        "model/dim_space.csv",
        "model/dim_user.csv",
        "model/dim_week.csv",
        "model/data_dictionary.csv",
        "model/views.sql",
        "model/confluence_data.pbids",
        "model/power_query.txt",
        "model/tableau.txt",
    ];
    require_files(&data, &files)?;
    let week = program("date", &["-u", "+%G-W%V"]).output()?;
    require_files(&data, &[&format!("confluence_data_{}.csv", week.trim())])?;
    for folder in [data.clone(), data.join("findings"), data.join("model")] {
        let temporary = list_entries(&folder)?.into_iter().find(|path| file_name(path).starts_with(".writing"));
        ensure!(temporary.is_none(), "a temporary file remains: {temporary:?}");
    }
    for file in ["confluence_data_current.csv", "confluence_data_history.csv"] {
        let header = read_table(&data.join(file))?.0.join(",");
        ensure!(header.starts_with(&format!("{FIRST_COLUMNS},")), "{file} has other columns: {header}");
    }
    let model = |name: &str| read_table(&data.join("model").join(format!("{name}.csv")));
    let facts = model("fact_page_week")?;
    ensure!(!facts.1.is_empty(), "fact_page_week.csv has no rows");
    for (key, dimension, column) in [
        ("page_id", "dim_page", "page_id"),
        ("space_key", "dim_space", "space_key"),
        ("snapshot_week", "dim_week", "snapshot_week"),
        ("owner_id", "dim_user", "user_id"),
        ("creator_id", "dim_user", "user_id"),
        ("last_editor_id", "dim_user", "user_id"),
    ] {
        let known: BTreeSet<String> = column_values(&model(dimension)?, column)?.into_iter().collect();
        let unmatched =
            column_values(&facts, key)?.into_iter().find(|value| !value.is_empty() && !known.contains(value));
        ensure!(unmatched.is_none(), "{key} without a row in {dimension}: {unmatched:?}");
    }
    let words = column_values(&facts, "word_count")?.iter().filter_map(|words| words.parse::<u64>().ok()).sum::<u64>();
    println!("metrics: {} facts, {words} words, every key has a row in its dimension", facts.1.len());
    Ok(())
}

/// Header and rows.
type Table = (Vec<String>, Vec<csv::StringRecord>);

fn read_table(file: &Path) -> Result<Table> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let mut reader = csv::Reader::from_reader(text.trim_start_matches(BOM).as_bytes());
    let header = reader.headers()?.iter().map(str::to_owned).collect();
    let rows = reader.records().collect::<Result<_, _>>().with_context(|| file.display().to_string())?;
    Ok((header, rows))
}

fn column_values((header, rows): &Table, column: &str) -> Result<Vec<String>> {
    let place = header.iter().position(|name| name == column).with_context(|| format!("column {column} is missing"))?;
    Ok(rows.iter().map(|row| row[place].to_owned()).collect())
}

fn require_files(folder: &Path, files: &[&str]) -> Result<()> {
    for file in files {
        let is_filled = fs::metadata(folder.join(file)).is_ok_and(|metadata| metadata.len() > 0);
        if !is_filled {
            bail!("{file} is missing or empty in {}", folder.display());
        }
    }
    Ok(())
}

pub(crate) fn list_entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let read = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut paths = read.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_complete_runs_are_accepted() {
        for name in ["confluence_analysis_V0_1_2026-11-28_10-00-00", "confluence_analysis_V10_12_2026-11-28_10-00-00-3"]
        {
            assert!(is_complete_name(name), "{name}");
        }
        for name in [
            "confluence_analysis_V0_1_2026-11-28_10-00-00_INCOMPLETE",
            "confluence_analysis_V0_1_2026-11-28_10-00-00.partial",
            "confluence_analysis_V_1_2026-11-28_10-00-00",
        ] {
            assert!(!is_complete_name(name), "{name}");
        }
    }
}
