//! An incomplete scan never looks complete, and calls nothing unreferenced.

use std::fs;

use chrono::{TimeDelta, Utc};
use confluence_sim::site::{Attachment, Container, Content, Kind, Site, Status};
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern, sample_site};

use crate::program::{Finished, Server, file_name};

fn on(path: &str, occurrence: Occurrence, fault: Fault) -> FaultPlan {
    FaultPlan::none().on(RoutePattern::path(path).unwrap(), occurrence, fault)
}

/// Folder, banner, tables and manifest all say incomplete, and no file is called unreferenced.
fn is_marked_incomplete(run: &Finished, status: i32) {
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
    for entry in fs::read_dir(&report).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
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
fn comments_that_may_not_be_read() {
    let server = Server::sample(on("/wiki/api/v2/footer-comments", Occurrence::From(1), Fault::status(403)));
    let run = server.run(&[]);
    is_marked_incomplete(&run, 3);
    let index = fs::read_to_string(run.report().join("index.html")).unwrap();
    assert!(index.contains("footer comments"), "the page says what was not read");
    assert!(run.stderr.contains("not read: footer comments of the site: access denied"), "and so does the terminal");
    let snapshot = server.run(&["snapshot"]);
    assert_eq!(snapshot.status, 3, "{}", snapshot.stderr);
    assert!(snapshot.stderr.contains("not read: footer comments"), "{}", snapshot.stderr);
}

#[test]
fn a_plan_without_the_comments_is_a_plan_with_a_gap_and_no_dead_token() {
    let server = Server::sample(on("/wiki/api/v2/footer-comments", Occurrence::From(1), Fault::status(403)));
    let run = server.run(&["--dry-run"]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert!(run.stderr.contains("not counted: footer comments of the site"), "{}", run.stderr);
}

#[test]
fn templates_that_may_not_be_read() {
    is_marked_incomplete(
        &Server::sample(on("/wiki/rest/api/template/*", Occurrence::Only(3), Fault::status(403))).run(&[]),
        3,
    );
}

#[test]
fn one_page_of_a_list_with_broken_items() {
    is_marked_incomplete(
        &Server::sample(on("/wiki/api/v2/pages", Occurrence::Only(2), Fault::MalformedItems)).run(&[]),
        3,
    );
}

#[test]
fn an_old_version_that_may_not_be_read() {
    let faults = on("/wiki/api/v2/attachments/att*", Occurrence::Only(7), Fault::status(403));
    is_marked_incomplete(&Server::sample(faults).run(&[]), 3);
}

#[test]
fn an_endpoint_that_is_gone_is_not_empty() {
    let faults = on("/wiki/api/v2/inline-comments", Occurrence::From(1), Fault::status(410));
    is_marked_incomplete(&Server::sample(faults).run(&[]), 3);
}

/// The sample with more owners of files than the comparison of lists looks at, and one more, whose only file is among the
/// newest: `att899999` of page 79999. The search does not know it either, as an index that lags.
fn a_file_that_one_list_hides(plan: impl FnOnce(RoutePattern, Fault) -> FaultPlan) -> Server {
    a_file_of_a_site_that_one_list_hides(sample_site(Utc::now()), plan)
}

/// The same of another site.
fn a_file_of_a_site_that_one_list_hides(mut site: Site, plan: impl FnOnce(RoutePattern, Fault) -> FaultPlan) -> Server {
    let owner = site.contents.iter().find(|content| content.kind == Kind::Page).unwrap().clone();
    let mut like = site.attachments.iter().find(|file| file.status == Status::Current).unwrap().clone();
    // each old version would be a request
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
    let hide = Fault::edit_json(|answer| {
        if let Some(items) = answer["results"].as_array_mut() {
            items.retain(|item| item["id"] != "att899999");
        }
    });
    let index = RoutePattern::path("/wiki/rest/api/content/search").unwrap();
    let attachments = RoutePattern::path("/wiki/api/v2/attachments").unwrap();
    Server::start(site, plan(attachments, hide.clone()).on(index, Occurrence::From(1), hide))
}

#[test]
fn a_file_that_one_order_of_the_list_hides_is_missed() {
    for (order, end) in [("created-date", "first"), ("-created-date", "last")] {
        let server = a_file_that_one_list_hides(|list, hide| {
            FaultPlan::none().on(list.with_query("sort", order), Occurrence::From(1), hide)
        });
        let run = server.run(&[]);
        is_marked_incomplete(&run, 3);
        let gaps = run.run_json()["coverage"]["gaps"].to_string();
        let hole = format!("is there, but the list of attachments by created-date, the {end} first, does not show it");
        assert!(gaps.contains("attachment att899999") && gaps.contains(&hole), "{gaps}");
    }
}

#[test]
fn an_order_that_is_refused_needs_the_search_to_stand_in() {
    let refuse = |list: RoutePattern| {
        FaultPlan::none().on(list.with_query("sort", "-created-date"), Occurrence::From(1), Fault::status(403))
    };
    let run = a_file_of_a_site_that_one_list_hides(without_archives(true, true), |list, _| refuse(list)).run(&[]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let search = || RoutePattern::path("/wiki/rest/api/content/search").unwrap();
    let plan = |list| refuse(list).on(search(), Occurrence::From(1), Fault::status(403));
    let run = a_file_of_a_site_that_one_list_hides(without_archives(true, true), |list, _| plan(list)).run(&[]);
    is_marked_incomplete(&run, 3);
    let gaps = run.run_json()["coverage"]["gaps"].to_string();
    assert!(gaps.contains("refuses another view of the list, and so does the search"), "{gaps}");
    // the search shows nothing of what is archived
    for (spaces, pages) in [(false, true), (true, false)] {
        let site = without_archives(spaces, pages);
        let run = a_file_of_a_site_that_one_list_hides(site, |list, _| refuse(list)).run(&[]);
        is_marked_incomplete(&run, 3);
        let gaps = run.run_json()["coverage"]["gaps"].to_string();
        assert!(gaps.contains("and the search does not look into archived spaces"), "{gaps}");
    }
}

/// The sample with its archived spaces, or its archived pages, made current.
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
    let run = a_file_that_one_list_hides(|_, _| FaultPlan::none()).run(&[]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(run.usages().get("att899999").map(String::as_str), Some("unreferenced"));
}

#[test]
fn a_list_that_turns_in_a_circle() {
    let faults = on("/wiki/api/v2/attachments", Occurrence::From(1), Fault::RepeatedCursor);
    is_marked_incomplete(&Server::sample(faults).run(&[]), 3);
}

#[test]
fn a_token_that_dies_on_the_way_ends_with_4_and_a_marked_report() {
    let server = Server::sample(FaultPlan::none().unauthorized_from(60));
    let run = server.run(&[]);
    is_marked_incomplete(&run, 4);
    assert!(server.server.requests().len() < 60 + 20, "{}", server.server.requests().len());
}

#[test]
fn answers_that_turn_anonymous_on_the_way_are_not_believed() {
    let server = Server::sample(FaultPlan::none().anonymous_from(60));
    let run = server.run(&[]);
    is_marked_incomplete(&run, 4);
}

#[test]
fn the_chosen_spaces_only_leave_every_unused_file_undetermined() {
    let server = Server::sample(FaultPlan::none());
    let run = server.run(&["--space", "ENG", "--references-within"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    for row in run.rows("attachments.csv") {
        assert_ne!(row["Usage"], "unreferenced", "{row:?}");
    }
    assert_eq!(run.rows("ENG/ENG_unreferenced.csv").len(), 0);
}

#[test]
fn a_selection_of_spaces_narrows_the_report_but_not_the_reading() {
    let server = Server::sample(FaultPlan::none());
    let whole = server.run(&[]);
    let some = server.run(&["--space", "ENG", "--space", "des"]);
    assert_eq!(some.status, 0, "{}", some.stderr);
    let all = whole.usages();
    let selected = some.usages();
    assert!(selected.len() < all.len() && selected.len() > 50);
    for (id, usage) in selected {
        assert_eq!(all[&id], usage, "{id}");
    }
    assert!(!some.report().join("HR").exists());
}

#[test]
fn a_space_that_may_be_in_a_list_that_failed_is_no_mistake_of_the_user() {
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
    // what is wrong whatever the list holds stays the user's to mend
    let faults = FaultPlan::none().on(archived(), Occurrence::From(1), Fault::status(404));
    assert_eq!(Server::sample(faults).run(&["--space", "[a"]).status, 2);
}
