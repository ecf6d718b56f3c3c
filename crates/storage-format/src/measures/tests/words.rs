//! Words and characters of visible text.

use proptest::prelude::*;

use super::{TodoMarkers, measure};
use crate::{OwnSite, ParseDepth, parse_with_depth};

fn words(body: &str) -> u32 {
    measure(body).words
}

fn characters(body: &str) -> u32 {
    measure(body).characters
}

#[test]
fn words_follow_uax_29() {
    for (text, expected) in [
        ("", 0),
        (" \u{a0}\n ", 0),
        ("One, two – three!", 3),
        ("don't 3.14 1,000", 3),
        ("well-known", 2),
        ("snake_case", 1),
        ("Übergröße für Füße", 3),
        // decomposed as macOS types it
        ("U\u{308}bergro\u{308}\u{df}e", 1),
        ("... -- !!! ( )", 0),
    ] {
        assert_eq!(words(&format!("<p>{text}</p>")), expected, "{text:?}");
    }
}

#[test]
fn words_of_other_scripts_are_counted_by_dictionary() {
    for (text, expected) in [
        // 添付, ファイル, の, 保存, 形式
        ("添付ファイルの保存形式", 5),
        ("文件", 1),
        // 请, 等待, 五分钟, and the name
        ("请等待五分钟。Air", 4),
        // Korean separates words by spaces
        ("저장소 형식 문서", 3),
        // right to left
        ("שלום עולם", 2),
        ("مرحبا بالعالم", 2),
        // ภาษา, ไทย, and the name
        ("กา", 1),
        ("ภาษาไทยAir", 3),
        // digits are not letters of the script
        ("รอ5นาที ๑๒", 4),
        ("ພາສາລາວ", 2),
        ("ភាសាខ្មែរ", 1),
        // zero-width spaces, which Khmer writes between words
        ("សូម\u{200b}រង់ចាំ", 2),
        ("မြန်မာစာ", 2),
        // letters that are not in the dictionary count as one word each
        ("𠀀𠀁", 2),
        ("Привет мир", 2),
    ] {
        assert_eq!(words(text), expected, "{text:?}");
    }
}

#[test]
fn emoji_are_characters_but_not_words() {
    let measures = measure("<p>👩‍👩‍👧 🇩🇪 👍🏽</p>");
    assert_eq!((measures.words, measures.characters), (0, 5));
}

#[test]
fn characters_are_grapheme_clusters() {
    assert_eq!(characters("e\u{301}\u{fc}"), 2);
    assert_eq!(characters("한국"), 2);
    assert_eq!(characters("<p>&amp;&#x1F680;&uuml;</p>"), 3);
}

#[test]
fn whitespace_counts_once_and_not_at_the_ends() {
    assert_eq!(characters("<p>  a  \n\t b&nbsp;&nbsp;c&#x3000; </p>\n<p>d</p>"), 7);
    assert_eq!(characters("<p> </p>"), 0);
    assert_eq!(words("one&nbsp;two\u{a0}three\u{2003}four"), 4);
}

#[test]
fn entities_are_decoded_before_words_are_counted() {
    assert_eq!(words("&Uuml;bung M&#252;ller &lt;b&gt; AT&amp;T"), 5);
    assert_eq!(measure("<p>&lt;h1&gt;x&lt;/h1&gt;</p>").headings, 0);
}

#[test]
fn blocks_separate_words_and_inline_markup_does_not() {
    assert_eq!(words("<p>one</p><p>two</p>"), 2);
    assert_eq!(words("<td>one</td><td>two</td>"), 2);
    assert_eq!(words("one<br/>two"), 2);
    assert_eq!(words("one<ac:image><ri:url ri:value=\"https://x.example\"/></ac:image>two"), 2);
    assert_eq!(words("<strong>o</strong>ne<em>&nbsp;</em>tw<u>o</u>"), 2);
}

#[test]
fn a_link_without_text_shows_a_title_that_is_not_in_the_body() {
    assert_eq!(words(r#"one<ac:link><ri:page ri:content-title="Other page"/></ac:link>two"#), 2);
    assert_eq!(words(r#"one<ac:link><ri:user ri:account-id="1"/></ac:link>two"#), 2);
    assert_eq!(words(r#"o<ac:link><ri:page ri:content-title="x"/><ac:link-body>n</ac:link-body></ac:link>e"#), 1);
    let plain = "<ac:link><ri:page ri:content-title=\"x\"/><ac:plain-text-link-body><![CDATA[R&amp;D <b>]]>\
                 </ac:plain-text-link-body></ac:link>";
    assert_eq!(words(plain), 4, "CDATA is not decoded: R, amp, D, b");
}

#[test]
fn rich_text_of_macros_is_visible_and_parameters_are_not() {
    let macros = r#"<ac:structured-macro ac:name="info"><ac:parameter ac:name="title">not these words</ac:parameter>
        <ac:rich-text-body><p>one</p><ac:structured-macro ac:name="expand"><ac:parameter ac:name="title">nor</ac:parameter>
        <ac:rich-text-body>two</ac:rich-text-body></ac:structured-macro></ac:rich-text-body></ac:structured-macro>three"#;
    assert_eq!(words(macros), 3);
}

#[test]
fn machine_text_placeholders_comments_and_rendered_copies_are_not_visible() {
    assert_eq!(words("<ac:task><ac:task-id>12</ac:task-id><ac:task-status>complete</ac:task-status></ac:task>"), 0);
    assert_eq!(words("<ac:placeholder>Describe the <b>goal</b></ac:placeholder> one"), 1);
    assert_eq!(words("<!-- not this -->one"), 1);
    let panel = r#"<ac:adf-extension><ac:adf-node type="panel"><ac:adf-attribute key="panel-type">note</ac:adf-attribute>
        <ac:adf-content><p>one two</p></ac:adf-content></ac:adf-node>
        <ac:adf-fallback><div><p>one two</p><ac:link><ac:link-body>three</ac:link-body></ac:link></div></ac:adf-fallback>
        </ac:adf-extension>"#;
    assert_eq!(words(panel), 2);
}

#[test]
fn code_is_counted_separately() {
    let code = |name: &str, text: &str| {
        format!(
            "<ac:structured-macro ac:name=\"{name}\"><ac:parameter ac:name=\"language\">rust</ac:parameter>\
             <ac:plain-text-body>{text}</ac:plain-text-body></ac:structured-macro>"
        )
    };
    let body = format!(
        "one{}{}two",
        code("Code", "<![CDATA[let a = b[0]]]]><![CDATA[>;]]>"),
        code("noformat", "tail &lt;f&gt;")
    );
    let measures = measure(&body);
    assert_eq!((measures.words, measures.characters), (2, 7));
    assert_eq!((measures.code_blocks, measures.code_words), (2, 6));
    assert_eq!(measures.code_characters, 24, "let a = b[0]]>; tail <f>");

    let other = measure(&code("mermaid", "<![CDATA[graph TD; a-->b]]>"));
    assert_eq!((other.code_blocks, other.code_words, other.words), (0, 0, 0), "a macro renders it");
    let inline = measure("<p>call <code>run now</code></p>");
    assert_eq!((inline.code_blocks, inline.code_words, inline.words), (0, 0, 3), "inline code is text");
    let empty = measure(r#"<ac:structured-macro ac:name="code"/>"#);
    assert_eq!((empty.code_blocks, empty.code_words, empty.code_characters), (1, 0, 0));
}

#[test]
fn preformatted_text_is_code() {
    let measures = measure("one<pre>let a = &lt;b&gt;;\n  TODO<br/>x</pre>two<pre> y</pre><pre></pre> three");
    assert_eq!((measures.words, measures.characters, measures.todo_markers), (3, 13, 0));
    assert_eq!((measures.code_blocks, measures.code_words), (3, 6), "let a b TODO x y");
    assert_eq!(measures.code_characters, 21, "let a = <b>; TODO x y");
    let linked =
        measure(r#"<pre>a<ac:link><ri:page ri:content-title="x"/></ac:link>b<a href="/x"><b>c</b></a></pre>d"#);
    assert_eq!((linked.code_words, linked.words), (2, 1), "the title of the page separates a and bc");
    // text that readers do not see does not count in code either
    let unseen = measure("<pre>a <ac:placeholder>not this</ac:placeholder></pre>");
    assert_eq!((unseen.code_words, unseen.words, unseen.placeholders), (1, 0, 1));
}

#[test]
fn todo_markers_are_separate_words_in_capitals() {
    assert_eq!(measure("<h1>DRAFT</h1><p>TODO: ask. (TBD) WIP-2, FIXME! <b>TO</b>DO</p>").todo_markers, 6);
    assert_eq!(measure("<p>todo Draft TODOS WIPE my_TODO DRAFT2</p>").todo_markers, 0);
    let unseen = r#"<ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[TODO]]></ac:plain-text-body>
        </ac:structured-macro><ac:structured-macro ac:name="status"><ac:parameter ac:name="title">DRAFT</ac:parameter>
        </ac:structured-macro>"#;
    assert_eq!(measure(unseen).todo_markers, 0);
}

#[test]
fn todo_markers_can_be_configured() {
    // the second is decomposed here and composed in the body
    let chosen = TodoMarkers::new(&["XXX".into(), "u\u{308}brig".into()]).unwrap();
    let site = OwnSite::new("https://acme.atlassian.net/wiki", &[]);
    let read =
        |todo: &TodoMarkers| parse_with_depth("<p>XXX: \u{fc}brig, TODO xxx</p>", &site, ParseDepth::Measures(todo));
    assert_eq!(read(&chosen).measures.unwrap().todo_markers, 2);
    assert_eq!(read(&TodoMarkers::new(&[]).unwrap()).measures.unwrap().todo_markers, 0);
    // a word of a script without spaces
    let draft = TodoMarkers::new(&["下書き".into()]).unwrap();
    let text = parse_with_depth("<p>これは下書きです。</p>", &site, ParseDepth::Measures(&draft));
    assert_eq!(text.measures.unwrap().todo_markers, 1);
    for never_found in ["to do", "TODO:", "", "添付ファイル"] {
        assert_eq!(TodoMarkers::new(&["TODO".into(), never_found.into()]), Err(never_found.to_owned()));
    }
}

/// Inline markup before and after a piece of text.
const WRAPPINGS: &[(&str, &str)] = &[
    ("<strong>", "</strong>"),
    ("<em><u>", "</u></em>"),
    ("<span style=\"color: red;\">", "</span>"),
    ("<a href=\"https://docs.example\">", "</a>"),
    ("<code>", "</code>"),
    ("<sub><mark>", "</mark></sub>"),
    ("<kbd>", "</kbd><wbr/>"),
    ("<ac:link><ri:page ri:content-title=\"x\"/><ac:link-body>", "</ac:link-body></ac:link>"),
    ("<ac:inline-comment-marker ac:ref=\"1\">", "</ac:inline-comment-marker>"),
];

proptest! {
    #[test]
    fn inline_markup_changes_no_word(
        text in r"[a-zA-Zäßé1 .,'\-&<>文あア한א\u{308}\u{a0}👍]{1,60}",
        cut in (0usize..60, 1usize..20),
        wrapping in 0..WRAPPINGS.len(),
    ) {
        let pieces: Vec<char> = text.chars().collect();
        let from = cut.0.min(pieces.len() - 1);
        let to = (from + cut.1).min(pieces.len());
        let escaped = |part: &[char]| html_escape::encode_text(&part.iter().collect::<String>()).into_owned();
        let (open, close) = WRAPPINGS[wrapping];
        let wrapped =
            format!("<p>{}{open}{}{close}{}</p>", escaped(&pieces[..from]), escaped(&pieces[from..to]), escaped(&pieces[to..]));
        let (plain, wrapped) = (measure(&format!("<p>{}</p>", escaped(&pieces))), measure(&wrapped));
        prop_assert_eq!(plain.words, wrapped.words);
        prop_assert_eq!(plain.characters, wrapped.characters);
    }
}
