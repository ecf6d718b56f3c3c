//! Page metrics: one row per page and snapshot, and everything derived from the rows.
//!
//! All functions here are pure: they depend only on what the run has read.
//!
//! - [`measure`] computes the rows.
//! - [`findings`] lists the pages that need attention.
//! - [`changes`] lists what happened since the previous snapshot.
//! - [`summary`] adds up the figures of the dashboard; [`comparison`] decides which of them may be compared.
//! - [`approvals`] counts the pages in each workflow state, and says how long they wait and for whom.
//! - [`model`] builds the tables for business-intelligence tools; [`bi_tools`] writes the files that load
//!   them there.
//! - [`columns`] defines and documents all columns.

pub mod approvals;
pub mod bi_tools;
pub mod changes;
pub mod columns;
pub mod comparison;
pub mod documentation;
mod duplicates;
pub mod findings;
mod judgement;
pub mod link_problems;
mod links;
mod list_gaps;
mod measure;
pub mod model;
pub mod page_row;
mod page_tree;
mod people;
mod previous_snapshots;
mod rules;
mod staleness;
pub mod summary;
#[cfg(test)]
mod tests;
mod workflow;

pub use judgement::health_weights;
pub use measure::{MeasureInput, measure};
pub use previous_snapshots::{EarlierState, EarlierStates, PreviousPage, PreviousSnapshots, StateSince};
pub use rules::{LabelRule, Rules, ThresholdChanges, Thresholds};
pub use staleness::Staleness;
