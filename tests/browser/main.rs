//! Tests of the pages in real browsers, opened from disk.
#![allow(clippy::expect_used, reason = "tests fail loudly")]

mod accessibility_tree;
mod appearance;
mod axe;
mod deletion;
mod explanation;
mod exports;
mod filter;
mod filter_reference;
mod firefox;
mod firefox_driver;
mod fonts;
mod map;
mod owners;
mod pages;
mod snapshot;
mod snapshot_checks;
mod table;
mod texts;
mod work_limits;
mod zoom;

use std::path::Path;
use std::process::ExitCode;

use test_support::optional_tests;
use test_support::pages::{ALL, Dashboard, PAGES, Report, SPACE, UNREFERENCED};
use test_support::webdriver::Browser;

fn main() -> ExitCode {
    let modules = [
        axe::trials(),
        work_limits::trials(),
        filter::trials(),
        firefox::trials(),
        fonts::trials(),
        explanation::trials(),
        exports::trials(),
        deletion::trials(),
        appearance::trials(),
        map::trials(),
        owners::trials(),
        pages::trials(),
        snapshot::trials(),
        snapshot_checks::trials(),
        table::trials(),
        texts::trials(),
        accessibility_tree::trials(),
        zoom::trials(),
    ];
    optional_tests::run(modules.into_iter().flatten())
}

/// Script that returns the names in the rows of the complete table.
const NAMES: &str = "return new Promise(done => { const look = () => document.querySelector('#table[aria-busy]') \
    ? requestAnimationFrame(look) : done([...document.querySelectorAll('#table tbody tr')].map(row => row.cells[0].textContent)); look() })";

/// Condition that is true once all rows, the facets and the URL show a new filter or order.
const IS_COMPLETE: &str = "return !document.querySelector('#table').hasAttribute('aria-busy')";

/// Asserts that there are no console messages and no network requests.
async fn assert_quiet(browser: &Browser, page: &Path) {
    assert_eq!(browser.console().await, [] as [String; 0], "{}", page.display());
    assert_eq!(browser.network().await, [] as [String; 0], "{}", page.display());
}

/// Returns the text of one element.
async fn text_of(browser: &Browser, selector: &str) -> String {
    let selector = serde_json::to_string(selector).expect("JSON");
    browser.text(&format!("return document.querySelector({selector}).textContent")).await
}
