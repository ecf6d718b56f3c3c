//! Lists of pages that somebody should look at. One table names them all; each has a list in the dashboard and a CSV.

use super::Rules;
use super::row::PageRow;
use super::rules::Thresholds;
use crate::spreadsheet::Value;

/// A kind of finding.
#[derive(Clone, Copy)]
pub struct Finding {
    /// Name of its file and anchor.
    pub id: &'static str,
    /// Heading.
    pub title: &'static str,
    /// What it means and why it matters, one sentence.
    pub why: &'static str,
    /// What `value` says, heading of a column.
    pub measure: &'static str,
    /// What a page needs to be listed, and the number it is sorted by; `None` does not list it.
    holds: fn(&PageRow, &Thresholds) -> Option<i64>,
    /// Whether the snapshot holds what this needs; otherwise nothing is said.
    is_known: fn(&PageRow) -> bool,
}

impl std::fmt::Debug for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Finding").field("id", &self.id).finish_non_exhaustive()
    }
}

/// One page of a finding.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'a> {
    /// The page.
    pub row: &'a PageRow,
    /// What it is sorted by, in the words of [`Finding::measure`].
    pub value: i64,
}

/// A finding with its pages.
#[derive(Debug, Clone)]
pub struct Found<'a> {
    /// Which.
    pub finding: &'static Finding,
    /// Its pages, the worst first.
    pub pages: Vec<Listed<'a>>,
    /// What it needs was not read on any page: nothing is said.
    pub unknown: bool,
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The pages that hold a condition, by the days since their last edit.
fn by_age(row: &PageRow, holds: bool) -> Option<i64> {
    holds.then(|| row.people.days_since_update.unwrap_or(0))
}

/// All kinds, in the order they are shown.
pub const FINDINGS: &[Finding] = &[
    Finding {
        id: "outdated",
        title: "Outdated pages",
        why: "Nobody changed them for longer than the threshold of their space.",
        measure: "days since the last edit",
        holds: |row, _| by_age(row, row.judgement.staleness.is_some_and(super::Staleness::is_outdated)),
        is_known: |row| row.judgement.staleness.is_some(),
    },
    Finding {
        id: "orphans_tree",
        title: "Pages outside the tree",
        why: "They have no parent that can be read, so nobody comes upon them in the page tree.",
        measure: "days since the last edit",
        holds: |row, _| by_age(row, row.judgement.is_orphan_tree == Some(true)),
        is_known: |row| row.judgement.is_orphan_tree.is_some(),
    },
    Finding {
        id: "orphans_links",
        title: "Pages that nothing links to",
        why: "No page, post or comment that was read links to them.",
        measure: "days since the last edit",
        holds: |row, _| by_age(row, row.judgement.is_orphan_link == Some(true)),
        is_known: |row| row.judgement.is_orphan_link.is_some(),
    },
    Finding {
        id: "workflow_overdue",
        title: "Overdue reviews",
        why: "Their workflow state is past its due date.",
        measure: "days overdue",
        // those known to be overdue, but not since when, come last
        holds: |row, _| row.workflow.is_overdue().then(|| row.workflow.overdue_days.unwrap_or(0)),
        is_known: |row| row.workflow.source.is_some(),
    },
    Finding {
        id: "workflow_stalled",
        title: "Stalled approvals",
        why: "They are in a state that is not final for longer than the threshold.",
        measure: "days in the state",
        holds: |row, thresholds| {
            row.workflow
                .days_in_state
                .filter(|days| *days >= i64::from(thresholds.stalled_days) && row.workflow.is_final != Some(true))
        },
        is_known: |row| row.workflow.source.is_some(),
    },
    Finding {
        id: "stubs",
        title: "Stubs",
        why: "They have little text and nothing else: no image, table, file, included content or child page.",
        measure: "words",
        holds: |row, _| {
            let words = row.text.as_ref().map(|text| signed(text.words));
            words.filter(|_| row.judgement.is_stub == Some(true))
        },
        is_known: |row| row.judgement.is_stub.is_some(),
    },
    Finding {
        id: "without_labels",
        title: "Pages without labels",
        why: "Searches and lists by label pass them over.",
        measure: "days since the last edit",
        holds: |row, _| by_age(row, row.place.labels.as_ref().is_some_and(Vec::is_empty)),
        is_known: |row| row.place.labels.is_some(),
    },
    Finding {
        id: "single_contributor",
        title: "One person's knowledge",
        why: "Only one person ever wrote on them, more than once.",
        measure: "versions",
        holds: |row, _| {
            row.people.edit_count.map(signed).filter(|edits| *edits > 1 && row.people.contributors == Some(1))
        },
        is_known: |row| row.people.contributors.is_some(),
    },
    Finding {
        id: "inactive_owner",
        title: "Owners who are gone",
        why: "The account of their owner is not active any more.",
        measure: "days since the last edit",
        holds: |row, _| by_age(row, row.people.owner.as_ref().is_some_and(|owner| owner.active == Some(false))),
        is_known: |row| row.people.owner.as_ref().is_some_and(|owner| owner.active.is_some()),
    },
    Finding {
        id: "inactive_editor",
        title: "Last edited by somebody who is gone",
        why: "The account of their last editor is not active any more.",
        measure: "days since the last edit",
        holds: |row, _| by_age(row, row.people.last_editor.as_ref().is_some_and(|who| who.active == Some(false))),
        is_known: |row| row.people.last_editor.as_ref().is_some_and(|who| who.active.is_some()),
    },
    Finding {
        id: "broken_links",
        title: "Broken links",
        why: "They link to contents or files that are not there.",
        measure: "broken links",
        holds: |row, _| row.links.broken_internal.map(signed).filter(|links| *links > 0),
        is_known: |row| row.links.broken_internal.is_some(),
    },
    Finding {
        id: "unread_with_files",
        title: "Unread pages with many bytes",
        why: "Nobody viewed them in 90 days, and their files are larger than the threshold.",
        measure: "bytes of files",
        holds: |row, thresholds| {
            let bytes = row.files.bytes.filter(|bytes| *bytes >= thresholds.unread_bytes);
            bytes.map(signed).filter(|_| row.engagement.views_90d == Some(0))
        },
        is_known: |row| row.engagement.views_90d.is_some(),
    },
    Finding {
        id: "duplicates",
        title: "Pages with the same text",
        why: "Their text is the same as that of another page, or nearly so.",
        measure: "group",
        holds: |row, _| row.judgement.duplicate_group.map(signed),
        is_known: |row| row.text.is_some(),
    },
];

/// All findings with their pages.
pub fn find<'a>(rows: &'a [PageRow], rules: &Rules) -> Vec<Found<'a>> {
    FINDINGS.iter().map(|finding| of_kind(finding, rows, rules)).collect()
}

fn of_kind<'a>(finding: &'static Finding, rows: &'a [PageRow], rules: &Rules) -> Found<'a> {
    let mut pages: Vec<Listed<'a>> = rows
        .iter()
        .filter_map(|row| {
            let value = (finding.holds)(row, rules.of(&row.place.space_key))?;
            Some(Listed { row, value })
        })
        .collect();
    // groups stand together in their order, stubs with the fewest words first, all else the most first
    let ascending = matches!(finding.id, "duplicates" | "stubs");
    pages.sort_by_key(|listed| if ascending { listed.value } else { -listed.value });
    Found { finding, unknown: !rows.is_empty() && !rows.iter().any(finding.is_known), pages }
}

/// The columns of the files of findings.
pub const COLUMNS: [&str; 13] = [
    "snapshot_week",
    "page_id",
    "space_key",
    "page_title",
    "page_url",
    "measure",
    "value",
    "owner_name",
    "last_editor",
    "days_since_update",
    "workflow_state",
    "views_90d",
    "health_score",
];

/// The rows of one finding's file, in the order of [`COLUMNS`].
pub fn cells<'a>(found: &'a Found<'a>, week: &'a str) -> impl Iterator<Item = Vec<Value>> + 'a {
    found.pages.iter().map(move |Listed { row, value }| {
        let person = |who: &Option<super::row::Person>| {
            Value::maybe(who.as_ref(), |who| Value::text(who.name.as_ref().unwrap_or(&who.id)))
        };
        vec![
            Value::text(week),
            Value::text(&*row.id),
            Value::text(&*row.place.space_key),
            Value::text(&*row.title),
            Value::text(&*row.place.url),
            Value::text(found.finding.measure),
            Value::Integer(*value),
            person(&row.people.owner),
            person(&row.people.last_editor),
            Value::maybe(row.people.days_since_update, Value::Integer),
            Value::maybe(row.workflow.state.as_ref(), Value::text),
            Value::maybe(row.engagement.views_90d, Value::count),
            Value::count(row.judgement.health_score),
        ]
    })
}
