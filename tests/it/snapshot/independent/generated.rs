//! Randomly generated sites with all constructs that editors write, in any order and nesting.

use std::fmt::Write as _;

use confluence_sim::Site;
use confluence_sim::site::ContentType;
use fastrand::Rng;

pub(super) const BASE: &str = "https://acme.atlassian.net/wiki";
pub(super) const PAGES: usize = 150;
/// Maximum nesting of blocks.
const MAX_DEPTH: usize = 4;

const WORDS: [&str; 30] = [
    "plan",
    "Zeit",
    "review",
    "2026",
    "3.14",
    "don't",
    "naïve",
    "U\u{308}ber",
    "R&amp;D",
    "&Uuml;bung",
    "a&nbsp;b",
    "–",
    "(draft)",
    "TODO",
    "DRAFT:",
    "FIXME",
    "todo",
    "well-known",
    "snake_case",
    "測定値は更新されます。",
    "请等待五分钟",
    "センサー",
    "저장소 형식",
    "ติดต่อฝ่ายบริการลูกค้า",
    "ຕິດຕັ້ງເຄື່ອງວັດ",
    "សូមរង់ចាំប្រាំនាទី",
    "စက်ကို",
    "مرحبا",
    "👩‍👩‍👧",
    "…",
];

/// Generates a site from a seed.
pub(super) fn site(seed: u64) -> Site {
    let mut dice = Rng::with_seed(seed);
    let mut site = Site::new();
    site.public_base = Some(BASE.to_owned());
    for (key, name) in [("GEN", "Generated"), ("ALT", "Other")] {
        site = site.space(key, name);
        for number in 0..PAGES / 2 {
            let first = if key == "GEN" { 0 } else { PAGES / 2 };
            let body = body(&mut dice);
            site = site.page(&id_of(first + number), &title_of(first + number), &body);
            if dice.u8(..6) == 0 {
                site = site.attachment(&format!("att{}", 7_000 + first + number), "file.pdf", 100);
            }
            if number > 0 && dice.bool() {
                let parent = id_of(first + dice.usize(..number));
                site = site.with_content(|page| page.parent = Some((parent, ContentType::Page)));
            }
            if dice.u8(..8) == 0 {
                let body = inline(&mut dice);
                site = site.footer_comment(&(90_000 + first + number).to_string(), &format!("<p>{body}</p>"));
            }
        }
    }
    let post = body(&mut dice);
    site.post("80001", "News", &post)
}

fn id_of(number: usize) -> String {
    (10_000 + number).to_string()
}

fn title_of(number: usize) -> String {
    format!("Page {number} & more")
}

fn body(dice: &mut Rng) -> String {
    (0..dice.usize(..9)).map(|_| block(dice, 0)).collect()
}

fn text(dice: &mut Rng) -> String {
    let words: Vec<&str> = (0..dice.usize(..9)).map(|_| WORDS[dice.usize(..WORDS.len())]).collect();
    words.join(if dice.u8(..5) == 0 { "\n  " } else { " " })
}

fn blocks(dice: &mut Rng, depth: usize) -> String {
    (0..dice.usize(..3)).map(|_| block(dice, depth + 1)).collect()
}

fn call(name: &str, inside: &str) -> String {
    format!(r#"<ac:structured-macro ac:name="{name}" ac:macro-id="5f0c">{inside}</ac:structured-macro>"#)
}

fn rich(name: &str, inside: &str) -> String {
    let parameter = r#"<ac:parameter ac:name="title">Not seen TODO</ac:parameter>"#;
    call(name, &format!("{parameter}<ac:rich-text-body>{inside}</ac:rich-text-body>"))
}

fn block(dice: &mut Rng, depth: usize) -> String {
    if depth >= MAX_DEPTH {
        return format!("<p>{}</p>", inline(dice));
    }
    match dice.u8(..25) {
        0..=4 => format!("<p>{}</p>", inline(dice)),
        5 | 6 => {
            let level = dice.u8(1..7);
            format!("<h{level}>{}</h{level}>", inline(dice))
        }
        7 => table(dice, depth),
        8 => format!("<ul><li>{}{}</li><li>{}</li></ul>", inline(dice), blocks(dice, depth), inline(dice)),
        9 => {
            let alt = ["", r#" ac:alt="A plan""#, r#" ac:alt=" ""#][dice.usize(..3)];
            let caption =
                if dice.bool() { format!("<ac:caption><p>{}</p></ac:caption>", text(dice)) } else { String::new() };
            format!(
                r#"<ac:image{alt}><ri:attachment ri:filename="a.png">{}</ri:attachment>{caption}</ac:image>"#,
                identifier(dice)
            )
        }
        10 => format!(r#"<p><img src="/wiki/x.png"{}/></p>"#, ["", r#" alt="x""#, r#" alt="""#][dice.usize(..3)]),
        11 => {
            let name = ["code", "Code", "noformat"][dice.usize(..3)];
            let code = [
                "<![CDATA[let a = b[0];
  TODO <p>x</p> ]]]]><![CDATA[>]]>",
                "tail &lt;f&gt; &amp; R&amp;D",
                "",
            ];
            let code = code[dice.usize(..3)];
            call(name, &format!("<ac:plain-text-body>{code}</ac:plain-text-body>"))
        }
        12 => format!("<pre>{}</pre>", inline(dice)),
        13 => rich(["info", "note", "tip", "warning", "panel"][dice.usize(..5)], &blocks(dice, depth)),
        14 => rich(["expand", "app-of-others"][dice.usize(..2)], &blocks(dice, depth)),
        15 => format!(
            "<ac:layout><ac:layout-section><ac:layout-cell>{}</ac:layout-cell><ac:layout-cell>{}</ac:layout-cell></ac:layout-section></ac:layout>",
            blocks(dice, depth),
            blocks(dice, depth)
        ),
        16 => {
            let inside = blocks(dice, depth);
            let fallback = format!("<ac:adf-fallback><div>{inside}</div></ac:adf-fallback>");
            let kind = ["panel", "decision-list"][dice.usize(..2)];
            format!(
                r#"<ac:adf-extension><ac:adf-node type="{kind}"><ac:adf-attribute key="panel-type">note</ac:adf-attribute><ac:adf-attribute key="extension-key">App:Panel</ac:adf-attribute><ac:adf-content>{inside}</ac:adf-content></ac:adf-node>{fallback}</ac:adf-extension>"#
            )
        }
        17 => tasks(dice),
        18 => {
            let including = ["include", "excerpt-include"][dice.usize(..2)];
            let title = title_of(dice.usize(..PAGES)).replace('&', "&amp;");
            let page = match dice.u8(..3) {
                0 => title,
                1 => format!("ALT:{title}"),
                _ => format!("<ac:link>{}</ac:link>", identifier(dice)),
            };
            call(including, &format!(r#"<ac:parameter ac:name="">{page}</ac:parameter>"#))
        }
        19 => call("jira", r#"<ac:parameter ac:name="key">KEY-1</ac:parameter>"#),
        20 => {
            let page =
                format!(r#"<ac:parameter ac:name="root"><ac:link>{}</ac:link></ac:parameter>"#, identifier(dice));
            let owner = r#"<ac:parameter ac:name="user"><ri:user ri:account-id="1"/></ac:parameter>"#;
            call("some-app", &format!("{page}{owner}"))
        }
        21 => format!("<p><ac:placeholder>Describe {}</ac:placeholder> {}</p>", text(dice), inline(dice)),
        22 => {
            let name = ["html", "markdown", "unmigrated-wiki-markup"][dice.usize(..3)];
            let text = r#"<a href="https://seen.example">x</a> <img src="y"/> TODO"#;
            call(name, &format!("<ac:plain-text-body><![CDATA[{text}]]></ac:plain-text-body>"))
        }
        23 => format!("<!-- {} <h1>TODO</h1> -->", text(dice).replace('-', "")),
        _ => format!("<blockquote>{}<hr/></blockquote>", blocks(dice, depth)),
    }
}

fn table(dice: &mut Rng, depth: usize) -> String {
    let mut rows = String::new();
    for row in 0..dice.usize(1..4) {
        let cell = if row == 0 { "th" } else { "td" };
        let inside = blocks(dice, depth);
        let _infallible = write!(rows, "<tr><{cell}>{}</{cell}><{cell}>{inside}</{cell}></tr>", inline(dice));
    }
    format!("<table><tbody>{rows}</tbody></table>")
}

fn tasks(dice: &mut Rng) -> String {
    let mut tasks = String::new();
    for number in 0..dice.usize(1..4) {
        let status = ["complete", "incomplete", " complete "][dice.usize(..3)];
        let _infallible = write!(
            tasks,
            "<ac:task><ac:task-id>{number}</ac:task-id><ac:task-status>{status}</ac:task-status><ac:task-body>{}</ac:task-body></ac:task>",
            inline(dice)
        );
    }
    format!("<ac:task-list>{tasks}</ac:task-list>")
}

/// An element that identifies a page, existing or not.
fn identifier(dice: &mut Rng) -> String {
    let number = dice.usize(..PAGES + 10);
    let title = title_of(number).replace('&', "&amp;");
    match dice.u8(..6) {
        0 => format!(r#"<ri:content-entity ri:content-id="{}"/>"#, id_of(number)),
        1 => format!(r#"<ri:page ri:space-key="alt" ri:content-title="{title}"/>"#),
        2 => format!(
            r#"<ri:page ri:space-key="GEN" ri:content-title="{}"/>"#,
            title.to_uppercase().replace("AMP", "amp")
        ),
        3 => r#"<ri:blog-post ri:space-key="ALT" ri:content-title="News" ri:posting-day="2024/01/15"/>"#.to_owned(),
        4 => format!(r#"<ri:page ri:content-id="{}" ri:content-title="Old title"/>"#, id_of(number)),
        _ => format!(r#"<ri:page ri:content-title="{title}"/>"#),
    }
}

fn address(dice: &mut Rng) -> String {
    let id = id_of(dice.usize(..PAGES + 10));
    match dice.u8(..14) {
        0 => format!("{BASE}/spaces/GEN/pages/{id}/Page"),
        1 => format!("/wiki/spaces/GEN/pages/{id}#Part"),
        2 => format!("/wiki/pages/viewpage.action?pageId={id}&amp;x=1"),
        3 => format!("{BASE}/display/ALT/Page+{}+%26+more", dice.usize(..PAGES)),
        4 => format!("/wiki/download/attachments/{id}/file.pdf?api=v2"),
        5 => format!("https://docs.example.org/{}?x=1&amp;y=2#part", dice.u8(..4)),
        6 => format!("https://jira.example.org/browse/OPS-{}", dice.u8(1..4)),
        7 => "mailto:somebody@example.org".to_owned(),
        8 => "#Part".to_owned(),
        9 => format!("HTTPS://ACME.atlassian.net/wiki/spaces/ALT/pages/{id}"),
        10 => format!(" https://acme.atlassian.net/wiki/pages/viewpageattachments.action?pageId={id} "),
        11 => format!("/wiki/pages/viewpageattachments.action?pageId={id}&amp;preview=%2F{id}%2F7001%2Ffile.pdf"),
        12 => "https://docs.example.org/browse/none-1/OPS".to_owned(),
        _ => format!("//cdn.example.org/{}", dice.u8(..3)),
    }
}

/// Text with inline elements.
fn inline(dice: &mut Rng) -> String {
    let mut line = text(dice);
    for _ in 0..dice.usize(..4) {
        let text = text(dice);
        let piece = match dice.u8(..17) {
            0 => format!("<strong>{text}</strong>wor<em>d</em>"),
            1 => format!(r#"<a href="{}">{text}</a>"#, address(dice)),
            2 => format!(r#"<a href="{0}" data-card-appearance="inline">{0}</a>"#, address(dice)),
            3 => format!("<ac:link>{}</ac:link>", identifier(dice)),
            4 => format!("<ac:link>{}<ac:link-body>{text}</ac:link-body></ac:link>", identifier(dice)),
            5 => format!(
                "<ac:link>{}<ac:plain-text-link-body><![CDATA[R&D <{}>]]></ac:plain-text-link-body></ac:link>",
                identifier(dice),
                dice.u8(..9)
            ),
            6 => format!(
                r#"<ac:link><ri:url ri:value="{}"/><ac:link-body>{text}</ac:link-body></ac:link>"#,
                address(dice)
            ),
            7 => r#"<ac:link><ri:user ri:account-id="b1"/></ac:link>"#.to_owned(),
            8 => format!(r#"<ac:link ac:anchor="Part"><ac:link-body>{text}</ac:link-body></ac:link>"#),
            9 => format!(
                r#"<ac:link><ri:attachment ri:filename="a.pdf">{}</ri:attachment><ac:link-body>{text}</ac:link-body></ac:link>"#,
                identifier(dice)
            ),
            10 => call("status", r#"<ac:parameter ac:name="title">DRAFT</ac:parameter>"#),
            11 => r#"x<br/>y<ac:emoticon ac:name="smile"/>z<time datetime="2026-01-01"/>"#.to_owned(),
            12 => format!(r#"wo<ac:inline-comment-marker ac:ref="1">rd {text}</ac:inline-comment-marker>s"#),
            13 => "<ac:macro ac:name=\"Status\"/><abbr>R</abbr>n<ac:image ac:alt=\"x\"><ri:url ri:value=\"/x\"/></ac:image>k".to_owned(),
            14 => format!("<ac:link><ri:space ri:space-key=\"ALT\"/></ac:link><ac:placeholder>{text}</ac:placeholder>"),
            15 => format!("<map><area href=\"{}\"/></map>", address(dice)),
            _ => format!("<code>{text}</code><sup>2</sup>"),
        };
        line.push_str(&piece);
        if dice.bool() {
            line.push(' ');
        }
    }
    line
}
