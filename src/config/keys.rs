//! Table of all configuration keys.
//!
//! Each row connects a key with the field of the options that it sets; a field that no layer sets keeps its default.
//! File, environment and flags are parsed with this table, and the template and the documentation are checked against
//! it.

use super::config_key::{ConfigKey, KeyType};
use super::connection_keys::{CREDENTIALS, LIMITS, SITE};
use super::key_binding::{KeyBinding, by_flag, change, count, list, put, read, text};
use super::snapshot::SnapshotConfig;
use super::values;
use crate::audit::AuditOptions;
use crate::cli::{KEEP_VERSIONS, RETAIN_WEEKS};
use crate::inventory::CrawlOptions;
use crate::inventory::workflow::{PinnedProperty, WorkflowOptions};
use crate::metrics::ThresholdChanges;
use crate::spreadsheet::TableFormats;

const DAYS: KeyType = KeyType::Count { min: 1, max: 36_500 };

/// Rules of the audit.
pub(super) static AUDIT: &[KeyBinding<AuditOptions>] = &[
    list(
        "audit",
        "protect_labels",
        |audit| &mut audit.protect_labels,
        "Files with one of these labels are never listed as unreferenced",
    ),
    read(
        "audit",
        "protect_names",
        KeyType::List,
        |audit, key, value| put(&mut audit.protect_names, values::patterns(key, value)),
        "Files whose name matches one of these patterns are never listed as unreferenced",
    ),
    by_flag(
        &["--protect-from"],
        list(
            "audit",
            "protect_from",
            |audit| &mut audit.protect_from,
            "Filled sheets of owners, or folders of them: files marked keep are never listed as unreferenced",
        ),
    ),
    read(
        "audit",
        "alias_hosts",
        KeyType::List,
        |audit, key, value| put(&mut audit.alias_hosts, values::hosts(key, value)),
        "Other hosts under which pages link to this site, e.g. a former domain",
    ),
    by_flag(
        &["--keep-versions"],
        count(
            "audit",
            "keep_versions",
            KeyType::count(&KEEP_VERSIONS),
            |audit| &mut audit.keep_versions,
            "Newest versions to keep in the estimate \"keeping N frees X\"",
        ),
    ),
    by_flag(
        &["--migration-throughput"],
        read(
            "audit",
            "migration_throughput",
            KeyType::Text,
            |audit, key, value| put(&mut audit.migration_bytes_per_second, values::throughput(key, value)),
            "Throughput that the hours of \"Before a migration\" assume, such as `10MB/s` or `80Mbit/s`",
        ),
    ),
];

/// Formats of the files with tables.
pub(super) static FORMATS: &[KeyBinding<TableFormats>] = &[by_flag(
    &["--formats"],
    read(
        "audit",
        "formats",
        KeyType::List,
        |formats, key, value| put(formats, values::formats(key, value)),
        "Files with tables in addition to CSV: `xlsx`, `parquet` or both; `csv` means no others",
    ),
)];

/// Options of the crawl.
pub(super) static CRAWL: &[KeyBinding<CrawlOptions>] = &[by_flag(
    &["--accept-unread"],
    read(
        "audit",
        "accept_unread",
        KeyType::List,
        |crawl, key, value| put(&mut crawl.accept_unread, values::unread_versions(key, value)),
        "Versions of contents accepted as unreadable, as `ID@VERSION`; a later version has to be read again",
    ),
)];

/// Options of a snapshot.
pub(super) static SNAPSHOT: &[KeyBinding<SnapshotConfig>] = &[
    by_flag(
        &["--space"],
        read(
            "snapshot",
            "space_keys",
            KeyType::List,
            |snapshot, key, value| put(&mut snapshot.include_spaces, values::patterns(key, value)),
            "Spaces whose pages `snapshot` measures, as keys or patterns; empty means all",
        ),
    ),
    by_flag(
        &["--metrics"],
        read(
            "snapshot",
            "metrics",
            KeyType::List,
            |snapshot, key, value| put(&mut snapshot.metrics, values::groups(key, value)),
            "Metric groups to read: `core`, `people`, `engagement`, `links`, `workflow`",
        ),
    ),
    read(
        "snapshot",
        "blog_posts",
        KeyType::Text,
        |snapshot, key, value| put(&mut snapshot.blog_posts, values::yes_or_no(key, value)),
        "Whether blog posts are also measured, each in its own row: `yes` or `no`",
    ),
    by_flag(
        &["--retain"],
        count(
            "snapshot",
            "retain",
            KeyType::count(&RETAIN_WEEKS),
            |snapshot| &mut snapshot.retention.weeks,
            "Number of weeks whose CSV files stay in the folder; older files move to `archived_snapshots`",
        ),
    ),
    read(
        "snapshot",
        "keep_weeks",
        KeyType::Count { min: 1, max: u32::MAX },
        |snapshot, key, value| put(&mut snapshot.retention.keep, values::optional_count(key, value)),
        "Number of weeks that the history keeps; older weeks are deleted permanently. Empty keeps all",
    ),
    read(
        "snapshot",
        "history_csv",
        KeyType::Text,
        |snapshot, key, value| put(&mut snapshot.retention.joined, values::yes_or_no(key, value)),
        "Whether `confluence_data_history.csv` is written: `yes` or `no`",
    ),
    list(
        "snapshot",
        "bots",
        |snapshot| &mut snapshot.rules.bots,
        "Account ids whose edits do not count as maintenance",
    ),
    read(
        "snapshot",
        "todo_markers",
        KeyType::List,
        |snapshot, key, value| put(&mut snapshot.todo_markers, values::todo_markers(key, value)),
        "Words that mark unfinished text (case-sensitive)",
    ),
];

/// Thresholds: for all pages, or in a section `[space KEY]` or `[label NAME]` for some.
pub(super) static THRESHOLDS: &[KeyBinding<ThresholdChanges>] = &[
    change(
        "snapshot",
        "aging_days",
        DAYS,
        |changes| &mut changes.aging_days,
        "Days without an edit after which a page is aging",
    ),
    change(
        "snapshot",
        "stale_days",
        DAYS,
        |changes| &mut changes.stale_days,
        "Days without an edit after which a page is stale, and listed as outdated",
    ),
    change(
        "snapshot",
        "expired_days",
        DAYS,
        |changes| &mut changes.expired_days,
        "Days without an edit after which a page is expired",
    ),
    change(
        "snapshot",
        "stub_words",
        KeyType::Count { min: 1, max: 10_000 },
        |changes| &mut changes.stub_words,
        "A page with fewer words and nothing else is a stub",
    ),
    change(
        "snapshot",
        "stalled_days",
        DAYS,
        |changes| &mut changes.stalled_days,
        "Days in a state that is not final after which an approval is stalled",
    ),
    change(
        "snapshot",
        "unread_mb",
        KeyType::Count { min: 0, max: u32::MAX },
        |changes| &mut changes.unread_mb,
        "A page without views is listed if its files have at least this size, in megabytes",
    ),
];

/// Where the workflow state of a page is read from.
pub(super) static WORKFLOW: &[KeyBinding<WorkflowOptions>] = &[
    read(
        "workflow",
        "property_key",
        KeyType::Text,
        |workflow, key, value| put(&mut pinned(workflow).key, values::text(key, value).map(Option::unwrap_or_default)),
        "Content property in which a workflow app stores its state, as an earlier run printed it",
    ),
    read(
        "workflow",
        "state_pointer",
        KeyType::Text,
        |workflow, key, value| {
            put(&mut pinned(workflow).state, values::text(key, value).map(Option::unwrap_or_default))
        },
        "JSON pointer to the state in that property, e.g. `/state/name`",
    ),
    text("workflow", "name_pointer", |workflow| &mut pinned(workflow).name, "JSON pointer to the name of the workflow"),
    text(
        "workflow",
        "final_pointer",
        |workflow| &mut pinned(workflow).is_final,
        "JSON pointer to whether the state is final",
    ),
    text("workflow", "expires_pointer", |workflow| &mut pinned(workflow).expires, "JSON pointer to the due date"),
    text(
        "workflow",
        "since_pointer",
        |workflow| &mut pinned(workflow).since,
        "JSON pointer to the time when the page entered the state",
    ),
    text("workflow", "approvers_pointer", |workflow| &mut pinned(workflow).approvers, "JSON pointer to the approvers"),
    list(
        "workflow",
        "states",
        |workflow| &mut workflow.state_names,
        "Names of the workflow states to search for (case-sensitive); empty means the usual English names",
    ),
    list(
        "workflow",
        "final_states",
        |workflow| &mut workflow.final_states,
        "States that count as final if the workflow does not say so",
    ),
    list(
        "workflow",
        "reviewers",
        |workflow| &mut workflow.reviewers,
        "Comala on Cloud: account ids of reviewers whose open approvals are searched for, one search each",
    ),
    read(
        "workflow",
        "label_states",
        KeyType::List,
        |workflow, key, value| put(&mut workflow.label_map, values::label_states(key, value)),
        "Labels that mean a state, as `label=State`",
    ),
    text(
        "workflow",
        "owner_parameter",
        |workflow| &mut workflow.owner_parameter,
        "Workflow parameter for the column `owner_value`",
    ),
    text(
        "workflow",
        "relevance_parameter",
        |workflow| &mut workflow.relevance_parameter,
        "Workflow parameter for the column `project_relevance`",
    ),
    list(
        "workflow",
        "parameters",
        |workflow| &mut workflow.parameters,
        "Further workflow parameters for the column `workflow_parameters`",
    ),
];

/// Returns every key, in the order of the template.
pub(super) fn keys() -> impl Iterator<Item = &'static ConfigKey> + Clone {
    CREDENTIALS
        .into_iter()
        .chain(of(SITE))
        .chain(of(AUDIT))
        .chain(of(FORMATS))
        .chain(of(LIMITS))
        .chain(of(CRAWL))
        .chain(of(SNAPSHOT))
        .chain(thresholds())
        .chain(of(WORKFLOW))
}

/// Returns the keys of `[snapshot]` that sections about one space or label can also set.
pub(super) fn thresholds() -> impl Iterator<Item = &'static ConfigKey> + Clone {
    of(THRESHOLDS)
}

fn of<T>(rows: &'static [KeyBinding<T>]) -> impl Iterator<Item = &'static ConfigKey> + Clone {
    rows.iter().map(|row| &row.key)
}

/// Returns the pinned content property, creating it when the first of its keys is set.
fn pinned(workflow: &mut WorkflowOptions) -> &mut PinnedProperty {
    workflow.property.get_or_insert_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_listed_once_and_sections_are_contiguous() {
        let mut paths: Vec<String> = keys().map(ConfigKey::path).collect();
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), keys().count());
        let mut sections: Vec<&str> = keys().map(|key| key.section).collect();
        sections.dedup();
        assert_eq!(sections, ["confluence", "audit", "snapshot", "workflow"]);
        assert!(thresholds().all(|key| matches!(key.kind, KeyType::Count { .. })));
    }
}
