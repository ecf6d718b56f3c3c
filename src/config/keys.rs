//! The table of every key. A row names the key and the field of the options that it sets; what nothing sets keeps the
//! default of these options. File, environment, flags, the template and the README are read or checked by it.

use super::key::{Key, Kind};
use super::row::{Row, by_flag, change, count, list, put, read, text};
use super::snapshot::SnapshotConfig;
use super::values;
use crate::audit::AuditOptions;
use crate::cli::{CONCURRENCY, KEEP_VERSIONS, RETAIN_WEEKS};
use crate::inventory::CrawlOptions;
use crate::inventory::workflow::{PinnedProperty, WorkflowOptions};
use crate::metrics::ThresholdChanges;
use confluence_client::ConnectionSettings;

const DAYS: Kind = Kind::Count { min: 1, max: 36_500 };

/// Address of the site.
pub(super) static BASE_URL: Key = Key {
    section: "confluence",
    name: "base_url",
    kind: Kind::Text,
    variables: &["CONFLUENCE_BASE_URL"],
    flags: &[],
    purpose: "Address of the site, e.g. `https://your-domain.atlassian.net/wiki`",
};

/// Who reads.
pub(super) static API_USER: Key = Key {
    section: "confluence",
    name: "api_user",
    kind: Kind::Text,
    variables: &["CONFLUENCE_API_USER", "CONFLUENCE_EMAIL"],
    flags: &[],
    purpose: "E-mail address of the account that reads",
};

/// The token of who reads.
pub(super) static API_TOKEN: Key = Key {
    section: "confluence",
    name: "api_token",
    kind: Kind::Secret,
    variables: &["CONFLUENCE_API_TOKEN"],
    flags: &["--token-file", "--token-stdin"],
    purpose: "API token of that account, one without scopes",
};

/// Keys without a default: a site cannot be read without them.
const REQUIRED: [&Key; 3] = [&BASE_URL, &API_USER, &API_TOKEN];

/// What a verdict depends on.
pub(super) static AUDIT: &[Row<AuditOptions>] = &[
    list(
        "audit",
        "protect_labels",
        |audit| &mut audit.protect_labels,
        "Files with one of these labels are never listed as unreferenced",
    ),
    read(
        "audit",
        "protect_names",
        Kind::List,
        |audit, key, value| put(&mut audit.protect_names, values::patterns(key, value)),
        "Files whose name matches one of these patterns are never listed as unreferenced",
    ),
    read(
        "audit",
        "alias_hosts",
        Kind::List,
        |audit, key, value| put(&mut audit.alias_hosts, values::hosts(key, value)),
        "Further hosts under which pages link to this site, e.g. a former domain",
    ),
    by_flag(
        &["--keep-versions"],
        count(
            "audit",
            "keep_versions",
            Kind::count(&KEEP_VERSIONS),
            |audit| &mut audit.keep_versions,
            "Newest versions to keep in \"keeping N frees X\"",
        ),
    ),
];

/// How hard the site is asked.
pub(super) static CONNECTION: &[Row<ConnectionSettings>] = &[
    by_flag(
        &["--concurrency"],
        read(
            "audit",
            "concurrency",
            Kind::count(&CONCURRENCY),
            |settings, key, value| {
                put(&mut settings.concurrency, values::count(key, value).map(|count| count as usize))
            },
            "Requests in flight at once, 1 to 64",
        ),
    ),
    by_flag(
        &["--max-wait"],
        read(
            "audit",
            "max_wait",
            Kind::Wait,
            |settings, key, value| put(&mut settings.max_wait, values::wait(key, value)),
            "Longest wait the server may ask for before the run stops: `90s`, `15m`, `1h`",
        ),
    ),
];

/// What is read, and what may stay unread.
pub(super) static READING: &[Row<CrawlOptions>] = &[by_flag(
    &["--accept-unread"],
    read(
        "audit",
        "accept_unread",
        Kind::List,
        |crawl, key, value| put(&mut crawl.accept_unread, values::unread_versions(key, value)),
        "Contents that cannot be read and may stay so, as `ID@VERSION`, until their version changes",
    ),
)];

/// What a snapshot measures and keeps.
pub(super) static SNAPSHOT: &[Row<SnapshotConfig>] = &[
    by_flag(
        &["--space"],
        read(
            "snapshot",
            "space_keys",
            Kind::List,
            |snapshot, key, value| put(&mut snapshot.include_spaces, values::patterns(key, value)),
            "Spaces whose pages `snapshot` measures, as keys or patterns; none means all",
        ),
    ),
    by_flag(
        &["--metrics"],
        read(
            "snapshot",
            "metrics",
            Kind::List,
            |snapshot, key, value| put(&mut snapshot.metrics, values::groups(key, value)),
            "Groups of metrics to read: `core`, `people`, `engagement`, `links`, `workflow`",
        ),
    ),
    read(
        "snapshot",
        "blog_posts",
        Kind::Text,
        |snapshot, key, value| put(&mut snapshot.blog_posts, values::yes_or_no(key, value)),
        "Whether blog posts are measured too, each in a row of its own: `yes` or `no`",
    ),
    by_flag(
        &["--retain"],
        count(
            "snapshot",
            "retain",
            Kind::count(&RETAIN_WEEKS),
            |snapshot| &mut snapshot.retention.weeks,
            "Weeks whose CSV files stay beside the others; older ones go to `archived_snapshots`",
        ),
    ),
    read(
        "snapshot",
        "keep_weeks",
        Kind::Count { min: 1, max: u32::MAX },
        |snapshot, key, value| put(&mut snapshot.retention.keep, values::optional_count(key, value)),
        "Weeks that the history keeps; older ones are deleted for good. None keeps all",
    ),
    read(
        "snapshot",
        "history_csv",
        Kind::Text,
        |snapshot, key, value| put(&mut snapshot.retention.joined, values::yes_or_no(key, value)),
        "Whether `confluence_data_history.csv` is written: `yes` or `no`",
    ),
    list("snapshot", "bots", |snapshot| &mut snapshot.rules.bots, "Account ids whose edits are no sign of care"),
    read(
        "snapshot",
        "todo_markers",
        Kind::List,
        |snapshot, key, value| put(&mut snapshot.todo_markers, values::todo_markers(key, value)),
        "Words that mark unfinished text, in their exact case",
    ),
];

/// From where on something counts: for all pages, or in a section `[space KEY]` or `[label NAME]` for some.
pub(super) static THRESHOLDS: &[Row<ThresholdChanges>] = &[
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
        Kind::Count { min: 1, max: 10_000 },
        |changes| &mut changes.stub_words,
        "A page with fewer words and nothing else is a stub",
    ),
    change(
        "snapshot",
        "stalled_days",
        DAYS,
        |changes| &mut changes.stalled_days,
        "Days in a state that is not final after which an approval stalls",
    ),
    change(
        "snapshot",
        "unread_mb",
        Kind::Count { min: 0, max: u32::MAX },
        |changes| &mut changes.unread_mb,
        "Megabytes of files from which on a page that nobody views is listed",
    ),
];

/// How the workflow state of a page is found.
pub(super) static WORKFLOW: &[Row<WorkflowOptions>] = &[
    read(
        "workflow",
        "property_key",
        Kind::Text,
        |workflow, key, value| put(&mut pinned(workflow).key, values::text(key, value).map(Option::unwrap_or_default)),
        "Content property in which a workflow app keeps its state, as a run has found it",
    ),
    read(
        "workflow",
        "state_pointer",
        Kind::Text,
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
        "JSON pointer to when the page came into the state",
    ),
    text("workflow", "approvers_pointer", |workflow| &mut pinned(workflow).approvers, "JSON pointer to the approvers"),
    list(
        "workflow",
        "states",
        |workflow| &mut workflow.state_names,
        "Names of the workflow states to search for, in their exact case; none means the usual English ones",
    ),
    list(
        "workflow",
        "final_states",
        |workflow| &mut workflow.final_states,
        "States that are final where the workflow does not say so",
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
        Kind::List,
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

/// Every key, in the order of the template.
pub(super) fn keys() -> impl Iterator<Item = &'static Key> + Clone {
    REQUIRED
        .into_iter()
        .chain(of(AUDIT))
        .chain(of(CONNECTION))
        .chain(of(READING))
        .chain(of(SNAPSHOT))
        .chain(thresholds())
        .chain(of(WORKFLOW))
}

/// Keys of `[snapshot]` that sections of one space or label set too.
pub(super) fn thresholds() -> impl Iterator<Item = &'static Key> + Clone {
    of(THRESHOLDS)
}

fn of<T>(rows: &'static [Row<T>]) -> impl Iterator<Item = &'static Key> + Clone {
    rows.iter().map(|row| &row.key)
}

/// The content property that is pinned, when one of its keys is set.
fn pinned(workflow: &mut WorkflowOptions) -> &mut PinnedProperty {
    workflow.property.get_or_insert_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_there_once_and_sections_stand_together() {
        let mut paths: Vec<String> = keys().map(Key::path).collect();
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), keys().count());
        let mut sections: Vec<&str> = keys().map(|key| key.section).collect();
        sections.dedup();
        assert_eq!(sections, ["confluence", "audit", "snapshot", "workflow"]);
        assert!(thresholds().all(|key| matches!(key.kind, Kind::Count { .. })));
    }
}
