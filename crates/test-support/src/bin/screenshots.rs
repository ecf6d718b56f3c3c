//! Takes the screenshots of the README: `cargo xtask screenshots`, which runs the demo first.
#![allow(clippy::expect_used, reason = "a developer tool may panic")]
#![allow(clippy::print_stdout, reason = "a developer tool prints")]

use std::path::{Path, PathBuf};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::json;

use test_support::png;
use test_support::webdriver::Browser;

/// Wide enough for four cards in a row.
const WIDTH: u32 = 1440;
const HEIGHT: u32 = 960;
/// Room below the last element that is shown.
const MARGIN: f64 = 12.0;

/// Largest size of one file: everyone who opens the README loads it.
const MOST_BYTES: usize = 200_000;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let mut next =
        || arguments.next().expect("three paths: storage dashboard, knowledge base dashboard, folder for the pictures");
    let (storage, knowledge_base, folder) = (next(), next(), next());
    std::fs::create_dir_all(&folder).expect("a folder");
    let browser = Browser::start().await;
    browser.resize(WIDTH, HEIGHT).await;
    browser.emulate("", &[("prefers-color-scheme", "light")]).await;
    browser.devtools("Emulation.setScrollbarsHidden", json!({ "hidden": true })).await;
    take(&browser, &storage, ".wins", &folder.join("storage-dashboard.png")).await;
    take(&browser, &knowledge_base, ".figures.measures", &folder.join("knowledge-base-dashboard.png")).await;
    browser.stop().await;
}

/// Takes a picture of a page from its top to the end of the first element that the selector finds.
async fn take(browser: &Browser, page: &Path, last: &str, file: &Path) {
    browser.open(page).await;
    let end = browser.run(&format!("return document.querySelector('{last}').getBoundingClientRect().bottom")).await;
    let height = end.as_f64().expect("pixels") + MARGIN;
    let clip = json!({ "x": 0, "y": 0, "width": WIDTH, "height": height.round(), "scale": 1 });
    let shot = browser.devtools("Page.captureScreenshot", json!({ "captureBeyondViewport": true, "clip": clip })).await;
    let picture = BASE64_STANDARD.decode(shot["data"].as_str().expect("a picture")).expect("base64");
    let picture = png::reduce_colours(&picture);
    assert!(picture.len() <= MOST_BYTES, "{}: {} bytes, at most {MOST_BYTES}", file.display(), picture.len());
    std::fs::write(file, &picture).expect("written");
    println!("{}: {} bytes", file.display(), picture.len());
}
