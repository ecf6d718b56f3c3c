//! Evidence, cleanup list and CSV export of the page.

use std::collections::BTreeSet;
use std::fs;

use confluence_storage_analyzer::audit::Usage;
use confluence_storage_analyzer::inventory::AccountId;
use confluence_storage_analyzer::recheck::parse_file_list;
use serde_json::json;

use crate::{ALL, IS_COMPLETE, NAMES, Report, UNREFERENCED, text_of};
use test_support::sample;
use test_support::webdriver::Browser;

test_support::trials! {
    [CHROMIUM]:
        async versions_are_shown_with_their_bytes,
        async every_usage_has_its_evidence_or_its_reason,
        async the_cleanup_list_has_unreferenced_files_and_its_origin,
        async the_list_has_only_ticked_rows_and_an_old_report_asks_for_a_new_run,
        async four_clicks_lead_from_the_dashboard_to_the_list_of_the_20_largest_unreferenced_files_of_a_space,
        async the_list_of_unreferenced_files_shows_page_owners_and_sorts_by_them,
        async an_incomplete_run_offers_no_list_and_says_why,
        async the_exported_csv_equals_that_of_the_program,
        async beyond_100_000_files_owners_get_links_to_complete_lists;
}

async fn versions_are_shown_with_their_bytes() {
    let browser = Browser::start().await;
    let report = Report::complete();
    let (inventory, _) = sample::complete(300);
    let file = inventory.attachments.iter().max_by_key(|file| file.old_versions.len()).expect("a file");
    browser.open_at(&report.page(ALL), &format!("?open={}", file.id)).await;
    let rows = browser.texts("return [...document.querySelectorAll('#details .versions tbody tr')].map(r => r.cells[0].textContent + ' ' + r.querySelector('data').value)").await;
    assert_eq!(rows.len(), file.versions());
    assert_eq!(rows[0], format!("{} (current) {}", file.version, file.size.expect("known")));
    let oldest = &file.old_versions[0];
    assert_eq!(rows[rows.len() - 1], format!("{} {}", oldest.number, oldest.size.expect("known")));
    let endpoint =
        browser.text("return [...document.querySelectorAll('#details .versions code')].at(-1).textContent").await;
    assert_eq!(endpoint, format!("{}/rest/api/content/{}/version/{}", sample::BASE, file.id, oldest.number));
    assert!(text_of(&browser, "#details .note").await.contains("% of the bytes are in old versions"));
    browser.open(&report.page("index.html")).await;
    let ranking = browser.run("return [...document.querySelectorAll('section.of-versions td[data-label=\"Would be freed\"] data')].map(d => Number(d.value))").await;
    let ranking: Vec<u64> = ranking.as_array().expect("a list").iter().filter_map(serde_json::Value::as_u64).collect();
    assert!(ranking.len() > 10 && ranking.is_sorted_by(|one, other| one >= other), "{ranking:?}");
    browser.stop().await;
}

async fn every_usage_has_its_evidence_or_its_reason() {
    let browser = Browser::start().await;
    let report = Report::complete();
    let (inventory, audit) = sample::complete(300);
    let expected = [
        (Usage::Embedded, " shows it as an image."),
        (Usage::Linked, " links to it, under the name \"old name.png\"."),
        (Usage::LinkedElsewhere, " possibly shows it by the macro view-file."),
        (Usage::Listed, " lists it by the macro attachments."),
        (Usage::Undetermined, "page 4711 \"Old plan\" could not be read in full"),
        (Usage::Unreferenced, "No use was found, and everything that could hold one was read."),
        (Usage::NotJudged, "in the trash"),
    ];
    for (usage, evidence) in expected {
        let verdict = audit.files.iter().find(|file| file.usage == usage && file.protected.is_none()).expect("a file");
        let file = &inventory.attachments[verdict.attachment];
        browser.open_at(&report.page(ALL), &format!("?open={}", file.id)).await;
        let shown = browser.text("return document.querySelector('#details').innerText").await;
        assert!(shown.contains(evidence), "{usage:?}: {shown}");
        let links = browser.find("#details a[href*='viewpageattachments.action']").await;
        assert_eq!(links.len(), 1, "{usage:?}: the attachment screen");
    }
    browser.stop().await;
}

/// Replaces the clipboard by a variable.
pub(crate) const KEEP_COPIES: &str = "window.copies = []; Object.defineProperty(navigator, 'clipboard', \
    { value: { writeText: async (text) => { window.copies.push(text) } } })";

pub(crate) async fn copied(browser: &Browser, format: &str) -> String {
    browser.click(&format!("#cleanup [data-format={format}]")).await;
    browser.wait_for("return window.copies.length > 0").await;
    browser.text("return window.copies.pop()").await
}

/// Script that sets the clock of the browser to some days after the run.
fn days_later(days: i64) -> String {
    format!("Date.now = () => {}", (sample::moment().timestamp() + days * 86_400) * 1000)
}

async fn the_cleanup_list_has_unreferenced_files_and_its_origin() {
    let browser = Browser::start().await;
    let report = Report::complete();
    let (inventory, audit) = sample::complete(300);
    browser.open_at(&report.page(ALL), "?q=size%3E1mb").await;
    browser.run(KEEP_COPIES).await;
    browser.run(&days_later(1)).await;
    browser.click("#cleanup-button").await;
    let candidates: Vec<_> = audit
        .files
        .iter()
        .filter(|file| file.is_candidate())
        .map(|file| &inventory.attachments[file.attachment])
        .filter(|file| file.size.is_some_and(|size| size > 1_048_576))
        .collect();
    let table = copied(&browser, "table").await;
    for part in [
        "confluence_analysis_V0_1_2026-11-21_19-41-07",
        "2026-11-21T19:41:07Z",
        "Alice Example",
        "1,204 of 1,204 units of work were read",
        "Filter: size>1mb",
    ] {
        assert!(table.contains(part), "{part}: {table}");
    }
    let rows: Vec<&str> = table.lines().skip_while(|line| !line.is_empty()).skip(2).collect();
    assert_eq!(rows.len(), candidates.len());
    // `recheck --files` reads the copied list
    let listed = parse_file_list(table.as_bytes()).expect("a list of files");
    let listed: BTreeSet<&str> = listed.iter().map(|file| file.id.as_str()).collect();
    assert_eq!(listed, candidates.iter().map(|file| file.id.as_str()).collect());
    for file in &candidates {
        assert!(table.contains(file.id.as_str()), "{}", file.id);
    }
    assert!(rows.iter().all(|row| !row.starts_with(['=', '+', '-', '@'])), "no formula is pasted");
    let list = copied(&browser, "markdown").await;
    assert_eq!(list.matches("- [ ] [").count(), candidates.len());
    let urls = copied(&browser, "urls").await;
    assert!(
        urls.lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .all(|line| line.starts_with("https://acme.atlassian.net/wiki/pages/viewpageattachments.action?pageId="))
    );
    let commands = copied(&browser, "commands").await;
    let lines: Vec<&str> = commands.lines().filter(|line| !line.is_empty()).collect();
    assert!(lines.iter().all(|line| line.starts_with("# ") || line.starts_with("curl -X DELETE -u \"$CONFLUENCE_API_USER:$CONFLUENCE_API_TOKEN\" 'https://acme.atlassian.net/wiki/api/v2/attachments/att")));
    assert_eq!(lines.iter().filter(|line| line.starts_with("curl")).count(), candidates.len());
    browser.stop().await;
}

async fn the_list_has_only_ticked_rows_and_an_old_report_asks_for_a_new_run() {
    let browser = Browser::start().await;
    let report = Report::complete();
    browser.open(&report.page(UNREFERENCED)).await;
    browser.run(KEEP_COPIES).await;
    browser.run(&days_later(8)).await;
    browser.click("#table tbody tr:nth-child(2) .tick").await;
    let name = browser.text("return document.querySelector('#table tbody tr:nth-child(2) .name').textContent").await;
    browser.click("#cleanup-button").await;
    assert!(text_of(&browser, "#cleanup .error").await.starts_with("This report is 8 days old."));
    assert_eq!(browser.find("#cleanup [data-format]:enabled").await.len(), 0);
    browser.click("#cleanup-anyway").await;
    let list = copied(&browser, "markdown").await;
    assert_eq!(list.matches("- [ ] ").count(), 1);
    assert!(list.contains(name.split(' ').next().expect("a word")), "{list}");
    browser.stop().await;
}

/// The task of a first visit: handing over the 20 largest unreferenced files of one space.
async fn four_clicks_lead_from_the_dashboard_to_the_list_of_the_20_largest_unreferenced_files_of_a_space() {
    let browser = Browser::start().await;
    let report = Report::of(&sample::run_facts(), &sample::complete(900));
    browser.open(&report.page("index.html")).await;
    browser.click("section.of-spaces td[data-label=Unreferenced] a").await;
    browser.run(KEEP_COPIES).await;
    browser.run(&days_later(1)).await;
    let largest = browser.texts(NAMES).await;
    assert!(largest.len() > 20);
    browser.click("#tick-button").await;
    assert_eq!(browser.find("#table .tick:checked").await.len(), 20);
    assert!(text_of(&browser, "#ticked").await.starts_with("20 files ticked"));
    browser.click("#cleanup-button").await;
    let list = copied(&browser, "markdown").await;
    assert_eq!(list.matches("- [ ] ").count(), 20);
    let sizes = "return [...document.querySelectorAll('#table tbody tr')].map(row => Number(row.querySelector('td[data-label=\"All versions\"] data').value))";
    let sizes: Vec<u64> = serde_json::from_value(browser.run(sizes).await).expect("sizes");
    assert!(sizes.is_sorted_by(|one, other| one >= other), "the first files free the most: {sizes:?}");
    browser.stop().await;
}

/// No file of the list has a use, so a column with the page owner replaces the evidence.
async fn the_list_of_unreferenced_files_shows_page_owners_and_sorts_by_them() {
    let browser = Browser::start().await;
    let (mut inventory, audit) = sample::complete(300);
    for (index, content) in inventory.contents.iter_mut().enumerate() {
        content.owner = Some(AccountId::new(["a1", "a2", "a3"][index % 3]));
    }
    let report = Report::of(&sample::run_facts(), &(inventory, audit));
    browser.open(&report.page(UNREFERENCED)).await;
    let columns = "return [...document.querySelectorAll('#table thead th')].map(heading => heading.textContent)";
    let columns = browser.texts(columns).await;
    let first = [
        "File name",
        "File size",
        "Usage",
        "Owning page",
        "Embedded on owning page?",
        "Linked elsewhere?",
        "Page owner",
    ];
    assert_eq!(columns[..7], first);
    assert!(!columns.contains(&"Evidence".to_owned()));
    let table = report.read("attachments.csv");
    let mut table = csv::Reader::from_reader(table.trim_start_matches('\u{FEFF}').as_bytes());
    let header = table.headers().expect("a header").clone();
    let place = |column: &str| header.iter().position(|name| name == column).expect("a column");
    let rows: Vec<csv::StringRecord> = table.records().map(|row| row.expect("a row")).collect();
    for (key, column) in [("owner", "Container Owner"), ("author", "Author")] {
        browser.open_at(&report.page(ALL), &format!("?sort={key}&rows=200")).await;
        let ids = "return [...document.querySelectorAll('#table .endpoint')].map(code => code.title.split('/').pop())";
        let ids = browser.texts(ids).await;
        let person = |id: &String| {
            rows.iter().find(|row| row[place("Attachment ID")] == **id).expect("the row")[place(column)].to_owned()
        };
        let mut people: Vec<String> = ids.iter().map(person).filter(|name| !name.is_empty()).collect();
        people.dedup();
        assert!(people.len() > 1 && people.is_sorted_by_key(|name| name.to_lowercase()), "{key}: {people:?}");
    }
    browser.open_at(&report.page(UNREFERENCED), "").await;
    browser.click("th[data-sort=owner] button").await;
    assert_eq!(browser.find("th[data-sort=owner][aria-sort=ascending]").await.len(), 1);
    browser.stop().await;
}

async fn an_incomplete_run_offers_no_list_and_says_why() {
    let browser = Browser::start().await;
    let report = Report::incomplete();
    browser.open(&report.page(ALL)).await;
    assert_eq!(browser.find("#cleanup-button:disabled[aria-describedby=why-not]").await.len(), 1);
    assert!(text_of(&browser, "#why-not").await.contains("the run is incomplete"));
    assert_eq!(browser.find("[data-command]").await.len(), 0);
    assert_eq!(browser.find(".usage.unreferenced").await.len(), 0);
    browser.stop().await;
}

async fn the_exported_csv_equals_that_of_the_program() {
    let browser = Browser::start().await;
    for report in [Report::complete(), Report::incomplete(), Report::with_accepted_content()] {
        let downloads = tempfile::tempdir().expect("a folder");
        let folder = json!({ "behavior": "allow", "downloadPath": downloads.path() });
        browser.devtools("Browser.setDownloadBehavior", folder).await;
        let program = report.read("attachments.csv");
        let (header, rows) = program.split_once("\r\n").expect("a header");
        let line_of = |id: &str| rows.split("\r\n").find(|row| row.contains(&format!("\"{id}\""))).expect("the row");
        for (address, all) in [("", true), ("?sort=name&usage=undetermined&usage=linked-elsewhere&q=-type:pdf", false)]
        {
            browser.open_at(&report.page(ALL), &format!("{address}{}rows=200", if all { "?" } else { "&" })).await;
            let ids = "const ids = []; for (;;) { for (const code of document.querySelectorAll('#table .endpoint')) ids.push(code.title.split('/').pop()); \
                const next = document.querySelector('#pages [data-page=next]'); if (next.disabled) return ids; next.click(); }";
            let ids = browser.texts(ids).await;
            assert_eq!(ids.len() == 300, all);
            browser.click("#export-button").await;
            let lines = [header].into_iter().chain(ids.iter().map(|id| line_of(id)));
            let expected = lines.chain([""]).collect::<Vec<_>>().join("\r\n");
            let exported = downloaded(&browser, downloads.path()).await;
            assert!(
                exported.0.starts_with("attachments_V0_1_2026-11-21_19-41-07") && exported.0.ends_with("_filtered.csv"),
                "{}",
                exported.0
            );
            for (one, other) in exported.1.split("\r\n").zip(expected.split("\r\n")) {
                assert_eq!(one, other);
            }
            assert!(exported.1 == expected);
        }
    }
    browser.stop().await;
}

/// Waits for the only finished file in a folder, and removes it.
async fn downloaded(browser: &Browser, folder: &std::path::Path) -> (String, String) {
    for _ in 0..10_000 {
        let files = fs::read_dir(folder).expect("read").filter_map(Result::ok);
        let finished = files.map(|entry| entry.path()).find(|path| path.extension().is_some_and(|end| end == "csv"));
        if let Some(path) = finished {
            let text = fs::read_to_string(&path).expect("read");
            fs::remove_file(&path).expect("removed");
            return (path.file_name().expect("a name").to_string_lossy().into_owned(), text);
        }
        // waits for one round trip to the browser, which writes the file
        browser.run("return 0").await;
    }
    unreachable!("nothing was downloaded")
}

/// The page of all spaces omits files: everything copied or printed from it says so, and owners get complete lists
/// elsewhere.
async fn beyond_100_000_files_owners_get_links_to_complete_lists() {
    let browser = Browser::start().await;
    let sample = sample::complete(100_050);
    let report = Report::of(&sample::run_facts(), &sample);
    browser.open_at(&report.page(ALL), "?usage=unreferenced").await;
    let words = "99,050 smaller files are not on this page";
    let found = text_of(&browser, "#found").await;
    assert!(found.contains(" of 1,000 files") && found.ends_with(words), "{found}");
    browser.run(KEEP_COPIES).await;
    browser.run(&days_later(1)).await;
    browser.click("#cleanup-button").await;
    assert_eq!(copied(&browser, "markdown").await.matches(words).count(), 1);
    browser.run("dispatchEvent(new Event('beforeprint'))").await;
    assert!(text_of(&browser, "#print-filter").await.contains(words));

    browser.open(&report.page("index.html")).await;
    assert_eq!(browser.find("#is-cut a[href='attachments.csv']").await.len(), 1);
    let to_cut = "return document.querySelectorAll('section.of-owners a[href^=\"attachments.html\"]').length";
    assert_eq!(browser.run(to_cut).await, 0, "no list of an owner is truncated");
    let filtered = "return document.querySelectorAll('a[href^=\"attachments.html#\"]').length";
    assert_eq!(browser.run(filtered).await, 0, "no link filters a page that has only the largest files");
    let promised = text_of(&browser, "section.of-owners tbody th li").await;
    browser.click("section.of-owners tbody th li a").await;
    browser.wait_for("return document.querySelector('#range')?.textContent.startsWith('rows')").await;
    browser.type_into("#filter", "protected:no").await;
    browser.wait_for(IS_COMPLETE).await;
    let counts = "const state = [...document.querySelectorAll('.usages button')].map(b => [b.dataset.value, b.querySelector('b').textContent]); \
        return Object.fromEntries(state).unreferenced";
    let unreferenced = browser.text(counts).await;
    assert!(promised.ends_with(&format!(", {unreferenced} unreferenced")), "{promised}: {unreferenced}");
    assert!(browser.text("return location.pathname").await.ends_with("_attachments.html"));
    browser.stop().await;
}
