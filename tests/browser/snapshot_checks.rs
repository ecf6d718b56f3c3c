//! What programs check of the dashboard of the page metrics: accessibility, the types of its script; and its pictures.

use std::fs;

use crate::axe::{assert_types_hold, axe, violations};
use crate::snapshot::Dashboard;
use test_support::snapshot::Sample;
use test_support::webdriver::Browser;

#[tokio::test]
async fn u_18_axe_finds_nothing_with_all_lists_open() {
    let Some(axe) = axe() else { return };
    let Some(browser) = Browser::start().await else { return };
    for sample in [Sample::new(60, 52), Sample::incomplete(60, 20), Sample::new(0, 1)] {
        let page = Dashboard::of(&sample);
        for (scheme, forced) in [("light", "none"), ("dark", "none"), ("dark", "active")] {
            browser.emulate("", &[("prefers-color-scheme", scheme), ("forced-colors", forced)]).await;
            browser.open(&page.page).await;
            browser.run("for (const d of document.querySelectorAll('details')) d.open = true").await;
            let found = violations(&browser, &axe).await;
            assert!(found.is_empty(), "{scheme} {forced}\n{}", found.join("\n"));
        }
    }
    browser.stop().await;
}

#[test]
fn the_script_is_what_its_types_say() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_types_hold(&Sample::new(3, 1).page(), "startFiles", folder.path());
}

/// Pictures for people to look at, written where `REPORT_PICTURES` says.
#[tokio::test]
async fn pictures_of_the_dashboard_can_be_taken() {
    let Ok(folder) = std::env::var("REPORT_PICTURES") else { return };
    let Some(browser) = Browser::start().await else { return };
    let samples = [
        ("year", Sample::new(300, 52)),
        ("incomplete", Sample::incomplete(300, 52)),
        ("one-week", Sample::new(40, 1)),
        ("empty", Sample::new(0, 1)),
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
                let file = format!("{folder}/snapshot-{name}-{look}-{part}.png.base64");
                fs::write(file, browser.screenshot().await).expect("written");
            }
        }
    }
    browser.stop().await;
}
