//! Runs the accessibility checker axe-core on every page in light, dark and forced colours, and checks the types of the
//! script.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::{ALL, PAGES, Report};
use test_support::optional_tests;
use test_support::webdriver::Browser;

test_support::trials! {
    [CHROMIUM, AXE]:
        async axe_finds_nothing_on_any_page,
        async axe_finds_nothing_in_dialogs_and_details;
    [NODE, TYPESCRIPT]:
        sync the_script_matches_its_types;
}

/// Returns the script of the checker.
pub(crate) fn axe() -> String {
    fs::read_to_string(optional_tests::axe().expect("axe-core")).expect("read")
}

pub(crate) async fn violations(browser: &Browser, axe: &str) -> Vec<String> {
    // injected through the driver, so that the page keeps its Content Security Policy
    browser.run(&format!("{axe}; window.axe = axe")).await;
    browser.run("window.result = null; axe.run(document, { resultTypes: ['violations'] }).then(r => { window.result = r.violations })").await;
    browser.wait_for("return window.result !== null").await;
    let found = browser.run("return window.result.map(v => [v.id, v.help, v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + ' ' + n.failureSummary)])").await;
    found.as_array().expect("a list").iter().map(Value::to_string).collect()
}

async fn axe_finds_nothing_on_any_page() {
    let axe = axe();
    let browser = Browser::start().await;
    for report in [Report::complete(), Report::incomplete(), Report::recheck(true), Report::recheck(false)] {
        for features in [
            [("prefers-color-scheme", "light"), ("forced-colors", "none")],
            [("prefers-color-scheme", "dark"), ("forced-colors", "none")],
            [("prefers-color-scheme", "dark"), ("forced-colors", "active")],
        ] {
            browser.emulate("", &features).await;
            for page in PAGES.into_iter().filter(|page| report.page(page).exists()) {
                browser.open(&report.page(page)).await;
                let found = violations(&browser, &axe).await;
                assert!(found.is_empty(), "{page} {features:?}\n{}", found.join("\n"));
            }
        }
    }
    browser.stop().await;
}

async fn axe_finds_nothing_in_dialogs_and_details() {
    let axe = axe();
    let browser = Browser::start().await;
    let report = Report::complete();
    for (address, step) in [
        ("?map=all&q=colour:red&usage=unreferenced", ""),
        ("?open=att70005", ""),
        ("", "document.querySelector('#help-button').click()"),
        ("", "document.querySelector('#print-button').click()"),
        ("", "document.querySelector('#cleanup-button').click()"),
        ("", "document.querySelector('details[data-facet=type]').open = true"),
        ("?q=nothing-has-this-name", ""),
    ] {
        browser.open_at(&report.page(ALL), address).await;
        browser.run(step).await;
        let found = violations(&browser, &axe).await;
        assert!(found.is_empty(), "{address} {step}\n{}", found.join("\n"));
    }
    browser.stop().await;
}

/// Checks the script against the types in its comments with the `TypeScript` compiler. `absent` are the functions that
/// this page's script calls, but only scripts of other pages define.
pub(crate) fn assert_script_matches_types(page: &str, absent: &[&str], folder: &Path) {
    let script = page.split("<script>").nth(1).and_then(|rest| rest.split("</script>").next()).expect("a script");
    let file = folder.join("script.js");
    let declare = |name: &&str| format!("/** @param {{...unknown}} given */ function {name}(...given) {{}}");
    let absent = absent.iter().map(declare).collect::<Vec<_>>().join("\n");
    fs::write(&file, format!("{script}\n{absent}")).expect("written");
    let checked = Command::new("node")
        .arg(optional_tests::typescript().expect("its compiler"))
        .args(["--noEmit", "--allowJs", "--checkJs", "--strict", "--target", "es2022"])
        .args(["--lib", "es2022,dom,dom.iterable"])
        .arg(&file)
        .output()
        .expect("node");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

fn the_script_matches_its_types() {
    let report = Report::complete();
    assert_script_matches_types(&report.read(ALL), &["startDashboard", "startOwner"], &report.folder);
    let page = report.read("owners/muller-jurgen.html");
    assert_script_matches_types(&page, &["startDashboard", "startFiles", "showError"], &report.folder);
    assert_script_matches_types(&report.read("index.html"), &["startFiles", "startOwner"], &report.folder);
}
