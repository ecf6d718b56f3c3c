//! `DuckDB` opens the views, and they agree with the weekly files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Rows, data, output_of, run, texts};
use test_support::optional_tests;

test_support::trials! {
    [DUCKDB]:
        sync every_view_opens_from_anywhere,
        sync weeks_and_rows_agree_with_history_json,
        sync every_key_is_in_its_dimension,
        sync labels_of_every_week_agree_with_its_pages,
        sync weeks_have_their_position_in_the_calendar,
        sync types_can_be_guessed_from_the_first_rows_of_the_facts,
        sync the_trend_agrees_with_the_weekly_files,
        sync every_column_is_in_the_dictionary_with_a_matching_unit,
        sync unknown_values_are_null_and_empty_texts_are_empty,
        sync the_model_can_be_written_again;
}

const VIEWS: [&str; 11] = [
    "bridge_label",
    "data_dictionary",
    "dim_page",
    "dim_space",
    "dim_user",
    "dim_week",
    "fact_page_week",
    "pages",
    "pages_in_trends",
    "trend",
    "weeks",
];

/// Runs `before`, the file of views and then queries, in a folder.
const SCRIPT: &str = "\
import duckdb, json, sys
before, views, *queries = sys.argv[1:]
database = duckdb.connect()
database.execute(before)
database.execute(open(views, encoding='utf-8').read())
print(json.dumps([database.execute(query).fetchall() for query in queries], default=str))";

/// Returns the results of queries for a user who starts `DuckDB` in a folder, after `before` and a file of views.
pub(crate) fn ask_from(folder: &Path, before: &str, views: &Path, queries: &[&str]) -> Vec<Rows> {
    let mut python = Command::new("python3");
    python.current_dir(folder).env("PYTHONPATH", optional_tests::duckdb().unwrap());
    let output = output_of(python.args(["-c", SCRIPT, before]).arg(views).args(queries));
    serde_json::from_str(&output).unwrap()
}

/// Returns the results of queries for a user who starts `DuckDB` in the folder of the history.
pub(crate) fn ask<const N: usize>(queries: [&str; N]) -> [Rows; N] {
    let results = ask_from(&data(), "SELECT 1", Path::new("model/views.sql"), &queries);
    results.try_into().unwrap()
}

fn every_view_opens_from_anywhere() {
    let elsewhere = TempDir::new().unwrap();
    let data = data();
    let counts = VIEWS.map(|view| format!("SELECT count(*), count(COLUMNS(*)) FROM {view}"));
    let mut queries = vec!["SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1"];
    queries.extend(counts.iter().map(String::as_str));
    let here = ask_from(&data, "SELECT 1", Path::new("model/views.sql"), &queries);
    let search = format!("SET file_search_path = '{}'", data.display());
    let there = ask_from(elsewhere.path(), &search, &data.join("model/views.sql"), &queries);
    assert_eq!(here, there);
    assert_eq!(texts(&here[0]), VIEWS);
    for (view, rows) in VIEWS.iter().zip(&here[1..]) {
        assert!(rows[0][0].as_u64().unwrap() > 0, "{view} is empty");
    }
}

/// Returns the weeks in `history.json`.
fn weeks() -> Vec<Value> {
    let manifest: Value = serde_json::from_slice(&fs::read(data().join("history.json")).unwrap()).unwrap();
    let weeks = manifest["weeks"].as_array().unwrap().clone();
    assert!(weeks.len() > 10, "{weeks:?}");
    weeks
}

fn weeks_and_rows_agree_with_history_json() {
    let per_week = "SELECT snapshot_week, count(*) FROM pages GROUP BY ALL ORDER BY 1";
    let [output, moments, pages, facts, trends, spaces] = ask([
        "SELECT snapshot_week, status, run_id, row_count, site, account, program_version FROM weeks ORDER BY 1",
        "SELECT epoch_us(taken_at) FROM weeks ORDER BY snapshot_week",
        per_week,
        &per_week.replace("pages", "fact_page_week"),
        &per_week.replace("pages", "pages_in_trends"),
        "SELECT decode(value) FROM parquet_kv_metadata('history/*/*') WHERE decode(key) = 'spaces' ORDER BY file_name",
    ]);
    let weeks = weeks();
    let of_weeks = |keys: &[&str]| -> Rows {
        weeks.iter().map(|week| keys.iter().map(|key| week[key].clone()).collect()).collect()
    };
    assert_eq!(output, of_weeks(&["week", "status", "run_id", "row_count", "site", "account", "program_version"]));
    let moment = |week: &Value| {
        let moment: chrono::DateTime<chrono::Utc> = week["taken_at"].as_str().unwrap().parse().unwrap();
        json!(moment.timestamp_micros())
    };
    assert_eq!(moments.concat(), weeks.iter().map(moment).collect::<Vec<_>>());
    let rows = of_weeks(&["week", "row_count"]);
    assert_eq!((&pages, &facts), (&rows, &rows));
    let is_in_trends =
        |week: &&Value| week["spaces"].as_object().unwrap().values().any(|of| of["status"] != "incomplete");
    assert_eq!(
        texts(&trends),
        weeks.iter().filter(is_in_trends).map(|week| week["week"].as_str().unwrap()).collect::<Vec<_>>()
    );
    assert!(trends.len() < pages.len());
    let spaces: Vec<Value> = texts(&spaces).into_iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    assert_eq!(spaces, of_weeks(&["spaces"]).concat());
}

fn every_key_is_in_its_dimension() {
    let lost = |of: &str, column: &str, dimension: &str, key: &str| {
        format!(
            "SELECT (SELECT count({column}) FROM {of}), (SELECT count(*) - count(DISTINCT {key}) FROM {dimension}), \
             (SELECT count(*) FROM {of} ANTI JOIN {dimension} ON {of}.{column} = {dimension}.{key} WHERE {column} IS NOT NULL)"
        )
    };
    let joins = [
        ("fact_page_week", "snapshot_week", "dim_week", "snapshot_week"),
        ("fact_page_week", "page_id", "dim_page", "page_id"),
        ("fact_page_week", "space_key", "dim_space", "space_key"),
        ("fact_page_week", "creator_id", "dim_user", "user_id"),
        ("fact_page_week", "owner_id", "dim_user", "user_id"),
        ("fact_page_week", "last_editor_id", "dim_user", "user_id"),
        ("dim_page", "space_key", "dim_space", "space_key"),
        ("bridge_label", "page_id", "dim_page", "page_id"),
        ("bridge_label", "snapshot_week", "weeks", "snapshot_week"),
        ("bridge_label", "snapshot_week", "dim_week", "snapshot_week"),
        ("weeks", "snapshot_week", "dim_week", "snapshot_week"),
    ];
    let results = ask(joins
        .map(|(of, column, dimension, key)| lost(of, column, dimension, key))
        .each_ref()
        .map(|query| &**query));
    for (join, rows) in joins.iter().zip(results) {
        let [keys, doubled, lost] = [0, 1, 2].map(|at| rows[0][at].as_u64().unwrap());
        assert!(keys > 0 && doubled == 0 && lost == 0, "{join:?}: {keys} keys, {doubled} twice, {lost} lost");
    }
}

fn labels_of_every_week_agree_with_its_pages() {
    let [labels, facts, by_csv] = ask([
        "SELECT snapshot_week, page_id, label FROM bridge_label ORDER BY ALL",
        "SELECT label, count(*) FROM fact_page_week JOIN bridge_label USING (snapshot_week, page_id) GROUP BY ALL ORDER BY 1",
        "SELECT label, count(*) FROM read_csv('model/bridge_label.csv', all_varchar = true) GROUP BY ALL ORDER BY 1",
    ]);
    let mut expected: Rows = Vec::new();
    for week in weeks() {
        let week = week["week"].as_str().unwrap().to_owned();
        for row in rows_of_week(&week) {
            let labels = row["labels"].split(';').filter(|label| !label.is_empty());
            expected.extend(labels.map(|label| vec![json!(week), json!(row["page_id"]), json!(label)]));
        }
    }
    expected.sort_by_key(|row| [0, 1, 2].map(|at| row[at].as_str().unwrap().to_owned()));
    assert_eq!(labels, expected);
    assert!(!facts.is_empty() && facts == by_csv);
}

fn weeks_have_their_position_in_the_calendar() {
    let [weeks, computed] = ask([
        "SELECT CAST(sunday AS VARCHAR), year, iso_week, quarter, month, weeks_ago, is_newest FROM dim_week ORDER BY monday",
        "SELECT CAST(CAST(monday + INTERVAL 6 DAY AS DATE) AS VARCHAR), isoyear(monday), week(monday), \
         quarter(monday + INTERVAL 3 DAY), month(monday + INTERVAL 3 DAY), \
         (max(monday) OVER () - monday) // 7, monday = max(monday) OVER () FROM dim_week ORDER BY monday",
    ]);
    assert_eq!(weeks, computed);
    assert_eq!(weeks.iter().filter(|week| week[6] == true).count(), 1);
}

/// Power Query guesses types from the first 200 rows only. For a column with values in the newest week,
/// the guess must be right.
fn types_can_be_guessed_from_the_first_rows_of_the_facts() {
    let [columns, weeks] = ask([
        "SELECT column_name, column_type FROM (DESCRIBE fact_page_week)",
        "SELECT DISTINCT snapshot_week FROM (FROM read_csv('model/fact_page_week.csv', all_varchar = true) LIMIT 100)",
    ]);
    assert_eq!(weeks.len(), 1, "the newest week comes first");
    let guessed = ask_from(
        &data(),
        "SELECT 1",
        Path::new("model/views.sql"),
        &[
            "SELECT column_name, column_type FROM (DESCRIBE FROM read_csv('model/fact_page_week.csv', sample_size = 200))",
            "SELECT snapshot_week, count(*) FROM fact_page_week GROUP BY 1 ORDER BY 1 DESC LIMIT 1",
        ],
    );
    let known = format!(
        "SELECT {} FROM fact_page_week WHERE snapshot_week = '{}'",
        columns.iter().map(|row| format!("count({})", row[0].as_str().unwrap())).collect::<Vec<_>>().join(", "),
        guessed[1][0][0].as_str().unwrap(),
    );
    let [known] = ask([&known]);
    let is_number = |holds: &str| ["BIGINT", "DOUBLE", "BOOLEAN"].contains(&holds);
    let mut numbers = 0;
    for ((column, guess), known) in columns.iter().zip(&guessed[0]).zip(&known[0]) {
        let [holds, guess] = [column, guess].map(|row| row[1].as_str().unwrap());
        if is_number(holds) && known.as_u64() > Some(0) {
            assert!(is_number(guess), "{} is taken for {guess}", column[0]);
            numbers += 1;
        }
    }
    assert!(numbers > 60, "{numbers}");
}

/// Returns the rows of a weekly file, by column.
fn rows_of_week(week: &str) -> Vec<BTreeMap<String, String>> {
    let name = format!("confluence_data_{week}.csv");
    let places = [data().join(&name), data().join("archived_snapshots").join(&name)];
    let text = fs::read_to_string(places.iter().find(|path| path.exists()).unwrap()).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

fn the_trend_agrees_with_the_weekly_files() {
    let [trend, labels] = ask([
        "SELECT snapshot_week, CAST(monday AS VARCHAR), status, pages, words, attachment_bytes, edits_7d, broken_links, outdated, \
         orphans_tree, orphans_links, stubs, without_labels, single_contributor, inactive_owner, overdue, \
         round(mean_health_score, 6) FROM trend",
        "SELECT snapshot_week, count(*) FROM bridge_label GROUP BY ALL ORDER BY 1",
    ]);
    let with_files: BTreeMap<String, Value> =
        weeks().into_iter().map(|week| (week["week"].as_str().unwrap().to_owned(), week)).collect();
    let missing = trend.iter().filter(|row| !with_files.contains_key(row[0].as_str().unwrap())).count();
    assert_eq!((trend.len(), missing), (with_files.len() + 1, 1));
    let mut monday: chrono::NaiveDate = trend[0][1].as_str().unwrap().parse().unwrap();
    for row in &trend {
        let week = row[0].as_str().unwrap();
        assert_eq!((week, row[1].as_str().unwrap()), (&*monday.format("%G-W%V").to_string(), &*monday.to_string()));
        monday += chrono::TimeDelta::weeks(1);
        let status = with_files.get(week).map_or("missing", |week| week["status"].as_str().unwrap());
        assert_eq!(row[2], status);
        let mut rows = if status == "missing" { Vec::new() } else { rows_of_week(week) };
        rows.retain(|row| row["snapshot_status"] != "incomplete" && row["content_type"] != "blogpost");
        let figures = if rows.is_empty() { vec![Value::Null; 14] } else { figures(&rows) };
        assert_eq!(row[3..], figures, "{week}");
    }
    let counted = with_files.keys().map(|week| {
        let rows = rows_of_week(week);
        json!(rows.iter().map(|row| row["labels"].split(';').filter(|label| !label.is_empty()).count()).sum::<usize>())
    });
    assert_eq!(labels.iter().map(|row| row[1].clone()).collect::<Vec<_>>(), counted.collect::<Vec<_>>());
}

/// Returns the figures in the order of the query above.
fn figures(rows: &[BTreeMap<String, String>]) -> Vec<Value> {
    let cells = |column: &str| -> Vec<&str> {
        rows.iter().map(|row| row[column].as_str()).filter(|cell| !cell.is_empty()).collect()
    };
    let numbers = |column: &str| cells(column).iter().map(|cell| cell.parse::<u64>().unwrap()).collect::<Vec<_>>();
    let sum = |column: &str| json!(numbers(column).iter().sum::<u64>());
    let is = |column: &str, words: &[&str]| json!(cells(column).iter().filter(|cell| words.contains(*cell)).count());
    let scores = numbers("health_score");
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let mean = scores.iter().sum::<u64>() as f64 / scores.len() as f64;
    vec![
        json!(rows.len()),
        sum("word_count"),
        sum("attachment_bytes"),
        sum("edits_7d"),
        sum("broken_internal_links"),
        is("staleness", &["stale", "expired"]),
        is("is_orphan_tree", &["1"]),
        is("is_orphan_link", &["1"]),
        is("is_stub", &["1"]),
        is("label_count", &["0"]),
        is("unique_contributors", &["1"]),
        is("owner_active", &["0"]),
        is("workflow_overdue", &["1"]),
        json!((mean * 1e6).round() / 1e6),
    ]
}

/// Whether the unit of a column fits the type of its values.
fn fits(unit: &str, holds: &str) -> bool {
    match unit {
        "text" => holds == "VARCHAR",
        "0/1" => holds == "BOOLEAN",
        "date" => holds == "DATE",
        "time" => holds == "TIMESTAMP WITH TIME ZONE",
        _ => ["BIGINT", "DOUBLE"].contains(&holds),
    }
}

fn every_column_is_in_the_dictionary_with_a_matching_unit() {
    let tables = ["pages", "fact_page_week", "dim_page", "dim_space", "dim_user", "dim_week", "bridge_label"];
    let describe = tables.map(|table| format!("SELECT column_name, column_type FROM (DESCRIBE {table})"));
    let columns = ask(describe.each_ref().map(|query| &**query));
    // the weights of the health score are explained there too, but are not columns
    let [dictionary] = ask([r#"SELECT "column", tables, unit FROM data_dictionary WHERE definition NOT LIKE '"%'"#]);
    for (table, columns) in tables.into_iter().zip(columns) {
        // weekly files have list columns that the derived files do not have
        let in_dictionary = if table == "pages" { &["confluence_data_*", "history/*"][..] } else { &[table] };
        let defined: BTreeMap<&str, &str> = dictionary
            .iter()
            .map(|row| [0, 1, 2].map(|at| row[at].as_str().unwrap()))
            .filter(|[_, tables, _]| tables.split(';').any(|name| in_dictionary.contains(&name)))
            .map(|[column, _, unit]| (column, unit))
            .collect();
        let found: BTreeSet<&str> = texts(&columns).into_iter().collect();
        assert_eq!(found, defined.keys().copied().collect(), "{table}");
        for row in &columns {
            let [column, holds] = [0, 1].map(|at| row[at].as_str().unwrap());
            assert!(fits(defined[column], holds), "{table}.{column} is {holds}, its unit {}", defined[column]);
        }
    }
}

fn unknown_values_are_null_and_empty_texts_are_empty() {
    let [columns, pages] = ask([
        "SELECT column_name, column_type FROM (DESCRIBE pages) WHERE column_name NOT IN ('link_problems', 'external_links')",
        "SELECT count(*) FROM pages",
    ]);
    let counts: Vec<String> = columns
        .iter()
        .map(|row| match [0, 1].map(|at| row[at].as_str().unwrap()) {
            [column, "VARCHAR"] => format!("count({column}), count(*) FILTER ({column} = '')"),
            [column, _] => format!("count({column}), 0"),
        })
        .collect();
    let counts = counts.join(", ");
    let [of_lake, of_files] = ask([
        &format!("SELECT {counts} FROM pages"),
        &format!(
            "SELECT {counts} FROM read_csv(['confluence_data_*-W*.csv', 'archived_snapshots/*.csv'], header = true, \
             all_varchar = true, nullstr = '', allow_quoted_nulls = false, union_by_name = true)"
        ),
    ]);
    assert_eq!(of_lake, of_files);
    let counts: Vec<u64> = of_lake[0].iter().map(|count| count.as_u64().unwrap()).collect();
    let (known, empty) = counts.chunks(2).map(|pair| (pair[0], pair[1])).unzip::<_, _, Vec<_>, Vec<_>>();
    let all = pages[0][0].as_u64().unwrap();
    assert!(known.contains(&all) && known.iter().any(|known| *known < all), "{known:?}");
    assert!(empty.iter().any(|empty| *empty > 0), "{empty:?}");
}

/// Returns the files in a folder, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect()
}

fn the_model_can_be_written_again() {
    let folder = TempDir::new().unwrap();
    run(folder.path(), &["demo", "--quiet"]);
    let model = folder.path().join("confluence_data/model");
    let before = files(&model);
    assert!(
        VIEWS.iter().filter(|view| before.contains_key(&format!("{view}.parquet"))).count() == 6,
        "{:?}",
        before.keys()
    );
    fs::remove_dir_all(&model).unwrap();
    run(folder.path(), &["history", "export", "--quiet"]);
    for (name, bytes) in files(&model) {
        assert!(before[&name] == bytes, "{name} differs");
    }
    assert_eq!(files(&model).len(), before.len());
}
