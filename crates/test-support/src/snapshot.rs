//! Sample snapshot of five spaces with findings of every kind, a year of earlier weeks, and hostile titles. Everything
//! is computed from counters, so it is the same in every run.

use chrono::{DateTime, TimeDelta, Utc};
use confluence_storage_analyzer::inventory::Coverage;
use confluence_storage_analyzer::inventory::coverage::{Gap, UnitCounts, UnitEnd, UnitKind};
use confluence_storage_analyzer::inventory::workflow::WorkflowSource;
use confluence_storage_analyzer::metrics::changes::{ChangeKind, PageChange};
use confluence_storage_analyzer::metrics::columns::{self, SnapshotFrame};
use confluence_storage_analyzer::metrics::comparison::SpaceScope;
use confluence_storage_analyzer::metrics::link_problems::{LinkProblem, LinkProblemReason, TargetKind};
use confluence_storage_analyzer::metrics::page_row::{PageRow, Person, SinceFrom};
use confluence_storage_analyzer::metrics::summary::{PageFigures, TableFigures, WeekPoint, WeekStatus};
use confluence_storage_analyzer::metrics::{PreviousSnapshots, Rules, Staleness, approvals, findings};
use confluence_storage_analyzer::report::snapshot::{SnapshotView, index};
use confluence_storage_analyzer::spreadsheet::{Record, RecordHeader};

use storage_format::Measures;

use super::sample::{BASE, HOSTILE, moment};

/// Key and name of each space, by key.
pub const SPACES: [(&str, &str); 5] = [
    ("ARA", "قاعدة المعرفة"),
    ("ENG", "Engineering"),
    ("OPS", "Betriebsübergabe und Grundstücksverkehrsgenehmigungszuständigkeit"),
    ("~kim", "김민준 개인 공간"),
    ("日本", "設計資料"),
];

const PEOPLE: [(&str, &str, bool); 5] = [
    ("a1", "Alice Example", true),
    ("a2", "Müller, Jürgen", true),
    ("a3", "김민준", true),
    ("a4", "محمد العربي", false),
    ("a5", "佐藤 花子", true),
];

/// A snapshot that a test can change before it renders the dashboard.
pub struct SnapshotSample {
    pub frame: SnapshotFrame,
    pub spaces: Vec<(String, String)>,
    pub whole_site: bool,
    pub rows: Vec<PageRow>,
    pub changes: Option<Vec<PageChange>>,
    pub trend: Vec<WeekPoint>,
    pub coverage: Coverage,
    pub notes: Vec<String>,
    pub groups: Vec<&'static str>,
}

/// Sums the figures from the cells of rows, as a run does.
pub fn figures<'r>(rows: impl IntoIterator<Item = &'r PageRow>, frame: &SnapshotFrame) -> TableFigures {
    figures_of(&PageFigures::COLUMNS, rows, frame)
}

fn figures_of<'r>(names: &[&str], rows: impl IntoIterator<Item = &'r PageRow>, frame: &SnapshotFrame) -> TableFigures {
    let columns: Vec<_> = columns::all().into_iter().filter(|column| names.contains(&column.name)).collect();
    assert_eq!(columns.len(), names.len(), "every summed column exists");
    let header = RecordHeader::new(columns.iter().map(|column| column.name));
    let mut figures = TableFigures::default();
    for row in rows {
        figures.add(Record::new(&header, &columns::cells(&columns, row, frame)));
    }
    figures
}

pub fn frame(week: &str, complete: bool) -> SnapshotFrame {
    SnapshotFrame { week: week.to_owned(), taken_at: moment(), run_id: "run-1".to_owned(), complete }
}

fn signed(number: usize) -> i64 {
    i64::try_from(number).expect("a small number")
}

fn person(number: usize) -> Person {
    let (id, name, active) = PEOPLE[number % PEOPLE.len()];
    Person { id: id.to_owned(), name: Some(name.to_owned()), active: Some(active) }
}

fn title(number: usize) -> String {
    match number % 7 {
        0 => HOSTILE[(number / 7) % HOSTILE.len()].to_owned(),
        1 => format!("Release Plan {number}"),
        2 => format!("Architektur-Überblick der Bestandsverwaltung {number}"),
        3 => format!("프로젝트 계획서 {number}"),
        4 => format!("دليل المستخدم {number}"),
        5 => format!("設計書と運用手順 {number}"),
        _ => format!("How to {number}"),
    }
}

fn add(moment: DateTime<Utc>, days: i64) -> DateTime<Utc> {
    moment + TimeDelta::days(days)
}

/// One page. Its age, links, labels, owner and state are computed from its number.
pub fn row(number: usize) -> PageRow {
    let mut row = PageRow { id: (1000 + number).to_string(), title: title(number), ..PageRow::default() };
    let (key, name) = SPACES[number % SPACES.len()];
    row.place.space_key = key.into();
    row.place.space_name = name.into();
    row.place.url = format!("{BASE}/spaces/X/pages/{}", row.id);
    row.place.labels = Some(if number.is_multiple_of(4) { Vec::new() } else { vec!["plan".to_owned()] });
    let days = signed(number * 37 % 1000);
    row.people.days_since_update = Some(days);
    row.people.updated_at = Some(add(moment(), -days));
    row.people.owner = Some(person(number));
    row.people.last_editor = Some(person(number + 1));
    row.people.contributors = Some(1 + (number % 4) as u64);
    row.people.edit_count = Some(1 + (number % 9) as u64);
    row.people.edits_7d = Some(u64::from(days < 7));
    let is_stub = number % 17 == 3;
    let words = if is_stub { number % 50 } else { 50 + number * 131 % 900 };
    row.measures = Some(Box::new(Measures { words: u32::try_from(words).unwrap_or(u32::MAX), ..Measures::default() }));
    row.files.bytes = Some((number * 48_611 % 9_000_000) as u64);
    row.links.broken_internal = Some(if number.is_multiple_of(9) { 2 } else { 0 });
    row.links.problems = Some(if number.is_multiple_of(9) { problems(number) } else { Vec::new() });
    row.judgement.staleness = Some(match days {
        ..180 => Staleness::Fresh,
        180..365 => Staleness::Aging,
        365..730 => Staleness::Stale,
        _ => Staleness::Expired,
    });
    row.judgement.is_orphan_tree = Some(number % 23 == 5);
    row.judgement.is_orphan_link = Some(number % 6 == 2);
    row.judgement.is_stub = Some(is_stub);
    row.judgement.duplicate_group = (number % 40 < 2).then_some((number / 40) as u64 + 1);
    row.judgement.health_score = 100 - (number * 7 % 60) as u64;
    workflow(&mut row, number);
    row
}

/// Two broken links, and one to an archived page.
fn problems(number: usize) -> Vec<LinkProblem> {
    let page = LinkProblem {
        kind: TargetKind::Page,
        space: Some("ENG".to_owned()),
        title: Some(title(number + 1)),
        id: None,
        file: None,
        file_id: None,
        anchor: None,
        why: LinkProblemReason::NoSuchTitle,
    };
    let file = Some(format!("plan {number}.pdf"));
    let file = LinkProblem { kind: TargetKind::File, file, why: LinkProblemReason::NoSuchFile, ..page.clone() };
    vec![LinkProblem { why: LinkProblemReason::Archived, ..page.clone() }, page, file]
}

fn workflow(row: &mut PageRow, number: usize) {
    row.workflow.source =
        Some(if number.is_multiple_of(3) { WorkflowSource::ComalaCloudCql } else { WorkflowSource::None });
    if !number.is_multiple_of(3) {
        return;
    }
    let (state, is_final) =
        [("Draft", false), ("In Review", false), ("Genehmigt", true), ("Approved", true)][number / 3 % 4];
    let days = signed(number * 13 % 90);
    row.workflow.name = Some(if number.is_multiple_of(2) { "Document Approval" } else { "品質管理" }.to_owned());
    row.workflow.state = Some(state.to_owned());
    row.workflow.is_final = Some(is_final);
    row.workflow.days_in_state = Some(days);
    row.workflow.since_from = Some(SinceFrom::Snapshots);
    row.workflow.overdue_days = Some(days - 60);
    let reviewer = PEOPLE[number % PEOPLE.len()].1.to_owned();
    row.workflow.pending_reviewers = Some(if state == "In Review" { vec![reviewer] } else { Vec::new() });
}

/// The week `back` weeks before 2026-W47.
fn week(back: usize) -> String {
    add(moment(), -7 * signed(back)).format("%G-W%V").to_string()
}

/// A year of weeks: the first ten imported, 2026-W40 missing, 2026-W43 incomplete.
pub fn trend(rows: &[PageRow], weeks: usize) -> Vec<WeekPoint> {
    let point = |back: usize| {
        let week = week(back);
        let status = match (back, week.as_str()) {
            (42.., _) => WeekStatus::Imported,
            (_, "2026-W40" | "2026-W12") => WeekStatus::Missing,
            (_, "2026-W43") => WeekStatus::Incomplete,
            _ => WeekStatus::Complete,
        };
        let pages = rows.len() * (200 - 2 * back) / 200;
        let pages = if status == WeekStatus::Incomplete { pages / 2 } else { pages };
        let taken = frame(&week, status != WeekStatus::Incomplete);
        let chosen = rows[..pages].iter().enumerate().map(|(number, row)| {
            let mut row = row.clone();
            // older weeks are worse, and imported ones have few columns
            if number % 60 < back {
                row.judgement.staleness = Some(Staleness::Expired);
                row.judgement.health_score /= 2;
            }
            row
        });
        let chosen: Vec<PageRow> = chosen.collect();
        // the legacy script wrote fewer columns
        let names = if status == WeekStatus::Imported { &PageFigures::COLUMNS[..2] } else { &PageFigures::COLUMNS[..] };
        let figures = (status != WeekStatus::Missing).then(|| figures_of(names, &chosen, &taken));
        let spaces = figures.iter().flat_map(|figures| figures.spaces.keys());
        let spaces = spaces.map(|key| (key.clone(), SpaceScope::whole(status))).collect();
        WeekPoint { week, status, figures, spaces }
    };
    (0..weeks).rev().map(point).collect()
}

impl SnapshotSample {
    /// A complete snapshot of `pages` pages, the last of `weeks` weeks.
    pub fn new(pages: usize, weeks: usize) -> Self {
        let rows: Vec<PageRow> = (0..pages).map(row).collect();
        let counts = UnitCounts { planned: 412, ok: 412, ..UnitCounts::default() };
        Self {
            frame: frame("2026-W47", true),
            spaces: SPACES.map(|(key, name)| (key.to_owned(), name.to_owned())).to_vec(),
            whole_site: true,
            changes: (weeks > 1).then(|| changes(&rows)),
            trend: trend(&rows, weeks),
            rows,
            coverage: Coverage { units: [(UnitKind::PageList, counts)].into(), ..Coverage::default() },
            notes: vec!["The site does not report the editor of a page.".to_owned()],
            groups: vec!["core", "people", "links", "workflow"],
        }
    }

    /// The same snapshot, but a list of pages could not be read.
    pub fn incomplete(pages: usize, weeks: usize) -> Self {
        let mut sample = Self::new(pages, weeks);
        sample.frame.complete = false;
        let counts = UnitCounts { planned: 412, ok: 411, failed: 1, ..UnitCounts::default() };
        let end = UnitEnd::Failed { reason: "502 after 5 tries".to_owned() };
        sample.coverage = Coverage {
            units: [(UnitKind::PageList, counts)].into(),
            gaps: vec![Gap { kind: UnitKind::PageList, subject: "pages of space OPS".to_owned(), end }],
            warnings: Vec::new(),
        };
        if let Some(last) = sample.trend.last_mut() {
            last.status = WeekStatus::Incomplete;
            last.spaces.values_mut().for_each(|space| space.status = WeekStatus::Incomplete);
        }
        sample
    }

    /// Renders the dashboard.
    pub fn page(&self) -> String {
        let found = findings::find(&self.rows, &Rules::default());
        let (states, reviewers) = (approvals::states(&self.rows), approvals::reviewers(&self.rows));
        let mut previous = PreviousSnapshots::default();
        previous.spaces.extend(self.spaces.iter().map(|(key, _)| (key.clone(), "2026-W46".to_owned())));
        let view = SnapshotView {
            frame: &self.frame,
            is_imported: false,
            base_url: BASE,
            account: "Alice Example",
            deployment: confluence_client::Deployment::Cloud,
            visibility: None,
            spaces: &self.spaces,
            whole_site: self.whole_site,
            rows: &self.rows,
            figures: &figures(&self.rows, &self.frame),
            findings: &found,
            changes: self.changes.as_deref(),
            previous: self.changes.as_ref().map(|_| &previous),
            trend: &self.trend,
            states: &states,
            reviewers: &reviewers,
            coverage: &self.coverage,
            notes: &self.notes,
            groups: &self.groups,
        };
        index(&view).expect("rendered")
    }
}

fn changes(rows: &[PageRow]) -> Vec<PageChange> {
    let kinds = [(ChangeKind::New, ""), (ChangeKind::Edited, "3 versions"), (ChangeKind::Moved, "to another parent")];
    let change = |(number, row): (usize, &PageRow)| {
        let (kind, detail) = kinds[number % kinds.len()];
        PageChange {
            kind,
            page_id: row.id.clone(),
            title: row.title.clone(),
            space_key: row.place.space_key.clone(),
            url: row.place.url.clone(),
            detail: detail.to_owned(),
        }
    };
    let mut changes: Vec<PageChange> = rows.iter().take(400).enumerate().map(change).collect();
    if let Some(first) = changes.first().cloned() {
        let detail = "was \"=1+1\u{202E}\"".to_owned();
        changes.push(PageChange { kind: ChangeKind::Retitled, detail, ..first.clone() });
        let url = "javascript:canary()".to_owned();
        changes.push(PageChange { kind: ChangeKind::Gone, url, detail: String::new(), ..first });
    }
    changes
}
