//! Bodies and files that a site does not give out as it should: what is read instead, and what the user may accept.

use confluence_client::Api;
use confluence_sim::site::{ContentVersion, Kind};
use confluence_sim::{Fault, FaultPlan, Occurrence, Site};
use confluence_storage_analyzer::audit::Usage;
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::CrawlOptions;
use confluence_storage_analyzer::inventory::coverage::{UnitEnd, UnitKind};
use serde_json::{Value, json};

use test_support::bench::{Bench, Run, also, always, edit_items, on, without};
use test_support::known::{self, Truth};

const FILE_ID: &str = "11111111-2222-4333-8444-555555555555";
pub(crate) const EMPTY_DOCUMENT: &str = r#"{"type":"doc","version":1,"content":[{"type":"paragraph"}]}"#;

/// A document that shows a file by its media id.
fn document_with(id: &str) -> String {
    json!({"type": "doc", "version": 1, "content": [{"type": "mediaSingle", "content": [
        {"type": "media", "attrs": {"type": "file", "id": id, "collection": "contentId-5001"}}]}]})
    .to_string()
}

fn image(name: &str) -> String {
    format!(r#"<p><ac:image><ri:attachment ri:filename="{name}"/></ac:image></p>"#)
}

fn at(day: u32) -> chrono::DateTime<chrono::Utc> {
    format!("2024-03-{day:02}T10:00:00Z").parse().unwrap()
}

/// A page of two files whose body is empty in storage format, at a version; the first file bears [`FILE_ID`].
pub(crate) fn blank(body: &str, version: u32) -> Site {
    Site::new()
        .space("ENG", "Engineering")
        .page("5001", "Looks empty", body)
        .with_content(|page| {
            page.versions.extend((2..=version).map(|number| ContentVersion::new(number, at(number), "557058:a")));
        })
        .attachment("att501", "shown.png", 5)
        .with_attachment(|file| FILE_ID.clone_into(&mut file.versions[0].file_id))
        .attachment("att502", "other.png", 6)
        .page("5002", "Plain", "<p>text</p>")
}

pub(crate) async fn usages(site: Site, faults: FaultPlan) -> (Run, Usage, Usage) {
    let used = |usage| [("att501", usage), ("att502", Usage::Unreferenced)];
    let truth: Truth = used(Usage::Embedded).map(|(id, usage)| (id.to_owned(), usage)).into();
    let bench = Bench::start((site, truth), faults).await;
    let run = bench.run().await;
    let (shown, other) = (run.usage("att501"), run.usage("att502"));
    (run, shown, other)
}

#[tokio::test(start_paused = true)]
async fn an_empty_body_is_held_against_its_document() {
    for body in ["", "<p></p>", "<p local-id=\"a\">&nbsp;</p>"] {
        let site = with_page(blank(body, 3), |page| page.document = Some(document_with(FILE_ID)));
        let (run, shown, other) = usages(site, FaultPlan::none()).await;
        assert_eq!(run.status(), ExitStatus::Complete, "{body}");
        assert_eq!((shown, other), (Usage::Embedded, Usage::Unreferenced), "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_live_doc_of_one_version_is_held_against_its_document_too() {
    let live = |document: &str| {
        with_page(blank("", 1), |page| {
            page.live = true;
            page.document = Some(document.to_owned());
        })
    };
    let (_, shown, other) = usages(live(&document_with(FILE_ID)), FaultPlan::none()).await;
    assert_eq!((shown, other), (Usage::Embedded, Usage::Unreferenced));
    // empty in every form, and nothing before it: nobody can tell
    let (run, shown, other) = usages(live(EMPTY_DOCUMENT), FaultPlan::none()).await;
    assert_eq!(run.status(), ExitStatus::Complete);
    assert_eq!((shown, other), (Usage::Undetermined, Usage::Undetermined));
    let reading = run.reading();
    assert!(reading.audit.files[0].reasons[0].contains("empty in every form"), "{:?}", reading.audit.files[0].reasons);
}

#[tokio::test(start_paused = true)]
async fn what_the_version_before_an_empty_one_named_counts_as_possible() {
    let site = with_page(blank("<p />", 2), |page| {
        page.document = Some(EMPTY_DOCUMENT.to_owned());
        page.earlier_bodies.insert(1, image("shown.png"));
    });
    let (run, shown, other) = usages(site.clone(), FaultPlan::none()).await;
    assert_eq!((shown, other), (Usage::Embedded, Usage::Unreferenced));
    let label = run.reading().audit.files[0].certainty.map(storage_format::Certainty::label);
    assert_eq!(label, Some("possible"));
    // a version that was deleted tells nothing
    let deleted = also(FaultPlan::none(), "/wiki/api/v2/pages/5001", Occurrence::From(2), Fault::status(404));
    let (run, shown, other) = usages(site, deleted).await;
    assert_eq!(run.status(), ExitStatus::Complete, "{:#?}", run.reading().inventory.coverage.gaps);
    assert_eq!((shown, other), (Usage::Undetermined, Usage::Undetermined));
}

#[tokio::test(start_paused = true)]
async fn a_page_that_was_empty_before_is_empty() {
    let truth: Truth = [("att501", Usage::Unreferenced), ("att502", Usage::Unreferenced)]
        .map(|(id, usage)| (id.to_owned(), usage))
        .into();
    for site in [blank("", 1), blank("", 2), blank("<p></p>", 4)] {
        let bench = Bench::start((site, truth.clone()), FaultPlan::none()).await;
        bench.run().await.expect_true(&bench);
    }
}

#[tokio::test(start_paused = true)]
async fn a_document_that_cannot_be_read_makes_the_run_incomplete() {
    let site = with_page(blank("", 2), |page| page.document = Some(document_with(FILE_ID)));
    let (run, shown, _) = usages(site, always("/wiki/api/v2/pages/5001", Fault::status(503))).await;
    run.expect_incomplete();
    assert_eq!(shown, Usage::Undetermined);
}

#[tokio::test(start_paused = true)]
async fn owners_read_again_alone_keep_what_their_document_names() {
    let site = with_page(blank("<p></p>", 3), |page| page.document = Some(document_with(FILE_ID)));
    let truth: Truth =
        [("att501", Usage::Embedded), ("att502", Usage::Unreferenced)].map(|(id, usage)| (id.to_owned(), usage)).into();
    let bench = Bench::start((site, truth), FaultPlan::none()).await;
    let options = CrawlOptions { verify_all: true, ..CrawlOptions::default() };
    bench.run_as(&Api::new(bench.settings()).unwrap(), &options).await.expect_true(&bench);
}

/// The site with a change to the page 5001.
pub(crate) fn with_page(mut site: Site, change: impl FnOnce(&mut confluence_sim::site::Content)) -> Site {
    change(site.contents.iter_mut().find(|content| content.id == "5001").unwrap());
    site
}

/// A page of the known site whose body the server gives in no form, in lists and alone.
fn no_body(id: &str) -> FaultPlan {
    always("/wiki/api/v2/*", without(id, "/body"))
}

pub(crate) async fn run_accepting(bench: &Bench, accepted: &[&str]) -> Run {
    let accept_unread = accepted.iter().map(|one| one.parse().unwrap()).collect();
    let options = CrawlOptions { accept_unread, ..CrawlOptions::default() };
    bench.run_as(&Api::new(bench.settings()).unwrap(), &options).await
}

#[tokio::test(start_paused = true)]
async fn a_body_that_storage_format_lacks_is_read_as_a_document() {
    let (mut site, truth) = known::site();
    let page = site.contents.iter_mut().find(|content| content.id == "1004").unwrap();
    page.document = Some(document_with(FILE_ID));
    for place in ["/body/storage", "/body/storage/value"] {
        let lacking = always("/wiki/api/v2/*", without("1004", place));
        let bench = Bench::start((site.clone(), truth.clone()), lacking).await;
        bench.run().await.expect_true(&bench);
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_without_a_body_can_be_accepted_for_its_version() {
    let bench = Bench::known(no_body("1006")).await;
    let run = bench.run().await;
    run.expect_incomplete();
    assert!(run.reason(UnitKind::Body).contains("accept_unread = 1006@1"), "{}", run.reason(UnitKind::Body));

    let run = run_accepting(&bench, &["1006@1"]).await;
    let reading = run.reading();
    assert_eq!(reading.status, ExitStatus::Complete, "{:#?}", reading.inventory.coverage.gaps);
    let accepted: Vec<String> = reading.inventory.coverage.accepted().iter().map(ToString::to_string).collect();
    assert_eq!(accepted, ["1006@1"]);
    // its own file cannot be judged, all others can
    assert_eq!(run.usage("att112"), Usage::Undetermined);
    let mut others = run.usages();
    let mut truth = bench.truth.clone();
    others.remove("att112");
    truth.remove("att112");
    assert_eq!(others, truth);

    // another version is another content
    let run = run_accepting(&bench, &["1006@2"]).await;
    run.expect_incomplete();
    assert!(run.warns("no longer holds"), "{:?}", run.reading().inventory.coverage.warnings);
}

#[tokio::test(start_paused = true)]
async fn files_on_the_page_of_an_accepted_comment_are_not_judged() {
    let (site, mut truth) = known::site();
    let site = site.space("NEW", "New").page("5001", "Discussed", "<p>x</p>").attachment("att501", "a.png", 5);
    let site = site.footer_comment("5002", &image("a.png"));
    truth.insert("att501".to_owned(), Usage::LinkedElsewhere);
    let bench = Bench::start((site, truth), no_body("5002")).await;
    let run = run_accepting(&bench, &["5002@1"]).await;
    assert_eq!(run.status(), ExitStatus::Complete);
    assert_eq!(run.usage("att501"), Usage::Undetermined);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_id_is_refused_and_what_can_be_read_is_mentioned() {
    let bench = Bench::known(FaultPlan::none()).await;
    let run = run_accepting(&bench, &["999999@1"]).await;
    assert_eq!(run.failure().status, ExitStatus::Usage);
    assert!(run.failure().what.contains("999999@1"), "{:?}", run.failure());
    let run = run_accepting(&bench, &["1006@1"]).await;
    run.expect_true(&bench);
    assert!(run.warns("accept_unread = 1006@1 is not needed"), "{:?}", run.reading().inventory.coverage.warnings);
    // where a list has a hole, it may be in there
    let bench = Bench::known(always("/wiki/api/v2/blogposts", Fault::status(404))).await;
    let run = run_accepting(&bench, &["2002@1"]).await;
    run.expect_incomplete();
    assert!(run.warns("names nothing"), "{:?}", run.reading().inventory.coverage.warnings);
}

#[tokio::test(start_paused = true)]
async fn what_fails_on_the_way_cannot_be_accepted() {
    for status in [429, 500, 503] {
        let plan = no_body("1006");
        let plan = also(plan, "/wiki/api/v2/pages/1006", Occurrence::From(1), Fault::status(status));
        let bench = Bench::known(plan).await;
        let run = run_accepting(&bench, &["1006@1"]).await;
        assert_ne!(run.status(), ExitStatus::Complete, "{status}");
        assert!(run.reading().inventory.coverage.accepted().is_empty(), "{status}");
    }
    let refused = also(no_body("1006"), "/wiki/api/v2/pages/1006", Occurrence::From(1), Fault::status(403));
    let bench = Bench::known(refused).await;
    assert_eq!(run_accepting(&bench, &["1006@1"]).await.status(), ExitStatus::Complete, "a refusal stays");
}

#[tokio::test(start_paused = true)]
async fn a_file_without_a_version_is_read_alone() {
    let null = || {
        edit_items(|item| {
            if item["id"] == "att109" {
                item["version"] = Value::Null;
            }
        })
    };
    // the list leaves it out, the file itself tells it
    let bench = Bench::known(always("/wiki/api/v2/attachments", null())).await;
    bench.run().await.expect_true(&bench);
    // neither does, the list of its versions tells
    let plan = also(
        always("/wiki/api/v2/attachments", null()),
        "/wiki/api/v2/attachments/att109",
        Occurrence::From(1),
        null(),
    );
    let bench = Bench::known(plan.clone()).await;
    bench.run().await.expect_true(&bench);
    // nothing tells
    let nothing = Fault::edit_json(|list| list["results"] = json!([]));
    let plan = also(plan, "/wiki/api/v2/attachments/att109/versions", Occurrence::From(1), nothing);
    let bench = Bench::known(plan).await;
    let run = bench.run().await;
    run.expect_incomplete();
    assert!(run.reason(UnitKind::AttachmentVersion).contains("accept_unread = att109@0"));
    let run = run_accepting(&bench, &["att109@0"]).await;
    assert_eq!(run.status(), ExitStatus::Complete, "{:#?}", run.reading().inventory.coverage.gaps);
    assert_eq!(run.usage("att109"), Usage::Undetermined);
}

#[tokio::test(start_paused = true)]
async fn files_without_a_version_are_read_side_by_side() {
    let mut site = Site::new().space("ENG", "Engineering").page("5001", "Many files", "<p>x</p>");
    let ids: Vec<String> = (501..509).map(|number| format!("att{number}")).collect();
    for id in &ids {
        site = site.attachment(id, &format!("{id}.png"), 5);
    }
    let truth: Truth = ids.iter().map(|id| (id.clone(), Usage::Unreferenced)).collect();
    // each is asked for again after a while
    let paths = ids.iter().map(|id| format!("/wiki/api/v2/attachments/{id}"));
    let unnumbered = always("/wiki/api/v2/attachments", edit_items(|item| item["version"] = Value::Null));
    let plan = paths.fold(unnumbered, |plan, path| also(plan, &path, Occurrence::Only(1), Fault::status(404)));
    let bench = Bench::start((site, truth), plan).await;
    bench.run().await.expect_true(&bench);
    let asked: Vec<String> = bench.server.requests().into_iter().map(|request| request.path).collect();
    let asked: Vec<&str> = asked.iter().filter_map(|path| path.strip_prefix("/wiki/api/v2/attachments/")).collect();
    let one_by_one: Vec<&str> = ids.iter().flat_map(|id| [id.as_str(); 2]).collect();
    assert!(asked.len() >= one_by_one.len(), "{asked:?}");
    assert_ne!(asked[..one_by_one.len()], one_by_one);
}

/// App content that owns a file, and another of the same type that has none.
fn with_app_content(body: &str) -> (Site, Truth) {
    let (site, mut truth) = known::site();
    let mut owner = site.new_content(Kind::CustomContent, "6001", "Board", "<p>board</p>");
    owner.custom_type = Some("ac:com.acme.boards:board".to_owned());
    owner.container = Some("1001".to_owned());
    let mut other = site.new_content(Kind::CustomContent, "6002", "Other board", body);
    other.custom_type.clone_from(&owner.custom_type);
    other.container = Some("1001".to_owned());
    let file = confluence_sim::site::Container::CustomContent("6001".to_owned());
    let site = site.content(owner).content(other).attachment_of(file, "att601", "board.bin", 6);
    truth.insert("att601".to_owned(), Usage::NotJudged);
    truth.insert("att902".to_owned(), Usage::LinkedElsewhere);
    (site, truth)
}

#[tokio::test(start_paused = true)]
async fn app_content_without_a_body_does_not_name_nothing() {
    let names_spare = r#"<ac:image><ri:attachment ri:filename="spare.png"><ri:page ri:space-key="ENG" ri:content-title="Home"/></ri:attachment></ac:image>"#;
    // null in the list: it is read alone
    let null = || {
        edit_items(|item| {
            if item["id"] == "6002" {
                item["body"]["storage"]["value"] = Value::Null;
            }
        })
    };
    let bench = Bench::start(with_app_content(names_spare), always("/wiki/api/v2/custom-content", null())).await;
    bench.run().await.expect_true(&bench);
    // and alone in storage format: the app's own form is read
    let plan = always("/wiki/api/v2/custom-content*", null());
    let bench = Bench::start(with_app_content(names_spare), plan).await;
    bench.run().await.expect_true(&bench);
    // in no form
    let plan = always("/wiki/api/v2/custom-content*", without("6002", "/body"));
    let bench = Bench::start(with_app_content(names_spare), plan).await;
    let run = bench.run().await;
    run.expect_incomplete();
    assert!(run.gap(UnitKind::Body).subject.contains("6002"));
    assert!(matches!(run.gap(UnitKind::Body).end, UnitEnd::Failed { .. }));
}

#[tokio::test(start_paused = true)]
async fn an_empty_text_or_another_representation_in_a_list_is_read_alone() {
    let edits: [fn(&mut Value); 2] = [
        |body| body["storage"]["value"] = "".into(),
        |body| *body = json!({"storage": {"representation": "view", "value": "<p>rendered</p>"}}),
    ];
    let lists = [
        "/wiki/api/v2/pages",
        "/wiki/api/v2/blogposts",
        "/wiki/api/v2/footer-comments",
        "/wiki/api/v2/inline-comments",
    ];
    for edit in edits {
        let plan = lists.iter().fold(FaultPlan::none(), |plan, list| {
            let fault = edit_items(move |item| {
                if item["body"].is_object() {
                    edit(&mut item["body"]);
                }
            });
            also(plan, list, Occurrence::From(1), fault)
        });
        let bench = Bench::known(plan).await;
        bench.run().await.expect_true(&bench);
    }
    let template = edit_items(|item| {
        if item["templateId"] == "7001" {
            item["body"]["storage"]["value"] = "".into();
        }
    });
    let bench = Bench::known(on("/wiki/rest/api/template/page", Occurrence::From(1), template)).await;
    bench.run().await.expect_true(&bench);
}
