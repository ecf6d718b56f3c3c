//! Two folders in which `demo` ran, of one day, with two versions of the program: apart from the port of the server and
//! the time of the run they are to say the same.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::left::{entries, name_of};
use crate::page;

/// How many differences of one file are shown.
const SHOWN: usize = 5;

/// Fields of JSON files that no two runs share: they tell how others were written.
const OF_THE_RUN: [&str; 4] = ["bytes", "checksum", "sha256", "local_time"];

/// Files that say who holds a folder.
const OF_THE_PROCESS: [&str; 2] = ["history.holder", "history.lock"];

/// Compares every CSV file byte by byte, every JSON file, and the text of every page as a browser shows it.
pub(crate) fn folders(old: &Path, new: &Path) -> Result<()> {
    let (before, after) = (files(old)?, files(new)?);
    let mut different = 0;
    for file in before.symmetric_difference(&after) {
        different += 1;
        let (here, there) = if before.contains(file) { ("old", "new") } else { ("new", "old") };
        println!("{file} is in the {here} folder and not in the {there} one");
    }
    let mut compared = 0;
    for file in before.intersection(&after) {
        let (Some(was), Some(is)) = (content(old, file)?, content(new, file)?) else { continue };
        compared += 1;
        let lines = differences(&was, &is);
        if !lines.is_empty() {
            different += 1;
            println!("\n{file}: {} lines differ", lines.len());
            lines.iter().take(SHOWN).for_each(|line| println!("{line}"));
        }
    }
    if different > 0 {
        bail!("{different} of {compared} files differ");
    }
    println!("{compared} files say the same");
    Ok(())
}

/// Paths below a folder, without the time that the name of a report bears.
fn files(root: &Path) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder)? {
            if path.is_dir() {
                folders.push(path);
            } else {
                let path = path.strip_prefix(root)?.to_string_lossy().into_owned();
                // what was printed on the way is for people and has times in every line
                if path.contains('/') && !OF_THE_PROCESS.contains(&name_of(Path::new(&path)).as_str()) {
                    found.insert(without_run(&path));
                }
            }
        }
    }
    Ok(found)
}

/// What is compared of a file, or nothing when it is no text.
fn content(root: &Path, file: &str) -> Result<Option<String>> {
    let path = real(root, file)?;
    let text = || fs::read_to_string(&path).with_context(|| path.display().to_string());
    let text = match path.extension().and_then(|extension| extension.to_str()) {
        Some("csv") => text()?,
        Some("json") => {
            let mut json: Value = serde_json::from_str(&text()?).with_context(|| path.display().to_string())?;
            forget(&mut json);
            serde_json::to_string_pretty(&json)?
        }
        Some("html") => page::text(&path)?,
        _ => return Ok(None),
    };
    Ok(Some(without_run(&text)))
}

/// The path of a file whose time is left out.
fn real(root: &Path, file: &str) -> Result<PathBuf> {
    let (top, rest) = file.split_once('/').context("a file in a folder")?;
    let is_it = |path: &PathBuf| without_run(&name_of(path)) == top;
    Ok(entries(root)?.into_iter().find(is_it).context("the folder")?.join(rest))
}

fn forget(json: &mut Value) {
    match json {
        Value::Object(fields) => {
            fields.retain(|name, _| !OF_THE_RUN.contains(&name.as_str()));
            fields.values_mut().for_each(forget);
        }
        Value::Array(items) => items.iter_mut().for_each(forget),
        _ => {}
    }
}

/// A text without the port of the server and without times of day: the sample site is made for the moment it starts.
fn without_run(text: &str) -> String {
    // digits as 9, anything else as it is: 127.0.0.1:99999, 99:99:99, 99-99-99, and 13 digits of milliseconds
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
    let line = |lines: &[&str], place: usize| lines.get(place).map_or("(nothing)", |line| line).to_owned();
    (0..was.len().max(is.len()))
        .filter(|place| match (was.get(*place), is.get(*place)) {
            (Some(was), Some(is)) => !is_same(was, is),
            _ => true,
        })
        .map(|place| format!("  line {}\n  - {}\n  + {}", place + 1, line(&was, place), line(&is, place)))
        .collect()
}

/// Whether two lines say the same. What happened close to midnight is a day later in the later run.
fn is_same(was: &str, is: &str) -> bool {
    if was == is {
        return true;
    }
    let ((was, days_before), (is, days_after)) = (without_dates(was), without_dates(is));
    was == is && days_before.iter().zip(&days_after).all(|(before, after)| (0..=1).contains(&(after - before)))
}

/// A line without its dates, and these as days.
fn without_dates(line: &str) -> (String, Vec<i64>) {
    let (mut rest, mut text, mut days) = (line, String::new(), Vec::new());
    while let Some(dash) = rest.find('-') {
        let date = dash.checked_sub(4).and_then(|start| rest.get(start..start + 10));
        if let Some(day) = date.and_then(day) {
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

/// `2026-11-28` as a count of days.
fn day(date: &str) -> Option<i64> {
    let mut parts = date.split('-').map(|part| part.parse::<i64>().ok());
    let (Some(Some(year)), Some(Some(month)), Some(Some(day))) = (parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    // years begin in March, so that leap days come last
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    Some(365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_and_times_are_left_out_and_nothing_else() {
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
            assert_eq!(without_run(text), expected);
        }
    }

    #[test]
    fn a_day_more_is_the_same_and_two_are_not() {
        assert!(is_same("a, 2026-01-31, b", "a, 2026-02-01, b"));
        assert!(is_same("2024-02-28 - 2023-12-31", "2024-02-29 - 2024-01-01"));
        assert!(!is_same("a, 2026-01-31", "a, 2026-02-02"));
        assert!(!is_same("a, 2026-02-01", "a, 2026-01-31"));
        assert!(!is_same("a, 2026-01-31, 3", "a, 2026-02-01, 4"));
    }
}
