//! The map: areas, levels, keyboard, and the equivalent table.

use crate::{ALL, IS_COMPLETE, Report, text_of};
use test_support::sample;
use test_support::webdriver::Browser;

test_support::trials! {
    [CHROMIUM]:
        async areas_add_up_and_the_keyboard_moves_between_levels,
        async the_map_follows_the_filter_and_small_screens_get_the_list,
        async thousands_of_files_are_a_few_hundred_areas,
        async after_an_incomplete_run_unreferenced_bytes_are_unknown_and_not_zero;
}

const SUM: &str =
    "return [...document.querySelectorAll('.square')].reduce((sum, square) => sum + Number(square.dataset.value), 0)";

async fn areas_add_up_and_the_keyboard_moves_between_levels() {
    let browser = Browser::start().await;
    let report = Report::complete();
    let (inventory, audit) = sample::complete(300);
    let site = audit.figures(&inventory, true).site;
    browser.open(&report.page("index.html")).await;
    assert_eq!(browser.run(SUM).await, site.current_bytes + site.old_bytes);
    // drawn areas are proportional to the values, except for the separating pixel
    let ratio = "const all = [...document.querySelectorAll('.square')]; const area = s => (s.offsetWidth + 2) * (s.offsetHeight + 2); \
        const perPixel = all.map(s => Number(s.dataset.value) / area(s)); return Math.max(...perPixel) / Math.min(...perPixel)";
    assert!(browser.run(ratio).await.as_f64().expect("a ratio") < 1.1);

    browser.run("document.querySelector('.square').focus()").await;
    browser.press("\u{E014}").await;
    assert_eq!(
        browser.run("return [...document.querySelectorAll('.square')].indexOf(document.activeElement)").await,
        1
    );
    let label = browser.text("return document.activeElement.getAttribute('aria-label')").await;
    assert!(label.contains("iB, ") && label.ends_with(" %"), "{label}");
    browser.press("\u{E007}").await;
    assert_eq!(browser.find(".crumbs li").await.len(), 2, "Enter zooms in");
    let space = browser.run("return document.querySelector('.crumbs + label + span data').value").await;
    assert_eq!(browser.run(SUM).await.to_string(), space.as_str().expect("a sum"));
    browser.press("\u{E003}").await;
    assert_eq!(browser.find(".crumbs li").await.len(), 1, "Backspace leaves");

    let twin = browser
        .texts("return [...document.querySelectorAll('.map-table tbody tr')].map(r => r.cells[0].textContent)")
        .await;
    assert_eq!(twin.len(), 3);
    browser.click(".map-table tbody tr:first-child button").await;
    browser.click(".map-table tbody tr:first-child button").await;
    assert!(browser.text("return location.hash").await.matches("zoom=").count() == 2);
    browser.click(".map-table tbody tr:first-child a").await;
    browser.wait_for("return document.querySelector('#details') && document.querySelector('#details').open").await;
    browser.stop().await;
}

async fn the_map_follows_the_filter_and_small_screens_get_the_list() {
    let browser = Browser::start().await;
    let report = Report::complete();
    browser.open_at(&report.page(ALL), "?map=files&q=type%3Apdf").await;
    let range = "return Number(document.querySelector('#range').textContent.split(' ').pop())";
    let narrowed = browser.run(range).await;
    assert_eq!(browser.run(SUM).await, narrowed);
    browser.type_into("#filter", " usage:unreferenced").await;
    browser.wait_for(IS_COMPLETE).await;
    let shown = browser.run(range).await;
    assert_eq!(browser.run(SUM).await, shown);
    assert!((1..narrowed.as_u64().expect("rows")).contains(&shown.as_u64().expect("rows")), "{shown} of {narrowed}");
    assert_eq!(browser.find(".square .hatch").await.len(), browser.find(".square").await.len(), "all are hatched");
    browser.resize(320, 800).await;
    browser.wait_for("return document.querySelector('.squares').hidden").await;
    assert!(!browser.find(".map-table tbody tr").await.is_empty());
    browser.resize(1400, 900).await;
    browser.wait_for("return !document.querySelector('.squares').hidden").await;
    browser.click("#map-button").await;
    assert_eq!(browser.find("#map[hidden]").await.len(), 1);
    browser.stop().await;
}

async fn thousands_of_files_are_a_few_hundred_areas() {
    let browser = Browser::start().await;
    let report = Report::of(&sample::run_facts(), &sample::complete(9_000));
    browser.open_at(&report.page("ENG/ENG_attachments.html"), "?map=all&zoom=1000").await;
    let squares = browser.find(".square").await.len();
    assert!((50..=2_000).contains(&squares), "{squares}");
    assert!(
        text_of(&browser, ".square.rest").await.ends_with("smaller") || browser.find(".square.rest").await.len() == 1
    );
    let total = browser.run("return Number(document.querySelector('.crumbs + label + span data').value)").await;
    assert_eq!(browser.run(SUM).await, total);
    browser.stop().await;
}

async fn after_an_incomplete_run_unreferenced_bytes_are_unknown_and_not_zero() {
    let browser = Browser::start().await;
    let report = Report::incomplete();
    for page in ["index.html", ALL] {
        browser.open_at(&report.page(page), "?map=unreferenced").await;
        let shares = "return [...new Set([...document.querySelectorAll('.map-table tbody td:last-child')].map(c => c.textContent))]";
        assert_eq!(browser.texts(shares).await, ["unknown"], "{page}");
        let chosen = "const select = document.querySelector('.map select'); \
            return [select.value, ...[...select.options].filter(option => option.disabled).map(option => option.value)]";
        assert_eq!(browser.texts(chosen).await, ["Bytes of all versions", "Unreferenced bytes"], "{page}");
        assert_eq!(browser.find(".square .hatch").await.len(), 0, "{page}");
    }
    browser.stop().await;
}
