//! F-57, F-99: lists that silently omit items.

use confluence_client::RequestKind;
use confluence_sim::site::{Attachment, Container, Content, ContentType, Status};
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern, Site};
use confluence_storage_analyzer::audit::Usage;
use confluence_storage_analyzer::inventory::coverage::{UnitEnd, UnitKind};
use serde_json::{Value, json};

use test_support::harness::{Harness, also, always, leave_out, once};
use test_support::known_site::{self, TrueUsages};

const PAGES: &str = "/wiki/api/v2/pages";
const ATTACHMENTS: &str = "/wiki/api/v2/attachments";

#[tokio::test(start_paused = true)]
async fn an_attachment_hidden_in_one_of_two_passes_is_noticed_f_57() {
    let harness = Harness::known(once(ATTACHMENTS, leave_out(&["att105"]))).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert!(run.hole().contains("att105"), "{}", run.hole());
}

#[tokio::test(start_paused = true)]
async fn the_owner_of_a_file_that_a_list_hides_is_read_alone_f_57() {
    // far more owners than the compared sample: only the disagreement of lists leads to this one
    let (mut site, truth) = known_site::site();
    let like = site.attachments.iter().find(|file| file.id == "att105").unwrap().clone();
    let owner = site.contents.iter().find(|content| content.kind == ContentType::Page).unwrap().clone();
    for page in 0..600 {
        let id = (70_000 + page).to_string();
        site.contents.push(Content { id: id.clone(), title: format!("Owner {page}"), ..owner.clone() });
        for file in 0..2 {
            let id = format!("att{}", 800_000 + 2 * page + file);
            let container = Container::Page((70_000 + page).to_string());
            site.attachments.push(Attachment { id, container, ..like.clone() });
        }
    }
    let hidden = |id: &str| ["att800400", "att800401", "att800900"].contains(&id);
    let leave_out = Fault::edit_json(move |response| {
        if let Some(items) = response.get_mut("results").and_then(Value::as_array_mut) {
            items.retain(|item| !item["id"].as_str().is_some_and(hidden));
        }
    });
    let harness = Harness::start((site, truth), always(ATTACHMENTS, leave_out)).await;
    let run = harness.run().await;
    run.expect_incomplete();
    let gaps = &run.audit_run().inventory.coverage.gaps;
    let reason = |owner: &str| match gaps.iter().find(|gap| gap.subject.ends_with(owner)).map(|gap| &gap.end) {
        Some(UnitEnd::Failed { reason }) => reason.clone(),
        other => panic!("{owner}: {other:?}, {gaps:#?}"),
    };
    assert!(reason("attachments of page 70200").starts_with("2 of its 2 attachments are missing from the list"));
    assert!(reason("attachments of page 70450").starts_with("1 of its 2 attachments are missing from the list"));
}

#[tokio::test(start_paused = true)]
async fn an_empty_list_of_attachments_is_compared_with_the_bodies_that_name_some_f_99() {
    // all other lists omit it as well: the one with the newest first, and the search index
    let empty = || Fault::edit_json(|response| response["results"] = json!([]));
    for index in [empty(), Fault::status(403)] {
        let plan = also(always(ATTACHMENTS, empty()), "/wiki/rest/api/content/search", Occurrence::From(1), index);
        let harness = Harness::known(plan).await;
        let run = harness.run().await;
        run.expect_incomplete();
        assert!(run.hole().contains("are missing from the list of all attachments"), "{}", run.hole());
    }
}

/// A page of each status, and a file on the page of the given status.
fn one_file(status: Status) -> (Site, TrueUsages) {
    let mut site = Site::new().space("ENG", "Engineering");
    for (id, kept) in [("1", Status::Current), ("2", Status::Archived), ("3", Status::Trashed)] {
        site = site.page(id, &format!("Page {id}"), "<p>names nothing</p>").with_content(|page| page.status = kept);
        if kept == status {
            site = site.attachment("att1", "a.png", 10);
        }
    }
    let usage = if status == Status::Trashed { Usage::NotJudged } else { Usage::Unreferenced };
    (site, TrueUsages::from([("att1".to_owned(), usage)]))
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_empty_in_both_orders_is_compared_with_every_owner_f_99() {
    for status in [Status::Current, Status::Archived, Status::Trashed] {
        let harness = Harness::start(one_file(status), FaultPlan::none()).await;
        harness.run().await.expect_true_verdicts(&harness);
        // no body names the file, and there is no search
        let cut = always(ATTACHMENTS, Fault::DroppedTail(1));
        let cut = also(cut, "/wiki/rest/api/content/search", Occurrence::From(1), Fault::status(403));
        let harness = Harness::start(one_file(status), cut).await;
        let run = harness.run().await;
        run.expect_incomplete();
        assert!(run.hole().contains("att1"), "{}", run.hole());
    }
}

#[tokio::test(start_paused = true)]
async fn a_site_without_files_is_complete_when_every_owner_says_so_f_99() {
    let (mut site, _) = one_file(Status::Current);
    site.attachments.clear();
    let harness = Harness::start((site, TrueUsages::new()), FaultPlan::none()).await;
    let run = harness.run().await;
    run.expect_true_verdicts(&harness);
    assert_eq!(run.audit_run().inventory.requests.of(RequestKind::AttachmentsOfOneOwner), 3);
}

#[tokio::test(start_paused = true)]
async fn both_orders_of_a_list_have_to_show_every_file_f_99() {
    let newest = RoutePattern::path(ATTACHMENTS).unwrap().with_query("sort", "-created-date");
    let empty = Fault::edit_json(|response| response["results"] = json!([]));
    let harness = Harness::known(FaultPlan::none().on(newest, Occurrence::From(1), empty)).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert!(run.hole().contains("in descending order of created-date does not show it"), "{}", run.hole());
}

#[tokio::test(start_paused = true)]
async fn an_owner_that_is_not_visible_cannot_confirm_the_list_f_99() {
    let harness = Harness::known(always("/wiki/api/v2/pages/*/attachments", Fault::Anonymous)).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert!(run.reason(UnitKind::ListComparison).contains("though a list shows it"));
}

#[tokio::test(start_paused = true)]
async fn a_body_that_names_an_unlisted_file_next_to_listed_ones_is_cross_checked_f_99() {
    // far more owners than the compared sample, and neither the other order nor the search shows the file
    let (mut site, mut truth) = known_site::site();
    let owner = site.contents.iter().find(|content| content.id == "1007").unwrap().clone();
    let like = site.attachments.iter().find(|file| file.id == "att105").unwrap().clone();
    for page in 0..200 {
        let id = (70_000 + page).to_string();
        let body = if page == 100 { r#"<ac:image><ri:attachment ri:filename="1 of 100"/></ac:image>"# } else { "" };
        site.contents.push(Content {
            id: id.clone(),
            title: format!("Owner {page}"),
            body: body.to_owned(),
            ..owner.clone()
        });
        for file in 0..2 {
            let mut file_of_page = Attachment { id: format!("att{}", 800_000 + 2 * page + file), ..like.clone() };
            file_of_page.container = Container::Page(id.clone());
            file_of_page.versions[0].title = format!("{file} of {page}");
            truth.insert(file_of_page.id.clone(), Usage::Unreferenced);
            site.attachments.push(file_of_page);
        }
    }
    truth.insert("att800201".to_owned(), Usage::Embedded);
    let mut plan = always(ATTACHMENTS, leave_out(&["att800201"]));
    plan = also(plan, "/wiki/rest/api/content/search", Occurrence::From(1), leave_out(&["att800201"]));
    let harness = Harness::start((site, truth), plan).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert!(run.hole().contains("att800201"), "{}", run.hole());
}

#[tokio::test(start_paused = true)]
async fn a_list_that_ends_too_early_without_a_sign_is_noticed_f_99() {
    for path in [PAGES, "/wiki/api/v2/blogposts", "/wiki/api/v2/spaces", ATTACHMENTS, "/wiki/api/v2/*-comments"] {
        let harness = Harness::paged(always(path, Fault::DroppedTail(1))).await;
        let run = harness.run().await;
        run.expect_incomplete();
    }
}

#[tokio::test(start_paused = true)]
async fn each_kind_left_out_of_its_list_is_noticed_f_99() {
    let missing = [
        (PAGES, known_site::REFERRER),
        ("/wiki/api/v2/blogposts", "2002"),
        ("/wiki/api/v2/footer-comments", "3001"),
        ("/wiki/api/v2/inline-comments", "3004"),
        (ATTACHMENTS, "att105"),
    ];
    for (path, id) in missing {
        let harness = Harness::known(always(path, leave_out(&[id]))).await;
        let run = harness.run().await;
        run.expect_incomplete();
        run.hole();
    }
}

#[tokio::test(start_paused = true)]
async fn a_search_index_that_lags_or_is_denied_does_no_harm_f_99() {
    let stale = Fault::edit_json(|response| {
        if let Some(items) = response["results"].as_array_mut() {
            for kind in ["page", "blogpost", "comment", "attachment"] {
                items.push(json!({"id": format!("77{}", kind.len()), "type": kind, "status": "current"}));
            }
        }
    });
    for fault in [stale, Fault::status(403), Fault::edit_json(|response| response["results"] = json!([]))] {
        let harness = Harness::known(always("/wiki/rest/api/content/search", fault)).await;
        harness.run().await.expect_true_verdicts(&harness);
    }
}
