//! The table of files: sorting, paging, rows, details, keyboard.

use crate::{ALL, NAMES, Report, text_of};
use test_support::webdriver::Browser;

test_support::trials! {
    [CHROMIUM]:
        async headings_sort_by_mouse_and_keyboard,
        async drawn_rows_equal_the_static_rows,
        async details_open_by_key_and_return_the_focus,
        async everything_works_without_a_mouse,
        async the_table_has_pages;
}

const SORTED: &str = "return [...document.querySelectorAll('#table [aria-sort]')].map(th => th.dataset.sort + ' ' + th.getAttribute('aria-sort'))";
const FOCUS: &str = "return document.activeElement.textContent";
const ENTER: &str = "\u{E007}";
const ESCAPE: &str = "\u{E00C}";
const TAB: &str = "\u{E004}";

async fn headings_sort_by_mouse_and_keyboard() {
    let browser = Browser::start().await;
    let report = Report::complete();
    browser.open(&report.page(ALL)).await;
    let initial = browser.texts(NAMES).await;
    assert_eq!(browser.texts(SORTED).await, ["size descending"]);

    browser.click("th[data-sort=versions] button").await;
    assert_eq!(browser.texts(SORTED).await, ["versions descending"]);
    let versions = browser
        .texts("return [...document.querySelectorAll('#table td[data-label=Versions]')].map(td => td.textContent)")
        .await;
    assert_eq!(versions[0], "7");
    assert!(versions.windows(2).all(|pair| pair[0] >= pair[1]), "{versions:?}");
    let ids = "return [...document.querySelectorAll('#table tbody tr')].map(row => row.querySelector('.endpoint').title.slice(-8))";
    let ids = browser.texts(ids).await;
    let ties = versions.iter().zip(&ids).collect::<Vec<_>>();
    assert!(ties.windows(2).all(|pair| pair[0].0 > pair[1].0 || pair[0].1 < pair[1].1), "ties by id: {ties:?}");

    browser.type_into("th[data-sort=name] button", ENTER).await;
    assert_eq!(browser.texts(SORTED).await, ["name ascending"]);
    assert_eq!(browser.text(FOCUS).await, "File name", "the focus stays");
    assert!(text_of(&browser, "#caption").await.ends_with("sorted by file name, ascending"));
    let by_name = browser.texts(NAMES).await;
    assert_ne!(by_name, initial);
    browser.press(" ").await;
    assert_eq!(browser.texts(SORTED).await, ["name descending"]);
    browser.click("th[data-sort=name] button").await;
    assert_eq!(browser.texts(SORTED).await, ["size descending"], "the third click restores the first order");
    assert_eq!(browser.texts(NAMES).await, initial);

    // the size of one file is unknown: last in both directions
    for _ in 0..2 {
        browser.click("th[data-sort=all] button").await;
        browser.click("#pages [data-page=last]").await;
        let last = "return [...document.querySelectorAll('#table td[data-label=\"All versions\"]')].at(-1).textContent";
        assert_eq!(browser.text(last).await, "unknown");
    }
    browser.stop().await;
}

async fn drawn_rows_equal_the_static_rows() {
    let browser = Browser::start().await;
    let report = Report::complete();
    browser.open(&report.page(ALL)).await;
    let cells = |rows: &str| {
        format!(
            "return [...{rows}].flatMap(row => [...row.cells].map(cell => cell.dataset.label + '|' + cell.className + '|' + \
             cell.textContent.replace('Copy command', '').replace(/\\s+/g, '') + '|' + \
             [...cell.querySelectorAll('a')].map(a => a.href)))"
        )
    };
    // compare the print view, in which all details are open
    browser.run("dispatchEvent(new Event('beforeprint'))").await;
    let drawn = browser.texts(&cells("document.querySelectorAll('#table tbody tr')")).await;
    browser.run("dispatchEvent(new Event('afterprint'))").await;
    // on the screen a list is created when it is opened
    let lists = "return document.querySelectorAll('#table tbody details ul').length";
    assert_eq!(browser.run(lists).await, 0);
    browser.click("#table tbody details summary").await;
    assert!(!browser.find("#table tbody details[open] > ul > li").await.is_empty());
    browser.click("#table tbody details summary").await;
    browser.click("#table tbody details summary").await;
    assert_eq!(browser.run(lists).await, 1);
    let json = serde_json::to_string(&report.read(ALL)).expect("JSON");
    let parsed = format!("new DOMParser().parseFromString({json}, 'text/html').querySelectorAll('#table tbody tr')");
    let fixed = browser.texts(&cells(&parsed)).await;
    assert_eq!(fixed.len(), 1300);
    for (drawn, fixed) in drawn.iter().zip(&fixed) {
        assert_eq!(drawn, fixed);
    }
    browser.stop().await;
}

async fn details_open_by_key_and_return_the_focus() {
    let browser = Browser::start().await;
    let report = Report::complete();
    browser.open(&report.page(ALL)).await;
    browser.type_into("#table tbody tr:nth-child(3) .name", ENTER).await;
    let name = browser.text("return document.querySelector('#table tbody tr:nth-child(3) .name').textContent").await;
    assert_eq!(text_of(&browser, "#details[open] #details-title").await, name);
    assert_eq!(browser.run("return document.querySelector('#details').contains(document.activeElement)").await, true);
    assert!(browser.text("return location.hash").await.contains("open=att7"), "it can be linked");
    browser.press(ESCAPE).await;
    browser.wait_for("return !document.querySelector('#details').open").await;
    assert_eq!(browser.text(FOCUS).await, name);
    browser.stop().await;
}

async fn everything_works_without_a_mouse() {
    let browser = Browser::start().await;
    let report = Report::complete();
    browser.open(&report.page(ALL)).await;
    browser.press("/").await;
    assert_eq!(browser.text("return document.activeElement.id").await, "filter");
    browser.press("usage:unreferenced").await;
    browser.press(TAB).await;
    assert_eq!(browser.text("return document.activeElement.className.split(' ')[0]").await, "usage");
    browser.run("document.querySelector('.scroll').focus()").await;
    browser.press("jjk").await;
    let first = browser.texts(NAMES).await.remove(0);
    assert_eq!(browser.text(FOCUS).await, first);
    browser.press("x").await;
    assert_eq!(browser.find("#table .tick:checked").await.len(), 1);
    assert!(text_of(&browser, "#ticked").await.starts_with("1 file ticked"));
    browser
        .run("window.opened = []; HTMLAnchorElement.prototype.click = function () { window.opened.push(this.href) }")
        .await;
    browser.press("o").await;
    assert!(browser.texts("return window.opened").await[0].starts_with("https://acme.atlassian.net/wiki/"));
    browser.run("window.copies = []; Object.defineProperty(navigator, 'clipboard', { value: { writeText: async text => { window.copies.push(text) } } })").await;
    browser.press("c").await;
    browser.wait_for("return window.copies.length === 1").await;
    let copied = browser.text("return window.copies[0]").await;
    assert!(copied.contains("#?q=usage%3Aunreferenced&open=att7"), "a link to the row as it is shown: {copied}");
    browser.press(ENTER).await;
    assert_eq!(text_of(&browser, "#details-title").await, first);
    browser.press(ESCAPE).await;
    browser.wait_for("return !document.querySelector('#details').open").await;
    browser.press("?").await;
    assert_eq!(text_of(&browser, "#help[open] h2").await, "Help");
    browser.click("#keys-on").await;
    browser.press(ESCAPE).await;
    browser.wait_for("return !document.querySelector('#help').open").await;
    browser.press("/").await;
    assert_ne!(browser.text("return document.activeElement.id").await, "filter", "single keys are off");
    assert!(browser.text("return location.hash").await.ends_with("keys=off"));
    browser.stop().await;
}

async fn the_table_has_pages() {
    let browser = Browser::start().await;
    let report = Report::complete();
    browser.open(&report.page(ALL)).await;
    assert_eq!(text_of(&browser, "#range").await, "rows 1–100 of 300");
    let rows = "return document.querySelector('#table').getAttribute('aria-rowcount') + ' ' + document.querySelector('#table tbody tr').getAttribute('aria-rowindex')";
    assert_eq!(browser.text(rows).await, "301 2");
    browser.click("#pages [data-page=last]").await;
    assert_eq!(text_of(&browser, "#range").await, "rows 201–300 of 300");
    assert_eq!(browser.text(rows).await, "301 202");
    assert_eq!(browser.find("#pages [data-page=next]:disabled").await.len(), 1);
    browser.run("document.activeElement.blur()").await;
    browser.press("[[").await;
    assert_eq!(text_of(&browser, "#range").await, "rows 1–100 of 300");
    browser.press("]").await;
    browser.click("th[data-sort=name] button").await;
    assert_eq!(text_of(&browser, "#range").await, "rows 1–100 of 300", "a new order begins on the first page");
    browser.run("const s = document.querySelector('#page-size'); s.value = '50'; s.dispatchEvent(new Event('change', { bubbles: true }))").await;
    assert_eq!(text_of(&browser, "#range").await, "rows 1–50 of 300");
    assert_eq!(browser.find("nav#pages[aria-label]").await.len(), 1);
    browser.stop().await;
}
