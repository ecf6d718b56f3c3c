//! Unusual and broken markup that occurs in real bodies.

use storage_format::{OwnSite, ParseOutcome, parse};

use super::{
    OWN, Possible, Proven, assert_evidence, assert_nothing, assert_own, assert_usage, call, code, image, site,
};
use test_support::test_site::BASE_URL;

fn outcome(body: &str) -> ParseOutcome {
    parse(body, &OwnSite::new(BASE_URL, &[])).reading
}

#[test]
fn namespaces_entities_empty_parameters_and_any_order_are_accepted() {
    let body = r#"<at:var at:name="x"/><p>&nbsp;&mdash;&unknown;&copy;</p>
        <ac:structured-macro ac:name="code"><ac:parameter ac:name=""/><ac:parameter ac:name="width"/>
        </ac:structured-macro>
        <ac:image ac:width="3"><ri:attachment ri:version-at-save="1" ri:filename="a.png"   /></ac:image >"#;
    assert_eq!(outcome(body), ParseOutcome::WellFormed);
    assert_own(body, "a.png", "embedded", "image", Proven);
}

#[test]
fn a_split_cdata_end_does_not_end_the_section() {
    let body = format!("{}{}", code("code", "a]]]]><![CDATA[>b <ac:image>"), image("a.png"));
    assert_eq!(outcome(&body), ParseOutcome::WellFormed);
    assert_own(&body, "a.png", "embedded", "image", Proven);
    assert_nothing(&code("code", &format!("]]]]><![CDATA[>{}", image("a.png"))), "a.png");
}

#[test]
fn an_exported_cdata_end_ends_the_section() {
    // the space hides the end, so that the section contains the image up to the end of the next section
    let swallowed = format!("{}{}{}", code("code", "x").replace("]]>", "]] >"), image("a.png"), code("code", "y"));
    assert_own(&swallowed, "a.png", "embedded", "image", Proven);
    let last = format!("{}{}", code("code", "x").replace("]]>", "]] >"), image("a.png"));
    assert_own(&last, "a.png", "embedded", "image", Proven);
    // the same characters are code in a well-formed body
    assert_nothing(&code("code", &format!("if [[ -f x ]] >y; {}", image("a.png"))), "a.png");
}

#[test]
fn control_characters_are_accepted() {
    let body = format!("<p>\u{1}\u{b}\u{1c}\u{fffe}\0</p>{}", image("a\u{1c}b.png"));
    assert_own(&body, "a\u{1c}b.png", "embedded", "image", Proven);
}

#[test]
fn doubly_escaped_cdata_names_no_file() {
    let body = |inner: &str| {
        format!(
            r#"<ac:structured-macro ac:name="code"><ac:plain-text-body>&lt;![CDATA[{inner}]]&gt;</ac:plain-text-body></ac:structured-macro>"#
        )
    };
    assert_nothing(&body("a.png &lt;ri:attachment ri:filename=&quot;a.png&quot;/&gt;"), "a.png");
    let after = body("x") + &image("a.png");
    assert_own(&after, "a.png", "embedded", "image", Proven);
}

#[test]
fn unmigrated_wiki_markup_names_files() {
    let body = |text: &str| code("unmigrated-wiki-markup", text);
    let construct = "macro unmigrated-wiki-markup";
    assert_own(&body("Look: !a.png|width=30!"), "a.png", "embedded", construct, Possible);
    assert_own(&body("[the plan|^a.png]"), "a.png", "linked", construct, Possible);
    // the wiki renderer knows more forms than the parser
    assert_own(&body("wow! a.png! [a.png]"), "a.png", "linked", construct, Possible);
    assert_nothing(&body("{code}!a.png!{code} data.png"), "a.png");
}

#[test]
fn a_parse_error_never_means_no_references() {
    for broken in [
        "<p>open",
        "<p>a < b</p>",
        "<b><i>x</b></i>",
        "</p>",
        "<br>",
        "<td nowrap>x</td>",
        "<p title=\"open>x</p>",
        "<p class=a>x</p>",
        "<!DOCTYPE html>",
        "<![CDATA[never ended </ac:plain-text-body>",
        "<!-- never ended ",
        "<p>& &; &#xZZ; &#99999999;</p><i>",
    ] {
        for body in [format!("{broken}{}", image("a.png")), format!("{}{broken}", image("a.png"))] {
            assert!(matches!(outcome(&body), ParseOutcome::Lenient { .. }), "{body}");
            let site = site(&body, "a.png");
            assert_usage(&site, &[("other", "unreferenced"), ("near", "unreferenced")]);
            assert_usage(&site, &[("own", "embedded")]);
            assert_evidence(&site, "own", "image", Proven);
        }
        assert_usage(&site(&format!("{broken}<p>b.png</p>"), "a.png"), &[("own", "unreferenced")]);
    }
}

#[test]
fn the_problem_is_located() {
    let ParseOutcome::Lenient { problem, .. } = outcome("<p>fine</p>\n<p>x</i></p>") else { panic!("well-formed") };
    assert!(problem.contains("line 2, column 5"), "{problem}");
}

#[test]
fn files_named_in_unparsed_markup_are_undetermined() {
    for body in [
        r#"<ac:image><ri:attachment ri:filename="a.png"#,
        r#"<ac:image><ri:attachment ri:filename="a.png ri:version-at-save="1" x="/></ac:image>"#,
        "<a href='/wiki/download/attachments/1001/a%2Epng",
        r#"<!DOCTYPE x [<!ENTITY pic "a.png">]><ac:image><ri:attachment ri:filename="&pic;"/></ac:image>"#,
        "<p>open</b> see a.png</p>",
    ] {
        let site = site(body, "a.png");
        assert_usage(&site, &[("own", "undetermined"), ("other", "undetermined"), ("near", "unreferenced")]);
        assert!(site.verdict("own").reasons[0].text.contains("not well-formed"), "{:?}", site.verdict("own").reasons);
    }
    // names in code, CDATA and comments do not count
    for body in ["<b><pre>a.png</pre>", "<b><![CDATA[a.png]]>", "<b><!-- a.png -->", "<b><p>dataa.pngs</p>"] {
        assert_usage(&site(body, "a.png"), &[("own", "unreferenced"), ("other", "unreferenced")]);
    }
}

#[test]
fn a_container_lost_in_damaged_markup_may_be_any_page() {
    let cut = r#"<ac:image><ri:attachment ri:filename="a.png"><ri:page ri:content-ti"#;
    let broken = r#"<ac:image><ri:attachment ri:filename="a.png"><ri:page ri:content-title="x < y"/></ri:attachment></ac:image>"#;
    for body in [cut, broken] {
        let site = site(body, "a.png");
        assert_usage(&site, &[("own", "embedded"), ("other", "undetermined"), ("near", "unreferenced")]);
        assert_evidence(&site, "own", "image", Possible);
    }
    let diagram = call("drawio", &[("diagramName", "net"), ("pageId", "2001")]);
    let cut = &diagram[..diagram.find("pageId").unwrap()];
    assert_usage(&site(cut, "net.png"), &[("own", "embedded"), ("other", "undetermined"), ("near", "unreferenced")]);
}

#[test]
fn a_byte_order_mark_does_not_shift_offsets() {
    let body = format!("\u{feff}<p>x</p>{}<a href=\"/wiki/download/attachments/{OWN}/b.pdf\">y</a>", image("a.png"));
    assert_eq!(outcome(&body), ParseOutcome::WellFormed);
    assert_own(&body, "a.png", "embedded", "image", Proven);
    assert_own(&body, "b.pdf", "linked", "URL", Proven);
}
