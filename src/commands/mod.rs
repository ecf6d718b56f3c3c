//! Commands, one module each: they connect the other modules and determine how the run ends.

pub mod admin_key;
pub(crate) mod audit;
mod audit_history;
pub mod audit_run;
pub(crate) mod demo;
pub(crate) mod diff;
mod diff_summary;
pub(crate) mod doctor;
mod dry_run;
pub(crate) mod explain;
pub(crate) mod history;
mod metrics_file;
mod previous_run;
pub mod recheck;
pub(crate) mod report;
mod run_context;
mod saved_scans;
mod signals;
pub(crate) mod snapshot;
mod summary;
mod thresholds;
mod unfinished_reports;
