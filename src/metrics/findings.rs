//! Lists of pages that somebody should look at. One table names them all; each has a list in the dashboard and a CSV.

use std::cmp::Reverse;

use super::columns::{self, Frame, MeasuredPage, Pages};
use super::row::PageRow;
use super::rules::Thresholds;
use super::waits::Wait;
use super::{Rules, Staleness};
use crate::inventory::snapshot::MetricGroup;
use crate::spreadsheet::{Column, Sheet, Value};

/// What the number beside a page of a finding counts, by which the pages are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Days since the last edit.
    DaysSinceEdit,
    /// Days beyond the due date of the workflow.
    DaysOverdue,
    /// Days in the state of the workflow.
    DaysInState,
    /// Words of the page.
    Words,
    /// Versions that were published.
    Versions,
    /// Links to what is not there.
    BrokenLinks,
    /// Bytes of the current files.
    Bytes,
    /// Number of the group of pages with the same text.
    Group,
}

impl Measure {
    /// In words, as the column `measure` has it.
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

    /// Groups stand together in their order, and the pages with the fewest words come first; of all else the most.
    pub fn is_ascending(self) -> bool {
        matches!(self, Self::Words | Self::Group)
    }

    /// Its value for a page; `None` was not read.
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

/// A kind of finding.
#[derive(Clone, Copy)]
pub struct Finding {
    /// Name of its file and anchor.
    pub id: &'static str,
    /// Heading.
    pub title: &'static str,
    /// What it means and why it matters, one sentence.
    pub why: &'static str,
    /// What its pages are sorted by.
    pub measure: Measure,
    /// The group of metrics it needs.
    pub group: MetricGroup,
    /// What a page needs to be listed.
    holds: fn(&PageRow, &Thresholds) -> bool,
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
    /// What it is sorted by ([`Finding::measure`]); `None` where it holds, but by how much is not known.
    pub value: Option<i64>,
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
    /// Pages that may belong to it: nothing tells how long they have been in their state. Where no page is listed beside
    /// them, nothing is said.
    pub undecided: u64,
}

/// All kinds, in the order they are shown.
pub const FINDINGS: &[Finding] = &[
    Finding {
        id: "outdated",
        title: "Outdated pages",
        why: "They were not edited for longer than their threshold.",
        measure: Measure::DaysSinceEdit,
        group: MetricGroup::Core,
        holds: |row, _| row.judgement.staleness.is_some_and(Staleness::is_outdated),
        is_known: |row| row.judgement.staleness.is_some(),
    },
    Finding {
        id: "orphans_tree",
        title: "Pages outside the tree",
        why: "They have no parent that can be read, so nobody comes upon them in the page tree.",
        measure: Measure::DaysSinceEdit,
        group: MetricGroup::Core,
        holds: |row, _| row.judgement.is_orphan_tree == Some(true),
        is_known: |row| row.judgement.is_orphan_tree.is_some(),
    },
    Finding {
        id: "orphans_links",
        title: "Pages that nothing links to",
        why: "No page, post or comment that was read links to them.",
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
        why: "They wait in a state that is not final for longer than the threshold.",
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
        why: "They have little text and nothing else: no image, table, file, included content or child page.",
        measure: Measure::Words,
        group: MetricGroup::Core,
        holds: |row, _| row.judgement.is_stub == Some(true),
        is_known: |row| row.judgement.is_stub.is_some(),
    },
    Finding {
        id: "without_labels",
        title: "Pages without labels",
        why: "Searches and lists by label pass them over.",
        measure: Measure::DaysSinceEdit,
        group: MetricGroup::Core,
        holds: |row, _| row.place.labels.as_ref().is_some_and(Vec::is_empty),
        is_known: |row| row.place.labels.is_some(),
    },
    Finding {
        id: "single_contributor",
        title: "One person's knowledge",
        why: "Only one person ever wrote on them, more than once.",
        measure: Measure::Versions,
        group: MetricGroup::People,
        holds: |row, _| row.people.contributors == Some(1) && row.people.edit_count.is_some_and(|edits| edits > 1),
        is_known: |row| row.people.contributors.is_some(),
    },
    Finding {
        id: "inactive_owner",
        title: "Owners who are gone",
        why: "The account of their owner is not active any more.",
        measure: Measure::DaysSinceEdit,
        group: MetricGroup::People,
        holds: |row, _| row.people.owner.as_ref().is_some_and(|owner| owner.active == Some(false)),
        is_known: |row| row.people.owner.as_ref().is_some_and(|owner| owner.active.is_some()),
    },
    Finding {
        id: "inactive_editor",
        title: "Last edited by somebody who is gone",
        why: "The account of their last editor is not active any more.",
        measure: Measure::DaysSinceEdit,
        group: MetricGroup::People,
        holds: |row, _| row.people.last_editor.as_ref().is_some_and(|who| who.active == Some(false)),
        is_known: |row| row.people.last_editor.as_ref().is_some_and(|who| who.active.is_some()),
    },
    Finding {
        id: "broken_links",
        title: "Broken links",
        why: "They link to pages, files, headings or spaces that are not there.",
        measure: Measure::BrokenLinks,
        group: MetricGroup::Links,
        holds: |row, _| row.links.broken_internal.is_some_and(|links| links > 0),
        is_known: |row| row.links.broken_internal.is_some(),
    },
    Finding {
        id: "unread_with_files",
        title: "Unread pages with many bytes",
        why: "Nobody viewed them in 90 days, and their files are larger than the threshold.",
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
        title: "Pages with the same text",
        why: "Their text is the same as that of another page, or nearly so.",
        measure: Measure::Group,
        group: MetricGroup::Core,
        holds: |row, _| row.judgement.duplicate_group.is_some(),
        is_known: |row| row.measures.is_some(),
    },
];

/// All findings with their pages.
pub fn find<'a>(rows: &'a [PageRow], rules: &Rules) -> Vec<Found<'a>> {
    find_in_spaces(rows, &|_| rules)
}

/// All findings with their pages, where each space has rules of its own: those of the run that measured it.
pub fn find_in_spaces<'a, 'r>(rows: &'a [PageRow], rules: &dyn Fn(&str) -> &'r Rules) -> Vec<Found<'a>> {
    FINDINGS.iter().map(|finding| of_kind(finding, rows, rules)).collect()
}

fn of_kind<'a, 'r>(finding: &'static Finding, rows: &'a [PageRow], rules: &dyn Fn(&str) -> &'r Rules) -> Found<'a> {
    let thresholds = |row: &PageRow| rules(&row.place.space_key).of(&row.place);
    let held = rows.iter().filter(|row| (finding.holds)(row, &thresholds(row)));
    let mut pages: Vec<Listed<'a>> = held.map(|row| Listed { row, value: finding.measure.of(row) }).collect();
    // what is not known comes last, whichever way is sorted
    if finding.measure.is_ascending() {
        pages.sort_by_key(|listed| (listed.value.is_none(), listed.value));
    } else {
        pages.sort_by_key(|listed| Reverse(listed.value));
    }
    let is_open = |row: &&PageRow| finding.measure == Measure::DaysInState && may_stall(row, &thresholds(row));
    let undecided = rows.iter().filter(is_open).count() as u64;
    let is_unread = !rows.is_empty() && !rows.iter().any(finding.is_known);
    Found { finding, unknown: is_unread || (pages.is_empty() && undecided > 0), pages, undecided }
}

/// A page that waits, and nothing tells for how long, or whether it is longer than the history is.
fn may_stall(row: &PageRow, thresholds: &Thresholds) -> bool {
    let is_short = |time: Wait| time.days < i64::from(thresholds.stalled_days);
    row.workflow.waits() && Wait::of(row).is_none_or(|time| time.is_at_least && is_short(time))
}

/// The table of each finding.
#[derive(Debug)]
pub enum Findings {}

/// One row of it.
#[derive(Debug, Clone, Copy)]
pub struct FindingRow<'r> {
    page: MeasuredPage<'r>,
    measure: Measure,
    value: Option<i64>,
}

impl Sheet for Findings {
    type Row<'r> = FindingRow<'r>;
    type Base = Pages;
    type Group = MetricGroup;
    type Restored = ();

    fn base<'a, 'r: 'a>(row: &'a FindingRow<'r>) -> &'a MeasuredPage<'r> {
        &row.page
    }
}

/// The columns of the files of findings.
pub const COLUMNS: &[Column<Findings>] = &[
    of_page("snapshot_week"),
    of_page("page_id"),
    of_page("space_key"),
    of_page("page_title"),
    of_page("page_url"),
    MEASURE,
    VALUE,
    of_page("owner_name"),
    of_page("last_editor"),
    of_page("days_since_update"),
    of_page("workflow_state"),
    of_page("views_90d"),
    of_page("health_score"),
    of_page("workflow_since_is_at_least"),
];

const MEASURE: Column<Findings> = Column::<Findings>::text("measure", |row| Value::text(row.measure.name()))
    .says("What value counts.")
    .from("the kind of finding");
const VALUE: Column<Findings> =
    Column::<Findings>::integer("value", "number", |row| Value::maybe(row.value, Value::Integer))
        .says("What the pages of the list are sorted by.")
        .from("see measure")
        .empty("the page is listed, but by how much is not known");

/// The columns among them that no other table has.
pub(super) const OWN: &[Column<Findings>] = &[MEASURE, VALUE];

const fn of_page(name: &str) -> Column<Findings> {
    Column::of_base(columns::named([name])[0])
}

/// The rows of one finding's file.
pub fn rows_of<'a>(found: &'a Found<'a>, frame: &'a Frame) -> impl Iterator<Item = FindingRow<'a>> + 'a {
    let measure = found.finding.measure;
    found.pages.iter().map(move |Listed { row, value }| FindingRow {
        page: MeasuredPage { row, frame },
        measure,
        value: *value,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(id: &str, labels: Option<Vec<String>>, days: Option<i64>) -> PageRow {
        let mut row = PageRow { id: id.to_owned(), ..PageRow::default() };
        row.place.labels = labels;
        row.people.days_since_update = days;
        row
    }

    /// A page whose age was not read is not one that was changed today.
    #[test]
    fn what_is_not_known_comes_last_and_leaves_its_cell_empty() {
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
