//! Page metrics: one row per page and snapshot, and what follows from the rows.
//!
//! Everything here is a plain function of what was read: [`measure`] makes rows, [`findings`] lists of pages to look
//! at, [`changes`] what happened since the snapshot before, [`summary`] figures for the dashboard,
//! [`comparison`] which of them may be compared, [`waits`] where approvals stand, [`model`] the tables
//! for business-intelligence tools, [`engines`] what opens them there, [`columns`] the documentation of all of them.

pub mod changes;
pub mod columns;
pub mod comparison;
mod duplicates;
pub mod engines;
pub mod findings;
mod gaps;
mod judgement;
pub mod link_problems;
mod links;
mod measure;
pub mod model;
mod people;
mod previous;
pub mod row;
mod rules;
mod staleness;
pub mod summary;
#[cfg(test)]
mod tests;
mod tree;
pub mod waits;
mod workflow;

pub use judgement::health_weights;
pub use measure::{Input, measure};
pub use previous::{Previous, PreviousPage, SeenState, SeenStates, Since};
pub use rules::{LabelRule, Rules, ThresholdChanges, Thresholds};
pub use staleness::Staleness;
