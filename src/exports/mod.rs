//! Derived files: everything that is written from the weeks of the history for spreadsheets, data models and people. They
//! can be rewritten at any time, and a week can be restored from its CSV file.
//!
//! ```text
//! history.json                           the weeks, and lengths and checksums of the derived files
//! confluence_data_<YYYY>-W<ww>.csv       one week; older ones are in archived_snapshots/
//! confluence_data_history.csv            all weeks, the newest first, sorted by page
//! confluence_data_current.csv            the last run, complete or not
//! confluence_data.xlsx                   the newest week, findings and all weeks, for a spreadsheet
//! ```

mod exporter;
mod manifest;
mod repair;
mod staging;
#[cfg(test)]
mod tests;
mod week_csv;

pub use exporter::{ExportOutcome, Exporter, OpenTable};
pub use manifest::HistoryManifest;
pub use repair::{Repair, RepairOutcome, repair};
pub use week_csv::WeekCsv;
