//! Reads what a snapshot needs of pages in addition to the inventory: labels, contributors, restrictions, versions,
//! views, accounts.
//!
//! Everything is optional: a value that was not read is `None`, never zero or empty.

mod accounts;
mod comment_threads;
mod context;
mod cross_checks;
mod engagement;
mod link_targets;
mod lists;
mod page_facts;
mod page_search;
mod page_versions;
mod plan;
mod read_facts;
mod search_hit;
mod tree_parents;
mod unsearched_pages;

pub use engagement::MAX_ENGAGEMENT_REQUESTS_PER_PAGE;
pub use lists::{list_pages, read_page_inventory};
pub use page_facts::{
    Engagement, MetricGroup, MetricGroups, PageFacts, PageVersions, PersonAccount, SnapshotFacts, TreeParent,
    ViewedLast,
};
pub use plan::plan_snapshot;
pub use read_facts::read_page_facts;
