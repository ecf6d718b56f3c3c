//! One small file per command: each joins the parts and says how the run ended.

pub mod audit;
pub(crate) mod demo;
pub(crate) mod doctor;
mod dry_run;
pub(crate) mod history;
pub(crate) mod report;
mod second_look;
mod session;
mod signals;
pub(crate) mod snapshot;
mod summary;
mod unfinished;
