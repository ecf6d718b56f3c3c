//! Hostile bodies: F-65 to F-74 of `docs/failure-modes.md`.

use storage_format::{Body, OwnSite, ParseOutcome, parse};

use super::{OTHER, OWN, Possible, Proven, assert_evidence, assert_own, assert_usage, call, code, image, site};
use test_support::test_site::{BASE_URL, TestSite};

/// Parses and audits on a thread with the small stack of a worker. A vulnerable parser takes hours or forever for these
/// bodies; a unit test of the parser detects smaller slowdowns.
fn audited(body: String, names: &'static [&'static str]) -> Vec<&'static str> {
    let audit = move || {
        let mut site = TestSite::acme();
        site.page(OWN, "Release Plan", &body);
        for name in names {
            site.file(name, OWN, name);
        }
        names.iter().map(|name| site.usage(name)).collect()
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(audit).unwrap().join().unwrap()
}

fn read(body: &str) -> Body {
    parse(body, &OwnSite::new(BASE_URL, &[]))
}

/// A markdown macro that takes minutes and gigabytes if every link in it is followed to the end.
fn hostile(text: &str) -> String {
    let code = format!("{text} {}", "](".repeat(300_000));
    format!(
        r#"<ac:structured-macro ac:name="markdown"><ac:plain-text-body><![CDATA[{code}]]></ac:plain-text-body></ac:structured-macro>"#
    )
}

#[test]
fn a_hostile_body_is_searched_as_text_and_named_in_a_notice() {
    let mut site = site(&hostile("see a.png and b%20c.pdf, att77"), "a.png");
    site.file("escaped", OTHER, "b c.pdf");
    site.file("77", OTHER, "id.png");
    site.file("unnamed", OTHER, "d.png");
    let named =
        [("own", "undetermined"), ("other", "undetermined"), ("escaped", "undetermined"), ("77", "undetermined")];
    assert_usage(&site, &named);
    assert_usage(&site, &[("near", "unreferenced"), ("unnamed", "unreferenced")]);
    let reason = &site.verdict("own").reasons[0].text;
    assert!(reason.contains("Release Plan") && reason.contains("steps"), "{reason}");
    let notices = site.audit().notices;
    assert!(notices.iter().any(|notice| notice.contains("Release Plan") && notice.contains("steps")), "{notices:?}");
}

#[test]
fn a_hostile_body_with_a_macro_that_shows_unnamed_files_leaves_them_undetermined() {
    for list in ["gallery", "attachments"] {
        let macros = call(list, &[("page", "Deployment Guide")]);
        let mut site = site(&format!("{macros}{}", hostile("")), "a.png");
        site.page("3001", "Runbook", "");
        site.file("third", "3001", "a.png");
        let shown = [("own", "undetermined"), ("near", "undetermined"), ("other", "undetermined")];
        assert_usage(&site, &shown);
        assert_usage(&site, &[("third", "unreferenced")]);
    }
    // pictures that apps keep next to the files that their macros name
    for (app, parameter) in
        [("drawio", "diagramName"), ("gliffy", "name"), ("plantuml", "title"), ("acme-board", "board")]
    {
        let mut site = site(&format!("{}{}", call(app, &[(parameter, "Order Flow")]), hostile("")), "Order Flow.png");
        site.file("second", OWN, "Order Flow.drawio.png");
        site.file("hashed", OWN, "Order Flow-0a1b2c.png");
        let kept = ["own", "second", "hashed"].map(|file| (file, "undetermined"));
        assert_usage(&site, &kept);
        assert_usage(&site, &[("other", "unreferenced")]);
    }
    // the address of a file contains the name of the macro too
    let site = site(&hostile("/download/attachments/1/x.png"), "a.png");
    assert_usage(&site, &[("own", "unreferenced")]);
}

#[test]
fn adjacent_addresses_never_hide_a_file() {
    let address = format!("{BASE_URL}/spaces/ENG/pages/1001?preview=/1001/9/a.png");
    assert_usage(&site(&format!("<p>{}</p>", address.repeat(2)), "a.png"), &[("own", "linked")]);
    for count in [2_000, 20_000] {
        let usages = audited(format!("<p>{}</p>", address.repeat(count)), &["a.png", "b.png"]);
        assert_ne!(usages[0], "unreferenced", "{count}");
    }
}

#[test]
fn a_body_of_64_megabytes_is_parsed_f_65() {
    let paragraph = "<p>Some words of a page that is far too long to be read by anybody, with &amp; entities.</p>\n";
    let body = paragraph.repeat((64 << 20) / paragraph.len()) + &image("a.png");
    assert_eq!(audited(body, &["a.png", "b.png"]), ["embedded", "unreferenced"]);
}

#[test]
fn a_million_nested_elements_hide_no_use_f_66() {
    for (element, count) in [("div", 1_000_000), ("ac:link", 1_000_000), ("ac:structured-macro", 300_000)] {
        let open = format!("<{element}>").repeat(count);
        let close = format!("</{element}>").repeat(count);
        // elements nested too deeply are not understood, those before and after are
        let body = format!("{}{open}{}{close}{}", image("a.png"), image("b.png"), image("c.png"));
        let usages = audited(body, &["a.png", "b.png", "c.png", "d.png"]);
        assert_eq!((usages[0], usages[2], usages[3]), ("embedded", "embedded", "unreferenced"), "{element}");
        assert_ne!(usages[1], "unreferenced", "{element}");
    }
}

#[test]
fn many_unmatched_end_tags_hide_no_use_f_66() {
    let body = "<ac:link>".repeat(2_000) + &"</ac:image><a href='/x'>".repeat(50_000) + &image("a.png");
    assert_ne!(audited(body, &["a.png"]), ["unreferenced"]);
}

#[test]
fn entities_are_not_expanded_f_67() {
    let entities = (1..10).map(|level| {
        let inner = format!("&lol{};", level - 1).repeat(10);
        format!("<!ENTITY lol{level} \"{inner}\">")
    });
    let laughs = format!("<!DOCTYPE lolz [<!ENTITY lol0 \"lol\">{}]>", entities.collect::<Vec<_>>().concat());
    let external = "<!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/passwd\"><!ENTITY u SYSTEM \"http://127.0.0.1:9/\">]>";
    for prolog in [laughs, external.to_owned()] {
        let body = format!("{prolog}<p>&lol9;&f;&u;</p>{}", image("a.png"));
        let outcome = read(&body).reading;
        assert!(
            matches!(&outcome, ParseOutcome::Lenient { problem, .. } if problem.contains("document type")),
            "{outcome:?}"
        );
        assert_own(&body, "a.png", "embedded", "image", Proven);
    }
    let blow_up = format!("<p>{}</p>{}", "&amp;".repeat(1_000_000), image("a.png"));
    assert_eq!(audited(blow_up, &["a.png"]), ["embedded"]);
}

#[test]
fn a_tag_with_800_000_attributes_hides_no_use_f_68() {
    for (element, attribute) in
        [("p", "a=\"1\" "), ("ri:attachment", "a=\"1\" "), ("ac:image", "xmlns:a=\"1\" "), ("img", "style=\"url(x\" ")]
    {
        let body = format!("<{element} {}/>{}", attribute.repeat(800_000), image("a.png"));
        assert_eq!(audited(body, &["a.png"]), ["embedded"], "{element} {attribute}");
    }
}

#[test]
fn delimiters_without_an_end_hide_no_use_f_69() {
    for mark in ["<!--", "<![CDATA[", "<!", "<?", "</", "<a \"", "&", "]] >", "<![CDATA[]] ></ac:"] {
        let body = format!("{}{}", image("a.png"), mark.repeat(300_000));
        assert_eq!(audited(body, &["a.png", "b.png"]), ["embedded", "unreferenced"], "{mark}");
    }
}

#[test]
fn a_body_truncated_anywhere_keeps_its_references_f_69() {
    let mut body = format!("<p>x</p>{}<p>y</p>", image("a&amp;b ü.png"));
    let named = body.find("ü.png").unwrap() + "ü.png".len();
    body.push_str(&call("drawio", &[("diagramName", "net")]));
    body.push_str(&code("code", "x"));
    for cut in (named..body.len()).filter(|&cut| body.is_char_boundary(cut)) {
        let site = site(&body[..cut], "a&b ü.png");
        assert_ne!(site.usage("own"), "unreferenced", "{}", &body[..cut]);
    }
}

#[test]
fn control_characters_are_part_of_a_name_f_70() {
    for name in ["a\u{feff}b.png", "a\u{1}b.png", "a\u{fffe}b.png", "a\u{7f}.png"] {
        assert_own(&format!("\u{feff}{}", image(name)), name, "embedded", "image", Proven);
    }
}

#[test]
fn names_match_in_any_case_and_unicode_form_but_no_character_is_ignored_f_71() {
    for (written, real) in [("Å.png", "A\u{30a}.png"), ("STRASSE.png", "straße.png"), ("ΟΔΟΣ.png", "οδος.png")]
    {
        assert_own(&image(written), real, "embedded", "image", Possible);
    }
    for name in ["a\u{a0}b.png", "\u{202e}gnp.exe", "🚀.png", "a\u{200b}.png"] {
        assert_own(&image(name), name, "embedded", "image", Proven);
        super::assert_nothing(&image(&name.replace(['\u{a0}', '\u{200b}', '🚀', '\u{202e}'], "")), name);
    }
}

#[test]
fn a_name_within_another_is_not_a_use_f_72() {
    let mut site = site(&image("data.png"), "a.png");
    site.file("data", OWN, "data.png");
    assert_usage(&site, &[("data", "embedded"), ("own", "unreferenced"), ("near", "unreferenced")]);
}

#[test]
fn a_name_on_many_pages_means_the_file_of_the_same_page_f_73() {
    let mut site = site(&image("a.png"), "a.png");
    for page in 3000..3050 {
        site.page(&page.to_string(), &format!("Page {page}"), "<p/>");
        site.file(&format!("f{page}"), &page.to_string(), "a.png");
    }
    let used = site.usages().into_iter().filter(|(_, usage)| *usage != "unreferenced").collect::<Vec<_>>();
    assert_eq!(used, [("own".to_owned(), "embedded")]);
}

#[test]
fn hostile_names_are_compared_like_all_others_f_74() {
    let long = "n".repeat(10_000) + ".png";
    for name in ["<script>alert(1)</script>.png", "=cmd|'/c calc'!A1", "javascript:alert(1)", "\"><img.png", &long] {
        let escaped = name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
        assert_own(&image(&escaped), name, "embedded", "image", Proven);
    }
    let mut newline = site(&image("a&#10;b.png"), "a\nb.png");
    assert_usage(&newline, &[("own", "embedded")]);
    newline.file("with space", OWN, "a b.png");
    assert_usage(&newline, &[("with space", "unreferenced")]);
    assert_evidence(&newline, "own", "image", Proven);
}

#[test]
fn deeply_nested_html_and_json_in_macros_is_parsed() {
    let html = code("html", &("<div><b>".repeat(100_000) + "<img src='/wiki/download/attachments/1001/a.png'>"));
    assert_eq!(audited(html, &["a.png"]), ["embedded"]);
    let json = call("some-app", &[("x", &("[".repeat(300_000) + &"]".repeat(300_000)))]) + &image("a.png");
    assert_eq!(audited(json, &["a.png"]), ["embedded"]);
}
