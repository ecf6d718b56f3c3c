//! Where a page leads.

use super::{measure, read};
use crate::PageLink;

fn titled(title: &str, space: Option<&str>) -> PageLink {
    PageLink::Title { title: title.to_owned(), space: space.map(str::to_owned) }
}

fn id(id: &str) -> PageLink {
    PageLink::Id(id.to_owned())
}

#[test]
fn pages_by_title_id_and_address_each_once() {
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
            id("1001"),
            id("2002"),
            titled("Release Plan", Some("OPS")),
            id("2001"),
            id("30003"),
        ]
    );
}

#[test]
fn what_is_no_link_to_a_page() {
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
fn pages_that_macros_name_and_pages_they_show() {
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
        named("include", "", "Costs: all"),
        named("children", "page", &page("Root")),
    ];
    let body = read(&body.concat());
    let shown =
        [titled("Part", None), titled("Sum", None), titled("Note: 1", Some("OPS")), titled(" all", Some("Costs"))];
    assert_eq!(body.measures.expect("asked for").includes, shown);
    assert_eq!(body.page_links[..4], shown);
    assert_eq!(body.page_links[4..], [titled("Root", None)]);
    assert!(measure(&named("children", "page", &page("Root"))).includes.is_empty());
}

#[test]
fn mentions_are_people_in_the_text() {
    let user = "<ri:user ri:account-id=\"557058:1\"/>";
    let body = format!(
        "<p><ac:link>{user}</ac:link> and <ac:link><ri:user ri:userkey=\"2c9\"/></ac:link></p>\
         <ac:structured-macro ac:name=\"profile\"><ac:parameter ac:name=\"user\">{user}</ac:parameter></ac:structured-macro>\
         <p>@somebody</p>"
    );
    assert_eq!(measure(&body).mentions, 2);
}

#[test]
fn links_to_jira_by_macro_and_by_address() {
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
fn addresses_on_other_hosts_each_once() {
    let body = r#"<a href="https://docs.example/a?b=1&amp;c=2">x</a> <a href="https://docs.example/a?b=1&amp;c=2#part">x</a>
        <a href="HTTP://docs.example/b">x</a> <ac:link><ri:url ri:value="https://docs.example/c"/></ac:link>
        <a href="https://acme.atlassian.net/wiki/spaces/OPS/overview">own</a> <a href="mailto:a@docs.example">mail</a>
        <img src="https://docs.example/d.png" alt="shown, not linked"/> https://docs.example/e"#;
    let links: Vec<_> = measure(body).external_links.into_iter().collect();
    assert_eq!(links, ["HTTP://docs.example/b", "https://docs.example/a?b=1&c=2", "https://docs.example/c"]);
}
