//! Page metrics: one row per page and snapshot, and what follows from the rows (product contract 4,
//! `page-metrics-and-output.md` B).
//!
//! Everything here is a plain function of what was read: [`measure`] makes rows, [`findings`] lists of pages to look
//! at, [`changes`] what happened since the snapshot before, [`summary`] figures for the dashboard, [`model`] the tables
//! for business-intelligence tools, [`engines`] what opens them there, [`columns`] the documentation of all of them.

pub mod changes;
pub mod columns;
mod duplicates;
pub mod engines;
pub mod findings;
mod judgement;
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
mod workflow;

pub use judgement::health_weights;
pub use measure::{Input, measure};
pub use previous::{Previous, PreviousPage};
pub use rules::{Rules, Thresholds};
pub use staleness::Staleness;
