//! The answers: which page has which value in which column.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use confluence_storage_analyzer::metrics::columns;

use super::bench::{Bench, Row};
use super::knowledge_base::ago;

pub(crate) const CLOUD: &str = include_str!("answers/cloud.txt");
pub(crate) const DATA_CENTER: &str = include_str!("answers/data_center.txt");
pub(crate) const POOR: &str = include_str!("answers/poor.txt");
pub(crate) const POSTS: &str = include_str!("answers/posts.txt");
pub(crate) const WITH_AUDIT: &str = include_str!("answers/with_audit.txt");

/// What a moment may be off: the site is made a little before it is looked at.
const SLACK: TimeDelta = TimeDelta::minutes(30);

/// One answer: page, column, value.
type Answer<'t> = (&'t str, &'t str, &'t str);

/// `[1001]` begins a page, `column = value` is an answer, `#` a remark.
fn parse(text: &str) -> Vec<Answer<'_>> {
    let mut page = "";
    let mut answers = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(id) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            page = id;
            continue;
        }
        let (column, value) = line.split_once('=').unwrap_or_else(|| panic!("no answer: {line}"));
        answers.push((page, column.trim(), value.trim()));
    }
    answers
}

/// Compares every answer with the rows of a run, and tells all that differ at once.
pub(crate) fn check(bench: &Bench, text: &str) {
    let rows = bench.pages();
    let mut wrong = Vec::new();
    for (page, column, expected) in parse(text) {
        let row = rows.get(page).unwrap_or_else(|| panic!("page {page} is in no row"));
        let actual = row.get(column).unwrap_or_else(|| panic!("{column} is no column"));
        if !holds(bench, row, expected, actual) {
            wrong.push(format!("{page} {column}: expected {expected:?}, found {actual:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// `@date:N` and `@time:N` are N days ago, `@now` is the moment of the snapshot, `@version` that of the program,
/// `@base` the address of the server, `@body` the bytes of the page's body.
fn holds(bench: &Bench, row: &Row, expected: &str, actual: &str) -> bool {
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
        ("@body", _) => bench.server.site(|site| {
            let page = site.contents.iter().find(|content| content.id == row["page_id"]);
            page.is_some_and(|page| actual == page.body.len().to_string())
        }),
        _ => actual == expected.replace("@base", bench.server.base_url()),
    }
}

/// Every column has an answer that is not empty and, where it can be empty, one that is. A column that is added
/// without answers fails here.
#[test]
fn every_column_has_an_answer_of_each_kind() {
    let answers: Vec<Answer<'_>> = [CLOUD, DATA_CENTER, POOR, POSTS, WITH_AUDIT].into_iter().flat_map(parse).collect();
    let mut kinds: BTreeMap<&str, BTreeSet<bool>> = BTreeMap::new();
    for (_, column, value) in &answers {
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
