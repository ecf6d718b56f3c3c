//! Columns about how certain it is since when a page is in its states.

use super::PageColumn;
use crate::inventory::snapshot::MetricGroup;

pub(super) const COLUMNS: &[PageColumn] = &[
    field!(flag("workflow_since_is_at_least"), workflow.since_is_at_least)
        .says(
            "Whether the page was already in its state at workflow_since, so that workflow_days_in_state is a \
            minimum.",
        )
        .from("workflow, earlier snapshots")
        .empty("no state, or its start is unknown")
        .group(MetricGroup::Workflow),
    field!(text("content_state_since_source"), workflow.content_state_since_from)
        .says(
            "Origin of content_state_since. source: Confluence reports it. snapshots: the first of the consecutive \
            snapshots that found the content state, accurate to the week; it may have changed and changed back \
            between two snapshots.",
        )
        .from("content states, earlier snapshots")
        .empty("no content state, or its start is unknown")
        .group(MetricGroup::Workflow),
    field!(flag("content_state_since_is_at_least"), workflow.content_state_since_is_at_least)
        .says("Whether the page already had its content state at content_state_since.")
        .from("content states, earlier snapshots")
        .empty("no content state, or its start is unknown")
        .group(MetricGroup::Workflow),
];
