//! The filter, its tokens, facets, totals and URLs, compared with a second implementation that reads the CSV.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::filter_reference::{self, Row};
use crate::{ALL, IS_COMPLETE, Report, text_of};
use test_support::pages::spaces_of_one_file;
use test_support::sample;
use test_support::webdriver::Browser;

test_support::trials! {
    [CHROMIUM]:
        async every_keystroke_finds_what_the_reference_finds,
        async tokens_are_parsed_as_in_the_table_and_wrong_ones_are_shown,
        async facets_count_under_the_other_filters,
        async a_facet_shows_30_values_and_more_on_request,
        async the_runs_of_a_file_are_counted_filtered_and_shown,
        async totals_follow_the_filter,
        async histograms_sum_up_to_the_filtered_files_and_filter,
        async every_view_has_a_url_and_the_back_button_works;
    []:
        sync the_reference_distinguishes_the_files_of_the_sample;
}

/// Script that returns the ids of all rows that match the filter.
const FOUND: &str = "const input = document.querySelector('#filter'); input.value = arguments0; \
    input.dispatchEvent(new Event('input')); document.querySelector('#page-size').value = '200'; \
    document.querySelector('#page-size').dispatchEvent(new Event('change')); const found = []; \
    for (;;) { for (const code of document.querySelectorAll('#table .endpoint')) found.push(code.title.split('/').pop()); \
    const next = document.querySelector('#pages [data-page=next]'); if (next.disabled) return found; next.click(); }";

async fn found(browser: &Browser, query: &str) -> BTreeSet<String> {
    let query = serde_json::to_string(query).expect("JSON");
    browser.texts(&FOUND.replace("arguments0", &query)).await.into_iter().collect()
}

fn expected(rows: &[Row], query: &str) -> BTreeSet<String> {
    let (terms, _) = filter_reference::parse(query);
    rows.iter().filter(|row| filter_reference::matches(&terms, row)).map(|row| row["Attachment ID"].clone()).collect()
}

const QUERIES: [&str; 26] = [
    "",
    "große",
    "GROSSE",
    "größe -\"26\"",
    "screenshot ~alice",
    "\"Release Plan\"",
    "=hyperlink",
    "att70031",
    "日本",
    "type:png size>10mb",
    "type:mp4,pdf usage:none",
    "-usage:embedded,linked",
    "age>2y",
    "age<6m size<5m",
    "versions>3",
    "uses>2",
    "size>0 -space:ENG",
    "author:jürgen page:überblick",
    "duplicate:yes",
    "duplicate:1 protected:no",
    "protected:yes",
    "kind:post status:current",
    "runs>3",
    "runs=1 usage:unreferenced",
    "-runs>0",
    "unreferenced>3w runs<7",
];

async fn every_keystroke_finds_what_the_reference_finds() {
    let browser = Browser::start().await;
    let report = Report::complete();
    let rows = filter_reference::rows(&report.read("attachments.csv"));
    browser.open(&report.page(ALL)).await;
    let mut hits = 0;
    for query in QUERIES {
        let (found, expected) = (found(&browser, query).await, expected(&rows, query));
        assert_eq!(found, expected, "{query}");
        hits += usize::from(!expected.is_empty() && expected.len() < rows.len());
    }
    assert!(hits > 18, "the queries distinguish files");
    browser.run("document.querySelector('#filter').value = ''").await;
    browser.type_into("#filter", "screenshot").await;
    browser.type_into("#filter", "\u{E00C}").await;
    assert_eq!(browser.text("return document.querySelector('#filter').value").await, "", "Escape clears");
    assert_eq!(text_of(&browser, "#range").await, "rows 1–200 of 300");
    browser.stop().await;
}

/// Converts numbers in terms to texts, so that 10485760 and 10485760.0 are equal.
fn spelled(terms: &Value) -> Value {
    match terms {
        Value::Array(values) => values.iter().map(spelled).collect(),
        Value::Number(number) => json!(number.to_string()),
        other => other.clone(),
    }
}

async fn tokens_are_parsed_as_in_the_table_and_wrong_ones_are_shown() {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/filter.json");
    let table: Vec<Value> = serde_json::from_slice(&fs::read(table).expect("read")).expect("JSON");
    for entry in &table {
        let query = entry["query"].as_str().expect("a query");
        let (terms, errors) = filter_reference::parse(query);
        let terms: Vec<Value> = terms.iter().map(filter_reference::Term::to_json).collect();
        assert_eq!((json!(terms), json!(errors)), (spelled(&entry["terms"]), entry["errors"].clone()), "{query}");
    }
    let browser = Browser::start().await;
    let report = Report::complete();
    browser.open(&report.page(ALL)).await;
    for entry in &table {
        let read = format!(
            "const {{ terms, errors }} = parseQuery({}); return [terms.map(t => [t.not, t.key, t.op, t.values]), errors.length]",
            entry["query"]
        );
        assert_eq!(browser.run(&read).await, json!([entry["terms"], entry["errors"]]), "{}", entry["query"]);
    }
    browser.type_into("#filter", "colour:red screenshot").await;
    assert_eq!(text_of(&browser, "#chips .bad").await, "unknown filter colour:");
    browser.stop().await;
}

/// Returns the counts of one facet on the page.
async fn counts(browser: &Browser, facet: &str) -> BTreeMap<String, u64> {
    let script = format!(
        "const box = document.querySelector('details[data-facet={facet}]'); box.open = true; \
         document.querySelector('details[data-facet={facet}]').dispatchEvent(new Event('toggle')); \
         return [...box.querySelectorAll('tbody tr')].map(row => [row.querySelector('button').dataset.value, row.cells[1].textContent])"
    );
    let rows = browser.run(&script).await;
    let rows = rows.as_array().expect("rows").iter();
    rows.map(|row| {
        let count = row[1].as_str().expect("a count").parse().expect("a number");
        (row[0].as_str().expect("a value").to_owned(), count)
    })
    .collect()
}

fn count_by<'r>(rows: impl Iterator<Item = &'r Row>, column: &str) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for row in rows {
        *counts.entry(row[column].clone()).or_default() += 1;
    }
    counts
}

async fn facets_count_under_the_other_filters() {
    let browser = Browser::start().await;
    let report = Report::complete();
    let rows = filter_reference::rows(&report.read("attachments.csv"));
    browser.open_at(&report.page(ALL), "?q=size%3E1mb&usage=unreferenced&usage=embedded&space=ENG").await;
    let base: Vec<&Row> = {
        let (terms, _) = filter_reference::parse("size>1mb");
        rows.iter().filter(|row| filter_reference::matches(&terms, row)).collect()
    };
    let usage = |row: &&&Row| ["unreferenced", "embedded"].contains(&row["Usage"].as_str());
    let space = |row: &&&Row| row["Space Key"] == "ENG";
    // within a facet OR, between facets AND; a facet's own choice does not hide its other values
    let under_usage = count_by(base.iter().filter(usage).copied(), "Space Key");
    assert_eq!(counts(&browser, "space").await, under_usage);
    let both = count_by(base.iter().filter(usage).filter(space).copied(), "Author");
    assert_eq!(counts(&browser, "author").await, both);
    let chips = browser.texts("return [...document.querySelectorAll('.usages button')].map(b => b.dataset.value + ' ' + b.querySelector('b').textContent)").await;
    let mut expected = count_by(base.iter().filter(space).copied(), "Usage");
    // a selected value stays visible, even if no file of it is left
    expected.entry("unreferenced".to_owned()).or_default();
    assert_eq!(
        chips.into_iter().collect::<BTreeSet<_>>(),
        expected.iter().map(|(usage, count)| format!("{usage} {count}")).collect()
    );
    assert_eq!(browser.find("fieldset > legend").await.len(), browser.find("fieldset").await.len());

    let removes = browser
        .texts("return [...document.querySelectorAll('#chips .chip')].map(b => b.getAttribute('aria-label'))")
        .await;
    assert_eq!(
        removes,
        [
            "Remove filter Usage: unreferenced",
            "Remove filter Usage: embedded",
            "Remove filter Space: Engineering (ENG)"
        ]
    );
    browser.click("h1").await;
    assert_eq!(browser.find("details.facet[open]").await.len(), 0, "a click outside closes the open facet");
    browser.click("#chips li:nth-child(3) button").await;
    let left = base.iter().filter(usage).count();
    assert!(text_of(&browser, "#range").await.ends_with(&format!("of {left}")));
    browser.click("#chips li:last-child button").await;
    assert!(text_of(&browser, "#range").await.ends_with("of 300"), "all filters are cleared");
    browser.stop().await;
}

async fn a_facet_shows_30_values_and_more_on_request() {
    let browser = Browser::start().await;
    let report = Report::of(&sample::run_facts(), &spaces_of_one_file(75));
    browser.open(&report.page(ALL)).await;
    assert_eq!(counts(&browser, "space").await.len(), 30);
    assert_eq!(text_of(&browser, "details[data-facet=space] fieldset > button").await, "45 more values");
    browser.click("details[data-facet=space] fieldset > button").await;
    let all = counts(&browser, "space").await;
    assert_eq!((all.len(), all.values().sum::<u64>()), (75, 75));
    assert_eq!(browser.find("details[data-facet=space] fieldset > button").await.len(), 0);
    browser.stop().await;
}

async fn the_runs_of_a_file_are_counted_filtered_and_shown() {
    let browser = Browser::start().await;
    let report = Report::complete();
    let rows = filter_reference::rows(&report.read("attachments.csv"));
    let in_runs = |least: u32, most: u32| {
        let runs = |row: &&Row| row["Unreferenced Runs"].parse().is_ok_and(|runs: u32| (least..=most).contains(&runs));
        rows.iter().filter(runs).count() as u64
    };
    browser.open(&report.page(ALL)).await;
    let expected = [("1", 1, 1), ("2", 2, 2), ("3-5", 3, 5), ("6-11", 6, 11)];
    let mut expected: BTreeMap<String, u64> =
        expected.map(|(value, least, most)| (value.to_owned(), in_runs(least, most))).into();
    assert!(expected.values().all(|files| *files > 0), "{expected:?}");
    expected.insert("none".to_owned(), rows.len() as u64 - in_runs(1, 99));
    assert_eq!(counts(&browser, "runs").await, expected);
    browser.open_at(&report.page(ALL), "?runs=3-5&runs=6-11").await;
    assert!(text_of(&browser, "#range").await.ends_with(&format!("of {}", in_runs(3, 11))));
    browser.open_at(&report.page(ALL), "?runs=7").await;
    assert_eq!(browser.find("#chips .bad").await.len(), 1);

    // only an unreferenced file has runs, whatever the history says about others
    let file = rows.iter().find(|row| row["Unreferenced Runs"] == "4").expect("a file");
    assert!(rows.iter().all(|row| (row["Usage"] == "unreferenced") != row["Unreferenced Since"].is_empty()));
    browser.open_at(&report.page(ALL), &format!("?open={}", file["Attachment ID"])).await;
    let details = text_of(&browser, "#details").await;
    let day = browser.text(&format!("return DAY.format(new Date({:?}))", file["Unreferenced Since"])).await;
    let part = format!("{day} (4 complete runs)");
    assert!(details.contains(&part), "{part}: {details}");
    let words = format!("no use found in 4 complete runs since {}", &file["Unreferenced Since"][..10]);
    let query = serde_json::to_string(&file["Attachment ID"]).expect("JSON");
    browser.open_at(&report.page(ALL), "").await;
    browser.run(&format!("const input = document.querySelector('#filter'); input.value = {query}; input.dispatchEvent(new Event('input'))")).await;
    assert_eq!(text_of(&browser, "#table tbody td.of-evidence").await, words);
    browser.stop().await;
}

async fn totals_follow_the_filter() {
    let browser = Browser::start().await;
    let report = Report::complete();
    browser.open(&report.page(ALL)).await;
    let found = text_of(&browser, "#found[aria-live=polite][aria-atomic=true]").await;
    assert!(found.starts_with("300 of 300 files – ") && found.contains("(100.0 %)"), "{found}");
    assert!(
        found.contains("; undetermined: ") && found.ends_with("; unknown size, not included in the figures: 1"),
        "{found}"
    );
    browser.type_into("#filter", "type:png").await;
    browser.wait_for("return document.querySelector('#found').textContent.startsWith('75 of 300 files')").await;
    let found = text_of(&browser, "#found").await;
    assert!(!found.contains("(100.0 %)"), "{found}");
    browser.stop().await;
}

async fn histograms_sum_up_to_the_filtered_files_and_filter() {
    let browser = Browser::start().await;
    let report = Report::complete();
    browser.open_at(&report.page(ALL), "?usage=unreferenced&usage=linked").await;
    let shown: u64 = browser
        .run("return Number(document.querySelector('#range').textContent.split(' ').pop())")
        .await
        .as_u64()
        .expect("rows");
    for facet in ["size", "age", "runs", "type"] {
        let counts = counts(&browser, facet).await;
        assert_eq!(counts.values().sum::<u64>(), shown, "{facet}");
    }
    let bar = "return document.querySelector('details[data-facet=type] tbody button').getAttribute('aria-label')";
    let label = browser.text(bar).await;
    assert!(label.contains(" files, ") && label.ends_with("iB"), "{label}");
    browser.click("details[data-facet=type] tbody button").await;
    assert!(browser.text("return location.hash").await.contains("&type="));
    let count: u64 =
        label.split(": ").nth(1).and_then(|rest| rest.split(' ').next()).expect("a count").parse().expect("a number");
    assert!(text_of(&browser, "#range").await.ends_with(&format!("of {count}")));
    browser.stop().await;
}

async fn every_view_has_a_url_and_the_back_button_works() {
    let browser = Browser::start().await;
    let report = Report::complete();
    let address = "?q=size%3E1mb&usage=unreferenced&type=PNG%20image&sort=name&dir=desc&rows=50&map=files&zoom=ENG";
    browser.open_at(&report.page(ALL), address).await;
    assert_eq!(browser.text("return document.querySelector('#table [aria-sort]').dataset.sort").await, "name");
    let names = browser.texts(crate::NAMES).await;
    assert!(!names.is_empty() && names.len() < 20);
    assert_eq!(
        browser.text("return State.read(location.hash, ['usage', 'type']).write().slice(1)").await,
        address,
        "round trip"
    );

    // a second browser shows the same
    let second = Browser::start().await;
    second.open_at(&report.page(ALL), address).await;
    assert_eq!(second.texts(crate::NAMES).await, names);
    second.stop().await;

    browser.open(&report.page(ALL)).await;
    browser.type_into("#filter", "pdf").await;
    browser.wait_for(IS_COMPLETE).await;
    browser.click(".usages button[data-value=unreferenced]").await;
    let narrowed = text_of(&browser, "#range").await;
    browser.click("#chips li:first-child button").await;
    browser.back().await;
    assert_eq!(text_of(&browser, "#range").await, narrowed, "one step back");
    browser.back().await;
    assert_eq!(
        browser.text("return document.querySelector('#filter').value").await,
        "pdf",
        "typing adds no history entry"
    );
    browser.open_at(&report.page(ALL), "?colour=red&rows=7&sort=colour&usage=lost&open=att1&page=x&q=%E0").await;
    assert_eq!(browser.find("#chips .bad").await.len(), 6, "bad values are reported, unknown keys are not");
    assert_eq!(text_of(&browser, "#range").await, "rows 1–100 of 300");
    browser.stop().await;
}

fn the_reference_distinguishes_the_files_of_the_sample() {
    let (inventory, _) = sample::complete(300);
    assert_eq!(inventory.attachments.len(), 300);
    assert_eq!(filter_reference::fold("GRÖSSE\u{202E}"), "grosse[u+202e]");
}
