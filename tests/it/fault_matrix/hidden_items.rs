//! F-57, F-99: lists that leave something out without a sign.

use confluence_client::RequestKind;
use confluence_sim::site::{Attachment, Container, Content, Kind, Status};
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern, Site};
use confluence_storage_analyzer::audit::Usage;
use confluence_storage_analyzer::inventory::coverage::{UnitEnd, UnitKind};
use serde_json::{Value, json};

use test_support::bench::{Bench, also, always, once};
use test_support::known::{self, Truth};

const PAGES: &str = "/wiki/api/v2/pages";
const ATTACHMENTS: &str = "/wiki/api/v2/attachments";

#[tokio::test(start_paused = true)]
async fn an_attachment_that_one_of_two_walks_hides_is_missed_f_57() {
    let bench = Bench::known(once(ATTACHMENTS, leave_out("att105"))).await;
    let run = bench.run().await;
    run.expect_incomplete();
    assert!(run.hole().contains("att105"), "{}", run.hole());
}

#[tokio::test(start_paused = true)]
async fn the_owner_of_a_file_that_a_list_hides_is_read_alone_f_57() {
    // far more owners than the sample that is compared: nothing but the disagreement leads to this one
    let (mut site, truth) = known::site();
    let like = site.attachments.iter().find(|file| file.id == "att105").unwrap().clone();
    let owner = site.contents.iter().find(|content| content.kind == Kind::Page).unwrap().clone();
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
    let leave_out = Fault::edit_json(move |answer| {
        if let Some(items) = answer.get_mut("results").and_then(Value::as_array_mut) {
            items.retain(|item| !item["id"].as_str().is_some_and(hidden));
        }
    });
    let bench = Bench::start((site, truth), always(ATTACHMENTS, leave_out)).await;
    let run = bench.run().await;
    run.expect_incomplete();
    let gaps = &run.reading().inventory.coverage.gaps;
    let told = |owner: &str| match gaps.iter().find(|gap| gap.subject.ends_with(owner)).map(|gap| &gap.end) {
        Some(UnitEnd::Failed { reason }) => reason.clone(),
        other => panic!("{owner}: {other:?}, {gaps:#?}"),
    };
    assert!(told("attachments of page 70200").starts_with("2 of its 2 attachments are not in the list"));
    assert!(told("attachments of page 70450").starts_with("1 of its 2 attachments are not in the list"));
}

#[tokio::test(start_paused = true)]
async fn an_empty_list_of_attachments_is_held_against_the_bodies_that_name_some_f_99() {
    // every other list that could know is silent too: the newest first, and the index
    let empty = || Fault::edit_json(|answer| answer["results"] = json!([]));
    for index in [empty(), Fault::status(403)] {
        let plan = also(always(ATTACHMENTS, empty()), "/wiki/rest/api/content/search", Occurrence::From(1), index);
        let bench = Bench::known(plan).await;
        let run = bench.run().await;
        run.expect_incomplete();
        assert!(run.hole().contains("are not in the list of all attachments"), "{}", run.hole());
    }
}

/// A page of each status, and a file of the one of this status.
fn one_file(status: Status) -> (Site, Truth) {
    let mut site = Site::new().space("ENG", "Engineering");
    for (id, kept) in [("1", Status::Current), ("2", Status::Archived), ("3", Status::Trashed)] {
        site = site.page(id, &format!("Page {id}"), "<p>names nothing</p>").with_content(|page| page.status = kept);
        if kept == status {
            site = site.attachment("att1", "a.png", 10);
        }
    }
    let usage = if status == Status::Trashed { Usage::NotJudged } else { Usage::Unreferenced };
    (site, Truth::from([("att1".to_owned(), usage)]))
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_empty_in_both_orders_is_held_against_every_owner_f_99() {
    for status in [Status::Current, Status::Archived, Status::Trashed] {
        let bench = Bench::start(one_file(status), FaultPlan::none()).await;
        bench.run().await.expect_true(&bench);
        // no body names the file, and no search is there to know it
        let cut = always(ATTACHMENTS, Fault::DroppedTail(1));
        let cut = also(cut, "/wiki/rest/api/content/search", Occurrence::From(1), Fault::status(403));
        let bench = Bench::start(one_file(status), cut).await;
        let run = bench.run().await;
        run.expect_incomplete();
        assert!(run.hole().contains("att1"), "{}", run.hole());
    }
}

#[tokio::test(start_paused = true)]
async fn a_site_without_files_is_complete_when_every_owner_says_so_f_99() {
    let (mut site, _) = one_file(Status::Current);
    site.attachments.clear();
    let bench = Bench::start((site, Truth::new()), FaultPlan::none()).await;
    let run = bench.run().await;
    run.expect_true(&bench);
    assert_eq!(run.reading().inventory.requests.of(RequestKind::AttachmentsOfOneOwner), 3);
}

#[tokio::test(start_paused = true)]
async fn both_orders_of_a_list_have_to_show_every_file_f_99() {
    let newest = RoutePattern::path(ATTACHMENTS).unwrap().with_query("sort", "-created-date");
    let empty = Fault::edit_json(|answer| answer["results"] = json!([]));
    let bench = Bench::known(FaultPlan::none().on(newest, Occurrence::From(1), empty)).await;
    let run = bench.run().await;
    run.expect_incomplete();
    assert!(run.hole().contains("by created-date, the last first, does not show it"), "{}", run.hole());
}

#[tokio::test(start_paused = true)]
async fn an_owner_that_a_visitor_does_not_see_is_no_second_opinion_f_99() {
    let bench = Bench::known(always("/wiki/api/v2/pages/*/attachments", Fault::Anonymous)).await;
    let run = bench.run().await;
    run.expect_incomplete();
    assert!(run.reason(UnitKind::ListComparison).contains("though a list shows it"));
}

#[tokio::test(start_paused = true)]
async fn a_body_that_names_an_unlisted_file_beside_listed_ones_is_a_sign_f_99() {
    // far more owners than the sample that is compared, and neither the other order nor the search knows the file
    let (mut site, mut truth) = known::site();
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
    let mut plan = always(ATTACHMENTS, leave_out("att800201"));
    plan = also(plan, "/wiki/rest/api/content/search", Occurrence::From(1), leave_out("att800201"));
    let bench = Bench::start((site, truth), plan).await;
    let run = bench.run().await;
    run.expect_incomplete();
    assert!(run.hole().contains("att800201"), "{}", run.hole());
}

#[tokio::test(start_paused = true)]
async fn a_list_that_ends_too_early_without_a_sign_is_noticed_f_99() {
    for path in [PAGES, "/wiki/api/v2/blogposts", "/wiki/api/v2/spaces", ATTACHMENTS, "/wiki/api/v2/*-comments"] {
        let bench = Bench::paged(always(path, Fault::DroppedTail(1))).await;
        let run = bench.run().await;
        run.expect_incomplete();
    }
}

#[tokio::test(start_paused = true)]
async fn each_kind_left_out_of_its_list_is_noticed_f_99() {
    let missing = [
        (PAGES, known::REFERRER),
        ("/wiki/api/v2/blogposts", "2002"),
        ("/wiki/api/v2/footer-comments", "3001"),
        ("/wiki/api/v2/inline-comments", "3004"),
        (ATTACHMENTS, "att105"),
    ];
    for (path, id) in missing {
        let bench = Bench::known(always(path, leave_out(id))).await;
        let run = bench.run().await;
        run.expect_incomplete();
        run.hole();
    }
}

/// The list without one item.
fn leave_out(id: &str) -> Fault {
    let id = id.to_owned();
    Fault::edit_json(move |answer| {
        if let Some(items) = answer.get_mut("results").and_then(Value::as_array_mut) {
            items.retain(|item| item["id"] != id.as_str());
        }
    })
}

#[tokio::test(start_paused = true)]
async fn a_search_index_that_lags_or_is_shut_does_no_harm_f_99() {
    let stale = Fault::edit_json(|answer| {
        if let Some(items) = answer["results"].as_array_mut() {
            for kind in ["page", "blogpost", "comment", "attachment"] {
                items.push(json!({"id": format!("77{}", kind.len()), "type": kind, "status": "current"}));
            }
        }
    });
    for fault in [stale, Fault::status(403), Fault::edit_json(|answer| answer["results"] = json!([]))] {
        let bench = Bench::known(always("/wiki/rest/api/content/search", fault)).await;
        bench.run().await.expect_true(&bench);
    }
}
