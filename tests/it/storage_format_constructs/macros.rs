//! Macros that name files in their parameters or bodies.

use super::{
    OTHER, OWN, Possible, Proven, assert_doubted, assert_evidence, assert_nothing, assert_other, assert_own,
    assert_usage, call, code, site,
};
use test_support::test_site::TestSite;

/// A macro with one parameter that contains elements.
fn with_element(name: &str, parameter: &str, element: &str, more: &[(&str, &str)]) -> String {
    let open = format!(r#"ac:schema-version="1"><ac:parameter ac:name="{parameter}">{element}</ac:parameter>"#);
    call(name, more).replacen(r#"ac:schema-version="1">"#, &open, 1)
}

const ATTACHMENT: &str = r#"<ri:attachment ri:filename="a.pdf"/>"#;

#[test]
fn view_file_shows_the_named_file() {
    let element = with_element("view-file", "name", ATTACHMENT, &[("height", "250")]);
    let card = format!(r#"<p class="media-group">{element}</p>"#);
    assert_own(&card, "a.pdf", "embedded", "macro view-file", Proven);
    let other = r#"<ri:attachment ri:filename="a.pdf"><ri:page ri:content-title="Deployment Guide"/></ri:attachment>"#;
    assert_other(&with_element("view-file", "name", other, &[]), "a.pdf", "macro view-file", Proven);
    assert_own(&call("view-file", &[("name", "a.pdf")]), "a.pdf", "embedded", "macro view-file", Proven);
    assert_nothing(&call("view-file", &[("name", "the a.pdf"), ("title", "a.pdf")]), "a.pdf");
}

#[test]
fn office_and_pdf_viewers_show_the_named_file() {
    for name in ["viewpdf", "viewdoc", "viewxls", "viewppt", "viewfile", "excel"] {
        let construct = format!("macro {name}");
        assert_own(&call(name, &[("name", "a.pdf")]), "a.pdf", "embedded", &construct, Proven);
        assert_own(&with_element(name, "name", ATTACHMENT, &[]), "a.pdf", "embedded", &construct, Proven);
        assert_own(&call(name, &[("file", "^a.pdf")]), "a.pdf", "embedded", &construct, Possible);
        let page = ("page", "Deployment Guide");
        assert_other(&call(name, &[("name", "a.pdf"), page]), "a.pdf", &construct, Proven);
        assert_other(&with_element(name, "name", ATTACHMENT, &[page]), "a.pdf", &construct, Proven);
        let link = r#"<ac:link><ri:page ri:content-title="Deployment Guide"/></ac:link>"#;
        assert_other(&with_element(name, "page", link, &[("name", "a.pdf")]), "a.pdf", &construct, Proven);
        assert_nothing(&call(name, &[("page", "a.pdf"), ("name", "b.pdf")]), "b.doc");
    }
}

#[test]
fn multimedia_shows_the_named_file() {
    let mut far = TestSite::acme();
    let body = call("multimedia", &[("space", "OPS"), ("page", "Runbook"), ("name", "a.mp4"), ("width", "300")]);
    far.page(OWN, "Release Plan", &body);
    far.content(confluence_storage_analyzer::inventory::ContentKind::Page, "3001", Some("OPS"), "Runbook", "");
    far.page("3002", "Runbook", "");
    far.file("ops", "3001", "a.mp4");
    far.file("eng", "3002", "a.mp4");
    far.file("own", OWN, "a.mp4");
    assert_usage(&far, &[("ops", "linked-elsewhere"), ("eng", "unreferenced"), ("own", "unreferenced")]);
    assert_own(&call("multimedia", &[("name", "a.mp4")]), "a.mp4", "embedded", "macro multimedia", Proven);
    let element = with_element("multimedia", "name", ATTACHMENT, &[]);
    assert_own(&element, "a.pdf", "embedded", "macro multimedia", Proven);
}

#[test]
fn img_widget_and_iframe_name_files_by_url() {
    let url = "/wiki/download/attachments/2001/a.png?api=v2";
    for (name, parameter) in [("img", "src"), ("widget", "url"), ("iframe", "src")] {
        let construct = format!("macro {name}");
        assert_other(&call(name, &[(parameter, url)]), "a.png", &construct, Proven);
        let element = format!(r#"<ri:url ri:value="{url}"/>"#);
        assert_other(&with_element(name, parameter, &element, &[]), "a.png", &construct, Proven);
        assert_doubted(&call(name, &[(parameter, "https://x.example/download/attachments/2001/a.png")]), "a.png");
    }
}

#[test]
fn drawio_uses_its_source_and_pictures() {
    for name in ["drawio", "drawio-sketch"] {
        let construct = format!("macro {name}");
        // name with an extension: source and picture
        let body = call(name, &[("diagramName", "net.drawio"), ("diagramDisplayName", "plan"), ("contentId", "9")]);
        let mut own = site(&body, "net.drawio");
        own.file("picture", OWN, "net.drawio.png");
        own.file("caption", OWN, "plan.png");
        own.file("longer", OWN, "net.drawio.png.png");
        assert_usage(&own, &[("own", "embedded"), ("picture", "embedded"), ("other", "unreferenced")]);
        assert_usage(&own, &[("caption", "unreferenced"), ("longer", "unreferenced"), ("near", "unreferenced")]);
        assert_evidence(&own, "picture", &construct, Proven);
        // on another page, without an extension, with a space at the end
        let body = call(name, &[("diagramName", "net plan "), ("pageId", OTHER)]);
        let mut far = site(&body, "net plan ");
        for (id, file) in [("png", "net plan .png"), ("drawio-png", "net plan.drawio.png"), ("xml", "net plan.xml")] {
            far.file(id, OTHER, file);
        }
        assert_usage(&far, &[("other", "linked-elsewhere"), ("png", "linked-elsewhere"), ("own", "unreferenced")]);
        assert_usage(&far, &[("drawio-png", "linked-elsewhere"), ("xml", "undetermined")]);
    }
    let template = call("drawio", &[("diagramName", "x"), ("templateUrl", "/wiki/download/attachments/2001/t.xml")]);
    assert_other(&template, "t.xml", "macro drawio", Proven);
    let preview = call("drawio", &[("diagramName", "x"), ("tempPreview", "p.png")]);
    assert_own(&preview, "p.png", "embedded", "macro drawio", Possible);
}

#[test]
fn inc_drawio_uses_the_included_source_and_cached_copies() {
    let parameters = [
        ("includedDiagram", "1"),
        ("diagramName", "BPMN"),
        ("pageId", OTHER),
        ("aspectHash", "f0a"),
        ("imgPageId", OWN),
    ];
    let mut included = site(&call("inc-drawio", &parameters), "BPMN");
    included.file("picture", OWN, "BPMN-f0a.png");
    included.file("elsewhere", OTHER, "BPMN-f0a.png");
    included.file("other-aspect", OWN, "BPMN-ab1.png");
    assert_usage(&included, &[("other", "linked-elsewhere"), ("picture", "embedded"), ("own", "unreferenced")]);
    assert_usage(&included, &[("elsewhere", "unreferenced"), ("other-aspect", "unreferenced")]);
    // the app keeps a copy of a diagram stored elsewhere on the page that includes it
    let elsewhere: [&[(&str, &str)]; 4] = [
        &[("diagramName", "BPMN"), ("diagramUrl", "https://x.example/BPMN")],
        &[("diagramName", "BPMN"), ("service", "gdrive"), ("sFileId", "1x")],
        &[("diagramName", "BPMN"), ("service", "OneDrive"), ("sFileId", "1x"), ("pageId", "9999"), ("imgPageId", OWN)],
        &[("diagramName", "BPMN"), ("csvFileUrl", "https://x.example/staff.csv")],
    ];
    for parameters in elsewhere {
        let mut kept = site(&call("inc-drawio", parameters), "BPMN");
        kept.file("table", OWN, "BPMN.csv");
        kept.file("picture", OWN, "BPMN.png");
        assert_usage(
            &kept,
            &[("own", "embedded"), ("table", "embedded"), ("picture", "embedded"), ("near", "unreferenced")],
        );
    }
}

#[test]
fn drawio_temporary_files_are_not_used() {
    assert_nothing(&call("drawio", &[("diagramName", "net")]), "~drawio~557058~net.tmp");
}

#[test]
fn drawio_custom_content_alone_is_not_a_use() {
    use confluence_storage_analyzer::inventory::ContentKind;
    let mut site = site("<p>x</p>", "net.drawio");
    let body = "%7B%22pageId%22%3A%221001%22%2C%22diagramName%22%3A%22net.drawio%22%2C%22version%22%3A1%7D";
    site.content(ContentKind::CustomContent, "6001", Some("ENG"), "net.drawio", body);
    assert_usage(&site, &[("own", "unreferenced"), ("other", "unreferenced")]);
}

#[test]
fn gliffy_uses_its_source_and_pictures() {
    let mut own = site(&call("gliffy", &[("name", "Order flow"), ("displayName", "Caption")]), "Order flow");
    for (id, name) in [
        ("png", "Order flow.png"),
        ("svg", "Order flow.svg"),
        ("caption", "Caption.png"),
        ("old", "Order flow old.png"),
    ] {
        own.file(id, OWN, name);
    }
    assert_usage(&own, &[("own", "embedded"), ("png", "embedded"), ("svg", "embedded"), ("other", "unreferenced")]);
    assert_usage(&own, &[("caption", "unreferenced"), ("old", "unreferenced")]);
    assert_evidence(&own, "png", "macro gliffy", Proven);
    assert_evidence(&own, "svg", "macro gliffy", Possible);
    assert_other(&call("gliffy", &[("name", "Flow"), ("pageid", OTHER)]), "Flow.png", "macro gliffy", Proven);
}

#[test]
fn mermaid_cloud_uses_its_source() {
    let body = call("mermaid-cloud", &[("filename", "flow"), ("revision", "3"), ("toolbar", "bottom")]);
    assert_own(&body, "flow", "embedded", "macro mermaid-cloud", Proven);
    assert_nothing(&body, "bottom");
}

#[test]
fn mermaid_cloud_uses_its_picture() {
    let body = call("mermaid-cloud", &[("filename", "flow")]);
    assert_own(&body, "flow.png", "embedded", "macro mermaid-cloud", Proven);
}

#[test]
fn plantuml_and_mermaid_bodies_name_no_file() {
    for name in ["plantuml", "mermaid"] {
        assert_nothing(&code(name, "a.png -> b.png"), "a.png");
    }
    // an export name that is the name of a file is a possible use
    let body = call("plantumlcloud", &[("filename", "a.svg"), ("data", "eNpzKkxNzs9JVcgtyEnlAgA")]);
    assert_own(&body, "a.svg", "embedded", "macro plantumlcloud", Possible);
    assert_nothing(&body, "b.svg");
}

#[test]
fn table_spreadsheet_leaves_the_files_of_its_page_undetermined() {
    let site = site(&call("table-spreadsheet", &[("version", "2")]), "sheet.json");
    assert_usage(&site, &[("own", "undetermined"), ("near", "undetermined"), ("other", "unreferenced")]);
}

#[test]
fn unverified_macros_name_files_in_every_spelling() {
    for name in ["chart", "csv", "balsamiq", "lucidchart", "excalidraw", "swagger", "open-api", "pdf-viewer"] {
        let construct = format!("macro {name}");
        assert_own(&call(name, &[("file", "a.csv")]), "a.csv", "embedded", &construct, Possible);
        assert_own(&call(name, &[("file", "^a.csv")]), "a.csv", "embedded", &construct, Possible);
        assert_other(&call(name, &[("file", "Deployment Guide^a.csv")]), "a.csv", &construct, Possible);
        assert_other(&call(name, &[("file", "ENG:Deployment Guide^a.csv")]), "a.csv", &construct, Possible);
        assert_nothing(&call(name, &[("title", "About a.csv"), ("width", "10")]), "a.csv");
    }
}

#[test]
fn an_unknown_macro_may_name_the_page_of_its_file() {
    for page in [("page", "Deployment Guide"), ("pageId", OTHER)] {
        let site = site(&call("some-app", &[("file", "a.csv"), page]), "a.csv");
        assert_usage(&site, &[("own", "embedded"), ("other", "linked-elsewhere"), ("near", "unreferenced")]);
        assert_evidence(&site, "other", "macro some-app", Possible);
    }
}

#[test]
fn background_and_section_macros_name_images() {
    let url = "/wiki/download/attachments/1001/a.png";
    let element = r#"<ri:attachment ri:filename="a.png"/>"#;
    for name in ["aura-panel", "background-image", "section"] {
        let construct = format!("macro {name}");
        assert_own(&with_element(name, "image", element, &[]), "a.png", "embedded", &construct, Proven);
        let element = format!(r#"<ri:url ri:value="{url}"/>"#);
        assert_own(&with_element(name, "image", &element, &[]), "a.png", "embedded", &construct, Proven);
        assert_own(&call(name, &[("image", url)]), "a.png", "embedded", &construct, Proven);
        let style = format!("background: url({url}) no-repeat");
        let site = site(&call(name, &[("style", &style)]), "a.png");
        assert_usage(&site, &[("own", "linked"), ("other", "unreferenced"), ("near", "unreferenced")]);
        assert_nothing(&call(name, &[("style", "background: url(/images/a.png)")]), "a.png");
    }
}

#[test]
fn an_unknown_macro_names_files_by_exact_name_id_or_url() {
    let id = "62149a0b-9e5d-4e56-bab5-17b8a0d84da5";
    let construct = "macro some-app";
    assert_own(&with_element("some-app", "x", ATTACHMENT, &[]), "a.pdf", "embedded", construct, Proven);
    let url = "https://acme.atlassian.net/wiki/download/attachments/1001/a.pdf";
    assert_own(&call("some-app", &[("x", url)]), "a.pdf", "embedded", construct, Proven);
    assert_own(&call("some-app", &[("x", "a.pdf")]), "a.pdf", "embedded", construct, Possible);
    assert_own(&call("some-app", &[("x", "b.pdf, a.pdf")]), "a.pdf", "embedded", construct, Possible);
    for almost in ["A.PDF", "see a.pdf", "a.pdf.bak"] {
        assert_nothing(&call("some-app", &[("x", almost)]), "a.pdf");
    }
    let mut by_id = site(&call("some-app", &[("x", "att5001")]), "a.pdf");
    by_id.file("att5001", OTHER, "b.pdf");
    by_id.file("att500", OTHER, "c.pdf");
    assert_usage(&by_id, &[("att5001", "linked-elsewhere"), ("att500", "unreferenced")]);
    assert_evidence(&by_id, "att5001", construct, Possible);
    let mut by_file_id = site(&call("some-app", &[("x", id)]), "a.pdf");
    by_file_id.inventory.attachments[1].file_id = Some(id.to_owned());
    assert_usage(&by_file_id, &[("other", "linked-elsewhere"), ("own", "unreferenced")]);
    for inert in ["code", "panel", "status", "expand", "info", "toc", "anchor", "jira"] {
        assert_nothing(&call(inert, &[("title", "a.pdf")]), "a.pdf");
        assert_own(&call(inert, &[("title", url)]), "a.pdf", "embedded", &format!("macro {inert}"), Proven);
    }
}

#[test]
fn html_and_markdown_bodies_name_files_by_url() {
    let url = "/wiki/download/attachments/1001/a.png";
    let html = code("html", &format!("<DIV><img src={url}><p>a.png"));
    assert_own(&html, "a.png", "embedded", "macro html", Possible);
    let style = code("html", &format!("<style>body {{ background: url({url}) }}</style>"));
    assert_own(&style, "a.png", "embedded", "macro html", Possible);
    let image = code("markdown", &format!("![x]({url} \"t\") a.png"));
    assert_own(&image, "a.png", "embedded", "macro markdown", Possible);
    let link = code("markdown", &format!("[x](<{url}>)"));
    assert_own(&link, "a.png", "linked", "macro markdown", Possible);
    assert_nothing(&code("html", "<img src='a.png' alt='a.png'> a.png"), "a.png");
    assert_doubted(&code("markdown", "![a.png](https://x.example/wiki/download/attachments/1001/a.png)"), "a.png");
}

#[test]
fn captions_code_and_other_inert_macros_name_no_file() {
    for name in [
        "include",
        "excerpt-include",
        "contentbylabel",
        "children",
        "livesearch",
        "profile",
        "jira",
        "roadmap",
        "userlister",
    ] {
        assert_nothing(&call(name, &[("", "a.png"), ("title", "a.png")]), "a.png");
    }
}
