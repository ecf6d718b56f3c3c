//! Any text is a body: reading it never panics, and a fault is located.
#![no_main]

use libfuzzer_sys::fuzz_target;
use storage_format::{Depth, OwnSite, Reading, TodoMarkers, parse, parse_adf, parse_to};

fuzz_target!(|text: &str| {
    let site = OwnSite::new("https://acme.atlassian.net/wiki", &[]);
    let body = parse(text, &site);
    if let Reading::Lenient { problem, .. } = &body.reading {
        assert!(problem.contains("line ") && problem.contains("column "), "{problem}");
    }
    let measured = parse_to(text, &site, Depth::Measures(&TodoMarkers::default()));
    assert_eq!(measured.references, body.references);
    // every word of a body begins somewhere in it
    assert!(measured.measures.is_some_and(|measures| measures.words as usize <= text.len()));
    parse_adf(text, &site);
});
