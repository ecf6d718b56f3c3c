use super::super::link_problems::{LinkProblem, LinkProblemReason};
use super::super::links::LinkIndex;
use super::super::list_gaps::Gaps;
use super::super::page_row::PageLinks;
use super::super::{MeasureInput, Rules, measure};
use super::*;
use crate::inventory::snapshot::{MetricGroup, MetricGroups, SnapshotFacts};
use crate::inventory::{Attachment, AttachmentId, Container, ListKind};

mod custom_content;
mod incomplete_data;

fn facts(missing: &[&str]) -> SnapshotFacts {
    let missing_targets = missing.iter().copied().map(ContentId::new).collect();
    SnapshotFacts { groups: MetricGroups::new([MetricGroup::Links]), missing_targets, ..SnapshotFacts::default() }
}

fn to(title: &str) -> String {
    format!(r#"<ac:link><ri:page ri:content-title="{title}"/></ac:link>"#)
}

fn to_in(space: &str, title: &str) -> String {
    format!(r#"<ac:link><ri:page ri:space-key="{space}" ri:content-title="{title}"/></ac:link>"#)
}

fn of(inventory: &Inventory, missing: &[&str], at: usize) -> PageLinks {
    LinkIndex::new(inventory, &facts(missing), &["KB"], Gaps::default()).of(&inventory.contents[at])
}

#[test]
fn a_link_is_counted_once_however_it_is_written() {
    let ways = [to("T2"), to("t2"), to_in("kb", "T2"), format!("<a href=\"{BASE}/spaces/KB/pages/2/x\">2</a>")];
    let site = inventory(vec![written(1, &ways.concat()), written(2, &to("T1"))]);
    let links = of(&site, &[], 0);
    assert_eq!((links.out_internal, links.incoming, links.broken_internal), (Some(1), Some(1), Some(0)));
}

#[test]
fn broken_links_are_distinguished_from_links_to_what_was_not_read() {
    let page_3 = page(3, None, Status::Trashed);
    let url = |id: u32| format!("<a href=\"{BASE}/pages/viewpage.action?pageId={id}\">x</a>");
    let cases = [
        (to("T3"), 1, "in the trash, by title"),
        (url(3), 1, "in the trash, by id"),
        (url(77), 1, "requested and not found"),
        (url(78), 0, "not requested"),
        (to("Nowhere"), 1, "not in the space of the page"),
        (to("Nowhere") + &to("NOWHERE"), 1, "the same twice"),
        (to_in("HR", "Nowhere"), 0, "a space that was not read"),
        (to_in("NOPE", "Nowhere"), 1, "a space that does not exist or is not visible"),
    ];
    for (body, broken, why) in cases {
        let site = inventory(vec![written(1, &body), page_3.clone()]);
        assert_eq!(of(&site, &["77"], 0).broken_internal, Some(broken), "{why}");
    }
}

/// If an archived page, a blog post and a current page have the same title, a link leads to the current page.
#[test]
fn a_title_leads_to_the_current_page() {
    let named = |id: u32, kind, status| Content { kind, status, title: "Plan".into(), ..written(id, "") };
    let mut contents = vec![
        named(2, ContentKind::Page, Status::Archived),
        named(3, ContentKind::BlogPost, Status::Current),
        named(4, ContentKind::Page, Status::Current),
        written(5, &to("PLAN")),
    ];
    for _ in 0..contents.len() {
        contents.rotate_left(1);
        let site = inventory(contents.clone());
        let incoming = |id: &str| {
            let at = site.contents.iter().position(|content| content.id == ContentId::new(id)).unwrap();
            of(&site, &[], at).incoming
        };
        assert_eq!([incoming("2"), incoming("3"), incoming("4")], [Some(0), Some(0), Some(1)]);
    }
}

/// A macro may name a file in several ways, or something that is not a file: a missing one is not a broken link.
#[test]
fn only_references_that_certainly_mean_a_file_are_broken_links() {
    let image = r#"<ac:image><ri:attachment ri:filename="gone.png"/></ac:image>"#;
    let link = r#"<ac:link><ri:attachment ri:filename="gone too.pdf"/></ac:link>"#;
    let diagram = r#"<ac:structured-macro ac:name="drawio"><ac:parameter ac:name="diagramName">plan</ac:parameter></ac:structured-macro>"#;
    let unknown =
        r#"<ac:structured-macro ac:name="x"><ac:parameter ac:name="y">maybe.png</ac:parameter></ac:structured-macro>"#;
    let site = inventory(vec![written(1, &[image, link, diagram, unknown].concat())]);
    assert_eq!(of(&site, &[], 0).broken_internal, Some(2));
}

/// Links to files of other contents are judged if those contents were read.
#[test]
fn links_to_missing_files_of_other_contents_are_broken() {
    let of_other = |title: &str, space: &str, name: &str| {
        let page = format!(r#"<ri:page ri:content-title="{title}"{space}/>"#);
        format!(r#"<ac:link><ri:attachment ri:filename="{name}">{page}</ri:attachment></ac:link>"#)
    };
    let own = of_other("T1", "", "gone.pdf");
    let cases = [
        (of_other("T2", "", "gone.pdf"), 1, "not on that page"),
        (of_other("T2", "", "gone.pdf") + &own, 2, "the same name on two pages is two files"),
        (own.clone() + r#"<ac:link><ri:attachment ri:filename="gone.pdf"/></ac:link>"#, 1, "the page itself"),
        (of_other("Nowhere", "", "gone.pdf"), 1, "no such page"),
        (of_other("Nowhere", r#" ri:space-key="HR""#, "x.pdf"), 0, "a space that was not read"),
    ];
    for (body, broken, why) in cases {
        let site = inventory(vec![written(1, &body), page(2, None, Status::Current)]);
        assert_eq!(of(&site, &[], 0).broken_internal, Some(broken), "{why}");
    }
}

#[test]
fn links_to_blog_posts_do_not_lead_to_pages() {
    let post = |title: &str| {
        format!(r#"<ac:link><ri:blog-post ri:content-title="{title}" ri:posting-day="2026/01/02"/></ac:link>"#)
    };
    let named = |id: u32, kind| Content { kind, title: "News".into(), ..written(id, "") };
    let body = post("News") + &post("news") + &post("No such post");
    let site = inventory(vec![written(1, &body), named(2, ContentKind::Page), named(3, ContentKind::BlogPost)]);
    let links = of(&site, &[], 0);
    assert_eq!((links.out_internal, links.broken_internal), (Some(2), Some(1)));
    assert_eq!(of(&site, &[], 1).incoming, Some(0), "the link does not lead to the page with the same title");
    let both = post("T9") + &to("T9");
    let site = inventory(vec![written(1, &both)]);
    assert_eq!(of(&site, &[], 0).out_internal, Some(2), "neither exists, and they are two targets");
}

#[test]
fn without_the_group_links_incoming_and_broken_links_are_unknown() {
    let site = inventory(vec![written(1, &to("Nowhere")), page(2, None, Status::Current)]);
    let not_asked = SnapshotFacts { groups: MetricGroups::new([]), ..SnapshotFacts::default() };
    let links = LinkIndex::new(&site, &not_asked, &["KB"], Gaps::default()).of(&site.contents[0]);
    assert_eq!((links.out_internal, links.incoming, links.broken_internal), (Some(1), None, None));
    assert_eq!(of(&site, &[], 1).out_internal, None, "a body that was not read");
}

fn file(id: u32, on: u32, name: &str, status: Status) -> Attachment {
    Attachment {
        id: AttachmentId::new(id.to_string()),
        file_id: None,
        title: name.to_owned(),
        status,
        container: Container::Page(ContentId::new(on.to_string())),
        media_type: None,
        size: Some(1),
        created_at: None,
        version: 1,
        modified_at: None,
        author: None,
        comment: None,
        download: None,
        webui: None,
        old_versions: Vec::new(),
        labels: None,
        unread: None,
        sha256: None,
        unsettled: None,
    }
}

/// Returns a site with these pages: 1 has the body, 2 has a file and a heading, 3 is in the trash, 4 is archived, 5 is a
/// draft, and 6 may show more headings than its body has. `HR` was not read.
fn site_of(body: &str) -> Inventory {
    let draft = Content { kind: ContentKind::Page, ..page(5, None, Status::Draft) };
    let mut site = inventory(vec![
        written(1, body),
        written(2, "<h2>Set up &amp; run</h2><h2>Set up &amp; run</h2>"),
        page(3, None, Status::Trashed),
        Content { status: Status::Archived, ..written(4, "") },
        draft,
        written(6, r#"<ac:structured-macro ac:name="include"/>"#),
    ]);
    site.attachments = vec![
        file(90, 2, "plan.pdf", Status::Current),
        file(91, 2, "old.pdf", Status::Trashed),
        file(92, 1, "a+b.png", Status::Current),
        file(93, 1, "c d.png", Status::Current),
    ];
    site
}

/// Returns the link problems of page 1, each with its target and reason; `read` are the spaces that were read.
fn problems_of(body: &str, read: &[&str]) -> Vec<(String, LinkProblemReason)> {
    let site = site_of(body);
    let target_statuses = [("801", Status::Trashed), ("802", Status::Archived)];
    let target_statuses = target_statuses.map(|(id, status)| (ContentId::new(id), status)).into();
    let facts = SnapshotFacts { target_statuses, ..facts(&["77"]) };
    let links = LinkIndex::new(&site, &facts, read, Gaps::default()).of(&site.contents[0]);
    let problems = links.problems.unwrap();
    let broken = problems.iter().filter(|problem| problem.is_broken()).count() as u64;
    assert_eq!(links.broken_internal, Some(broken), "the number of broken links is that of the rows");
    problems.iter().map(|problem| (problem.target(), problem.why)).collect()
}

fn address(path: &str) -> String {
    format!("<a href=\"{BASE}{path}\">x</a>")
}

#[test]
fn every_kind_of_link_problem_is_listed_with_its_reason() {
    let anchored = |anchor: &str, inside: &str| format!(r#"<ac:link ac:anchor="{anchor}">{inside}</ac:link>"#);
    let view = |name: &str| {
        format!(
            r#"<ac:structured-macro ac:name="view-file"><ac:parameter ac:name="name">{name}</ac:parameter></ac:structured-macro>"#
        )
    };
    let cases: Vec<(String, &str, LinkProblemReason)> = vec![
        (address("/pages/viewpage.action?pageId=77"), "id 77", LinkProblemReason::NotFound),
        (
            address("/pages/viewpage.action?pageId=99999999999999999999"),
            "id 99999999999999999999",
            LinkProblemReason::NotFound,
        ),
        (address("/spaces/KB/pages/801"), "id 801", LinkProblemReason::InTrash),
        (
            address("/pages/viewpage.action?spaceKey=KB&amp;title=No+such"),
            "“No such” in KB",
            LinkProblemReason::NoSuchTitle,
        ),
        (address("/display/NOPE/Home"), "“Home” in NOPE", LinkProblemReason::NoSuchSpace),
        (address("/spaces/NOPE/overview"), "NOPE", LinkProblemReason::NoSuchSpace),
        (r#"<ac:link><ri:space ri:space-key="NOPE"/></ac:link>"#.to_owned(), "NOPE", LinkProblemReason::NoSuchSpace),
        (to("T3"), "“T3” in KB", LinkProblemReason::InTrash),
        (to("T5"), "“T5” in KB", LinkProblemReason::Draft),
        (address("/spaces/KB/pages/5/x"), "id 5", LinkProblemReason::Draft),
        (
            r#"<ac:link><ri:page ri:content-title="No" ri:content-id="77"/></ac:link>"#.to_owned(),
            "“No” id 77 in KB",
            LinkProblemReason::NotFound,
        ),
        (address("/download/attachments/2/gone.pdf?version=1"), "gone.pdf on id 2", LinkProblemReason::NoSuchFile),
        (address("/download/attachments/2/old.pdf"), "old.pdf on id 2", LinkProblemReason::FileInTrash),
        (address("/download/attachments/77/plan.pdf"), "plan.pdf on id 77", LinkProblemReason::NotFound),
        (address("/download/thumbnails/3/plan.pdf"), "plan.pdf on id 3", LinkProblemReason::InTrash),
        (
            address("/pages/viewpage.action?pageId=2&amp;preview=/2/500/gone.pdf"),
            "gone.pdf on id 2",
            LinkProblemReason::NoSuchFile,
        ),
        (
            address("/pages/viewpage.action?pageId=2&amp;preview=/2/91/old.pdf"),
            "old.pdf on id 2",
            LinkProblemReason::FileInTrash,
        ),
        (
            address("/pages/viewpage.action?pageId=77&amp;preview=/77/501/x.pdf"),
            "x.pdf on id 77",
            LinkProblemReason::NotFound,
        ),
        (view("gone.docx"), "gone.docx", LinkProblemReason::NoSuchFile),
        (
            r##"<a href="#Setup" data-card-appearance="inline">x</a>"##.to_owned(),
            "#Setup on “T1”",
            LinkProblemReason::NoSuchPlace,
        ),
        (anchored("end", ""), "#end on “T1”", LinkProblemReason::NoSuchPlace),
        (
            anchored("Nothing", r#"<ri:page ri:content-title="T2"/>"#),
            "#Nothing on “T2” in KB",
            LinkProblemReason::NoSuchPlace,
        ),
        (address("/spaces/KB/pages/2/T2#Set-down"), "#Set-down on “T2” id 2", LinkProblemReason::NoSuchPlace),
        // archived targets: the link works, but is listed
        (to("T4"), "“T4” in KB", LinkProblemReason::Archived),
        (address("/spaces/HR/pages/802"), "id 802", LinkProblemReason::Archived),
    ];
    let all: String = cases.iter().map(|(body, ..)| body.as_str()).collect();
    for (body, target, why) in &cases {
        assert_eq!(problems_of(body, &["KB"][..]), whole_site_only(body, *why, target), "{body}");
        assert_eq!(problems_of(body, &["KB", "HR"]), [((*target).to_owned(), *why)], "{body}");
        assert_eq!(problems_of(&body.repeat(3), &["KB", "HR"]).len(), 1, "listed once: {body}");
    }
    assert_eq!(problems_of(&all, &["KB", "HR"]).len(), cases.len() - 2, "id 77 and space NOPE occur twice");
}

/// A file whose id no page has may have been moved to a space that was not read.
fn whole_site_only(body: &str, why: LinkProblemReason, target: &str) -> Vec<(String, LinkProblemReason)> {
    if body.contains("preview=/2/500") { Vec::new() } else { vec![(target.to_owned(), why)] }
}

#[test]
fn links_that_work_or_cannot_be_judged_are_not_listed() {
    let known = r#"<ac:link><ri:page ri:content-title="T2" ri:content-id="77"/></ac:link>"#;
    let bodies = [
        to("T2"),
        known.to_owned(),
        address("/pages/viewpage.action?pageId=12345"),
        address("/x/abc"),
        address("/spaces/KB"),
        address("/display/HR"),
        address("/display/~nowhere"),
        address("/display/~nowhere/Notes"),
        address("/display/about/Home"),
        address("/spaces/about"),
        address("/spaces/KB/pages/edit-v2/77"),
        address("/pages/resumedraft.action?pageId=77&amp;draftId=77"),
        address("/plugins/servlet/app?pageId=77"),
        address("/pages/viewinfo.action?pageId=2#Nothing"),
        address("/pages/viewpage.action?pageId=2&amp;pageVersion=1#Nothing"),
        to_in("HR", "Nowhere"),
        address("/download/attachments/2/plan.pdf"),
        address("/download/attachments/2/PLAN.pdf?api=v2"),
        address("/download/attachments/12345/plan.pdf"),
        address("/download/attachments/1/a+b.png"),
        address("/download/attachments/1/c+d.png"),
        address("/download/attachments/1/c%20d.png"),
        address("/pages/viewpage.action?pageId=2&amp;preview=/2/90/renamed.pdf"),
        address("/pages/viewpage.action?pageId=2&amp;preview=/2/500/plan.pdf"),
        address("/pages/viewpage.action?pageId=12345&amp;preview=/12345/500/x.pdf"),
        address("/spaces/KB/pages/2/T2#Set-up-%26-run"),
        address("/spaces/KB/pages/2/T2#T2-Setup&amp;run.1"),
        address("/spaces/KB/pages/2/T2?focusedCommentId=7#comment-7"),
        address("/spaces/KB/pages/6/T6#anything"),
        address("/spaces/KB/pages/12345#anything"),
        "<h1>Here</h1><a href=\"#Here\">x</a><a href=\"#here\">x</a><a href=\"#\">x</a><a href=\"#top\">x</a>".to_owned(),
        "<a href=\"javascript:alert(1)#x\">x</a><a href=\"mailto:a@b.example\">x</a>".to_owned(),
        r#"<ac:link><ri:user ri:account-id="nowhere"/></ac:link>"#.to_owned(),
        r#"<ac:image><ri:attachment ri:filename="gone.png"><ri:page ri:space-key="HR" ri:content-title="Nowhere"/></ri:attachment></ac:image>"#.to_owned(),
    ];
    for body in bodies {
        assert_eq!(problems_of(&body, &["KB"]), [], "{body}");
    }
}

/// Returns the links of page 1 from its row, and what could not be read.
fn in_row(site: &Inventory) -> (PageLinks, Vec<String>) {
    let keys = ["KB".to_owned(), "HR".to_owned()];
    let rows = measure(&MeasureInput {
        inventory: site,
        facts: &facts(&[]),
        workflow: &BTreeMap::new(),
        audit: None,
        spaces: &keys,
        read: &keys,
        previous: None,
        rules: &Rules::default(),
        frame: &frame(),
    });
    let row = rows.into_iter().find(|row| row.id == "1").unwrap();
    (row.links, row.fetch_errors)
}

/// The addresses of a space may have its alias instead of its key.
#[test]
fn an_alias_is_resolved_like_a_key() {
    let mut site = site_of(&(address("/display/DOCS/T2") + &address("/spaces/docs")));
    site.spaces[0].alias = Some("DOCS".to_owned());
    let links = LinkIndex::new(&site, &facts(&[]), &["KB"], Gaps::default()).of(&site.contents[0]);
    assert_eq!((links.out_internal, links.problems), (Some(1), Some(Vec::new())));
}

#[test]
fn long_names_are_cut() {
    let problems = problems_of(&to(&"ü".repeat(100_000)), &["KB"]);
    assert_eq!(problems.len(), 1);
    assert!(problems[0].0.chars().count() < 600, "{}", problems[0].0.len());
}

/// An id in an address of the site's former host may be of another content today: it counts as a link if it leads to a
/// content, and is never a broken one.
#[test]
fn ids_on_former_hosts_are_never_broken_links() {
    let address = |id: u32| format!("<a href=\"https://old.example/pages/viewpage.action?pageId={id}\">x</a>");
    let hosts = OwnSite::new(BASE, &[]).with_former_hosts(&["old.example".to_owned()]);
    let body = [2, 3, 77].map(address).concat();
    let body = parse_with_depth(&body, &hosts, ParseDepth::Measures(&TodoMarkers::default()));
    let mut site = site_of("");
    site.contents[0].body = Some(body);
    let links = of(&site, &["77"], 0);
    assert_eq!((links.out_internal, links.broken_internal), (Some(3), Some(0)));
    assert_eq!(of(&site, &["77"], 1).incoming, Some(1));
}
