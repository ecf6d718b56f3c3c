//! The pages in a real browser, opened from disk (`report-ui.md` C6).
#![allow(clippy::expect_used, reason = "tests fail loudly")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::sample;
use common::webdriver::Browser;
use confluence_storage_analyzer::report::{self, RunFacts, format};
use serde_json::json;

const FIRST_CELLS: &str =
    "return [...document.querySelectorAll('#table tbody tr')].map(row => row.cells[0].textContent)";

/// A report in a folder whose name has to be escaped in an address.
struct Report {
    _parent: tempfile::TempDir,
    folder: PathBuf,
}

fn report(complete: bool) -> Report {
    let parent = tempfile::tempdir().expect("a folder");
    let place = parent.path().join("Bücher 100 % #1");
    fs::create_dir(&place).expect("a folder");
    let (inventory, audit) = if complete { sample::complete(300) } else { sample::incomplete(300) };
    let run = RunFacts { exit_code: if complete { 0 } else { 3 }, ..sample::run_facts() };
    let folder = report::write(&place, &run, &inventory, &audit).expect("written");
    Report { _parent: parent, folder }
}

const PAGES: [&str; 4] =
    ["index.html", "attachments.html", "__-13/__-13_attachments.html", "__-13/__-13_unreferenced.html"];

async fn assert_quiet(browser: &Browser, page: &Path) {
    assert_eq!(browser.console().await, [] as [String; 0], "{}", page.display());
    assert_eq!(browser.network().await, [] as [String; 0], "{}", page.display());
}

#[tokio::test]
async fn every_page_opens_without_a_word_on_the_console_or_the_network() {
    let Some(browser) = Browser::start().await else { return };
    for complete in [true, false] {
        let report = report(complete);
        for page in PAGES {
            let page = report.folder.join(page);
            browser.open(&page).await;
            assert_quiet(&browser, &page).await;
            let title = browser.text("return document.title").await;
            assert_eq!(title.starts_with("INCOMPLETE"), !complete, "{title}");
            let banner = browser.text("return document.querySelector('h1').nextElementSibling.innerText").await;
            assert!(banner.contains(if complete { "Complete." } else { "INCOMPLETE" }), "{banner}");
        }
    }
    browser.stop().await;
}

#[tokio::test]
async fn hostile_names_are_shown_as_they_are_and_nothing_runs() {
    let Some(browser) = Browser::start().await else { return };
    let report = report(true);
    let page = report.folder.join("attachments.html");
    browser.open(&page).await;
    let mut shown = browser.texts(FIRST_CELLS).await;
    for _ in 0..2 {
        browser.click("#pages [data-page=next]").await;
        shown.extend(browser.texts(FIRST_CELLS).await);
    }
    assert_eq!(shown.len(), 300);
    for hostile in sample::HOSTILE {
        assert!(shown.contains(&format::visible(hostile).into_owned()), "{hostile:?}");
    }
    // a name that ran would have called `canary`, which does not exist, and the console would say so
    assert_quiet(&browser, &page).await;
    browser.stop().await;
}

#[tokio::test]
async fn a_foreign_script_in_the_page_is_blocked() {
    let Some(browser) = Browser::start().await else { return };
    let report = report(true);
    let page = report.folder.join("attachments.html");
    let text = fs::read_to_string(&page).expect("read");
    let spoiled = report.folder.join("spoiled.html");
    fs::write(&spoiled, text.replace("<footer>", "<script>document.title = 'taken over'</script><footer>"))
        .expect("written");
    browser.open(&spoiled).await;
    assert_ne!(browser.text("return document.title").await, "taken over");
    let console = browser.console().await.join("\n");
    assert!(console.contains("Content Security Policy"), "{console}");
    browser.stop().await;
}

#[tokio::test]
async fn headings_sort_by_mouse_and_keyboard() {
    let Some(browser) = Browser::start().await else { return };
    let report = report(true);
    browser.open(&report.folder.join("attachments.html")).await;
    let initial = browser.texts(FIRST_CELLS).await;
    let sorted = "return [...document.querySelectorAll('#table [aria-sort]')].map(th => th.dataset.sort + ' ' + th.getAttribute('aria-sort'))";
    assert_eq!(browser.texts(sorted).await, ["size descending"]);

    browser.click("th[data-sort=versions] button").await;
    assert_eq!(browser.texts(sorted).await, ["versions descending"]);
    let versions = browser
        .texts("return [...document.querySelectorAll('#table td[data-label=Versions]')].map(td => td.textContent)")
        .await;
    assert_eq!(versions[0], "7");
    assert!(versions.windows(2).all(|pair| pair[0] >= pair[1]), "{versions:?}");

    browser.type_into("th[data-sort=name] button", "\u{E007}").await;
    assert_eq!(browser.texts(sorted).await, ["name ascending"]);
    assert_eq!(browser.text("return document.activeElement.textContent").await, "File name");
    let by_name = browser.texts(FIRST_CELLS).await;
    assert!(by_name[0] < by_name[99] && by_name != initial);

    browser.click("th[data-sort=name] button").await;
    browser.click("th[data-sort=name] button").await;
    assert_eq!(browser.texts(sorted).await, [] as [String; 0], "the third click restores the first order");
    assert_eq!(browser.texts(FIRST_CELLS).await, initial);

    // sizes are unknown for one file: last in both directions
    for _ in 0..2 {
        browser.click("th[data-sort=all] button").await;
        browser.click("#pages [data-page=last]").await;
        let last = browser
            .text("return [...document.querySelectorAll('#table td[data-label=\"All versions\"]')].at(-1).textContent")
            .await;
        assert_eq!(last, "unknown");
    }
    browser.stop().await;
}

#[tokio::test]
async fn the_filter_narrows_and_tells_what_is_left() {
    let Some(browser) = Browser::start().await else { return };
    let report = report(true);
    browser.open(&report.folder.join("attachments.html")).await;
    let range = "return document.querySelector('#range').textContent";
    assert_eq!(browser.text(range).await, "rows 1–100 of 300");

    browser.type_into("#filter", "GROSSE -\"26\"").await;
    let none = browser.texts(FIRST_CELLS).await;
    assert_eq!(none, [] as [String; 0], "ß is no ss");
    browser.type_into("#filter", "\u{E00C}").await;
    browser.type_into("#filter", "große ~ALICE -\"26\"").await;
    let found = browser.texts(FIRST_CELLS).await;
    assert!(
        !found.is_empty() && found.iter().all(|name| name.starts_with("Angebot Größe") && !name.contains("26")),
        "{found:?}"
    );
    assert_eq!(browser.text(range).await, format!("rows 1–{0} of {0}", found.len()));

    browser.type_into("#filter", "\u{E00C}").await;
    browser
        .run("const s = document.querySelector('#usage'); s.value = '6'; s.dispatchEvent(new Event('change'))")
        .await;
    let usages = browser.texts("return [...document.querySelectorAll('#table td[data-label=Usage] .usage:first-child')].map(e => e.textContent)").await;
    assert!(usages.iter().all(|usage| usage == "unreferenced"));
    let commands =
        browser.texts("return [...document.querySelectorAll('button.copy')].map(b => b.dataset.command)").await;
    let (_, audit) = sample::complete(300);
    assert_eq!(commands.len(), audit.files.iter().filter(|file| file.is_candidate()).count());
    assert!(commands[0].starts_with("curl -X DELETE -u "), "{}", commands[0]);
    assert!(commands[0].ends_with('\'') && commands[0].contains("/wiki/api/v2/attachments/att7"), "{}", commands[0]);
    browser.stop().await;
}

#[tokio::test]
async fn drawn_rows_are_the_static_rows() {
    let Some(browser) = Browser::start().await else { return };
    let report = report(true);
    let page = report.folder.join("attachments.html");
    browser.open(&page).await;
    let cells = |rows: &str| {
        format!(
            "return [...{rows}].flatMap(row => [...row.cells].map(cell => cell.dataset.label + '|' + cell.className + '|' + \
             cell.textContent.replace('Copy command', '').replace(/\\s+/g, '') + '|' + \
             [...cell.querySelectorAll('a')].map(a => a.href)))"
        )
    };
    let drawn = browser.texts(&cells("document.querySelectorAll('#table tbody tr')")).await;
    let json = serde_json::to_string(&fs::read_to_string(&page).expect("read")).expect("JSON");
    let parsed = format!("new DOMParser().parseFromString({json}, 'text/html').querySelectorAll('#table tbody tr')");
    let fixed = browser.texts(&cells(&parsed)).await;
    assert_eq!(fixed.len(), 1300);
    for (drawn, fixed) in drawn.iter().zip(&fixed) {
        assert_eq!(drawn, fixed);
    }
    browser.stop().await;
}

#[tokio::test]
async fn a_page_without_its_data_looks_like_an_error() {
    let Some(browser) = Browser::start().await else { return };
    let report = report(true);
    let page = report.folder.join("attachments.html");
    let text = fs::read_to_string(&page).expect("read");
    let start = text.find("<script type=\"application/json\"").expect("data");
    let end = start + text[start..].find("</script>").expect("an end") + 9;
    let spoiled = [
        text.replace("data-rows=\"300\"", "data-rows=\"301\""),
        format!("{}{}", &text[..end - 30], &text[end - 9..]),
        text[..end - 2000].to_owned(),
        format!("{}{}", &text[..start], &text[end..]),
    ];
    for (number, spoiled) in spoiled.iter().enumerate() {
        let file = report.folder.join("spoiled.html");
        fs::write(&file, spoiled).expect("written");
        browser.open(&file).await;
        let error =
            browser.text("const e = document.querySelector('#data-error'); return e.hidden ? '' : e.innerText").await;
        assert!(error.contains("cannot show its files"), "{number}: {error}");
        assert_eq!(browser.texts(FIRST_CELLS).await, [] as [String; 0], "{number}");
    }
    browser.stop().await;
}

#[tokio::test]
async fn without_script_banner_rows_and_tables_are_there() {
    let Some(browser) = Browser::start_without_script().await else { return };
    for complete in [true, false] {
        let report = report(complete);
        browser.open(&report.folder.join("attachments.html")).await;
        assert_eq!(browser.find("#table tbody tr").await.len(), 100);
        let banner = if complete { ".banner.complete" } else { ".banner.incomplete" };
        assert_eq!(browser.find(&format!("h1 + {banner}")).await.len(), 1);
        assert_eq!(browser.find("noscript .note a[href='attachments.csv']").await.len(), 1);
        assert_eq!(browser.find("th button").await.len(), 0, "no controls that do nothing");
    }
    browser.stop().await;
}

#[tokio::test]
async fn small_screens_never_scroll_sideways_and_the_theme_can_be_chosen() {
    let Some(browser) = Browser::start().await else { return };
    let report = report(true);
    let small = json!({ "width": 320, "height": 800, "deviceScaleFactor": 1, "mobile": true });
    browser.devtools("Emulation.setDeviceMetricsOverride", small).await;
    for page in PAGES {
        browser.open(&report.folder.join(page)).await;
        let width = browser.run("return document.documentElement.scrollWidth").await;
        assert_eq!(width, 320, "{page}");
    }
    let background = "return getComputedStyle(document.documentElement).backgroundColor";
    let mut colours = Vec::new();
    for theme in ["light", "dark"] {
        browser.click(&format!("#theme [data-theme={theme}]")).await;
        colours.push(browser.text(background).await);
    }
    assert_ne!(colours[0], colours[1]);
    // the browser stores the choice a moment later: a page that opens at once may come too early
    let mut kept = String::new();
    for _ in 0..50 {
        browser.open(&report.folder.join("index.html")).await;
        kept = browser.text(background).await;
        if kept == colours[1] {
            break;
        }
    }
    assert_eq!(kept, colours[1], "the choice is kept");
    browser.stop().await;
}
