//! Replies to comments: a snapshot reads them in bulk if the search demonstrably shows them, else per comment. An audit
//! always reads them per comment.

use std::collections::BTreeSet;

use chrono::{TimeDelta, Utc};
use confluence_client::RequestKind;
use confluence_sim::site::{ArchivedSearch, ContentType};
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern, Site};
use confluence_storage_analyzer::inventory::snapshot::{MetricGroup, list_pages, plan_snapshot};
use confluence_storage_analyzer::inventory::{Inventory, take_inventory};
use confluence_storage_analyzer::progress::Progress;
use serde_json::Value;

use super::{Harness, Run};

const PAGES: usize = 300;
/// Every fiftieth comment has a reply; the first reply has a reply of its own.
const STEP: usize = 50;
const WITH_REPLIES: u64 = 6;
/// Six replies, one below a reply, a second one in a thread, and the reply to a footer comment.
const REPLIES: usize = 9;

/// Pages with an inline comment each, some with a reply, and one footer comment with a reply.
fn site() -> Site {
    let old = Utc::now() - TimeDelta::days(30);
    let mut site = Site::new().space("ENG", "Engineering");
    for number in 0..PAGES {
        let id = |kind: usize| (kind * 10_000 + number).to_string();
        site = site.page(&id(1), &format!("Page {number}"), "<p>text</p>").inline_comment(&id(2), "<p>Why?</p>");
        if number == 0 {
            site = site.reply(&id(3), "<p>Because.</p>").reply(&id(4), "<p>I see.</p>");
            site = site.footer_comment("50000", "<p>Nice</p>").reply("50001", "<p>Thanks</p>");
        } else if number % STEP == 0 {
            site = site.reply(&id(3), "<p>Because.</p>");
        }
        if number == 100 {
            site = site
                .reply(&id(4), "<p>No.</p>")
                .with_content(|reply| reply.parent = Some((id(2), ContentType::InlineComment)));
        }
    }
    site = site.attachment("att90000", "a.png", 10);
    for comment in site.contents.iter_mut().filter(|content| content.kind != ContentType::Page) {
        comment.created_at = old;
        comment.versions.iter_mut().for_each(|version| version.created_at = old);
    }
    site
}

async fn harness(site: Site, faults: FaultPlan) -> Harness {
    Harness::start(site, &[MetricGroup::Links], faults).await
}

fn sent(run: &Run, kind: RequestKind) -> u64 {
    run.inventory.requests.of(kind)
}

fn comments(inventory: &Inventory) -> BTreeSet<String> {
    let comments = inventory.contents.iter().filter(|content| content.kind.is_comment());
    comments.map(|comment| comment.id.as_str().to_owned()).collect()
}

/// Checks that all comments were read, each with its page.
fn assert_all(harness: &Harness, run: &Run) {
    run.facts();
    let served: BTreeSet<String> = harness.server.site(|site| {
        site.contents
            .iter()
            .filter(|content| content.kind != ContentType::Page)
            .map(|comment| comment.id.clone())
            .collect()
    });
    assert_eq!(comments(&run.inventory), served);
    assert!(run.inventory.contents.iter().all(|content| content.space.is_some()));
}

fn on_search(fault: Fault) -> FaultPlan {
    let sweep = RoutePattern::path("/wiki/rest/api/content/search").unwrap();
    let sweep = sweep.with_query("cql", "type = comment and space in (\"ENG\")");
    FaultPlan::none().on(sweep, Occurrence::From(1), fault)
}

/// Number of requests if replies are read per comment: one for each comment and each reply.
const ONE_BY_ONE: u64 = (PAGES + 1 + REPLIES) as u64;

#[tokio::test(start_paused = true)]
async fn replies_are_requested_for_comments_that_the_search_shows_to_have_some_and_for_a_sample() {
    let harness = harness(site(), FaultPlan::none()).await;
    let run = harness.run().await;
    assert_all(&harness, &run);
    // two pages of results; the comments with replies, the reply with a reply, and the sample
    assert_eq!(sent(&run, RequestKind::CommentSweep), 2);
    let lists = sent(&run, RequestKind::CommentReplies);
    assert!((WITH_REPLIES + 2..=WITH_REPLIES + 2 + 20).contains(&lists), "{lists} instead of {ONE_BY_ONE}");
    assert_eq!(harness.sent("/children") as u64, lists);
    assert_eq!(run.inventory.plan.as_ref().unwrap().requests, run.inventory.requests);
    let again = harness.run().await;
    assert_eq!(sent(&again, RequestKind::CommentReplies), lists, "a second run sends the same requests");
}

#[tokio::test(start_paused = true)]
async fn an_audit_requests_the_replies_to_every_comment() {
    let harness = harness(site(), FaultPlan::none()).await;
    let inventory = take_inventory(&harness.api(), &harness.options, &Progress::silent()).await.unwrap();
    assert!(inventory.coverage.is_complete(), "{:#?}", inventory.coverage.gaps);
    assert_eq!(inventory.requests.of(RequestKind::CommentReplies), ONE_BY_ONE);
    assert_eq!(inventory.requests.of(RequestKind::CommentSweep), 0);
    assert_eq!(comments(&inventory).len(), PAGES + 1 + REPLIES);
}

#[tokio::test(start_paused = true)]
async fn if_the_search_does_not_return_ancestors_the_page_of_a_reply_is_used() {
    let mut without = site();
    without.behaviour.search_without_ancestors = true;
    let nothing_above = on_search(Fault::edit_json(|response| {
        for hit in response["results"].as_array_mut().unwrap() {
            hit["ancestors"] = Value::Array(Vec::new());
        }
    }));
    for (site, faults) in [(without, FaultPlan::none()), (site(), nothing_above)] {
        let harness = harness(site, faults).await;
        let run = harness.run().await;
        assert_all(&harness, &run);
        let lists = sent(&run, RequestKind::CommentReplies);
        assert!(
            lists < 2 * (WITH_REPLIES + REPLIES as u64) + 20,
            "{lists}: one request per comment on pages with replies"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn replies_are_requested_per_comment_unless_the_search_demonstrably_shows_them() {
    let mut without = site();
    without.behaviour.search_without_replies = true;
    let mut none_at_all = site();
    none_at_all.contents.retain(|content| content.parent.is_none());
    let lose = |id: &'static str| {
        on_search(Fault::edit_json(move |response| {
            response["results"].as_array_mut().unwrap().retain(|hit| hit["id"] != id);
        }))
    };
    let without_context = on_search(Fault::edit_json(|response| {
        for hit in response["results"].as_array_mut().unwrap() {
            let hit = hit.as_object_mut().unwrap();
            hit.remove("ancestors");
            hit.remove("container");
        }
    }));
    let table = [
        ("it shows no replies", without, FaultPlan::none()),
        ("there are no replies", none_at_all, FaultPlan::none()),
        ("it leaves out one of two replies", site(), lose("40100")),
        ("it returns neither ancestors nor the page", site(), without_context),
        ("it is refused", site(), on_search(Fault::status(403))),
        ("it fails", site(), on_search(Fault::status(500))),
    ];
    for (words, site, faults) in table {
        let replies = site.contents.iter().filter(|content| content.parent.is_some()).count();
        let harness = harness(site, faults).await;
        let run = harness.run().await;
        assert_all(&harness, &run);
        let lists = sent(&run, RequestKind::CommentReplies);
        let once = (PAGES + 1 + replies) as u64;
        assert!((once..=once + 2).contains(&lists), "{words}: {lists} for {once}");
    }
}

#[tokio::test(start_paused = true)]
async fn replies_to_comments_that_the_search_does_not_show_are_requested_one_by_one() {
    let mut site = site();
    site = site.space("OLD", "Old").with_space(|space| space.archived = true);
    for number in 0..5 {
        let id = |kind: usize| (kind * 10_000 + number).to_string();
        site = site
            .page(&id(6), "Old page", "<p>text</p>")
            .inline_comment(&id(7), "<p>Why?</p>")
            .reply(&id(8), "<p>So.</p>");
    }
    for (search, more) in [(ArchivedSearch::Shown, 5), (ArchivedSearch::Ignored, 10)] {
        let usual = sent(&harness(self::site(), FaultPlan::none()).await.run().await, RequestKind::CommentReplies);
        site.behaviour.archived_search = search;
        let harness = harness(site.clone(), FaultPlan::none()).await;
        let run = harness.run().await;
        assert_all(&harness, &run);
        assert_eq!(sent(&run, RequestKind::CommentReplies), usual + more, "{search:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_reply_too_new_for_the_search_index_does_not_disprove_the_search() {
    let mut site = site();
    // the thread has another reply, and the index does not have this one yet
    site.contents.iter_mut().find(|content| content.id == "30050").unwrap().created_at = Utc::now();
    let late = Fault::edit_json(|response| {
        response["results"].as_array_mut().unwrap().retain(|hit| hit["id"] != "30050");
    });
    let harness = harness(site, on_search(late)).await;
    let run = harness.run().await;
    assert_all(&harness, &run);
    assert!(sent(&run, RequestKind::CommentReplies) < 40);
}

#[tokio::test(start_paused = true)]
async fn replies_found_in_current_spaces_prove_nothing_about_archived_spaces() {
    let mut site = site().space("OLD", "Old").with_space(|space| space.archived = true);
    // so few that a sample of all comments would miss them
    for number in 0..3 {
        let id = |kind: usize| (kind * 10_000 + number).to_string();
        site = site
            .page(&id(6), "Old page", "<p>text</p>")
            .inline_comment(&id(7), "<p>Why?</p>")
            .reply(&id(8), "<p>So.</p>");
    }
    site.behaviour.archived_search = ArchivedSearch::Shown;
    let search = RoutePattern::path("/wiki/rest/api/search").unwrap();
    let search = search.with_query("cql", "type = comment and space in (\"OLD\")");
    let without_replies = Fault::edit_json(|response| {
        response["results"]
            .as_array_mut()
            .unwrap()
            .retain(|hit| !hit["content"]["id"].as_str().unwrap().starts_with('8'));
    });
    let harness = harness(site, FaultPlan::none().on(search, Occurrence::From(1), without_replies)).await;
    assert_all(&harness, &harness.run().await);
}

#[tokio::test(start_paused = true)]
async fn a_comment_and_its_reply_added_before_the_final_pass_are_not_a_gap() {
    let come = Fault::change_site(|site| {
        *site = site.clone().footer_comment("60000", "<p>Late</p>").reply("60001", "<p>Later</p>");
    });
    let list = RoutePattern::path("/wiki/api/v2/footer-comments").unwrap();
    let mut site = site();
    site = site.page("19999", "Last page", "<p>text</p>");
    let harness = harness(site, FaultPlan::none().on(list, Occurrence::Only(2), come)).await;
    assert_all(&harness, &harness.run().await);
}

#[tokio::test(start_paused = true)]
async fn lists_of_replies_are_read_twice_if_the_search_for_comments_is_refused() {
    let search = RoutePattern::path("/wiki/rest/api/content/search").unwrap();
    let search = search.with_query("cql", "type = comment order by created");
    let faults = FaultPlan::none().on(search, Occurrence::From(1), Fault::status(403));
    let replies = RoutePattern::path("/wiki/api/v2/inline-comments/20050/children").unwrap();
    let cut = Fault::edit_json(|response| response["results"].as_array_mut().unwrap().clear());
    let harness = harness(site(), faults.on(replies, Occurrence::Only(1), cut)).await;
    let run = harness.run().await;
    assert!(comments(&run.inventory).contains("30050"));
    assert!(sent(&run, RequestKind::CommentReplies) > ONE_BY_ONE);
}

#[tokio::test(start_paused = true)]
async fn a_plan_reads_lists_only() {
    let harness = harness(site(), FaultPlan::none()).await;
    let (api, progress) = (harness.api(), Progress::silent());
    let inventory = list_pages(&api, &harness.options, &harness.groups, &progress).await.unwrap();
    let kinds = ["current user", "spaces", "pages", "blog posts", "attachments", "footer comments", "inline comments"];
    let allowed: BTreeSet<&str> = kinds.into_iter().chain(["comment sweep"]).collect();
    let asked: BTreeSet<&str> = inventory.requests.iter().map(|(kind, _)| kind).collect();
    assert!(asked.is_subset(&allowed), "{asked:?}");
    let keys = ["ENG".to_owned()];
    let plan = plan_snapshot(&api, &inventory, &harness.options, &harness.groups, &keys);
    let run = harness.run().await;
    run.facts();
    assert_eq!(plan.requests, run.inventory.requests);
}
