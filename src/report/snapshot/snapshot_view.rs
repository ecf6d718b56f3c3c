//! Input of the dashboard of a snapshot.

use crate::inventory::{Coverage, Visibility};
use crate::metrics::PreviousSnapshots;
use crate::metrics::approvals::{ReviewerFigures, StateFigures};
use crate::metrics::changes::PageChange;
use crate::metrics::columns::SnapshotFrame;
use crate::metrics::findings::FindingPages;
use crate::metrics::page_row::PageRow;
use crate::metrics::summary::{TableFigures, WeekPoint};
use confluence_client::Deployment;

/// A snapshot with everything that its dashboard shows.
#[derive(Debug, Clone, Copy)]
pub struct SnapshotView<'a> {
    /// Week, time and id of the run.
    pub frame: &'a SnapshotFrame,
    /// Rows of the week come from a file of the legacy script.
    pub is_imported: bool,
    pub base_url: &'a str,
    pub account: &'a str,
    pub deployment: Deployment,
    /// What the last run of the week could see, if it is known.
    pub visibility: Option<&'a Visibility>,
    /// Key and name of each space that was read, sorted by key.
    pub spaces: &'a [(String, String)],
    /// Whether those are all spaces that the account can see.
    pub whole_site: bool,
    /// One row per page.
    pub rows: &'a [PageRow],
    pub figures: &'a TableFigures,
    pub findings: &'a [FindingPages<'a>],
    /// Changes since the previous snapshot; `None` without one.
    pub changes: Option<&'a [PageChange]>,
    /// The previous snapshot of each space.
    pub previous: Option<&'a PreviousSnapshots>,
    /// The last 52 weeks including this one, oldest first; weeks without a snapshot are marked as missing.
    pub trend: &'a [WeekPoint],
    /// The states of each workflow.
    pub states: &'a [StateFigures],
    /// Pending reviews by reviewer.
    pub reviewers: &'a [ReviewerFigures],
    pub coverage: &'a Coverage,
    /// Notes of the run, for people.
    pub notes: &'a [String],
    /// Names of the requested metric groups.
    pub groups: &'a [&'a str],
}
