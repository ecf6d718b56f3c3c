//! Parsing a body compared with finding its references and measures in the cache.
//!
//! `cargo bench --bench kept_bodies` prints microseconds and bytes for each body. *Open* is the time to open and
//! check the complete cache at the start of a run, divided by the number of bodies.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints and may panic")]

use std::hint::black_box;
use std::time::Instant;

use confluence_storage_analyzer::cache::Cache;
use confluence_storage_analyzer::inventory::read_body;
use storage_format::{OwnSite, ParseDepth, TodoMarkers};

#[path = "../crates/storage-format/benches/common/bodies.rs"]
mod bodies;

use bodies::{median, realistic_body, realistic_body_of};

const ROUNDS: usize = 9;
const SITE: &str = "https://acme.atlassian.net/wiki";
const USER: &str = "me@example.com";

fn main() {
    let small = |n: usize| {
        let sentence = "Paragraphs say what such paragraphs say: not much, but at length. ".repeat(2);
        let paragraphs = format!("<p>{n}: {sentence}</p>").repeat(6);
        format!(r#"{paragraphs}<p><ac:image><ri:attachment ri:filename="file {n}.png"/></ac:image></p>"#)
    };
    for (name, texts) in [
        ("short", (0..10_000).map(small).collect::<Vec<_>>()),
        ("longer", (0..2_000).map(|n| realistic_body_of(n * 1000, 14_000)).collect()),
        ("long", (0..400).map(|n| realistic_body(n * 1000)).collect()),
    ] {
        for depth in [ParseDepth::References, ParseDepth::Measures(&TodoMarkers::default())] {
            measure(name, &texts, depth);
        }
    }
}

fn measure(name: &str, texts: &[String], depth: ParseDepth<'_>) {
    let site = OwnSite::new(SITE, &[]);
    let folder = tempfile::TempDir::new().unwrap();
    let references = |cache: Option<&Cache>, text: &str| read_body(cache, text, &site, depth).references.len();
    let (mut parsed, mut opened, mut found) = (Vec::new(), Vec::new(), Vec::new());
    let cache = Cache::open(folder.path(), SITE, USER).unwrap();
    let cache_folder = cache.folder().to_owned();
    let parsed_and_kept = seconds_per_item(texts, |text| references(Some(&cache), text));
    let values = cache.values();
    drop(cache);
    for _ in 0..ROUNDS {
        parsed.push(seconds_per_item(texts, |text| references(None, text)));
        let begin = Instant::now();
        let cache = Cache::open(folder.path(), SITE, USER).unwrap();
        opened.push(begin.elapsed().as_secs_f64() / texts.len() as f64);
        assert_eq!(cache.values(), values);
        found.push(seconds_per_item(texts, |text| references(Some(&cache), text)));
    }
    let [parsed, opened, found] = [parsed, opened, found].map(|times| median(times) * 1e6);
    let files = std::fs::read_dir(cache_folder).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len());
    let bytes = texts.iter().map(String::len).sum::<usize>() / texts.len();
    let contents = if depth == ParseDepth::References { "references" } else { "measures" };
    println!(
        "{name} bodies of {bytes} bytes, {contents}: parse {parsed:.1} µs; from the cache {:.1} µs (open {opened:.1}, find \
         {found:.1}); parse and keep {:.1} µs; {} of {} kept, {} bytes for each body",
        opened + found,
        parsed_and_kept * 1e6,
        values,
        texts.len(),
        files.sum::<u64>() / texts.len() as u64
    );
}

fn seconds_per_item<T>(items: &[T], mut work: impl FnMut(&T) -> usize) -> f64 {
    let begin = Instant::now();
    for item in items {
        black_box(work(black_box(item)));
    }
    begin.elapsed().as_secs_f64() / items.len() as f64
}
