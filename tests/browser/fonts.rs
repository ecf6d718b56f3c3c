//! The layout in common fonts, whose letters differ in width by up to a fifth.

use std::path::PathBuf;

use crate::{ALL, Dashboard, PAGES, Report, appearance, pages, snapshot};
use test_support::fonts::{self, Font};
use test_support::snapshot::SnapshotSample;
use test_support::webdriver::Browser;

test_support::trials! {
    [CHROMIUM, DEJAVU]:
        async the_layout_holds_in_dejavu;
    [CHROMIUM, LIBERATION]:
        async the_layout_holds_in_liberation;
    [CHROMIUM, NOTO_CJK]:
        async the_layout_holds_in_noto_cjk;
}

async fn the_layout_holds_in_dejavu() {
    check_layout(&fonts::DEJAVU).await;
}

async fn the_layout_holds_in_liberation() {
    check_layout(&fonts::LIBERATION).await;
}

async fn the_layout_holds_in_noto_cjk() {
    check_layout(&fonts::NOTO_CJK).await;
}

/// Finds text outside its element or the window. Leaves out what is truncated on purpose: URLs with
/// an ellipsis, names limited to some lines, squares of the map, texts for screen readers; and scrollable elements.
const CUT: &str = "const meant = '.endpoint, .name, .square, .squares, .visually-hidden, .skip, svg, bdi, .bar, option'; \
    return [...document.querySelectorAll('main *, .top *, footer *')].filter(e => e.checkVisibility() && !e.closest(meant)) \
    .filter(e => { const style = getComputedStyle(e), box = e.getBoundingClientRect(); \
    if (['auto', 'scroll'].includes(style.overflowX) || e.querySelector('.endpoint, .name, .visually-hidden')) return false; \
    const scrolled = e.closest('.scroll, .map-table, .panel'); const edge = scrolled ? Infinity : innerWidth + 1; \
    return box.width > 0 && (style.display !== 'inline' && e.scrollWidth > e.clientWidth + 1 || box.right > edge); }) \
    .slice(0, 3).map(e => e.outerHTML.slice(0, 120) + ' ' + e.scrollWidth + '/' + e.clientWidth)";

/// Finds badges of one word that need more than one line.
const BROKEN: &str = "return [...document.querySelectorAll('#table .usage')] \
    .filter(e => !/\\s/.test(e.textContent.trim()) && e.offsetHeight > 1.9 * parseFloat(getComputedStyle(e).lineHeight)) \
    .slice(0, 3).map(e => { const needed = () => { e.style.whiteSpace = 'nowrap'; e.style.maxWidth = 'none'; return e.offsetWidth; }; \
    const room = e.parentElement.clientWidth - 2 * parseFloat(getComputedStyle(e.parentElement).paddingLeft); \
    return e.outerHTML + ' needs ' + needed() + ' of ' + room + ' pixels'; })";

/// Medium, width in pixels, and letter spacing: the narrowest and the widest window of each layout, and a sheet of
/// A4 in landscape without margins (273 mm at 96 pixels per inch). The width of a font differs between systems,
/// because each may round the position of every letter to a pixel. A little letter spacing simulates that.
const LOOKS: [(&str, u32, &str); 9] = [
    ("", 320, ""),
    ("", 320, "0.24px"),
    ("", 390, ""),
    ("", 768, ""),
    ("", 1024, "0.24px"),
    ("", 1190, "0.24px"),
    ("", 1330, "0.24px"),
    ("print", 1031, ""),
    ("print", 1031, "0.24px"),
];

async fn check_layout(font: &Font) {
    let browser = Browser::start_in(font).await;
    let (report, small) = (Report::complete(), Dashboard::of(&SnapshotSample::new(60, 20)));
    browser.open(&report.page(ALL)).await;
    // makes sure that the page is really shown in this font
    assert_eq!(browser.families("h1").await, [font.sans]);
    assert_eq!(browser.families("code, .endpoint").await, [font.mono]);
    appearance::check_table(&browser).await;
    pages::check_long_names(&browser).await;
    appearance::check_small_screens(&browser).await;
    snapshot::check_every_width(&browser).await;
    let pages: Vec<PathBuf> = PAGES.map(|page| report.page(page)).into_iter().chain([small.page.clone()]).collect();
    let mut cut = Vec::new();
    for (medium, width, spacing) in LOOKS {
        browser.resize(width, 900).await;
        browser.emulate(medium, &[]).await;
        for page in &pages {
            browser.open(page).await;
            browser.run(&format!("document.documentElement.style.letterSpacing = '{spacing}'")).await;
            let mut found = browser.texts(BROKEN).await;
            if medium.is_empty() {
                found.extend(browser.texts(CUT).await);
            }
            let place = format!("{} at {width} pixels with {spacing:?} {medium}", page.display());
            cut.extend(found.into_iter().map(|found| format!("{place}: {found}")));
        }
    }
    assert!(cut.is_empty(), "{}", cut.join("\n"));
    browser.stop().await;
}
