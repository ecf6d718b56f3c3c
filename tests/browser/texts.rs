//! The script takes all its texts from one table. The test marks every text of the table before the page starts;
//! texts without a mark may only be data of the report, figures or dates.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{ALL, IS_COMPLETE, Report, text_of};
use test_support::sample;
use test_support::webdriver::Browser;

test_support::trials! {
    [CHROMIUM]:
        async every_text_the_script_shows_comes_from_one_table,
        async a_count_of_one_is_in_the_singular;
}

/// Script that marks every text of the table, including the results of functions.
const MARK: &str = "document.addEventListener('DOMContentLoaded', () => { \
    const mark = value => typeof value === 'string' ? '⟦' + value + '⟧' \
    : typeof value === 'function' ? (...words) => '⟦' + value(...words) + '⟧' \
    : Array.isArray(value) ? value.map(mark) : Object.fromEntries(Object.entries(value).map(([k, v]) => [k, mark(v)])); \
    Object.assign(TEXT, mark(TEXT)); });";

/// Script that finds texts and labels of the script without a mark that are not among the strings of the data.
/// Names of files, pages and people are `bdi` elements; URLs and ids are `code` elements.
const UNMARKED: &str = "const known = new Set(arguments0); const found = []; \
    const look = text => { let rest = text, before; do { before = rest; rest = rest.replace(/⟦[^⟦⟧]*⟧/gu, ';'); } while (rest !== before); \
    for (const part of rest.split(/[:;,()]| – /u)) { const words = part.replace(/^[^\\p{L}#]+|[^\\p{L}\\d]+$/gu, ''); \
    if (!/\\p{L}{2}/u.test(words) || known.has(words) || known.has(part.trim()) || /^([KMG]iB|[A-Z][a-z]{2} \\d+)$/.test(words)) continue; \
    found.push(words + ' <- ' + text); } }; \
    for (const place of document.querySelectorAll('SELECTOR')) { \
    const walk = document.createTreeWalker(place, NodeFilter.SHOW_TEXT); \
    while (walk.nextNode()) if (!walk.currentNode.parentElement.closest('bdi, code, time, thead.static')) look(walk.currentNode.data); \
    for (const name of place.querySelectorAll('.value bdi')) if (!known.has(name.textContent) && !/⟦|^.+ [(].+[)]$/u.test(name.textContent)) found.push(name.textContent); \
    for (const element of place.querySelectorAll('[data-label], [aria-label]')) { const name = element.querySelector('bdi')?.textContent; \
    look(element.dataset.label || ''); if (name || !element.matches('.square')) look((element.getAttribute('aria-label') || '').replace(name, '')); } } \
    return [...new Set(found)]";

/// Collects every string in the data of a page, and the parts of sentences between their placeholders, as the script
/// above splits them.
fn strings(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            let pieces = text.split(['{', '}']).flat_map(|piece| piece.split([':', ';', ',', '(', ')']));
            let is_word = |c: char| c.is_alphabetic() || c == '#';
            let words = pieces.flat_map(|piece| piece.split(" – ")).map(|piece| {
                let piece = piece.trim_start_matches(|c: char| !is_word(c));
                piece.trim_end_matches(|c: char| !c.is_alphabetic() && !c.is_ascii_digit()).to_owned()
            });
            found.extend(words);
            found.insert(text.clone());
        }
        Value::Array(values) => values.iter().for_each(|value| strings(value, found)),
        Value::Object(values) => values.values().for_each(|value| strings(value, found)),
        _ => {}
    }
}

fn data_of(report: &Report, page: &str) -> BTreeSet<String> {
    let text = report.read(page);
    let block = text.split_once("<script type=\"application/json\"").expect("data").1;
    let block = block.split_once('>').expect("its begin").1.split_once("</script>").expect("its end").0;
    let mut found = BTreeSet::new();
    strings(&serde_json::from_str(block).expect("JSON"), &mut found);
    found
}

async fn every_text_the_script_shows_comes_from_one_table() {
    let browser = Browser::start().await;
    let report = Report::complete();
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": MARK })).await;
    for (page, address, steps, places) in [
        (
            ALL,
            "?q=colour:red+-draft+size%3Ex&usage=unreferenced&map=all&open=missing",
            "",
            "#table tbody, #facets, #chips, #found, #range, .map",
        ),
        (ALL, "?q=nothing-has-this-name", "", "#table tbody, #found, #range"),
        (ALL, "?open=att70010", "", "#details"),
        (ALL, "", "document.querySelector('#help-button').click()", "#help"),
        (ALL, "", "document.querySelector('#print-button').click()", "#print"),
        (ALL, "", "document.querySelector('#cleanup-button').click()", "#cleanup"),
        (ALL, "", "document.querySelector('#tick-button').click()", "#ticked"),
        (
            ALL,
            "",
            "for (const box of document.querySelectorAll('details.facet')) { box.open = true; box.dispatchEvent(new Event('toggle')); }",
            "#facets",
        ),
        (ALL, "", "dispatchEvent(new Event('beforeprint'))", "#table tbody, #print-filter"),
        ("index.html", "", "", "#map"),
    ] {
        browser.open_at(&report.page(page), address).await;
        assert_eq!(browser.text("return document.documentElement.lang").await, "en");
        if page == ALL {
            browser.wait_for(IS_COMPLETE).await;
        }
        browser.run(steps).await;
        let known = json!(data_of(&report, page)).to_string();
        let first = places.split(',').next_back().expect("a place");
        assert!(text_of(&browser, first).await.contains('⟦'), "{page}{address} {steps}: nothing is marked");
        let unmarked = UNMARKED.replace("arguments0", &known).replace("SELECTOR", places);
        assert_eq!(browser.texts(&unmarked).await, [] as [String; 0], "{page}{address} {steps}");
    }
    browser.stop().await;
}

async fn a_count_of_one_is_in_the_singular() {
    let browser = Browser::start().await;
    let report = Report::of(&sample::run_facts(), &sample::complete(1));
    browser.open(&report.page(ALL)).await;
    browser.wait_for("return document.querySelector('#found').textContent.startsWith('1 of 1 file – ')").await;
    let said = browser.texts("return [TEXT.omitted(1), TEXT.showMore(1), TEXT.cleanupLeft(1), TEXT.omitted(2)]").await;
    assert_eq!(
        said,
        [
            "1 smaller file is not on this page",
            "1 more value",
            "1 of the selected files is left out: not unreferenced, or protected.",
            "2 smaller files are not on this page"
        ]
    );
    browser.stop().await;
}
