//! The history of the pages: opened before the first request, looked back into, and written.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use chrono::{DateTime, Utc};
use url::Url;

use super::clock::Clock;
use super::import::import;
use super::measured::Measured;
use super::run_facts::RunFacts;
use super::scope::current_pages;
use crate::config::{Config, SnapshotConfig};
use crate::error::{ExitStatus, Failure};
use crate::history::{FOLDER, History, HistoryError, Recorded, Rows, Snapshot, Status, Week};
use crate::inventory::coverage::UnitKind;
use crate::inventory::{Inventory, is_believed};
use crate::metrics::{Previous, columns};
use crate::progress::Progress;
use crate::report;
use crate::spreadsheet::{Field, Header, Record};
use crate::support::iso_week::IsoWeek;

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
    let mut history = History::open(&folder, columns::fields(), WAIT_FOR_OTHERS)?;
    history.check_site(site, &former(site, &config.crawl.alias_hosts))?;
    history.remarks().iter().for_each(|remark| progress.warn(remark));
    if let Some(file) = &snapshot.import_history {
        import(&mut history, site, file, progress)?;
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
    history.weeks().rev().find(|known| known.week < week && known.status.is_in_trends())
}

/// The pages of that week.
pub(super) fn previous(history: &History, week: IsoWeek) -> Result<Option<Previous>, HistoryError> {
    let Some(before) = newest_whole(history, week) else { return Ok(None) };
    let mut previous = Previous::new(before.week.to_string(), before.spaces.keys().cloned());
    for_each_row(history, before.week, &columns::fields_of(&Previous::COLUMNS), |row| previous.add(row))?;
    Ok(Some(previous))
}

/// Shows these columns of every row of a week.
pub(super) fn for_each_row(
    history: &History,
    week: IsoWeek,
    fields: &[Field],
    mut see: impl FnMut(Record<'_>),
) -> Result<(), HistoryError> {
    let header = Header::new(fields.iter().map(|field| &field.name));
    history.read(week, fields, |cells| {
        see(Record::new(&header, cells));
        Ok(())
    })
}

/// The audit's plausibility check, applied to snapshots (F-58): a space with far fewer pages than before is more likely hidden
/// from the account than emptied, and an incomplete snapshot must not look complete. Before is what this week holds already,
/// and the newest whole week before it. A space that is not there at all counts when all spaces are measured.
pub(super) fn doubt_shrunken_spaces(history: &History, inventory: &mut Inventory, chosen: &[String], all_spaces: bool) {
    let week = IsoWeek::of(inventory.scan.started_at);
    let this = history.week(week).filter(|known| known.status.is_in_trends());
    let pages = current_pages(inventory);
    let chosen: HashSet<&str> = chosen.iter().map(String::as_str).collect();
    let mut doubted = BTreeSet::new();
    for before in this.into_iter().chain(newest_whole(history, week)) {
        let large = before.spaces.iter().filter(|(_, known)| known.rows >= FEW_PAGES);
        for (space, known) in large {
            let now = pages.get(space).copied();
            let is_asked = chosen.contains(space.as_str()) || (all_spaces && now.is_none());
            if is_asked && !is_believed(known.rows, now.unwrap_or(0)) && doubted.insert(space) {
                let reason = format!(
                    "{} pages, but {} in {}: if so many were really deleted or moved, run again with --accept-shrink",
                    now.unwrap_or(0),
                    known.rows,
                    before.week
                );
                inventory.coverage.fail(UnitKind::Plausibility, &format!("number of pages in space {space}"), &reason);
            }
        }
    }
}

/// A remark when the snapshot before was of other spaces: sums over all of them cannot be compared then.
pub(super) fn other_spaces(history: &History, week: IsoWeek, chosen: &[String]) -> Option<String> {
    let before = newest_whole(history, week).filter(|before| !before.spaces.is_empty())?;
    let more = chosen.iter().filter(|key| !before.spaces.contains_key(*key)).count();
    let fewer = before.spaces.keys().filter(|key| !chosen.contains(key)).count();
    (more + fewer > 0).then(|| {
        let week = before.week;
        format!(
            "other spaces than in {week}: {more} more, {fewer} fewer; figures of all spaces together cannot be compared"
        )
    })
}

/// Puts the rows into the history, which knows the site by the address `site`, with what is kept beside them.
pub(super) fn record(
    history: &mut History,
    site: &str,
    account: &str,
    measured: &Measured,
    chosen: &[String],
    stopped: bool,
    facts: &RunFacts,
) -> Result<Recorded, Failure> {
    let frame = &measured.frame;
    let snapshot = Snapshot {
        site: site.to_owned(),
        account: account.to_owned(),
        week: measured.week,
        taken_at: frame.taken_at,
        run_id: frame.run_id.clone(),
        status: if frame.complete { Status::Complete } else { Status::Incomplete },
        stopped,
        spaces: chosen.to_vec(),
        facts: serde_json::to_value(facts).unwrap_or_default(),
        rows: Rows { keys: &measured.keys(), cells: &|at| measured.cells(at) },
    };
    Ok(history.record(&snapshot, facts.retention)?)
}
