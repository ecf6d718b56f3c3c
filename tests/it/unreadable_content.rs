//! Bodies and files that a site does not return properly: what is read instead, and what the user may accept.

use confluence_client::Api;
use confluence_sim::site::{ContentType, ContentVersion};
use confluence_sim::{Fault, FaultPlan, Occurrence, Site};
use confluence_storage_analyzer::audit::Usage;
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::CrawlOptions;
use confluence_storage_analyzer::inventory::coverage::{UnitEnd, UnitKind};
use serde_json::{Value, json};

use test_support::harness::{Harness, Run, also, always, edit_items, on, without};
use test_support::known_site::{self, TrueUsages};

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

/// A site with a page at the given version that has two files; the first has [`FILE_ID`].
pub(crate) fn one_page_site(body: &str, version: u32) -> Site {
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
    let truth: TrueUsages = used(Usage::Embedded).map(|(id, usage)| (id.to_owned(), usage)).into();
    let harness = Harness::start((site, truth), faults).await;
    let run = harness.run().await;
    let (shown, other) = (run.usage("att501"), run.usage("att502"));
    (run, shown, other)
}

#[tokio::test(start_paused = true)]
async fn an_empty_body_is_compared_with_its_document() {
    for body in ["", "<p></p>", "<p local-id=\"a\">&nbsp;</p>"] {
        let site = with_page(one_page_site(body, 3), |page| page.document = Some(document_with(FILE_ID)));
        let (run, shown, other) = usages(site, FaultPlan::none()).await;
        assert_eq!(run.status(), ExitStatus::Complete, "{body}");
        assert_eq!((shown, other), (Usage::Embedded, Usage::Unreferenced), "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_live_doc_of_one_version_is_compared_with_its_document_too() {
    let live = |document: &str| {
        with_page(one_page_site("", 1), |page| {
            page.live = true;
            page.document = Some(document.to_owned());
        })
    };
    let (_, shown, other) = usages(live(&document_with(FILE_ID)), FaultPlan::none()).await;
    assert_eq!((shown, other), (Usage::Embedded, Usage::Unreferenced));
    // empty in every form, and without an earlier version: unknown
    let (run, shown, other) = usages(live(EMPTY_DOCUMENT), FaultPlan::none()).await;
    assert_eq!(run.status(), ExitStatus::Complete);
    assert_eq!((shown, other), (Usage::Undetermined, Usage::Undetermined));
    let audit_run = run.audit_run();
    assert!(
        audit_run.audit.files[0].reasons[0].text.contains("empty in every form"),
        "{:?}",
        audit_run.audit.files[0].reasons
    );
}

#[tokio::test(start_paused = true)]
async fn uses_in_the_version_before_an_empty_one_count_as_possible() {
    let site = with_page(one_page_site("<p />", 2), |page| {
        page.document = Some(EMPTY_DOCUMENT.to_owned());
        page.earlier_bodies.insert(1, image("shown.png"));
    });
    let (run, shown, other) = usages(site.clone(), FaultPlan::none()).await;
    assert_eq!((shown, other), (Usage::Embedded, Usage::Unreferenced));
    let label = run.audit_run().audit.files[0].certainty.map(storage_format::Certainty::label);
    assert_eq!(label, Some("possible"));
    // a deleted version reveals nothing
    let deleted = also(FaultPlan::none(), "/wiki/api/v2/pages/5001", Occurrence::From(2), Fault::status(404));
    let (run, shown, other) = usages(site, deleted).await;
    assert_eq!(run.status(), ExitStatus::Complete, "{:#?}", run.audit_run().inventory.coverage.gaps);
    assert_eq!((shown, other), (Usage::Undetermined, Usage::Undetermined));
}

#[tokio::test(start_paused = true)]
async fn a_page_that_was_empty_before_is_empty() {
    let truth: TrueUsages = [("att501", Usage::Unreferenced), ("att502", Usage::Unreferenced)]
        .map(|(id, usage)| (id.to_owned(), usage))
        .into();
    for site in [one_page_site("", 1), one_page_site("", 2), one_page_site("<p></p>", 4)] {
        let harness = Harness::start((site, truth.clone()), FaultPlan::none()).await;
        harness.run().await.expect_true_verdicts(&harness);
    }
}

#[tokio::test(start_paused = true)]
async fn a_document_that_cannot_be_read_makes_the_run_incomplete() {
    let site = with_page(one_page_site("", 2), |page| page.document = Some(document_with(FILE_ID)));
    let (run, shown, _) = usages(site, always("/wiki/api/v2/pages/5001", Fault::status(503))).await;
    run.expect_incomplete();
    assert_eq!(shown, Usage::Undetermined);
}

#[tokio::test(start_paused = true)]
async fn owners_read_again_keep_the_uses_in_their_document() {
    let site = with_page(one_page_site("<p></p>", 3), |page| page.document = Some(document_with(FILE_ID)));
    let truth: TrueUsages =
        [("att501", Usage::Embedded), ("att502", Usage::Unreferenced)].map(|(id, usage)| (id.to_owned(), usage)).into();
    let harness = Harness::start((site, truth), FaultPlan::none()).await;
    let options = CrawlOptions { verify_all: true, ..CrawlOptions::default() };
    harness.run_as(&Api::new(harness.settings()).unwrap(), &options).await.expect_true_verdicts(&harness);
}

/// The site with a change to the page 5001.
pub(crate) fn with_page(mut site: Site, change: impl FnOnce(&mut confluence_sim::site::Content)) -> Site {
    change(site.contents.iter_mut().find(|content| content.id == "5001").unwrap());
    site
}

/// Faults: the server returns the body of a page in no form, neither in lists nor individually.
fn no_body(id: &str) -> FaultPlan {
    always("/wiki/api/v2/*", without(id, "/body"))
}

pub(crate) async fn run_accepting(harness: &Harness, accepted: &[&str]) -> Run {
    let accept_unread = accepted.iter().map(|one| one.parse().unwrap()).collect();
    let options = CrawlOptions { accept_unread, ..CrawlOptions::default() };
    harness.run_as(&Api::new(harness.settings()).unwrap(), &options).await
}

#[tokio::test(start_paused = true)]
async fn a_body_that_storage_format_lacks_is_read_as_a_document() {
    let (mut site, truth) = known_site::site();
    let page = site.contents.iter_mut().find(|content| content.id == "1004").unwrap();
    page.document = Some(document_with(FILE_ID));
    for pointer in ["/body/storage", "/body/storage/value"] {
        let lacking = always("/wiki/api/v2/*", without("1004", pointer));
        let harness = Harness::start((site.clone(), truth.clone()), lacking).await;
        harness.run().await.expect_true_verdicts(&harness);
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_without_a_body_can_be_accepted_for_its_version() {
    let harness = Harness::known(no_body("1006")).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert!(run.reason(UnitKind::Body).contains("accept_unread = 1006@1"), "{}", run.reason(UnitKind::Body));

    let run = run_accepting(&harness, &["1006@1"]).await;
    let audit_run = run.audit_run();
    assert_eq!(audit_run.status, ExitStatus::Complete, "{:#?}", audit_run.inventory.coverage.gaps);
    let accepted: Vec<String> = audit_run.inventory.coverage.accepted().iter().map(ToString::to_string).collect();
    assert_eq!(accepted, ["1006@1"]);
    // only the page's own file cannot be classified
    assert_eq!(run.usage("att112"), Usage::Undetermined);
    let mut others = run.usages();
    let mut truth = harness.truth.clone();
    others.remove("att112");
    truth.remove("att112");
    assert_eq!(others, truth);

    // acceptance is for one version only
    let run = run_accepting(&harness, &["1006@2"]).await;
    run.expect_incomplete();
    assert!(run.warns("no longer applies"), "{:?}", run.audit_run().inventory.coverage.warnings);
}

#[tokio::test(start_paused = true)]
async fn files_on_the_page_of_an_accepted_comment_are_not_judged() {
    let (site, mut truth) = known_site::site();
    let site = site.space("NEW", "New").page("5001", "Discussed", "<p>x</p>").attachment("att501", "a.png", 5);
    let site = site.footer_comment("5002", &image("a.png"));
    truth.insert("att501".to_owned(), Usage::LinkedElsewhere);
    let harness = Harness::start((site, truth), no_body("5002")).await;
    let run = run_accepting(&harness, &["5002@1"]).await;
    assert_eq!(run.status(), ExitStatus::Complete);
    assert_eq!(run.usage("att501"), Usage::Undetermined);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_id_is_rejected_and_readable_content_is_mentioned() {
    let harness = Harness::known(FaultPlan::none()).await;
    let run = run_accepting(&harness, &["999999@1"]).await;
    assert_eq!(run.failure().status, ExitStatus::Usage);
    assert!(run.failure().what.contains("999999@1"), "{:?}", run.failure());
    let run = run_accepting(&harness, &["1006@1"]).await;
    run.expect_true_verdicts(&harness);
    assert!(run.warns("accept_unread = 1006@1 is not needed"), "{:?}", run.audit_run().inventory.coverage.warnings);
    // if a list is incomplete, the id may be missing from it
    let harness = Harness::known(always("/wiki/api/v2/blogposts", Fault::status(404))).await;
    let run = run_accepting(&harness, &["2002@1"]).await;
    run.expect_incomplete();
    assert!(run.warns("matches nothing"), "{:?}", run.audit_run().inventory.coverage.warnings);
}

#[tokio::test(start_paused = true)]
async fn transient_failures_cannot_be_accepted() {
    for status in [429, 500, 503] {
        let plan = no_body("1006");
        let plan = also(plan, "/wiki/api/v2/pages/1006", Occurrence::From(1), Fault::status(status));
        let harness = Harness::known(plan).await;
        let run = run_accepting(&harness, &["1006@1"]).await;
        assert_ne!(run.status(), ExitStatus::Complete, "{status}");
        assert!(run.audit_run().inventory.coverage.accepted().is_empty(), "{status}");
    }
    let refused = also(no_body("1006"), "/wiki/api/v2/pages/1006", Occurrence::From(1), Fault::status(403));
    let harness = Harness::known(refused).await;
    assert_eq!(run_accepting(&harness, &["1006@1"]).await.status(), ExitStatus::Complete, "a denial is permanent");
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
    // the list lacks it, the file itself has it
    let harness = Harness::known(always("/wiki/api/v2/attachments", null())).await;
    harness.run().await.expect_true_verdicts(&harness);
    // neither has it, the list of its versions does
    let plan = also(
        always("/wiki/api/v2/attachments", null()),
        "/wiki/api/v2/attachments/att109",
        Occurrence::From(1),
        null(),
    );
    let harness = Harness::known(plan.clone()).await;
    harness.run().await.expect_true_verdicts(&harness);
    // nothing has it
    let nothing = Fault::edit_json(|list| list["results"] = json!([]));
    let plan = also(plan, "/wiki/api/v2/attachments/att109/versions", Occurrence::From(1), nothing);
    let harness = Harness::known(plan).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert!(run.reason(UnitKind::AttachmentVersion).contains("accept_unread = att109@0"));
    let run = run_accepting(&harness, &["att109@0"]).await;
    assert_eq!(run.status(), ExitStatus::Complete, "{:#?}", run.audit_run().inventory.coverage.gaps);
    assert_eq!(run.usage("att109"), Usage::Undetermined);
}

#[tokio::test(start_paused = true)]
async fn files_without_a_version_are_read_concurrently() {
    let mut site = Site::new().space("ENG", "Engineering").page("5001", "Many files", "<p>x</p>");
    let ids: Vec<String> = (501..509).map(|number| format!("att{number}")).collect();
    for id in &ids {
        site = site.attachment(id, &format!("{id}.png"), 5);
    }
    let truth: TrueUsages = ids.iter().map(|id| (id.clone(), Usage::Unreferenced)).collect();
    // each is requested again after a while
    let paths = ids.iter().map(|id| format!("/wiki/api/v2/attachments/{id}"));
    let unnumbered = always("/wiki/api/v2/attachments", edit_items(|item| item["version"] = Value::Null));
    let plan = paths.fold(unnumbered, |plan, path| also(plan, &path, Occurrence::Only(1), Fault::status(404)));
    let harness = Harness::start((site, truth), plan).await;
    harness.run().await.expect_true_verdicts(&harness);
    let asked: Vec<String> = harness.server.requests().into_iter().map(|request| request.path).collect();
    let asked: Vec<&str> = asked.iter().filter_map(|path| path.strip_prefix("/wiki/api/v2/attachments/")).collect();
    let one_by_one: Vec<&str> = ids.iter().flat_map(|id| [id.as_str(); 2]).collect();
    assert!(asked.len() >= one_by_one.len(), "{asked:?}");
    assert_ne!(asked[..one_by_one.len()], one_by_one);
}

/// Custom content that owns a file, and another of the same type without files.
fn with_custom_content(body: &str) -> (Site, TrueUsages) {
    let (site, mut truth) = known_site::site();
    let mut owner = site.new_content(ContentType::CustomContent, "6001", "Board", "<p>board</p>");
    owner.custom_type = Some("ac:com.acme.boards:board".to_owned());
    owner.container = Some("1001".to_owned());
    let mut other = site.new_content(ContentType::CustomContent, "6002", "Other board", body);
    other.custom_type.clone_from(&owner.custom_type);
    other.container = Some("1001".to_owned());
    let file = confluence_sim::site::Container::CustomContent("6001".to_owned());
    let site = site.content(owner).content(other).attachment_of(file, "att601", "board.bin", 6);
    truth.insert("att601".to_owned(), Usage::NotJudged);
    truth.insert("att902".to_owned(), Usage::LinkedElsewhere);
    (site, truth)
}

#[tokio::test(start_paused = true)]
async fn custom_content_without_a_body_may_name_files() {
    let names_spare = r#"<ac:image><ri:attachment ri:filename="spare.png"><ri:page ri:space-key="ENG" ri:content-title="Home"/></ri:attachment></ac:image>"#;
    // null in the list: it is read individually
    let null = || {
        edit_items(|item| {
            if item["id"] == "6002" {
                item["body"]["storage"]["value"] = Value::Null;
            }
        })
    };
    let harness = Harness::start(with_custom_content(names_spare), always("/wiki/api/v2/custom-content", null())).await;
    harness.run().await.expect_true_verdicts(&harness);
    // and individually in storage format: the app's own format is read
    let plan = always("/wiki/api/v2/custom-content*", null());
    let harness = Harness::start(with_custom_content(names_spare), plan).await;
    harness.run().await.expect_true_verdicts(&harness);
    // no format at all
    let plan = always("/wiki/api/v2/custom-content*", without("6002", "/body"));
    let harness = Harness::start(with_custom_content(names_spare), plan).await;
    let run = harness.run().await;
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
        let harness = Harness::known(plan).await;
        harness.run().await.expect_true_verdicts(&harness);
    }
    let template = edit_items(|item| {
        if item["templateId"] == "7001" {
            item["body"]["storage"]["value"] = "".into();
        }
    });
    let harness = Harness::known(on("/wiki/rest/api/template/page", Occurrence::From(1), template)).await;
    harness.run().await.expect_true_verdicts(&harness);
}
