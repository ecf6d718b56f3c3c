//! Shared code of tests and benchmarks: sites with known usages, failing servers, browsers under remote control.
#![allow(
    missing_docs,
    clippy::missing_panics_doc,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "for tests only: names are enough, failures may panic, and sample numbers are small"
)]

pub mod earlier_runs;
pub mod fonts;
pub mod golden;
pub mod harness;
pub mod known_site;
pub mod large_site;
pub mod log_buffer;
mod migration_sums;
pub mod optional_tests;
pub mod pages;
pub mod parallel;
pub mod png;
pub mod process;
pub mod races;
pub mod raw_server;
pub mod report_folder;
pub mod report_sums;
pub mod sample;
pub mod snapshot;
pub mod test_site;
pub mod webdriver;
pub mod zip_container;
