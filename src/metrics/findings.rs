//! Findings: lists of pages that need attention. [`FINDINGS`] defines them; each one becomes a list in the dashboard and a
//! CSV file.

mod table;

use std::cmp::Reverse;

use super::approvals::Wait;
use super::page_row::PageRow;
use super::rules::Thresholds;
use super::{Rules, Staleness};
use crate::inventory::snapshot::MetricGroup;

pub(super) use table::OWN;
pub use table::{COLUMNS, Findings, IN_WORKBOOK, rows_of};

/// What the number next to a page of a finding counts. The pages are sorted by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    DaysSinceEdit,
    /// Days past the due date of the workflow.
    DaysOverdue,
    /// Days in the current workflow state.
    DaysInState,
    Words,
    /// Published versions.
    Versions,
    BrokenLinks,
    /// Bytes of the current versions of the files.
    Bytes,
    /// Number of the group of pages with the same text.
    Group,
}

impl Measure {
    /// Returns the value of the column `measure`.
    pub fn name(self) -> &'static str {
        match self {
            Self::DaysSinceEdit => "days since the last edit",
            Self::DaysOverdue => "days overdue",
            Self::DaysInState => "days in the state",
            Self::Words => "words",
            Self::Versions => "versions",
            Self::BrokenLinks => "broken links",
            Self::Bytes => "bytes of files",
            Self::Group => "group",
        }
    }

    /// Returns whether the pages with the smallest value come first: groups in their order, and the fewest words. For all
    /// other measures the largest value comes first.
    pub fn is_ascending(self) -> bool {
        matches!(self, Self::Words | Self::Group)
    }

    /// Returns the value of a page; `None` if it was not read.
    fn of(self, row: &PageRow) -> Option<i64> {
        match self {
            Self::DaysSinceEdit => row.people.days_since_update,
            Self::DaysOverdue => row.workflow.overdue_days,
            Self::DaysInState => row.workflow.days_in_state,
            Self::Words => row.measures.as_ref().map(|measures| i64::from(measures.words)),
            Self::Versions => row.people.edit_count.map(signed),
            Self::BrokenLinks => row.links.broken_internal.map(signed),
            Self::Bytes => row.files.bytes.map(signed),
            Self::Group => row.judgement.duplicate_group.map(signed),
        }
    }
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The definition of a finding.
#[derive(Clone, Copy)]
pub struct Finding {
    /// Name of its file and anchor.
    pub id: &'static str,
    pub title: &'static str,
    /// One sentence: what it means and why it matters.
    pub why: &'static str,
    /// What its pages are sorted by.
    pub measure: Measure,
    /// The group of metrics that it needs.
    pub group: MetricGroup,
    /// Whether a page is listed.
    holds: fn(&PageRow, &Thresholds) -> bool,
    /// Whether what the finding needs was read for a page. If it was read for no page, the finding is unknown.
    is_known: fn(&PageRow) -> bool,
}

impl std::fmt::Debug for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Finding").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A page of a finding.
#[derive(Debug, Clone, Copy)]
pub struct ListedPage<'a> {
    pub row: &'a PageRow,
    /// What it is sorted by ([`Finding::measure`]); `None` if the page is listed but the value is not known.
    pub value: Option<i64>,
}

/// A finding with its pages.
#[derive(Debug, Clone)]
pub struct FindingPages<'a> {
    pub finding: &'static Finding,
    /// The worst pages come first.
    pub pages: Vec<ListedPage<'a>>,
    /// Whether it is not known which pages belong to the finding: what it needs was read for no page, or no page is listed and
    /// some are undecided.
    pub unknown: bool,
    /// Number of pages that may belong to the finding, because it is not known how long they have been in their state.
    pub undecided: u64,
}

/// All findings, in the order in which they are shown.
pub const FINDINGS: &[Finding] = &[
    Finding {
        id: "outdated",
        title: "Outdated pages",
        why: "Not edited for a long time: their staleness is stale or expired.",
        measure: Measure::DaysSinceEdit,
        group: MetricGroup::Core,
        holds: |row, _| row.judgement.staleness.is_some_and(Staleness::is_outdated),
        is_known: |row| row.judgement.staleness.is_some(),
    },
    Finding {
        id: "orphans_tree",
        title: "Pages outside the page tree",
        why: "They have no visible parent, so readers do not find them in the page tree.",
        measure: Measure::DaysSinceEdit,
        group: MetricGroup::Core,
        holds: |row, _| row.judgement.is_orphan_tree == Some(true),
        is_known: |row| row.judgement.is_orphan_tree.is_some(),
    },
    Finding {
        id: "orphans_links",
        title: "Pages that nothing links to",
        why: "No page, blog post or comment that was read links to them.",
        measure: Measure::DaysSinceEdit,
        group: MetricGroup::Links,
        holds: |row, _| row.judgement.is_orphan_link == Some(true),
        is_known: |row| row.judgement.is_orphan_link.is_some(),
    },
    Finding {
        id: "workflow_overdue",
        title: "Overdue reviews",
        why: "Their workflow state is past its due date.",
        measure: Measure::DaysOverdue,
        group: MetricGroup::Workflow,
        holds: |row, _| row.workflow.is_overdue(),
        is_known: |row| row.workflow.source.is_some(),
    },
    Finding {
        id: "workflow_stalled",
        title: "Stalled approvals",
        why: "They have been in a state that is not final for at least as long as the threshold.",
        measure: Measure::DaysInState,
        group: MetricGroup::Workflow,
        holds: |row, thresholds| {
            let is_long = |days| days >= i64::from(thresholds.stalled_days);
            row.workflow.waits() && row.workflow.days_in_state.is_some_and(is_long)
        },
        is_known: |row| row.workflow.source.is_some(),
    },
    Finding {
        id: "stubs",
        title: "Stubs",
        why: "They have little text and no image, table, attachment, included content or child page.",
        measure: Measure::Words,
        group: MetricGroup::Core,
        holds: |row, _| row.judgement.is_stub == Some(true),
        is_known: |row| row.judgement.is_stub.is_some(),
    },
    Finding {
        id: "without_labels",
        title: "Pages without labels",
        why: "Searches and lists by label do not find them.",
        measure: Measure::DaysSinceEdit,
        group: MetricGroup::Core,
        holds: |row, _| row.place.labels.as_ref().is_some_and(Vec::is_empty),
        is_known: |row| row.place.labels.is_some(),
    },
    Finding {
        id: "single_contributor",
        title: "Single contributor",
        why: "One person published all their versions, more than one.",
        measure: Measure::Versions,
        group: MetricGroup::People,
        holds: |row, _| row.people.contributors == Some(1) && row.people.edit_count.is_some_and(|edits| edits > 1),
        is_known: |row| row.people.contributors.is_some(),
    },
    Finding {
        id: "inactive_owner",
        title: "Inactive owners",
        why: "The account of their owner is no longer active.",
        measure: Measure::DaysSinceEdit,
        group: MetricGroup::People,
        holds: |row, _| row.people.owner.as_ref().is_some_and(|owner| owner.active == Some(false)),
        is_known: |row| row.people.owner.as_ref().is_some_and(|owner| owner.active.is_some()),
    },
    Finding {
        id: "inactive_editor",
        title: "Last editor inactive",
        why: "The account of their last editor is no longer active.",
        measure: Measure::DaysSinceEdit,
        group: MetricGroup::People,
        holds: |row, _| row.people.last_editor.as_ref().is_some_and(|who| who.active == Some(false)),
        is_known: |row| row.people.last_editor.as_ref().is_some_and(|who| who.active.is_some()),
    },
    Finding {
        id: "broken_links",
        title: "Broken links",
        why: "They link to pages, files, headings or spaces that do not exist or are not visible.",
        measure: Measure::BrokenLinks,
        group: MetricGroup::Links,
        holds: |row, _| row.links.broken_internal.is_some_and(|links| links > 0),
        is_known: |row| row.links.broken_internal.is_some(),
    },
    Finding {
        id: "unread_with_files",
        title: "Unviewed pages with large attachments",
        why: "They had no view in 90 days, and their attachments take at least as much as the threshold.",
        measure: Measure::Bytes,
        group: MetricGroup::Engagement,
        holds: |row, thresholds| {
            row.engagement.views_90d == Some(0)
                && row.files.bytes.is_some_and(|bytes| bytes >= thresholds.unread_bytes())
        },
        is_known: |row| row.engagement.views_90d.is_some(),
    },
    Finding {
        id: "duplicates",
        title: "Duplicate pages",
        why: "Their text is the same or nearly the same as that of another page.",
        measure: Measure::Group,
        group: MetricGroup::Core,
        holds: |row, _| row.judgement.duplicate_group.is_some(),
        is_known: |row| row.measures.is_some(),
    },
];

/// Returns all findings with their pages.
pub fn find<'a>(rows: &'a [PageRow], rules: &Rules) -> Vec<FindingPages<'a>> {
    find_in_spaces(rows, &|_| rules)
}

/// Returns all findings with their pages. `rules` returns the rules of each space: those of the run that measured it.
pub fn find_in_spaces<'a, 'r>(rows: &'a [PageRow], rules: &dyn Fn(&str) -> &'r Rules) -> Vec<FindingPages<'a>> {
    FINDINGS.iter().map(|finding| of_kind(finding, rows, rules)).collect()
}

fn of_kind<'a, 'r>(
    finding: &'static Finding,
    rows: &'a [PageRow],
    rules: &dyn Fn(&str) -> &'r Rules,
) -> FindingPages<'a> {
    let thresholds = |row: &PageRow| rules(&row.place.space_key).of(&row.place);
    let listed = rows.iter().filter(|row| (finding.holds)(row, &thresholds(row)));
    let mut pages: Vec<ListedPage<'a>> = listed.map(|row| ListedPage { row, value: finding.measure.of(row) }).collect();
    // unknown values come last in both orders
    if finding.measure.is_ascending() {
        pages.sort_by_key(|listed| (listed.value.is_none(), listed.value));
    } else {
        pages.sort_by_key(|listed| Reverse(listed.value));
    }
    let is_open = |row: &&PageRow| finding.measure == Measure::DaysInState && may_stall(row, &thresholds(row));
    let undecided = rows.iter().filter(is_open).count() as u64;
    let is_unread = !rows.is_empty() && !rows.iter().any(finding.is_known);
    FindingPages { finding, unknown: is_unread || (pages.is_empty() && undecided > 0), pages, undecided }
}

/// Returns whether a page waits in a state and may have exceeded the threshold: it is not known for how long it waits, or
/// the history is shorter than the threshold.
fn may_stall(row: &PageRow, thresholds: &Thresholds) -> bool {
    let is_short = |wait: Wait| wait.days < i64::from(thresholds.stalled_days);
    row.workflow.waits() && Wait::of(row).is_none_or(|wait| wait.is_at_least && is_short(wait))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spreadsheet::Value;

    fn page(id: &str, labels: Option<Vec<String>>, days: Option<i64>) -> PageRow {
        let mut row = PageRow { id: id.to_owned(), ..PageRow::default() };
        row.place.labels = labels;
        row.people.days_since_update = days;
        row
    }

    /// A page of unknown age must not look like one that was edited today.
    #[test]
    fn a_page_of_unknown_value_comes_last_with_an_empty_cell() {
        let rows = [
            page("1", Some(Vec::new()), None),
            page("2", Some(Vec::new()), Some(0)),
            page("3", Some(Vec::new()), Some(9)),
            page("4", Some(vec!["kept".to_owned()]), Some(99)),
            page("5", None, Some(99)),
        ];
        let found = find(&rows, &Rules::default());
        let found = found.iter().find(|found| found.finding.id == "without_labels").unwrap();
        let listed: Vec<_> = found.pages.iter().map(|listed| (listed.row.id.as_str(), listed.value)).collect();
        assert_eq!(listed, [("3", Some(9)), ("2", Some(0)), ("1", None)]);
        let frame = super::super::tests::frame();
        let value = COLUMNS.iter().find(|column| column.name == "value").unwrap();
        let values: Vec<Value> = rows_of(found, &frame).map(|row| value.value(&row)).collect();
        assert_eq!(values, [Value::Integer(9), Value::Integer(0), Value::Empty]);
        assert!(!found.unknown && find(&[], &Rules::default()).iter().all(|found| !found.unknown));
    }

    #[test]
    fn stubs_with_the_fewest_words_come_first() {
        let stub = |id: &str, words| {
            let mut row = page(id, None, None);
            row.measures = Some(Box::new(storage_format::Measures { words, ..Default::default() }));
            row.judgement.is_stub = Some(true);
            row
        };
        let rows = [stub("1", 30), stub("2", 3)];
        let found = find(&rows, &Rules::default());
        let stubs = found.iter().find(|found| found.finding.measure == Measure::Words).unwrap();
        assert_eq!(stubs.pages.iter().map(|listed| listed.value).collect::<Vec<_>>(), [Some(3), Some(30)]);
    }
}
