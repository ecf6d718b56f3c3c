//! The files that follow from the weeks of the history: for spreadsheets, models, people. They can be written again at any
//! time, and a week can be restored from its CSV file.
//!
//! ```text
//! history.json                           the weeks, and what the derived files have to look like
//! confluence_data_<YYYY>-W<ww>.csv       one week; beyond the retention in archived_snapshots/
//! confluence_data_history.csv            all weeks, the newest first, by page
//! confluence_data_current.csv            the last run, complete or not
//! ```

mod export;
mod manifest;
mod repair;
mod staging;
#[cfg(test)]
mod tests;

pub use export::{Exported, Exporter, OpenTable};
pub use manifest::Manifest;
pub use repair::{Repair, Repaired, repair};
