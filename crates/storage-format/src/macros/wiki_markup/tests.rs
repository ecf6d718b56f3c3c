//! Wiki markup, piece by piece.

use super::*;

fn page(title: &str) -> ContainerRef {
    ContainerRef::Page { title: title.to_owned(), space: None }
}

fn all(text: &str) -> ParsedMarkup<'_> {
    read(text, &Steps::unlimited())
}

#[test]
fn a_caret_separates_the_page_from_the_file_name() {
    assert_eq!(caret("^a.pdf"), Some(("a.pdf".to_owned(), None)));
    assert_eq!(caret("Plan^a.pdf"), Some(("a.pdf".to_owned(), Some(page("Plan")))));
    assert_eq!(caret("ENG:Plan^a.pdf"), Some(("a.pdf".to_owned(), Some(page("ENG:Plan")))));
    assert_eq!(caret("$17^a.pdf"), Some(("a.pdf".to_owned(), Some(ContainerRef::Content("17".to_owned())))));
    let post = |space: Option<&str>| ContainerRef::BlogPost {
        title: "News/2".to_owned(),
        day: Some("2024/07/01".to_owned()),
        space: space.map(str::to_owned),
    };
    assert_eq!(caret("/2024/07/01/News/2^a.pdf"), Some(("a.pdf".to_owned(), Some(post(None)))));
    assert_eq!(caret("ENG:/2024/07/01/News/2^a.pdf"), Some(("a.pdf".to_owned(), Some(post(Some("ENG"))))));
    assert_eq!(caret("a.pdf"), None);
    assert_eq!(caret("a^"), None);
}

fn shown(text: &str) -> Vec<String> {
    let piece = |piece: &WikiPiece<'_>| match piece {
        WikiPiece::Macro(call) => {
            let parameters = call.parameters.iter().map(|one| format!("{}={}", one.name, one.text));
            format!("macro {} {}", call.name, parameters.collect::<Vec<_>>().join(";"))
        }
        WikiPiece::Body { name, text } => format!("body {name} {text}"),
        WikiPiece::Image(WikiTarget::File { name, .. }) => format!("image {name}"),
        WikiPiece::Link(WikiTarget::File { name, container: ContainerRef::Own }) => format!("link {name}"),
        WikiPiece::Link(WikiTarget::File { name, .. }) => format!("link elsewhere {name}"),
        WikiPiece::Image(WikiTarget::Address(url)) => format!("image at {url}"),
        WikiPiece::Link(WikiTarget::Address(url)) => format!("link to {url}"),
    };
    all(text).pieces.iter().map(piece).collect()
}

#[test]
fn images_and_links_name_files_and_addresses() {
    let found = shown("Look! !a.png|width=3! and [the spec|^b.pdf] [^c.txt] [Page] !/wiki/d.png|x! [Spec|/x/e.pdf]");
    for wanted in ["image a.png", "link b.pdf", "link c.txt", "image at /wiki/d.png", "link to /x/e.pdf"] {
        assert!(found.contains(&wanted.to_owned()), "{wanted}: {found:?}");
    }
    assert!(!found.iter().any(|piece| piece.contains("Page")), "{found:?}");
}

#[test]
fn links_may_have_three_parts_brackets_and_escapes() {
    let table = [
        ("[Spec|^a.pdf|Open the spec]", "link a.pdf"),
        ("[^b.pdf|tip]", "link b.pdf"),
        ("[^plan [final].pdf]", "link plan [final].pdf"),
        ("[^plan \\[final\\].pdf]", "link plan [final].pdf"),
        ("[^a].pdf]", "link a].pdf"),
        ("[^a[.pdf]", "link a[.pdf"),
        ("[x \\| y|^a\\|b.pdf]", "link a|b.pdf"),
        ("[!a.png|thumbnail!|^b.pdf]", "link b.pdf"),
        ("[!a.png|thumbnail!|^b.pdf]", "image a.png"),
        ("\\\\!a.png!", "image a.png"),
        ("[x|^a^b.pdf]", "link a^b.pdf"),
        ("[x|ENG:Plan^a.pdf]", "link elsewhere a.pdf"),
        ("[x|^&Uuml;ber.pdf]", "link Über.pdf"),
    ];
    for (text, wanted) in table {
        assert!(shown(text).contains(&wanted.to_owned()), "{text}: {:?}", shown(text));
    }
    assert!(shown("\\[^a.pdf] \\!b.png!").is_empty());
    assert!(shown("[open\n^a.pdf]").is_empty());
}

#[test]
fn macros_are_parsed_with_their_parameters_and_bodies() {
    assert_eq!(shown("{viewpdf:name=a.pdf|page=Ot\\|her}"), ["macro viewpdf name=a.pdf;=name=a.pdf;page=Ot|her"]);
    assert_eq!(shown("{viewfile:b.doc}{toc}"), ["macro viewfile =b.doc", "macro toc "]);
    assert_eq!(shown("{html}<img src=\"[^x]\">{html}"), ["body html <img src=\"[^x]\">", "macro html "]);
    assert_eq!(shown("{{viewpdf:a}} {1} {a b} {x:"), [""; 0]);
    assert_eq!(shown("{panel:title=x}[^a.pdf]{panel}")[1], "link a.pdf");
}

#[test]
fn code_is_not_markup() {
    let markup = all("a {code:java}\n[^x.pdf]{viewpdf:y.pdf}\n{code} b {noformat}!z.png!{noformat} {code} [^open.pdf]");
    assert!(!markup.without_samples.contains("x.pdf") && !markup.without_samples.contains("z.png"));
    assert!(markup.without_samples.contains("a {code:java}{code} b "), "{}", markup.without_samples);
    let links = markup.pieces.iter().filter(|piece| matches!(piece, WikiPiece::Link(_))).count();
    assert_eq!(links, 1, "{:?}", markup.pieces);
}
