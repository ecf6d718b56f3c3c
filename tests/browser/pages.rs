//! Properties of every page: banner, data, network, hostile names, links between pages.

use std::fs;
use std::process::Command;

use confluence_storage_analyzer::report::format;
use serde_json::json;

use crate::{ALL, IS_COMPLETE, NAMES, PAGES, Report, SPACE, assert_quiet, text_of};
use test_support::sample;
use test_support::webdriver::Browser;

test_support::trials! {
    [CHROMIUM]:
        async the_banner_follows_the_title_on_every_page_without_script_and_in_print,
        async a_page_without_its_data_looks_like_an_error,
        async the_header_shows_site_account_scope_time_and_program,
        async pages_cause_no_messages_from_a_folder_with_special_characters,
        async hostile_names_are_shown_as_they_are_and_nothing_runs,
        async a_name_of_ten_thousand_letters_breaks_no_layout,
        async a_foreign_script_in_the_page_is_blocked,
        async links_work_after_the_folder_was_moved_and_carry_the_filter,
        async without_script_figures_top_rows_and_tables_are_there;
    [NODE]:
        sync the_script_is_valid_for_node;
    []:
        sync every_text_of_the_table_is_used;
}

async fn the_banner_follows_the_title_on_every_page_without_script_and_in_print() {
    let browser = Browser::start_without_script().await;
    for (report, class) in [(Report::complete(), "complete"), (Report::incomplete(), "incomplete")] {
        for page in PAGES {
            browser.open(&report.page(page)).await;
            assert_eq!(browser.find(&format!("hgroup + .banner.{class}")).await.len(), 1, "{page}");
            browser.emulate("print", &[]).await;
            let shown = browser.shown_text().await;
            let expected = if class == "complete" { "Complete." } else { "INCOMPLETE – do not delete" };
            assert!(shown.contains(expected), "{page}: {shown}");
            browser.emulate("", &[]).await;
        }
    }
    browser.stop().await;
}

async fn a_page_without_its_data_looks_like_an_error() {
    let browser = Browser::start().await;
    let report = Report::complete();
    for page in [ALL, "index.html"] {
        let text = report.read(page);
        let start = text.find("<script type=\"application/json\"").expect("data");
        let end = start + text[start..].find("</script>").expect("an end") + 9;
        let spoiled = [
            text.replace("data-rows=\"300\"", "data-rows=\"301\"").replace("data-rows=\"289\"", "data-rows=\"290\""),
            format!("{}{}", &text[..end - 30], &text[end - 9..]),
            text[..end - 2000].to_owned(),
            format!("{}{}", &text[..start], &text[end..]),
        ];
        for (number, spoiled) in spoiled.iter().enumerate() {
            assert_ne!(spoiled, &text);
            let file = report.page("spoiled.html");
            fs::write(&file, spoiled).expect("written");
            browser.open(&file).await;
            let error = text_of(&browser, "#data-error:not([hidden])").await;
            assert!(error.contains("cannot show its files"), "{page} {number}: {error}");
            assert_eq!(browser.find("#table tbody tr").await.len(), 0, "{page} {number}");
        }
    }
    browser.stop().await;
}

async fn the_header_shows_site_account_scope_time_and_program() {
    let browser = Browser::start().await;
    let run = confluence_storage_analyzer::report::RunFacts {
        quota_bytes: Some(10 * 1024 * 1024 * 1024),
        ..sample::run_facts()
    };
    let report = Report::of(&run, &sample::complete(300));
    for page in PAGES {
        browser.open(&report.page(page)).await;
        let run = text_of(&browser, "h1 + .run").await;
        for part in [
            "Site https://acme.atlassian.net/wiki",
            "read as Alice Example",
            "on 2026-11-21 19:41 UTC",
            "all visible spaces",
            concat!("confluence-storage-analyzer ", env!("CARGO_PKG_VERSION")),
        ] {
            assert!(run.contains(part), "{page}: {run}");
        }
    }
    browser.open(&report.page("index.html")).await;
    let figures = browser.texts("return [...document.querySelectorAll('.figures div')].map(f => f.innerText)").await;
    let names: Vec<&str> = figures.iter().map(|figure| figure.lines().next().expect("a name")).collect();
    let expected = [
        "Stored",
        "In old versions",
        "Unreferenced",
        "Undetermined",
        "In the trash",
        "In duplicates",
        "Unknown sizes",
        "Contents",
    ];
    assert_eq!(names, expected);
    let stored = browser.run("return Number(document.querySelector('.figures data').value)").await;
    let (inventory, audit) = sample::complete(300);
    let site = audit.figures(&inventory, true).site;
    assert_eq!(stored, site.current_bytes + site.old_bytes);
    let quota = text_of(&browser, ".quota").await;
    assert!(quota.contains("10.0 GiB in the plan"), "{quota}");
    browser.stop().await;
}

async fn pages_cause_no_messages_from_a_folder_with_special_characters() {
    let browser = Browser::start().await;
    for report in [Report::complete(), Report::incomplete()] {
        for page in PAGES {
            let page = report.page(page);
            browser.open(&page).await;
            assert_quiet(&browser, &page).await;
        }
    }
    browser.stop().await;
}

async fn hostile_names_are_shown_as_they_are_and_nothing_runs() {
    let browser = Browser::start().await;
    let report = Report::complete();
    let page = report.page(ALL);
    browser.open(&page).await;
    let mut shown = browser.texts(NAMES).await;
    for _ in 0..2 {
        browser.click("#pages [data-page=next]").await;
        shown.extend(browser.texts(NAMES).await);
    }
    assert_eq!(shown.len(), 300);
    for hostile in sample::HOSTILE {
        assert!(shown.contains(&format::visible(hostile).into_owned()), "{hostile:?}");
    }
    // a name that was run as a script would call `canary`, which does not exist, and cause a console message
    assert_quiet(&browser, &page).await;
    browser.stop().await;
}

async fn a_name_of_ten_thousand_letters_breaks_no_layout() {
    let browser = Browser::start().await;
    check_long_names(&browser).await;
    browser.stop().await;
}

pub(crate) async fn check_long_names(browser: &Browser) {
    let mut sample = sample::complete(60);
    sample.0.attachments[8].title = "x".repeat(10_000);
    sample.0.contents[0].title = "Wort".repeat(2_500);
    let report = Report::of(&sample::run_facts(), &sample);
    for width in [1400, 1024, 390, 320] {
        browser.resize(width, 900).await;
        for page in ["index.html", ALL] {
            browser.open(&report.page(page)).await;
            let wide = browser.run("return document.documentElement.scrollWidth").await;
            assert!(wide.as_u64().is_some_and(|wide| wide <= u64::from(width)), "{page}: {wide}");
        }
        let tallest = "return Math.max(...[...document.querySelectorAll('#table tbody th')].map(c => c.clientHeight))";
        let tallest = browser.run(tallest).await.as_f64().expect("a height");
        assert!(tallest < 200.0, "{tallest}");
    }
    browser.open_at(&report.page(ALL), "?open=att70008").await;
    assert_eq!(text_of(browser, "#details-title").await.len(), 10_000, "the full name is in the details");
}

async fn a_foreign_script_in_the_page_is_blocked() {
    let browser = Browser::start().await;
    let report = Report::complete();
    let spoiled = report.page("spoiled.html");
    let foreign = "<script>document.title = 'taken over'</script><p style=\"color: red\"><footer>";
    fs::write(&spoiled, report.read(ALL).replace("<footer>", foreign)).expect("written");
    browser.open(&spoiled).await;
    assert_ne!(browser.text("return document.title").await, "taken over");
    let console = browser.console().await.join("\n");
    assert!(console.contains("Content Security Policy"), "{console}");
    browser.stop().await;
}

async fn links_work_after_the_folder_was_moved_and_carry_the_filter() {
    let browser = Browser::start().await;
    let report = Report::complete();
    let moved = report.parent.path().join("moved");
    fs::rename(&report.folder, &moved).expect("moved");
    for page in PAGES {
        browser.open(&moved.join(page)).await;
        let relative = "return [...document.querySelectorAll('a[href]')].filter(a => a.protocol === 'file:').map(a => decodeURIComponent(a.pathname))";
        for target in browser.texts(relative).await {
            assert!(fs::exists(&target).expect("looked"), "{page}: {target}");
        }
    }
    browser.open(&moved.join(SPACE)).await;
    browser.type_into("#filter", "size>1mb").await;
    browser.wait_for(IS_COMPLETE).await;
    browser.click("a[data-carry][href^='../attachments.html']").await;
    assert_eq!(browser.text("return document.querySelector('#filter').value").await, "size>1mb");
    let spaces = browser
        .texts("return [...new Set([...document.querySelectorAll('td[data-label=Space]')].map(c => c.textContent))]")
        .await;
    assert_eq!(spaces, ["日本"]);
    browser.click("nav[aria-label=Breadcrumb] a").await;
    assert!(browser.text("return location.pathname").await.ends_with("/index.html"));
    browser.stop().await;
}

async fn without_script_figures_top_rows_and_tables_are_there() {
    let browser = Browser::start_without_script().await;
    for report in [Report::complete(), Report::incomplete()] {
        browser.open(&report.page(ALL)).await;
        assert_eq!(browser.find("#table tbody tr").await.len(), 100);
        assert_eq!(browser.find("noscript .note a[href='attachments.csv']").await.len(), 1);
        assert_eq!(browser.find("th button").await.len(), 0, "no controls without a script");
        let shown = browser.shown_text().await;
        for control in ["Save as CSV", "Next", "Auto", "Help"] {
            assert!(!shown.lines().any(|line| line == control), "{control}");
        }
        assert!(shown.contains("This table shows the 100 largest of 300 files."), "{shown}");
        browser.open(&report.page("index.html")).await;
        assert_eq!(browser.find(".figures > div").await.len(), 8);
    }
    browser.stop().await;
}

fn the_script_is_valid_for_node() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/script");
    let mut seen = 0;
    for entry in fs::read_dir(folder).expect("read") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("read");
        assert!(text.lines().count() < 400, "{}", path.display());
        let checked = Command::new("node").arg("--check").arg(&path).output().expect("node");
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
        seen += 1;
    }
    assert!(seen > 10);
}

fn every_text_of_the_table_is_used() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/script");
    let table = fs::read_to_string(folder.join("texts.js")).expect("read");
    let mut code = String::new();
    for entry in fs::read_dir(&folder).expect("read") {
        let path = entry.expect("an entry").path();
        if !path.ends_with("texts.js") {
            code.push_str(&fs::read_to_string(path).expect("read"));
        }
    }
    let top = table.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = top.filter_map(|line| line.trim().split_once(':')).map(|(name, _)| name);
    let unused: Vec<&str> = names
        .filter(|name| name.chars().all(char::is_alphanumeric))
        .filter(|name| !code.contains(&format!("TEXT.{name}")) && !code.contains(&format!("{{ {name} }} = TEXT")))
        .collect();
    assert_eq!(unused, [] as [&str; 0], "{}", json!(unused));
}
