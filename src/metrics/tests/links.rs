use super::super::links::LinkIndex;
use super::super::row::Links;
use super::*;
use crate::inventory::snapshot::{MetricGroup, MetricGroups, SnapshotFacts};

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
    LinkIndex::new(inventory, &facts(missing), &["KB"]).of(&inventory.contents[at])
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
    let links = LinkIndex::new(&site, &not_asked, &["KB"]).of(&site.contents[0]);
    assert_eq!((links.out_internal, links.incoming, links.broken_internal), (Some(1), None, None));
    assert_eq!(of(&site, &[], 1).out_internal, None, "a body that was not read");
}
