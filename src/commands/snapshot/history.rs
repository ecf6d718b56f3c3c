//! The history of the pages: opened before the first request, looked back into, and written.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, Utc};
use url::Url;

use super::clock::Clock;
use super::import;
use super::measured::Measured;
use super::run_facts::RunFacts;
use super::scope::current_pages;
use crate::config::{Config, SnapshotConfig};
use crate::error::{ExitStatus, Failure};
use crate::history::{FOLDER, History, HistoryError, Recorded, Rows, SPACE, Snapshot, SpaceOfWeek, Status, Week};
use crate::inventory::coverage::UnitKind;
use crate::inventory::{Inventory, is_believed};
use crate::metrics::row::BLOG_POST;
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
    // before anything is written
    let import = snapshot.import_history.as_ref().map(|file| import::understand(file, progress)).transpose()?;
    report::check_writable(&config.output)?;
    let folder = config.output.join(FOLDER);
    let mut history = History::open(&folder, columns::fields(), WAIT_FOR_OTHERS)?;
    history.check_site(site, &former(site, &config.crawl.alias_hosts))?;
    history.remarks().iter().for_each(|remark| progress.warn(remark));
    if let Some(legacy) = import {
        import::import(&mut history, site, legacy, progress)?;
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
pub(super) fn check_clock(here: DateTime<Utc>, server: DateTime<Utc>, progress: &Progress) -> Result<(), Failure> {
    let words = |off: chrono::TimeDelta| {
        let time = match off.num_minutes().abs() {
            0 => format!("{} seconds", off.num_seconds().abs()),
            minutes => format!("{minutes} minutes"),
        };
        let direction = if off > chrono::TimeDelta::zero() { "ahead of" } else { "behind" };
        format!("the clock of this machine is {time} {direction} the server's")
    };
    // the earlier of the two dates the run, and so names the week
    if IsoWeek::of(here.min(server)) != IsoWeek::of(server) {
        return Err(refused(words(here.signed_duration_since(server))));
    }
    match Clock::compare(here, server) {
        Clock::Fine => Ok(()),
        Clock::Off(off) => {
            progress.warn(words(off));
            Ok(())
        }
        Clock::Wrong(off) => Err(refused(words(off))),
    }
}

fn refused(why: String) -> Failure {
    Failure::new(ExitStatus::Usage, "no snapshot was taken").because(why).remedy(
        "set the clock, for a snapshot belongs to the week it is taken in; nothing was read, and `audit` without \
         `--snapshot` can run as it is",
    )
}

/// The weeks before a week, the newest first.
fn before(history: &History, week: IsoWeek) -> impl Iterator<Item = &Week> {
    history.weeks().rev().filter(move |known| known.week < week)
}

/// What the newest earlier week of each space says of its pages, and the newest that read the workflow of their states:
/// for the chosen spaces, and those of the week before, from which pages may have been moved. `None` without any.
///
/// States of an incomplete week are seen too, but such a week does not end the search for those that it lacks.
pub(super) fn previous(history: &History, week: IsoWeek, chosen: &[String]) -> Result<Option<Previous>, HistoryError> {
    let mut previous = Previous::default();
    let last = before(history, week).find(|known| known.status.is_in_trends());
    let wanted = || chosen.iter().chain(last.into_iter().flat_map(|known| known.spaces.keys()));
    let mut open: HashSet<&String> = wanted().collect();
    let mut untold = open.clone();
    for known in before(history, week) {
        let (mut pages_of, mut states_of) = (HashSet::new(), HashMap::new());
        for (key, space) in &known.spaces {
            let is_whole = space.status.is_in_trends();
            if is_whole && open.remove(key) {
                pages_of.insert(key.as_str());
                previous.spaces.insert(key.clone(), known.week.to_string());
            }
            let run = known.runs.get(&space.run).filter(|run| RunFacts::may_tell_workflow(run));
            if let Some(run) = run.filter(|_| untold.contains(key) && space.status != Status::Imported) {
                states_of.insert(key.as_str(), run.taken_at);
            }
        }
        if pages_of.is_empty() && states_of.is_empty() {
            continue;
        }
        let mut told: HashSet<String> = HashSet::new();
        for_each_row(history, known.week, &columns::fields_of(&Previous::COLUMNS), |row| {
            let space = row.text(SPACE).unwrap_or_default();
            if pages_of.contains(space) {
                previous.add_page(row);
            }
            if let Some(at) = states_of.get(space)
                && previous.add_states(row, *at)
            {
                told.insert(space.to_owned());
            }
        })?;
        for (key, at) in states_of {
            let space = &known.spaces[key];
            if space.status.is_in_trends() && (told.contains(key) || space.rows == 0) {
                untold.retain(|open| *open != key);
                previous.workflow_read.insert(key.to_owned(), at);
            }
        }
    }
    Ok((previous != Previous::default()).then_some(previous))
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
/// and the newest earlier week that holds the space whole. A space that is not there at all counts when all spaces are
/// measured.
pub(super) fn doubt_shrunken_spaces(
    history: &History,
    inventory: &mut Inventory,
    chosen: &[String],
    all_spaces: bool,
) -> Result<(), HistoryError> {
    let week = IsoWeek::of(inventory.scan.started_at);
    let pages = current_pages(inventory);
    let chosen: HashSet<&str> = chosen.iter().map(String::as_str).collect();
    let mut doubted = BTreeSet::new();
    // blog posts do not count, for the other week may be without; rows tell where it is worth while to count pages
    let mut counted: HashMap<IsoWeek, BTreeMap<String, u64>> = HashMap::new();
    for (before, space, known) in
        history.week(week).into_iter().flat_map(whole_spaces).chain(last_seen(history, week, &chosen))
    {
        let now = pages.get(space).copied();
        let is_asked = chosen.contains(space.as_str()) || (all_spaces && now.is_none());
        let is_doubtful = |pages: u64| pages >= FEW_PAGES && !is_believed(pages, now.unwrap_or(0));
        if !is_asked || !is_doubtful(known.rows) {
            continue;
        }
        let known = match counted.entry(before) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(pages_of(history, before)?),
        };
        let known = known.get(space).copied().unwrap_or(0);
        if is_doubtful(known) && doubted.insert(space) {
            let reason = format!(
                "{} pages, but {known} in {before}: if so many were really deleted or moved, run again with \
                 --accept-shrink",
                now.unwrap_or(0)
            );
            inventory.coverage.fail(UnitKind::Plausibility, &format!("number of pages in space {space}"), &reason);
        }
    }
    Ok(())
}

/// The spaces that a week holds whole.
fn whole_spaces(week: &Week) -> impl Iterator<Item = (IsoWeek, &String, &SpaceOfWeek)> {
    week.spaces.iter().filter(|(_, of)| of.status.is_in_trends()).map(|(key, of)| (week.week, key, of))
}

/// Each space as the newest earlier week holds it whole. Those that are not chosen are looked for back to the last week that
/// looked at all spaces: what that did not find was gone by then.
fn last_seen<'h>(
    history: &'h History,
    week: IsoWeek,
    chosen: &HashSet<&str>,
) -> Vec<(IsoWeek, &'h String, &'h SpaceOfWeek)> {
    let (mut seen, mut found, mut are_all_looked_at) = (HashSet::new(), Vec::new(), false);
    for known in before(history, week) {
        let is_wanted = |key: &String| !are_all_looked_at || chosen.contains(key.as_str());
        found.extend(whole_spaces(known).filter(|(_, key, _)| is_wanted(key) && seen.insert(*key)));
        let has_whole = |id: &String| known.spaces.values().any(|of| of.run == *id && of.status.is_in_trends());
        are_all_looked_at |= known.runs.iter().any(|(id, run)| has_whole(id) && RunFacts::looked_at_all_spaces(run));
    }
    found
}

/// How many pages of each space a week holds, by its key. Blog posts do not count: the other week may be without.
fn pages_of(history: &History, week: IsoWeek) -> Result<BTreeMap<String, u64>, HistoryError> {
    let mut pages = BTreeMap::new();
    for_each_row(history, week, &columns::fields_of(&PLACES), |row| {
        if row.text("content_type") != Some(BLOG_POST) {
            *pages.entry(row.text("space_key").unwrap_or_default().to_owned()).or_default() += 1;
        }
    })?;
    Ok(pages)
}

/// The columns that tell which pages a space has.
const PLACES: [&str; 2] = ["space_key", "content_type"];

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
        extent: facts.extent(),
        facts: serde_json::to_value(facts).unwrap_or_default(),
        rows: Rows { keys: &measured.keys(), cells: &|at| measured.cells(at) },
    };
    Ok(history.record(&snapshot, facts.retention)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_still_in_the_week_before_is_refused_however_little_it_is_behind() {
        let check =
            |here: &str, server: &str| check_clock(here.parse().unwrap(), server.parse().unwrap(), &Progress::silent());
        let monday = "2026-11-23T00:30:00Z";
        for here in ["2026-11-22T01:30:00Z", "2026-11-22T23:59:59Z"] {
            let refused = check(here, monday).unwrap_err();
            assert!(refused.remedy.unwrap_or_default().contains("nothing was read"), "{here}");
        }
        assert!(check("2026-11-23T00:00:00Z", monday).is_ok());
        assert!(check(monday, "2026-11-22T23:59:59Z").is_ok(), "a clock that is ahead names the week of the server");
    }
}
