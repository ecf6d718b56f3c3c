//! The workbook of the page metrics.

use std::fs;
use std::path::PathBuf;

use super::{Settings, Shown, Table, address, assert_filters, compare, expected, links, opened, sheets};
use crate::{data, duckdb};
use test_support::zip_container::part;

test_support::trials! {
    [LIBREOFFICE]:
        sync every_cell_of_the_pages_is_that_of_the_csv_file,
        sync findings_and_pages_in_a_workflow_are_those_of_the_csv_files,
        sync the_reading_guide_explains_every_column,
        sync titles_open_their_pages_and_headings_have_filters_and_stay_visible;
    [LIBREOFFICE, DUCKDB]: sync the_weeks_agree_with_the_trend_in_duckdb;
}

fn workbook() -> PathBuf {
    data().join("confluence_data.xlsx")
}

/// Returns a sheet of the demo's workbook.
fn sheet(name: &str, settings: Settings) -> Table {
    Table::of(sheets(&workbook(), None, settings).remove(name).unwrap_or_else(|| panic!("no sheet {name}")))
}

/// Returns the CSV file of the newest week.
pub(super) fn newest_week() -> PathBuf {
    let names = fs::read_dir(data()).unwrap().map(|entry| entry.unwrap().path());
    names.filter(|path| path.to_string_lossy().contains("-W")).max().unwrap()
}

fn every_cell_of_the_pages_is_that_of_the_csv_file() {
    for settings in Settings::ALL {
        let (shown, expected) = (sheet("Pages", settings), expected(&newest_week(), settings));
        assert_eq!(shown.names, expected.names);
        assert_eq!(compare(&shown, &expected, &["page_id"], settings), expected.names.len());
        let kinds = |text: &str| shown.rows.iter().flatten().filter(|cell| cell.text.contains(text)).count();
        assert!(
            ["ü", "é", "取り付け", "安装", "ติดตั้ง"].iter().all(|letters| kinds(letters) > 0),
            "letters of other languages"
        );
        let scores: Vec<u32> = shown.texts("health_score").iter().map(|score| score.parse().unwrap()).collect();
        assert!(
            scores.is_sorted() && scores.first() < scores.last(),
            "the lowest health score comes first: {scores:?}"
        );
        assert!(shown.column("word_count").iter().any(|cell| !cell.is_text && cell.text != "0"));
    }
}

fn findings_and_pages_in_a_workflow_are_those_of_the_csv_files() {
    for settings in Settings::ALL {
        let shown = sheet("Findings", settings);
        let mut files: Vec<&str> = shown.texts("file");
        files.dedup();
        assert!(files.len() > 7, "{files:?}");
        for file in &files {
            let mut expected = expected(&data().join(file), settings);
            let rows = shown.rows.iter().filter(|row| row[shown.place("file")].text == *file).cloned().collect();
            let shown = Table { names: shown.names.clone(), rows };
            if *file == "findings/broken_links.csv" {
                let (pages, links) = (shown.column("value"), expected.rows.len());
                let sum: usize = pages.iter().map(|cell| cell.text.parse::<usize>().unwrap()).sum();
                assert_eq!(sum, links, "the file has one row for each link");
                continue;
            }
            let in_order = |table: &Table| table.texts("page_id").iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
            assert_eq!(in_order(&shown), in_order(&expected), "{file}");
            assert_eq!(compare(&shown, &expected, &["page_id"], settings), expected.names.len());
            expected.rows.clear();
        }
        let workflow = sheet("Workflow", settings);
        let mut pages = expected(&newest_week(), settings);
        let state = pages.place("workflow_state");
        pages.rows.retain(|row| !row[state].text.is_empty());
        assert!(pages.rows.len() > 20);
        assert_eq!(compare(&workflow, &pages, &["page_id"], settings), workflow.names.len());
    }
}

fn the_reading_guide_explains_every_column() {
    let sheets = sheets(&workbook(), None, Settings::English);
    assert_eq!(
        sheets.keys().collect::<Vec<_>>(),
        ["Findings", "Pages", "Reading guide", "Summary", "Weeks", "Workflow"]
    );
    let guide = &sheets["Reading guide"];
    let first = |row: &&Vec<Shown>| row[0].text.clone();
    for name in ["Pages", "Findings", "Workflow", "Weeks"] {
        let begin = guide.iter().position(|row| row[0].text == name).unwrap();
        let rows = guide[begin + 2..].iter().take_while(|row| !row[0].text.is_empty());
        let explained: Vec<&Vec<Shown>> = rows.collect();
        let columns: Vec<String> = sheets[name][0].iter().map(|cell| cell.text.clone()).collect();
        assert_eq!(explained.iter().map(first).collect::<Vec<_>>(), columns, "{name}");
        assert!(explained.iter().all(|row| row[1].text.ends_with(['.', '…']) && !row[1].text.contains('`')));
    }
}

fn the_weeks_agree_with_the_trend_in_duckdb() {
    let figures = "pages, words, attachment_bytes, edits_7d, outdated, orphans_tree, orphans_links, stubs, \
                   without_labels, single_contributor, inactive_owner, overdue, broken_links";
    let query = format!(
        "SELECT snapshot_week, CAST(monday AS VARCHAR), status, {figures}, round(mean_health_score, 1) FROM trend \
         ORDER BY snapshot_week DESC"
    );
    let [trend, rows] = duckdb::ask([&query, "SELECT row_count FROM weeks ORDER BY snapshot_week DESC"]);
    for settings in Settings::ALL {
        let weeks = sheet("Weeks", settings);
        let [decimal, thousands] = settings.separators();
        let names = format!("snapshot_week, monday, status, {figures}, mean_health_score");
        let columns: Vec<usize> = names.split(", ").map(|name| weeks.place(name)).collect();
        let shown: Vec<Vec<String>> = weeks
            .rows
            .iter()
            .map(|row| columns.iter().map(|at| row[*at].text.replace(thousands, "").replace(decimal, ".")).collect())
            .collect();
        let text = |value: &serde_json::Value| match value {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(text) => text.clone(),
            number if number.is_f64() => format!("{:.1}", number.as_f64().unwrap()),
            number => number.to_string(),
        };
        let expected: Vec<Vec<String>> = trend.iter().map(|row| row.iter().map(text).collect()).collect();
        assert_eq!(shown, expected, "{settings:?}");
        let counted: Vec<&str> = weeks.texts("rows").into_iter().filter(|rows| !rows.is_empty()).collect();
        assert_eq!(counted, rows.iter().map(|row| row[0].to_string()).collect::<Vec<_>>());
        assert!(weeks.column("monday").iter().all(|cell| !cell.is_text), "dates are dates");
        let remark = |status: &str| {
            let at = weeks.texts("status").iter().position(|shown| *shown == status).unwrap();
            weeks.texts("remark")[at].to_owned()
        };
        assert!(remark("incomplete").starts_with("INCOMPLETE"));
        assert!(remark("missing").starts_with("No snapshot"));
        assert_eq!(remark("complete"), "");
    }
}

fn titles_open_their_pages_and_headings_have_filters_and_stay_visible() {
    let document = opened(&workbook(), None, Settings::German);
    let found = links(&document);
    let pages = sheet("Pages", Settings::English);
    for (url, title) in pages.texts("page_url").into_iter().zip(pages.texts("page_title")) {
        assert!(found.contains(&(address(url), title.to_owned())), "{title} does not open {url}");
    }
    for name in ["Pages", "Findings", "Workflow", "Weeks"] {
        assert_filters(&document, name);
    }
    let bytes = fs::read(workbook()).unwrap();
    for (number, frozen) in [(2, 2), (3, 3), (4, 2), (5, 1)] {
        let pane = format!(r#"<pane xSplit="{frozen}" ySplit="1""#);
        assert!(part(&bytes, &format!("xl/worksheets/sheet{number}.xml")).contains(&pane), "sheet {number}");
    }
    assert!(!document.contains("table:formula="), "no cell is a formula");
}
