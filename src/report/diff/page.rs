//! The page of a comparison.

use std::cmp::Reverse;

use askama::Template;

use super::change_row::ChangedFileRow;
use super::{DiffSide, DiffView};
use crate::comparison::{ChangeTotals, FileChangeKind, StorageChange, StorageFigures};
use crate::inventory::coverage::Gap;
use crate::report::html::assets::PageScript;
use crate::report::html::gap_rows::{GAPS, GapRow, gap_row};
use crate::report::html::page_frame::{PageFrame, PageFrameInput, PageLocation};
use crate::report::html::{filters, render};
use crate::report::report_view::ReportView;
use crate::report::{ReportError, format, not_covered_by};

/// Rows of each table; the CSV files have all.
const ROWS: usize = 100;

#[derive(Template)]
#[template(path = "diff.html")]
struct DiffPage {
    frame: PageFrame,
    /// Why verdicts are not compared, one reason per entry.
    obstacles: Vec<String>,
    remarks: Vec<String>,
    figures: Vec<ShownFigure>,
    kinds: Vec<KindSection>,
    spaces: Vec<SpaceChangeRow>,
    space_count: usize,
    more_spaces: usize,
    gaps: Vec<GapRow>,
    more_gaps: usize,
    about: Vec<(&'static str, String)>,
}

/// A headline figure.
struct ShownFigure {
    label: &'static str,
    class: &'static str,
    value: String,
    detail: String,
}

/// The changes of one kind.
struct KindSection {
    kind: FileChangeKind,
    totals: ChangeTotals,
    rows: Vec<ChangedFileRow>,
    more: usize,
}

struct SpaceChangeRow {
    name: String,
    key: String,
    /// Whether it is new or gone, in words.
    state: &'static str,
    change: StorageChange,
    newly_unreferenced: ChangeTotals,
}

impl SpaceChangeRow {
    fn files(&self) -> String {
        counts(&self.change, |figures| Some(figures.files))
    }

    fn bytes(&self) -> String {
        sizes(&self.change, |figures| Some(figures.bytes))
    }

    fn trash(&self) -> String {
        sizes(&self.change, |figures| (!figures.trash_at_least).then_some(figures.trash_bytes))
    }

    fn unreferenced(&self) -> String {
        sizes(&self.change, |figures| figures.unreferenced_bytes)
    }

    fn bytes_delta(&self) -> Option<i64> {
        self.change.bytes_delta(|figures| Some(figures.bytes))
    }

    /// The difference in words.
    fn difference(&self) -> String {
        self.bytes_delta().map_or_else(|| "not known".to_owned(), signed_bytes)
    }

    /// The difference as a sort key.
    fn rank(&self) -> i64 {
        self.bytes_delta().unwrap_or(0)
    }
}

/// Renders the page.
pub(super) fn render_page(view: &DiffView<'_>) -> Result<String, ReportError> {
    let comparison = view.input.comparison;
    let kinds: Vec<KindSection> = FileChangeKind::ALL
        .into_iter()
        .filter_map(|kind| {
            let changes = comparison.of(kind);
            let rows = changes.iter().take(ROWS).filter_map(|change| view.row(change));
            let rows: Vec<ChangedFileRow> = rows.map(|row| ChangedFileRow::new(&row)).collect();
            let more = changes.len() - rows.len();
            (!rows.is_empty()).then(|| KindSection { kind, totals: comparison.totals(kind), rows, more })
        })
        .collect();
    let mut spaces: Vec<SpaceChangeRow> = comparison.spaces.iter().map(space_row).collect();
    let space_count = spaces.len();
    spaces.sort_by_key(|space| Reverse((space.rank().unsigned_abs(), space.newly_unreferenced.bytes)));
    spaces.truncate(ROWS);
    let (gaps, more_gaps) = gaps(view);
    let page = DiffPage {
        frame: frame(view),
        obstacles: comparison.obstacles.iter().map(|obstacle| format::visible(&obstacle.text).into_owned()).collect(),
        remarks: remarks(view),
        figures: figures(view),
        kinds,
        more_spaces: space_count - spaces.len(),
        space_count,
        spaces,
        gaps,
        more_gaps,
        about: about(view),
    };
    render("index.html", &page)
}

fn frame(view: &DiffView<'_>) -> PageFrame {
    let (old, new) = (&view.old.inventory.scan, &view.new.inventory.scan);
    let reasons = |name: &str, view: &ReportView<'_>| -> Vec<String> {
        view.incomplete_reasons.iter().map(|reason| format!("{name} run: {reason}")).collect()
    };
    let reasons = [reasons("old", &view.old), reasons("new", &view.new)].concat();
    let read = match (view.old.complete, view.new.complete) {
        (true, true) => "Both runs read everything that was planned",
        (false, true) => "The old run did not read everything that was planned",
        (true, false) => "The new run did not read everything that was planned",
        (false, false) => "Neither run read everything that was planned",
    };
    let frame = PageFrame::of(PageFrameInput {
        heading: "Comparison of two audits".to_owned(),
        location: PageLocation::Dashboard,
        script: PageScript::Small,
        complete: view.is_complete(),
        reasons: &reasons,
        coverage: &view.new.inventory.coverage,
        site: &new.base_url,
        account: &new.account.name,
        at: new.started_at,
        scope: vec![format!("compared with the run of {}", format::minute(old.started_at))],
        not_covered: not_covered_by(view.new.inventory),
    });
    PageFrame { read: read.to_owned(), ..frame }
}

fn figures(view: &DiffView<'_>) -> Vec<ShownFigure> {
    let comparison = view.input.comparison;
    let site = &comparison.site;
    let of = |label, class, kind| {
        let totals = comparison.totals(kind);
        ShownFigure { label, class, value: at_least(&totals), detail: files(totals.files) }
    };
    let unreferenced = sizes(site, |figures| figures.unreferenced_bytes);
    let unreferenced_files = counts(site, |figures| figures.unreferenced_files);
    let newly = if comparison.is_comparable() {
        of("Newly unreferenced", "unreferenced", FileChangeKind::NewlyUnreferenced)
    } else {
        let detail = "the runs cannot be compared".to_owned();
        ShownFigure { label: "Newly unreferenced", class: "undetermined", value: "not known".to_owned(), detail }
    };
    let is_presence_known = comparison.of(FileChangeKind::OnlyInNew).is_empty();
    let is_absence_known = comparison.of(FileChangeKind::OnlyInOld).is_empty();
    let unknown = |figure: ShownFigure, known: bool| {
        if known {
            figure
        } else {
            ShownFigure {
                value: "not known".to_owned(),
                detail: "the runs cannot be compared".to_owned(),
                class: "undetermined",
                ..figure
            }
        }
    };
    let stored = site.bytes_delta(|figures| Some(figures.bytes));
    vec![
        ShownFigure {
            label: "Stored",
            class: "",
            value: stored.map_or_else(|| "not known".to_owned(), signed_bytes),
            detail: sizes(site, |figures| Some(figures.bytes)),
        },
        ShownFigure { label: "Unreferenced", class: "", value: unreferenced, detail: unreferenced_files },
        newly,
        unknown(of("Newly used", "", FileChangeKind::NewlyUsed), comparison.knows_new_uses()),
        unknown(of("New files", "", FileChangeKind::New), is_presence_known),
        unknown(of("Files gone", "", FileChangeKind::Gone), is_absence_known),
        of("Grown", "", FileChangeKind::Grown),
        of("Moved to the trash", "", FileChangeKind::Trashed),
    ]
}

fn space_row(space: &crate::comparison::SpaceChange) -> SpaceChangeRow {
    let state = match (space.was_listed, space.is_listed) {
        (false, true) => "not listed before",
        (true, false) => "not listed now",
        _ => "",
    };
    SpaceChangeRow {
        name: format::visible(&space.name).into_owned(),
        key: format::visible(&space.key).into_owned(),
        state,
        change: space.figures,
        newly_unreferenced: space.newly_unreferenced,
    }
}

/// Returns the remarks that are no obstacles.
fn remarks(view: &DiffView<'_>) -> Vec<String> {
    let mut remarks = Vec::new();
    let (old, new) = (&view.old.inventory.scan, &view.new.inventory.scan);
    if (old.started_at, old.finished_at) > (new.started_at, new.finished_at) {
        remarks.push("The old run is newer than the new run: they are probably exchanged.".to_owned());
    }
    if !view.input.comparison.site.has_equal_sizes && view.is_complete() {
        remarks.push(
            "The size of some versions is known in one of the runs only, so differences in bytes are not known."
                .to_owned(),
        );
    }
    remarks
}

/// Returns what the incomplete runs did not read.
fn gaps(view: &DiffView<'_>) -> (Vec<GapRow>, usize) {
    let of = |name: &'static str, view: &ReportView<'_>| -> Vec<GapRow> {
        let gaps: &[Gap] = if view.complete { &[] } else { &view.inventory.coverage.gaps };
        let row = |gap: &Gap| {
            let row = gap_row(gap);
            GapRow { subject: format!("{name} run: {}", row.subject), ..row }
        };
        gaps.iter().map(row).collect()
    };
    let mut gaps = of("old", &view.old);
    gaps.extend(of("new", &view.new));
    let more = gaps.len().saturating_sub(GAPS);
    gaps.truncate(GAPS);
    (gaps, more)
}

fn about(view: &DiffView<'_>) -> Vec<(&'static str, String)> {
    let run = |side: DiffSide<'_>, view: &ReportView<'_>| {
        let scan = &view.inventory.scan;
        let state = if view.complete { "complete" } else { "INCOMPLETE" };
        format!(
            "{}, {state}, read by version {} as {}; {}",
            format::minute(scan.started_at),
            scan.program,
            scan.account.name,
            side.path.display()
        )
    };
    let rows = [
        ("Old run", run(view.input.old, &view.old)),
        ("New run", run(view.input.new, &view.new)),
        ("Rules", "both runs are judged by this version of the program and by the rules of the new run".to_owned()),
    ];
    rows.map(|(name, text)| (name, format::visible(&text).into_owned())).into()
}

fn files(number: u64) -> String {
    format::plural(number, "file", "files")
}

fn at_least(totals: &ChangeTotals) -> String {
    let prefix = if totals.at_least { "at least " } else { "" };
    format!("{prefix}{}", format::bytes(totals.bytes))
}

/// Returns `1,204 before, 1,210 now`; what is not known is named.
fn counts(change: &StorageChange, figure: impl Fn(&StorageFigures) -> Option<u64>) -> String {
    both(change, figure, format::count)
}

/// Returns `1.2 GiB before, 1.3 GiB now`.
fn sizes(change: &StorageChange, figure: impl Fn(&StorageFigures) -> Option<u64>) -> String {
    both(change, figure, format::bytes)
}

fn both(
    change: &StorageChange,
    figure: impl Fn(&StorageFigures) -> Option<u64>,
    shown: impl Fn(u64) -> String,
) -> String {
    let side = |figures: &Option<StorageFigures>| {
        figures.as_ref().and_then(&figure).map_or_else(|| "not known".to_owned(), &shown)
    };
    let (before, now) = (side(&change.old), side(&change.new));
    if before == now { now } else { format!("{before} before, {now} now") }
}

/// Returns `+1.2 GiB`, `−1.0 MiB` or `0 bytes`.
fn signed_bytes(difference: i64) -> String {
    let sign = match difference {
        0 => "",
        1.. => "+",
        ..0 => "−",
    };
    format!("{sign}{}", format::bytes(difference.unsigned_abs()))
}
