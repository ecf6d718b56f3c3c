//! Section 2.1: core markup.

use confluence_storage_analyzer::inventory::{Container, ContentId, ContentKind};

use super::{
    OTHER, OWN, Possible, Proven, assert_doubted, assert_evidence, assert_nothing, assert_other, assert_own,
    assert_usage, call, code, image, image_in, site,
};

#[test]
fn image_with_bare_attachment() {
    assert_own(&image("a.png"), "a.png", "embedded", "image", Proven);
}

#[test]
fn image_with_page_container() {
    let page = |title: &str| format!(r#"<ri:page ri:space-key="ENG" ri:content-title="{title}" />"#);
    assert_other(&image_in("a.png", &page("Deployment Guide")), "a.png", "image", Proven);
    // the new editor writes the own page as a container
    assert_own(&image_in("a.png", &page("Release Plan")), "a.png", "embedded", "image", Proven);
}

#[test]
fn image_with_blog_post_container() {
    let body = image_in("a.png", r#"<ri:blog-post ri:content-title="News" ri:posting-day="2024/07/01" />"#);
    let mut site = site(&body, "a.png");
    site.content(ContentKind::BlogPost, "3001", Some("ENG"), "News", "");
    site.page("3002", "News", "");
    site.file("post", "3001", "a.png").container = Container::BlogPost(ContentId::new("3001"));
    site.file("page", "3002", "a.png");
    assert_usage(&site, &[("post", "linked-elsewhere"), ("page", "unreferenced"), ("own", "unreferenced")]);
    assert_evidence(&site, "post", "image", Proven);
}

#[test]
fn image_with_content_entity_container() {
    let entity = format!(r#"<ri:content-entity ri:content-id="{OTHER}" ri:version-at-save="1"/>"#);
    assert_other(&image_in("a.png", &entity), "a.png", "image", Proven);
}

#[test]
fn page_with_content_id_as_container() {
    let page = format!(r#"<ri:page ri:content-id="{OTHER}"/>"#);
    assert_other(&image_in("a.png", &page), "a.png", "image", Possible);
    let link = format!(r#"<ac:link><ri:attachment ri:filename="a.png">{page}</ri:attachment></ac:link>"#);
    assert_other(&link, "a.png", "link", Possible);
}

#[test]
fn space_as_container_is_no_page_file() {
    assert_nothing(&image_in("a.png", r#"<ri:space ri:space-key="ENG"/>"#), "a.png");
}

#[test]
fn container_that_names_nothing_is_not_the_own_page_alone() {
    let site = site(&image_in("a.png", r#"<ri:page ri:space-key="ENG"/>"#), "a.png");
    assert_usage(&site, &[("own", "embedded"), ("other", "undetermined"), ("near", "unreferenced")]);
    assert_evidence(&site, "own", "image", Possible);
}

#[test]
fn image_with_url() {
    let body = |url: &str| format!(r#"<ac:image><ri:url ri:value="{url}"/></ac:image>"#);
    assert_own(&body("/wiki/download/attachments/1001/a.png"), "a.png", "embedded", "image", Proven);
    assert_doubted(&body("https://images.example/wiki/download/attachments/1001/a.png"), "a.png");
}

#[test]
fn captions_and_texts_name_nothing() {
    assert_nothing(
        r#"<ac:image ac:alt="a.png" ac:title="a.png"><ri:attachment ri:filename="b.png"/>
        <ac:caption><p>a.png</p></ac:caption></ac:image>"#,
        "a.png",
    );
    assert_nothing(
        r#"<ac:link><ri:attachment ri:filename="b.png"/><ac:link-body>a.png</ac:link-body></ac:link>
        <ac:link><ri:attachment ri:filename="b.png"/>
        <ac:plain-text-link-body><![CDATA[a.png]]></ac:plain-text-link-body></ac:link>"#,
        "a.png",
    );
}

#[test]
fn children_of_an_image_are_inert_but_for_links_in_the_caption() {
    let body = |caption: &str| {
        format!(
            r#"<ac:image><ri:attachment ri:filename="b.png"/><ac:caption><p>{caption}</p></ac:caption>
            <ac:adf-mark key="border" size="2" color="a.png"/></ac:image>"#
        )
    };
    assert_nothing(&body("see a.png"), "a.png");
    let link = r#"<ac:link><ri:attachment ri:filename="a.png"/></ac:link>"#;
    assert_own(&body(link), "a.png", "linked", "link", Proven);
}

#[test]
fn link_with_every_kind_of_body() {
    for body in [
        "",
        "<ac:link-body>the <b>plan</b></ac:link-body>",
        "<ac:plain-text-link-body><![CDATA[the plan]]></ac:plain-text-link-body>",
    ] {
        let link = |container: &str| {
            format!(r#"<p><ac:link><ri:attachment ri:filename="a.pdf">{container}</ri:attachment>{body}</ac:link></p>"#)
        };
        assert_own(&link(""), "a.pdf", "linked", "link", Proven);
        assert_other(&link(r#"<ri:page ri:content-title="Deployment Guide"/>"#), "a.pdf", "link", Proven);
    }
}

#[test]
fn link_around_an_image() {
    let body = format!(
        r#"<ac:link><ri:attachment ri:filename="a.pdf"/><ac:link-body>{}</ac:link-body></ac:link>"#,
        image("b.png")
    );
    let mut site = site(&body, "a.pdf");
    site.file("picture", OWN, "b.png");
    assert_usage(&site, &[("own", "linked"), ("picture", "embedded"), ("other", "unreferenced")]);
}

#[test]
fn links_to_pages_spaces_users_and_anchors() {
    for target in [
        r#"<ri:page ri:content-title="a.png"/>"#,
        r#"<ri:space ri:space-key="a.png"/>"#,
        r#"<ri:user ri:account-id="a.png"/>"#,
        "",
    ] {
        assert_nothing(&format!(r#"<ac:link ac:anchor="a.png">{target}</ac:link>"#), "a.png");
    }
    assert_nothing(&call("anchor", &[("", "a.png")]), "a.png");
}

#[test]
fn attachment_directly_in_a_paragraph() {
    assert_own(r#"<p><ri:attachment ri:filename="a.pdf"/></p>"#, "a.pdf", "linked", "attachment", Possible);
}

#[test]
fn attachment_in_any_macro_parameter_or_body() {
    let parameter = |name: &str, container: &str| {
        format!(
            r#"<ac:structured-macro ac:name="{name}"><ac:parameter ac:name="x">
            <ri:attachment ri:filename="a.pdf">{container}</ri:attachment></ac:parameter></ac:structured-macro>"#
        )
    };
    for name in ["some-app", "code", "panel"] {
        assert_own(&parameter(name, ""), "a.pdf", "embedded", &format!("macro {name}"), Proven);
    }
    let page = r#"<ri:page ri:content-title="Deployment Guide"/>"#;
    assert_other(&parameter("some-app", page), "a.pdf", "macro some-app", Proven);
    let body = r#"<ac:structured-macro ac:name="some-app"><ac:rich-text-body>
        <ri:attachment ri:filename="a.pdf"/></ac:rich-text-body></ac:structured-macro>"#;
    assert_own(body, "a.pdf", "embedded", "macro some-app", Proven);
}

#[test]
fn macro_elements_of_old() {
    let body = |name: &str| {
        format!(
            r#"<ac:macro ac:name="viewpdf"><ac:parameter ac:name="name">{name}</ac:parameter></ac:macro>
            <ac:macro ac:name="some-app"><ac:default-parameter>{name}</ac:default-parameter></ac:macro>"#
        )
    };
    assert_own(&body("a.pdf"), "a.pdf", "embedded", "macro viewpdf", Proven);
    assert_nothing(&body("b.pdf"), "a.pdf");
    let default = r#"<ac:macro ac:name="some-app"><ac:default-parameter>a.pdf</ac:default-parameter></ac:macro>"#;
    assert_own(default, "a.pdf", "embedded", "macro some-app", Possible);
}

#[test]
fn img_style_and_background() {
    let url = "/wiki/download/attachments/1001/a.png";
    assert_own(&format!(r#"<img src="{url}" alt="x"/>"#), "a.png", "embedded", "URL", Proven);
    assert_own(&format!(r#"<p style="background: url('{url}')">x</p>"#), "a.png", "embedded", "URL", Possible);
    assert_own(&format!(r#"<ac:layout ac:background="{url}"><p/></ac:layout>"#), "a.png", "embedded", "URL", Possible);
    assert_own(&format!(r#"<table><tr><td background="{url}"/></tr></table>"#), "a.png", "embedded", "URL", Possible);
    assert_nothing(r#"<img src="a.png" alt="a.png"/><p style="color: a.png" title="a.png">x</p>"#, "a.png");
}

#[test]
fn transparent_containers() {
    for (open, close) in [
        (
            r#"<ac:layout><ac:layout-section ac:type="single"><ac:layout-cell>"#,
            "</ac:layout-cell></ac:layout-section></ac:layout>",
        ),
        ("<table><tbody><tr><td><p>", "</p></td></tr></tbody></table>"),
        ("<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-body>", "</ac:task-body></ac:task></ac:task-list>"),
        (r#"<ac:inline-comment-marker ac:ref="x">"#, "</ac:inline-comment-marker>"),
        (r#"<ac:structured-macro ac:name="expand"><ac:rich-text-body>"#, "</ac:rich-text-body></ac:structured-macro>"),
        ("<ac:placeholder>", "</ac:placeholder>"),
        ("<fab:unheard-of><x-y>", "</x-y></fab:unheard-of>"),
    ] {
        assert_own(&format!("{open}{}{close}", image("a.png")), "a.png", "embedded", "image", Proven);
        assert_nothing(&format!("{open}a.png{close}"), "a.png");
    }
}

#[test]
fn comment() {
    assert_nothing(&format!("<p>x</p><!-- {} -->", image("a.png")), "a.png");
    assert_own(&format!("<!-- <p> -->{}<!-- -->", image("a.png")), "a.png", "embedded", "image", Proven);
}

#[test]
fn escaped_markup_and_code() {
    assert_nothing(r#"<p>&lt;ri:attachment ri:filename="a.png"/&gt;</p>"#, "a.png");
    for name in ["code", "noformat", "plantuml", "mermaid"] {
        assert_nothing(&code(name, &image("a.png")), "a.png");
        assert_nothing(&code(name, "/wiki/download/attachments/1001/a.png [^a.png] !a.png!"), "a.png");
        let url = "see https://acme.atlassian.net/wiki/download/attachments/1001/a.png, please";
        assert_own(&code(name, url), "a.png", "linked", "URL in text", Possible);
        assert_own(&code(name, "").replace("<![CDATA[]]>", url), "a.png", "linked", "URL in text", Possible);
    }
    let text = "<p>https://acme.atlassian.net/wiki/pages/viewpage.action?pageId=1001&amp;preview=/1001/own/x</p>";
    assert_nothing(text, "a.png");
    let url = "<p>(https://acme.atlassian.net/wiki/download/attachments/1001/a.png)</p>";
    assert_own(url, "a.png", "linked", "URL in text", Possible);
    assert_doubted("<p>https://other.example/wiki/download/attachments/1001/a.png</p>", "a.png");
}

#[test]
fn emoticon_is_never_an_attachment() {
    let id = "62149a0b-9e5d-4e56-bab5-17b8a0d84da5";
    let mut site = site(&format!(r#"<ac:emoticon ac:name="blue-star" ac:emoji-id="{id}"/>"#), "a.png");
    site.inventory.attachments[0].file_id = Some(id.to_owned());
    assert_usage(&site, &[("own", "unreferenced")]);
}

#[test]
fn fab_attributes_do_not_disturb() {
    let body = r#"<ac:image fab:display-type="thumb" fab:placeholder-url="/x"><ri:attachment ri:filename="a.png"/></ac:image>"#;
    assert_own(body, "a.png", "embedded", "image", Proven);
    assert_nothing(r#"<p fab:placeholder-url="/wiki/download/attachments/1001/a.png">x</p>"#, "a.png");
}

#[test]
fn identifier_kept_as_text() {
    let text = "AttachmentResourceIdentifier[com.atlassian.confluence.PageResourceIdentifier@1,filename=a.drawio]";
    for name in ["inc-drawio", "some-app", "view-file"] {
        let construct = format!("macro {name}");
        assert_own(&call(name, &[("name", text)]), "a.drawio", "embedded", &construct, Possible);
    }
    assert_nothing(&call("panel", &[("title", "filename=a.drawio]")]), "a.drawio");
}
