//! The command `snapshot` over HTTP, against a site whose values are all known beforehand.
//!
//! The expected values are written by hand in `expected/*.txt`; no code of the program computes them. The expected values of
//! `independent` are computed by an independent implementation.

mod archived;
mod columns;
mod exit_codes;
mod expected_values;
mod findings;
pub(crate) mod harness;
mod independent;
mod knowledge_base;
mod links;
mod model;
mod plan;
mod posts;
mod refused_runs;
mod scopes;
mod weeks;
mod with_audit;
mod workbook;
