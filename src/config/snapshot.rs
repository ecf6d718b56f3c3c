//! What the configuration says about snapshots: `[snapshot]`, `[workflow]`, `[space KEY]` and
//! `[label NAME]`.

use std::path::PathBuf;

use storage_format::TodoMarkers;

use crate::cli::FailOn;
use crate::history::Retention;
use crate::inventory::snapshot::MetricGroups;
use crate::inventory::workflow::WorkflowOptions;
use crate::metrics::Rules;

/// Everything a snapshot needs to know beyond what an audit of the same spaces does. The default is what `demo` measures
/// with.
#[derive(Debug, Clone, Default)]
pub struct SnapshotConfig {
    /// Patterns of the keys of the spaces to measure; empty measures all.
    pub include_spaces: Vec<String>,
    /// Groups of metrics to read.
    pub metrics: MetricGroups,
    /// Blog posts are measured too, each in a row of its own.
    pub blog_posts: bool,
    /// What becomes of weekly files.
    pub retention: Retention,
    /// Findings that end the run with a status of its own.
    pub fail_on: Vec<FailOn>,
    /// Words that mark unfinished text.
    pub todo_markers: TodoMarkers,
    /// Go on with the history of another account.
    pub accept_account_change: bool,
    /// An old history file to take over.
    pub import_history: Option<PathBuf>,
    /// Thresholds and bots.
    pub rules: Rules,
    /// Where the workflow state is found.
    pub workflow: WorkflowOptions,
}
