//! Saves screenshots of the pages as PNG files in the given folder: `cargo xtask pictures`.
#![allow(clippy::expect_used, reason = "a developer tool may panic")]

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::json;

use test_support::pages::{ALL, Dashboard, PAGES, Report, spaces_of_one_file};
use test_support::sample;
use test_support::snapshot::SnapshotSample;
use test_support::webdriver::Browser;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let folder = std::env::args().nth(1).expect("the folder for the pictures");
    std::fs::create_dir_all(&folder).expect("a folder");
    let browser = Browser::start().await;
    save_audit_pages(&browser, &folder).await;
    save_snapshot_dashboards(&browser, &folder).await;
    browser.stop().await;
}

fn write(file: &str, picture: &str) {
    std::fs::write(file, BASE64_STANDARD.decode(picture).expect("base64")).expect("written");
}

/// Saves a screenshot of the page, at most 6,000 pixels high.
async fn picture(browser: &Browser, file: &str) {
    let height = browser.run("return Math.min(6000, document.documentElement.scrollHeight)").await;
    let width = browser.run("return innerWidth").await;
    let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
    let shot = browser.devtools("Page.captureScreenshot", json!({ "captureBeyondViewport": true, "clip": clip })).await;
    write(file, shot["data"].as_str().expect("a picture"));
}

/// Saves every page of an audit: light, dark, narrow and printed; complete, incomplete, empty, with one file and with
/// 5,000 spaces.
async fn save_audit_pages(browser: &Browser, folder: &str) {
    let run = sample::run_facts();
    let reports = [
        ("complete", Report::complete()),
        ("incomplete", Report::incomplete()),
        ("empty", Report::of(&run, &sample::complete(0))),
        ("one", Report::of(&run, &sample::complete(1))),
        ("spaces", Report::of(&run, &spaces_of_one_file(5_000))),
        ("recheck", Report::recheck(true)),
        ("recheck-incomplete", Report::recheck(false)),
    ];
    for (name, report) in &reports {
        let looks = [("light", 1400, ""), ("dark", 1400, ""), ("narrow", 320, ""), ("print", 1000, "print")];
        for (look, width, medium) in looks {
            browser.resize(width, 1400).await;
            let scheme = if look == "dark" { "dark" } else { "light" };
            browser.emulate(medium, &[("prefers-color-scheme", scheme)]).await;
            for page in PAGES.into_iter().filter(|page| report.page(page).exists()) {
                browser.open(&report.page(page)).await;
                if look == "print" {
                    browser.run("dispatchEvent(new Event('beforeprint'))").await;
                }
                picture(browser, &format!("{folder}/{name}-{look}-{}.png", page.rsplit('/').next().expect("a name")))
                    .await;
            }
            if look != "print" && report.page(ALL).exists() && *name == "complete" {
                browser.open_at(&report.page(ALL), "?open=att70010&map=all").await;
                write(&format!("{folder}/{name}-{look}-details.png"), &browser.screenshot().await);
            }
        }
    }
    for (name, page) in [("complete", Dashboard::complete()), ("empty", Dashboard::of(&SnapshotSample::new(0, 1)))] {
        for (look, width) in [("light", 1400), ("dark", 1400), ("narrow", 320)] {
            browser.resize(width, 1400).await;
            let scheme = if look == "dark" { "dark" } else { "light" };
            browser.emulate("", &[("prefers-color-scheme", scheme)]).await;
            browser.open(&page.page).await;
            picture(browser, &format!("{folder}/snapshot-{name}-{look}.png")).await;
        }
    }
}

/// Saves the dashboard of the page metrics and parts of it.
async fn save_snapshot_dashboards(browser: &Browser, folder: &str) {
    let samples = [
        ("year", SnapshotSample::new(300, 52)),
        ("incomplete", SnapshotSample::incomplete(300, 52)),
        ("one-week", SnapshotSample::new(40, 1)),
        ("empty", SnapshotSample::new(0, 1)),
    ];
    for (name, sample) in samples {
        let page = Dashboard::of(&sample);
        let looks = [
            ("light", 1440, ""),
            ("dark", 1440, ""),
            ("forced", 1440, ""),
            ("narrow", 320, ""),
            ("print", 1000, "print"),
        ];
        for (look, width, medium) in looks {
            browser.resize(width, 3000).await;
            let scheme = if look == "dark" { "dark" } else { "light" };
            let forced = if look == "forced" { "active" } else { "none" };
            browser.emulate(medium, &[("prefers-color-scheme", scheme), ("forced-colors", forced)]).await;
            for (place, step) in [
                ("top", "scrollTo(0, 0)"),
                ("?q=plan", "document.querySelector('#span-52')?.click()"),
                ("trends", "document.querySelector('#span-52')?.click()"),
                ("orphans_tree", ""),
            ] {
                browser.open_at(&page.page, place).await;
                browser.run(step).await;
                let part = place.trim_start_matches('?').replace('=', "-");
                let file = format!("{folder}/snapshot-{name}-{look}-{part}.png");
                write(&file, &browser.screenshot().await);
            }
        }
    }
}
