//! Core markup: images, links, attachments in text, comments, code.

use confluence_storage_analyzer::inventory::{Container, ContentId, ContentKind};

use super::{
    OTHER, OWN, Possible, Proven, assert_doubted, assert_evidence, assert_nothing, assert_other, assert_own,
    assert_usage, call, code, image, image_in, site,
};

#[test]
fn an_image_shows_the_file_of_its_own_page() {
    assert_own(&image("a.png"), "a.png", "embedded", "image", Proven);
}

#[test]
fn an_image_may_name_a_page_as_container() {
    let page = |title: &str| format!(r#"<ri:page ri:space-key="ENG" ri:content-title="{title}" />"#);
    assert_other(&image_in("a.png", &page("Deployment Guide")), "a.png", "image", Proven);
    // the new editor names the page itself as the container
    assert_own(&image_in("a.png", &page("Release Plan")), "a.png", "embedded", "image", Proven);
}

#[test]
fn an_image_may_name_a_blog_post_as_container() {
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
fn an_image_may_name_a_content_by_id_as_container() {
    let entity = format!(r#"<ri:content-entity ri:content-id="{OTHER}" ri:version-at-save="1"/>"#);
    assert_other(&image_in("a.png", &entity), "a.png", "image", Proven);
}

#[test]
fn a_page_identifier_may_have_a_content_id() {
    let page = format!(r#"<ri:page ri:content-id="{OTHER}"/>"#);
    assert_other(&image_in("a.png", &page), "a.png", "image", Possible);
    let link = format!(r#"<ac:link><ri:attachment ri:filename="a.png">{page}</ri:attachment></ac:link>"#);
    assert_other(&link, "a.png", "link", Possible);
}

#[test]
fn a_file_of_a_space_is_not_a_file_of_a_page() {
    assert_nothing(&image_in("a.png", r#"<ri:space ri:space-key="ENG"/>"#), "a.png");
}

#[test]
fn an_empty_container_may_mean_any_page() {
    let site = site(&image_in("a.png", r#"<ri:page ri:space-key="ENG"/>"#), "a.png");
    assert_usage(&site, &[("own", "embedded"), ("other", "undetermined"), ("near", "unreferenced")]);
    assert_evidence(&site, "own", "image", Possible);
}

#[test]
fn an_image_may_name_its_file_by_url() {
    let body = |url: &str| format!(r#"<ac:image><ri:url ri:value="{url}"/></ac:image>"#);
    assert_own(&body("/wiki/download/attachments/1001/a.png"), "a.png", "embedded", "image", Proven);
    assert_doubted(&body("https://images.example/wiki/download/attachments/1001/a.png"), "a.png");
}

#[test]
fn captions_and_texts_name_no_file() {
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
fn of_the_children_of_an_image_only_links_in_the_caption_name_files() {
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
fn a_link_names_its_file_whatever_its_body() {
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
fn a_link_around_an_image_is_two_uses() {
    let body = format!(
        r#"<ac:link><ri:attachment ri:filename="a.pdf"/><ac:link-body>{}</ac:link-body></ac:link>"#,
        image("b.png")
    );
    let mut site = site(&body, "a.pdf");
    site.file("picture", OWN, "b.png");
    assert_usage(&site, &[("own", "linked"), ("picture", "embedded"), ("other", "unreferenced")]);
}

#[test]
fn links_to_pages_spaces_users_and_anchors_name_no_file() {
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
fn an_attachment_directly_in_a_paragraph_is_possibly_linked() {
    assert_own(r#"<p><ri:attachment ri:filename="a.pdf"/></p>"#, "a.pdf", "linked", "attachment", Possible);
}

#[test]
fn an_attachment_in_any_macro_parameter_or_body_is_a_use() {
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
fn legacy_macro_elements_are_read() {
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
fn img_elements_styles_and_backgrounds_name_files() {
    let url = "/wiki/download/attachments/1001/a.png";
    assert_own(&format!(r#"<img src="{url}" alt="x"/>"#), "a.png", "embedded", "URL", Proven);
    assert_own(&format!(r#"<p style="background: url('{url}')">x</p>"#), "a.png", "embedded", "URL", Possible);
    assert_own(&format!(r#"<ac:layout ac:background="{url}"><p/></ac:layout>"#), "a.png", "embedded", "URL", Possible);
    assert_own(&format!(r#"<table><tr><td background="{url}"/></tr></table>"#), "a.png", "embedded", "URL", Possible);
    assert_nothing(r#"<img src="a.png" alt="a.png"/><p style="color: a.png" title="a.png">x</p>"#, "a.png");
}

#[test]
fn layout_elements_do_not_change_references() {
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
fn xml_comments_name_no_file() {
    assert_nothing(&format!("<p>x</p><!-- {} -->", image("a.png")), "a.png");
    assert_own(&format!("<!-- <p> -->{}<!-- -->", image("a.png")), "a.png", "embedded", "image", Proven);
}

#[test]
fn escaped_markup_and_code_name_files_by_absolute_url_only() {
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
fn an_emoticon_is_never_an_attachment() {
    let id = "62149a0b-9e5d-4e56-bab5-17b8a0d84da5";
    let mut site = site(&format!(r#"<ac:emoticon ac:name="blue-star" ac:emoji-id="{id}"/>"#), "a.png");
    site.inventory.attachments[0].file_id = Some(id.to_owned());
    assert_usage(&site, &[("own", "unreferenced")]);
}

#[test]
fn fab_attributes_are_ignored() {
    let body = r#"<ac:image fab:display-type="thumb" fab:placeholder-url="/x"><ri:attachment ri:filename="a.png"/></ac:image>"#;
    assert_own(body, "a.png", "embedded", "image", Proven);
    assert_nothing(r#"<p fab:placeholder-url="/wiki/download/attachments/1001/a.png">x</p>"#, "a.png");
}

#[test]
fn an_identifier_stored_as_text_names_its_file() {
    let text = "AttachmentResourceIdentifier[com.atlassian.confluence.PageResourceIdentifier@1,filename=a.drawio]";
    for name in ["inc-drawio", "some-app", "view-file"] {
        let construct = format!("macro {name}");
        assert_own(&call(name, &[("name", text)]), "a.drawio", "embedded", &construct, Possible);
    }
    assert_nothing(&call("panel", &[("title", "filename=a.drawio]")]), "a.drawio");
}
