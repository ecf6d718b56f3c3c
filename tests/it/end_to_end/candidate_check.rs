//! The check of candidates: changes during the crawl are noticed.

use chrono::{Duration, Utc};
use confluence_sim::{FaultPlan, Site};

use crate::run_program::Server;

fn image(name: &str) -> String {
    format!(r#"<ac:image><ri:attachment ri:filename="{name}"/></ac:image>"#)
}

fn site() -> Site {
    Site::new()
        .space("ENG", "Engineering")
        .page("1001", "Plan", &image("shown.png"))
        .attachment("att5001", "shown.png", 10)
        .attachment("att5002", "orphan.zip", 20)
        .page("1002", "Other", "<p>nothing yet</p>")
}

#[test]
fn a_use_that_appears_while_the_site_is_read_is_found() {
    let plain = Server::start(site(), FaultPlan::none()).run(&[]).usages();
    assert_eq!((plain["att5001"].as_str(), plain["att5002"].as_str()), ("embedded", "unreferenced"));
    // after the pages were listed, another page is edited to link the file
    let faults = FaultPlan::none().change_site_at(14, |site| {
        let page = site.contents.iter_mut().find(|content| content.id == "1002").unwrap();
        page.body = r#"<ac:link><ri:attachment ri:filename="orphan.zip"><ri:page ri:content-title="Plan"/></ri:attachment></ac:link>"#.to_owned();
        let author = page.versions[0].author.clone();
        let number = page.versions.last().unwrap().number + 1;
        page.versions.push(confluence_sim::site::ContentVersion::new(number, Utc::now(), &author));
    });
    let server = Server::start(site(), faults);
    let run = server.run(&[]);
    let listed = server.server.requests().iter().position(|request| request.path.ends_with("/api/v2/pages"));
    assert!(listed.is_some_and(|position| position < 14), "the page was read before it changed: {listed:?}");
    assert_eq!(run.usages()["att5002"], "linked-elsewhere", "{}", run.stderr);
}

#[test]
fn a_draft_newer_than_its_page_counts() {
    let long_ago = Utc::now() - Duration::days(30);
    let draft = image("for-the-draft.png");
    let build = |saved: bool| {
        let site = Site::new().space("ENG", "Engineering").page("1001", "Plan", "<p>x</p>");
        let site = if saved { site.draft(&draft, long_ago + Duration::days(20)) } else { site };
        site.attachment("att5001", "for-the-draft.png", 10).with_attachment(|file| {
            file.versions[0].created_at = long_ago + Duration::days(19);
        })
    };
    let with_draft = Server::start(build(true), FaultPlan::none()).run(&[]);
    let row = &with_draft.rows("attachments.csv")[0];
    assert_eq!((row["Usage"].as_str(), row["Linked Content IDs"].as_str()), ("linked-elsewhere", "1001(draft)"));
    let without = Server::start(build(false), FaultPlan::none()).run(&[]);
    assert_eq!(without.usages()["att5001"], "unreferenced", "{}", without.stderr);
}

#[test]
fn a_file_uploaded_during_the_run_is_not_judged() {
    let server = Server::start(
        site(),
        FaultPlan::none().change_site_at(14, |site| {
            let new = site.clone().attachment("att5003", "new.bin", 5);
            let mut file = new.attachments.last().unwrap().clone();
            file.container = site.attachments[0].container.clone();
            file.versions[0].created_at = Utc::now();
            site.attachments.push(file);
        }),
    );
    let run = server.run(&[]);
    assert_eq!(run.usages()["att5003"], "undetermined", "{}", run.stderr);
    assert_eq!(run.status, 0);
}

#[test]
fn verify_all_reads_every_owner_of_a_candidate_alone() {
    let server = Server::start(site(), FaultPlan::none());
    let run = server.run(&["--verify", "all"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let alone = |path: &str, query: &str| {
        server.server.requests().iter().any(|request| request.path.ends_with(path) && request.query.contains(query))
    };
    assert!(alone("/api/v2/pages/1001", "body-format=storage"));
    assert!(alone("/api/v2/pages/1001", "get-draft=true"));
    assert!(alone("/api/v2/pages/1001/properties", ""));
    assert!(!alone("/api/v2/pages/1002", "body-format=storage"), "1002 owns no candidate");
}

#[test]
fn content_properties_of_apps_count_when_owners_are_read_individually() {
    let mut site = site();
    let owner = site.contents.iter_mut().find(|content| content.id == "1001").unwrap();
    owner.properties.insert("viewer-state".to_owned(), serde_json::json!({"file": "att5002"}));
    let server = Server::start(site, FaultPlan::none());
    assert_eq!(server.run(&[]).usages()["att5002"], "unreferenced", "the sweep asks for header images only");
    let run = server.run(&["--verify", "all"]);
    let rows = run.rows("attachments.csv");
    let row = rows.iter().find(|row| row["Attachment ID"] == "att5002").unwrap();
    assert_eq!((row["Usage"].as_str(), row["Certainty"].as_str()), ("embedded", "possible"), "{row:?}");
    assert!(row["Evidence"].contains("viewer-state"), "{row:?}");
}
