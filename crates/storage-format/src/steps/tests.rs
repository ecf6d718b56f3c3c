//! Bodies made to be expensive: what reading them takes grows as they do, and no faster.

use super::*;
use crate::body::{Body, Depth, Reading};
use crate::measures::TodoMarkers;
use crate::parser::{parse_to, read};

const BASE: &str = "https://acme.atlassian.net/wiki";

fn own() -> OwnSite {
    OwnSite::new(BASE, &["wiki.acme.example".to_owned()]).with_former_hosts(&["old.acme.example".to_owned()])
}

/// Steps of reading the whole body, whatever it takes.
fn steps_of(body: &str, depth: Depth<'_>) -> u64 {
    let (own, steps) = (own(), Steps::unlimited());
    read(body, Site::new(&own, &steps), depth);
    steps.taken()
}

/// The plain text body of a macro.
fn of_macro(name: &str, text: &str) -> String {
    format!(
        r#"<ac:structured-macro ac:name="{name}"><ac:plain-text-body><![CDATA[{text}]]></ac:plain-text-body></ac:structured-macro>"#
    )
}

/// A piece repeated up to a size in bytes.
fn filled(piece: &str, bytes: usize) -> String {
    piece.repeat(bytes / piece.len() + 1)
}

/// Pieces that differ by their number, up to a size in bytes.
fn numbered(bytes: usize, piece: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for number in 0.. {
        if text.len() >= bytes {
            break;
        }
        text.push_str(&piece(number));
    }
    text
}

type Shape = (&'static str, fn(usize) -> String);

/// Each makes a body of about so many bytes.
const SHAPES: &[Shape] = &[
    ("links of markdown that never end", |n| of_macro("markdown", &filled("](", n))),
    ("links of markdown in angle brackets", |n| of_macro("markdown", &filled("](<", n))),
    ("links of markdown that open", |n| of_macro("markdown", &filled("](((", n))),
    ("links of markdown behind one bracket", |n| of_macro("markdown", &format!("[{}", filled("x](/) ", n)))),
    ("definitions of markdown", |n| of_macro("markdown", &filled("]:", n))),
    ("definitions of markdown behind blanks", |n| of_macro("markdown", &filled("]:   ", n))),
    ("glued addresses", |n| filled("https://acme.atlassian.net/wiki/download/attachments/1/a.png", n)),
    ("glued addresses with a preview", |n| {
        filled("https://acme.atlassian.net/wiki/spaces/A/pages/1?preview=/1/2/a.png", n)
    }),
    ("glued addresses of a former host", |n| filled("https://old.acme.example/x?preview=%2F1%2F2%2Fa.png", n)),
    ("glued hosts", |n| filled("https://acme.atlassian.net", n)),
    ("glued schemes", |n| filled("https://", n)),
    ("glued schemes of letters", |n| format!("{}://", filled("https", n))),
    ("ends of schemes", |n| filled("://", n)),
    ("an address of punctuation", |n| format!("{BASE}/{}", filled("https://acme.atlassian.net/x)))))))))", n))),
    ("addresses in code", |n| of_macro("code", &filled("https://acme.atlassian.net/wiki/x/%", n))),
    ("nested functions of a style", |n| of_macro("html", &filled("url(", n))),
    ("nested functions with quotes", |n| of_macro("html", &filled("url(\"", n))),
    ("nested functions in an attribute", |n| format!("<p style=\"{}\"/>", filled("url(/x", n))),
    ("functions in an attribute of a macro", |n| {
        format!("<ac:structured-macro ac:name=\"x\" ac:style=\"{}\"/>", filled("url('", n))
    }),
    ("parameters with functions", |n| {
        format!(
            r#"<ac:structured-macro ac:name="x"><ac:parameter ac:name="y">/{}</ac:parameter></ac:structured-macro>"#,
            filled("url(", n)
        )
    }),
    ("scripts", |n| of_macro("html", &filled("<script>'/", n))),
    ("sets of sources", |n| format!("<img srcset=\"{}\"/>", filled("/a, ", n))),
    ("sets of commas", |n| format!("<img srcset=\"{}\"/>", filled(",", n))),
    ("half tags of html", |n| of_macro("html", &filled("<a href=\"", n))),
    ("half tags of html with marks in quotes", |n| of_macro("html", &filled("<a b=\">\"c=\"", n))),
    ("half tags of html with both quotes", |n| of_macro("html", &filled("<a b='\">\"' =\"", n))),
    ("comments of html", |n| of_macro("html", &filled("<!--", n))),
    ("tags of html that format", |n| of_macro("html", &numbered(n, |at| format!("<b id={at}><p>")))),
    ("a huge attribute that html formats by", |n| {
        of_macro("html", &format!("<font data-x='{}'>{}", filled("x", n / 2), filled("<p>", n / 2)))
    }),
    ("attributes of html", |n| of_macro("html", &format!("<a {}>", numbered(n, |at| format!("data-{at}=/x "))))),
    ("nested elements", |n| filled("<div>", n / 2) + &"</div>".repeat(n / 10 + 1)),
    ("nested macros", |n| filled("<ac:structured-macro ac:name=\"x\">", n)),
    ("text in nested links", |n| {
        let deep = 240;
        format!("<ac:parameter>{}{}", "<ac:link>".repeat(deep), filled("&amp;", n))
    }),
    ("ends of nothing in nested links", |n| "<ac:link>".repeat(240) + &filled("</ac:image>", n)),
    ("identifiers in nested links", |n| "<ac:link>".repeat(240) + &filled("<ri:page ri:content-title='x'/>", n)),
    ("parameters in nested links", |n| "<ac:link>".repeat(240) + &filled("<ac:parameter>x</ac:parameter>", n)),
    ("attachments in nested links", |n| "<ac:link>".repeat(240) + &filled("<ri:attachment ri:filename='x'/>", n)),
    ("entities", |n| format!("<p>{}</p>", filled("&amp;", n))),
    ("entities that never end", |n| format!("<p>{}</p>", filled("&", n))),
    ("an entity that never ends", |n| format!("<p>&{}</p>", filled("x", n))),
    ("numbers of entities that never end", |n| format!("<p>{}</p>", filled("&#x1", n))),
    ("a huge value of entities", |n| format!("<ri:attachment ri:filename=\"{}\"/>", filled("&amp;", n))),
    ("a huge value of half entities", |n| format!("<a href=\"/{}\"/>", filled("&#", n))),
    ("attributes", |n| format!("<p {}/>", numbered(n, |at| format!("a{at}=\"1\" ")))),
    ("attributes of a macro", |n| format!("<ac:image {}/>", numbered(n, |at| format!("a{at}=\"(\" ")))),
    ("half attributes", |n| format!("<p {}/>", filled("a = ", n))),
    ("names of attributes", |n| format!("<p {}/>", filled("a/", n))),
    ("comments", |n| filled("<!--", n)),
    ("comments that end", |n| filled("<!---->", n)),
    ("character data", |n| filled("<![CDATA[", n)),
    ("character data ended by an export", |n| filled("<![CDATA[ ]] ></ac:", n)),
    ("character data ended by a blank", |n| filled("<![CDATA[ ]] >", n)),
    ("half tags", |n| filled("<a \"", n)),
    ("half tags with an end", |n| filled("<a \">", n)),
    ("half ends of tags", |n| filled("</", n)),
    ("declarations", |n| filled("<!x", n)),
    ("instructions", |n| filled("<?x", n)),
    ("lone marks", |n| filled("< ", n)),
    ("a huge name of an element", |n| format!("<p{}><q>", filled("x", n))),
    ("percent signs", |n| format!("<a href=\"/wiki/download/attachments/1/{}\"/>", filled("%25", n))),
    ("a chain of previews", |n| format!("<a href=\"/wiki/x?{}\"/>", filled("preview=%2F1%2F&", n))),
    ("a chain of destinations", |n| format!("<a href=\"/wiki/login?{}\"/>", filled("os_destination=%2F", n))),
    ("a path up and down", |n| format!("<a href=\"/wiki/{}\"/>", filled("a/../", n))),
    ("sessions in a name", |n| format!("<a href=\"/download/attachments/1/{}\"/>", filled(";jsessionid=", n))),
    ("plus signs", |n| format!("<a href=\"/download/attachments/1/{}\"/>", filled("+", n))),
    ("a host of at signs", |n| format!("<a href=\"https://{}\"/>", filled("@", n))),
    ("links to files", |n| numbered(n, |at| format!("<a href='/wiki/download/attachments/1/{at}'/>"))),
    ("the same link", |n| filled("<a href='/wiki/download/attachments/1/a.png'/>", n)),
    ("a huge name of a macro", |n| {
        format!(
            "<ac:structured-macro ac:name=\"{}\">{}",
            filled("x", n / 2),
            numbered(n / 2, |at| format!("<ac:parameter>{at}</ac:parameter>"))
        )
    }),
    ("a huge name of a parameter", |n| {
        format!(
            "<ac:adf-extension><ac:adf-parameter key=\"{}\">{}",
            filled("x", n / 2),
            filled("<ac:adf-parameter-value>y</ac:adf-parameter-value>", n / 2)
        )
    }),
    ("nested values under a huge name", |n| {
        format!(
            "<ac:adf-extension><ac:adf-parameter key=\"{}\">{}",
            filled("x", n / 2),
            filled("<ac:adf-parameter-value>", n / 2)
        )
    }),
    ("a huge title of the page of many files", |n| {
        format!(
            "<ac:structured-macro ac:name=\"view-file\"><ac:parameter ac:name=\"page\">{}</ac:parameter>{}",
            filled("x", n / 2),
            numbered(n / 2, |at| format!("<ac:parameter ac:name=\"name\">{at}</ac:parameter>"))
        )
    }),
    ("a huge title beside attachments of a parameter", |n| {
        format!(
            "<ac:structured-macro ac:name=\"viewpdf\"><ac:parameter ac:name=\"page\"><ri:page ri:content-title=\"{}\"/></ac:parameter><ac:parameter>{}",
            filled("x", n / 2),
            numbered(n / 2, |at| format!("<ri:attachment ri:filename=\"{at}\"/>"))
        )
    }),
    ("a huge id of the page of many values", |n| {
        format!(
            "<ac:structured-macro ac:name=\"x\"><ac:parameter ac:name=\"pageId\">{}</ac:parameter>{}",
            filled("1", n / 2),
            numbered(n / 2, |at| format!("<ac:parameter>{at}</ac:parameter>"))
        )
    }),
    ("a huge title of an extension", |n| {
        format!(
            "<ac:adf-extension><ac:adf-attribute key=\"extension-title\">{}</ac:adf-attribute>{}",
            filled("x", n / 2),
            numbered(n / 2, |at| format!("<ac:adf-parameter key=\"a\">{at}</ac:adf-parameter>"))
        )
    }),
    ("lists in a gallery", |n| {
        format!(
            r#"<ac:structured-macro ac:name="gallery"><ac:parameter ac:name="page">{}</ac:parameter></ac:structured-macro>"#,
            filled("a,", n)
        )
    }),
    ("galleries", |n| {
        numbered(n, |at| {
            format!(
                r#"<ac:structured-macro ac:name="gallery"><ac:parameter ac:name="exclude">{at}</ac:parameter></ac:structured-macro>"#
            )
        })
    }),
    ("diagrams", |n| {
        numbered(n, |at| {
            format!(
                r#"<ac:structured-macro ac:name="drawio"><ac:parameter ac:name="diagramName">{at}</ac:parameter></ac:structured-macro>"#
            )
        })
    }),
    ("json", |n| format!("<ac:parameter>[{}0]</ac:parameter>", filled("0,", n))),
    ("json under a huge name", |n| {
        format!("<ac:parameter>{{\"{}\":[{}0]}}</ac:parameter>", filled("x", n / 2), filled("0,", n / 2))
    }),
    ("objects under a huge name", |n| {
        format!(
            "<ac:parameter>{{\"{}\":[{}0]}}</ac:parameter>",
            filled("x", n / 2),
            filled("{&quot;value&quot;:1},", n / 2)
        )
    }),
    ("json that never ends", |n| format!("<ac:parameter>{}</ac:parameter>", filled("[", n))),
    ("identifiers kept as text", |n| {
        format!("<ac:parameter>{}</ac:parameter>", filled("AttachmentResourceIdentifier[filename=", n))
    }),
    ("wiki markup", |n| of_macro("unmigrated-wiki-markup", &filled("!a!", n))),
    ("brackets of wiki markup", |n| of_macro("unmigrated-wiki-markup", &filled("[^", n))),
    ("carets of wiki markup", |n| of_macro("unmigrated-wiki-markup", &filled("!^a|", n))),
    ("fallbacks", |n| filled("<ac:adf-fallback><![CDATA[<a href='/x'>]]></ac:adf-fallback>", n)),
    ("letters that grow when composed", |n| format!("<p>{}</p>", filled("\u{fb2c}", n))),
    ("marks on one letter", |n| format!("<p>a{}</p>", filled("\u{301}\u{316}", n))),
    ("flags", |n| format!("<p>{}</p>", filled("\u{1f1e9}", n))),
    ("families", |n| format!("<p>{}</p>", filled("\u{1f468}\u{200d}", n))),
    ("words of colons", |n| format!("<p>{}</p>", filled("a:\u{301}", n))),
    ("macros of many names", |n| numbered(n, |at| format!("<ac:structured-macro ac:name=\"{at}\"/>"))),
    ("links to other hosts", |n| numbered(n, |at| format!("<a href=\"https://x.example/{at}\"/>"))),
    ("images", |n| filled("<ac:image ac:src='/wiki/download/attachments/1/a.png'/>", n)),
];

/// Beyond every window in which an address is looked for.
const SIZE: usize = 24 << 10;

#[test]
fn a_body_twice_as_long_takes_twice_the_steps() {
    let todo = TodoMarkers::default();
    let mut failed = Vec::new();
    for (name, shape) in SHAPES {
        let (short, long) = (shape(SIZE), shape(2 * SIZE));
        // what is measured takes all that an audit takes, and more
        let (few, many) = (steps_of(&short, Depth::Measures(&todo)), steps_of(&long, Depth::Measures(&todo)));
        // everything is looked at, so the counter counts
        assert!(few >= short.len() as u64, "{name}: {few} steps for {} bytes", short.len());
        if many as f64 > 2.4 * few as f64 {
            failed.push(format!("{name}: {few} steps, and {many} for twice as much"));
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn no_body_takes_more_than_its_length_allows() {
    for (name, shape) in SHAPES {
        let (own, body) = (own(), shape(2 * SIZE));
        let steps = Steps::for_bytes(body.len());
        read(&body, Site::new(&own, &steps), Depth::References);
        // one more address, or one more look at the whole
        let most = steps.most() + 32 * (LONGEST_ADDRESS + body.len()) as u64;
        assert!(steps.taken() <= most, "{name}: {} steps of {}", steps.taken(), steps.most());
        assert_eq!(given_up(&parse_to(&body, &own, Depth::References)), steps.are_used_up(), "{name}");
    }
}

fn given_up(body: &Body) -> bool {
    matches!(body.reading, Reading::GivenUp { .. })
}

#[test]
fn pages_that_people_write_stay_far_below() {
    let section = r#"<h2>Rollout &amp; checks</h2><p>The service accepts requests from <strong>clients</strong>, see the
        <a href="https://docs.example.org/guide?a=1&amp;b=2">guide</a> and <ac:link><ri:page ri:content-title="Runbook"/></ac:link>.</p>
        <ac:image><ri:attachment ri:filename="diagram.png"/><ac:caption><p>Flow</p></ac:caption></ac:image>
        <ac:structured-macro ac:name="view-file"><ac:parameter ac:name="name"><ri:attachment ri:filename="a.pdf"/></ac:parameter></ac:structured-macro>
        <ac:structured-macro ac:name="markdown"><ac:plain-text-body><![CDATA[![x](/wiki/download/attachments/1/x.png)]]></ac:plain-text-body></ac:structured-macro>"#;
    let page = section.repeat(20);
    let taken = steps_of(&page, Depth::Measures(&TodoMarkers::default()));
    assert!(taken < 24 * page.len() as u64, "{taken} steps for {} bytes", page.len());
}
