//! The fault matrix of the reading of bodies: F-65 to F-74.

use storage_format::{Body, OwnSite, Reading, parse};

use super::{OTHER, OWN, Possible, Proven, assert_evidence, assert_own, assert_usage, call, code, image, site};
use test_support::test_site::{BASE_URL, TestSite};

/// Reads and audits on a thread with the small stack of a worker. The payloads take hours or for ever where a reader
/// falls for them; a test of the parser's own tells the others from those that are only slower than they should be.
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

/// A markdown macro that takes minutes and gigabytes where every link in it is followed to the end.
fn hostile(text: &str) -> String {
    let code = format!("{text} {}", "](".repeat(300_000));
    format!(
        r#"<ac:structured-macro ac:name="markdown"><ac:plain-text-body><![CDATA[{code}]]></ac:plain-text-body></ac:structured-macro>"#
    )
}

#[test]
fn a_body_made_to_be_expensive_is_searched_instead_and_named() {
    let mut site = site(&hostile("see a.png and b%20c.pdf, att77"), "a.png");
    site.file("escaped", OTHER, "b c.pdf");
    site.file("77", OTHER, "id.png");
    site.file("unnamed", OTHER, "d.png");
    let named =
        [("own", "undetermined"), ("other", "undetermined"), ("escaped", "undetermined"), ("77", "undetermined")];
    assert_usage(&site, &named);
    assert_usage(&site, &[("near", "unreferenced"), ("unnamed", "unreferenced")]);
    let reason = &site.verdict("own").reasons[0];
    assert!(reason.contains("Release Plan") && reason.contains("steps"), "{reason}");
    let notices = site.audit().notices;
    assert!(notices.iter().any(|notice| notice.contains("Release Plan") && notice.contains("steps")), "{notices:?}");
}

#[test]
fn an_expensive_body_with_a_macro_that_shows_files_unnamed_leaves_none_of_them_unreferenced() {
    for list in ["gallery", "attachments"] {
        let macros = call(list, &[("page", "Deployment Guide")]);
        let mut site = site(&format!("{macros}{}", hostile("")), "a.png");
        site.page("3001", "Runbook", "");
        site.file("third", "3001", "a.png");
        let shown = [("own", "undetermined"), ("near", "undetermined"), ("other", "undetermined")];
        assert_usage(&site, &shown);
        assert_usage(&site, &[("third", "unreferenced")]);
    }
    // pictures that apps keep beside what their macros name
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
    // an address of a file holds the word too
    let site = site(&hostile("/download/attachments/1/x.png"), "a.png");
    assert_usage(&site, &[("own", "unreferenced")]);
}

#[test]
fn glued_addresses_are_read_or_given_up_and_hide_no_file() {
    let address = format!("{BASE_URL}/spaces/ENG/pages/1001?preview=/1001/9/a.png");
    assert_usage(&site(&format!("<p>{}</p>", address.repeat(2)), "a.png"), &[("own", "linked")]);
    for count in [2_000, 20_000] {
        let usages = audited(format!("<p>{}</p>", address.repeat(count)), &["a.png", "b.png"]);
        assert_ne!(usages[0], "unreferenced", "{count}");
    }
}

#[test]
fn a_body_of_64_megabytes_f_65() {
    let paragraph = "<p>Some words of a page that is far too long to be read by anybody, with &amp; entities.</p>\n";
    let body = paragraph.repeat((64 << 20) / paragraph.len()) + &image("a.png");
    assert_eq!(audited(body, &["a.png", "b.png"]), ["embedded", "unreferenced"]);
}

#[test]
fn a_million_nested_elements_f_66() {
    for (element, count) in [("div", 1_000_000), ("ac:link", 1_000_000), ("ac:structured-macro", 300_000)] {
        let open = format!("<{element}>").repeat(count);
        let close = format!("</{element}>").repeat(count);
        // what stands too deep is not understood; what stands before and after is
        let body = format!("{}{open}{}{close}{}", image("a.png"), image("b.png"), image("c.png"));
        let usages = audited(body, &["a.png", "b.png", "c.png", "d.png"]);
        assert_eq!((usages[0], usages[2], usages[3]), ("embedded", "embedded", "unreferenced"), "{element}");
        assert_ne!(usages[1], "unreferenced", "{element}");
    }
}

#[test]
fn many_elements_that_end_nothing_f_66() {
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
        let reading = read(&body).reading;
        assert!(
            matches!(&reading, Reading::Lenient { problem, .. } if problem.contains("document type")),
            "{reading:?}"
        );
        assert_own(&body, "a.png", "embedded", "image", Proven);
    }
    let blow_up = format!("<p>{}</p>{}", "&amp;".repeat(1_000_000), image("a.png"));
    assert_eq!(audited(blow_up, &["a.png"]), ["embedded"]);
}

#[test]
fn a_tag_with_800_000_attributes_f_68() {
    for (element, attribute) in
        [("p", "a=\"1\" "), ("ri:attachment", "a=\"1\" "), ("ac:image", "xmlns:a=\"1\" "), ("img", "style=\"url(x\" ")]
    {
        let body = format!("<{element} {}/>{}", attribute.repeat(800_000), image("a.png"));
        assert_eq!(audited(body, &["a.png"]), ["embedded"], "{element} {attribute}");
    }
}

#[test]
fn marks_that_never_end_f_69() {
    for mark in ["<!--", "<![CDATA[", "<!", "<?", "</", "<a \"", "&", "]] >", "<![CDATA[]] ></ac:"] {
        let body = format!("{}{}", image("a.png"), mark.repeat(300_000));
        assert_eq!(audited(body, &["a.png", "b.png"]), ["embedded", "unreferenced"], "{mark}");
    }
}

#[test]
fn a_body_cut_anywhere_keeps_what_it_named_f_69() {
    let mut whole = format!("<p>x</p>{}<p>y</p>", image("a&amp;b ü.png"));
    let named = whole.find("ü.png").unwrap() + "ü.png".len();
    whole.push_str(&call("drawio", &[("diagramName", "net")]));
    whole.push_str(&code("code", "x"));
    for cut in (named..whole.len()).filter(|&cut| whole.is_char_boundary(cut)) {
        let site = site(&whole[..cut], "a&b ü.png");
        assert_ne!(site.usage("own"), "unreferenced", "{}", &whole[..cut]);
    }
}

#[test]
fn marks_and_controls_in_names_f_70() {
    for name in ["a\u{feff}b.png", "a\u{1}b.png", "a\u{fffe}b.png", "a\u{7f}.png"] {
        assert_own(&format!("\u{feff}{}", image(name)), name, "embedded", "image", Proven);
    }
}

#[test]
fn unicode_in_names_f_71() {
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
fn a_name_within_another_f_72() {
    let mut site = site(&image("data.png"), "a.png");
    site.file("data", OWN, "data.png");
    assert_usage(&site, &[("data", "embedded"), ("own", "unreferenced"), ("near", "unreferenced")]);
}

#[test]
fn one_name_on_many_pages_f_73() {
    let mut site = site(&image("a.png"), "a.png");
    for page in 3000..3050 {
        site.page(&page.to_string(), &format!("Page {page}"), "<p/>");
        site.file(&format!("f{page}"), &page.to_string(), "a.png");
    }
    let used = site.usages().into_iter().filter(|(_, usage)| *usage != "unreferenced").collect::<Vec<_>>();
    assert_eq!(used, [("own".to_owned(), "embedded")]);
}

#[test]
fn hostile_names_f_74() {
    let long = "n".repeat(10_000) + ".png";
    for name in ["<script>alert(1)</script>.png", "=cmd|'/c calc'!A1", "javascript:alert(1)", "\"><img.png", &long] {
        let escaped = name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
        assert_own(&image(&escaped), name, "embedded", "image", Proven);
    }
    let mut newline = site(&image("a&#10;b.png"), "a\nb.png");
    assert_usage(&newline, &[("own", "embedded")]);
    newline.file("blank", OWN, "a b.png");
    assert_usage(&newline, &[("blank", "unreferenced")]);
    assert_evidence(&newline, "own", "image", Proven);
}

#[test]
fn deeply_nested_html_and_json_in_macros() {
    let html = code("html", &("<div><b>".repeat(100_000) + "<img src='/wiki/download/attachments/1001/a.png'>"));
    assert_eq!(audited(html, &["a.png"]), ["embedded"]);
    let json = call("some-app", &[("x", &("[".repeat(300_000) + &"]".repeat(300_000)))]) + &image("a.png");
    assert_eq!(audited(json, &["a.png"]), ["embedded"]);
}
