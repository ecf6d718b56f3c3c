//! Findings and changes: lists of pages, of which the first stand in the page and all in a CSV.

use crate::inventory::snapshot::MetricGroup;
use crate::metrics::changes::{Change, ChangeKind, counts};
use crate::metrics::findings::{Found, Listed, Measure};
use crate::report::format;
use crate::report::html::data::rank;

use super::SnapshotView;
use super::shown::{self, PageLink};

/// Pages of one list that stand in the page.
pub(super) const LISTED: usize = 100;

/// One finding.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) why: &'static str,
    /// What it is sorted by.
    pub(super) measure: Measure,
    pub(super) pages: u64,
    pub(super) rows: Vec<FoundRow>,
    /// What it needs was not read: the sentence that says so.
    pub(super) unknown: Option<String>,
}

/// One page of a finding.
#[derive(Debug)]
pub(super) struct FoundRow {
    pub(super) page: PageLink,
    pub(super) page_rank: usize,
    pub(super) space: String,
    pub(super) space_rank: usize,
    /// What the list is sorted by: bytes, or any other number.
    pub(super) value: Measured,
    pub(super) owner: Option<String>,
    pub(super) owner_rank: usize,
    /// Days since the last edit.
    pub(super) edited: Option<i64>,
    pub(super) health: u64,
}

/// The value of a page in a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measured {
    Bytes(u64),
    Number(i64),
    /// It holds, but by how much is not known.
    Unknown,
}

impl Measured {
    pub(super) fn words(self) -> String {
        match self {
            Self::Number(number) => shown::number(number),
            Self::Bytes(bytes) => format::bytes(bytes),
            Self::Unknown => String::new(),
        }
    }
}

impl FoundRow {
    pub(super) fn edited_words(&self) -> String {
        self.edited.map(|days| format!("{} ago", shown::days(days))).unwrap_or_default()
    }
}

impl Finding {
    /// Pages that only the CSV has.
    pub(super) fn more(&self) -> u64 {
        self.pages.saturating_sub(self.rows.len() as u64)
    }

    /// A heading of what begins with the smallest is not marked as one of numbers, which are sorted descending first.
    pub(super) fn is_ascending(&self) -> bool {
        self.measure.is_ascending()
    }

    /// Whether the last edit is a column of its own, and not what the list is sorted by.
    pub(super) fn has_last_edit(&self) -> bool {
        self.measure != Measure::DaysSinceEdit
    }

    /// The heading of its column of values, with a capital.
    pub(super) fn heading(&self) -> String {
        let mut letters = self.measure.name().chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    }
}

/// All findings, in their order.
pub(super) fn findings(view: &SnapshotView<'_>) -> Vec<Finding> {
    view.findings.iter().map(|found| finding(view, found)).collect()
}

fn finding(view: &SnapshotView<'_>, found: &Found<'_>) -> Finding {
    let shown = &found.pages[..found.pages.len().min(LISTED)];
    let owner = |listed: &Listed<'_>| listed.row.people.owner.as_ref().map(shown::person);
    let owners: Vec<String> = shown.iter().map(|listed| owner(listed).unwrap_or_default()).collect();
    let titles = rank(shown, |listed| &listed.row.title);
    let spaces = rank(shown, |listed| &listed.row.place.space_key);
    let owner_ranks = rank(&owners, |owner| owner);
    let rows = shown.iter().enumerate().map(|(at, listed)| FoundRow {
        page: PageLink::of(listed.row),
        page_rank: titles[at],
        space: format::visible(&listed.row.place.space_key).into_owned(),
        space_rank: spaces[at],
        value: measured(found.finding.measure, listed.value),
        owner: owner(listed),
        owner_rank: owner_ranks[at],
        edited: listed.row.people.days_since_update,
        health: listed.row.judgement.health_score,
    });
    Finding {
        id: found.finding.id,
        title: found.finding.title,
        why: found.finding.why,
        measure: found.finding.measure,
        pages: found.pages.len() as u64,
        rows: rows.collect(),
        unknown: found.unknown.then(|| not_read(view, found.finding.group)),
    }
}

fn measured(measure: Measure, value: Option<i64>) -> Measured {
    match (measure, value) {
        (_, None) => Measured::Unknown,
        (Measure::Bytes, Some(bytes)) => Measured::Bytes(u64::try_from(bytes).unwrap_or(0)),
        (_, Some(number)) => Measured::Number(number),
    }
}

fn not_read(view: &SnapshotView<'_>, group: MetricGroup) -> String {
    let group = group.name();
    if view.groups.contains(&group) {
        format!("Not known: the group {group} was asked for, but the site told nothing of it. See the notes.")
    } else {
        format!("Not read: add {group} to --metrics.")
    }
}

/// The changes of one kind.
#[derive(Debug)]
pub(super) struct Changes {
    pub(super) kind: &'static str,
    pub(super) heading: &'static str,
    pub(super) pages: u64,
    pub(super) rows: Vec<ChangeRow>,
}

/// One change.
#[derive(Debug)]
pub(super) struct ChangeRow {
    pub(super) page: PageLink,
    pub(super) space: String,
    pub(super) detail: String,
}

impl Changes {
    /// Changes that are not listed.
    pub(super) fn more(&self) -> u64 {
        self.pages.saturating_sub(self.rows.len() as u64)
    }
}

/// The changes by kind, all kinds in their order; `None` without a snapshot before.
pub(super) fn changes(view: &SnapshotView<'_>) -> Option<Vec<Changes>> {
    let changes = view.changes?;
    let counts = counts(changes);
    let of_kind = |kind: ChangeKind| Changes {
        kind: kind.name(),
        heading: heading(kind),
        pages: counts.get(&kind).copied().unwrap_or(0),
        rows: changes.iter().filter(|change| change.kind == kind).take(LISTED).map(change_row).collect(),
    };
    Some(ChangeKind::ALL.into_iter().map(of_kind).collect())
}

fn heading(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::New => "New pages",
        ChangeKind::Edited => "Edited pages",
        ChangeKind::Moved => "Moved pages",
        ChangeKind::Retitled => "Retitled pages",
        ChangeKind::Archived => "Archived pages",
        ChangeKind::Gone => "Pages that are gone",
    }
}

fn change_row(change: &Change) -> ChangeRow {
    ChangeRow {
        page: PageLink::new(&change.title, &change.url),
        space: format::visible(&change.space_key).into_owned(),
        detail: format::visible(&change.detail).into_owned(),
    }
}
