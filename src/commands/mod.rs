//! Commands, one module each: they connect the other modules and determine how the run ends.

pub mod admin_key;
pub(crate) mod audit;
pub mod audit_run;
pub(crate) mod demo;
pub(crate) mod doctor;
mod dry_run;
pub(crate) mod history;
pub(crate) mod report;
mod run_context;
mod signals;
pub(crate) mod snapshot;
mod summary;
mod unfinished_reports;
