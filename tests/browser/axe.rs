//! The accessibility checker axe-core, from the npm registry, on every page in light, dark and forced colours. It is
//! installed into a folder of its own; without npm or network the test is skipped with a word, on a build server it
//! must run.

use std::io::Write;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::common::webdriver::Browser;
use crate::{ALL, PAGES, Report};

const VERSION: &str = "axe-core@4.10.3";

/// The text of the checker, or `None` where it cannot be had. Installed once, whichever test comes first.
fn axe() -> Option<String> {
    static TEXT: OnceLock<Option<String>> = OnceLock::new();
    TEXT.get_or_init(install).clone()
}

fn install() -> Option<String> {
    let folder = std::env::temp_dir().join("confluence-storage-analyzer-axe-4.10.3");
    let script = folder.join("node_modules/axe-core/axe.min.js");
    if !script.is_file() {
        std::fs::create_dir_all(&folder).expect("a folder");
        let arguments = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--prefix"];
        let npm = Command::new("npm").args(arguments).arg(&folder).arg(VERSION).output();
        if !npm.is_ok_and(|output| output.status.success()) {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "axe-core must be installable here");
            writeln!(std::io::stderr(), "SKIPPED: axe-core cannot be installed with npm").expect("stderr");
            return None;
        }
    }
    Some(std::fs::read_to_string(script).expect("read"))
}

async fn violations(browser: &Browser, axe: &str) -> Vec<String> {
    // through the driver, so that the page's own policy stays as it is
    browser.run(&format!("{axe}; window.axe = axe")).await;
    browser.run("window.result = null; axe.run(document, { resultTypes: ['violations'] }).then(r => { window.result = r.violations })").await;
    browser.wait_for("return window.result !== null").await;
    let found = browser.run("return window.result.map(v => [v.id, v.help, v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + ' ' + n.failureSummary)])").await;
    found.as_array().expect("a list").iter().map(Value::to_string).collect()
}

#[tokio::test]
async fn u_18_axe_finds_nothing_on_any_page() {
    let Some(axe) = axe() else { return };
    let Some(browser) = Browser::start().await else { return };
    for report in [Report::complete(), Report::incomplete()] {
        for features in [
            [("prefers-color-scheme", "light"), ("forced-colors", "none")],
            [("prefers-color-scheme", "dark"), ("forced-colors", "none")],
            [("prefers-color-scheme", "dark"), ("forced-colors", "active")],
        ] {
            browser.emulate("", &features).await;
            for page in PAGES {
                browser.open(&report.page(page)).await;
                let found = violations(&browser, &axe).await;
                assert!(found.is_empty(), "{page} {features:?}\n{}", found.join("\n"));
            }
        }
    }
    browser.stop().await;
}

#[tokio::test]
async fn u_18_axe_finds_nothing_in_what_opens() {
    let Some(axe) = axe() else { return };
    let Some(browser) = Browser::start().await else { return };
    let report = Report::complete();
    for (address, step) in [
        ("?map=all&q=colour:red&usage=unreferenced", ""),
        ("?open=att70005", ""),
        ("", "document.querySelector('#help-button').click()"),
        ("", "document.querySelector('#print-button').click()"),
        ("", "document.querySelector('#cleanup-button').click()"),
        ("", "document.querySelector('details[data-facet=type]').open = true"),
        ("?q=nothing-is-called-so", ""),
    ] {
        browser.open_at(&report.page(ALL), address).await;
        browser.run(step).await;
        let found = violations(&browser, &axe).await;
        assert!(found.is_empty(), "{address} {step}\n{}", found.join("\n"));
    }
    browser.stop().await;
}
