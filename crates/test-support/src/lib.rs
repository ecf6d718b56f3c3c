//! What the tests and benchmarks share: sites of known truth, servers that fail, browsers under remote control.
#![allow(
    missing_docs,
    clippy::missing_panics_doc,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "for tests only: names say enough, failures may be loud, and sample numbers are small"
)]

pub mod bench;
pub mod folder;
pub mod fonts;
pub mod golden;
pub mod known;
pub mod outside;
pub mod pages;
pub mod parallel;
pub mod process;
pub mod races;
pub mod raw;
pub mod sample;
pub mod snapshot;
pub mod sums;
pub mod test_site;
pub mod webdriver;
