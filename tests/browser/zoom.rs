//! Pages zoomed to 400 percent in a window of 1,280 pixels.

use serde_json::json;

use crate::{ALL, Dashboard, PAGES, Report};
use test_support::snapshot::SnapshotSample;
use test_support::webdriver::Browser;

test_support::trials! {
    [CHROMIUM]:
        async at_400_percent_nothing_scrolls_sideways_and_every_control_is_reachable;
}

/// Scrolls to every control and finds those that do not fit into the width of the window, or are covered by something
/// else.
const OUT_OF_REACH: &str = "const within = document.querySelector('dialog[open]') || document; \
    return [...within.querySelectorAll('button, input, select, summary, a[href]')] \
    .filter(control => control.checkVisibility() && !control.disabled && !control.matches('.skip')).filter(control => { \
    control.scrollIntoView({ block: 'center', inline: 'nearest' }); const box = control.getClientRects()[0]; \
    const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)]; \
    const top = document.elementFromPoint((left + right) / 2, (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2); \
    const label = control.closest('label'); \
    return right - left < Math.min(24, box.width) || !top || !(control.contains(top) || top.contains(control) && top.matches('a, button, label') \
    || label && label.contains(top)); }) \
    .slice(0, 5).map(control => control.outerHTML.slice(0, 100) + ' ' + JSON.stringify(control.getBoundingClientRect()))";

const WIDE: &str = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";

async fn at_400_percent_nothing_scrolls_sideways_and_every_control_is_reachable() {
    let browser = Browser::start_zoomed(4.0, 1280, 1024).await;
    let (report, snapshot) = (Report::small(), Dashboard::of(&SnapshotSample::new(60, 20)));
    let pages = PAGES.map(|page| report.page(page)).into_iter().chain([snapshot.page.clone()]);
    for page in pages {
        browser.open(&page).await;
        let zoom = browser.run("return [Math.round(devicePixelRatio), outerWidth]").await;
        assert_eq!(zoom, json!([4, 1280]), "{}", page.display());
        assert_eq!(browser.run(WIDE).await, 0, "{}", page.display());
        assert_eq!(browser.texts(OUT_OF_REACH).await, [] as [String; 0], "{}", page.display());
    }
    // an open facet, and the dialogs
    browser.open(&report.page(ALL)).await;
    browser.run("document.querySelector('details[data-facet=type]').open = true").await;
    browser.wait_for("return document.querySelector('details[data-facet=type] .value') !== null").await;
    assert_eq!(browser.run(WIDE).await, 0, "an open facet");
    for step in ["#help-button", "#print-button", "#cleanup-button", "#table tbody .name"] {
        browser.run(&format!("document.querySelector('{step}').click()")).await;
        let wide =
            "const dialog = document.querySelector('dialog[open]'); return dialog.scrollWidth - dialog.clientWidth";
        assert_eq!(browser.run(wide).await, 0, "{step}");
        assert_eq!(browser.texts(OUT_OF_REACH).await, [] as [String; 0], "{step}");
        browser.run("document.querySelector('dialog[open]').close()").await;
    }
    browser.stop().await;
}
