//! Findings and changes: lists of pages, of which the first stand in the page and all in a CSV.

use std::collections::BTreeMap;

use crate::inventory::snapshot::MetricGroup;
use crate::metrics::changes::{Change, ChangeKind, counts};
use crate::metrics::comparison::named;
use crate::metrics::findings::{Found, Listed, Measure};
use crate::metrics::link_problems::{self, LinkProblem};
use crate::metrics::row::PageRow;
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
    /// The links of its pages, where it is about links and they are known by name: they stand in place of its pages.
    pub(super) links: Vec<LinkRow>,
    /// All of them.
    pub(super) all_links: u64,
    /// What its pages and links do not say.
    pub(super) remarks: Vec<String>,
    /// What it needs was not read: the sentence that says so.
    pub(super) unknown: Option<String>,
    /// Of which pages it is not known whether they belong to it; empty where there is none.
    pub(super) undecided: String,
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

/// One link of a page that leads nowhere.
#[derive(Debug)]
pub(super) struct LinkRow {
    pub(super) page: PageLink,
    pub(super) page_rank: usize,
    pub(super) space: String,
    pub(super) space_rank: usize,
    /// What it leads to, and which kind of thing that is.
    pub(super) target: String,
    pub(super) target_rank: usize,
    pub(super) kind: &'static str,
    pub(super) why: &'static str,
}

/// The value of a page in a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measured {
    Bytes(u64),
    Number(i64),
    /// So much, or more.
    AtLeast(i64),
    /// It holds, but by how much is not known.
    Unknown,
}

impl Measured {
    pub(super) fn words(self) -> String {
        match self {
            Self::Number(number) => shown::number(number),
            Self::AtLeast(number) => format!("at least {}", shown::number(number)),
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
    /// Pages, or links, that only the CSV has.
    pub(super) fn more(&self) -> u64 {
        if self.links.is_empty() {
            self.pages.saturating_sub(self.rows.len() as u64)
        } else {
            self.all_links.saturating_sub(self.links.len() as u64)
        }
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
    Finding {
        links: links(&broken().take(LISTED).collect::<Vec<_>>()),
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
            pages => format!("Not known yet of {}: {NOTHING_TELLS}", shown::pages(pages)),
        }),
        undecided: match found.undecided {
            0 => String::new(),
            1 => format!("Not known of 1 more page: {NOTHING_TELLS}"),
            pages => format!("Not known of {} more pages: {NOTHING_TELLS}", format::count(pages)),
        },
    }
}

/// Why it is not known whether an approval stalls.
const NOTHING_TELLS: &str =
    "nothing tells since when they are in their state, and the snapshots do not reach back as far as the threshold.";

fn links(shown: &[(&PageRow, &LinkProblem)]) -> Vec<LinkRow> {
    let targets: Vec<String> = shown.iter().map(|(_, problem)| problem.target()).collect();
    let pages = rank(shown, |(row, _)| &row.title);
    let spaces = rank(shown, |(row, _)| &row.place.space_key);
    let target_ranks = rank(&targets, |target| target);
    let link = |(at, (row, problem)): (usize, &(&PageRow, &LinkProblem))| LinkRow {
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
            "{} on {} were counted without their names being kept: the next snapshot names them.",
            format::plural(nameless, "broken link", "broken links"),
            shown::pages(pages)
        )
    });
    let archived = (archived > 0).then(|| {
        format!(
            "{} to archived pages, which work, in findings/archived_links.csv.",
            format::plural(archived, "link leads", "links lead")
        )
    });
    let scope = (!view.whole_site).then(|| {
        "Only some spaces were read: links to titles, files and anchors in other spaces are not judged.".to_owned()
    });
    [unnamed, archived, scope].into_iter().flatten().collect()
}

fn measured(measure: Measure, listed: &Listed<'_>) -> Measured {
    match (measure, listed.value) {
        (_, None) => Measured::Unknown,
        (Measure::DaysInState, Some(days)) if listed.row.workflow.since_is_at_least == Some(true) => {
            Measured::AtLeast(days)
        }
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
        heading: heading(kind, view.whole_site),
        pages: counts.get(&kind).copied().unwrap_or(0),
        rows: changes.iter().filter(|change| change.kind == kind).take(LISTED).map(change_row).collect(),
    };
    Some(ChangeKind::ALL.into_iter().map(of_kind).collect())
}

/// Between which weeks the changes lie: a space that the week before does not hold has those since an older one.
pub(super) fn changes_since(view: &SnapshotView<'_>) -> String {
    let Some(previous) = view.previous else { return String::new() };
    let mut by_week: BTreeMap<Option<&str>, Vec<String>> = BTreeMap::new();
    for (key, _) in view.spaces {
        by_week.entry(previous.spaces.get(key).map(String::as_str)).or_default().push(key.clone());
    }
    let unseen = by_week.remove(&None);
    let mut weeks = by_week.into_iter().rev();
    let Some((Some(newest), _)) = weeks.next() else {
        return "No snapshot before holds one of these spaces.".to_owned();
    };
    let mut sentences = vec![format!("Between {newest} and {}.", view.frame.week)];
    for (week, spaces) in weeks {
        sentences.push(format!("Of {} since {}.", named(&spaces), week.unwrap_or_default()));
    }
    sentences.extend(unseen.map(|spaces| format!("No snapshot before holds {}.", named(&spaces))));
    format::visible(&sentences.join(" ")).into_owned()
}

fn heading(kind: ChangeKind, whole_site: bool) -> &'static str {
    match kind {
        ChangeKind::New => "New pages",
        ChangeKind::Edited => "Edited pages",
        ChangeKind::Moved => "Moved pages",
        ChangeKind::Retitled => "Retitled pages",
        ChangeKind::Archived => "Archived pages",
        ChangeKind::Gone if whole_site => "Pages that are gone",
        ChangeKind::Gone => "No longer in the spaces that were read",
    }
}

fn change_row(change: &Change) -> ChangeRow {
    ChangeRow {
        page: PageLink::new(&change.title, &change.url),
        space: format::visible(&change.space_key).into_owned(),
        detail: format::visible(&change.detail).into_owned(),
    }
}
