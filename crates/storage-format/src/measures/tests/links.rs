//! Links of a page.

use super::{measure, read};
use crate::{AnchorLink, OwnSite, PageLink, ParseDepth, TodoMarkers, parse_with_depth};

fn titled(title: &str, space: Option<&str>) -> PageLink {
    PageLink::Title { title: title.to_owned(), space: space.map(str::to_owned) }
}

fn id(id: &str) -> PageLink {
    PageLink::Id(id.to_owned())
}

fn any(id: &str) -> PageLink {
    PageLink::Any(id.to_owned())
}

#[test]
fn page_links_by_title_id_and_address_are_counted_once() {
    // the code of a tiny link is the id in base64
    let body = r#"<ac:link><ri:page ri:space-key="OPS" ri:content-title="Guide"/></ac:link>
        <ac:link><ri:page ri:content-title="Guide"/></ac:link><ac:link><ri:page ri:content-title="Guide"/></ac:link>
        <ac:link><ri:content-entity ri:content-id="1001"/></ac:link>
        <a href="https://acme.atlassian.net/wiki/spaces/OPS/pages/1001/Guide">x</a>
        <a href="/wiki/pages/viewpage.action?pageId=2002">x</a>
        <a href="/wiki/display/OPS/Release+Plan">x</a>
        <a href="/wiki/x/6QM" data-card-appearance="inline">x</a>
        <a href="/wiki/x/0Qc">x</a>
        <ac:link><ri:url ri:value="/wiki/spaces/OPS/pages/30003"/></ac:link>"#;
    assert_eq!(
        read(body).page_links,
        [
            titled("Guide", Some("OPS")),
            titled("Guide", None),
            any("1001"),
            id("1001"),
            id("2002"),
            titled("Release Plan", Some("OPS")),
            any("2001"),
            id("30003"),
        ]
    );
}

#[test]
fn other_hosts_text_and_code_are_not_page_links() {
    let body = r##"<ac:image><ri:attachment ri:filename="a.png"><ri:page ri:content-title="Owner"/></ri:attachment></ac:image>
        <ac:link><ri:attachment ri:filename="b.pdf"><ri:page ri:content-title="Owner"/></ri:attachment></ac:link>
        <a href="/wiki/download/attachments/1001/c.pdf">x</a> <a href="#top">x</a>
        <a href="https://other.example/wiki/spaces/OPS/pages/1001/Guide">x</a>
        <p>https://acme.atlassian.net/wiki/spaces/OPS/pages/1001</p>
        <ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[https://acme.atlassian.net/wiki/x/6QM]]>
        </ac:plain-text-body></ac:structured-macro>"##;
    assert_eq!(read(body).page_links, []);
}

#[test]
fn pages_named_by_macros_are_links_and_included_pages_are_includes() {
    let named = |name: &str, parameter: &str, inside: &str| {
        format!(
            "<ac:structured-macro ac:name=\"{name}\"><ac:parameter ac:name=\"{parameter}\">{inside}</ac:parameter>\
             </ac:structured-macro>"
        )
    };
    let page = |title: &str| format!("<ac:link><ri:page ri:content-title=\"{title}\"/></ac:link>");
    let body = [
        named("include", "", &page("Part")),
        named("include", "", &page("Part")),
        named("excerpt-include", "", &page("Sum")),
        named("excerpt-include", "default-parameter", "OPS:Note: 1"),
        named("include", "", "@self"),
        named("include", "", "Costs: all"),
        named("children", "page", &page("Root")),
    ];
    let body = read(&body.concat());
    let shown = [titled("Part", None), titled("Sum", None), titled("Note: 1", Some("OPS")), titled("Costs: all", None)];
    assert_eq!(body.measures.expect("requested").includes, shown);
    assert_eq!(body.page_links[..4], shown);
    assert_eq!(body.page_links[4..], [titled("Root", None)]);
    assert!(measure(&named("children", "page", &page("Root"))).includes.is_empty());
}

#[test]
fn only_people_in_the_text_are_mentions() {
    let user = "<ri:user ri:account-id=\"557058:1\"/>";
    let body = format!(
        "<p><ac:link>{user}</ac:link> and <ac:link><ri:user ri:userkey=\"2c9\"/></ac:link></p>\
         <ac:structured-macro ac:name=\"profile\"><ac:parameter ac:name=\"user\">{user}</ac:parameter></ac:structured-macro>\
         <p>@somebody</p>"
    );
    assert_eq!(measure(&body).mentions, 2);
}

#[test]
fn jira_links_are_macros_and_addresses() {
    let body = r#"<ac:structured-macro ac:name="jira"><ac:parameter ac:name="key">OPS-1</ac:parameter></ac:structured-macro>
        <a href="https://acme.atlassian.net/browse/OPS-1">x</a> <a href="https://jira.example/browse/OPS-2?focus=1">x</a>"#;
    let measures = measure(body);
    assert_eq!(measures.jira_links, 3);
    assert_eq!(measures.external_links.len(), 1);
    let others = r#"<a href="https://x.example/browse">x</a><p>OPS-1 https://jira.example/browse/OPS-2</p>
        <ac:structured-macro ac:name="jirachart"/>"#;
    assert_eq!(measure(others).jira_links, 0);
}

#[test]
fn external_links_are_counted_once() {
    let body = r#"<a href="https://docs.example/a?b=1&amp;c=2">x</a> <a href="https://docs.example/a?b=1&amp;c=2#part">x</a>
        <a href="HTTP://docs.example/b">x</a> <ac:link><ri:url ri:value="https://docs.example/c"/></ac:link>
        <a href="https://acme.atlassian.net/wiki/spaces/OPS/overview">own</a> <a href="mailto:a@docs.example">mail</a>
        <img src="https://docs.example/d.png" alt="shown, not linked"/> https://docs.example/e"#;
    let links: Vec<_> = measure(body).external_links.into_iter().collect();
    assert_eq!(links, ["HTTP://docs.example/b", "https://docs.example/a?b=1&c=2", "https://docs.example/c"]);
}

#[test]
fn page_links_by_query_by_space_and_by_id_with_title_are_found() {
    let body = r#"<a href="/wiki/pages/viewpage.action?spaceKey=OPS&amp;title=Release+Plan%21">x</a>
        <a href="/wiki/spaces/OPS">x</a> <a href="https://acme.atlassian.net/wiki/spaces/OPS/overview?a=b">x</a>
        <a href="/wiki/display/~ann">x</a> <ac:link><ri:space ri:space-key="HR"/></ac:link>
        <ac:link><ri:page ri:content-title="Guide" ri:content-id="77"/></ac:link>
        <ac:structured-macro ac:name="contentbylabel"><ac:parameter ac:name="spaces"><ri:space ri:space-key="NOT"/>
        </ac:parameter></ac:structured-macro><ac:link><ri:space ri:space-key="@self"/></ac:link>"#;
    let space = |key: &str| PageLink::Space(key.to_owned());
    let known = PageLink::Known { id: "77".to_owned(), title: "Guide".to_owned(), space: None, post: false };
    let expected = [titled("Release Plan!", Some("OPS")), space("OPS"), space("~ann"), space("HR"), known];
    assert_eq!(read(body).page_links, expected);
}

#[test]
fn links_to_anchors_in_the_same_page_and_in_others_are_found() {
    let body = r##"<a href="#Set-up%3F">x</a> <a href="#">x</a> <a href="#top">x</a>
        <a href="/wiki/spaces/OPS/pages/1001/Guide#First-steps">x</a> <a href="https://docs.example/a#part">x</a>
        <a href="/wiki/spaces/OPS/pages/1001/Guide?focusedCommentId=5#comment-5">x</a>
        <ac:link ac:anchor="end"/> <ac:link ac:anchor="end"><ac:link-body>again</ac:link-body></ac:link>
        <ac:link ac:anchor="Costs"><ri:page ri:content-title="Plan"/></ac:link>
        <ac:link ac:anchor="p1"><ri:attachment ri:filename="a.pdf"/></ac:link>"##;
    let link = |page: Option<PageLink>, anchor: &str| AnchorLink { page, anchor: anchor.to_owned() };
    let expected = [
        link(None, "Set-up?"),
        link(Some(id("1001")), "First-steps"),
        link(None, "end"),
        link(Some(titled("Plan", None)), "Costs"),
    ];
    assert_eq!(measure(body).place_links, expected);
}

#[test]
fn headings_and_anchor_macros_are_anchors() {
    let anchor = |parameter: &str, name: &str| {
        format!(
            "<ac:structured-macro ac:name=\"anchor\"><ac:parameter ac:name=\"{parameter}\">{name}</ac:parameter>\
             </ac:structured-macro>"
        )
    };
    let body = format!(
        "<h1>Costs &amp; <strong>bene</strong>fits</h1>{}<h2>{}With an anchor</h2><a name=\"old\">x</a><p id=\"para\">y</p>\
         <ac:structured-macro ac:name=\"expand\"><ac:rich-text-body><h3>Hidden</h3></ac:rich-text-body></ac:structured-macro>",
        anchor("", "end"),
        anchor("default-parameter", "inside")
    );
    let anchors = measure(&body).anchors;
    for anchor in
        ["Costs-&-benefits", "Plan-Costs&benefits", "end", "inside", "With-an-anchor", "old", "para", "Hidden"]
    {
        assert_eq!(anchors.leads("Plan", anchor), Some(true), "{anchor}");
    }
    assert_eq!(anchors.leads("Plan", "nothing"), Some(false));
    let unsure = [
        "<h1>Due <time datetime=\"2026-01-01\"/></h1>",
        "<h1>To <ac:link><ri:page ri:content-title=\"Guide\"/></ac:link></h1>",
        "<h1>x <ac:structured-macro ac:name=\"status\"/></h1>",
        "<h1>x <a href=\"/wiki/x/6QM\" data-card-appearance=\"inline\">y</a></h1>",
        "<h1>x <ac:link ac:card-appearance=\"inline\"><ri:page ri:content-title=\"Guide\"/></ac:link></h1>",
        "<ac:structured-macro ac:name=\"include\"/>",
        "<ac:structured-macro ac:name=\"tabs-of-an-app\"/>",
    ];
    for body in unsure {
        assert_eq!(measure(body).anchors.leads("Plan", "nothing"), None, "{body}");
    }
}

/// A draft may be visible only to its author, and an id of an app may not be a page: such links are only possible ones.
/// An old version may have other anchors than the page.
#[test]
fn links_to_drafts_and_apps_are_possible_and_links_to_versions_have_no_anchors() {
    let body = r#"<a href="/wiki/spaces/OPS/pages/edit-v2/200001#a">x</a>
        <a href="/wiki/spaces/OPS/pages/edit/200002">x</a>
        <a href="/wiki/pages/resumedraft.action?pageId=3&amp;draftShareId=8f">x</a>
        <a href="/wiki/pages/viewpage.action?pageId=4&amp;draftId=5">x</a>
        <a href="/wiki/plugins/servlet/app?pageId=6#a">x</a>
        <a href="/wiki/pages/viewinfo.action?pageId=7#a">x</a>
        <a href="/wiki/pages/viewpage.action?pageId=8&amp;pageVersion=2#a">x</a>
        <a href="/wiki/display/OPS/C++%20&amp;%20more">x</a> <a href="/wiki/display/OPS/A+b%2B">x</a>"#;
    let perhaps = |id: &str| PageLink::Perhaps(id.to_owned());
    let expected = [
        perhaps("200001"),
        perhaps("200002"),
        perhaps("3"),
        perhaps("4"),
        perhaps("6"),
        id("7"),
        id("8"),
        titled("C++ & more", Some("OPS")),
        titled("A b+", Some("OPS")),
    ];
    assert_eq!(read(body).page_links, expected);
    assert_eq!(measure(body).place_links, []);
}

/// Ids of another deployment are not valid on this one.
#[test]
fn ids_on_former_hosts_are_former_ids() {
    let site =
        OwnSite::new("https://acme.atlassian.net/wiki", &[]).with_former_hosts(&["wiki.acme.example".to_owned()]);
    let body = r#"<a href="https://wiki.acme.example/pages/viewpage.action?pageId=2002">x</a>
        <a href="https://wiki.acme.example/x/0Qc">x</a> <a href="https://wiki.acme.example/display/OPS/Plan">x</a>"#;
    let read = parse_with_depth(body, &site, ParseDepth::Measures(&TodoMarkers::default()));
    let former = |id: &str| PageLink::Former(id.to_owned());
    assert_eq!(read.page_links, [former("2002"), former("2001"), titled("Plan", Some("OPS"))]);
}
