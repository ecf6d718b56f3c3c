//! The history of the pages: opened before the first request, looked back into, and written.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use url::Url;

use super::measured::Measured;
use super::scope::current_pages;
use crate::config::{Config, SnapshotConfig};
use crate::error::{ExitStatus, Failure};
use crate::history::{
    Clock, Columns, FOLDER, History, HistoryError, Imported, IsoWeek, Recorded, Retention, Snapshot, Status, Week,
};
use crate::inventory::coverage::UnitKind;
use crate::inventory::{Inventory, is_believed};
use crate::metrics::summary::TableFigures;
use crate::metrics::{Previous, columns};
use crate::progress::Progress;
use crate::report::{self, format::plural};
use crate::spreadsheet::{Header, RawCell, Record, Type, Value, encode};

/// How long a run waits for another one that writes the same history: not longer than writing takes.
const WAIT_FOR_OTHERS: Duration = Duration::from_secs(10);

/// A space with fewer pages may lose a third of them any week.
const FEW_PAGES: u64 = 10;

/// Opens the history, and takes over an old one when asked to.
pub(super) fn open(
    config: &Config,
    site: &str,
    snapshot: &SnapshotConfig,
    progress: &Progress,
) -> Result<History, Failure> {
    report::check_writable(&config.output)?;
    let folder = config.output.join(FOLDER);
    let mut history = History::open(&folder, Utc::now(), WAIT_FOR_OTHERS)?;
    history.check_site(site, &former(site, &config.crawl.alias_hosts))?;
    history.remarks().iter().for_each(|remark| progress.warn(remark));
    if let Some(file) = &snapshot.import_history {
        let imported = history.import(file)?;
        tell_imported(&imported, file, progress);
    }
    Ok(history)
}

/// Addresses the site had before: the same under each of its former hosts.
fn former(site: &str, alias_hosts: &[String]) -> Vec<String> {
    let Ok(address) = Url::parse(site) else { return Vec::new() };
    let under = |host: &String| {
        let mut address = address.clone();
        address.set_host(Some(host)).ok()?;
        Some(address.to_string())
    };
    alias_hosts.iter().filter_map(under).collect()
}

/// What taking over an old history came to.
fn tell_imported(imported: &Imported, file: &Path, progress: &Progress) {
    let file = file.display();
    if imported.already {
        progress.note(format!("{file} was taken over before"));
        return;
    }
    for problem in &imported.problems {
        progress.warn(problem);
    }
    if imported.more_problems > 0 {
        progress.warn(format!("{} more lines of {file} have such values", imported.more_problems));
    }
    if !imported.left_out.is_empty() {
        progress.warn(format!("{file} has columns that were left out: {}", imported.left_out.join(", ")));
    }
    let weeks = imported.weeks.len() as u64;
    progress.note(format!("taken over from {file}: {} of {}", rows(imported.rows), plural(weeks, "week", "weeks")));
    if !imported.present.is_empty() {
        let present = plural(imported.present.len() as u64, "week that is", "weeks that are");
        progress.note(format!("left alone: {present} in the history already"));
    }
}

fn rows(count: u64) -> String {
    plural(count, "row", "rows")
}

/// The week is named by the server's clock; where this machine's is far off, something is wrong that people should
/// mend before the history holds a week that never was (F-84). Both are taken when reading begins: it may take hours.
pub(in crate::commands) fn check_clock(
    here: DateTime<Utc>,
    server: DateTime<Utc>,
    progress: &Progress,
) -> Result<(), Failure> {
    let words = |off: chrono::TimeDelta| {
        let minutes = off.num_minutes().abs();
        let direction = if off > chrono::TimeDelta::zero() { "ahead of" } else { "behind" };
        format!("the clock of this machine is {minutes} minutes {direction} the server's")
    };
    match Clock::compare(here, server) {
        Clock::Fine => Ok(()),
        Clock::Off(off) => {
            progress.warn(words(off));
            Ok(())
        }
        Clock::Wrong(off) => Err(Failure::new(ExitStatus::Usage, "no snapshot was taken")
            .because(words(off))
            .remedy("set the clock; a snapshot belongs to the week it is taken in")),
    }
}

/// The newest earlier week that is whole.
fn newest_whole(history: &History, week: IsoWeek) -> Option<&Week> {
    history.weeks().iter().rev().find(|known| known.week < week && known.status != Status::Incomplete)
}

/// The pages of that week.
pub(super) fn previous(history: &History, week: IsoWeek) -> Result<Option<Previous>, Failure> {
    let Some(before) = newest_whole(history, week) else { return Ok(None) };
    let mut previous = Previous::new(before.week.to_string(), &before.spaces);
    for_each_row(history, before.week, |row| previous.add(row))?;
    Ok(Some(previous))
}

/// Shows every row of a week, each cell read as its column has it.
pub(super) fn for_each_row(
    history: &History,
    week: IsoWeek,
    mut see: impl FnMut(Record<'_>),
) -> Result<(), HistoryError> {
    let Some(table) = history.read(week)? else { return Ok(()) };
    let types: HashMap<&str, Type> = columns::all().iter().map(|column| (column.name, column.holds)).collect();
    let types: Vec<Type> =
        table.header.iter().map(|name| types.get(name.as_str()).copied().unwrap_or(Type::Text)).collect();
    let header = Header::new(&table.header);
    for row in &table.rows {
        let read = |(text, holds): (&String, &Type)| {
            Value::read(&RawCell { text: encode(text), is_quoted: false }, *holds).unwrap_or_default()
        };
        let cells: Vec<Value> = row.iter().zip(&types).map(read).collect();
        see(Record::new(&header, &cells));
    }
    Ok(())
}

/// The brake of the audit, for a snapshot (F-58): a space with far fewer pages than in the week before is more likely
/// hidden from the account than emptied, and an incomplete snapshot must not look complete.
pub(super) fn doubt_shrunken_spaces(
    history: &History,
    inventory: &mut Inventory,
    chosen: &[String],
) -> Result<(), Failure> {
    let Some(before) = newest_whole(history, IsoWeek::of(inventory.scan.started_at)) else { return Ok(()) };
    let week = before.week;
    let mut figures = TableFigures::default();
    for_each_row(history, week, |row| figures.add(row))?;
    for (space, figures) in figures.spaces {
        let now = current_pages(inventory, &space);
        if chosen.contains(&space) && figures.pages >= FEW_PAGES && !is_believed(figures.pages, now) {
            let reason = format!(
                "{now} pages, but {} in {week}: if so many were really deleted or moved, run again with \
                 --accept-shrink",
                figures.pages
            );
            inventory.coverage.fail(UnitKind::Plausibility, &format!("number of pages in space {space}"), &reason);
        }
    }
    Ok(())
}

/// A remark when the snapshot before was of other spaces: sums over all of them cannot be compared then.
pub(super) fn other_spaces(history: &History, week: IsoWeek, chosen: &[String]) -> Option<String> {
    let before = newest_whole(history, week).filter(|before| !before.spaces.is_empty())?;
    let differs = |one: &[String], other: &[String]| one.iter().filter(|key| !other.contains(key)).count();
    let (more, fewer) = (differs(chosen, &before.spaces), differs(&before.spaces, chosen));
    (more + fewer > 0).then(|| {
        let week = before.week;
        format!(
            "other spaces than in {week}: {more} more, {fewer} fewer; figures of all spaces together cannot be compared"
        )
    })
}

/// Puts the rows into the history, which knows the site by the address `site`.
pub(super) fn record(
    history: &mut History,
    site: &str,
    account: &str,
    measured: &Measured,
    chosen: &[String],
    retention: Retention,
) -> Result<Recorded, Failure> {
    let frame = &measured.frame;
    let snapshot = Snapshot {
        site: site.to_owned(),
        account: account.to_owned(),
        week: measured.week,
        taken_at: frame.taken_at,
        run_id: frame.run_id.clone(),
        complete: frame.complete,
        spaces: chosen.to_vec(),
        columns: Columns::new(columns::names()).map_err(HistoryError::from)?,
        rows: measured.cells(),
    };
    Ok(history.record(&snapshot, retention)?)
}
