//! Access of a snapshot to the history: opens it before the first request, reads earlier weeks and records the new one.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use url::Url;

use super::clock::ClockCheck;
use super::import;
use super::scope::current_pages;
use super::stored_run_facts::{StoredRunFacts, week_visibility};
use super::week_rows::WeekRows;
use crate::config::{Config, SnapshotConfig};
use crate::error::{ExitStatus, Failure};
use crate::history::{
    FOLDER, History, HistoryError, RecordOutcome, SPACE, Snapshot, SnapshotRows, SnapshotStatus, SpaceOfWeek,
    WeekMetadata,
};
use crate::inventory::coverage::UnitKind;
use crate::inventory::{Inventory, is_plausible};
use crate::legacy::LegacyFile;
use crate::metrics::page_row::BLOG_POST;
use crate::metrics::{PreviousSnapshots, columns};
use crate::progress::Progress;
use crate::report;
use crate::spreadsheet::{Field, Record, RecordHeader};
use crate::support::iso_week::IsoWeek;

/// How long to wait for another run to release the history: writing does not take longer.
const WAIT_FOR_OTHERS: Duration = Duration::from_secs(10);

/// The plausibility check skips smaller spaces: they can easily lose a third of their pages in a week.
const FEW_PAGES: u64 = 10;

/// A history that is checked before the first request, as far as it exists: a run that cannot connect leaves no new
/// folder behind.
#[derive(Debug)]
pub(super) struct PreparedHistory {
    folder: PathBuf,
    existing: Option<History>,
    import: Option<LegacyFile>,
}

impl PreparedHistory {
    /// Opens and locks the history if there is one, and parses the history of the legacy script if requested.
    pub(super) fn new(config: &Config, snapshot: &SnapshotConfig, progress: &Progress) -> Result<Self, Failure> {
        let import = snapshot.import_history.as_ref().map(|file| import::open_file(file, progress)).transpose()?;
        report::check_writable(&config.output)?;
        let folder = config.output.join(FOLDER);
        // a link without a target is refused like any other link
        let existing = folder.symlink_metadata().is_ok().then(|| open(&folder)).transpose()?;
        Ok(Self { folder, existing, import })
    }

    /// Returns the history of a site, and imports the history of the legacy script if requested.
    pub(super) fn of_site(self, site: &str, config: &Config, progress: &Progress) -> Result<History, Failure> {
        let mut history = self.existing.map_or_else(|| open(&self.folder), Ok)?;
        history.check_site(site, &former_addresses(site, &config.crawl.alias_hosts))?;
        history.remarks().iter().for_each(|remark| progress.warn(remark));
        if let Some(legacy) = self.import {
            import::import(&mut history, site, legacy, progress)?;
        }
        Ok(history)
    }
}

fn open(folder: &Path) -> Result<History, HistoryError> {
    History::open(folder, columns::fields(), WAIT_FOR_OTHERS)
}

/// Returns the site's address under each of its former hosts.
fn former_addresses(site: &str, alias_hosts: &[String]) -> Vec<String> {
    let Ok(address) = Url::parse(site) else { return Vec::new() };
    let under = |host: &String| {
        let mut address = address.clone();
        address.set_host(Some(host)).ok()?;
        Some(address.to_string())
    };
    alias_hosts.iter().filter_map(under).collect()
}

/// Refuses a snapshot if this computer's clock could file it under the wrong week (F-84): the server's clock determines
/// the week. Both times are taken when the crawl begins, since it may take hours.
pub(super) fn check_clock(here: DateTime<Utc>, server: DateTime<Utc>, progress: &Progress) -> Result<(), Failure> {
    let words = |off: chrono::TimeDelta| {
        let time = match off.num_minutes().abs() {
            0 => format!("{} seconds", off.num_seconds().abs()),
            minutes => format!("{minutes} minutes"),
        };
        let direction = if off > chrono::TimeDelta::zero() { "ahead of" } else { "behind" };
        format!("the clock of this computer is {time} {direction} the server's")
    };
    // the earlier of the two is the time of the run, and so determines the week
    if IsoWeek::of(here.min(server)) != IsoWeek::of(server) {
        return Err(refused(words(here.signed_duration_since(server))));
    }
    match ClockCheck::compare(here, server) {
        ClockCheck::Fine => Ok(()),
        ClockCheck::Off(off) => {
            progress.warn(words(off));
            Ok(())
        }
        ClockCheck::Wrong(off) => Err(refused(words(off))),
    }
}

fn refused(why: String) -> Failure {
    Failure::new(ExitStatus::Usage, "no snapshot was taken").because(why).remedy(
        "correct the clock: it determines the week of the snapshot; nothing was read, and `audit` without `--snapshot` \
         runs with this clock too",
    )
}

/// Returns the weeks before a week, newest first.
fn earlier_weeks(history: &History, week: IsoWeek) -> impl Iterator<Item = &WeekMetadata> {
    history.weeks().rev().filter(move |known| known.week < week)
}

/// Reads, for each space, its pages from the newest earlier week in which it is complete, and their workflow states
/// from the newest week that read the workflow. Covers the chosen spaces and those of the previous week, from which
/// pages may have been moved. Returns `None` if there is nothing.
///
/// States of an incomplete week are used too, but the search goes on for the states that it lacks.
pub(super) fn previous(
    history: &History,
    week: IsoWeek,
    chosen: &[String],
) -> Result<Option<PreviousSnapshots>, HistoryError> {
    let mut previous = PreviousSnapshots::default();
    let last = earlier_weeks(history, week).find(|known| known.status.is_in_trends());
    let wanted = || chosen.iter().chain(last.into_iter().flat_map(|known| known.spaces.keys()));
    let mut without_pages: HashSet<&String> = wanted().collect();
    let mut without_states = without_pages.clone();
    for known in earlier_weeks(history, week) {
        let (mut pages_of, mut states_of) = (HashSet::new(), HashMap::new());
        for (key, space) in &known.spaces {
            let is_complete = space.status.is_in_trends();
            if is_complete && without_pages.remove(key) {
                pages_of.insert(key.as_str());
                previous.spaces.insert(key.clone(), known.week.to_string());
            }
            let run = known.runs.get(&space.run).filter(|run| StoredRunFacts::may_have_workflow_states(run));
            if let Some(run) = run.filter(|_| without_states.contains(key) && space.status != SnapshotStatus::Imported)
            {
                states_of.insert(key.as_str(), run.taken_at);
            }
        }
        if pages_of.is_empty() && states_of.is_empty() {
            continue;
        }
        let mut with_states: HashSet<String> = HashSet::new();
        for_each_row(history, known.week, &columns::fields_of(&PreviousSnapshots::COLUMNS), |row| {
            let space = row.text(SPACE).unwrap_or_default();
            if pages_of.contains(space) {
                previous.add_page(row);
            }
            if let Some(at) = states_of.get(space)
                && previous.add_states(row, *at)
            {
                with_states.insert(space.to_owned());
            }
        })?;
        for (key, at) in states_of {
            let space = &known.spaces[key];
            if space.status.is_in_trends() && (with_states.contains(key) || space.rows == 0) {
                without_states.retain(|open| *open != key);
                previous.workflow_read.insert(key.to_owned(), at);
            }
        }
    }
    Ok((previous != PreviousSnapshots::default()).then_some(previous))
}

/// Calls `see` with these columns of every row of a week.
pub(super) fn for_each_row(
    history: &History,
    week: IsoWeek,
    fields: &[Field],
    mut see: impl FnMut(Record<'_>),
) -> Result<(), HistoryError> {
    let header = RecordHeader::new(fields.iter().map(|field| &field.name));
    history.read(week, fields, |cells| {
        see(Record::new(&header, cells));
        Ok(())
    })
}

/// Applies the audit's plausibility check to a snapshot (F-58): a space with far fewer pages than before is more likely
/// hidden from the account than emptied, and an incomplete snapshot must not look complete. "Before" is what this week
/// already holds, and the newest earlier week in which the space is complete. When all spaces are measured, a
/// missing space is checked too.
pub(super) fn record_implausible_spaces(
    history: &History,
    inventory: &mut Inventory,
    chosen: &[String],
    all_spaces: bool,
) -> Result<(), HistoryError> {
    let week = IsoWeek::of(inventory.scan.started_at);
    let pages = current_pages(inventory);
    // a run that sees less shows fewer pages
    let visibility = week_visibility(&inventory.scan.visibility());
    let alike = |week| complete_spaces(week).filter(|(_, _, space)| space.extent.visibility == visibility);
    let chosen: HashSet<&str> = chosen.iter().map(String::as_str).collect();
    let mut recorded_spaces = BTreeSet::new();
    // blog posts do not count: the other week may have none; the number of rows shows where counting pages is
    // worthwhile
    let mut counted: HashMap<IsoWeek, BTreeMap<String, u64>> = HashMap::new();
    for (before, space, known) in
        history.week(week).into_iter().flat_map(alike).chain(last_seen(history, week, &chosen, alike))
    {
        let now = pages.get(space).copied();
        let is_asked = chosen.contains(space.as_str()) || (all_spaces && now.is_none());
        let is_doubtful = |pages: u64| pages >= FEW_PAGES && !is_plausible(pages, now.unwrap_or(0));
        if !is_asked || !is_doubtful(known.rows) {
            continue;
        }
        let known = match counted.entry(before) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(pages_of(history, before)?),
        };
        let known = known.get(space).copied().unwrap_or(0);
        if is_doubtful(known) && recorded_spaces.insert(space) {
            let reason = format!(
                "{} pages, but {known} in {before}: if they were really deleted or moved, run again with \
                 --accept-shrink",
                now.unwrap_or(0)
            );
            inventory.coverage.fail(UnitKind::Plausibility, &format!("number of pages in space {space}"), &reason);
        }
    }
    Ok(())
}

/// Returns the spaces that are complete in a week.
fn complete_spaces(week: &WeekMetadata) -> impl Iterator<Item = (IsoWeek, &String, &SpaceOfWeek)> {
    week.spaces.iter().filter(|(_, of)| of.status.is_in_trends()).map(|(key, of)| (week.week, key, of))
}

/// Returns each space from the newest earlier week in which `complete` shows it. For spaces that are not chosen, the search
/// ends at the last week that measured all spaces: a space missing there was already deleted.
fn last_seen<'h, I: Iterator<Item = (IsoWeek, &'h String, &'h SpaceOfWeek)>>(
    history: &'h History,
    week: IsoWeek,
    chosen: &HashSet<&str>,
    complete: impl Fn(&'h WeekMetadata) -> I,
) -> Vec<(IsoWeek, &'h String, &'h SpaceOfWeek)> {
    let (mut seen, mut found, mut all_measured) = (HashSet::new(), Vec::new(), false);
    for known in earlier_weeks(history, week) {
        let is_wanted = |key: &String| !all_measured || chosen.contains(key.as_str());
        found.extend(complete(known).filter(|(_, key, _)| is_wanted(key) && seen.insert(*key)));
        let has_complete = |id: &String| complete(known).any(|(_, _, of)| of.run == *id);
        all_measured |= known.runs.iter().any(|(id, run)| has_complete(id) && StoredRunFacts::measured_all_spaces(run));
    }
    found
}

/// Counts the pages of each space in a week, by space key, without blog posts: the other week may have none.
fn pages_of(history: &History, week: IsoWeek) -> Result<BTreeMap<String, u64>, HistoryError> {
    let mut pages = BTreeMap::new();
    for_each_row(history, week, &columns::fields_of(&COUNT_COLUMNS), |row| {
        if row.text("content_type") != Some(BLOG_POST) {
            *pages.entry(row.text("space_key").unwrap_or_default().to_owned()).or_default() += 1;
        }
    })?;
    Ok(pages)
}

/// The columns needed to count pages by space.
const COUNT_COLUMNS: [&str; 2] = ["space_key", "content_type"];

/// Records the rows and the facts of the run in the history, which identifies the site by the address `site`.
pub(super) fn record(
    history: &mut History,
    site: &str,
    account: &str,
    measured: &WeekRows,
    chosen: &[String],
    stopped: bool,
    facts: &StoredRunFacts,
) -> Result<RecordOutcome, Failure> {
    let frame = &measured.frame;
    let snapshot = Snapshot {
        site: site.to_owned(),
        account: account.to_owned(),
        week: measured.week,
        taken_at: frame.taken_at,
        run_id: frame.run_id.clone(),
        status: if frame.complete { SnapshotStatus::Complete } else { SnapshotStatus::Incomplete },
        stopped,
        spaces: chosen.to_vec(),
        extent: facts.extent(),
        facts: serde_json::to_value(facts).unwrap_or_default(),
        rows: SnapshotRows { keys: &measured.keys(), cells: &|at| measured.cells(at) },
    };
    Ok(history.record(&snapshot, facts.retention)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_still_in_the_previous_week_is_refused_even_if_it_is_only_seconds_behind() {
        let check =
            |here: &str, server: &str| check_clock(here.parse().unwrap(), server.parse().unwrap(), &Progress::silent());
        let monday = "2026-11-23T00:30:00Z";
        for here in ["2026-11-22T01:30:00Z", "2026-11-22T23:59:59Z"] {
            let refused = check(here, monday).unwrap_err();
            assert!(refused.remedy.unwrap_or_default().contains("nothing was read"), "{here}");
        }
        assert!(check("2026-11-23T00:00:00Z", monday).is_ok());
        assert!(check(monday, "2026-11-22T23:59:59Z").is_ok(), "a clock that is ahead does not change the week");
    }
}
