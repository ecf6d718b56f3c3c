//! The dashboard of the page metrics.

mod view;

pub use view::SnapshotView;
