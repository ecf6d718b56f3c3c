//! Whether it would pay to keep what a body names and measures from run to run, under a hash of its text: reading it
//! again, beside hashing the text, opening the kept records and decoding the one looked up.
//!
//! `cargo bench --bench kept_bodies` prints microseconds and bytes for each body. The records are kept as the program
//! keeps all others: in its own cache, on the disk.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints and may panic")]

use std::hint::black_box;
use std::time::Instant;

use confluence_storage_analyzer::cache::Cache;
use confluence_storage_analyzer::storage_format::{Body, Depth, OwnSite, parse_to};
use sha2::{Digest, Sha256};

#[path = "common/bodies.rs"]
mod bodies;

use bodies::{median, realistic_body};

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
        ("long", (0..400).map(|n| realistic_body(n * 1000)).collect()),
    ] {
        for depth in [Depth::References, Depth::Measures] {
            measure(name, &texts, depth);
        }
    }
}

fn measure(name: &str, texts: &[String], depth: Depth) {
    let site = OwnSite::new(SITE, &[]);
    let folder = tempfile::TempDir::new().unwrap();
    let mut record_bytes = 0;
    {
        let cache = Cache::open(folder.path(), SITE, USER).unwrap();
        for text in texts {
            let body = parse_to(text, &site, depth);
            record_bytes += serde_json::to_string(&body).unwrap().len();
            cache.append(&key(text, depth), &body);
        }
    }
    let (mut read, mut hashed, mut opened, mut found) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        read.push(each(texts, |text| parse_to(text, &site, depth).references.len()));
        hashed.push(each(texts, |text| key(text, depth).len()));
        let begin = Instant::now();
        let cache = Cache::open(folder.path(), SITE, USER).unwrap();
        opened.push(begin.elapsed().as_secs_f64() / texts.len() as f64);
        let keys: Vec<String> = texts.iter().map(|text| key(text, depth)).collect();
        found.push(each(&keys, |key| cache.get::<Body>(key).unwrap().references.len()));
    }
    let [read, hashed, opened, found] = [read, hashed, opened, found].map(|times| median(times) * 1e6);
    let bytes = texts.iter().map(String::len).sum::<usize>() / texts.len();
    println!(
        "{name} bodies of {bytes} bytes, {depth:?}: read again {read:.1} µs; kept {:.1} µs (hash {hashed:.1}, open \
         {opened:.1}, decode {found:.1}); {} bytes kept for each",
        hashed + opened + found,
        record_bytes / texts.len()
    );
}

/// Seconds for each item.
fn each<T>(items: &[T], mut work: impl FnMut(&T) -> usize) -> f64 {
    let begin = Instant::now();
    for item in items {
        black_box(work(black_box(item)));
    }
    begin.elapsed().as_secs_f64() / items.len() as f64
}

/// What a record would be kept under: a text that was rewritten without a new version has another key.
fn key(text: &str, depth: Depth) -> String {
    use std::fmt::Write as _;
    let mut key = format!("body/{depth:?}/");
    for byte in Sha256::digest(text.as_bytes()) {
        let _ = write!(key, "{byte:02x}");
    }
    key
}
