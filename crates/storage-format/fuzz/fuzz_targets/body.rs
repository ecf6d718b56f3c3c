//! Uses any text as a body: parsing never panics, and every problem has a line and column.
#![no_main]

use libfuzzer_sys::fuzz_target;
use storage_format::{OwnSite, ParseDepth, ParseOutcome, TodoMarkers, parse, parse_adf, parse_with_depth};

fuzz_target!(|text: &str| {
    let site = OwnSite::new("https://acme.atlassian.net/wiki", &[]);
    let body = parse(text, &site);
    if let ParseOutcome::Lenient { problem, .. } = &body.reading {
        assert!(problem.contains("line ") && problem.contains("column "), "{problem}");
    }
    let measured = parse_with_depth(text, &site, ParseDepth::Measures(&TodoMarkers::default()));
    assert_eq!(measured.references, body.references);
    // a body cannot have more words than bytes
    assert!(measured.measures.is_some_and(|measures| measures.words as usize <= text.len()));
    parse_adf(text, &site);
});
