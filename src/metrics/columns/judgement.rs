//! Columns about the use of a page, its workflow and its assessment.

use super::PageColumn;
use super::cell_field::{joined, split};
use crate::inventory::snapshot::MetricGroup;
use crate::spreadsheet::Value;

pub(super) const COLUMNS: &[PageColumn] = &[
    field!(integer("views_total", "count"), engagement.views_total)
        .says("Number of views since creation, as counted by Confluence.")
        .from("analytics")
        .empty("not requested, or not available on the site's plan")
        .group(MetricGroup::Engagement),
    field!(integer("views_30d", "count"), engagement.views_30d)
        .says("Number of views in the last 30 days.")
        .from("analytics")
        .empty("not requested, or not available on the site's plan")
        .group(MetricGroup::Engagement),
    field!(integer("views_90d", "count"), engagement.views_90d)
        .says("Number of views in the last 90 days.")
        .from("analytics")
        .empty("not requested, or not available on the site's plan")
        .group(MetricGroup::Engagement),
    field!(integer("viewers_90d", "count"), engagement.viewers_90d)
        .says("Number of people who viewed the page in the last 90 days.")
        .from("analytics")
        .empty("not requested, or not available on the site's plan")
        .group(MetricGroup::Engagement),
    field!(text("days_since_view_bucket"), engagement.viewed_last)
        .says("Days since the last view, as a range: 0-30, 30-90, 90-180, 180-365, >365 or never.")
        .from("analytics")
        .empty("not requested, or not available on the site's plan")
        .group(MetricGroup::Engagement),
    field!(integer("comments_footer", "count"), comments_footer)
        .says("Number of footer comments, including replies.")
        .from("comments")
        .empty("not read")
        .group(MetricGroup::Links),
    field!(integer("comments_inline_open", "count"), comments_inline_open)
        .says("Number of open inline comment threads. Replies do not count.")
        .from("comments")
        .empty("not read")
        .group(MetricGroup::Links),
    field!(integer("likes", "count"), engagement.likes)
        .says("Number of likes.")
        .from("likes")
        .empty("not requested, or not available")
        .group(MetricGroup::Engagement),
    field!(integer("watchers", "count"), engagement.watchers)
        .says("Number of watchers.")
        .from("watchers")
        .empty("not requested, or not available")
        .group(MetricGroup::Engagement),
    field!(text("workflow_state"), workflow.state)
        .says("Workflow state of the page.")
        .from("see workflow_source")
        .empty("no workflow, or not readable (see workflow_source)")
        .group(MetricGroup::Workflow),
    field!(flag("workflow_final"), workflow.is_final)
        .says("Whether that state is final, such as approved or published.")
        .from("see workflow_source")
        .empty("not reported by the source")
        .group(MetricGroup::Workflow),
    field!(time("workflow_since"), workflow.since)
        .says(
            "Time when the page entered its workflow state. When workflow_since_is_at_least is 1: time of the first \
            snapshot that found it there.",
        )
        .from("see workflow_since_source")
        .empty("no state, or its start is unknown: no date from the source and no earlier snapshot")
        .group(MetricGroup::Workflow),
    field!(text("workflow_since_source"), workflow.since_from)
        .says(
            "Origin of workflow_since. source: the workflow reports it. snapshots: the first of the consecutive \
            snapshots that found the page in this state, accurate to the week; the page may have left the state \
            and returned between two snapshots.",
        )
        .from("workflow, earlier snapshots")
        .empty("no state, or its start is unknown")
        .group(MetricGroup::Workflow),
    field!(integer("workflow_days_in_state", "days"), workflow.days_in_state)
        .says("Full days in the workflow state; a minimum when workflow_since_is_at_least is 1.")
        .from("workflow_since")
        .empty("no state, or its start is unknown")
        .group(MetricGroup::Workflow),
    field!(time("workflow_due"), workflow.due)
        .says("Due date of the workflow state.")
        .from("see workflow_source")
        .empty("no due date, or not reported by the source")
        .group(MetricGroup::Workflow),
    field!(integer("workflow_overdue_days", "days"), workflow.overdue_days)
        .says("Days past the due date, a started day counting as a full one; 0 or negative before it.")
        .from("workflow_due")
        .empty("no due date")
        .group(MetricGroup::Workflow),
    field!(text("workflow_due_window"), workflow.due_within)
        .says(
            "Due date as a range, when the source reports only that: overdue, within_7_days, within_30_days or \
            within_90_days.",
        )
        .from("see workflow_source")
        .empty("no due date, more than 90 days away, or the exact date is known (see workflow_due)")
        .group(MetricGroup::Workflow),
    PageColumn::flag("workflow_overdue", |page| {
        Value::maybe(page.row.workflow.state.as_ref(), |_| Value::Flag(page.row.workflow.is_overdue()))
    })
    .says("Whether the state is past its due date, from workflow_due or workflow_due_window.")
    .from("workflow_due, workflow_due_window")
    .empty("no state")
    .group(MetricGroup::Workflow),
    field!(text("workflow_pending_reviewers"), workflow.pending_reviewers)
        .says("Reviewers who have not decided yet, separated by semicolons.")
        .from("see workflow_source")
        .empty("none, or not reported by the source: on Cloud, Comala is asked about the configured reviewers only")
        .group(MetricGroup::Workflow),
    field!(text("workflow_parameters"), workflow.parameters)
        .says("Workflow parameters that `[workflow] parameters` names, as name=value, separated by semicolons.")
        .from("see workflow_source")
        .empty("none configured, or not readable")
        .group(MetricGroup::Workflow),
    field!(integer("workflow_edits_since_final", "count"), workflow.edits_since_final)
        .says("Number of versions since the last final state.")
        .from("see workflow_source")
        .empty("not reported by the source")
        .group(MetricGroup::Workflow),
    field!(text("workflow_source"), workflow.source)
        .says(
            "Source of the workflow columns: comala_dc_property, comala_dc_rest, comala_cloud_cql, \
            content_property:KEY, import, native_state or labels; none, when no source has the page; unavailable, \
            when a source could not be read.",
        )
        .from("the run")
        .empty("the workflow group was not requested")
        .group(MetricGroup::Workflow),
    field!(text("content_state"), workflow.content_state)
        .says("Confluence's own content state (page status), independent of workflow_state.")
        .from("content states")
        .empty("no content state, or not read")
        .group(MetricGroup::Workflow),
    field!(time("content_state_since"), workflow.content_state_since)
        .says(
            "Time when the content state was set. When content_state_since_is_at_least is 1: time of the first \
            snapshot that found it.",
        )
        .from("see content_state_since_source")
        .empty("no content state, not read, or its start is unknown: no date from the site and no earlier snapshot")
        .group(MetricGroup::Workflow),
    field!(flag("is_stub"), judgement.is_stub)
        .says(
            "Whether the page has fewer words than stub_words (50 by default) and no image, table, attachment, \
            included content or child page.",
        )
        .from("body, attachments, page tree")
        .empty("the body, the attachments or the child pages were not read"),
    field!(flag("is_orphan_tree"), judgement.is_orphan_tree)
        .says("Whether the page has no visible parent and is not the home page of its space.")
        .from("page tree")
        .empty("it is a blog post, or its parent could not be read"),
    field!(flag("is_orphan_link"), judgement.is_orphan_link)
        .says(
            "Whether no content that was read links to the page, and it is neither the home page, nor directly \
            below the home page, nor at the root of the page tree.",
        )
        .from("links_in")
        .empty("it is a blog post, or links were not read")
        .group(MetricGroup::Links),
    field!(text("staleness"), judgement.staleness)
        .says(
            "fresh, aging, stale or expired, from days_since_update and the thresholds aging_days, stale_days and \
            expired_days (180, 365 and 730 by default). An aging or stale page without a view in 90 days is one \
            level worse, when views were read.",
        )
        .from("days_since_update, views_90d")
        .empty("it is a blog post, or the time of the last change is not reported by the site"),
    field!(integer("duplicate_group", "count"), judgement.duplicate_group)
        .says(
            "Number of the group of pages with the same or nearly the same text (an estimated nine tenths of the \
            five-word sequences), valid within one snapshot. Texts under 20 words are not compared.",
        )
        .from("body")
        .empty("no similar page"),
    field!(integer("health_score", "score"), judgement.health_score)
        .says("100 minus the weights of health_reasons, at least 0.")
        .from("other columns of the row"),
    PageColumn::text("health_reasons", |page| joined(&page.row.judgement.health_reasons, ";"))
        .restored(|row, record| row.judgement.health_reasons = split(record, "health_reasons", ";"))
        .says("Reasons that lower health_score, separated by semicolons.")
        .from("other columns of the row")
        .empty("nothing lowers the score"),
    field!(integer("impact_score", "score"), judgement.impact_score)
        .says("(100 - health_score) times views_90d: a page with a high value is worth improving first.")
        .from("health_score, views_90d")
        .empty("views were not read")
        .group(MetricGroup::Engagement),
    PageColumn::text("thresholds_from", |page| joined(&page.row.judgement.thresholds_from, ";"))
        .restored(|row, record| row.judgement.thresholds_from = split(record, "thresholds_from", ";"))
        .says(
            "Configuration sections that set thresholds for the page, \"label NAME\" or \"space KEY\", separated by \
            semicolons. For each threshold the first section that sets it decides; thresholds that none of them \
            sets are those for all pages.",
        )
        .from("the configuration, space_key, labels")
        .empty("none: the thresholds for all pages apply"),
];
