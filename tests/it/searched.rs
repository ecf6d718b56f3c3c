//! Bodies that are searched as text instead of read, and the texts that are kept for that.

use confluence_client::Api;
use confluence_sim::FaultPlan;
use confluence_sim::site::Status;
use confluence_storage_analyzer::audit::Usage;
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::CrawlOptions;
use serde_json::json;

use crate::unread::{EMPTY_DOCUMENT, blank, usages, with_page};
use test_support::bench::Bench;
use test_support::known::Truth;

/// A document that names a file in a text, and takes too much to read.
fn expensive_document(text: &str) -> String {
    let address = "https://wiki.acme.example/spaces/ENG/pages/1001?preview=/1001/9/a.png".repeat(4_000);
    json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [
        {"type": "text", "text": format!("see\n{text} {address}")}]}]})
    .to_string()
}

/// A body that names a file in a text, and takes too much to read.
fn expensive_body(text: &str) -> String {
    let code = format!("{text} {}", "](".repeat(100_000));
    format!(
        r#"<ac:structured-macro ac:name="markdown"><ac:plain-text-body><![CDATA[{code}]]></ac:plain-text-body></ac:structured-macro>"#
    )
}

#[tokio::test(start_paused = true)]
async fn another_form_that_takes_too_much_to_read_is_searched() {
    let document = with_page(blank("", 1), |page| {
        page.live = true;
        page.document = Some(expensive_document("shown.png"));
    });
    let before = with_page(blank("<p />", 2), |page| {
        page.live = true;
        page.document = Some(EMPTY_DOCUMENT.to_owned());
        page.earlier_bodies.insert(1, expensive_body("see shown.png"));
    });
    for site in [document, before] {
        let (run, shown, other) = usages(site, FaultPlan::none()).await;
        assert_eq!(run.status(), ExitStatus::Complete);
        assert_eq!((shown, other), (Usage::Undetermined, Usage::Unreferenced));
        let reading = run.reading();
        let reasons = &reading.audit.files[0].reasons;
        assert!(reasons[0].contains("only searched as text"), "{reasons:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn texts_that_are_searched_are_kept_up_to_a_budget_and_what_is_not_kept_may_name_every_file() {
    let body = expensive_body("see shown.png");
    let (site, bytes) = (blank("<p>text</p>", 1).page("5003", "Expensive", &body), body.len());
    let broken = blank("<p>text</p>", 1).page("5003", "Broken", "<p>text</i> see shown.png</p>");
    let mut trashed = broken.clone();
    for content in trashed.contents.iter_mut().filter(|content| content.id == "5003") {
        content.status = Status::Trashed;
    }
    let text = expensive_document("shown.png");
    let document = with_page(blank("", 1), |page| {
        page.live = true;
        page.document = Some(text.clone());
    });
    for (site, budget, expected) in [
        (&document, text.len(), (Usage::Undetermined, Usage::Unreferenced)),
        (&document, 3, (Usage::Undetermined, Usage::Undetermined)),
        (&site, bytes, (Usage::Undetermined, Usage::Unreferenced)),
        (&site, bytes - 1, (Usage::Undetermined, Usage::Undetermined)),
        (&trashed, 0, (Usage::Unreferenced, Usage::Unreferenced)),
        (&broken, 100, (Usage::Undetermined, Usage::Unreferenced)),
        (&broken, 3, (Usage::Undetermined, Usage::Undetermined)),
    ] {
        let bench = Bench::start((site.clone(), Truth::new()), FaultPlan::none()).await;
        let options = CrawlOptions { most_kept_text: Some(budget), ..CrawlOptions::default() };
        let run = bench.read_as(&Api::new(bench.settings()).unwrap(), &options).await;
        assert_eq!(run.status(), ExitStatus::Complete);
        assert_eq!((run.usage("att501"), run.usage("att502")), expected, "{budget}");
        let told = run.reading().audit.notices.iter().any(|notice| notice.contains("All files without another use"));
        assert_eq!(told, expected.1 == Usage::Undetermined, "{:?}", run.reading().audit.notices);
    }
    // however many bodies are like it, they are told once
    let two = broken.page("5004", "Broken, too", "<p>text</i> see other words</p>");
    let bench = Bench::start((two, Truth::new()), FaultPlan::none()).await;
    let options = CrawlOptions { most_kept_text: Some(3), ..CrawlOptions::default() };
    let run = bench.read_as(&Api::new(bench.settings()).unwrap(), &options).await;
    let notices = &run.reading().audit.notices;
    let told: Vec<_> = notices.iter().filter(|notice| notice.contains("was not kept to be searched")).collect();
    assert!(told.len() == 1 && told[0].contains("1 other body could not be searched either"), "{notices:?}");
}

/// A macro may name a picture by the beginning of its name; which macro it was, a body that is cut does not tell.
#[tokio::test(start_paused = true)]
async fn what_a_broken_body_says_of_the_files_of_its_own_page_may_be_the_beginning_of_their_names() {
    let cut =
        r#"<p>text</i></p><ac:structured-macro ac:name="acme"><ac:parameter ac:name="diagram">shown</ac:parameter>"#;
    let (run, shown, other) = usages(blank(cut, 1), FaultPlan::none()).await;
    assert_eq!(run.status(), ExitStatus::Complete);
    assert_eq!((shown, other), (Usage::Undetermined, Usage::Unreferenced));
    // on another page that says nothing
    let site = blank("<p>text</p>", 1).page("5003", "Cut", cut);
    let elsewhere = Bench::start((site, Truth::new()), FaultPlan::none()).await.run().await;
    assert_eq!(elsewhere.usage("att501"), Usage::Unreferenced);
}
