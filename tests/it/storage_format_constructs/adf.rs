//! ADF nodes in storage format.

use storage_format::{OwnSite, parse_adf};

use super::{
    OTHER, Possible, Proven, assert_doubted, assert_evidence, assert_nothing, assert_other, assert_own, assert_usage,
    image, site,
};
use test_support::test_site::BASE_URL;

fn extension(key: &str, parameters: &str) -> String {
    format!(
        r#"<ac:adf-extension><ac:adf-node type="extension"><ac:adf-attribute key="extension-key">{key}</ac:adf-attribute>
        <ac:adf-attribute key="text">caption.png</ac:adf-attribute>
        <ac:adf-attribute key="parameters"><ac:adf-parameter key="guest-params">{parameters}</ac:adf-parameter>
        </ac:adf-attribute></ac:adf-node></ac:adf-extension>"#
    )
}

fn parameter(key: &str, value: &str) -> String {
    format!(r#"<ac:adf-parameter key="{key}">{value}</ac:adf-parameter>"#)
}

#[test]
fn content_of_a_node_is_markup() {
    let node = |inner: &str| {
        format!(
            r#"<ac:adf-extension><ac:adf-node type="panel"><ac:adf-attribute key="panel-type">note</ac:adf-attribute>
            <ac:adf-content>{inner}</ac:adf-content></ac:adf-node></ac:adf-extension>"#
        )
    };
    assert_own(&node(&image("a.png")), "a.png", "embedded", "image", Proven);
    assert_nothing(&node("<p>a.png</p>"), "a.png");
}

#[test]
fn fallback_is_rendered_html() {
    let fallback = |url: &str| {
        format!(
            r#"<ac:adf-extension><ac:adf-fallback><div class="panel"><p>a.png</p><img src="{url}"/></div>
            </ac:adf-fallback></ac:adf-extension>"#
        )
    };
    let own = "https://acme.atlassian.net/wiki/download/thumbnails/1001/a.png?version=1&amp;width=300";
    assert_own(&fallback(own), "a.png", "embedded", "fallback URL", Proven);
    let other = own.replace("1001", OTHER);
    assert_other(&fallback(&other), "a.png", "fallback URL", Proven);
    assert_doubted(&fallback(&own.replace("acme.", "else.")), "a.png");
}

#[test]
fn an_element_and_its_fallback_are_one_use() {
    let body = format!(
        r#"<ac:adf-extension><ac:adf-node type="panel"><ac:adf-content>{}</ac:adf-content></ac:adf-node>
        <ac:adf-fallback><img src="https://acme.atlassian.net/wiki/download/attachments/1001/a.png"/></ac:adf-fallback>
        </ac:adf-extension>"#,
        image("a.png")
    );
    assert_eq!(site(&body, "a.png").verdict("own").uses.len(), 1);
}

#[test]
fn nested_parameters_name_files() {
    let app = "com.example.viewer/static/panel";
    assert_own(
        &extension(app, &parameter("file-name", "a.step")),
        "a.step",
        "embedded",
        &format!("app {app}"),
        Possible,
    );
    assert_own(&extension(app, &parameter("title", "a.step")), "a.step", "embedded", &format!("app {app}"), Possible);
    assert_nothing(&extension(app, &parameter("note", "see a.step")), "a.step");
    assert_nothing(&extension(app, ""), "caption.png");
}

#[test]
fn parameter_values_and_json_text_name_files() {
    let value =
        r#"<ac:adf-parameter key="file"><ac:adf-parameter-value>a.step</ac:adf-parameter-value></ac:adf-parameter>"#;
    assert_own(&extension("x", value), "a.step", "embedded", "app x", Possible);
    let json = "{&quot;file&quot;:{&quot;value&quot;:&quot;a.step&quot;}}";
    assert_own(&extension("x", &parameter("macro-params", json)), "a.step", "embedded", "app x", Possible);
    assert_nothing(&extension("x", &parameter("macro-params", &json.replace("a.step", "the a.step file"))), "a.step");
}

#[test]
fn known_macros_keep_their_rule_in_extensions() {
    let key = "com.mxgraph.confluence.plugins.diagramly:drawio";
    let kebab = parameter("diagram-name", "net") + &parameter("page-id", OTHER) + &parameter("custom-content-id", "7");
    let json = format!(
        "{{&quot;diagramName&quot;:{{&quot;value&quot;:&quot;net&quot;}},&quot;pageId&quot;:{{&quot;value&quot;:{OTHER}}}}}"
    );
    for parameters in [kebab, parameter("macro-params", &json)] {
        let body = extension(key, &parameters);
        let mut site = site(&body, "net.png");
        site.file("source", OTHER, "net");
        assert_usage(&site, &[("other", "linked-elsewhere"), ("source", "linked-elsewhere"), ("own", "unreferenced")]);
        assert_evidence(&site, "other", &format!("app {key}"), Proven);
    }
}

#[test]
fn ids_in_parameters_name_files() {
    let id = "62149a0b-9e5d-4e56-bab5-17b8a0d84da5";
    let body = |value: &str| extension("x", &parameter("media", value));
    let mut by_file_id = site(&body(id), "a.png");
    by_file_id.inventory.attachments[1].file_id = Some(id.to_owned());
    assert_usage(&by_file_id, &[("other", "linked-elsewhere"), ("own", "unreferenced")]);
    assert_evidence(&by_file_id, "other", "app x", Possible);
    let mut by_id = site(&body("att5001"), "a.png");
    by_id.file("att5001", OTHER, "b.png");
    by_id.file("att50012", OTHER, "c.png");
    assert_usage(&by_id, &[("att5001", "linked-elsewhere"), ("att50012", "unreferenced"), ("own", "unreferenced")]);
}

#[test]
fn marks_name_no_file() {
    assert_nothing(r#"<p><ac:adf-mark key="annotation" id="a.png">x</ac:adf-mark></p>"#, "a.png");
    assert_nothing(r#"<ac:adf-fragment-mark name="a.png"><p/></ac:adf-fragment-mark>"#, "a.png");
    let marked = format!(r#"<ac:adf-fragment-mark name="x">{}</ac:adf-fragment-mark>"#, image("a.png"));
    assert_own(&marked, "a.png", "embedded", "image", Proven);
}

#[test]
fn adf_body_names_file_ids() {
    let id = "62149a0b-9e5d-4e56-bab5-17b8a0d84da5";
    let document = |id: &str| {
        format!(
            r#"{{"type":"doc","content":[{{"type":"mediaGroup","content":[{{"type":"media","attrs":
            {{"id":"{id}","type":"file","collection":"contentId-1001"}}}}]}}]}}"#
        )
    };
    let own_site = OwnSite::new(BASE_URL, &[]);
    let mut by_file_id = site("", "a.png");
    by_file_id.inventory.attachments[0].file_id = Some(id.to_owned());
    by_file_id.inventory.contents[0].body = Some(parse_adf(&document(&id.to_uppercase()), &own_site));
    assert_usage(&by_file_id, &[("own", "embedded"), ("other", "unreferenced"), ("near", "unreferenced")]);
    assert_evidence(&by_file_id, "own", "media", Proven);
    // for an attachment id, Confluence shows "Preview unavailable"
    let mut by_id = site("", "a.png");
    by_id.file("att5001", "1001", "b.png");
    by_id.inventory.contents[0].body = Some(parse_adf(&document("att5001"), &own_site));
    assert_usage(&by_id, &[("att5001", "unreferenced")]);
}
