//! Expected values: which page has which value in which column.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use confluence_storage_analyzer::metrics::columns;

use super::harness::{Harness, Row};
use super::knowledge_base::ago;

pub(crate) const CLOUD: &str = include_str!("expected/cloud.txt");
pub(crate) const DATA_CENTER: &str = include_str!("expected/data_center.txt");
pub(crate) const POOR: &str = include_str!("expected/poor.txt");
pub(crate) const POSTS: &str = include_str!("expected/posts.txt");
pub(crate) const WITH_AUDIT: &str = include_str!("expected/with_audit.txt");

/// Tolerance for times: the site is created some time before the run.
const SLACK: TimeDelta = TimeDelta::minutes(30);

/// Page, column and expected value.
type ExpectedValue<'t> = (&'t str, &'t str, &'t str);

/// Parses a file: `[1001]` begins a page, `column = value` is an expected value, `#` begins a comment.
fn parse(text: &str) -> Vec<ExpectedValue<'_>> {
    let mut page = "";
    let mut values = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(id) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            page = id;
            continue;
        }
        let (column, value) = line.split_once('=').unwrap_or_else(|| panic!("not `column = value`: {line}"));
        values.push((page, column.trim(), value.trim()));
    }
    values
}

/// Compares all expected values with the rows of a run, and reports all differences at once.
pub(crate) fn check(harness: &Harness, text: &str) {
    let rows = harness.pages();
    let mut wrong = Vec::new();
    for (page, column, expected) in parse(text) {
        let row = rows.get(page).unwrap_or_else(|| panic!("no row for page {page}"));
        let actual = row.get(column).unwrap_or_else(|| panic!("no column {column}"));
        if !holds(harness, row, expected, actual) {
            wrong.push(format!("{page} {column}: expected {expected:?}, found {actual:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Compares a value. `@date:N` and `@time:N` are N days ago, `@now` is the time of the snapshot, `@version` the version of
/// the program, `@base` the address of the server, `@body` the length of the page's body in bytes.
fn holds(harness: &Harness, row: &Row, expected: &str, actual: &str) -> bool {
    let time = |text: &str| text.parse::<DateTime<Utc>>().ok();
    let near = |moment: DateTime<Utc>| time(actual).is_some_and(|at| (at - moment).abs() < SLACK);
    let days = |text: &str| ago(text.parse().expect("days"));
    match expected.split_once(':').unwrap_or((expected, "")) {
        ("@date", text) => {
            let day = |moment: DateTime<Utc>| moment.format("%Y-%m-%d").to_string();
            actual == day(days(text)) || actual == day(days(text) - SLACK)
        }
        ("@time", text) => near(days(text)),
        ("@now", _) => actual == row["snapshot_at"] && near(Utc::now()),
        ("@today", _) => actual == &row["snapshot_at"][..10],
        ("@clock", _) => actual == &row["snapshot_at"][11..19],
        ("@run", _) => actual.len() == 16 && actual.ends_with('Z') && actual.starts_with(&row["snapshot_at"][..4]),
        ("@week", _) => time(&row["snapshot_at"]).is_some_and(|at| actual == at.format("%G-W%V").to_string()),
        ("@version", _) => actual == env!("CARGO_PKG_VERSION"),
        ("@body", _) => harness.server.site(|site| {
            let page = site.contents.iter().find(|content| content.id == row["page_id"]);
            page.is_some_and(|page| actual == page.body.len().to_string())
        }),
        _ => actual == expected.replace("@base", harness.server.base_url()),
    }
}

/// Every column has an expected value that is not empty and, if it can be empty, one that is. Fails for a new column
/// without expected values.
#[test]
fn every_column_has_filled_and_empty_expected_values() {
    let values: Vec<ExpectedValue<'_>> =
        [CLOUD, DATA_CENTER, POOR, POSTS, WITH_AUDIT].into_iter().flat_map(parse).collect();
    let mut kinds: BTreeMap<&str, BTreeSet<bool>> = BTreeMap::new();
    for (_, column, value) in &values {
        kinds.entry(column).or_default().insert(value.is_empty());
    }
    let columns = columns::exported();
    let names: BTreeSet<&str> = columns.iter().map(|column| column.name).collect();
    let unknown: Vec<&&str> = kinds.keys().filter(|name| !names.contains(**name)).collect();
    assert!(unknown.is_empty(), "no such column: {unknown:?}");
    let has = |name: &str, empty: bool| kinds.get(name).is_some_and(|kinds| kinds.contains(&empty));
    let missing: Vec<String> = columns
        .iter()
        .flat_map(|column| {
            let can_be_empty = column.empty != "never";
            let full = (!has(column.name, false)).then(|| format!("{}: no value", column.name));
            let empty = (can_be_empty && !has(column.name, true)).then(|| format!("{}: no empty one", column.name));
            let never = (!can_be_empty && has(column.name, true)).then(|| format!("{}: is never empty", column.name));
            [full, empty, never].into_iter().flatten()
        })
        .collect();
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
}
