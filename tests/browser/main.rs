//! The pages in a real browser, opened from disk. Tests bear the number of the feature they prove.
#![allow(clippy::expect_used, reason = "tests fail loudly")]

mod axe;
mod bidi;
mod budget;
mod filter;
mod firefox;
mod fonts;
mod lists;
mod look;
mod map;
mod pages;
mod reference;
mod snapshot;
mod snapshot_checks;
mod table;
mod texts;
mod tree;
mod zoom;

use std::path::Path;
use std::process::ExitCode;

use test_support::outside;
use test_support::pages::{ALL, Dashboard, PAGES, Report, SPACE, UNREFERENCED};
use test_support::webdriver::Browser;

fn main() -> ExitCode {
    let modules = [
        axe::trials(),
        budget::trials(),
        filter::trials(),
        firefox::trials(),
        fonts::trials(),
        lists::trials(),
        look::trials(),
        map::trials(),
        pages::trials(),
        snapshot::trials(),
        snapshot_checks::trials(),
        table::trials(),
        texts::trials(),
        tree::trials(),
        zoom::trials(),
    ];
    outside::run(modules.into_iter().flatten())
}

/// The names in the rows of the table, once it is whole.
const NAMES: &str = "return new Promise(done => { const look = () => document.querySelector('#table[aria-busy]') \
    ? requestAnimationFrame(look) : done([...document.querySelectorAll('#table tbody tr')].map(row => row.cells[0].textContent)); look() })";

/// Holds once the rows behind the first ones, the facets and the address have followed a filter or an order.
const WHOLE: &str = "return !document.querySelector('#table').hasAttribute('aria-busy')";

/// Nothing on the console, nothing on the network.
async fn assert_quiet(browser: &Browser, page: &Path) {
    assert_eq!(browser.console().await, [] as [String; 0], "{}", page.display());
    assert_eq!(browser.network().await, [] as [String; 0], "{}", page.display());
}

/// The text of one element.
async fn text_of(browser: &Browser, selector: &str) -> String {
    let selector = serde_json::to_string(selector).expect("JSON");
    browser.text(&format!("return document.querySelector({selector}).textContent")).await
}
