//! Uses any text as an address: parsing never panics, and an address on another host never names a file of the site.
#![no_main]

use libfuzzer_sys::fuzz_target;
use storage_format::{OwnSite, header_image_references, parse};

fuzz_target!(|text: &str| {
    let site = OwnSite::new("https://acme.atlassian.net/wiki", &[]);
    header_image_references(text, &site);
    let escaped: String = text
        .chars()
        .map(|c| match c {
            '<' => "&lt;".to_owned(),
            '&' => "&amp;".to_owned(),
            '"' => "&quot;".to_owned(),
            other => other.to_string(),
        })
        .collect();
    parse(&format!("<a href=\"{escaped}\">x</a>"), &site);
    let foreign: String = escaped.chars().filter(|c| !matches!(c, '/' | '\\' | '@' | '#' | '?' | ':')).collect();
    let body = parse(&format!("<a href=\"https://other.example/{foreign}\">x</a>"), &site);
    assert!(body.references.is_empty(), "{:?}", body.references);
});
