use super::super::gaps::Gaps;
use super::super::link_problems::{LinkProblem, Why};
use super::super::links::LinkIndex;
use super::super::row::Links;
use super::super::{Input, Rules, measure};
use super::*;
use crate::inventory::snapshot::{MetricGroup, MetricGroups, SnapshotFacts};
use crate::inventory::{Attachment, AttachmentId, Container, List};

mod elsewhere;

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

fn of(inventory: &Inventory, missing: &[&str], at: usize) -> Links {
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
fn links_that_lead_nowhere_are_told_from_those_into_the_unknown() {
    let page_3 = page(3, None, Status::Trashed);
    let url = |id: u32| format!("<a href=\"{BASE}/pages/viewpage.action?pageId={id}\">x</a>");
    let cases = [
        (to("T3"), 1, "in the trash, by title"),
        (url(3), 1, "in the trash, by id"),
        (url(77), 1, "looked up, and no list shows it"),
        (url(78), 0, "not looked up"),
        (to("Nobody"), 1, "not in the own space"),
        (to("Nobody") + &to("NOBODY"), 1, "the same twice"),
        (to_in("HR", "Nobody"), 0, "a space that was not read"),
        (to_in("NOPE", "Nobody"), 1, "a space that is not there or not visible"),
    ];
    for (body, broken, why) in cases {
        let site = inventory(vec![written(1, &body), page_3.clone()]);
        assert_eq!(of(&site, &["77"], 0).broken_internal, Some(broken), "{why}");
    }
}

/// Of an archived page, a blog post and a current page with one title a link means the last.
#[test]
fn a_title_means_the_current_page() {
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

/// A macro names files under several names or things that are no files; that one is not there breaks no link.
#[test]
fn only_files_that_are_surely_meant_are_missed() {
    let image = r#"<ac:image><ri:attachment ri:filename="gone.png"/></ac:image>"#;
    let link = r#"<ac:link><ri:attachment ri:filename="gone too.pdf"/></ac:link>"#;
    let diagram = r#"<ac:structured-macro ac:name="drawio"><ac:parameter ac:name="diagramName">plan</ac:parameter></ac:structured-macro>"#;
    let unknown =
        r#"<ac:structured-macro ac:name="x"><ac:parameter ac:name="y">maybe.png</ac:parameter></ac:structured-macro>"#;
    let site = inventory(vec![written(1, &[image, link, diagram, unknown].concat())]);
    assert_eq!(of(&site, &[], 0).broken_internal, Some(2));
}

/// Files of other contents are judged like contents: where those were read.
#[test]
fn files_of_other_contents_are_missed_too() {
    let of_other = |title: &str, space: &str, name: &str| {
        let page = format!(r#"<ri:page ri:content-title="{title}"{space}/>"#);
        format!(r#"<ac:link><ri:attachment ri:filename="{name}">{page}</ri:attachment></ac:link>"#)
    };
    let own = of_other("T1", "", "gone.pdf");
    let cases = [
        (of_other("T2", "", "gone.pdf"), 1, "not on that page"),
        (of_other("T2", "", "gone.pdf") + &own, 2, "the same name on two pages is two files"),
        (own.clone() + r#"<ac:link><ri:attachment ri:filename="gone.pdf"/></ac:link>"#, 1, "the own page by its title"),
        (of_other("Nobody", "", "gone.pdf"), 1, "no such page"),
        (of_other("Nobody", r#" ri:space-key="HR""#, "x.pdf"), 0, "a space that was not read"),
    ];
    for (body, broken, why) in cases {
        let site = inventory(vec![written(1, &body), page(2, None, Status::Current)]);
        assert_eq!(of(&site, &[], 0).broken_internal, Some(broken), "{why}");
    }
}

#[test]
fn links_to_blog_posts_lead_to_blog_posts() {
    let post = |title: &str| {
        format!(r#"<ac:link><ri:blog-post ri:content-title="{title}" ri:posting-day="2026/01/02"/></ac:link>"#)
    };
    let named = |id: u32, kind| Content { kind, title: "News".into(), ..written(id, "") };
    let body = post("News") + &post("news") + &post("No such post");
    let site = inventory(vec![written(1, &body), named(2, ContentKind::Page), named(3, ContentKind::BlogPost)]);
    let links = of(&site, &[], 0);
    assert_eq!((links.out_internal, links.broken_internal), (Some(2), Some(1)));
    assert_eq!(of(&site, &[], 1).incoming, Some(0), "the page of the same title is not meant");
    let both = post("T9") + &to("T9");
    let site = inventory(vec![written(1, &both)]);
    assert_eq!(of(&site, &[], 0).out_internal, Some(2), "neither is there, and they are two");
}

#[test]
fn nothing_is_said_of_links_that_were_not_asked_for() {
    let site = inventory(vec![written(1, &to("Nobody")), page(2, None, Status::Current)]);
    let not_asked = SnapshotFacts { groups: MetricGroups::new([]), ..SnapshotFacts::default() };
    let links = LinkIndex::new(&site, &not_asked, &["KB"], Gaps::default()).of(&site.contents[0]);
    assert_eq!((links.out_internal, links.incoming, links.broken_internal), (Some(1), None, None));
    assert_eq!(of(&site, &[], 1).out_internal, None, "a body that was not read");
}

/// A file on a page.
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

/// A site with a page of each kind: 1 bears the body, 2 has a file and a heading, 3 is in the trash, 4 archived, 5 a draft,
/// 6 may have more headings than its body. `HR` was not read.
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

/// What is told of the links of page 1: the target, and why; `read` are the spaces that were read.
fn told(body: &str, read: &[&str]) -> Vec<(String, Why)> {
    let site = site_of(body);
    let target_statuses = [("801", Status::Trashed), ("802", Status::Archived)];
    let target_statuses = target_statuses.map(|(id, status)| (ContentId::new(id), status)).into();
    let facts = SnapshotFacts { target_statuses, ..facts(&["77"]) };
    let links = LinkIndex::new(&site, &facts, read, Gaps::default()).of(&site.contents[0]);
    let problems = links.problems.unwrap();
    let broken = problems.iter().filter(|problem| problem.is_broken()).count() as u64;
    assert_eq!(links.broken_internal, Some(broken), "the count is that of the rows");
    problems.iter().map(|problem| (problem.target(), problem.why)).collect()
}

fn address(path: &str) -> String {
    format!("<a href=\"{BASE}{path}\">x</a>")
}

#[test]
fn every_kind_of_broken_link_is_named_with_what_is_wrong() {
    let anchored = |anchor: &str, inside: &str| format!(r#"<ac:link ac:anchor="{anchor}">{inside}</ac:link>"#);
    let view = |name: &str| {
        format!(
            r#"<ac:structured-macro ac:name="view-file"><ac:parameter ac:name="name">{name}</ac:parameter></ac:structured-macro>"#
        )
    };
    let cases: Vec<(String, &str, Why)> = vec![
        (address("/pages/viewpage.action?pageId=77"), "id 77", Why::NotFound),
        (address("/pages/viewpage.action?pageId=99999999999999999999"), "id 99999999999999999999", Why::NotFound),
        (address("/spaces/KB/pages/801"), "id 801", Why::InTrash),
        (address("/pages/viewpage.action?spaceKey=KB&amp;title=No+such"), "“No such” in KB", Why::NoSuchTitle),
        (address("/display/NOPE/Home"), "“Home” in NOPE", Why::NoSuchSpace),
        (address("/spaces/NOPE/overview"), "NOPE", Why::NoSuchSpace),
        (r#"<ac:link><ri:space ri:space-key="NOPE"/></ac:link>"#.to_owned(), "NOPE", Why::NoSuchSpace),
        (to("T3"), "“T3” in KB", Why::InTrash),
        (to("T5"), "“T5” in KB", Why::Draft),
        (address("/spaces/KB/pages/5/x"), "id 5", Why::Draft),
        (
            r#"<ac:link><ri:page ri:content-title="No" ri:content-id="77"/></ac:link>"#.to_owned(),
            "“No” id 77 in KB",
            Why::NotFound,
        ),
        (address("/download/attachments/2/gone.pdf?version=1"), "gone.pdf on id 2", Why::NoSuchFile),
        (address("/download/attachments/2/old.pdf"), "old.pdf on id 2", Why::FileInTrash),
        (address("/download/attachments/77/plan.pdf"), "plan.pdf on id 77", Why::NotFound),
        (address("/download/thumbnails/3/plan.pdf"), "plan.pdf on id 3", Why::InTrash),
        (address("/pages/viewpage.action?pageId=2&amp;preview=/2/500/gone.pdf"), "gone.pdf on id 2", Why::NoSuchFile),
        (address("/pages/viewpage.action?pageId=2&amp;preview=/2/91/old.pdf"), "old.pdf on id 2", Why::FileInTrash),
        (address("/pages/viewpage.action?pageId=77&amp;preview=/77/501/x.pdf"), "x.pdf on id 77", Why::NotFound),
        (view("gone.docx"), "gone.docx", Why::NoSuchFile),
        (r##"<a href="#Setup" data-card-appearance="inline">x</a>"##.to_owned(), "#Setup on “T1”", Why::NoSuchPlace),
        (anchored("end", ""), "#end on “T1”", Why::NoSuchPlace),
        (anchored("Nothing", r#"<ri:page ri:content-title="T2"/>"#), "#Nothing on “T2” in KB", Why::NoSuchPlace),
        (address("/spaces/KB/pages/2/T2#Set-down"), "#Set-down on “T2” id 2", Why::NoSuchPlace),
        // works, and is named all the same
        (to("T4"), "“T4” in KB", Why::Archived),
        (address("/spaces/HR/pages/802"), "id 802", Why::Archived),
    ];
    let all: String = cases.iter().map(|(body, ..)| body.as_str()).collect();
    for (body, target, why) in &cases {
        assert_eq!(told(body, &["KB"][..]), whole_site_only(body, *why, target), "{body}");
        assert_eq!(told(body, &["KB", "HR"]), [((*target).to_owned(), *why)], "{body}");
        assert_eq!(told(&body.repeat(3), &["KB", "HR"]).len(), 1, "once: {body}");
    }
    // the id 77 and the space NOPE are meant twice
    assert_eq!(told(&all, &["KB", "HR"]).len(), cases.len() - 2);
}

/// A file that no page has under its id may have been moved to where nothing was read.
fn whole_site_only(body: &str, why: Why, target: &str) -> Vec<(String, Why)> {
    if body.contains("preview=/2/500") { Vec::new() } else { vec![(target.to_owned(), why)] }
}

#[test]
fn what_works_or_cannot_be_told_is_not_named() {
    let known = r#"<ac:link><ri:page ri:content-title="T2" ri:content-id="77"/></ac:link>"#;
    let bodies = [
        to("T2"),
        known.to_owned(),
        address("/pages/viewpage.action?pageId=12345"),
        address("/x/abc"),
        address("/spaces/KB"),
        address("/display/HR"),
        address("/display/~nobody"),
        address("/display/~nobody/Notes"),
        address("/display/about/Home"),
        address("/spaces/about"),
        address("/spaces/KB/pages/edit-v2/77"),
        address("/pages/resumedraft.action?pageId=77&amp;draftId=77"),
        address("/plugins/servlet/app?pageId=77"),
        address("/pages/viewinfo.action?pageId=2#Nothing"),
        address("/pages/viewpage.action?pageId=2&amp;pageVersion=1#Nothing"),
        to_in("HR", "Nobody"),
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
        r#"<ac:link><ri:user ri:account-id="nobody"/></ac:link>"#.to_owned(),
        r#"<ac:image><ri:attachment ri:filename="gone.png"><ri:page ri:space-key="HR" ri:content-title="Nobody"/></ri:attachment></ac:image>"#.to_owned(),
    ];
    for body in bodies {
        assert_eq!(told(&body, &["KB"]), [], "{body}");
    }
}

/// The links of page 1 as its row has them, and what could not be read of it.
fn in_row(site: &Inventory) -> (Links, Vec<String>) {
    let keys = ["KB".to_owned(), "HR".to_owned()];
    let rows = measure(&Input {
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

/// A list that may lack something that links lead to leaves them unjudged: neither counted nor named.
#[test]
fn lists_with_gaps_break_no_links() {
    let missing = to("Nobody") + &address("/display/NOPE/Home") + &address("/download/attachments/2/gone.pdf");
    let told = |spoil: &dyn Fn(&mut Inventory)| {
        let mut site = site_of(&missing);
        // texts of all that is there
        for content in &mut site.contents {
            content.body.get_or_insert_default();
        }
        spoil(&mut site);
        let (links, errors) = in_row(&site);
        let names = links.problems.map(|problems| problems.iter().map(LinkProblem::target).collect::<Vec<_>>());
        assert_eq!(links.broken_internal, names.as_ref().map(|names| names.len() as u64));
        (names, errors.contains(&"pages".to_owned()))
    };
    let all = ["“Nobody” in KB", "“Home” in NOPE", "gone.pdf on id 2"].map(str::to_owned).to_vec();
    let fail = |kind| told(&|site: &mut Inventory| site.coverage.fail(kind, "a list", "it broke off"));
    // what holds two lists against each other says by `doubtful` which of them lacks something
    for kind in [UnitKind::Labels, UnitKind::CommentList, UnitKind::Replies, UnitKind::ListComparison] {
        assert_eq!(fail(kind), (Some(all.clone()), false), "{kind:?}");
    }
    for kind in [UnitKind::BlogPostList, UnitKind::SpaceList, UnitKind::AttachmentList, UnitKind::LinkTargets] {
        assert_eq!(fail(kind), (None, false), "{kind:?}");
    }
    for kind in [UnitKind::PageList, UnitKind::Plausibility] {
        assert_eq!(fail(kind), (None, true), "{kind:?}");
    }
    for list in [List::Spaces, List::Pages, List::BlogPosts, List::Attachments] {
        let (names, _) = told(&|site| _ = site.doubtful.insert(list));
        assert_eq!(names, None, "{list:?}");
    }
}

/// What was not read may link to a page, which then is not one that nothing links to.
#[test]
fn texts_that_were_not_read_may_link_to_any_page() {
    let errors =
        |errors: Vec<String>| errors.into_iter().filter(|error| error.starts_with("bodies")).collect::<Vec<_>>();
    let told = |kind, status| {
        let other = Content { kind, ..page(7, None, status) };
        let (links, found) = in_row(&inventory(vec![written(1, ""), other]));
        (links.incoming, links.include_in, links.broken_internal, errors(found))
    };
    let none: Vec<String> = Vec::new();
    let of_pages = vec!["bodies of other pages".to_owned()];
    assert_eq!(told(ContentKind::Page, Status::Current), (None, None, Some(0), of_pages.clone()));
    assert_eq!(told(ContentKind::BlogPost, Status::Archived), (None, None, Some(0), of_pages));
    let of_comments = vec!["bodies of comments".to_owned()];
    assert_eq!(told(ContentKind::FooterComment, Status::Current), (None, Some(0), Some(0), of_comments));
    assert_eq!(told(ContentKind::Page, Status::Trashed), (Some(0), Some(0), Some(0), none.clone()));
    assert_eq!(told(ContentKind::Template, Status::Current), (Some(0), Some(0), Some(0), none));
}

/// A space is known by the key that its addresses bear, too.
#[test]
fn an_alias_is_a_key() {
    let mut site = site_of(&(address("/display/DOCS/T2") + &address("/spaces/docs")));
    site.spaces[0].alias = Some("DOCS".to_owned());
    let links = LinkIndex::new(&site, &facts(&[]), &["KB"], Gaps::default()).of(&site.contents[0]);
    assert_eq!((links.out_internal, links.problems), (Some(1), Some(Vec::new())));
}

/// Texts of any length are kept as long as people can read them.
#[test]
fn names_of_any_length_are_cut() {
    let told = told(&to(&"ü".repeat(100_000)), &["KB"]);
    assert_eq!(told.len(), 1);
    assert!(told[0].0.chars().count() < 600, "{}", told[0].0.len());
}

/// An id of the site's former host may be anybody's here: it is a link where it leads to something, and never a broken one.
#[test]
fn ids_of_former_hosts_break_no_links() {
    let address = |id: u32| format!("<a href=\"https://old.example/pages/viewpage.action?pageId={id}\">x</a>");
    let hosts = OwnSite::new(BASE, &[]).with_former_hosts(&["old.example".to_owned()]);
    let body = [2, 3, 77].map(address).concat();
    let body = parse_to(&body, &hosts, Depth::Measures(&TodoMarkers::default()));
    let mut site = site_of("");
    site.contents[0].body = Some(body);
    let links = of(&site, &["77"], 0);
    assert_eq!((links.out_internal, links.broken_internal), (Some(3), Some(0)));
    assert_eq!(of(&site, &["77"], 1).incoming, Some(1));
}
