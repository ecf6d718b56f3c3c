//! Findings and changes: lists of pages. The dashboard has the first rows of each, a CSV file has all.

use std::collections::BTreeMap;

use crate::inventory::snapshot::MetricGroup;
use crate::metrics::changes::{ChangeKind, PageChange, counts};
use crate::metrics::comparison::named;
use crate::metrics::findings::{FindingPages, ListedPage, Measure};
use crate::metrics::link_problems::{self, LinkProblem};
use crate::metrics::page_row::PageRow;
use crate::report::format;
use crate::report::html::data::rank;

use super::SnapshotView;
use super::display::{self, PageLink};

/// Maximum number of rows of a list on the dashboard.
pub(super) const MAX_ROWS: usize = 100;

#[derive(Debug)]
pub(super) struct FindingSection {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) why: &'static str,
    /// The measure the list is sorted by.
    pub(super) measure: Measure,
    pub(super) pages: u64,
    pub(super) rows: Vec<FindingPageRow>,
    /// The broken links, if the finding is about links and they are known by name; they replace the list of pages.
    pub(super) links: Vec<BrokenLinkRow>,
    /// Number of all links.
    pub(super) all_links: u64,
    /// Remarks on the list.
    pub(super) remarks: Vec<String>,
    /// Why the finding is not known; `None` if it is known.
    pub(super) unknown: Option<String>,
    /// Sentence on the pages of which it is not known whether they belong to the list; empty if there are none.
    pub(super) undecided: String,
}

#[derive(Debug)]
pub(super) struct FindingPageRow {
    pub(super) page: PageLink,
    pub(super) page_rank: usize,
    pub(super) space: String,
    pub(super) space_rank: usize,
    /// The value that the list is sorted by.
    pub(super) value: FindingValue,
    pub(super) owner: Option<String>,
    pub(super) owner_rank: usize,
    /// Days since the last edit, if known.
    pub(super) edited: Option<i64>,
    pub(super) health: u64,
}

#[derive(Debug)]
pub(super) struct BrokenLinkRow {
    pub(super) page: PageLink,
    pub(super) page_rank: usize,
    pub(super) space: String,
    pub(super) space_rank: usize,
    /// Target of the link; `kind` says what it is.
    pub(super) target: String,
    pub(super) target_rank: usize,
    pub(super) kind: &'static str,
    pub(super) why: &'static str,
}

/// The value that a finding is sorted by, for one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FindingValue {
    Bytes(u64),
    Number(i64),
    /// A lower bound.
    AtLeast(i64),
    /// The page belongs to the finding, but the value is not known.
    Unknown,
}

impl FindingValue {
    pub(super) fn text(self) -> String {
        match self {
            Self::Number(number) => display::number(number),
            Self::AtLeast(number) => format!("at least {}", display::number(number)),
            Self::Bytes(bytes) => format::bytes(bytes),
            Self::Unknown => String::new(),
        }
    }
}

impl FindingPageRow {
    pub(super) fn edited_text(&self) -> String {
        self.edited.map(|days| format!("{} ago", display::days(days))).unwrap_or_default()
    }
}

impl FindingSection {
    /// Returns the number of pages, or links, that only the CSV has.
    pub(super) fn more(&self) -> u64 {
        if self.links.is_empty() {
            self.pages.saturating_sub(self.rows.len() as u64)
        } else {
            self.all_links.saturating_sub(self.links.len() as u64)
        }
    }

    /// Whether the list is sorted ascending. Its heading is then not marked as numeric, because numeric headings sort
    /// descending first.
    pub(super) fn is_ascending(&self) -> bool {
        self.measure.is_ascending()
    }

    /// Whether the last edit has its own column; not if the list is sorted by it.
    pub(super) fn has_last_edit_column(&self) -> bool {
        self.measure != Measure::DaysSinceEdit
    }

    /// Returns the heading of the value column, capitalized.
    pub(super) fn heading(&self) -> String {
        let mut letters = self.measure.name().chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    }
}

/// Returns all findings, in their order.
pub(super) fn findings(view: &SnapshotView<'_>) -> Vec<FindingSection> {
    view.findings.iter().map(|found| finding(view, found)).collect()
}

fn finding(view: &SnapshotView<'_>, found: &FindingPages<'_>) -> FindingSection {
    let shown = &found.pages[..found.pages.len().min(MAX_ROWS)];
    let owner = |listed: &ListedPage<'_>| listed.row.people.owner.as_ref().map(display::person);
    let owners: Vec<String> = shown.iter().map(|listed| owner(listed).unwrap_or_default()).collect();
    let titles = rank(shown, |listed| &listed.row.title);
    let spaces = rank(shown, |listed| &listed.row.place.space_key);
    let owner_ranks = rank(&owners, |owner| owner);
    let rows = shown.iter().enumerate().map(|(at, listed)| FindingPageRow {
        page: PageLink::of(listed.row),
        page_rank: titles[at],
        space: format::visible(&listed.row.place.space_key).into_owned(),
        space_rank: spaces[at],
        value: measured(found.finding.measure, listed),
        owner: owner(listed),
        owner_rank: owner_ranks[at],
        edited: listed.row.people.days_since_update,
        health: listed.row.judgement.health_score,
    });
    let is_of_links = found.finding.measure == Measure::BrokenLinks;
    let broken = || {
        let rows = found.pages.iter().map(|listed| listed.row).filter(|_| is_of_links);
        rows.flat_map(|row| row.links.problems.iter().flatten().map(move |problem| (row, problem)))
            .filter(|(_, problem)| problem.is_broken())
    };
    FindingSection {
        links: links(&broken().take(MAX_ROWS).collect::<Vec<_>>()),
        all_links: broken().count() as u64,
        remarks: if is_of_links { remarks_of_links(view) } else { Vec::new() },
        id: found.finding.id,
        title: found.finding.title,
        why: found.finding.why,
        measure: found.finding.measure,
        pages: found.pages.len() as u64,
        rows: rows.collect(),
        unknown: found.unknown.then(|| match found.undecided {
            0 => not_read(view, found.finding.group),
            pages => format!("Not known yet for {}: {UNKNOWN_SINCE}", display::pages(pages)),
        }),
        undecided: match found.undecided {
            0 => String::new(),
            1 => format!("Not known for 1 more page: {UNKNOWN_SINCE}"),
            pages => format!("Not known for {} more pages: {UNKNOWN_SINCE}", format::count(pages)),
        },
    }
}

/// Why it is not known whether an approval is stalled.
const UNKNOWN_SINCE: &str =
    "the source has no date for the state, and the snapshots do not go back as far as the threshold.";

fn links(shown: &[(&PageRow, &LinkProblem)]) -> Vec<BrokenLinkRow> {
    let targets: Vec<String> = shown.iter().map(|(_, problem)| problem.target()).collect();
    let pages = rank(shown, |(row, _)| &row.title);
    let spaces = rank(shown, |(row, _)| &row.place.space_key);
    let target_ranks = rank(&targets, |target| target);
    let link = |(at, (row, problem)): (usize, &(&PageRow, &LinkProblem))| BrokenLinkRow {
        page: PageLink::of(row),
        page_rank: pages[at],
        space: format::visible(&row.place.space_key).into_owned(),
        space_rank: spaces[at],
        target: format::visible(&targets[at]).into_owned(),
        target_rank: target_ranks[at],
        kind: problem.kind.name(),
        why: problem.why.words(),
    };
    shown.iter().enumerate().map(link).collect()
}

fn remarks_of_links(view: &SnapshotView<'_>) -> Vec<String> {
    let (nameless, pages) = link_problems::nameless(view.rows);
    let archived = link_problems::rows(view.rows, view.frame, false).count() as u64;
    let unnamed = (nameless > 0).then(|| {
        format!(
            "The targets of {} on {} are not known: only the number was kept. The next snapshot lists them.",
            format::plural(nameless, "broken link", "broken links"),
            display::pages(pages)
        )
    });
    let archived = (archived > 0).then(|| {
        format!(
            "findings/archived_links.csv lists {} to archived pages; these are not broken.",
            format::plural(archived, "link", "links")
        )
    });
    let scope = (!view.whole_site).then(|| {
        "Only some spaces were read: links to titles, files and anchors in other spaces are not checked.".to_owned()
    });
    [unnamed, archived, scope].into_iter().flatten().collect()
}

fn measured(measure: Measure, listed: &ListedPage<'_>) -> FindingValue {
    match (measure, listed.value) {
        (_, None) => FindingValue::Unknown,
        (Measure::DaysInState, Some(days)) if listed.row.workflow.since_is_at_least == Some(true) => {
            FindingValue::AtLeast(days)
        }
        (Measure::Bytes, Some(bytes)) => FindingValue::Bytes(u64::try_from(bytes).unwrap_or(0)),
        (_, Some(number)) => FindingValue::Number(number),
    }
}

fn not_read(view: &SnapshotView<'_>, group: MetricGroup) -> String {
    let group = group.name();
    if view.groups.contains(&group) {
        format!("Not known: the group {group} was requested, but the site returned no data for it. See the notes.")
    } else {
        format!("Not read: add {group} to --metrics.")
    }
}

/// The changes of one kind.
#[derive(Debug)]
pub(super) struct ChangeSection {
    pub(super) kind: &'static str,
    pub(super) heading: &'static str,
    pub(super) pages: u64,
    pub(super) rows: Vec<ChangeRow>,
}

#[derive(Debug)]
pub(super) struct ChangeRow {
    pub(super) page: PageLink,
    pub(super) space: String,
    pub(super) detail: String,
}

impl ChangeSection {
    /// Returns the number of changes that are not listed.
    pub(super) fn more(&self) -> u64 {
        self.pages.saturating_sub(self.rows.len() as u64)
    }
}

/// Returns the changes by kind, in the order of the kinds; `None` without an earlier snapshot.
pub(super) fn changes(view: &SnapshotView<'_>) -> Option<Vec<ChangeSection>> {
    let changes = view.changes?;
    let counts = counts(changes);
    let of_kind = |kind: ChangeKind| ChangeSection {
        kind: kind.name(),
        heading: heading(kind, view.whole_site),
        pages: counts.get(&kind).copied().unwrap_or(0),
        rows: changes.iter().filter(|change| change.kind == kind).take(MAX_ROWS).map(change_row).collect(),
    };
    Some(ChangeKind::ALL.into_iter().map(of_kind).collect())
}

/// Says between which weeks the changes happened: a space that the previous week lacks is compared with an older one.
pub(super) fn changes_since(view: &SnapshotView<'_>) -> String {
    let Some(previous) = view.previous else { return String::new() };
    let mut by_week: BTreeMap<Option<&str>, Vec<String>> = BTreeMap::new();
    for (key, _) in view.spaces {
        by_week.entry(previous.spaces.get(key).map(String::as_str)).or_default().push(key.clone());
    }
    let new_spaces = by_week.remove(&None);
    let mut weeks = by_week.into_iter().rev();
    let Some((Some(newest), _)) = weeks.next() else {
        return "No earlier snapshot has any of these spaces.".to_owned();
    };
    let mut sentences = vec![format!("Between {newest} and {}.", view.frame.week)];
    for (week, spaces) in weeks {
        sentences.push(format!("For {} since {}.", named(&spaces), week.unwrap_or_default()));
    }
    sentences.extend(new_spaces.map(|spaces| format!("No earlier snapshot has {}.", named(&spaces))));
    format::visible(&sentences.join(" ")).into_owned()
}

fn heading(kind: ChangeKind, whole_site: bool) -> &'static str {
    match kind {
        ChangeKind::New => "New pages",
        ChangeKind::Edited => "Edited pages",
        ChangeKind::Moved => "Moved pages",
        ChangeKind::Retitled => "Retitled pages",
        ChangeKind::Archived => "Archived pages",
        ChangeKind::Gone if whole_site => "Pages no longer found",
        ChangeKind::Gone => "No longer in the spaces that were read",
    }
}

fn change_row(change: &PageChange) -> ChangeRow {
    ChangeRow {
        page: PageLink::new(&change.title, &change.url),
        space: format::visible(&change.space_key).into_owned(),
        detail: format::visible(&change.detail).into_owned(),
    }
}
