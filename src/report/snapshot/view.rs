//! What the dashboard of a snapshot is made of.

use crate::inventory::Coverage;
use crate::metrics::Previous;
use crate::metrics::changes::Change;
use crate::metrics::columns::Frame;
use crate::metrics::findings::Found;
use crate::metrics::row::PageRow;
use crate::metrics::summary::{TableFigures, WeekPoint};
use crate::metrics::waits::{ReviewerFigures, StateFigures};

/// A snapshot with everything its dashboard shows.
#[derive(Debug, Clone, Copy)]
pub struct SnapshotView<'a> {
    /// Week, time and name of the run.
    pub frame: &'a Frame,
    /// Rows of the week are of an older script's file.
    pub is_imported: bool,
    /// Address of the site.
    pub base_url: &'a str,
    /// Name of the account that read.
    pub account: &'a str,
    /// Key and name of each space that was read, by key.
    pub spaces: &'a [(String, String)],
    /// Those are all spaces the account sees.
    pub whole_site: bool,
    /// One row per page.
    pub rows: &'a [PageRow],
    /// The figures of those rows.
    pub figures: &'a TableFigures,
    /// Lists of pages to look at.
    pub findings: &'a [Found<'a>],
    /// What happened since the snapshot before; `None` without one.
    pub changes: Option<&'a [Change]>,
    /// The snapshots before, of each space.
    pub previous: Option<&'a Previous>,
    /// The last 52 weeks, oldest first, this one included; missing weeks are there as missing.
    pub trend: &'a [WeekPoint],
    /// The funnel of each workflow.
    pub states: &'a [StateFigures],
    /// What waits for whom.
    pub reviewers: &'a [ReviewerFigures],
    /// What was read and what was not.
    pub coverage: &'a Coverage,
    /// Remarks of the run for people.
    pub notes: &'a [String],
    /// The groups of metrics that were asked for, in words.
    pub groups: &'a [&'a str],
}
