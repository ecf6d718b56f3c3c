//! Appearance: colours, print, locales, small screens, motion.

use std::process::Command;

use serde_json::json;

use crate::{ALL, PAGES, Report, SPACE, text_of};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use test_support::webdriver::Browser;

test_support::trials! {
    [CHROMIUM]:
        async the_colours_follow_the_system_until_the_reader_chooses,
        async both_palettes_have_contrast_for_texts_and_graphics,
        async print_has_banner_figures_filter_and_rows_but_no_controls,
        async figures_follow_the_locale_and_machine_data_do_not,
        async small_screens_never_scroll_sideways_and_targets_are_large_enough,
        async the_table_fits_into_every_window_from_1024_pixels,
        async animations_are_short_and_off_with_reduced_motion;
    [CHROMIUM, PDFTOTEXT]:
        async every_sheet_has_the_headings_and_no_row_is_cut;
}

async fn the_colours_follow_the_system_until_the_reader_chooses() {
    let browser = Browser::start().await;
    let report = Report::complete();
    let background = "return getComputedStyle(document.documentElement).backgroundColor";
    let mut colours = Vec::new();
    for scheme in ["light", "dark"] {
        browser.emulate("", &[("prefers-color-scheme", scheme)]).await;
        browser.open(&report.page(ALL)).await;
        colours.push(browser.text(background).await);
    }
    assert_ne!(colours[0], colours[1]);
    browser.click("#theme [data-theme=light]").await;
    assert_eq!(browser.text(background).await, colours[0]);
    // the browser stores the choice asynchronously: a page that is opened at once may not have it yet
    let mut kept = String::new();
    for _ in 0..50 {
        browser.open(&report.page("index.html")).await;
        kept = browser.text(background).await;
        if kept == colours[0] {
            break;
        }
    }
    assert_eq!(kept, colours[0], "the choice is kept");
    assert_eq!(browser.run("return localStorage.length").await, 1, "nothing else is stored");
    browser.stop().await;
}

/// Contrast of the colours as computed by the browser: of texts, then of charts and outlines.
async fn both_palettes_have_contrast_for_texts_and_graphics() {
    let browser = Browser::start().await;
    let report = Report::small();
    let contrasts = "const colour = name => { const probe = document.body.appendChild(document.createElement('i')); \
        probe.style.color = 'var(--' + name + ')'; const parts = getComputedStyle(probe).color.match(/[\\d.]+/g).map(Number); probe.remove(); \
        const [r, g, b] = parts.map(part => (part /= 255) <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4); \
        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05; }; \
        return PAIRS.flatMap(([fronts, backs, least]) => fronts.flatMap(front => backs.map(back => { \
        const [one, other] = [colour(front), colour(back)]; \
        return [front + ' on ' + back, Math.max(one, other) / Math.min(one, other), least]; })));";
    let pairs = json!([
        [["text", "quiet", "link"], ["page", "surface", "raised"], 4.5],
        [["amber-text"], ["amber-surface"], 4.5],
        [["green-text"], ["green-surface"], 4.5],
        [["red-text"], ["red-surface", "surface"], 4.5],
        [["line-strong"], ["page", "surface", "raised"], 3],
        [["bar", "amber"], ["surface", "raised"], 3],
        [["amber"], ["amber-surface"], 3],
        [["red-line"], ["page", "red-surface"], 3],
        [["green-line"], ["page", "green-surface"], 3],
    ]);
    let contrasts = contrasts.replace("PAIRS", &pairs.to_string());
    for scheme in ["light", "dark"] {
        browser.emulate("", &[("prefers-color-scheme", scheme)]).await;
        browser.open(&report.page("index.html")).await;
        let found = browser.run(&contrasts).await;
        let found = found.as_array().expect("contrasts");
        assert_eq!(found.len(), 25);
        for pair in found {
            assert!(pair[1].as_f64() >= pair[2].as_f64(), "{scheme}: {pair}");
        }
    }
    browser.stop().await;
}

async fn print_has_banner_figures_filter_and_rows_but_no_controls() {
    let browser = Browser::start().await;
    let report = Report::complete();
    browser
        .open_at(&report.page(ALL), "?q=size%3E1mb&usage=unreferenced&usage=embedded&usage=linked&usage=listed&rows=50")
        .await;
    browser.emulate("print", &[]).await;
    browser.run("window.print = () => { window.dispatchEvent(new Event('beforeprint')) }; dispatchEvent(new Event('beforeprint'))").await;
    let printed = browser.text("return document.body.innerText").await;
    for part in
        ["Complete.", "Filter: size>1mb; Usage: embedded; ", "The first 100 of ", "https://acme.atlassian.net/wiki"]
    {
        assert!(
            printed.contains(part) || part.starts_with("Filter") && printed.contains("Filter: size>1mb; Usage: "),
            "{part}"
        );
    }
    for control in ["Copy cleanup list", "Save as CSV", "Next", "Help", "Copy command"] {
        assert!(!printed.lines().any(|line| line == control), "{control}");
    }
    assert_eq!(browser.find("#table tbody tr").await.len(), 100, "more than the page on the screen");
    assert_eq!(browser.find("#table tbody details:not([open])").await.len(), 0, "evidence is unfolded");
    browser.run("dispatchEvent(new Event('afterprint'))").await;
    assert_eq!(browser.find("#table tbody tr").await.len(), 50);
    browser.emulate("", &[]).await;
    browser.click("#print-button").await;
    browser.click("#print [data-print=rows]").await;
    let rows = browser.find("#table tbody tr").await.len();
    assert!(
        rows > 100 && text_of(&browser, "#range").await.ends_with(&format!("of {rows}")),
        "all current rows: {rows}"
    );
    browser.stop().await;
}

/// Returns the text of a printed page, sheet by sheet.
async fn printed(browser: &Browser) -> Vec<String> {
    let pdf = browser.devtools("Page.printToPDF", json!({ "preferCSSPageSize": true })).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("page.pdf");
    std::fs::write(&file, BASE64_STANDARD.decode(pdf["data"].as_str().expect("a document")).expect("base64"))
        .expect("written");
    let read = Command::new("pdftotext").arg("-layout").arg(&file).arg("-").output().expect("pdftotext");
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let text = String::from_utf8_lossy(&read.stdout).into_owned();
    text.trim_end_matches('\u{c}').split('\u{c}').map(str::to_owned).collect()
}

async fn every_sheet_has_the_headings_and_no_row_is_cut() {
    let browser = Browser::start().await;
    let report = Report::complete();
    browser.open(&report.page(SPACE)).await;
    let sheets = printed(&browser).await;
    assert!(sheets.len() > 3 && sheets[0].contains("Complete."), "{sheets:?}");
    // the last sheet may have only the footer
    for sheet in sheets.iter().filter(|sheet| sheet.contains("MiB")) {
        let headings = sheet.lines().find(|line| line.contains("File name")).unwrap_or_default();
        assert!(headings.contains("Owning page") && headings.contains("Evidence"), "{sheet}");
    }
    let text = sheets.concat();
    assert!(text.contains("(https://acme.atlassian.net/wiki"), "the targets of links are printed: {text}");
    browser.emulate("print", &[]).await;
    let cut = "return [...document.querySelectorAll('tr')].filter(row => getComputedStyle(row).breakInside !== 'avoid').length";
    assert_eq!(browser.run(cut).await, 0);
    browser.stop().await;
}

async fn figures_follow_the_locale_and_machine_data_do_not() {
    let browser = Browser::start().await;
    let report = Report::complete();
    for (locale, figure) in [("de-DE", ","), ("ar-EG", "٫"), ("ja-JP", "."), ("en-US", ".")] {
        browser.devtools("Emulation.setLocaleOverride", json!({})).await;
        browser.devtools("Emulation.setLocaleOverride", json!({ "locale": locale })).await;
        browser.open(&report.page(ALL)).await;
        let shown = text_of(&browser, "#table tbody td data").await;
        assert!(shown.contains(figure) && shown.ends_with(" MiB"), "{locale}: {shown}");
        let csv = browser.text("const { data, rows } = { data: null, rows: 0 }; return csvCell('integer', 0, 1234567) + ' ' + csvCell('decimal', 2, 1.5)").await;
        assert_eq!(csv, "1234567 1.50", "{locale}");
        let time = browser.text("return document.querySelector('#table time').getAttribute('datetime')").await;
        assert_eq!(time.len(), 10, "{locale}: {time}");
    }
    browser.click("#units [data-units='1000']").await;
    let shown = text_of(&browser, "#table tbody td data").await;
    assert!(shown.ends_with(" MB"), "{shown}");
    let exact = browser.text("return document.querySelector('#table tbody td data').title").await;
    assert!(exact.ends_with(" bytes") && exact.len() > 10, "{exact}");
    browser.stop().await;
}

async fn small_screens_never_scroll_sideways_and_targets_are_large_enough() {
    let browser = Browser::start().await;
    check_small_screens(&browser).await;
    browser.stop().await;
}

pub(crate) async fn check_small_screens(browser: &Browser) {
    let report = Report::complete();
    browser.resize(320, 800).await;
    for page in PAGES {
        browser.open(&report.page(page)).await;
        let width = browser.run("return document.documentElement.scrollWidth").await;
        assert_eq!(width, 320, "{page}");
        let small = "return [...document.querySelectorAll('button, select, input, summary')].filter(e => e.offsetParent && e.offsetHeight > 0) \
            .filter(e => !e.matches('.tick, .name')).filter(e => e.offsetHeight < 24).map(e => e.outerHTML.slice(0, 80))";
        assert_eq!(browser.texts(small).await, [] as [String; 0], "{page}");
    }
    browser.open(&report.page(ALL)).await;
    let label = browser.text("return getComputedStyle(document.querySelector('#table td[data-label=\"File size\"]'), '::before').content").await;
    assert_eq!(label, "\"File size\"", "cells of a card have labels");
}

async fn the_table_fits_into_every_window_from_1024_pixels() {
    let browser = Browser::start().await;
    check_table(&browser).await;
    browser.stop().await;
}

pub(crate) async fn check_table(browser: &Browser) {
    let report = Report::complete();
    for page in [ALL, SPACE] {
        browser.open(&report.page(page)).await;
        for width in [1024, 1100, 1180, 1190, 1240, 1290, 1310, 1330, 1400] {
            browser.resize(width, 900).await;
            let wide = "const region = document.querySelector('.scroll'); return [region.scrollWidth - region.clientWidth, \
                Math.max(0, document.documentElement.scrollWidth - innerWidth), document.querySelector('#table tbody th').clientWidth < 120 ? 1 : 0]";
            assert_eq!(browser.run(wide).await, json!([0, 0, 0]), "{page} at {width} pixels");
            let spilled = "return [...document.querySelectorAll('#table thead th, #table tbody tr:nth-child(-n+30) > *')] \
                .filter(cell => cell.scrollWidth > cell.clientWidth + 1).map(cell => cell.outerHTML.slice(0, 120))";
            assert_eq!(browser.texts(spilled).await, [] as [String; 0], "{page} at {width} pixels");
        }
    }
    // the details show what a small window leaves out
    browser.resize(1024, 900).await;
    browser.open_at(&report.page(ALL), "?open=att70005").await;
    let details = text_of(browser, "#details").await;
    for part in ["/api/v2/attachments/att70005", "Open the attachment screen"] {
        assert!(details.contains(part), "{details}");
    }
}

async fn animations_are_short_and_off_with_reduced_motion() {
    let browser = Browser::start().await;
    let report = Report::complete();
    let slow = "return [...document.querySelectorAll('*')].map(e => getComputedStyle(e)) \
        .flatMap(s => [...s.transitionDuration.split(','), ...s.animationDuration.split(',')]).map(parseFloat).reduce((a, b) => Math.max(a, b), 0)";
    for (wish, limit) in [("no-preference", 0.15), ("reduce", 0.0)] {
        browser.emulate("", &[("prefers-reduced-motion", wish)]).await;
        for page in ["index.html", ALL] {
            browser.open(&report.page(page)).await;
            let longest = browser.run(slow).await.as_f64().expect("seconds");
            assert!(longest <= limit, "{page} {wish}: {longest}");
        }
    }
    browser.stop().await;
}
