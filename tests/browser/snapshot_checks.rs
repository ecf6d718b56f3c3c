//! Automatic checks of the snapshot dashboard: accessibility and the types of its script.

use crate::Dashboard;
use crate::axe::{assert_script_matches_types, axe, violations};
use test_support::snapshot::SnapshotSample;
use test_support::webdriver::Browser;

test_support::trials! {
    [CHROMIUM, AXE]:
        async axe_finds_nothing_with_all_lists_open;
    [NODE, TYPESCRIPT]:
        sync the_script_matches_its_types;
}

async fn axe_finds_nothing_with_all_lists_open() {
    let axe = axe();
    let browser = Browser::start().await;
    for sample in [SnapshotSample::new(60, 52), SnapshotSample::incomplete(60, 20), SnapshotSample::new(0, 1)] {
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

fn the_script_matches_its_types() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_script_matches_types(&SnapshotSample::new(3, 1).page(), &["startFiles", "startOwner"], folder.path());
}
