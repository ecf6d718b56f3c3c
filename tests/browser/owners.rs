//! The pages of `owners/`: a page that is sent alone, with a message to copy.

use std::fs;

use test_support::webdriver::Browser;

use crate::axe::{axe, violations};
use crate::{Report, assert_quiet};

test_support::trials! {
    [CHROMIUM]:
        async the_page_of_a_person_works_alone_and_copies_its_message,
        async the_message_can_be_read_without_script_and_on_paper;
    [CHROMIUM, AXE]:
        async axe_finds_nothing_on_the_pages_of_owners;
}

const PAGE: &str = "owners/muller-jurgen.html";

/// Copies the page of a person out of its folder, as a mail does.
fn alone(report: &Report) -> std::path::PathBuf {
    let page = report.parent.path().join("attached.html");
    fs::copy(report.page(PAGE), &page).expect("copied");
    page
}

async fn the_page_of_a_person_works_alone_and_copies_its_message() {
    let browser = Browser::start().await;
    let report = Report::complete();
    let page = alone(&report);
    browser.open(&page).await;
    assert_eq!(browser.text("return document.querySelector('#completeness strong').textContent").await, "Complete.");
    let links =
        browser.texts("return [...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))").await;
    let inside: Vec<&String> =
        links.iter().filter(|link| !link.starts_with("https://") && !link.starts_with('#')).collect();
    assert_eq!(inside, ["muller-jurgen.csv"], "only the sheet that is sent along");
    let message = browser.text("return document.querySelector('#message').textContent").await;
    assert!(message.starts_with("Hello Müller, Jürgen,\n"), "{message}");
    browser.run("document.execCommand = command => { window.copied = command + ' ' + document.activeElement.value; return true }; Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject() } })").await;
    browser.run("document.querySelector('#copy-message').click()").await;
    browser.wait_for("return document.querySelector('#copy-message').textContent === 'Copied'").await;
    assert_eq!(browser.text("return window.copied").await, format!("copy {message}"));
    assert_quiet(&browser, &page).await;
    browser.stop().await;
}

async fn the_message_can_be_read_without_script_and_on_paper() {
    let report = Report::complete();
    let html = report.read(PAGE);
    let (_, after) = html.split_once("<pre id=\"message\"").expect("the message");
    assert!(after.contains("Hello Müller, Jürgen,") && html.contains("id=\"copy-message\" hidden"), "no script needed");
    let browser = Browser::start().await;
    browser.emulate("print", &[]).await;
    browser.open(&report.page(PAGE)).await;
    let shown =
        |selector: &str| format!("return String(document.querySelector('{selector}').getClientRects().length > 0)");
    assert_eq!(browser.text(&shown("table tbody tr")).await, "true", "the files are printed");
    assert_eq!(browser.text(&shown("#message")).await, "false", "the message is not");
    browser.stop().await;
}

async fn axe_finds_nothing_on_the_pages_of_owners() {
    let axe = axe();
    let browser = Browser::start().await;
    let (complete, incomplete) = (Report::complete(), Report::incomplete());
    for scheme in ["light", "dark"] {
        browser.emulate("", &[("prefers-color-scheme", scheme)]).await;
        for page in [complete.page(PAGE), complete.page("owners/index.html"), incomplete.page("owners/index.html")] {
            browser.open(&page).await;
            let found = violations(&browser, &axe).await;
            assert!(found.is_empty(), "{} {scheme}\n{}", page.display(), found.join("\n"));
        }
    }
    browser.stop().await;
}
