//! What `snapshot` reads of pages beside the inventory: labels, contributors, restrictions, versions, views, accounts.
//!
//! Everything is optional and says so: what was not read is `None`, never zero and never empty.

mod accounts;
mod alone;
mod engagement;
mod facts;
mod hit;
mod lists;
mod parents;
mod plan;
mod read_facts;
mod reading;
mod second_opinions;
mod sweep;
mod targets;
mod threads;
mod versions;

pub use engagement::MOST_CALLS_PER_PAGE;
pub use facts::{
    Account, Engagement, MetricGroup, MetricGroups, PageFacts, PageVersions, Parent, SnapshotFacts, ViewedLast,
};
pub use lists::{list_pages, take_pages};
pub use plan::plan_snapshot;
pub use read_facts::read_facts;
