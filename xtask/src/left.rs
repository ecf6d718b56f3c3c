//! What a run of the program has to leave behind.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use crate::step::{program, root};

const BOM: &str = "\u{feff}";

/// Everything in a complete report: `work` is the folder `audit` or `demo` ran in, `stdout` what it printed.
pub(crate) fn report(work: &Path, stdout: &Path) -> Result<()> {
    let printed = fs::read_to_string(stdout).with_context(|| stdout.display().to_string())?;
    let index = work.join(printed.lines().last().context("nothing on standard output")?);
    ensure!(index.is_file() && index.ends_with("index.html"), "the last line is no index.html: {}", index.display());
    let folder = index.parent().context("a folder")?;
    let name = name_of(folder);
    ensure!(is_complete_name(&name), "the folder is not named as that of a complete run: {name}");
    let files = ["attachments.html", "attachments.csv", "versions.csv", "duplicates.csv", "run.json", "scan.json.gz"];
    all_filled(folder, &files)?;
    let unfinished = entries(work)?.into_iter().find(|path| name_of(path).ends_with(".partial"));
    ensure!(unfinished.is_none(), "an unfinished folder is left: {unfinished:?}");
    let packed = fs::File::open(folder.join("scan.json.gz"))?;
    flate2::read::GzDecoder::new(packed).read_to_end(&mut Vec::new()).context("scan.json.gz is no gzip")?;
    let readme = fs::read_to_string(root().join("README.md"))?;
    let columns = readme.lines().find(|line| line.starts_with("Filename,")).context("the README shows no columns")?;
    let attachments = table(&folder.join("attachments.csv"), columns)?;
    ensure!(attachments > 0, "attachments.csv has no rows");
    let mut spaces = 0;
    for space in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        let name = name_of(&space);
        for kind in ["attachments", "unreferenced"] {
            all_filled(&space, &[&format!("{name}_{kind}.html")])?;
            table(&space.join(format!("{name}_{kind}.csv")), columns)?;
        }
        spaces += 1;
    }
    ensure!(spaces > 0, "there is no folder of a space");
    println!("report: {name} is whole: {spaces} spaces, {attachments} attachments");
    Ok(())
}

/// The columns are the ones the README shows; quotes around them are a matter of the reader. Gives the number of rows.
fn table(file: &Path, columns: &str) -> Result<usize> {
    let shown = file.display();
    let text = fs::read_to_string(file).with_context(|| shown.to_string())?;
    let text = text.strip_prefix(BOM).with_context(|| format!("{shown} does not begin with a byte order mark"))?;
    let header = text.lines().next().unwrap_or_default().replace('"', "");
    ensure!(header == columns, "{shown} has other columns than the README: {header}");
    Ok(csv::Reader::from_reader(text.as_bytes()).into_records().collect::<Result<Vec<_>, _>>()?.len())
}

/// `confluence_analysis_V0_1_2026-11-28_10-00-00`, with `-2` behind it when the name was taken.
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

/// The columns that models of the older script are built on; they come first.
const FIRST_COLUMNS: &str = "space_key,page_title,page_url,page_created,date_modified,creator_name,page_depth,\
    child_pages,workflow_name,owner_value,project_relevance,labels,word_count,char_count,attachment_count,image_count,\
    table_count,unique_contributors,edit_count,last_editor,extraction_date,extraction_time,snapshot_week,page_id";

/// Everything a complete snapshot leaves in the folder it ran in.
pub(crate) fn metrics(work: &Path) -> Result<()> {
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
    all_filled(&data, &files)?;
    let week = program("date", &["-u", "+%G-W%V"]).output()?;
    all_filled(&data, &[&format!("confluence_data_{}.csv", week.trim())])?;
    for folder in [data.clone(), data.join("findings"), data.join("model")] {
        let left = entries(&folder)?.into_iter().find(|path| name_of(path).starts_with(".writing"));
        ensure!(left.is_none(), "a temporary file is left: {left:?}");
    }
    for file in ["confluence_data_current.csv", "confluence_data_history.csv"] {
        let header = read(&data.join(file))?.0.join(",");
        ensure!(header.starts_with(&format!("{FIRST_COLUMNS},")), "{file} has other columns: {header}");
    }
    let model = |name: &str| read(&data.join("model").join(format!("{name}.csv")));
    let facts = model("fact_page_week")?;
    ensure!(!facts.1.is_empty(), "no facts");
    for (key, dimension, column) in [
        ("page_id", "dim_page", "page_id"),
        ("space_key", "dim_space", "space_key"),
        ("snapshot_week", "dim_week", "snapshot_week"),
        ("owner_id", "dim_user", "user_id"),
        ("creator_id", "dim_user", "user_id"),
        ("last_editor_id", "dim_user", "user_id"),
    ] {
        let known: BTreeSet<String> = cells(&model(dimension)?, column)?.into_iter().collect();
        let lost = cells(&facts, key)?.into_iter().find(|value| !value.is_empty() && !known.contains(value));
        ensure!(lost.is_none(), "{key} without a row in {dimension}: {lost:?}");
    }
    let words = cells(&facts, "word_count")?.iter().filter_map(|words| words.parse::<u64>().ok()).sum::<u64>();
    println!("metrics: {} facts, {words} words, all keys in their dimensions", facts.1.len());
    Ok(())
}

/// Header and rows.
type Table = (Vec<String>, Vec<csv::StringRecord>);

fn read(file: &Path) -> Result<Table> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let mut reader = csv::Reader::from_reader(text.trim_start_matches(BOM).as_bytes());
    let header = reader.headers()?.iter().map(str::to_owned).collect();
    let rows = reader.records().collect::<Result<_, _>>().with_context(|| file.display().to_string())?;
    Ok((header, rows))
}

fn cells((header, rows): &Table, column: &str) -> Result<Vec<String>> {
    let place = header.iter().position(|name| name == column).with_context(|| format!("no column {column}"))?;
    Ok(rows.iter().map(|row| row[place].to_owned()).collect())
}

fn all_filled(folder: &Path, files: &[&str]) -> Result<()> {
    for file in files {
        let is_filled = fs::metadata(folder.join(file)).is_ok_and(|metadata| metadata.len() > 0);
        if !is_filled {
            bail!("{file} is missing or empty in {}", folder.display());
        }
    }
    Ok(())
}

pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let read = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut paths = read.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_complete_runs() {
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
