//! How a page is used, its workflow, and what follows.

use super::PageColumn;
use super::field::{joined, split};
use crate::inventory::snapshot::MetricGroup;
use crate::spreadsheet::Value;

pub(super) const COLUMNS: &[PageColumn] = &[
    field!(integer("views_total", "count"), engagement.views_total)
        .says("Views ever, as Confluence counts them.")
        .from("analytics")
        .empty("not asked for, or not offered by the site's plan")
        .group(MetricGroup::Engagement),
    field!(integer("views_30d", "count"), engagement.views_30d)
        .says("Views in the last 30 days.")
        .from("analytics")
        .empty("not asked for, or not offered by the site's plan")
        .group(MetricGroup::Engagement),
    field!(integer("views_90d", "count"), engagement.views_90d)
        .says("Views in the last 90 days.")
        .from("analytics")
        .empty("not asked for, or not offered by the site's plan")
        .group(MetricGroup::Engagement),
    field!(integer("viewers_90d", "count"), engagement.viewers_90d)
        .says("People who viewed it in the last 90 days.")
        .from("analytics")
        .empty("not asked for, or not offered by the site's plan")
        .group(MetricGroup::Engagement),
    field!(text("days_since_view_bucket"), engagement.viewed_last)
        .says("Days since the last view: 0-30, 30-90, 90-180, 180-365, >365 or never.")
        .from("analytics")
        .empty("not asked for, or not offered by the site's plan")
        .group(MetricGroup::Engagement),
    field!(integer("comments_footer", "count"), comments_footer)
        .says("Comments below the page, replies too.")
        .from("comments")
        .empty("not read")
        .group(MetricGroup::Links),
    field!(integer("comments_inline_open", "count"), comments_inline_open)
        .says("Threads on passages of the page that are open, whatever number of replies they have.")
        .from("comments")
        .empty("not read")
        .group(MetricGroup::Links),
    field!(integer("likes", "count"), engagement.likes)
        .says("Likes.")
        .from("likes")
        .empty("not asked for, or not offered")
        .group(MetricGroup::Engagement),
    field!(integer("watchers", "count"), engagement.watchers)
        .says("People who watch it.")
        .from("watchers")
        .empty("not asked for, or not offered")
        .group(MetricGroup::Engagement),
    field!(text("workflow_state"), workflow.state)
        .says("State in the workflow.")
        .from("see workflow_source")
        .empty("no workflow, or not readable: see workflow_source")
        .group(MetricGroup::Workflow),
    field!(flag("workflow_final"), workflow.is_final)
        .says("That state is final (approved, published).")
        .from("see workflow_source")
        .empty("the source does not tell")
        .group(MetricGroup::Workflow),
    field!(time("workflow_since"), workflow.since)
        .says(
            "When the page came into that state; where workflow_since_is_at_least says so, the first snapshot that saw \
            it there.",
        )
        .from("see workflow_since_source")
        .empty("no state, or nothing tells since when: no date of the source, and no snapshot before")
        .group(MetricGroup::Workflow),
    field!(text("workflow_since_source"), workflow.since_from)
        .says(
            "source: the workflow says so. snapshots: the first of the snapshots in a row that saw it in this \
            state, to the week; whether it left and came back between two of them, however far apart, is not known.",
        )
        .from("workflow, own history")
        .empty("no state, or nothing tells since when")
        .group(MetricGroup::Workflow),
    field!(integer("workflow_days_in_state", "days"), workflow.days_in_state)
        .says("Whole days in that state; at least so many where workflow_since_is_at_least says so.")
        .from("workflow_since")
        .empty("no state, or nothing tells since when")
        .group(MetricGroup::Workflow),
    field!(time("workflow_due"), workflow.due)
        .says("When the state is due.")
        .from("see workflow_source")
        .empty("no due date, or the source does not tell")
        .group(MetricGroup::Workflow),
    field!(integer("workflow_overdue_days", "days"), workflow.overdue_days)
        .says("Days beyond the due date, begun ones too; 0 or negative before it.")
        .from("workflow_due")
        .empty("no due date")
        .group(MetricGroup::Workflow),
    field!(text("workflow_due_window"), workflow.due_within)
        .says(
            "When the state is due, where the source tells a window only: overdue, within_7_days, within_30_days or \
            within_90_days.",
        )
        .from("see workflow_source")
        .empty("no due date, not within 90 days, or known to the day: see workflow_due")
        .group(MetricGroup::Workflow),
    PageColumn::flag("workflow_overdue", |page| {
        Value::maybe(page.row.workflow.state.as_ref(), |_| Value::Flag(page.row.workflow.is_overdue()))
    })
    .says("The state is past its due date, known to the day or as a window.")
    .from("workflow_due, workflow_due_window")
    .empty("no state")
    .group(MetricGroup::Workflow),
    field!(text("workflow_pending_reviewers"), workflow.pending_reviewers)
        .says("Reviewers who have not decided, separated by semicolons.")
        .from("see workflow_source")
        .empty("none, or the source does not tell: Comala on Cloud does of the configured reviewers only")
        .group(MetricGroup::Workflow),
    field!(text("workflow_parameters"), workflow.parameters)
        .says("Further parameters that the configuration names, as name=value separated by semicolons.")
        .from("see workflow_source")
        .empty("none asked for, or not readable")
        .group(MetricGroup::Workflow),
    field!(integer("workflow_edits_since_final", "count"), workflow.edits_since_final)
        .says("Versions since the last final state.")
        .from("see workflow_source")
        .empty("the source does not tell")
        .group(MetricGroup::Workflow),
    field!(text("workflow_source"), workflow.source)
        .says(
            "Which source told: comala_dc_property, comala_dc_rest, comala_cloud_cql, content_property:KEY, import, \
            native_state, labels; none: no source knows the page; unavailable: a source could not be read.",
        )
        .from("the run")
        .empty("workflow was not asked for")
        .group(MetricGroup::Workflow),
    field!(text("content_state"), workflow.content_state)
        .says("Confluence's own content state (page status), whatever the source of workflow_state.")
        .from("content states")
        .empty("none, or not read")
        .group(MetricGroup::Workflow),
    field!(time("content_state_since"), workflow.content_state_since)
        .says("Since when it bears it; where content_state_since_is_at_least says so, the first snapshot that saw it.")
        .from("see content_state_since_source")
        .empty("none, not read, or nothing tells since when: no date of the site, and no snapshot before")
        .group(MetricGroup::Workflow),
    field!(flag("is_stub"), judgement.is_stub)
        .says(
            "Fewer words than stub_words (50, or as thresholds_from says), and no image, table, attachment, included \
            content or child page.",
        )
        .from("body, attachments, tree")
        .empty("the body was not read"),
    field!(flag("is_orphan_tree"), judgement.is_orphan_tree)
        .says("No readable parent, though it is not the home page of its space.")
        .from("tree")
        .empty("a blog post, or what may be its parent could not be read"),
    field!(flag("is_orphan_link"), judgement.is_orphan_link)
        .says(
            "Nothing that was read links to it, and it is neither the home page, nor directly below that, nor at \
            the root of the tree.",
        )
        .from("links_in")
        .empty("a blog post, or links were not read")
        .group(MetricGroup::Links),
    field!(text("staleness"), judgement.staleness)
        .says(
            "fresh, aging, stale or expired by days_since_update (aging_days, stale_days and expired_days: 180, 365 and \
            730, or as thresholds_from says); where views were read, a page that nobody viewed in 90 days is one step \
            older, beyond fresh.",
        )
        .from("days_since_update, views_90d")
        .empty("a blog post, or the site does not tell when the page was changed"),
    field!(integer("duplicate_group", "count"), judgement.duplicate_group)
        .says(
            "Number of the group of pages with the same text or nearly so (about nine tenths of the runs of five \
            words, estimated); texts of under 20 words are not compared; numbers hold within one snapshot.",
        )
        .from("body")
        .empty("no other page is like it"),
    field!(integer("health_score", "score"), judgement.health_score)
        .says("100 less what health_reasons names; not below 0.")
        .from("this row"),
    PageColumn::text("health_reasons", |page| joined(&page.row.judgement.health_reasons, ";"))
        .restored(|row, record| row.judgement.health_reasons = split(record, "health_reasons", ";"))
        .says(
            "What lowers the score, separated by semicolons; thresholds_from says by whose thresholds a page is aging, \
            stale, expired or a stub.",
        )
        .from("this row")
        .empty("nothing lowers it"),
    field!(integer("impact_score", "score"), judgement.impact_score)
        .says("(100 - health_score) times views_90d: where mending helps most readers.")
        .from("health_score, views_90d")
        .empty("views were not read")
        .group(MetricGroup::Engagement),
    PageColumn::text("thresholds_from", |page| joined(&page.row.judgement.thresholds_from, ";"))
        .restored(|row, record| row.judgement.thresholds_from = split(record, "thresholds_from", ";"))
        .says(
            "Sections of the configuration that set thresholds for the page, \"label NAME\" or \"space KEY\", separated \
            by semicolons; the first that sets one decides. What none sets is as for all pages.",
        )
        .from("the configuration, space_key, labels")
        .empty("none: those for all pages hold"),
];
