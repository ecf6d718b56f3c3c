//! How a page is used, its workflow, and what follows.

use super::{PageColumn, count, flag, list, number, text, time};
use crate::inventory::snapshot::MetricGroup;
use crate::metrics::Staleness;
use crate::spreadsheet::Value;

pub(super) const COLUMNS: &[PageColumn] = &[
    PageColumn::integer("views_total", "count", |page| count(page.row.engagement.views_total))
        .says("Views ever, as Confluence counts them.")
        .from("analytics")
        .empty("not asked for, or not offered by the site's plan")
        .group(MetricGroup::Engagement),
    PageColumn::integer("views_30d", "count", |page| count(page.row.engagement.views_30d))
        .says("Views in the last 30 days.")
        .from("analytics")
        .empty("not asked for, or not offered by the site's plan")
        .group(MetricGroup::Engagement),
    PageColumn::integer("views_90d", "count", |page| count(page.row.engagement.views_90d))
        .says("Views in the last 90 days.")
        .from("analytics")
        .empty("not asked for, or not offered by the site's plan")
        .group(MetricGroup::Engagement),
    PageColumn::integer("viewers_90d", "count", |page| count(page.row.engagement.viewers_90d))
        .says("People who viewed it in the last 90 days.")
        .from("analytics")
        .empty("not asked for, or not offered by the site's plan")
        .group(MetricGroup::Engagement),
    PageColumn::text("days_since_view_bucket", |page| {
        Value::maybe(page.row.engagement.viewed_last, |last| Value::text(last.label()))
    })
    .says("Days since the last view: 0-30, 30-90, 90-180, 180-365, >365 or never.")
    .from("analytics")
    .empty("not asked for, or not offered by the site's plan")
    .group(MetricGroup::Engagement),
    PageColumn::integer("comments_footer", "count", |page| count(page.row.comments_footer))
        .says("Comments below the page, replies too.")
        .from("comments")
        .empty("not read")
        .group(MetricGroup::Links),
    PageColumn::integer("comments_inline_open", "count", |page| count(page.row.comments_inline_open))
        .says("Threads on passages of the page that are open, whatever number of replies they have.")
        .from("comments")
        .empty("not read")
        .group(MetricGroup::Links),
    PageColumn::integer("likes", "count", |page| count(page.row.engagement.likes))
        .says("Likes.")
        .from("likes")
        .empty("not asked for, or not offered")
        .group(MetricGroup::Engagement),
    PageColumn::integer("watchers", "count", |page| count(page.row.engagement.watchers))
        .says("People who watch it.")
        .from("watchers")
        .empty("not asked for, or not offered")
        .group(MetricGroup::Engagement),
    PageColumn::text("workflow_state", |page| text(page.row.workflow.state.as_ref()))
        .says("State in the workflow.")
        .from("see workflow_source")
        .empty("no workflow, or not readable: see workflow_source")
        .group(MetricGroup::Workflow),
    PageColumn::flag("workflow_final", |page| flag(page.row.workflow.is_final))
        .says("That state is final (approved, published).")
        .from("see workflow_source")
        .empty("the source does not tell")
        .group(MetricGroup::Workflow),
    PageColumn::time("workflow_since", |page| time(page.row.workflow.since))
        .says("When the page came into that state.")
        .from("see workflow_since_source")
        .empty("no state")
        .group(MetricGroup::Workflow),
    PageColumn::text("workflow_since_source", |page| Value::maybe(page.row.workflow.since_from, Value::text))
        .says(
            "source: the workflow says so. snapshots: the first of the snapshots in a row that saw it in this \
            state, to the week.",
        )
        .from("workflow, own history")
        .empty("no state")
        .group(MetricGroup::Workflow),
    PageColumn::integer("workflow_days_in_state", "days", |page| number(page.row.workflow.days_in_state))
        .says("Whole days in that state.")
        .from("workflow_since")
        .empty("no state")
        .group(MetricGroup::Workflow),
    PageColumn::time("workflow_due", |page| time(page.row.workflow.due))
        .says("When the state is due.")
        .from("see workflow_source")
        .empty("no due date, or the source does not tell")
        .group(MetricGroup::Workflow),
    PageColumn::integer("workflow_overdue_days", "days", |page| number(page.row.workflow.overdue_days))
        .says("Days beyond the due date, begun ones too; 0 or negative before it.")
        .from("workflow_due")
        .empty("no due date")
        .group(MetricGroup::Workflow),
    PageColumn::text("workflow_due_window", |page| {
        Value::maybe(page.row.workflow.due_within, |window| Value::text(window.name()))
    })
    .says(
        "When the state is due, where the source tells a window only: overdue, within_7_days, within_30_days or \
            within_90_days.",
    )
    .from("see workflow_source")
    .empty("no due date, not within 90 days, or known to the day: see workflow_due")
    .group(MetricGroup::Workflow),
    PageColumn::flag("workflow_overdue", |page| {
        flag(page.row.workflow.state.is_some().then(|| page.row.workflow.is_overdue()))
    })
    .says("The state is past its due date, known to the day or as a window.")
    .from("workflow_due, workflow_due_window")
    .empty("no state")
    .group(MetricGroup::Workflow),
    PageColumn::text("workflow_pending_reviewers", |page| list(page.row.workflow.pending_reviewers.as_ref()))
        .says("Reviewers who have not decided, separated by semicolons.")
        .from("see workflow_source")
        .empty("none, or the source does not tell: Comala on Cloud does of the configured reviewers only")
        .group(MetricGroup::Workflow),
    PageColumn::text("workflow_parameters", |page| {
        if page.row.workflow.parameters.is_empty() {
            Value::Empty
        } else {
            Value::text(
                page.row
                    .workflow
                    .parameters
                    .iter()
                    .map(|(name, value)| format!("{name}={value}"))
                    .collect::<Vec<_>>()
                    .join(";"),
            )
        }
    })
    .says("Further parameters that the configuration names, as name=value separated by semicolons.")
    .from("see workflow_source")
    .empty("none asked for, or not readable")
    .group(MetricGroup::Workflow),
    PageColumn::integer("workflow_edits_since_final", "count", |page| count(page.row.workflow.edits_since_final))
        .says("Versions since the last final state.")
        .from("see workflow_source")
        .empty("the source does not tell")
        .group(MetricGroup::Workflow),
    PageColumn::text("workflow_source", |page| {
        Value::maybe(page.row.workflow.source.as_ref(), |source| Value::text(source.to_string()))
    })
    .says(
        "Which source told: comala_dc_property, comala_dc_rest, comala_cloud_cql, content_property:KEY, import, \
            native_state, labels; none: no source knows the page; unavailable: a source could not be read.",
    )
    .from("the run")
    .empty("workflow was not asked for")
    .group(MetricGroup::Workflow),
    PageColumn::text("content_state", |page| text(page.row.workflow.content_state.as_ref()))
        .says("Confluence's own content state (page status), whatever the source of workflow_state.")
        .from("content states")
        .empty("none, or not read")
        .group(MetricGroup::Workflow),
    PageColumn::time("content_state_since", |page| time(page.row.workflow.content_state_since))
        .says(
            "Since when it bears it: the first of the snapshots in a row that saw it, to the week, for no list \
            tells it.",
        )
        .from("own history")
        .empty("none, or not read")
        .group(MetricGroup::Workflow),
    PageColumn::flag("is_stub", |page| flag(page.row.judgement.is_stub))
        .says("Fewer words than the threshold (50), and no image, table, attachment, included content or child page.")
        .from("body, attachments, tree")
        .empty("the body was not read"),
    PageColumn::flag("is_orphan_tree", |page| flag(page.row.judgement.is_orphan_tree))
        .says("No readable parent, though it is not the home page of its space.")
        .from("tree")
        .empty("what may be its parent could not be read"),
    PageColumn::flag("is_orphan_link", |page| flag(page.row.judgement.is_orphan_link))
        .says(
            "Nothing that was read links to it, and it is neither the home page, nor directly below that, nor at \
            the root of the tree.",
        )
        .from("links_in")
        .empty("links were not read")
        .group(MetricGroup::Links),
    PageColumn::text("staleness", |page| {
        Value::maybe(page.row.judgement.staleness, |staleness: Staleness| Value::text(staleness.name()))
    })
    .says(
        "fresh, aging, stale or expired by days_since_update (thresholds per space); where views were read, a \
            page that nobody viewed in 90 days is one step older, beyond fresh.",
    )
    .from("days_since_update, views_90d")
    .empty("the site does not tell when the page was changed"),
    PageColumn::integer("duplicate_group", "count", |page| count(page.row.judgement.duplicate_group))
        .says(
            "Number of the group of pages with the same text or nearly so (about nine tenths of the runs of five \
            words, estimated); texts of under 20 words are not compared; numbers hold within one snapshot.",
        )
        .from("body")
        .empty("no other page is like it"),
    PageColumn::integer("health_score", "score", |page| Value::count(page.row.judgement.health_score))
        .says("100 less what health_reasons names; not below 0.")
        .from("this row"),
    PageColumn::text("health_reasons", |page| {
        if page.row.judgement.health_reasons.is_empty() {
            Value::Empty
        } else {
            Value::text(page.row.judgement.health_reasons.join(";"))
        }
    })
    .says("What lowers the score, separated by semicolons.")
    .from("this row")
    .empty("nothing lowers it"),
    PageColumn::integer("impact_score", "score", |page| count(page.row.judgement.impact_score))
        .says("(100 - health_score) times views_90d: where mending helps most readers.")
        .from("health_score, views_90d")
        .empty("views were not read")
        .group(MetricGroup::Engagement),
];
