//! Benchmark of the parser: references and text of a realistic 50 KB body, compared with a plain XML pass over the same
//! bytes. Also times the parser with measures.
//!
//! `cargo bench --bench scanner` prints MB/s and the ratio as medians. The passes alternate, so that a slow phase of
//! the machine affects them all.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints and may panic")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use quick_xml::Reader;
use quick_xml::events::Event;
use storage_format::{OwnSite, ParseDepth, ParseOutcome, TodoMarkers, parse, parse_with_depth};

#[path = "common/bodies.rs"]
mod bodies;

use bodies::{median, realistic_body};

const ROUNDS: usize = 41;
const PASSES_PER_ROUND: usize = 40;

fn main() {
    let body = realistic_body(0);
    let site = OwnSite::new("https://acme.atlassian.net/wiki", &[]);
    let parsed = parse(&body, &site);
    assert_eq!(parsed.reading, ParseOutcome::WellFormed);
    let counted = parse_with_depth(&body, &site, ParseDepth::Measures(&TodoMarkers::default())).measures.unwrap();
    println!(
        "body: {} bytes, {} references, {} words, {} macros",
        body.len(),
        parsed.references.len(),
        counted.words,
        counted.macros.values().sum::<u32>()
    );
    let (mut bare, mut full, mut measured) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bare.push(time(|| black_box(bare_pass(black_box(&body)))));
        full.push(time(|| black_box(parse(black_box(&body), &site).references.len())));
        measured.push(time(|| {
            black_box(
                parse_with_depth(black_box(&body), &site, ParseDepth::Measures(&TodoMarkers::default()))
                    .references
                    .len(),
            )
        }));
    }
    let ratio = median(full.iter().zip(&bare).map(|(full, bare)| full.as_secs_f64() / bare.as_secs_f64()).collect());
    for (label, times) in [("bare XML pass", bare), ("references and text", full), ("with measures", measured)] {
        let seconds = median(times.iter().map(Duration::as_secs_f64).collect());
        let bytes = body.len() * PASSES_PER_ROUND;
        println!("{label:>20}: {:7.1} MB/s", f64::from(u32::try_from(bytes).unwrap()) / seconds / 1e6);
    }
    println!("{:>20}: {ratio:7.2} times the bare pass (median of {ROUNDS} pairs)", "ratio");
}

fn time(mut pass: impl FnMut() -> usize) -> Duration {
    let start = Instant::now();
    for _ in 0..PASSES_PER_ROUND {
        black_box(pass());
    }
    start.elapsed()
}

fn bare_pass(body: &str) -> usize {
    let mut reader = Reader::from_str(body);
    reader.config_mut().allow_dangling_amp = true;
    let mut events = 0;
    while !matches!(reader.read_event().unwrap(), Event::Eof) {
        events += 1;
    }
    events
}
