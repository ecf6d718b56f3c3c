//! Speed of a report page in real Chromium, opened from disk, with 1,000, 50,000 and 200,000 files in one space: first
//! rows, keystroke, sort, memory, size.
//!
//! A keystroke and a sort are measured from the event to the frame that paints the new rows. That frame has the rows
//! of the first screen; "all rows" is when the rest of the 100 rows, the counts of the facets and the address have
//! followed.
//!
//! `cargo bench --bench report` prints each figure next to its limit. It needs Chromium and chromedriver.
#![allow(clippy::print_stdout, clippy::expect_used, reason = "a benchmark prints and may panic")]

use std::fs;

use confluence_storage_analyzer::inventory::SpaceId;
use confluence_storage_analyzer::report::{self, ReportInput};
use serde_json::json;
use test_support::sample;
use test_support::webdriver::Browser;

/// Rounds per figure; the median is printed.
const ROUNDS: usize = 7;

const PAGE: &str = "ENG/ENG_attachments.html";

/// Returns two medians in milliseconds: from the event of a step until the frame with its first rows is painted, and
/// until all rows of the page of the table are. A step begins when the browser is idle. Both figures include the wait
/// for the next frame of the screen.
const MEASURE: &str = "const painted = () => new Promise(done => requestAnimationFrame(() => { \
    const channel = new MessageChannel(); channel.port1.onmessage = () => done(); channel.port2.postMessage(null); })); \
    const isBusy = () => document.querySelector('#table').hasAttribute('aria-busy'); \
    const settled = async () => { while (isBusy()) await painted(); await painted(); }; \
    const median = (times) => times.sort((one, other) => one - other)[Math.floor(times.length / 2)]; \
    const first = [], all = []; for (let round = 0; round < ROUNDS; round++) { \
    await settled(); await new Promise(done => requestIdleCallback(done)); \
    const start = performance.now(); STEP; await painted(); first.push(performance.now() - start); \
    await settled(); all.push(performance.now() - start); } return [median(first), median(all)]";

const TYPE: &str = "const input = document.querySelector('#filter'); \
    input.value = ['s', 'sc', 'scr', 'screen 1', 'size>10mb', 'usage:none type:png', 'müller -pdf'][round % 7]; \
    input.dispatchEvent(new Event('input'))";
const CLEAR: &str =
    "const input = document.querySelector('#filter'); input.value = ''; input.dispatchEvent(new Event('input'))";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!(
        "{:>9} {:>16} {:>14} {:>10} {:>14} {:>14} {:>14} {:>14}",
        "files", "first rows", "keystroke", "all rows", "sort name", "sort changed", "heap", "bytes per row"
    );
    for files in [1_000, 50_000, 200_000] {
        let figures = measure(files).await;
        let is_large = files > 50_000;
        let limits = [if is_large { 2_000.0 } else { 1_000.0 }, 50.0, f64::INFINITY, 100.0, 100.0, 100.0, 400.0];
        let cells: Vec<String> = figures
            .iter()
            .zip(limits)
            .zip(["ms", "ms", "ms", "ms", "ms", "MB", ""])
            .map(|((figure, limit), unit)| {
                if limit.is_infinite() {
                    return format!("{figure:.0} {unit}");
                }
                let mark = if *figure > limit { "!" } else { "" };
                format!("{figure:.0}{mark} of {limit:.0} {unit}")
            })
            .collect();
        println!(
            "{files:>9} {:>16} {:>14} {:>10} {:>14} {:>14} {:>14} {:>14}",
            cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6]
        );
    }
    println!(
        "limits apply to 50,000 files on two processors, that of the first rows to 200,000 too; `!` marks a figure above."
    );
}

async fn measure(files: u64) -> [f64; 7] {
    let parent = tempfile::tempdir().expect("a folder");
    let (mut inventory, mut audit) = sample::complete(files);
    for content in &mut inventory.contents {
        content.space = Some(SpaceId::new("11"));
    }
    for verdict in &mut audit.files {
        verdict.space = Some(SpaceId::new("11"));
    }
    let folder =
        report::write(parent.path(), ReportInput { run: &sample::run_facts(), inventory: &inventory, audit: &audit })
            .expect("written");
    drop((inventory, audit));
    let page = folder.join(PAGE);
    let text = fs::read_to_string(&page).expect("read");
    let data = text.split("<script type=\"application/json\"").nth(1).expect("data").len();
    let browser = Browser::start().await;
    let mut first = Vec::new();
    for _ in 0..ROUNDS {
        browser.open(&page).await;
        let ready = browser.run("return performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd").await;
        first.push(ready.as_f64().expect("milliseconds"));
    }
    first.sort_by(f64::total_cmp);
    let time = async |step: &str| {
        let script = MEASURE.replace("ROUNDS", &ROUNDS.to_string()).replace("STEP", step);
        let times = browser.run(&format!("return (async () => {{ {script} }})()")).await;
        [times[0].as_f64().expect("milliseconds"), times[1].as_f64().expect("milliseconds")]
    };
    browser.wait_for("return true").await;
    let [keystroke, all_rows] = time(TYPE).await;
    browser.run(CLEAR).await;
    let [by_name, _] = time("document.querySelector('th[data-sort=name] button').click()").await;
    let [by_change, _] = time("document.querySelector('th[data-sort=changed] button').click()").await;
    browser.devtools("Performance.enable", json!({})).await;
    browser.devtools("HeapProfiler.collectGarbage", json!({})).await;
    let metrics = browser.devtools("Performance.getMetrics", json!({})).await;
    let metrics = metrics["metrics"].as_array().expect("metrics");
    let heap = metrics.iter().find(|metric| metric["name"] == "JSHeapUsedSize").expect("the heap");
    let heap = heap["value"].as_f64().expect("bytes") / 1e6;
    browser.stop().await;
    [first[ROUNDS / 2], keystroke, all_rows, by_name, by_change, heap, data as f64 / files as f64]
}
