//! Bodies of every shape that is expensive to parse.

use super::BASE;

/// The plain text body of a macro.
fn of_macro(name: &str, text: &str) -> String {
    format!(
        r#"<ac:structured-macro ac:name="{name}"><ac:plain-text-body><![CDATA[{text}]]></ac:plain-text-body></ac:structured-macro>"#
    )
}

/// Wiki markup that was never migrated.
fn of_wiki(markup: &str) -> String {
    of_macro("unmigrated-wiki-markup", markup)
}

/// A text within a text within a text, each doubling the size, until `bytes` is reached.
fn nested_text(bytes: usize, within: impl Fn(String) -> String) -> String {
    let mut text = within("[\"/x/a.png\"]".repeat(bytes / 60));
    while text.len() < bytes {
        text = within(text);
    }
    text
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

/// A name, and a function that makes a body of about a given number of bytes.
pub(super) type Shape = (&'static str, fn(usize) -> String);

pub(super) const SHAPES: &[Shape] = &[
    ("Markdown links that never end", |n| of_macro("markdown", &filled("](", n))),
    ("Markdown links in angle brackets", |n| of_macro("markdown", &filled("](<", n))),
    ("Markdown links with open parentheses", |n| of_macro("markdown", &filled("](((", n))),
    ("Markdown links after one bracket", |n| of_macro("markdown", &format!("[{}", filled("x](/) ", n)))),
    ("Markdown definitions", |n| of_macro("markdown", &filled("]:", n))),
    ("Markdown definitions after spaces", |n| of_macro("markdown", &filled("]:   ", n))),
    ("glued addresses", |n| filled("https://acme.atlassian.net/wiki/download/attachments/1/a.png", n)),
    ("glued addresses with a preview", |n| {
        filled("https://acme.atlassian.net/wiki/spaces/A/pages/1?preview=/1/2/a.png", n)
    }),
    ("glued addresses of a former host", |n| filled("https://old.acme.example/x?preview=%2F1%2F2%2Fa.png", n)),
    ("glued hosts", |n| filled("https://acme.atlassian.net", n)),
    ("glued schemes", |n| filled("https://", n)),
    ("glued scheme letters", |n| format!("{}://", filled("https", n))),
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
    ("a srcset of many sources", |n| format!("<img srcset=\"{}\"/>", filled("/a, ", n))),
    ("a srcset of commas", |n| format!("<img srcset=\"{}\"/>", filled(",", n))),
    ("half tags in HTML", |n| of_macro("html", &filled("<a href=\"", n))),
    ("half tags in HTML with `>` in quotes", |n| of_macro("html", &filled("<a b=\">\"c=\"", n))),
    ("half tags in HTML with both quotes", |n| of_macro("html", &filled("<a b='\">\"' =\"", n))),
    ("comments in HTML", |n| of_macro("html", &filled("<!--", n))),
    ("formatting tags in HTML", |n| of_macro("html", &numbered(n, |at| format!("<b id={at}><p>")))),
    ("a huge attribute of a formatting tag in HTML", |n| {
        of_macro("html", &format!("<font data-x='{}'>{}", filled("x", n / 2), filled("<p>", n / 2)))
    }),
    ("attributes in HTML", |n| of_macro("html", &format!("<a {}>", numbered(n, |at| format!("data-{at}=/x "))))),
    ("nested elements", |n| filled("<div>", n / 2) + &"</div>".repeat(n / 10 + 1)),
    ("nested macros", |n| filled("<ac:structured-macro ac:name=\"x\">", n)),
    ("text in nested links", |n| {
        let deep = 240;
        format!("<ac:parameter>{}{}", "<ac:link>".repeat(deep), filled("&amp;", n))
    }),
    ("unmatched end tags in nested links", |n| "<ac:link>".repeat(240) + &filled("</ac:image>", n)),
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
    ("attribute names", |n| format!("<p {}/>", filled("a/", n))),
    ("comments", |n| filled("<!--", n)),
    ("comments that end", |n| filled("<!---->", n)),
    ("character data", |n| filled("<![CDATA[", n)),
    ("character data ended by an export", |n| filled("<![CDATA[ ]] ></ac:", n)),
    ("CDATA with an exported end", |n| filled("<![CDATA[ ]] >", n)),
    ("half tags", |n| filled("<a \"", n)),
    ("half tags with an end", |n| filled("<a \">", n)),
    ("half end tags", |n| filled("</", n)),
    ("declarations", |n| filled("<!x", n)),
    ("instructions", |n| filled("<?x", n)),
    ("lone `<`", |n| filled("< ", n)),
    ("a huge name of an element", |n| format!("<p{}><q>", filled("x", n))),
    ("percent signs", |n| format!("<a href=\"/wiki/download/attachments/1/{}\"/>", filled("%25", n))),
    ("a chain of previews", |n| format!("<a href=\"/wiki/x?{}\"/>", filled("preview=%2F1%2F&", n))),
    ("a chain of login destinations", |n| format!("<a href=\"/wiki/login?{}\"/>", filled("os_destination=%2F", n))),
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
    ("a huge title next to attachments in a parameter", |n| {
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
    ("JSON", |n| format!("<ac:parameter>[{}0]</ac:parameter>", filled("0,", n))),
    ("JSON under a huge name", |n| {
        format!("<ac:parameter>{{\"{}\":[{}0]}}</ac:parameter>", filled("x", n / 2), filled("0,", n / 2))
    }),
    ("objects under a huge name", |n| {
        format!(
            "<ac:parameter>{{\"{}\":[{}0]}}</ac:parameter>",
            filled("x", n / 2),
            filled("{&quot;value&quot;:1},", n / 2)
        )
    }),
    ("JSON that never ends", |n| format!("<ac:parameter>{}</ac:parameter>", filled("[", n))),
    ("identifiers kept as text", |n| {
        format!("<ac:parameter>{}</ac:parameter>", filled("AttachmentResourceIdentifier[filename=", n))
    }),
    ("wiki markup", |n| of_wiki(&filled("!a!", n))),
    ("brackets in wiki markup", |n| of_wiki(&filled("[^", n))),
    ("carets in wiki markup", |n| of_wiki(&filled("!^a|", n))),
    ("brackets in wiki markup that open", |n| of_wiki(&filled("[", n))),
    ("brackets in wiki markup that close", |n| of_wiki(&format!("[[[[{}]]]]]]]]", filled("^a]", n)))),
    ("brackets in wiki markup that close twice", |n| of_wiki(&filled("[a]]", n))),
    ("nested brackets in wiki markup", |n| of_wiki(&filled("[[[]", n))),
    ("brackets around a line in wiki markup", |n| of_wiki(&format!("[x[x[x[x[x[{}]", filled("^/", n)))),
    ("brackets that open around a line in wiki markup", |n| {
        of_wiki(&format!("{}{}]", filled("[x", n / 2), filled("]^", n / 2)))
    }),
    ("parts of a link in wiki markup", |n| of_wiki(&format!("[{}]", filled("|", n)))),
    ("addresses of a link in wiki markup", |n| of_wiki(&format!("[{}]", filled("/x|", n)))),
    ("escapes in wiki markup", |n| of_wiki(&filled("\\", n))),
    ("escapes in a link in wiki markup", |n| of_wiki(&format!("[^{}]", filled("\\|", n)))),
    ("entities in links in wiki markup", |n| of_wiki(&filled("[^&amp;|&#x5e;]", n))),
    ("images in wiki markup", |n| of_wiki(&filled("!", n))),
    ("a huge image in wiki markup", |n| of_wiki(&format!("!{}!", filled("a^", n)))),
    ("lines in wiki markup", |n| of_wiki(&filled("[^a\n", n))),
    ("macro calls in wiki markup that never end", |n| of_wiki(&filled("{a:", n))),
    ("macro calls in wiki markup with escapes that never end", |n| of_wiki(&filled("{a:\\", n))),
    ("escaped macro calls in wiki markup", |n| of_wiki(&filled("{a:\\{a:\\\\", n))),
    ("nested macro calls in wiki markup", |n| of_wiki(&filled("{x:{", n))),
    ("braces in wiki markup", |n| of_wiki(&filled("{", n))),
    ("a macro name in wiki markup that never ends", |n| of_wiki(&format!("{{{}", filled("a", n)))),
    ("a huge macro name in wiki markup", |n| of_wiki(&format!("{{{}:x}}", filled("html", n)))),
    ("parameters of a macro call in wiki markup", |n| of_wiki(&format!("{{a:{}}}", filled("|", n)))),
    ("named parameters of a macro call in wiki markup", |n| of_wiki(&format!("{{a:{}}}", filled("a=/x|", n)))),
    ("numbered parameters of a macro call in wiki markup", |n| {
        of_wiki(&format!("{{a:{}}}", numbered(n, |at| format!("page{at}=^{at}|"))))
    }),
    ("JSON in a macro call in wiki markup", |n| of_wiki(&format!("{{a:[{}0]}}", filled("0,", n)))),
    ("JSON in macro calls in wiki markup", |n| of_wiki(&filled("{a:[0]|b=[0]}", n))),
    ("a huge page title in a macro call in wiki markup", |n| {
        of_wiki(&format!("{{viewpdf:page={}|name={}}}", filled("x", n / 2), filled("a.pdf,", n / 2)))
    }),
    ("diagrams in wiki markup", |n| of_wiki(&numbered(n, |at| format!("{{drawio:diagramName={at}}}")))),
    ("code in wiki markup", |n| of_wiki(&filled("{code}", n))),
    ("code in wiki markup with text", |n| of_wiki(&filled("{code}a{code}b", n))),
    ("macro bodies in wiki markup that never end", |n| of_wiki(&filled("{html0}{html1}", n))),
    ("macro bodies of many names in wiki markup", |n| of_wiki(&numbered(n, |at| format!("{{html{at}}}")))),
    ("macro bodies in wiki markup", |n| of_wiki(&filled("{html}<a href='/x'>{html}", n))),
    ("Markdown in macro bodies in wiki markup", |n| of_wiki(&filled("{markdown}[a](/x){markdown}", n))),
    ("wiki markup in wiki markup", |n| of_wiki(&filled("{unmigrated-wiki-markup}", n))),
    ("many pieces of wiki markup", |n| filled(&of_wiki("a"), n)),
    ("addresses in HTML", |n| of_macro("html", &filled("download/", n))),
    ("quoted addresses in HTML", |n| of_macro("html", &filled("'/download/attachments/1/a.png", n))),
    ("addresses in one attribute in HTML", |n| of_macro("html", &filled("/download/attachments/1/a.png,", n))),
    ("commas in one attribute in HTML", |n| of_macro("html", &format!("\"/download/{}\"", filled(",", n)))),
    ("beginnings of addresses in HTML", |n| of_macro("html", &filled("preview=http:/", n))),
    ("encoded addresses in HTML", |n| of_macro("html", &filled("&quot;%2Fdownload\\/", n))),
    ("files in HTML", |n| of_macro("html", &filled("/file/ ", n))),
    ("comments in HTML that end", |n| of_macro("html", &filled("<!---->", n))),
    ("base tags in HTML", |n| of_macro("html", &filled("<base href=x/>", n))),
    ("a long base in HTML", |n| {
        of_macro("html", &format!("<base href=\"/{}/\">{}", filled("x", 480), filled("<a href=a>", n)))
    }),
    ("a huge base in HTML", |n| {
        of_macro("html", &format!("<base href=\"/{}/\">{}", filled("x", n / 2), filled("<a href=a>", n / 2)))
    }),
    ("a base and a huge style in HTML", |n| {
        of_macro("html", &format!("<base href=\"/x/\"><p style=\"{}\">", filled("url(a)", n)))
    }),
    ("glued addresses on an unknown host", |n| filled("https://u.example/download/attachments/1/a.png", n)),
    ("glued addresses of another site", |n| filled("https://u.atlassian.net/wiki/x.action?pageId=1", n)),
    ("glued previews on an unknown host", |n| filled("https://u.example/display/A/B?preview=%2F1%2F2%2Fa.png&", n)),
    ("glued unknown hosts", |n| filled("https://u.example/", n)),
    ("resources on an unknown host", |n| filled("https://u.example/_/_/download/", n)),
    ("addresses on unknown hosts", |n| {
        numbered(n, |at| format!(" https://u{at}.example/download/attachments/1/a.png"))
    }),
    ("links to an unknown host", |n| {
        numbered(n, |at| format!("<a href='https://u.example/download/attachments/1/{at}'/>"))
    }),
    ("a huge link to an unknown host", |n| {
        format!("<a href='https://u.example/download/attachments/1/a.png?{}'/>", filled("preview=%2F1%2F2%2Fa&", n))
    }),
    ("a huge unknown host", |n| format!("<a href='https://{}/download/attachments/1/a.png'/>", filled("u.", n))),
    ("slashes of an unknown host", |n| format!("<a href='https://u.example/{}'/>", filled("/.", n))),
    ("backslashes", |n| format!("<a href='\\\\u.example{}'/>", filled("\\download", n))),
    ("names in a query", |n| {
        format!("<a href='/wiki/x.action?pageId=1&{}'/>", numbered(n, |at| format!("file={at}&")))
    }),
    ("names in a query with a huge id", |n| {
        format!("<a href='/wiki/x.action?pageId={}&{}'/>", filled("1", n / 2), filled("file=a&", n / 2))
    }),
    ("addresses in a query", |n| {
        format!("<a href='/wiki/x.action?{}'/>", filled("url=/download/attachments/1/a.png&", n))
    }),
    ("addresses in addresses in a query", |n| {
        format!("<a href='/x.action?{}'/>", filled("a=/x?b=%2Fx%3Fc%3D%252Fx%253Ffile%253Da&", n))
    }),
    ("a chain of queries", |n| format!("<a href='{}'/>", filled("/x?file=", n))),
    ("a chain of encoded queries", |n| format!("<a href='/x?{}'/>", filled("file=%2Fx%3F", n))),
    ("a chain of percent signs in a parameter", |n| format!("<ac:parameter>%2F{}</ac:parameter>", filled("%25", n))),
    ("encoded slashes in a parameter", |n| format!("<ac:parameter>{}</ac:parameter>", filled("%2F", n))),
    ("lists of names", |n| format!("<ac:parameter>{}</ac:parameter>", filled("a.b,", n))),
    ("lists of names with every separator", |n| {
        format!("<ac:parameter>{}</ac:parameter>", filled("a.b,c.d;e.f|g.h\n", n))
    }),
    ("lists of names of pages", |n| {
        let ids = (0..8).map(|at| format!("<ac:parameter ac:name=\"a{at}pageId\">1</ac:parameter>"));
        format!(
            "<ac:structured-macro ac:name=\"x\">{}<ac:parameter>{}</ac:parameter></ac:structured-macro>",
            ids.collect::<String>(),
            filled("a.b,", n)
        )
    }),
    ("data", |n| format!("[{}0]", filled("0,", n))),
    ("data of addresses", |n| format!("[{}0]", filled("\"/wiki/download/attachments/1/a.png\",", n))),
    ("data that never ends", |n| filled("[\"a\",", n)),
    ("data of half texts", |n| filled("\"", n)),
    ("data that is not JSON", |n| filled("&quot;", n)),
    ("encoded data", |n| format!("%5B{}0%5D", filled("%22a%22,", n))),
    ("data in texts", |n| nested_text(n, |text| serde_json::Value::String(text).to_string())),
    ("data in encoded texts", |n| {
        nested_text(n, |text| format!("[\"{}\"]", text.replace('%', "%25").replace('[', "%5B").replace('"', "%22")))
    }),
    ("encoded texts in a parameter", |n| {
        let text = nested_text(n, |text| {
            format!("[\"{}\"]", text.replace('%', "%25").replace('[', "%5B").replace('"', "%22"))
        });
        format!("<ac:parameter>{}</ac:parameter>", html_escape::encode_text(&text))
    }),
    ("texts in many values", |n| format!("[{}0]", filled(r#""[\"[\\\"a\\\"]\"]","#, n))),
    ("pages with ids and titles", |n| {
        filled(
            "<ac:link><ri:attachment ri:filename='a'><ri:page ri:content-id='1' ri:content-title='x'/></ri:attachment></ac:link>",
            n,
        )
    }),
    ("sources of images", |n| {
        filled(
            "<img data-image-src='/wiki/download/attachments/1/a.png' data-linked-resource-type='attachment' data-linked-resource-id='1'/>",
            n,
        )
    }),
    ("fallbacks", |n| filled("<ac:adf-fallback><![CDATA[<a href='/x'>]]></ac:adf-fallback>", n)),
    ("letters that grow when composed", |n| format!("<p>{}</p>", filled("\u{fb2c}", n))),
    ("diacritics on one letter", |n| format!("<p>a{}</p>", filled("\u{301}\u{316}", n))),
    ("flags", |n| format!("<p>{}</p>", filled("\u{1f1e9}", n))),
    ("families", |n| format!("<p>{}</p>", filled("\u{1f468}\u{200d}", n))),
    ("words of colons", |n| format!("<p>{}</p>", filled("a:\u{301}", n))),
    ("macros of many names", |n| numbered(n, |at| format!("<ac:structured-macro ac:name=\"{at}\"/>"))),
    ("links to other hosts", |n| numbered(n, |at| format!("<a href=\"https://x.example/{at}\"/>"))),
    ("headings", |n| numbered(n, |at| format!("<h1>a{at}</h1>"))),
    ("nested headings", |n| filled("<h1>", n)),
    ("texts in nested headings", |n| "<h1>".repeat(240) + &filled("a</h1><h1>", n)),
    ("a huge heading", |n| format!("<h1>{}</h1>", filled("&amp;", n))),
    ("ids of elements", |n| numbered(n, |at| format!("<p id='a{at}'/>"))),
    ("a huge id of an element", |n| format!("<p id='{}'/>", filled("&amp;", n))),
    ("links to anchors", |n| numbered(n, |at| format!("<a href='#a{at}'/>"))),
    ("links to named anchors", |n| numbered(n, |at| format!("<ac:link ac:anchor='a{at}'/>"))),
    ("a link to a long anchor of many pages", |n| {
        format!("<ac:link ac:anchor='{}'>", "a".repeat(1_024))
            + &numbered(n, |at| format!("<ri:page ri:content-title='{at}'/>"))
    }),
    ("images", |n| filled("<ac:image ac:src='/wiki/download/attachments/1/a.png'/>", n)),
];
