//! The tests of the program from outside, in one binary: each that links the program and its TLS anew costs seconds.
//! What needs a browser is in `tests/browser`, what needs the official API documents in `tests/contract`, what needs other
//! programs in `tests/programs`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking and says why"
)]

mod architecture;
mod cache;
mod citations;
mod cli;
mod closing_walk;
mod continuing;
mod crawl;
mod drafts;
mod end_to_end;
mod fault_matrix;
mod figures;
#[cfg(unix)]
mod history;
mod model;
mod program;
mod races;
mod readme;
mod reference_cases;
mod report;
mod saved_scan;
mod searched;
mod security;
mod snapshot;
mod snapshot_page;
mod snapshot_reading;
mod storage_format_rows;
mod unread;
mod unread_templates;
