//! An incomplete scan never looks complete, and calls nothing unreferenced.

use std::fs;

use chrono::{TimeDelta, Utc};
use confluence_sim::site::{Attachment, Container, Content, ContentType, Site, Status};
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern, sample_site};

use crate::run_program::{Finished, Server, file_name};

fn on(path: &str, occurrence: Occurrence, fault: Fault) -> FaultPlan {
    FaultPlan::none().on(RoutePattern::path(path).unwrap(), occurrence, fault)
}

/// Asserts that folder, banner, tables and manifest say incomplete, and that no file is called unreferenced.
fn assert_marked_incomplete(run: &Finished, status: i32) {
    assert_eq!(run.status, status, "{}", run.stderr);
    let report = run.report();
    assert!(file_name(&report).ends_with("_INCOMPLETE"), "{}", report.display());
    assert_eq!(run.run_json()["complete"], false);
    let mut rows = 0;
    for row in run.rows("attachments.csv") {
        assert_ne!(row["Usage"], "unreferenced", "{row:?}");
        assert_eq!(row["Run Complete"], "No");
        rows += 1;
    }
    let owners: Vec<String> =
        fs::read_dir(report.join("owners")).unwrap().map(|entry| file_name(&entry.unwrap().path())).collect();
    assert_eq!(owners, ["index.html"], "nothing to decide about");
    let folders = fs::read_dir(&report).unwrap().map(|entry| entry.unwrap().path());
    for entry in folders.filter(|path| path.is_dir() && !path.ends_with("owners")) {
        let name = file_name(&entry);
        assert_eq!(run.rows(&format!("{name}/{name}_unreferenced.csv")).len(), 0, "{name}");
        let page = fs::read_to_string(entry.join(format!("{name}_unreferenced.html"))).unwrap();
        assert!(page.contains("INCOMPLETE"), "{name}");
    }
    let index = fs::read_to_string(report.join("index.html")).unwrap();
    assert!(index.contains("INCOMPLETE"));
    assert!(rows > 0 || status == 4, "the files read are still listed");
    assert!(run.stderr.contains("INCOMPLETE"), "{}", run.stderr);
}

#[test]
fn denied_comments_make_the_run_incomplete() {
    let server = Server::sample(on("/wiki/api/v2/footer-comments", Occurrence::From(1), Fault::status(403)));
    let run = server.run(&[]);
    assert_marked_incomplete(&run, 3);
    let index = fs::read_to_string(run.report().join("index.html")).unwrap();
    assert!(index.contains("footer comments"), "the page says what was not read");
    assert!(run.stderr.contains("not read: footer comments of the site: access denied"), "and so does the terminal");
    let snapshot = server.run(&["snapshot"]);
    assert_eq!(snapshot.status, 3, "{}", snapshot.stderr);
    assert!(snapshot.stderr.contains("not read: footer comments"), "{}", snapshot.stderr);
}

#[test]
fn a_plan_without_readable_comments_has_a_gap_and_does_not_blame_the_token() {
    let server = Server::sample(on("/wiki/api/v2/footer-comments", Occurrence::From(1), Fault::status(403)));
    let run = server.run(&["--dry-run"]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert!(run.stderr.contains("not counted: footer comments of the site"), "{}", run.stderr);
}

#[test]
fn denied_templates_make_the_run_incomplete() {
    assert_marked_incomplete(
        &Server::sample(on("/wiki/rest/api/template/*", Occurrence::Only(3), Fault::status(403))).run(&[]),
        3,
    );
}

#[test]
fn a_page_of_results_with_malformed_items_makes_the_run_incomplete() {
    assert_marked_incomplete(
        &Server::sample(on("/wiki/api/v2/pages", Occurrence::Only(2), Fault::MalformedItems)).run(&[]),
        3,
    );
}

#[test]
fn a_denied_old_version_makes_the_run_incomplete() {
    let faults = on("/wiki/api/v2/attachments/att*", Occurrence::Only(7), Fault::status(403));
    assert_marked_incomplete(&Server::sample(faults).run(&[]), 3);
}

#[test]
fn a_removed_endpoint_is_not_an_empty_list() {
    let faults = on("/wiki/api/v2/inline-comments", Occurrence::From(1), Fault::status(410));
    assert_marked_incomplete(&Server::sample(faults).run(&[]), 3);
}

/// The sample with more owners of files than the list comparison samples, and one more, whose only file is among the
/// newest: `att899999` of page 79999. The search does not show it either, as if its index lagged.
fn sample_with_a_file_that_one_list_hides(plan: impl FnOnce(RoutePattern, Fault) -> FaultPlan) -> Server {
    with_a_file_that_one_list_hides(sample_site(Utc::now()), plan)
}

/// Like [`sample_with_a_file_that_one_list_hides`], with another site instead of the sample.
fn with_a_file_that_one_list_hides(mut site: Site, plan: impl FnOnce(RoutePattern, Fault) -> FaultPlan) -> Server {
    let owner = site.contents.iter().find(|content| content.kind == ContentType::Page).unwrap().clone();
    let mut like = site.attachments.iter().find(|file| file.status == Status::Current).unwrap().clone();
    // every old version would cost a request
    like.versions.truncate(1);
    for number in 0..100 {
        let id = (70_000 + number).to_string();
        for copy in 0..2 {
            let mut file = Attachment { id: format!("att{}", 800_000 + 2 * number + copy), ..like.clone() };
            file.container = Container::Page(id.clone());
            site.attachments.push(file);
        }
        site.contents.push(Content { id, title: format!("Owner {number}"), ..owner.clone() });
    }
    let mut newest = Attachment { id: "att899999".to_owned(), ..like };
    newest.container = Container::Page("79999".to_owned());
    newest.versions[0].created_at = Utc::now() - TimeDelta::hours(1);
    site.attachments.push(newest);
    site.contents.push(Content { id: "79999".to_owned(), title: "Owner of one file".to_owned(), ..owner });
    let hide = Fault::edit_json(|response| {
        if let Some(items) = response["results"].as_array_mut() {
            items.retain(|item| item["id"] != "att899999");
        }
    });
    let index = RoutePattern::path("/wiki/rest/api/content/search").unwrap();
    let attachments = RoutePattern::path("/wiki/api/v2/attachments").unwrap();
    Server::start(site, plan(attachments, hide.clone()).on(index, Occurrence::From(1), hide))
}

#[test]
fn a_file_hidden_by_one_order_of_the_list_is_noticed() {
    for (order, direction) in [("created-date", "ascending"), ("-created-date", "descending")] {
        let server = sample_with_a_file_that_one_list_hides(|list, hide| {
            FaultPlan::none().on(list.with_query("sort", order), Occurrence::From(1), hide)
        });
        let run = server.run(&[]);
        assert_marked_incomplete(&run, 3);
        let gaps = run.run_json()["coverage"]["gaps"].to_string();
        let hole = format!("exists, but the list of attachments in {direction} order of created-date does not show it");
        assert!(gaps.contains("attachment att899999") && gaps.contains(&hole), "{gaps}");
    }
}

#[test]
fn a_rejected_order_needs_the_search_as_cross_check() {
    let refuse = |list: RoutePattern| {
        FaultPlan::none().on(list.with_query("sort", "-created-date"), Occurrence::From(1), Fault::status(403))
    };
    let run = with_a_file_that_one_list_hides(without_archives(true, true), |list, _| refuse(list)).run(&[]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let search = || RoutePattern::path("/wiki/rest/api/content/search").unwrap();
    let plan = |list| refuse(list).on(search(), Occurrence::From(1), Fault::status(403));
    let run = with_a_file_that_one_list_hides(without_archives(true, true), |list, _| plan(list)).run(&[]);
    assert_marked_incomplete(&run, 3);
    let gaps = run.run_json()["coverage"]["gaps"].to_string();
    assert!(gaps.contains("refuses the list in another order or page size, and the search is not available"), "{gaps}");
    // the search does not show archived spaces and pages
    for (spaces, pages) in [(false, true), (true, false)] {
        let site = without_archives(spaces, pages);
        let run = with_a_file_that_one_list_hides(site, |list, _| refuse(list)).run(&[]);
        assert_marked_incomplete(&run, 3);
        let gaps = run.run_json()["coverage"]["gaps"].to_string();
        assert!(gaps.contains("and the search does not cover archived spaces"), "{gaps}");
    }
}

/// The sample with archived spaces, or archived pages, made current.
fn without_archives(spaces: bool, pages: bool) -> Site {
    let mut site = sample_site(Utc::now());
    site.spaces.iter_mut().for_each(|space| space.archived &= !spaces);
    for content in site.contents.iter_mut().filter(|content| pages && content.status == Status::Archived) {
        content.status = Status::Current;
    }
    site
}

#[test]
fn lists_that_agree_leave_the_run_complete_whatever_the_index_lacks() {
    let run = sample_with_a_file_that_one_list_hides(|_, _| FaultPlan::none()).run(&[]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(run.usages().get("att899999").map(String::as_str), Some("unreferenced"));
}

#[test]
fn a_list_with_repeated_cursors_makes_the_run_incomplete() {
    let faults = on("/wiki/api/v2/attachments", Occurrence::From(1), Fault::RepeatedCursor);
    assert_marked_incomplete(&Server::sample(faults).run(&[]), 3);
}

#[test]
fn a_token_that_expires_during_the_run_ends_with_4_and_a_marked_report() {
    let server = Server::sample(FaultPlan::none().unauthorized_from(60));
    let run = server.run(&[]);
    assert_marked_incomplete(&run, 4);
    assert!(server.server.requests().len() < 60 + 20, "{}", server.server.requests().len());
}

#[test]
fn responses_that_become_anonymous_during_the_run_are_not_trusted() {
    let server = Server::sample(FaultPlan::none().anonymous_from(60));
    let run = server.run(&[]);
    assert_marked_incomplete(&run, 4);
}

#[test]
fn reading_only_the_selected_spaces_leaves_files_without_a_use_undetermined() {
    let server = Server::sample(FaultPlan::none());
    let run = server.run(&["--space", "ENG", "--references-within"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    for row in run.rows("attachments.csv") {
        assert_ne!(row["Usage"], "unreferenced", "{row:?}");
    }
    assert_eq!(run.rows("ENG/ENG_unreferenced.csv").len(), 0);
}

#[test]
fn selecting_spaces_limits_the_report_but_not_the_crawl() {
    let server = Server::sample(FaultPlan::none());
    let all_spaces = server.run(&[]);
    let some = server.run(&["--space", "ENG", "--space", "des"]);
    assert_eq!(some.status, 0, "{}", some.stderr);
    let all = all_spaces.usages();
    let selected = some.usages();
    assert!(selected.len() < all.len() && selected.len() > 50);
    for (id, usage) in selected {
        assert_eq!(all[&id], usage, "{id}");
    }
    assert!(!some.report().join("HR").exists());
}

#[test]
fn an_unknown_space_is_not_a_usage_error_if_a_list_of_spaces_failed() {
    let archived = || RoutePattern::path("/wiki/api/v2/spaces").unwrap().with_query("status", "archived");
    for (fault, status) in [(Fault::status(404), 5), (Fault::status(400), 5), (Fault::status(403), 4)] {
        for arguments in [&["--space", "OLD"][..], &["snapshot", "--space", "OLD"], &["--dry-run", "--space", "OLD"]] {
            let faults = FaultPlan::none().on(archived(), Occurrence::From(1), fault.clone());
            let run = Server::sample(faults).run(arguments);
            assert_eq!(run.status, status, "{arguments:?}: {}", run.stderr);
            assert!(run.stderr.contains("OLD, but not all spaces could be listed"), "{}", run.stderr);
            assert!(run.reports().is_empty());
        }
    }
    // an invalid argument remains a usage error
    let faults = FaultPlan::none().on(archived(), Occurrence::From(1), Fault::status(404));
    assert_eq!(Server::sample(faults).run(&["--space", "[a"]).status, 2);
}
