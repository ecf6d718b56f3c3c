//! Compares two folders in which `demo` ran on the same day, with two versions of the program. Except for the port of
//! the server and the time of the run, their contents have to be equal.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::check_output::{file_name, list_entries};
use crate::rendered_page;

/// Number of differences that are printed for each file.
const MOST_PRINTED: usize = 5;

/// Fields of JSON files that differ in every run: sizes and checksums of other files, and local time.
const PER_RUN_FIELDS: [&str; 4] = ["bytes", "checksum", "sha256", "local_time"];

/// Files that say which process has locked a folder.
const LOCK_FILES: [&str; 2] = ["history.holder", "history.lock"];

/// Compares CSV files byte by byte, JSON files by value, and pages by the text that a browser shows.
pub(crate) fn compare_folders(old: &Path, new: &Path) -> Result<()> {
    let (before, after) = (files(old)?, files(new)?);
    let mut different = 0;
    for file in before.symmetric_difference(&after) {
        different += 1;
        let side = if before.contains(file) { "old" } else { "new" };
        println!("{file}: only in the {side} folder");
    }
    let mut compared = 0;
    for file in before.intersection(&after) {
        let (Some(was), Some(is)) = (comparable_text(old, file)?, comparable_text(new, file)?) else { continue };
        compared += 1;
        let lines = differences(&was, &is);
        if !lines.is_empty() {
            different += 1;
            println!("\n{file}: {} lines differ", lines.len());
            lines.iter().take(MOST_PRINTED).for_each(|line| println!("{line}"));
        }
    }
    if different > 0 {
        bail!("{different} of {compared} files differ");
    }
    println!("{compared} files are equal");
    Ok(())
}

/// Returns the paths below a folder, without the time in the name of a report.
fn files(root: &Path) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in list_entries(&folder)? {
            if path.is_dir() {
                folders.push(path);
            } else {
                let path = path.strip_prefix(root)?.to_string_lossy().into_owned();
                // files at the top hold the output of the run, which has times in every line
                if path.contains('/') && !LOCK_FILES.contains(&file_name(Path::new(&path)).as_str()) {
                    found.insert(without_ports_and_times(&path));
                }
            }
        }
    }
    Ok(found)
}

/// Returns the text of a file that is compared; `None` for files that are not compared.
fn comparable_text(root: &Path, file: &str) -> Result<Option<String>> {
    let path = path_of(root, file)?;
    let text = || fs::read_to_string(&path).with_context(|| path.display().to_string());
    let text = match path.extension().and_then(|extension| extension.to_str()) {
        Some("csv") => text()?,
        Some("json") => {
            let mut json: Value = serde_json::from_str(&text()?).with_context(|| path.display().to_string())?;
            remove_per_run_fields(&mut json);
            serde_json::to_string_pretty(&json)?
        }
        Some("html") => rendered_page::rendered_text(&path)?,
        _ => return Ok(None),
    };
    Ok(Some(without_ports_and_times(&text)))
}

/// Returns the real path of a file whose name is given without times.
fn path_of(root: &Path, file: &str) -> Result<PathBuf> {
    let (top, rest) = file.split_once('/').context("not a path in a folder")?;
    let is_top = |path: &PathBuf| without_ports_and_times(&file_name(path)) == top;
    Ok(list_entries(root)?.into_iter().find(is_top).with_context(|| format!("{top} is missing"))?.join(rest))
}

fn remove_per_run_fields(json: &mut Value) {
    match json {
        Value::Object(fields) => {
            fields.retain(|name, _| !PER_RUN_FIELDS.contains(&name.as_str()));
            fields.values_mut().for_each(remove_per_run_fields);
        }
        Value::Array(items) => items.iter_mut().for_each(remove_per_run_fields),
        _ => {}
    }
}

/// Replaces the port of the server and times of day by placeholders. The sample site computes its dates from the moment
/// it starts.
fn without_ports_and_times(text: &str) -> String {
    // 9 means any digit; 13 digits are milliseconds
    const SHAPES: [(&str, &str); 7] = [
        ("99:99:99", "hh:mm:ss"),
        ("_99-99-99", "_hh-mm-ss"),
        ("T999999Z", "Thhmmss"),
        ("9999999999999", "milliseconds"),
        ("99:99 UTC", "hh:mm UTC"),
        ("99.99.99", "hh.mm.ss"),
        ("9.99.99", "hh.mm.ss"),
    ];
    const HOST: &str = "127.0.0.1:";
    let bytes = text.as_bytes();
    let fits = |at: usize, shape: &str| {
        let end = at + shape.len();
        end <= bytes.len()
            && bytes[at..end].iter().zip(shape.as_bytes()).all(|(byte, of)| match of {
                b'9' => byte.is_ascii_digit(),
                other => byte == other,
            })
    };
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        if let Some((shape, instead)) = SHAPES.iter().find(|(shape, _)| fits(at, shape)) {
            out.push_str(instead);
            at += shape.len();
            if shape.ends_with(":99") && bytes.get(at) == Some(&b'.') {
                at += 1 + bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            }
        } else if text[at..].starts_with(HOST) {
            out.push_str("host");
            at += HOST.len();
            at += bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        } else {
            let letter = text[at..].chars().next().unwrap_or_default();
            out.push(letter);
            at += letter.len_utf8();
        }
    }
    out
}

fn differences(was: &str, is: &str) -> Vec<String> {
    let (was, is): (Vec<&str>, Vec<&str>) = (was.lines().collect(), is.lines().collect());
    let line = |lines: &[&str], place: usize| lines.get(place).map_or("(no line)", |line| line).to_owned();
    (0..was.len().max(is.len()))
        .filter(|place| match (was.get(*place), is.get(*place)) {
            (Some(was), Some(is)) => !are_equivalent(was, is),
            _ => true,
        })
        .map(|place| format!("  line {}\n  - {}\n  + {}", place + 1, line(&was, place), line(&is, place)))
        .collect()
}

/// Whether two lines are equal, except for dates that are up to one day later in the newer run: the dates of the sample
/// site move on when the demo runs a little later, and some cross midnight.
fn are_equivalent(was: &str, is: &str) -> bool {
    if was == is {
        return true;
    }
    let ((was, days_before), (is, days_after)) = (split_dates(was), split_dates(is));
    was == is && days_before.iter().zip(&days_after).all(|(before, after)| (0..=1).contains(&(after - before)))
}

/// Returns a line without its dates, and the dates as day numbers.
fn split_dates(line: &str) -> (String, Vec<i64>) {
    let (mut rest, mut text, mut days) = (line, String::new(), Vec::new());
    while let Some(dash) = rest.find('-') {
        let date = dash.checked_sub(4).and_then(|start| rest.get(start..start + 10));
        if let Some(day) = date.and_then(day_number) {
            text.push_str(&rest[..dash - 4]);
            text.push_str("DATE");
            days.push(day);
            rest = &rest[dash + 6..];
        } else {
            text.push_str(&rest[..=dash]);
            rest = &rest[dash + 1..];
        }
    }
    (text + rest, days)
}

/// Parses a date such as `2026-11-28` into a count of days.
fn day_number(date: &str) -> Option<i64> {
    let mut parts = date.split('-').map(|part| part.parse::<i64>().ok());
    let (Some(Some(year)), Some(Some(month)), Some(Some(day))) = (parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    // years that begin in March have their leap day at the end
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    Some(365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ports_and_times_are_replaced() {
        for (text, expected) in [
            ("http://127.0.0.1:40123/wiki/x", "http://host/wiki/x"),
            ("2026-11-28T11:17:08Z, 3 files", "2026-11-28Thh:mm:ssZ, 3 files"),
            (
                "confluence_analysis_V0_1_2026-11-28_11-17-14/a.csv",
                "confluence_analysis_V0_1_2026-11-28_hh-mm-ss/a.csv",
            ),
            ("modificationDate=1667358039000&x", "modificationDate=milliseconds&x"),
            ("20261128T111708Z", "20261128Thhmmss"),
            ("2026-09-05T11:16:39.141333447Z", "2026-09-05Thh:mm:ssZ"),
            ("Größe 8603963355", "Größe 8603963355"),
        ] {
            assert_eq!(without_ports_and_times(text), expected);
        }
    }

    #[test]
    fn dates_may_be_one_day_later_but_not_two() {
        assert!(are_equivalent("a, 2026-01-31, b", "a, 2026-02-01, b"));
        assert!(are_equivalent("2024-02-28 - 2023-12-31", "2024-02-29 - 2024-01-01"));
        assert!(!are_equivalent("a, 2026-01-31", "a, 2026-02-02"));
        assert!(!are_equivalent("a, 2026-02-01", "a, 2026-01-31"));
        assert!(!are_equivalent("a, 2026-01-31, 3", "a, 2026-02-01, 4"));
    }
}
