//! The dashboard of the page metrics, tested like the pages of the audit.

use std::fs;

use serde_json::json;

use crate::{Dashboard, assert_quiet, text_of};
use confluence_storage_analyzer::report::format;
use test_support::sample::HOSTILE;
use test_support::snapshot::{SPACES, SnapshotSample};
use test_support::webdriver::Browser;

test_support::trials! {
    [CHROMIUM]:
        async the_banner_says_that_figures_are_too_low_without_script_and_in_print,
        async there_are_no_console_messages_and_no_network_requests,
        async hostile_titles_are_shown_as_they_are_and_nothing_runs,
        async a_foreign_script_in_the_page_is_blocked,
        async a_week_without_snapshot_breaks_the_line_and_52_weeks_can_be_chosen,
        async without_script_figures_trends_and_lists_are_there,
        async one_filter_applies_to_all_lists_and_says_what_it_hides,
        async a_link_to_a_finding_opens_it,
        async tables_sort_with_unknown_values_last,
        async small_screens_never_scroll_sideways_and_targets_are_large_enough,
        async print_has_banner_figures_and_charts_but_no_controls,
        async names_in_all_scripts_are_laid_out_correctly,
        async the_work_for_fifteen_thousand_pages_depends_on_the_listed_ones_only;
}

/// Script that returns the titles of the visible rows of a finding.
fn titles(finding: &str) -> String {
    format!(
        "return [...document.querySelector('#{finding}').closest('details').querySelectorAll('tbody tr')] \
         .filter(row => row.offsetParent).map(row => row.cells[0].textContent)"
    )
}

const OPEN: &str = "return [...document.querySelectorAll('details.finding[open] h3')].map(h => h.id)";

async fn the_banner_says_that_figures_are_too_low_without_script_and_in_print() {
    let browser = Browser::start_without_script().await;
    for (sample, class, words) in [
        (SnapshotSample::new(60, 20), "complete", "Complete."),
        (
            SnapshotSample::incomplete(60, 20),
            "incomplete",
            "INCOMPLETE – counts are too low, and health may be too high; trends do not include this week.",
        ),
    ] {
        let page = Dashboard::of(&sample);
        browser.open(&page.page).await;
        for medium in ["", "print"] {
            browser.emulate(medium, &[]).await;
            assert_eq!(browser.find(&format!("hgroup + .banner.{class}")).await.len(), 1);
            let shown = browser.shown_text().await;
            assert!(shown.contains(words), "{shown}");
        }
        browser.emulate("", &[]).await;
    }
    browser.stop().await;
}

async fn there_are_no_console_messages_and_no_network_requests() {
    let browser = Browser::start().await;
    for sample in [
        SnapshotSample::new(300, 52),
        SnapshotSample::incomplete(60, 20),
        SnapshotSample::new(20, 1),
        SnapshotSample::new(0, 1),
    ] {
        let page = Dashboard::of(&sample);
        browser.open(&page.page).await;
        assert_eq!(browser.find("#data-error:not([hidden])").await.len(), 0);
        assert_quiet(&browser, &page.page).await;
    }
    browser.stop().await;
}

async fn hostile_titles_are_shown_as_they_are_and_nothing_runs() {
    let browser = Browser::start().await;
    let page = Dashboard::complete();
    browser.open(&page.page).await;
    let shown =
        browser.texts("return [...document.querySelectorAll('.finding tbody th')].map(c => c.textContent)").await;
    for hostile in HOSTILE {
        assert!(shown.contains(&format::visible(hostile).into_owned()), "{hostile:?}");
    }
    let schemes = "return [...new Set([...document.querySelectorAll('main a')].map(a => a.protocol))].sort()";
    assert_eq!(browser.texts(schemes).await, ["file:", "https:"]);
    assert_quiet(&browser, &page.page).await;
    browser.stop().await;
}

async fn a_foreign_script_in_the_page_is_blocked() {
    let browser = Browser::start().await;
    let page = Dashboard::of(&SnapshotSample::new(30, 3));
    let foreign = "<script>document.title = 'taken over'</script><footer>";
    let spoiled = fs::read_to_string(&page.page).expect("read").replace("<footer>", foreign);
    fs::write(&page.page, spoiled).expect("written");
    browser.open(&page.page).await;
    assert_ne!(browser.text("return document.title").await, "taken over");
    let console = browser.console().await.join("\n");
    assert!(console.contains("Content Security Policy"), "{console}");
    browser.stop().await;
}

async fn a_week_without_snapshot_breaks_the_line_and_52_weeks_can_be_chosen() {
    let browser = Browser::start().await;
    let page = Dashboard::complete();
    browser.open(&page.page).await;
    let shown = "return [...document.querySelectorAll('.trend svg')].filter(s => s.getClientRects().length).map(s => s.querySelector('title').textContent)";
    assert_eq!(browser.texts(shown).await[0], "Mean health, 12 weeks");
    assert_eq!(browser.texts(shown).await.len(), 9);
    let line = "return document.querySelector('.weeks-12 .line').getAttribute('d')";
    // 2026-W40 is missing and 2026-W43 incomplete: the line has three parts
    assert_eq!(browser.text(line).await.matches('M').count(), 3);
    let drawn = "const svg = document.querySelector('.weeks-12 svg'); return [...svg.querySelectorAll('g')].map(g => g.querySelector('title').textContent + '|' + (g.querySelector('.point')?.getAttribute('class') ?? ''))";
    let drawn = browser.texts(drawn).await;
    assert!(drawn.contains(&"2026-W40: no snapshot|".to_owned()), "{drawn:?}");
    assert!(drawn.iter().any(|mark| mark.ends_with("(incomplete, not in the line)|point incomplete")), "{drawn:?}");
    // by keyboard: focus the group, then one step to the right
    browser.run("document.querySelector('#span-12').focus()").await;
    browser.press("\u{E014}").await;
    let titles = browser.texts(shown).await;
    assert_eq!((titles[0].as_str(), titles.len()), ("Mean health, 52 weeks", 9));
    let rows = "const table = document.querySelector('.trend details'); table.open = true; return [...table.querySelectorAll('tbody tr')].filter(r => r.offsetParent).length";
    assert_eq!(browser.run(rows).await, 52, "the table shows the same weeks");
    browser.run("document.querySelector('#span-12').click()").await;
    assert_eq!(browser.run(rows).await, 12);
    browser.stop().await;
}

async fn without_script_figures_trends_and_lists_are_there() {
    let browser = Browser::start_without_script().await;
    let page = Dashboard::complete();
    browser.open(&page.page).await;
    assert_eq!(browser.find(".figures > div").await.len(), 10);
    assert_eq!(browser.find("th button").await.len(), 0, "no controls without a script");
    let shown = browser.shown_text().await;
    for words in ["What is outdated?", "Mean health", "Space health", "Outdated pages"] {
        assert!(shown.contains(words), "{words}");
    }
    assert!(!shown.lines().any(|line| line == "Filter" || line == "Auto"), "{shown}");
    // the selection of weeks and the lists work without scripts
    browser.click("#span-52").await;
    browser.click("#outdated").await;
    let shown = browser.shown_text().await;
    assert!(shown.contains("2025-W48"), "the first of 52 weeks");
    assert!(shown.contains("findings/outdated.csv"), "the list is open");
    browser.stop().await;
}

async fn one_filter_applies_to_all_lists_and_says_what_it_hides() {
    let browser = Browser::start().await;
    let page = Dashboard::complete();
    browser.open(&page.page).await;
    assert_eq!(browser.texts(OPEN).await, [] as [String; 0]);
    browser.press("/").await;
    browser.press("uberblick \"muller, jurgen\" -OPS").await;
    // the announcement follows after a pause
    browser.wait_for("const shown = document.querySelectorAll('details[data-finding] tbody tr:not([hidden])').length; return document.querySelector('#found').textContent.startsWith(shown + ' of ')").await;
    let rows = browser
        .texts("return [...document.querySelectorAll('details[data-finding] tbody tr')].filter(r => r.offsetParent).map(r => r.textContent)")
        .await;
    assert!(!rows.is_empty());
    for row in &rows {
        assert!(row.contains("Überblick") && row.contains("Müller, Jürgen") && !row.contains("OPS"), "{row}");
    }
    let all = browser.find("details[data-finding] tbody tr").await.len();
    let found = text_of(&browser, "#found").await;
    assert!(
        found.starts_with(&format!("{} of {all} listed rows match, {} hidden.", rows.len(), all - rows.len())),
        "{found}"
    );
    assert!(found.contains("only in the CSV files and not searched"), "{found}");
    let hits = browser
        .texts(
            "return [...document.querySelectorAll('details[data-finding]:not([open]) .hits')].map(h => h.textContent)",
        )
        .await;
    assert!(hits.iter().all(|hits| hits.starts_with("0 of ")), "closed lists have no hit: {hits:?}");
    browser.press("\u{E00C}").await;
    assert_eq!(browser.find("details[data-finding] tr[hidden]").await.len(), 0, "Escape clears");
    assert_eq!(browser.texts(OPEN).await, [] as [String; 0], "lists that were closed are closed again");
    browser.open_at(&page.page, "?q=nothing-has-this-name").await;
    browser.wait_for("return document.querySelector('#found').textContent.startsWith('0 of ')").await;
    browser.open_at(&page.page, "?q=jurgen").await;
    assert_eq!(browser.text("return document.querySelector('#filter').value").await, "jurgen", "a filter is a link");
    assert!(browser.find("details[data-finding] tr[hidden]").await.len() > 100);
    browser.stop().await;
}

async fn a_link_to_a_finding_opens_it() {
    let browser = Browser::start().await;
    let page = Dashboard::complete();
    browser.open_at(&page.page, "100%").await;
    assert_eq!(browser.find("#data-error:not([hidden])").await.len(), 0, "a mistyped URL causes no error");
    browser.open_at(&page.page, "stubs").await;
    assert_eq!(browser.texts(OPEN).await, ["stubs"]);
    let top = browser.run("return document.querySelector('#stubs').getBoundingClientRect().top").await;
    assert!(top.as_f64().is_some_and(|top| (0.0..400.0).contains(&top)), "{top}");
    browser.click(".measures a[href='#outdated']").await;
    browser.wait_for("return document.querySelector('#outdated').closest('details').open").await;
    browser.stop().await;
}

async fn tables_sort_with_unknown_values_last() {
    let browser = Browser::start().await;
    let mut sample = SnapshotSample::new(300, 3);
    for row in sample.rows.iter_mut().filter(|row| row.place.space_key == "ENG") {
        row.measures = None;
        row.people.owner = None;
    }
    let page = Dashboard::of(&sample);
    browser.open_at(&page.page, "outdated").await;
    let spaces = "return [...document.querySelectorAll('.space-health tbody tr')].map(r => r.querySelector('[data-label=Words]').textContent)";
    for _ in 0..2 {
        browser.click(".space-health th:last-child button").await;
        let words = browser.texts(spaces).await;
        assert_eq!((words.len(), words[4].as_str()), (5, "–"), "{words:?}");
    }
    let health =
        "return [...document.querySelectorAll('.space-health [data-label=\"Mean health\"]')].map(c => c.textContent)";
    browser.open_at(&page.page, "outdated").await;
    let lowest_first = browser.texts(health).await;
    browser.click(".space-health th:nth-child(3) button").await;
    let highest_first = browser.texts(health).await;
    assert!(lowest_first.iter().rev().eq(&highest_first), "{lowest_first:?} {highest_first:?}");
    let initial = browser.texts(&titles("outdated")).await;
    let heading = "details[open] thead th:first-child";
    browser.type_into(&format!("{heading} button"), "\u{E007}").await;
    let sorted = browser.texts(&titles("outdated")).await;
    assert_eq!(
        browser.text(&format!("return document.querySelector('{heading}').getAttribute('aria-sort')")).await,
        "ascending"
    );
    assert_ne!(initial, sorted);
    let mut same = [initial.clone(), sorted];
    for titles in &mut same {
        titles.sort();
    }
    assert_eq!(same[0], same[1], "the same rows in another order");
    browser.click(&format!("{heading} button")).await;
    browser.click(&format!("{heading} button")).await;
    assert_eq!(browser.texts(&titles("outdated")).await, initial, "the third click restores the first order");
    browser.stop().await;
}

async fn small_screens_never_scroll_sideways_and_targets_are_large_enough() {
    let browser = Browser::start().await;
    check_every_width(&browser).await;
    browser.stop().await;
}

pub(crate) async fn check_every_width(browser: &Browser) {
    let mut sample = SnapshotSample::new(300, 52);
    sample.rows[1].title = "x".repeat(10_000);
    sample.rows[1].people.days_since_update = Some(5_000);
    sample.rows[1].judgement.staleness = Some(confluence_storage_analyzer::metrics::Staleness::Expired);
    let page = Dashboard::of(&sample);
    for width in [320, 700, 1440] {
        browser.resize(width, 900).await;
        browser.open(&page.page).await;
        browser.run("for (const d of document.querySelectorAll('details')) d.open = true").await;
        let wide = browser.run("return document.documentElement.scrollWidth").await;
        assert!(wide.as_u64().is_some_and(|wide| wide <= u64::from(width)), "{width}: {wide}");
        let small = "return [...document.querySelectorAll('button, select, input[type=search], summary, .spans label')].filter(e => e.offsetParent) \
            .filter(e => e.offsetHeight < 24).map(e => e.outerHTML.slice(0, 80))";
        assert_eq!(browser.texts(small).await, [] as [String; 0], "{width}");
    }
    let cut = "return [...document.querySelectorAll('.scroll')].filter(s => s.scrollWidth > s.clientWidth).map(s => s.getAttribute('aria-labelledby'))";
    assert_eq!(browser.texts(cut).await, [] as [String; 0], "all columns fit at 1440 pixels");
}

async fn print_has_banner_figures_and_charts_but_no_controls() {
    let browser = Browser::start().await;
    let page = Dashboard::complete();
    browser.open(&page.page).await;
    browser.emulate("print", &[]).await;
    let printed = browser.text("return document.body.innerText").await;
    for part in ["Complete.", "Figures for 2026-W47", "Mean health", "Space health", "Outdated pages"] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
    for control in ["Filter", "52 weeks", "Auto", "As a table"] {
        assert!(!printed.lines().any(|line| line.trim() == control), "{control}");
    }
    let pdf = browser.devtools("Page.printToPDF", json!({})).await;
    assert!(pdf["data"].as_str().expect("a document").len() > 20_000);
    browser.stop().await;
}

async fn names_in_all_scripts_are_laid_out_correctly() {
    let browser = Browser::start().await;
    let page = Dashboard::complete();
    browser.open(&page.page).await;
    let mut names = browser
        .texts("return [...document.querySelectorAll('.space-health tbody th > bdi')].map(b => b.textContent)")
        .await;
    names.sort();
    let mut expected = SPACES.map(|(_, name)| name.to_owned());
    expected.sort();
    assert_eq!(names, expected);
    browser.stop().await;
}

/// Counts the work of a browser for a large site. Times are measured by `cargo bench --bench snapshot`.
async fn the_work_for_fifteen_thousand_pages_depends_on_the_listed_ones_only() {
    let browser = Browser::start().await;
    let work = async |pages: usize| {
        let sample = SnapshotSample::new(pages, 2);
        let page = Dashboard::of(&sample);
        browser.open(&page.page).await;
        let elements = "return document.querySelectorAll('*').length";
        let rows = "return document.querySelectorAll('details[data-finding] tbody tr').length";
        let (elements, rows) = (browser.run(elements).await, browser.run(rows).await);
        // counts what one keystroke changes in the document while its event is handled
        let typing = "const seen = new MutationObserver(() => {}); \
            seen.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true }); \
            const input = document.querySelector('#filter'); input.value = 'plan'; \
            input.dispatchEvent(new Event('input')); return seen.takeRecords().length";
        let changes = browser.run(typing).await;
        let count = |value: serde_json::Value| value.as_u64().expect("a number");
        (count(elements), count(rows), count(changes))
    };
    let (elements, rows, changes) = work(15_000).await;
    let lists = 13;
    assert!(rows > 500 && rows <= 13 * 100, "{rows} rows of lists that show a hundred each");
    assert!(elements < 25_000, "{elements} elements");
    assert!(changes > 0 && changes <= rows + 3 * lists, "{changes} changes for {rows} rows");
    let (few_elements, few_rows, _) = work(1_500).await;
    assert!(elements < few_elements * 2 + (rows - few_rows) * 20, "{elements} elements, {few_elements} for a tenth");
    browser.stop().await;
}
