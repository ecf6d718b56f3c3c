//! The pages in a real browser, opened from disk (`report-ui.md` C6). Tests bear the number of the feature they prove.
#![allow(clippy::expect_used, reason = "tests fail loudly")]

mod axe;
mod bidi;
mod budget;
mod filter;
mod firefox;
mod lists;
mod look;
mod map;
mod npm;
mod pages;
mod reference;
mod snapshot;
mod snapshot_checks;
mod table;
mod texts;
mod tree;
mod zoom;

use std::fs;
use std::path::{Path, PathBuf};

use confluence_storage_analyzer::audit::Audit;
use confluence_storage_analyzer::inventory::Inventory;
use confluence_storage_analyzer::report::{self, RunFacts};
use test_support::sample;
use test_support::webdriver::Browser;

/// The names in the rows of the table, once it is whole.
const NAMES: &str = "return new Promise(done => { const look = () => document.querySelector('#table[aria-busy]') \
    ? requestAnimationFrame(look) : done([...document.querySelectorAll('#table tbody tr')].map(row => row.cells[0].textContent)); look() })";

/// Holds once the rows behind the first ones, the facets and the address have followed a filter or an order.
const WHOLE: &str = "return !document.querySelector('#table').hasAttribute('aria-busy')";

/// A report in a folder whose name has to be escaped in an address.
struct Report {
    parent: tempfile::TempDir,
    folder: PathBuf,
}

impl Report {
    fn complete() -> Self {
        Self::of(&sample::run_facts(), &sample::complete(300))
    }

    fn incomplete() -> Self {
        Self::of(&RunFacts { exit_code: 3, ..sample::run_facts() }, &sample::incomplete(300))
    }

    /// A site of so few files that everything on a page can be read.
    fn small() -> Self {
        Self::of(&sample::run_facts(), &sample::complete(60))
    }

    fn small_incomplete() -> Self {
        Self::of(&RunFacts { exit_code: 3, ..sample::run_facts() }, &sample::incomplete(60))
    }

    fn of(run: &RunFacts, (inventory, audit): &(Inventory, Audit)) -> Self {
        let parent = tempfile::tempdir().expect("a folder");
        let place = parent.path().join("Bücher 100 % #1");
        fs::create_dir(&place).expect("a folder");
        let folder = report::write(&place, run, inventory, audit).expect("written");
        Self { parent, folder }
    }

    fn page(&self, page: &str) -> PathBuf {
        self.folder.join(page)
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.folder.join(file)).expect("read")
    }
}

const ALL: &str = "attachments.html";
const SPACE: &str = "__-13/__-13_attachments.html";
const UNREFERENCED: &str = "__-13/__-13_unreferenced.html";
const PAGES: [&str; 4] = ["index.html", ALL, SPACE, UNREFERENCED];

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
