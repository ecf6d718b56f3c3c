//! One small file per command: each joins the parts and says how the run ended.

pub(crate) mod audit;
pub(crate) mod demo;
pub(crate) mod doctor;
mod dry_run;
pub(crate) mod history;
mod leftovers;
pub mod reading;
pub(crate) mod report;
mod session;
mod signals;
pub(crate) mod snapshot;
mod summary;
