//! Names in what was not understood: what counts as one, and how much work looking for them is.

use std::cell::Cell;

use serde_json::{Value, json};

use super::*;

thread_local! {
    pub(super) static SEARCHES_BUILT: Cell<usize> = const { Cell::new(0) };
}

/// A page with so many files, and comments on it whose bodies are broken.
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
fn the_names_of_one_page_are_made_ready_once_for_all_its_broken_comments() {
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
fn a_value_is_told_by_what_stands_around_it() {
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
        assert_eq!(is_whole_value(text, start, start + 4), is_value, "{text}");
    }
}

#[test]
fn a_part_of_a_longer_word_does_not_count() {
    assert!(!stands_alone("data.png", 3, 8));
    assert!(stands_alone("see a.png.", 4, 9));
    assert!(!stands_alone("a.png2", 0, 5));
}

#[test]
fn letters_of_other_scripts_and_marks_may_stand_beside_a_name() {
    for (text, name) in [("参照a.pngを", "a.png"), ("see図.png", "図.png"), ("_a.png_", "a.png"), ("см.a.png", "a.png")]
    {
        let start = text.find(name).unwrap();
        assert!(stands_alone(text, start, start + name.len()), "{text}");
    }
}

#[test]
fn residue_is_read_in_every_spelling() {
    let spellings = |residue: &str| {
        let mut spellings = Vec::new();
        spell(residue, &mut |spelling| spellings.push(spelling.to_owned()));
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
    // a plus that is escaped is one
    spells("a+b%2Bc.png", "a b+c.png");
    spells("a%2Bb", "a b");
    // an end of a line glues nothing on, in texts within texts neither
    spells(r#""see\na.png""#, "see a.png");
    spells(r#""{\"note\":\"see\\ta.png\"}""#, "see a.png");
    // and what is no escape is none
    spells(r"\\server\new%20a.png", r"\new a.png");
}

#[test]
fn one_name_of_many_files_is_looked_for_once() {
    let mut patterns = Patterns::default();
    (0..3).for_each(|file| patterns.add("Image.png", file));
    patterns.add("png", 3);
    let mut search = patterns.search().unwrap();
    let in_text = |search: &mut Search, text: &str| search.in_text(text).unwrap_or_else(|_| panic!("too many"));
    let mut found = in_text(&mut search, &"image.png ".repeat(1_000));
    found.sort_unstable();
    assert_eq!(found, [0, 1, 2, 3]);
    assert_eq!(in_text(&mut search, "image.png"), [0; 0]);
}

#[test]
fn names_that_end_with_each_other_are_not_counted_to_the_end() {
    let mut patterns = Patterns::default();
    (0..255).for_each(|file| patterns.add(&"a".repeat(file + 1), file));
    let mut search = patterns.search().unwrap();
    let too_many = search.in_text(&"a".repeat(100_000)).err().unwrap();
    let mut all = too_many.all();
    all.sort_unstable();
    assert_eq!(all, (0..255).collect::<Vec<_>>());
}
