//! Configuration of snapshots: `[snapshot]`, `[workflow]`, `[space KEY]` and `[label NAME]`.

use std::path::PathBuf;

use storage_format::TodoMarkers;

use crate::cli::FailOn;
use crate::history::Retention;
use crate::inventory::snapshot::MetricGroups;
use crate::inventory::workflow::WorkflowOptions;
use crate::metrics::Rules;

/// What a snapshot needs in addition to the configuration of an audit of the same spaces. `demo` uses the default.
#[derive(Debug, Clone, Default)]
pub struct SnapshotConfig {
    /// Patterns of the keys of the spaces to measure; empty measures all.
    pub include_spaces: Vec<String>,
    pub metrics: MetricGroups,
    /// Blog posts are also measured, each in its own row.
    pub blog_posts: bool,
    pub retention: Retention,
    pub fail_on: Vec<FailOn>,
    /// Words that mark unfinished text.
    pub todo_markers: TodoMarkers,
    /// Continue a history that was recorded with another account.
    pub accept_account_change: bool,
    /// History file of the legacy script to import.
    pub import_history: Option<PathBuf>,
    pub rules: Rules,
    pub workflow: WorkflowOptions,
}
