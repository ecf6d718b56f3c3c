//! Finds a reference at the start of a body, whatever follows it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use storage_format::{OwnSite, Target, parse};

fuzz_target!(|noise: &str| {
    let site = OwnSite::new("https://acme.atlassian.net/wiki", &[]);
    let body = format!("<p><ac:image><ri:attachment ri:filename=\"used.png\"/></ac:image></p>{noise}");
    let found = parse(&body, &site).references.iter().any(|reference| match &reference.target {
        Target::File { name, .. } => name == "used.png",
        _ => false,
    });
    assert!(found, "{body}");
});
