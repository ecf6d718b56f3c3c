//! The star schema as business-intelligence tools read it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use confluence_sim::FaultPlan;

use super::columns::ALL;
use super::harness::{Harness, Row, rows, weeks_ago};
use super::knowledge_base::{CONFIGURATION, data_center, site};

/// Records four weeks: a complete one, a missing one, an incomplete one, and this one.
fn with_weeks() -> Harness {
    let harness = Harness::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    let page = |words: &'static str, editor: &'static str| {
        let mut page =
            vec![("page_id", "1001"), ("page_title", "Handbook"), ("space_key", "KB"), ("schema_version", "1")];
        page.extend([("word_count", words), ("last_editor_id", editor), ("last_editor", "Name then")]);
        page.extend([
            ("top_contributor_share", "0.250"),
            ("owner_id", "gone1"),
            ("owner_name", "Gone"),
            ("owner_active", "0"),
        ]);
        page
    };
    harness.record(
        weeks_ago(3),
        true,
        &["KB", "OLD"],
        &[&page("11", "b1"), &[("page_id", "77"), ("space_key", "OLD"), ("page_title", "=1+1")]],
    );
    harness.record(weeks_ago(1), false, &["KB", "HR"], &[&page("13", "b1")]);
    harness.snapshot(&ALL).exits_with(0);
    harness
}

fn model(harness: &Harness, name: &str) -> Vec<Row> {
    rows(&harness.data().join("model").join(name))
}

fn keys(rows: &[Row], column: &str) -> BTreeSet<String> {
    rows.iter().map(|row| row[column].clone()).filter(|key| !key.is_empty()).collect()
}

#[test]
fn every_key_of_a_fact_has_one_row_in_its_dimension() {
    let harness = with_weeks();
    let facts = model(&harness, "fact_page_week.csv");
    for (column, table, key) in [
        ("page_id", "dim_page.csv", "page_id"),
        ("space_key", "dim_space.csv", "space_key"),
        ("creator_id", "dim_user.csv", "user_id"),
        ("owner_id", "dim_user.csv", "user_id"),
        ("last_editor_id", "dim_user.csv", "user_id"),
        ("snapshot_week", "dim_week.csv", "snapshot_week"),
    ] {
        let dimension = model(&harness, table);
        let known = keys(&dimension, key);
        assert_eq!(known.len(), dimension.len(), "{table}: every key occurs once");
        let used = keys(&facts, column);
        assert!(!used.is_empty() && used.is_subset(&known), "{column}: {:?}", used.difference(&known));
    }
    let dim_page = model(&harness, "dim_page.csv");
    for row in &dim_page {
        assert!(
            row["space_key"].is_empty()
                || keys(&model(&harness, "dim_space.csv"), "space_key").contains(&row["space_key"])
        );
    }
    let old = dim_page.iter().find(|row| row["page_id"] == "1001").unwrap();
    assert_eq!((&old["first_week"], &old["last_week"]), (&weeks_ago(3).to_string(), &weeks_ago(0).to_string()));
    let user = |id: &str| model(&harness, "dim_user.csv").into_iter().find(|row| row["user_id"] == id).unwrap();
    assert_eq!((user("gone1")["active"].as_str(), user("b1")["user_name"].as_str()), ("0", "Bea Berg"));
}

#[test]
fn facts_and_labels_begin_with_the_newest_week() {
    let harness = with_weeks();
    let weeks = |name: &str| -> Vec<String> {
        let mut weeks: Vec<String> =
            rows(&harness.data().join(name)).into_iter().map(|row| row["snapshot_week"].clone()).collect();
        weeks.dedup();
        weeks
    };
    let newest_first = [0, 1, 3].map(|ago| weeks_ago(ago).to_string());
    assert_eq!(weeks("model/fact_page_week.csv"), newest_first);
    assert_eq!(weeks("confluence_data_history.csv"), newest_first);
    assert_eq!(weeks("model/bridge_label.csv"), newest_first[..1], "older weeks have no labels");
    let labels: BTreeSet<[String; 2]> = model(&harness, "bridge_label.csv")
        .into_iter()
        .map(|row| [row["page_id"].clone(), row["label"].clone()])
        .collect();
    let expected = harness.pages().into_iter().flat_map(|(page, row)| {
        let labels = row["labels"].split(';').filter(|label| !label.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        labels.into_iter().map(move |label| [page.clone(), label])
    });
    assert_eq!(labels, expected.collect());
    assert!(labels.len() > 4, "{labels:?}");
}

/// Some programs infer types from the first rows, so these have a value in each column that any row of the week fills.
#[test]
fn a_week_of_facts_begins_with_rows_that_fill_its_columns() {
    let harness = Harness::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    let page = |id: &'static str, more: &[(&'static str, &'static str)]| {
        [&[("page_id", id), ("space_key", "KB"), ("page_title", "A page")], more].concat()
    };
    let pages = [
        page("1", &[]),
        page("2", &[]),
        page("3", &[("word_count", "5"), ("health_reasons", "stub")]),
        page("4", &[("word_count", "6")]),
        page("5", &[("workflow_due", "2026-01-02T03:04:05Z")]),
    ];
    let pages: Vec<&[(&str, &str)]> = pages.iter().map(|page| &page[..]).collect();
    harness.record(weeks_ago(1), true, &["KB"], &pages);
    harness.snapshot(&ALL).exits_with(0);
    let of_week = |name: &str| -> Vec<String> {
        let rows = rows(&harness.data().join(name)).into_iter();
        rows.filter(|row| row["snapshot_week"] == weeks_ago(1).to_string()).map(|row| row["page_id"].clone()).collect()
    };
    assert_eq!(of_week("model/fact_page_week.csv"), ["1", "3", "5", "2", "4"]);
    assert_eq!(of_week("confluence_data_history.csv"), ["1", "2", "3", "4", "5"]);
}

#[test]
fn facts_have_the_owners_times_and_reasons_of_a_week() {
    let of_parameters = Harness::start(data_center(), FaultPlan::none()).configure(CONFIGURATION);
    of_parameters.snapshot(&[]).exits_with(0);
    for (harness, columns) in [
        (of_parameters, &["owner_value", "project_relevance", "workflow_since", "workflow_due", "health_reasons"][..]),
        (
            with_weeks(),
            &["updated_at", "content_state", "content_state_since", "workflow_due_window", "thresholds_from"],
        ),
    ] {
        let (facts, pages) = (model(&harness, "fact_page_week.csv"), harness.pages());
        let of_week = facts.iter().filter(|row| row["snapshot_week"] == weeks_ago(0).to_string());
        for column in columns {
            assert!(of_week.clone().any(|row| !row[*column].is_empty()), "{column}");
            assert!(of_week.clone().all(|row| row[*column] == pages[&row["page_id"]][*column]), "{column}");
        }
    }
}

#[test]
fn weeks_without_a_snapshot_are_listed_as_missing() {
    let harness = with_weeks();
    let weeks = model(&harness, "dim_week.csv");
    let found: Vec<[&str; 3]> =
        weeks.iter().map(|row| [row["status"].as_str(), row["in_trends"].as_str(), row["pages"].as_str()]).collect();
    assert_eq!(
        found,
        [["complete", "1", "2"], ["missing", "0", ""], ["incomplete", "0", "1"], ["complete", "1", "17"]]
    );
    for (ago, row) in (0..4).rev().zip(&weeks) {
        let week = weeks_ago(ago);
        assert_eq!((&row["snapshot_week"], &row["monday"]), (&week.to_string(), &week.monday().to_string()));
        let thursday = week.monday() + chrono::Days::new(3);
        let calendar = ["year", "iso_week", "month"].map(|column| row[column].parse::<u32>().unwrap());
        assert_eq!(calendar, ["%G", "%V", "%m"].map(|part| thursday.format(part).to_string().parse::<u32>().unwrap()));
        assert_eq!((&row["weeks_ago"], &row["is_newest"]), (&ago.to_string(), &u8::from(ago == 0).to_string()));
        assert_eq!(row["sunday"], (thursday + chrono::Days::new(3)).to_string());
        assert_eq!(row["quarter"], calendar[2].div_ceil(3).to_string());
    }
}

#[test]
fn sums_of_facts_equal_those_of_the_history_and_numbers_are_unquoted() {
    let harness = with_weeks();
    let (facts, history) =
        (model(&harness, "fact_page_week.csv"), rows(&harness.data().join("confluence_data_history.csv")));
    assert_eq!(facts.len(), history.len());
    let mut numeric = 0;
    for column in facts[0].keys() {
        let values = |rows: &[Row]| -> Vec<String> { rows.iter().map(|row| row[column].clone()).collect() };
        let sum = |rows: &[Row]| -> f64 { values(rows).iter().filter_map(|text| text.parse::<f64>().ok()).sum() };
        assert!((sum(&facts) - sum(&history)).abs() < 1e-9, "{column}");
        let filled: Vec<String> = values(&facts).into_iter().filter(|text| !text.is_empty()).collect();
        let is_plain = |text: &String| text.parse::<f64>().is_ok() && !text.contains(['e', 'E', ' ', ',', '+']);
        numeric += usize::from(!filled.is_empty() && filled.iter().all(is_plain));
    }
    assert!(numeric > 70, "{numeric} columns of numbers");
    let share: Vec<&String> =
        facts.iter().filter(|row| row["page_id"] == "1001").map(|row| &row["top_contributor_share"]).collect();
    assert_eq!(share, ["0.667", "0.250", "0.250"]);
    // a title that looks like a formula is protected in the file
    let raw = std::fs::read_to_string(harness.data().join("model/dim_page.csv")).unwrap();
    assert!(raw.contains("\"'=1+1\""));
}

/// Returns all CSV files of a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = entries.partition(|path| path.is_dir());
    let csv = files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "csv"));
    csv.chain(folders.iter().flat_map(|folder| self::files(folder))).collect()
}

#[test]
fn the_dictionary_names_every_column_of_every_file() {
    let harness = with_weeks();
    let dictionary = model(&harness, "data_dictionary.csv");
    let mut named: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in &dictionary {
        named.entry(&row["column"]).or_default().extend(row["tables"].split(';'));
        assert!(["definition", "unit", "source", "empty_when"].iter().all(|part| !row[*part].is_empty()), "{row:?}");
    }
    let mut met = 0;
    for file in files(&harness.data()) {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let table = match name.as_str() {
            "data_dictionary" => continue,
            name if name.starts_with("confluence_data_") => "confluence_data_*",
            "broken_links" | "archived_links" => "findings/broken_links",
            "external_links" => "findings/external_links",
            _ if file.parent().unwrap().ends_with("findings") => "findings/*",
            name => name,
        };
        let bytes = std::fs::read(&file).unwrap();
        let mut reader = csv::Reader::from_reader(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap());
        for column in reader.headers().unwrap() {
            let known = named.get(column).is_some_and(|tables| tables.contains(table));
            assert!(known, "{column} of {name} is not in the dictionary");
            met += 1;
        }
    }
    assert!(met > 400, "{met} columns");
}

/// Python's CSV reader finds the same rows, columns and characters.
#[test]
fn python_reads_every_file() {
    let harness = with_weeks();
    let script = "import csv, sys\n\
        for path in sys.argv[1:]:\n\
        \x20   with open(path, encoding='utf-8-sig', newline='') as file:\n\
        \x20       rows = list(csv.reader(file, strict=True))\n\
        \x20   assert all(len(row) == len(rows[0]) for row in rows), path\n\
        \x20   print(len(rows) - 1, len(rows[0]), sum(len(cell) for row in rows for cell in row))\n";
    let files = files(&harness.data());
    assert!(files.len() > 20, "{files:?}");
    let run = match Command::new("python3").arg("-c").arg(script).args(&files).output() {
        Ok(run) => run,
        Err(error) if std::env::var_os("CI").is_none() => {
            eprintln!("python3 did not read the files: {error}");
            return;
        }
        Err(error) => panic!("python3: {error}"),
    };
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let by_python = String::from_utf8(run.stdout).unwrap();
    let ours = files.iter().map(|path| {
        let bytes = std::fs::read(path).unwrap();
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let characters: usize = rows.iter().flatten().map(|cell| cell.chars().count()).sum();
        format!("{} {} {characters}\n", rows.len() - 1, rows[0].len())
    });
    assert_eq!(by_python, ours.collect::<String>());
}
