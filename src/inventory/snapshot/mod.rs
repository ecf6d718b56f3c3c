//! What `snapshot` reads of pages beside the inventory: labels, contributors, restrictions, versions, views, accounts.
//!
//! Everything is optional and says so: what was not read is `None`, never zero and never empty.

mod facts;

pub use facts::{
    Account, Engagement, MetricGroup, MetricGroups, PageFacts, PageVersion, PageVersions, Parent, SnapshotFacts,
    ViewedLast,
};
