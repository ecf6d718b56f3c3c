//! F-44 to F-56, F-58, F-100: lists with wrong or missing continuation.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use confluence_sim::site::ContentType;
use confluence_sim::{Fault, FaultPlan, Occurrence};
use confluence_storage_analyzer::audit::Usage;
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::coverage::{UnitEnd, UnitKind};
use serde_json::{Value, json};

use test_support::harness::{Harness, also, always, on, once};
use test_support::known_site;

const PAGES: &str = "/wiki/api/v2/pages";
const ATTACHMENTS: &str = "/wiki/api/v2/attachments";

/// Replaces the next link, if there is one, with the result of `link`.
fn next_links(link: impl Fn(&str) -> Value + Send + Sync + 'static) -> Fault {
    Fault::edit_json(move |response| {
        let Some(links) = response.get_mut("_links").and_then(Value::as_object_mut) else { return };
        if let Some(next) = links.get("next").and_then(Value::as_str).map(&link) {
            links.insert("next".to_owned(), next);
        }
    })
}

/// Returns a cursor that the server accepts, different for every number.
fn cursor(number: usize) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(json!({"contentOrder": "", "id": null, "number": number}).to_string())
}

#[tokio::test(start_paused = true)]
async fn next_links_to_other_hosts_are_used_only_for_their_cursor_f_44() {
    let stranger = Harness::known(FaultPlan::none()).await;
    let port = stranger.server.base_url().trim_end_matches("/wiki").to_owned();
    for prefix in [port.as_str(), "https://evil.example", "http://169.254.169.254", "https://me@evil.example:8443"] {
        let prefix = prefix.to_owned();
        let harness = Harness::paged(always("*", next_links(move |next| format!("{prefix}{next}").into()))).await;
        let run = harness.run().await;
        run.expect_true_verdicts(&harness);
        assert!(run.warns("foreign host"), "{:?}", run.audit_run().inventory.coverage.warnings);
    }
    for odd in [r"\\evil.example\share", "../../..", "//evil.example"] {
        let harness = Harness::paged(always(
            "*",
            next_links(move |next| {
                let query = next.split_once('?').unwrap().1;
                format!("{odd}?{query}").into()
            }),
        ))
        .await;
        harness.run().await.expect_true_verdicts(&harness);
    }
    assert!(stranger.server.requests().is_empty(), "the other listener saw no connection");
}

#[tokio::test(start_paused = true)]
async fn the_same_cursor_again_fails_the_list_f_45() {
    for path in [PAGES, ATTACHMENTS, "/wiki/api/v2/footer-comments"] {
        let harness = Harness::paged(always(path, Fault::RepeatedCursor)).await;
        let run = harness.run().await;
        run.expect_incomplete();
        assert!(run.requests < 120, "{}", run.requests);
    }
}

#[tokio::test(start_paused = true)]
async fn a_cycle_of_two_cursors_fails_the_list_f_46() {
    let turn = std::sync::atomic::AtomicUsize::new(0);
    let cycle = Fault::edit_json(move |response| {
        let step = turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % 2;
        let cursor = if step == 0 { "eyJjb250ZW50T3JkZXIiOiIifQ" } else { "eyJjb250ZW50T3JkZXIiOiJhIn0" };
        response["_links"]["next"] = format!("/wiki/api/v2/attachments?cursor={cursor}").into();
    });
    let harness = Harness::known(always(ATTACHMENTS, cycle)).await;
    let run = harness.run().await;
    run.expect_incomplete();
    run.gap(UnitKind::AttachmentList);
    assert!(run.requests < 120, "{}", run.requests);
}

#[tokio::test(start_paused = true)]
async fn new_cursors_with_repeated_items_fail_the_list_f_47() {
    let count = std::sync::atomic::AtomicUsize::new(0);
    let first = json!([{"id": "att101", "title": "own.png", "pageId": "1001", "version": {"number": 1}}]);
    let endless = Fault::edit_json(move |response| {
        let number = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        response["results"] = first.clone();
        let cursor = cursor(number);
        response["_links"]["next"] = format!("/wiki/api/v2/attachments?cursor={cursor}").into();
    });
    let harness = Harness::known(always(ATTACHMENTS, endless)).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert!(run.reason(UnitKind::AttachmentList).contains("without new items"));
    assert!(run.requests < 120, "{}", run.requests);
}

#[tokio::test(start_paused = true)]
async fn an_endless_list_of_new_items_ends_at_the_limit_f_48() {
    let count = std::sync::atomic::AtomicUsize::new(0);
    let endless = Fault::edit_json(move |response| {
        let number = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 10_000;
        response["results"] = json!([{"id": format!("att{number}"), "title": "x", "version": {"number": 1}}]);
        let cursor = cursor(number);
        response["_links"]["next"] = format!("/wiki/api/v2/attachments?cursor={cursor}").into();
    });
    let harness = Harness::known(always(ATTACHMENTS, endless)).await;
    let mut settings = harness.settings();
    settings.max_pages = 40;
    let run = harness.run_with(settings).await;
    run.expect_incomplete();
    assert!(run.reason(UnitKind::AttachmentList).contains("does not end"));
    assert!(run.requests < 350, "{}", run.requests);
}

#[tokio::test(start_paused = true)]
async fn duplicates_are_counted_once_f_49() {
    let harness = Harness::paged(always("/wiki/api/v2/*", Fault::DuplicatedItems)).await;
    harness.run().await.expect_true_verdicts(&harness);
}

#[tokio::test(start_paused = true)]
async fn an_empty_page_with_a_next_link_does_not_end_a_list_f_50() {
    for path in [PAGES, ATTACHMENTS, "/wiki/api/v2/footer-comments", "/wiki/rest/api/content/search"] {
        for occurrence in [Occurrence::Only(1), Occurrence::Only(2), Occurrence::Every(2)] {
            let harness = Harness::paged(on(path, occurrence, Fault::EmptyPageWithNext)).await;
            harness.run().await.expect_true_verdicts(&harness);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn lists_with_endless_empty_pages_fail_by_name_f_50() {
    let lists = ["/wiki/api/v2/pages/*", PAGES, ATTACHMENTS, "/wiki/rest/api/content/search"];
    let faults = lists.map(|path| (path, Occurrence::From(1)));
    for (path, occurrence) in faults.into_iter().chain([("/wiki/api/v2/*", Occurrence::From(7))]) {
        let harness = Harness::paged(on(path, occurrence, Fault::EmptyPageWithNext)).await;
        let run = harness.run().await;
        run.expect_incomplete();
        let gaps = &run.audit_run().inventory.coverage.gaps;
        let is_reported =
            |end: &UnitEnd| matches!(end, UnitEnd::Failed { reason } if reason.contains("40 empty pages"));
        assert!(gaps.iter().any(|gap| is_reported(&gap.end)), "{path}: {gaps:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn short_pages_say_nothing_about_the_end_f_51_f_54() {
    for cap in [1, 2, 7] {
        let (mut site, truth) = known_site::site();
        site.behaviour.page_cap = Some(cap);
        let harness = Harness::start((site, truth), FaultPlan::none()).await;
        harness.run().await.expect_true_verdicts(&harness);
    }
}

#[tokio::test(start_paused = true)]
async fn next_links_without_a_cursor_fail_the_list_f_52() {
    // the server derives the Link header from the same link, so this changes both
    let harness =
        Harness::paged(always(ATTACHMENTS, next_links(|_| "/wiki/api/v2/attachments?limit=250".into()))).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert!(run.reason(UnitKind::AttachmentList).contains("no cursor"));
    for end in [Value::Null, "".into()] {
        let harness = Harness::known(always(
            ATTACHMENTS,
            Fault::edit_json({
                let end = end.clone();
                move |response| response["_links"]["next"] = end.clone()
            }),
        ))
        .await;
        harness.run().await.expect_true_verdicts(&harness);
    }
}

#[tokio::test(start_paused = true)]
async fn the_link_header_alone_is_sufficient_and_must_not_contradict_the_body_f_52() {
    let header = |cursor: &str| Fault::header("link", &format!("</wiki/api/v2/labels?cursor={cursor}>; rel=\"next\""));
    let harness = Harness::known(once("/wiki/api/v2/spaces", header("eyJjb250ZW50T3JkZXIiOiIiLCJpZCI6MH0"))).await;
    harness.run().await.expect_true_verdicts(&harness);
    let spaces = harness.server.requests().iter().filter(|request| request.path == "/wiki/api/v2/spaces").count();
    assert_eq!(spaces, 3 + 2, "two lists, one of them with a second page, and both once more in the final pass");

    let contradiction = Fault::edit_json(|response| {
        response["_links"]["next"] = "/wiki/api/v2/spaces?cursor=eyJjb250ZW50T3JkZXIiOiJ4In0".into();
        // without a base URL the server sends no Link header
        response["_links"]["base"] = Value::Null;
    });
    let plan = once("/wiki/api/v2/spaces", contradiction);
    let plan = also(plan, "/wiki/api/v2/spaces", Occurrence::Only(1), header("eyJjb250ZW50T3JkZXIiOiJ5In0"));
    let harness = Harness::known(plan).await;
    let run = harness.run().await;
    assert_ne!(run.status(), ExitStatus::Complete);
}

#[tokio::test(start_paused = true)]
async fn cursors_with_raw_padding_in_the_middle_of_the_query_are_sent_back_intact_f_53() {
    let harness = Harness::paged(FaultPlan::none()).await;
    harness.run().await.expect_true_verdicts(&harness);
    let log = harness.server.requests();
    let with_cursor = log.iter().filter(|request| request.query.contains("cursor="));
    assert!(with_cursor.clone().count() >= 8);
    assert!(
        with_cursor.clone().any(|request| request.query.contains("%3D")),
        "a cursor had padding, which was encoded once"
    );
    assert!(with_cursor.clone().all(|request| request.status == 200));
}

#[tokio::test(start_paused = true)]
async fn additions_and_deletions_during_the_crawl_are_seen_in_the_final_pass_f_55() {
    let change = Fault::change_site(|site| {
        let now = chrono::Utc::now();
        site.contents.retain(|content| content.id != "1102");
        let mut added = site.new_content(ContentType::Page, "1050", "Added", "");
        added.body = r#"<ac:image><ri:attachment ri:filename="unused.mov"><ri:page ri:space-key="ENG" ri:content-title="Home"/></ri:attachment></ac:image>"#.to_owned();
        added.space_id.clone_from(&site.spaces[0].id);
        added.versions[0].created_at = now;
        added.created_at = now;
        site.contents.push(added);
    });
    let mut harness = Harness::paged(once("/wiki/rest/api/content/search", change)).await;
    harness.truth.insert("att901".to_owned(), Usage::LinkedElsewhere);
    harness.run().await.expect_true_verdicts(&harness);
}

#[tokio::test(start_paused = true)]
async fn a_page_edited_after_it_was_read_is_read_again_f_56() {
    let edit = |site: &mut confluence_sim::Site| {
        let page = site.contents.iter_mut().find(|content| content.id == "1007").unwrap();
        let author = page.author.clone();
        page.body.push_str(r#"<ac:image><ri:attachment ri:filename="spare.png"><ri:page ri:content-title="Home"/></ri:attachment></ac:image>"#);
        page.versions.push(confluence_sim::site::ContentVersion::new(2, chrono::Utc::now(), &author));
    };
    let mut harness = Harness::known(once("/wiki/rest/api/user/bulk", Fault::change_site(edit))).await;
    harness.truth.insert("att902".to_owned(), Usage::LinkedElsewhere);
    harness.run().await.expect_true_verdicts(&harness);
}

#[tokio::test(start_paused = true)]
async fn a_site_without_visible_spaces_is_an_error_f_58() {
    let harness =
        Harness::known(always("/wiki/api/v2/spaces", Fault::edit_json(|response| response["results"] = json!([]))))
            .await;
    let run = harness.run().await;
    assert_eq!(run.status(), ExitStatus::Authentication);
    assert!(run.failure().what.contains("cannot see any space"), "{:?}", run.failure());
}

#[tokio::test(start_paused = true)]
async fn a_retired_endpoint_is_named_and_no_content_is_called_deleted_f_100() {
    let retired = || {
        let body = r#"{"statusCode":410,"data":{"authorized":true,"valid":true,"errors":[],"successful":true},"message":"GoneException: This deprecated endpoint has been removed."}"#;
        test_support::harness::response(410, &[], body)
    };
    let harness = Harness::known(always("/wiki/rest/api/template/*", retired())).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert!(run.reason(UnitKind::Templates).contains("retired the endpoint /rest/api/template"));
    let harness = Harness::known(always("/wiki/api/v2/attachments/att*", retired())).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert_eq!(run.usage("att101"), Usage::Embedded, "files that were read have their usage");
    assert_eq!(run.usage("att109"), Usage::Undetermined, "its old name could not be read");
}
