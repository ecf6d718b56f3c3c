//! The files beside the history: the star schema, the lists of findings, the dashboard.
//!
//! Each is put in place whole, by a temporary file and a rename. They follow from the history and can be made again, so
//! a run that is killed between two of them leaves the older ones.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::history::for_each_row;
use super::measured::Measured;
use crate::error::{ExitStatus, Failure};
use crate::history::{History, IsoWeek, Status, Week};
use crate::inventory::Inventory;
use crate::inventory::snapshot::{MetricGroup, MetricGroups};
use crate::metrics::Previous;
use crate::metrics::changes::Change;
use crate::metrics::findings::{self, Found};
use crate::metrics::model::{self, Model};
use crate::metrics::summary::{self, TableFigures, WeekPoint, WeekStatus};
use crate::progress::Progress;
use crate::report::snapshot::{self, SnapshotView};
use crate::spreadsheet::{self, TableWriter, write_table};

/// Weeks that a trend goes back.
const TREND_WEEKS: i64 = 52;

/// What a snapshot publishes, beside what the history holds.
pub(super) struct Published<'a> {
    pub(super) inventory: &'a Inventory,
    /// Keys of the spaces that were measured.
    pub(super) chosen: &'a [String],
    pub(super) groups: &'a MetricGroups,
    pub(super) measured: &'a Measured,
    pub(super) findings: &'a [Found<'a>],
    pub(super) previous: Option<&'a Previous>,
    pub(super) changes: Option<&'a [Change]>,
    pub(super) notes: &'a [String],
}

/// Writes everything that people open, from a history that holds this week already.
pub(super) fn publish(history: &History, published: &Published<'_>, progress: &Progress) -> Result<(), Failure> {
    let Published { inventory, chosen, groups, measured, findings, previous, changes, notes } = *published;
    let view = SnapshotView {
        frame: &measured.frame,
        base_url: &inventory.scan.base_url,
        account: &inventory.scan.account.name,
        spaces: &spaces(inventory, chosen),
        whole_site: chosen.len() == inventory.spaces.len(),
        rows: &measured.rows,
        figures: &measured.figures(),
        findings,
        changes,
        previous_week: previous.map(|previous| previous.week.as_str()),
        trend: &write_model(history, progress)?,
        states: &summary::states(&measured.rows),
        reviewers: &summary::reviewers(&measured.rows),
        coverage: &inventory.coverage,
        notes,
        groups: &groups.iter().map(MetricGroup::name).collect::<Vec<_>>(),
    };
    write_pages(history.folder(), &view)
}

fn spaces(inventory: &Inventory, chosen: &[String]) -> Vec<(String, String)> {
    let chosen = inventory.spaces.iter().filter(|space| chosen.contains(&space.key));
    chosen.map(|space| (space.key.clone(), space.name.clone())).collect()
}

/// Writes the star schema from all weeks of the history, and adds up the figures of the last year on the way.
fn write_model(history: &History, progress: &Progress) -> Result<Vec<WeekPoint>, Failure> {
    let folder = history.folder().join("model");
    let weeks = calendar(history);
    progress.phase("writing the model", Some(weeks.len() as u64));
    let newest = history.newest();
    let mut model = Model::default();
    let mut trend = Vec::new();
    let mut failed: Option<Failure> = None;
    write_file(&folder, "fact_page_week.csv", |sink| {
        let mut facts = TableWriter::new(sink, &spreadsheet::header(model::fact_columns()))?;
        for (week, known) in &weeks {
            let status = known.map_or(WeekStatus::Missing, |known| status(known.status));
            model.begin_week(&week.to_string(), week.monday(), status);
            let mut figures = TableFigures::default();
            let mut written = Ok(());
            let read = for_each_row(history, *week, |row| {
                figures.add(row);
                if written.is_ok() {
                    written = model.add(row, &mut facts);
                }
            });
            written?;
            if let Err(error) = read {
                failed = Some(error.into());
                return Err(io::Error::other("the history could not be read"));
            }
            if newest.is_some_and(|newest| newest.weeks_since(*week) < TREND_WEEKS) {
                trend.push(WeekPoint { week: week.to_string(), status, figures: known.map(|_| figures) });
            }
            progress.advance(1);
        }
        Ok(())
    })
    .map_err(|error| failed.take().unwrap_or(error))?;
    write_file(&folder, "dim_page.csv", |sink| model.write_pages(sink))?;
    write_file(&folder, "dim_space.csv", |sink| model.write_spaces(sink))?;
    write_file(&folder, "dim_user.csv", |sink| model.write_people(sink))?;
    write_file(&folder, "dim_week.csv", |sink| model.write_weeks(sink))?;
    write_file(&folder, "data_dictionary.csv", model::write_dictionary)?;
    Ok(trend)
}

/// Every week from the first to the newest; those without a snapshot have none.
fn calendar(history: &History) -> Vec<(IsoWeek, Option<&Week>)> {
    let (Some(first), Some(newest)) = (history.weeks().first(), history.newest()) else { return Vec::new() };
    let mut weeks = Vec::new();
    let mut week = first.week;
    while week <= newest {
        weeks.push((week, history.week(week)));
        week = week.next();
    }
    weeks
}

fn status(status: Status) -> WeekStatus {
    match status {
        Status::Complete => WeekStatus::Complete,
        Status::Incomplete => WeekStatus::Incomplete,
        Status::Imported => WeekStatus::Imported,
    }
}

/// Writes the lists of findings and the dashboard, which comes last: what it links to is there.
fn write_pages(folder: &Path, view: &SnapshotView<'_>) -> Result<(), Failure> {
    let lists = folder.join("findings");
    for found in view.findings {
        write_file(&lists, &format!("{}.csv", found.finding.id), |sink| {
            write_table(sink, findings::COLUMNS, findings::rows_of(found, view.frame))
        })?;
    }
    let page = snapshot::index(view)?;
    write_file(folder, "index.html", |sink| sink.write_all(page.as_bytes()))
}

/// Writes a file beside its name and renames it, so that whoever opens the name finds the old file or the new one.
fn write_file(
    folder: &Path,
    name: &str,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let write = || -> io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new().prefix(".writing").tempfile_in(folder)?;
        let mut sink = BufWriter::new(file.as_file_mut());
        content(&mut sink)?;
        sink.flush()?;
        drop(sink);
        file.as_file().sync_all()?;
        file.persist(folder.join(name)).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|error| {
        Failure::new(ExitStatus::Storage, format!("{} cannot be written", folder.join(name).display()))
            .because(error.to_string())
            .remedy("close the file in other programs, or make room; the history itself is safe, and the next run writes it")
    })
}
