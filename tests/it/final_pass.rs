//! The final pass detects changes during the crawl and items missing from lists: a complete run calls no file in use
//! unreferenced.

use chrono::{TimeDelta, Utc};
use confluence_client::Api;
use confluence_sim::site::{Container, Content, ContentType, ContentVersion, Status, Template};
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern, Site};
use confluence_storage_analyzer::audit::Usage;
use confluence_storage_analyzer::inventory::CrawlOptions;
use confluence_storage_analyzer::inventory::coverage::UnitKind;
use serde_json::json;
use test_support::harness::{Harness, Run, also, always, leave_out, once};
use test_support::known_site::{self, TrueUsages};

const PAGES: &str = "/wiki/api/v2/pages";
const SEARCH: &str = "/wiki/rest/api/content/search";
/// One of the last requests before the final pass: all lists and bodies have been read.
const LATE: &str = "/wiki/rest/api/user/bulk";
/// A file without a use until something changes.
const UNREFERENCED_FILE: &str = "att901";

fn image_of(name: &str) -> String {
    format!(
        r#"<p><ac:image><ri:attachment ri:filename="{name}"><ri:page ri:space-key="ENG" ri:content-title="Home"/></ri:attachment></ac:image></p>"#
    )
}

fn uses_unused() -> String {
    image_of("unused.mov")
}

fn content<'s>(site: &'s mut Site, id: &str) -> &'s mut Content {
    site.contents.iter_mut().find(|content| content.id == id).unwrap()
}

fn file<'s>(site: &'s mut Site, id: &str) -> &'s mut confluence_sim::site::Attachment {
    site.attachments.iter_mut().find(|file| file.id == id).unwrap()
}

/// The known site, changed before it is read; the unreferenced file has the given usage at the end.
fn prepared(prepare: impl FnOnce(&mut Site), usage: Usage) -> (Site, TrueUsages) {
    let (mut site, mut truth) = known_site::site();
    prepare(&mut site);
    truth.insert(UNREFERENCED_FILE.to_owned(), usage);
    (site, truth)
}

/// Reads the site while it changes, without and with `--verify all`; every verdict has to be correct.
async fn assert_correct_verdicts(
    prepare: impl Fn(&mut Site),
    change: impl Fn(&mut Site) + Clone + Send + Sync + 'static,
    usage: Usage,
) {
    for verify_all in [false, true] {
        let plan = once(LATE, Fault::change_site(change.clone()));
        let harness = Harness::start(prepared(&prepare, usage), plan).await;
        run_verifying(&harness, verify_all).await.expect_true_verdicts(&harness);
    }
}

async fn run_verifying(harness: &Harness, verify_all: bool) -> Run {
    let options = CrawlOptions { verify_all, ..CrawlOptions::default() };
    harness.run_as(&Api::new(harness.settings()).unwrap(), &options).await
}

#[tokio::test(start_paused = true)]
async fn a_file_renamed_without_a_new_version_is_noticed() {
    let names_it = |site: &mut Site| content(site, "1007").body = image_of("late.mov");
    assert_correct_verdicts(
        names_it,
        |site| "late.mov".clone_into(&mut file(site, UNREFERENCED_FILE).versions[0].title),
        Usage::LinkedElsewhere,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_file_moved_without_a_new_version_is_noticed() {
    let body = r#"<ac:image><ri:attachment ri:filename="unused.mov"/></ac:image>"#;
    assert_correct_verdicts(
        |site| body.clone_into(&mut content(site, "1010").body),
        |site| file(site, UNREFERENCED_FILE).container = Container::Page("1010".to_owned()),
        Usage::Embedded,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_page_restored_from_the_trash_is_noticed() {
    let throw_away = |site: &mut Site| {
        let mut page = content(site, "1009").clone();
        (page.id, page.title, page.body) = ("1999".to_owned(), "Thrown away".to_owned(), uses_unused());
        site.contents.push(page);
    };
    assert_correct_verdicts(throw_away, |site| content(site, "1999").status = Status::Current, Usage::LinkedElsewhere)
        .await;
}

/// A macro lists the files of a page that is renamed; Confluence updates the macro without creating a new version.
#[tokio::test(start_paused = true)]
async fn a_renamed_page_whose_files_another_page_lists_is_noticed() {
    let list = |title: &str| {
        format!(
            r#"<ac:structured-macro ac:name="attachments"><ac:parameter ac:name="page"><ri:page ri:content-title="{title}"/></ac:parameter></ac:structured-macro>"#
        )
    };
    let prepare = move |site: &mut Site| {
        content(site, "1007").body = list("Old title");
        "Old title".clone_into(&mut content(site, "1010").title);
        file(site, UNREFERENCED_FILE).container = Container::Page("1010".to_owned());
    };
    let rename = move |site: &mut Site| {
        "New title".clone_into(&mut content(site, "1010").title);
        content(site, "1007").body = list("New title");
    };
    let requests = {
        let harness = Harness::start(prepared(prepare, Usage::Listed), FaultPlan::none()).await;
        u32::try_from(run_verifying(&harness, false).await.requests).unwrap()
    };
    for point in (1..requests - 30).step_by(3) {
        let plan = also(FaultPlan::none(), "*", Occurrence::Only(point), Fault::change_site(rename));
        let harness = Harness::start(prepared(prepare, Usage::Listed), plan).await;
        let run = run_verifying(&harness, false).await;
        let usage = run.usage(UNREFERENCED_FILE);
        assert!(matches!(usage, Usage::Listed | Usage::Undetermined), "before request {point}: {usage:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_template_edited_after_its_list_is_noticed() {
    let edit = |site: &mut Site| {
        let template = site.templates.iter_mut().find(|template| template.id == "7002");
        template.unwrap().body = uses_unused();
    };
    assert_correct_verdicts(|_| {}, edit, Usage::LinkedElsewhere).await;
}

#[tokio::test(start_paused = true)]
async fn a_reply_added_where_the_list_of_the_site_shows_none_is_noticed() {
    let reply = |site: &mut Site| {
        let mut reply = content(site, "3002").clone();
        reply.id = "3999".to_owned();
        reply.parent = Some(("3003".to_owned(), ContentType::FooterComment));
        reply.body = uses_unused();
        site.contents.push(reply);
    };
    assert_correct_verdicts(|_| {}, reply, Usage::LinkedElsewhere).await;
}

#[tokio::test(start_paused = true)]
async fn a_label_added_that_a_gallery_filters_by_is_noticed() {
    let gallery = r#"<ac:structured-macro ac:name="gallery"><ac:parameter ac:name="includeLabel">pick</ac:parameter></ac:structured-macro>"#;
    let prepare = |site: &mut Site| {
        content(site, "1001").body.push_str(gallery);
        "image/png".clone_into(&mut file(site, UNREFERENCED_FILE).media_type);
        "unused.png".clone_into(&mut file(site, UNREFERENCED_FILE).versions[0].title);
    };
    assert_correct_verdicts(
        prepare,
        |site| file(site, UNREFERENCED_FILE).labels.push("pick".to_owned()),
        Usage::Embedded,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_header_image_set_during_the_crawl_is_noticed() {
    let set = |site: &mut Site| {
        let id = file(site, UNREFERENCED_FILE).versions[0].file_id.clone();
        let properties = &mut content(site, "1001").properties;
        properties.insert("cover-picture-id-published".to_owned(), json!({"id": id}));
    };
    assert_correct_verdicts(|_| {}, set, Usage::Embedded).await;
}

#[tokio::test(start_paused = true)]
async fn a_restriction_lifted_during_the_crawl_is_noticed() {
    let prepare = |site: &mut Site| {
        let mut page = content(site, "1007").clone();
        (page.id, page.title, page.hidden) = ("1999".to_owned(), "Hidden".to_owned(), true);
        page.body = uses_unused();
        site.contents.push(page);
    };
    assert_correct_verdicts(prepare, |site| content(site, "1999").hidden = false, Usage::LinkedElsewhere).await;
}

/// Edits a page so that it names the file.
fn edit_page(site: &mut Site) {
    let page = content(site, "1007");
    page.body = uses_unused();
    let number = page.versions.last().unwrap().number + 1;
    let author = page.author.clone();
    page.versions.push(ContentVersion::new(number, Utc::now(), &author));
}

#[tokio::test(start_paused = true)]
async fn a_clock_of_the_server_that_is_ahead_does_not_matter() {
    let ahead = (Utc::now() + TimeDelta::minutes(10)).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let plan = also(once(LATE, Fault::change_site(edit_page)), "*", Occurrence::From(1), Fault::header("date", &ahead));
    let harness = Harness::start(prepared(|_| {}, Usage::LinkedElsewhere), plan).await;
    harness.run().await.expect_true_verdicts(&harness);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_is_edited_repeatedly_is_read_up_to_the_last_edit() {
    // the page is edited before each request of a list of pages
    let plan =
        FaultPlan::none().on(RoutePattern::path(PAGES).unwrap(), Occurrence::From(1), Fault::change_site(edit_page));
    let harness = Harness::start(prepared(|_| {}, Usage::LinkedElsewhere), plan).await;
    harness.run().await.expect_true_verdicts(&harness);
}

#[tokio::test(start_paused = true)]
async fn a_use_that_moves_from_page_to_page_is_never_lost() {
    // every request of a list of pages moves the use to the other page, so that it stays only after the last round
    let wander = Fault::change_site(|site| {
        let is_on_plain = content(site, "1007").body.contains("unused.mov");
        let (from, to) = if is_on_plain { ("1007", "1010") } else { ("1010", "1007") };
        for (id, body) in [(to, uses_unused()), (from, "<p>text</p>".to_owned())] {
            edit_page(site);
            content(site, id).body = body;
            let page = content(site, id);
            let (number, author) = (page.versions.last().unwrap().number + 1, page.author.clone());
            page.versions.push(ContentVersion::new(number, Utc::now(), &author));
        }
    });
    let plan = FaultPlan::none().on(RoutePattern::path(PAGES).unwrap(), Occurrence::From(1), wander);
    let harness = Harness::start(prepared(|_| {}, Usage::LinkedElsewhere), plan).await;
    // `Harness` asserts that no file in use is called unreferenced
    harness.run().await;
}

#[tokio::test(start_paused = true)]
async fn a_file_that_changes_until_the_end_is_undetermined() {
    let rename = Fault::change_site(|site| {
        let title = &mut file(site, UNREFERENCED_FILE).versions[0].title;
        *title = format!("x{title}");
    });
    let list = RoutePattern::path("/wiki/api/v2/attachments").unwrap();
    let plan = FaultPlan::none().on(list, Occurrence::From(1), rename);
    let harness = Harness::start(prepared(|_| {}, Usage::Undetermined), plan).await;
    let run = harness.run().await;
    run.expect_true_verdicts(&harness);
    let audit_run = run.audit_run();
    let verdict = audit_run.audit.files.iter().find(|verdict| verdict.usage == Usage::Undetermined).unwrap();
    assert_eq!(verdict.reasons.len(), 1);
    assert_eq!(verdict.reasons[0].text, "it or its page changed while the site was read");
}

#[tokio::test(start_paused = true)]
async fn a_list_older_than_the_body_is_ignored_and_a_body_older_than_the_list_is_a_gap() {
    let newer = Fault::edit_json(|response| {
        for item in response["results"].as_array_mut().into_iter().flatten() {
            if item["id"] == "1007" {
                item["version"]["number"] = json!(9);
            }
        }
    });
    let backward = RoutePattern::path(PAGES).unwrap().with_query("sort", "-id");
    let forward = RoutePattern::path(PAGES).unwrap().with_query("sort", "id");
    let plan = FaultPlan::none().on(forward, Occurrence::First(3), newer.clone());
    let harness = Harness::known(plan).await;
    harness.run().await.expect_true_verdicts(&harness);
    let harness = Harness::known(FaultPlan::none().on(backward, Occurrence::From(1), newer)).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert_eq!(run.reason(UnitKind::Body), "version 9 is listed, but version 1 was read");
}

#[tokio::test(start_paused = true)]
async fn a_deleted_page_and_a_new_page_leave_the_run_complete() {
    let change = Fault::change_site(|site| {
        let mut made = content(site, "1102").clone();
        (made.id, made.title) = ("1998".to_owned(), "Made".to_owned());
        made.body = uses_unused();
        site.contents.retain(|content| content.id != "1102");
        site.contents.push(made);
    });
    let harness = Harness::start(prepared(|_| {}, Usage::LinkedElsewhere), once(LATE, change)).await;
    harness.run().await.expect_true_verdicts(&harness);
}

#[tokio::test(start_paused = true)]
async fn a_space_that_appears_brings_its_contents() {
    let add = Fault::change_site(|site| {
        *site = std::mem::take(site).space("NEW", "New").page("5001", "In a new space", &uses_unused());
    });
    let harness = Harness::start(prepared(|_| {}, Usage::LinkedElsewhere), once(LATE, add)).await;
    let run = harness.run().await;
    run.expect_true_verdicts(&harness);
    assert!(run.audit_run().inventory.spaces.iter().any(|space| space.key == "NEW"));
}

#[tokio::test(start_paused = true)]
async fn a_space_deleted_during_the_run_leaves_it_complete() {
    let delete = Fault::change_site(|site| {
        let id = site.spaces.iter().find(|space| space.key == "DOC").unwrap().id.clone();
        site.contents.retain(|content| content.space_id != id);
        site.spaces.retain(|space| space.id != id);
    });
    let harness = Harness::known(once(LATE, delete)).await;
    harness.run().await.expect_true_verdicts(&harness);
}

#[tokio::test(start_paused = true)]
async fn a_space_that_is_listed_first_and_left_out_later_is_a_hole() {
    let id = known_site::site().0.spaces[0].id.clone();
    let spaces = RoutePattern::path("/wiki/api/v2/spaces").unwrap();
    let harness = Harness::known(FaultPlan::none().on(spaces, Occurrence::From(3), leave_out(&[id.as_str()]))).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert!(run.hole().contains("space ENG"), "{}", run.hole());
}

#[tokio::test(start_paused = true)]
async fn a_page_that_two_lists_missed_while_it_was_moved_is_found() {
    // one list for each of the three spaces in the first pass; the page is in none of them
    let plan = FaultPlan::none().on(
        RoutePattern::path(PAGES).unwrap(),
        Occurrence::First(3),
        leave_out(&[known_site::REFERRER]),
    );
    for plan in [plan.clone(), also(plan, SEARCH, Occurrence::From(1), Fault::status(403))] {
        let harness = Harness::known(plan).await;
        harness.run().await.expect_true_verdicts(&harness);
    }
}

#[tokio::test(start_paused = true)]
async fn a_hole_in_one_order_is_noticed_without_a_search_and_in_an_archived_space() {
    for id in [known_site::REFERRER, "1201"] {
        for sort in ["id", "-id"] {
            let pages = RoutePattern::path(PAGES).unwrap().with_query("sort", sort);
            let plan = FaultPlan::none().on(pages, Occurrence::From(1), leave_out(&[id]));
            let plan = also(plan, SEARCH, Occurrence::From(1), Fault::status(403));
            let in_archive = |site: &mut Site| content(site, "1201").body = uses_unused();
            let harness = Harness::start(prepared(in_archive, Usage::LinkedElsewhere), plan).await;
            let run = harness.run().await;
            run.expect_incomplete();
            assert!(run.hole().contains("does not show it"), "{}", run.hole());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn lists_cut_short_are_noticed_without_a_search() {
    let prepare = |site: &mut Site| {
        let template = Template { id: "7003".to_owned(), ..site.templates[0].clone() };
        site.templates.push(template);
        content(site, "1004").properties.insert("a-first".to_owned(), json!(1));
    };
    let lists = ["/wiki/api/v2/footer-comments", "/wiki/rest/api/template/page"];
    for list in lists {
        let plan = also(always(list, Fault::DroppedTail(1)), SEARCH, Occurrence::From(1), Fault::status(403));
        let harness = Harness::start(prepared(prepare, Usage::Unreferenced), plan).await;
        let run = harness.run().await;
        run.expect_incomplete();
        assert!(run.hole().contains("does not show it"), "{list}: {}", run.hole());
    }
    let properties = "/wiki/api/v2/pages/1004/properties";
    let plan = also(always(properties, Fault::DroppedTail(1)), SEARCH, Occurrence::From(1), Fault::status(403));
    let harness = Harness::start(prepared(prepare, Usage::Unreferenced), plan).await;
    harness.run().await.expect_true_verdicts(&harness);
}

#[tokio::test(start_paused = true)]
async fn an_empty_list_in_the_final_pass_makes_no_file_unreferenced() {
    for path in [PAGES, "/wiki/api/v2/attachments", "/wiki/api/v2/footer-comments"] {
        let sort = if path == PAGES { "-id" } else { "-created-date" };
        let list = RoutePattern::path(path).unwrap().with_query("sort", sort);
        let empty = Fault::edit_json(|response| response["results"] = json!([]));
        let harness = Harness::known(FaultPlan::none().on(list, Occurrence::From(1), empty)).await;
        harness.run().await.expect_incomplete();
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_of_the_final_pass_in_an_unexpected_order_does_no_harm() {
    let shuffle = Fault::edit_json(|response| {
        if let Some(items) = response["results"].as_array_mut() {
            items.reverse();
        }
    });
    let plan = also(once(LATE, Fault::change_site(edit_page)), "/wiki/api/v2/*", Occurrence::From(1), shuffle);
    let harness = Harness::start(prepared(|_| {}, Usage::LinkedElsewhere), plan).await;
    harness.run().await.expect_true_verdicts(&harness);
}
