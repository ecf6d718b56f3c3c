//! Bodies that are searched as text instead of parsed, and the texts kept for that.

use confluence_client::Api;
use confluence_sim::FaultPlan;
use confluence_sim::site::Status;
use confluence_storage_analyzer::audit::Usage;
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::CrawlOptions;
use serde_json::json;

use crate::unreadable_content::{EMPTY_DOCUMENT, one_page_site, usages, with_page};
use test_support::harness::Harness;
use test_support::known_site::TrueUsages;

/// A document that names a file in its text and is too expensive to parse.
fn expensive_document(text: &str) -> String {
    let address = "https://wiki.acme.example/spaces/ENG/pages/1001?preview=/1001/9/a.png".repeat(4_000);
    json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [
        {"type": "text", "text": format!("see\n{text} {address}")}]}]})
    .to_string()
}

/// A body that names a file in its text and is too expensive to parse.
fn expensive_body(text: &str) -> String {
    let code = format!("{text} {}", "](".repeat(100_000));
    format!(
        r#"<ac:structured-macro ac:name="markdown"><ac:plain-text-body><![CDATA[{code}]]></ac:plain-text-body></ac:structured-macro>"#
    )
}

#[tokio::test(start_paused = true)]
async fn another_form_that_is_too_expensive_to_parse_is_searched() {
    let document = with_page(one_page_site("", 1), |page| {
        page.live = true;
        page.document = Some(expensive_document("shown.png"));
    });
    let before = with_page(one_page_site("<p />", 2), |page| {
        page.live = true;
        page.document = Some(EMPTY_DOCUMENT.to_owned());
        page.earlier_bodies.insert(1, expensive_body("see shown.png"));
    });
    for site in [document, before] {
        let (run, shown, other) = usages(site, FaultPlan::none()).await;
        assert_eq!(run.status(), ExitStatus::Complete);
        assert_eq!((shown, other), (Usage::Undetermined, Usage::Unreferenced));
        let audit_run = run.audit_run();
        let reasons = &audit_run.audit.files[0].reasons;
        assert!(reasons[0].text.contains("only searched as text"), "{reasons:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn searched_texts_are_kept_up_to_a_budget_and_dropped_ones_may_name_any_file() {
    let body = expensive_body("see shown.png");
    let (site, bytes) = (one_page_site("<p>text</p>", 1).page("5003", "Expensive", &body), body.len());
    let broken = one_page_site("<p>text</p>", 1).page("5003", "Broken", "<p>text</i> see shown.png</p>");
    let mut trashed = broken.clone();
    for content in trashed.contents.iter_mut().filter(|content| content.id == "5003") {
        content.status = Status::Trashed;
    }
    let text = expensive_document("shown.png");
    let document = with_page(one_page_site("", 1), |page| {
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
        let harness = Harness::start((site.clone(), TrueUsages::new()), FaultPlan::none()).await;
        let options = CrawlOptions { unparsed_text_budget: Some(budget), ..CrawlOptions::default() };
        let run = harness.run_unchecked(&Api::new(harness.settings()).unwrap(), &options).await;
        assert_eq!(run.status(), ExitStatus::Complete);
        assert_eq!((run.usage("att501"), run.usage("att502")), expected, "{budget}");
        let has_notice =
            run.audit_run().audit.notices.iter().any(|notice| notice.contains("All files without another use"));
        assert_eq!(has_notice, expected.1 == Usage::Undetermined, "{:?}", run.audit_run().audit.notices);
    }
    // one notice for all such bodies
    let two = broken.page("5004", "Broken, too", "<p>text</i> see other words</p>");
    let harness = Harness::start((two, TrueUsages::new()), FaultPlan::none()).await;
    let options = CrawlOptions { unparsed_text_budget: Some(3), ..CrawlOptions::default() };
    let run = harness.run_unchecked(&Api::new(harness.settings()).unwrap(), &options).await;
    let notices = &run.audit_run().audit.notices;
    let about_texts: Vec<_> =
        notices.iter().filter(|notice| notice.contains("its unreadable parts were not searched")).collect();
    assert!(
        about_texts.len() == 1 && about_texts[0].contains("1 other body could not be searched either"),
        "{notices:?}"
    );
}

/// A macro may name an image by a prefix of its name, and a truncated body does not show which macro it is.
#[tokio::test(start_paused = true)]
async fn a_broken_body_may_name_files_of_its_page_by_a_prefix() {
    let cut =
        r#"<p>text</i></p><ac:structured-macro ac:name="acme"><ac:parameter ac:name="diagram">shown</ac:parameter>"#;
    let (run, shown, other) = usages(one_page_site(cut, 1), FaultPlan::none()).await;
    assert_eq!(run.status(), ExitStatus::Complete);
    assert_eq!((shown, other), (Usage::Undetermined, Usage::Unreferenced));
    // on another page the prefix means nothing
    let site = one_page_site("<p>text</p>", 1).page("5003", "Cut", cut);
    let elsewhere = Harness::start((site, TrueUsages::new()), FaultPlan::none()).await.run().await;
    assert_eq!(elsewhere.usage("att501"), Usage::Unreferenced);
}
