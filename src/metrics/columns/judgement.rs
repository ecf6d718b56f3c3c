//! How a page is used, its workflow, and what follows.

use super::{Column, column, count, flag, list, number, text, time};
use crate::metrics::judgement::Staleness;
use crate::spreadsheet::Value;

pub(super) const COLUMNS: &[Column] = &[
    column!("views_total", Engagement, "count", "Views ever, as Confluence counts them.", from "analytics", empty "not asked for, or not offered by the site's plan", |row, _| count(row.engagement.views_total)),
    column!("views_30d", Engagement, "count", "Views in the last 30 days.", from "analytics", empty "not asked for, or not offered by the site's plan", |row, _| count(row.engagement.views_30d)),
    column!("views_90d", Engagement, "count", "Views in the last 90 days.", from "analytics", empty "not asked for, or not offered by the site's plan", |row, _| count(row.engagement.views_90d)),
    column!("viewers_90d", Engagement, "count", "People who viewed it in the last 90 days.", from "analytics", empty "not asked for, or not offered by the site's plan", |row, _| count(row.engagement.viewers_90d)),
    column!("days_since_view_bucket", Engagement, "text", "Days since the last view: 0-30, 30-90, 90-180, 180-365, >365 or never.", from "analytics", empty "not asked for, or not offered by the site's plan", |row, _| Value::maybe(row.engagement.viewed_last, |last| Value::text(last.label()))),
    column!("comments_footer", Links, "count", "Comments below the page, replies too.", from "comments", empty "not read", |row, _| count(row.comments_footer)),
    column!("comments_inline_open", Links, "count", "Comments on passages that are open.", from "comments", empty "not read", |row, _| count(row.comments_inline_open)),
    column!("likes", Engagement, "count", "Likes.", from "likes", empty "not asked for, or not offered", |row, _| count(row.engagement.likes)),
    column!("watchers", Engagement, "count", "People who watch it.", from "watchers", empty "not asked for, or not offered", |row, _| count(row.engagement.watchers)),
    column!("workflow_state", Workflow, "text", "State in the workflow.", from "see workflow_source", empty "no workflow, or not readable: see workflow_source", |row, _| text(row.workflow.state.as_ref())),
    column!("workflow_final", Workflow, "0/1", "That state is final (approved, published).", from "see workflow_source", empty "the source does not tell", |row, _| flag(row.workflow.is_final)),
    column!("workflow_since", Workflow, "time", "When the page came into that state.", from "see workflow_since_source", empty "no state", |row, _| time(row.workflow.since)),
    column!("workflow_since_source", Workflow, "text", "source: the workflow says so. snapshots: the first of the snapshots in a row that saw it in this state, to the week.", from "workflow, own history", empty "no state", |row, _| Value::maybe(row.workflow.since_from, Value::text)),
    column!("workflow_days_in_state", Workflow, "days", "Whole days in that state.", from "workflow_since", empty "no state", |row, _| number(row.workflow.days_in_state)),
    column!("workflow_due", Workflow, "time", "When the state is due.", from "see workflow_source", empty "no due date, or the source does not tell", |row, _| time(row.workflow.due)),
    column!("workflow_overdue_days", Workflow, "days", "Days beyond the due date, begun ones too; 0 or negative before it.", from "workflow_due", empty "no due date", |row, _| number(row.workflow.overdue_days)),
    column!("workflow_due_window", Workflow, "text", "When the state is due, where the source tells a window only: overdue, within_7_days, within_30_days or within_90_days.", from "see workflow_source", empty "no due date, not within 90 days, or known to the day: see workflow_due", |row, _| Value::maybe(row.workflow.due_within, |window| Value::text(window.name()))),
    column!("workflow_overdue", Workflow, "0/1", "The state is past its due date, known to the day or as a window.", from "workflow_due, workflow_due_window", empty "no state", |row, _| flag(row.workflow.state.is_some().then(|| row.workflow.is_overdue()))),
    column!("workflow_pending_reviewers", Workflow, "text", "Reviewers who have not decided, separated by semicolons.", from "see workflow_source", empty "none, or the source does not tell: Comala on Cloud does of the configured reviewers only", |row, _| list(row.workflow.pending_reviewers.as_ref())),
    column!("workflow_parameters", Workflow, "text", "Further parameters that the configuration names, as name=value separated by semicolons.", from "see workflow_source", empty "none asked for, or not readable", |row, _| if row.workflow.parameters.is_empty() { Value::Empty } else { Value::text(row.workflow.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(";")) }),
    column!("workflow_edits_since_final", Workflow, "count", "Versions since the last final state.", from "see workflow_source", empty "the source does not tell", |row, _| count(row.workflow.edits_since_final)),
    column!("workflow_source", Workflow, "text", "Which source told: comala_dc_property, comala_dc_rest, comala_cloud_cql, content_property:KEY, import, native_state, labels; none: no source knows the page; unavailable: a source could not be read.", from "the run", empty "workflow was not asked for", |row, _| text(row.workflow.source.as_ref())),
    column!("content_state", Workflow, "text", "Confluence's own content state (page status), whatever the source of workflow_state.", from "content states", empty "none, or not read", |row, _| text(row.workflow.content_state.as_ref())),
    column!("content_state_since", Workflow, "time", "Since when it bears it: the first of the snapshots in a row that saw it, to the week, for no list tells it.", from "own history", empty "none, or not read", |row, _| time(row.workflow.content_state_since)),
    column!("is_stub", Core, "0/1", "Fewer words than the threshold (50), and no image, table, attachment, included content or child page.", from "body, attachments, tree", empty "the body was not read", |row, _| flag(row.judgement.is_stub)),
    column!("is_orphan_tree", Core, "0/1", "No readable parent, though it is not the home page of its space.", from "tree", empty "what may be its parent could not be read", |row, _| flag(row.judgement.is_orphan_tree)),
    column!("is_orphan_link", Links, "0/1", "Nothing that was read links to it, and it is neither the home page, nor directly below that, nor at the root of the tree.", from "links_in", empty "links were not read", |row, _| flag(row.judgement.is_orphan_link)),
    column!("staleness", Core, "text", "fresh, aging, stale or expired by days_since_update (thresholds per space); where views were read, a page that nobody viewed in 90 days is one step older, beyond fresh.", from "days_since_update, views_90d", empty "the site does not tell when the page was changed", |row, _| Value::maybe(row.judgement.staleness, |staleness: Staleness| Value::text(staleness.name()))),
    column!("duplicate_group", Core, "count", "Number of the group of pages with the same text or nearly so (about nine tenths of the runs of five words, estimated); texts of under 20 words are not compared; numbers hold within one snapshot.", from "body", empty "no other page is like it", |row, _| count(row.judgement.duplicate_group)),
    column!("health_score", Core, "score", "100 less what health_reasons names; not below 0.", from "this row", empty "never", |row, _| Value::count(row.judgement.health_score)),
    column!("health_reasons", Core, "text", "What lowers the score, separated by semicolons.", from "this row", empty "nothing lowers it", |row, _| if row.judgement.health_reasons.is_empty() { Value::Empty } else { Value::text(row.judgement.health_reasons.join(";")) }),
    column!("impact_score", Engagement, "score", "(100 - health_score) times views_90d: where mending helps most readers.", from "health_score, views_90d", empty "views were not read", |row, _| count(row.judgement.impact_score)),
];
