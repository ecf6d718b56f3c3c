//! How well it is known since when a page is in its states.

use super::PageColumn;
use crate::inventory::snapshot::MetricGroup;

pub(super) const COLUMNS: &[PageColumn] = &[
    field!(flag("workflow_since_is_at_least"), workflow.since_is_at_least)
        .says(
            "The page was in its state already when workflow_since saw it there first: it is in it for \
            workflow_days_in_state at least.",
        )
        .from("workflow, own history")
        .empty("no state, or nothing tells since when")
        .group(MetricGroup::Workflow),
    field!(text("content_state_since_source"), workflow.content_state_since_from)
        .says(
            "source: Confluence says so. snapshots: the first of the snapshots in a row that saw it, to the week; \
            whether it changed and changed back between two of them is not known.",
        )
        .from("content states, own history")
        .empty("no content state, or nothing tells since when")
        .group(MetricGroup::Workflow),
    field!(flag("content_state_since_is_at_least"), workflow.content_state_since_is_at_least)
        .says("The page bore its content state already when content_state_since saw it first.")
        .from("content states, own history")
        .empty("no content state, or nothing tells since when")
        .group(MetricGroup::Workflow),
];
