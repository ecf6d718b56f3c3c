//! Search of residues: what counts as a name, and how much work the search takes.

use std::cell::Cell;

use serde_json::{Value, json};

use super::*;

thread_local! {
    pub(super) static SEARCHES_BUILT: Cell<usize> = const { Cell::new(0) };
}

/// A page with this number of files, and a comment with a broken body for each residue.
fn broken_comments(files: usize, residues: &[&str]) -> Inventory {
    let time = "2026-11-21T12:00:00Z";
    let content = |id: usize, kind: &str, residue: Option<&str>| {
        let reading = residue.map(|residue| json!({"lenient": {"problem": "cut", "residue": residue}}));
        let mut body = serde_json::to_value(storage_format::Body::default()).unwrap();
        body["reading"] = reading.unwrap_or_else(|| body["reading"].clone());
        json!({"id": id.to_string(), "kind": kind, "status": "current", "title": "T", "space": "9", "container": "1",
            "body": body, "header_images": [], "live": false})
    };
    let file = |number: usize| {
        json!({"id": format!("att{}", 1_000_000 + number), "title": format!("chart{number}.png"), "status": "current",
            "container": {"page": "1"}, "version": 1, "old_versions": []})
    };
    let comments = residues.iter().enumerate().map(|(at, text)| content(2 + at, "footer-comment", Some(text)));
    let contents: Vec<Value> = std::iter::once(content(1, "page", None)).chain(comments).collect();
    let inventory = json!({
        "scan": {"program": "test", "started_at": time, "finished_at": time, "base_url": "https://acme.example/wiki",
            "own_hosts": [], "account": {"id": "a", "name": "Ann"}, "old_sizes": {"outcome": "nothing-to-prove"}},
        "spaces": [], "contents": contents, "attachments": (0..files).map(file).collect::<Vec<_>>(),
        "people": {}, "coverage": crate::inventory::Coverage::default(), "requests": {},
    });
    serde_json::from_value(inventory).unwrap()
}

#[test]
fn one_search_is_built_for_all_broken_comments_of_a_page() {
    let mut residues = vec!["<p>text</i>"; 300];
    residues.push("<p>text</i><b>chart7</b>");
    residues.push("<p>text</i><b>chart8</b>");
    let inventory = broken_comments(50, &residues);
    SEARCHES_BUILT.set(0);
    let named = named_in_residues(&SiteIndex::new(&inventory), &(0..50).collect::<Vec<_>>());
    assert_eq!(named, HashMap::from([(7, 301), (8, 302)]));
    assert!(SEARCHES_BUILT.get() <= 3, "{}", SEARCHES_BUILT.get());
}

#[test]
fn a_value_is_recognised_by_the_characters_around_it() {
    for (text, is_value) in [
        ("plan", true),
        ("x\n plan \nx", true),
        ("ac:name=\"plan\"", true),
        (">plan<", true),
        ("{drawio:name=plan|x}", true),
        ("our plan is", false),
        ("plans", false),
    ] {
        let start = text.find("plan").unwrap();
        assert_eq!(is_entire_value(text, start, start + 4), is_value, "{text}");
    }
}

#[test]
fn a_part_of_a_longer_word_does_not_count() {
    assert!(!is_separate_word("data.png", 3, 8));
    assert!(is_separate_word("see a.png.", 4, 9));
    assert!(!is_separate_word("a.png2", 0, 5));
}

#[test]
fn letters_of_other_scripts_and_punctuation_may_be_next_to_a_name() {
    for (text, name) in [("参照a.pngを", "a.png"), ("see図.png", "図.png"), ("_a.png_", "a.png"), ("см.a.png", "a.png")]
    {
        let start = text.find(name).unwrap();
        assert!(is_separate_word(text, start, start + name.len()), "{text}");
    }
}

#[test]
fn residue_is_searched_in_every_spelling() {
    let spellings = |residue: &str| {
        let mut spellings = Vec::new();
        for_each_spelling(residue, &mut |spelling| spellings.push(spelling.to_owned()));
        spellings
    };
    assert_eq!(spellings("plain"), ["plain"]);
    assert_eq!(spellings("x%20&uuml;+Y"), ["x%20ü+y", "x%20ü y", "x ü y", "x ü+y", "x ü y"]);
    let spells = |residue: &str, text: &str| {
        let spellings = spellings(residue);
        assert!(spellings.iter().any(|spelling| spelling.contains(text)), "{residue}: {spellings:?}");
    };
    spells("&amp;uuml;", "ü");
    spells("a%2520b", "a b");
    spells(r#"\ud83d\ude80 \u00fc\/\"\x\\"#, r#"🚀 ü/"\x\"#);
    // an escaped plus is a plus
    spells("a+b%2Bc.png", "a b+c.png");
    spells("a%2Bb", "a b");
    // an escaped line break separates words, also in JSON within JSON
    spells(r#""see\na.png""#, "see a.png");
    spells(r#""{\"note\":\"see\\ta.png\"}""#, "see a.png");
    // a backslash that does not begin an escape is kept
    spells(r"\\server\new%20a.png", r"\new a.png");
}

#[test]
fn a_name_shared_by_many_files_is_searched_once() {
    let mut terms = SearchTerms::default();
    (0..3).for_each(|file| terms.add("Image.png", file));
    terms.add("png", 3);
    let mut search = terms.build().unwrap();
    let find_in = |search: &mut FileSearch, text: &str| search.find_in(text).unwrap_or_else(|_| panic!("too many"));
    let mut found = find_in(&mut search, &"image.png ".repeat(1_000));
    found.sort_unstable();
    assert_eq!(found, [0, 1, 2, 3]);
    assert_eq!(find_in(&mut search, "image.png"), [0; 0]);
}

#[test]
fn a_search_with_too_many_matches_returns_all_files() {
    let mut terms = SearchTerms::default();
    (0..255).for_each(|file| terms.add(&"a".repeat(file + 1), file));
    let mut search = terms.build().unwrap();
    let too_many = search.find_in(&"a".repeat(100_000)).err().unwrap();
    let mut files = too_many.files();
    files.sort_unstable();
    assert_eq!(files, (0..255).collect::<Vec<_>>());
}
