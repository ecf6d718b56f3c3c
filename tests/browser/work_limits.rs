//! Work of a page with 50,000 files, counted in rows, nodes and bytes. Times are measured in
//! `benches/report.rs`, because they depend on the machine.

use std::path::PathBuf;

use confluence_storage_analyzer::inventory::SpaceId;
use confluence_storage_analyzer::report::{self, ReportInput};
use serde_json::{Value, json};

use test_support::sample;
use test_support::webdriver::Browser;

test_support::trials! {
    [CHROMIUM]:
        async typing_and_sorting_draw_the_visible_rows_and_not_50_000_files,
        async a_key_typed_before_drawing_is_complete_leaves_nothing_of_the_last_one;
}

const FILES: u64 = 50_000;

/// Most nodes (elements and texts) of one row.
const NODES_PER_ROW: u64 = 60;

/// Writes a report with all files in one space. Returns the page of that space.
fn one_space() -> (tempfile::TempDir, PathBuf) {
    let parent = tempfile::tempdir().expect("a folder");
    let (mut inventory, mut audit) = sample::complete(FILES);
    for content in &mut inventory.contents {
        content.space = Some(SpaceId::new("11"));
    }
    for verdict in &mut audit.files {
        verdict.space = Some(SpaceId::new("11"));
    }
    let folder =
        report::write(parent.path(), ReportInput { run: &sample::run_facts(), inventory: &inventory, audit: &audit })
            .expect("written");
    (parent, folder.join("ENG/ENG_attachments.html"))
}

/// Counts the work of a step: how many rows of the lowest height fit into the window, rows and new nodes in the first
/// painted frame, most rows added in a later frame, final rows and new nodes, and how often all files were tested
/// against the filter.
const COUNT: &str = "const table = document.querySelector('#table'); const body = table.tBodies[0]; \
    const nodes = node => 1 + [...node.childNodes].reduce((sum, child) => sum + nodes(child), 0); \
    const room = Math.max(4, Math.ceil((innerHeight - Math.max(0, body.getBoundingClientRect().top)) / 40)); \
    let made = 0, tested = 0; const see = records => { for (const record of records) \
    for (const node of record.addedNodes) made += nodes(node); }; \
    const watch = new MutationObserver(see); watch.observe(document.body, { childList: true, subtree: true }); \
    const test = window.narrow; window.narrow = (...all) => { tested++; return test(...all); }; \
    const frame = () => new Promise(requestAnimationFrame); \
    STEP; await frame(); see(watch.takeRecords()); const first = [body.rows.length, made]; \
    let most = 0, rows = body.rows.length; while (table.hasAttribute('aria-busy')) { await frame(); \
    most = Math.max(most, body.rows.length - rows); rows = body.rows.length; } \
    see(watch.takeRecords()); watch.disconnect(); window.narrow = test; \
    return { first, most, rows, made, tested, room }";

async fn count(browser: &Browser, step: &str) -> Value {
    browser.run(&format!("return (async () => {{ {} }})()", COUNT.replace("STEP", step))).await
}

fn number(value: &Value) -> u64 {
    value.as_u64().expect("a number")
}

/// Asserts that the rows in the window are drawn first, the rest of the 100 rows in parts, and nothing else.
fn assert_small(step: &str, counted: &Value) {
    let (rows, nodes) = (number(&counted["first"][0]), number(&counted["first"][1]));
    let room = number(&counted["room"]);
    assert!((1..=room).contains(&rows), "{step}: {rows} rows before the first paint, room for {room}");
    // chips, caption and paging in addition to the rows
    assert!(nodes <= rows * NODES_PER_ROW + 100, "{step}: {nodes} nodes for {rows} rows");
    assert!(number(&counted["most"]) <= 25, "{step}: one frame of {counted}");
    let all = number(&counted["rows"]);
    assert!(rows <= all && all <= 100, "{step}: {all} rows");
    assert!(number(&counted["made"]) <= all * NODES_PER_ROW + 200, "{step}: {counted}");
}

async fn typing_and_sorting_draw_the_visible_rows_and_not_50_000_files() {
    let browser = Browser::start().await;
    let (_parent, page) = one_space();
    let text = std::fs::read_to_string(&page).expect("read");
    let (frame, data) = text.split_once("<script type=\"application/json\"").expect("data");
    assert!(data.len() as u64 <= 200 * FILES, "{} bytes a file", data.len() as u64 / FILES);
    assert!(frame.len() < 600_000, "{} bytes of everything else", frame.len());

    browser.open(&page).await;
    let shown = browser
        .run("return [document.querySelectorAll('#table tbody tr').length, document.querySelectorAll('*').length]")
        .await;
    assert_eq!(shown[0], 100);
    assert!(number(&shown[1]) < 6_000, "{shown} elements");
    for key in
        ["s", "sc", "scr", "screen 1", "size>10mb", "usage:none type:png", "müller -pdf", "nothing-has-this-name", ""]
    {
        let typed = json!(key).to_string();
        let step = format!(
            "const input = document.querySelector('#filter'); input.value = {typed}; input.dispatchEvent(new Event('input'))"
        );
        let counted = count(&browser, &step).await;
        assert_small(key, &counted);
        assert_eq!(counted["tested"], 1, "{key}");
    }
    for column in ["name", "changed", "usage"] {
        for _ in 0..3 {
            let step = format!("document.querySelector('th[data-sort={column}] button').click()");
            let counted = count(&browser, &step).await;
            assert_small(column, &counted);
            assert_eq!(counted["tested"], 0, "sorting does not test the filter again");
        }
    }
    let chosen = count(&browser, "document.querySelector('.chip.usage').click()").await;
    assert_small("a facet", &chosen);
    assert_eq!(chosen["tested"], 1);

    browser.devtools("Performance.enable", json!({})).await;
    browser.devtools("HeapProfiler.collectGarbage", json!({})).await;
    let metrics = browser.devtools("Performance.getMetrics", json!({})).await;
    let metrics = metrics["metrics"].as_array().expect("metrics");
    let heap = metrics.iter().find(|metric| metric["name"] == "JSHeapUsedSize").expect("the heap");
    assert!(number(&heap["value"]) < 100_000_000, "{heap}");
    browser.stop().await;
}

/// Types a key before the rows of the last one are complete: nothing of the last one is left, and postponed work
/// is done.
async fn a_key_typed_before_drawing_is_complete_leaves_nothing_of_the_last_one() {
    let browser = Browser::start().await;
    let report = crate::Report::complete();
    browser.open(&report.page(crate::ALL)).await;
    let early = "const input = document.querySelector('#filter'); const type = text => { input.value = text; input.dispatchEvent(new Event('input')); }; \
        type('type:png'); document.querySelector('th[data-sort=name] button').click(); \
        const busy = document.querySelector('#table').hasAttribute('aria-busy'); \
        return new Promise(done => { const look = () => document.querySelector('#table[aria-busy]') ? requestAnimationFrame(look) : done([ \
        busy, document.querySelectorAll('#table tbody tr').length, document.querySelector('#range').textContent.split(' ').pop(), \
        String([...document.querySelectorAll('.chip.usage b')].reduce((sum, one) => sum + Number(one.textContent), 0)), location.hash]); look(); })";
    let found = browser.run(early).await;
    assert_eq!(found, json!([true, 75, "75", "75", "#?q=type%3Apng&sort=name"]));
    browser.stop().await;
}
