//! What programs check of the dashboard of the page metrics: accessibility and the types of its script.

use crate::Dashboard;
use crate::axe::{assert_types_hold, axe, violations};
use test_support::snapshot::Sample;
use test_support::webdriver::Browser;

test_support::trials! {
    [CHROMIUM, AXE]:
        async axe_finds_nothing_with_all_lists_open;
    [NODE, TYPESCRIPT]:
        sync the_script_is_what_its_types_say;
}

async fn axe_finds_nothing_with_all_lists_open() {
    let axe = axe();
    let browser = Browser::start().await;
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

fn the_script_is_what_its_types_say() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_types_hold(&Sample::new(3, 1).page(), "startFiles", folder.path());
}
