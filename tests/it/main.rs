//! Integration tests of the program in one binary, because linking the program and its TLS library takes seconds for
//! each binary. Tests that need a browser are in `tests/browser`, those that need the official API documents in
//! `tests/contract`, and those that need other programs in `tests/programs`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking and prints why"
)]

mod admin_key;
mod architecture;
mod audit_history;
mod cache;
mod citations;
mod cli;
mod connections;
mod crawl;
mod data_center;
mod denied_templates;
mod deployments;
mod diff;
mod documents;
mod drafts;
mod end_to_end;
mod explain;
mod fault_matrix;
mod figures;
mod final_pass;
#[cfg(unix)]
mod history;
mod language;
mod migration;
mod model;
mod openmetrics;
mod owners;
mod personal_data;
mod races;
mod recheck;

mod reference_cases;
mod report;
mod repository;
mod run_program;
mod saved_scan;
mod security;
mod snapshot;
mod snapshot_crawl;
mod snapshot_dashboard;
mod storage_format_constructs;
mod successive_runs;
mod text_search;
mod unreadable_content;
mod visibility;
mod without_names;
mod workbook;
