//! Recording a snapshot in the history: which rows of the week it replaces, and writing the week.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::iter::Peekable;

use chrono::{DateTime, Utc};

use super::week_files::{OpenWeek, RowSink as Sink};
use super::week_metadata::{Extent, SpaceOfWeek, WeekMetadata, WeekRun};
use super::{History, HistoryError, PAGE, Retention, SPACE, SnapshotStatus, WEEK};
use crate::spreadsheet::Value;
use crate::support::iso_week::IsoWeek;

/// The key of a row within a week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowKey {
    /// Space key.
    pub space: String,
    /// Page id.
    pub page: String,
}

/// The rows of a snapshot. Their cells are computed on demand.
#[derive(Clone, Copy)]
pub struct SnapshotRows<'a> {
    /// The keys of the rows, in any order.
    pub keys: &'a [RowKey],
    /// Returns the cells of a row, one for each column passed to [`History::open`].
    pub cells: &'a dyn Fn(usize) -> Vec<Value>,
}

impl std::fmt::Debug for SnapshotRows<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SnapshotRows").field("keys", &self.keys.len()).finish_non_exhaustive()
    }
}

/// The data that one run measured.
#[derive(Debug, Clone)]
pub struct Snapshot<'a> {
    /// Address of the site. A history has the pages of one site.
    pub site: String,
    /// Id of the account.
    pub account: String,
    pub week: IsoWeek,
    /// When the run began.
    pub taken_at: DateTime<Utc>,
    pub run_id: String,
    pub status: SnapshotStatus,
    /// Whether the crawl was stopped early, so that rows may lack values.
    pub stopped: bool,
    /// Keys of the measured spaces.
    pub spaces: Vec<String>,
    pub extent: Extent,
    /// Data to store with the rows.
    pub facts: serde_json::Value,
    /// One row per page.
    pub rows: SnapshotRows<'a>,
}

impl SnapshotRows<'_> {
    /// Returns the order in which the rows are written: by page.
    pub fn order(&self, week: IsoWeek) -> Result<Vec<usize>, HistoryError> {
        order(week, &self.keys.iter().map(|key| key.page.as_str()).collect::<Vec<_>>())
    }
}

impl Snapshot<'_> {
    /// Returns the spaces whose rows in the week the snapshot replaces.
    fn spaces_to_replace(&self, known: Option<&WeekMetadata>) -> HashSet<&str> {
        let mut rows: HashMap<&str, u64> = HashMap::new();
        for key in self.rows.keys {
            *rows.entry(&key.space).or_default() += 1;
        }
        let is_better = |key: &str, known: &SpaceOfWeek| match self.status.cmp(&known.status) {
            Ordering::Less => false,
            Ordering::Greater => true,
            Ordering::Equal if !self.extent.lacks(&known.extent).is_empty() => false,
            Ordering::Equal => {
                self.status != SnapshotStatus::Incomplete
                    || (!self.stopped && rows.get(key).copied().unwrap_or(0) >= known.rows)
            }
        };
        let is_replaced =
            |key: &&str| known.and_then(|week| week.spaces.get(*key)).is_none_or(|known| is_better(key, known));
        self.spaces.iter().map(String::as_str).filter(is_replaced).collect()
    }

    fn check_spaces(&self) -> Result<(), HistoryError> {
        let spaces: HashSet<&String> = self.spaces.iter().collect();
        match self.rows.keys.iter().position(|key| !spaces.contains(&key.space)) {
            Some(at) => {
                let problem = format!("its space `{}` is not in the snapshot", self.rows.keys[at].space);
                Err(HistoryError::Row { week: self.week, row: at + 1, problem })
            }
            None => Ok(()),
        }
    }
}

/// The result of recording a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordOutcome {
    pub week: IsoWeek,
    /// The status of the snapshot.
    pub status: SnapshotStatus,
    /// Whether any row was recorded. Nothing is recorded if the week already has better or fuller rows of all its spaces.
    pub kept: bool,
    /// The status of the week afterwards.
    pub week_status: SnapshotStatus,
    pub warnings: Vec<String>,
}

impl History {
    /// Records a snapshot. Its rows replace those of the same week and spaces; rows of other spaces are kept. An incomplete
    /// snapshot adds spaces that the week does not have, and does not replace a space that has rows of a better status, or
    /// more rows. No snapshot replaces rows of the same status that have something it did not read.
    ///
    /// If this fails, the week is unchanged.
    pub fn record(&mut self, snapshot: &Snapshot<'_>, retention: Retention) -> Result<RecordOutcome, HistoryError> {
        let order = snapshot.rows.order(snapshot.week)?;
        snapshot.check_spaces()?;
        let former = self.former.clone();
        self.check_site(&snapshot.site, &former)?;
        let mut warnings = Vec::new();
        if let Some(newest) = self.newest().filter(|newest| *newest > snapshot.week) {
            warnings.push(format!(
                "this snapshot is of {}, but the history already has {newest}: check the clock of this machine",
                snapshot.week
            ));
        }
        let known = self.week(snapshot.week);
        let replaced = snapshot.spaces_to_replace(known);
        let kept = known.is_none() || !replaced.is_empty();
        if let Some(known) = known {
            warnings.extend(not_replaced(snapshot, known, &replaced, kept));
        }
        if kept {
            let week = self.merge(snapshot, order, &replaced)?;
            self.weeks.insert(week.week, week);
        }
        if kept && snapshot.status == SnapshotStatus::Complete {
            self.expire_old(retention);
        }
        let week_status = self.week(snapshot.week).map_or(snapshot.status, |week| week.status);
        Ok(RecordOutcome { week: snapshot.week, status: snapshot.status, kept, week_status, warnings })
    }

    /// Rewrites the week from the rows of the snapshot in the spaces `replaced` and the existing rows of other spaces.
    fn merge(
        &self,
        snapshot: &Snapshot<'_>,
        mut order: Vec<usize>,
        replaced: &HashSet<&str>,
    ) -> Result<WeekMetadata, HistoryError> {
        let before = self.week(snapshot.week).map(|known| self.week_files.open(known.week)).transpose()?;
        let mut week = self.describe(snapshot, before.as_ref().map(|before| &before.week), replaced);
        order.retain(|&at| replaced.contains(snapshot.rows.keys[at].space.as_str()));
        self.week_files.commit(&mut week, |sink| {
            let mut new = order.iter().copied().peekable();
            if let Some(before) = &before {
                self.write_before(snapshot, &mut new, before, (replaced, &order), sink)?;
            }
            new.try_for_each(|at| sink.add(&self.cells(snapshot, at)?))
        })?;
        Ok(week)
    }

    /// Writes the existing rows that are kept, merged by page with the rows of `new` that precede the last of them.
    fn write_before(
        &self,
        snapshot: &Snapshot<'_>,
        new: &mut Peekable<impl Iterator<Item = usize>>,
        before: &OpenWeek,
        (replaced, order): (&HashSet<&str>, &[usize]),
        sink: &mut Sink<'_>,
    ) -> Result<(), HistoryError> {
        let (space, page) = (self.week_files.place(SPACE), self.week_files.place(PAGE));
        let keys = snapshot.rows.keys;
        let measured: HashSet<&str> = order.iter().map(|&at| keys[at].page.as_str()).collect();
        before.read(&self.week_files, self.week_files.fields(), |cells| {
            let (space, page) = [space, page].map(|at| cells[at].as_text().unwrap_or_default()).into();
            let is_better =
                before.week.spaces.get(space).is_some_and(|known| match known.status.cmp(&snapshot.status) {
                    Ordering::Equal => !snapshot.extent.lacks(&known.extent).is_empty(),
                    order => order == Ordering::Greater,
                });
            // a page that was moved since is kept in its new space only, unless its old row is better
            if replaced.contains(space) || (measured.contains(page) && !is_better) {
                return Ok(());
            }
            while let Some(at) = new.next_if(|&at| by_page(&keys[at].page, page) == Ordering::Less) {
                sink.add(&self.cells(snapshot, at)?)?;
            }
            new.next_if(|&at| keys[at].page == page);
            sink.add(cells)
        })
    }

    /// Returns the cells of a row for the file of the week.
    fn cells(&self, snapshot: &Snapshot<'_>, at: usize) -> Result<Vec<Value>, HistoryError> {
        let cells = (snapshot.rows.cells)(at);
        let columns = self.week_files.columns();
        if cells.len() != columns.len() {
            let problem = format!("{} cells for {} columns", cells.len(), columns.len());
            return Err(HistoryError::Row { week: snapshot.week, row: at + 1, problem });
        }
        let typed = cells.into_iter().zip(columns).filter(|(_, field)| field.name != WEEK);
        Ok(typed.map(|(cell, field)| cell.normalized(field.holds)).collect())
    }

    /// Returns the metadata of the week to write, without row counts.
    fn describe(
        &self,
        snapshot: &Snapshot<'_>,
        before: Option<&WeekMetadata>,
        replaced: &HashSet<&str>,
    ) -> WeekMetadata {
        let mut spaces = before.map(|before| before.spaces.clone()).unwrap_or_default();
        let mut runs = before.map(|before| before.runs.clone()).unwrap_or_default();
        let own = SpaceOfWeek {
            status: snapshot.status,
            run: snapshot.run_id.clone(),
            rows: 0,
            extent: snapshot.extent.clone(),
        };
        spaces.extend(replaced.iter().map(|key| ((*key).to_owned(), own.clone())));
        runs.insert(snapshot.run_id.clone(), WeekRun { taken_at: snapshot.taken_at, facts: snapshot.facts.clone() });
        let in_use: BTreeSet<&String> = spaces.values().map(|space| &space.run).collect();
        runs.retain(|run, _| *run == snapshot.run_id || in_use.contains(run));
        WeekMetadata {
            week: snapshot.week,
            status: spaces.values().map(|space| space.status).min().unwrap_or(snapshot.status),
            taken_at: snapshot.taken_at,
            run_id: snapshot.run_id.clone(),
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            site: snapshot.site.clone(),
            account: snapshot.account.clone(),
            visibility: snapshot.extent.visibility.clone(),
            former: self.former_owners(&snapshot.site, &snapshot.account),
            row_count: 0,
            spaces,
            runs,
            seal: String::new(),
        }
    }

    /// Returns the sites and accounts of earlier weeks, which the caller has accepted.
    fn former_owners(&self, site: &str, account: &str) -> Vec<String> {
        let Some(latest) = self.latest() else { return Vec::new() };
        let known = latest.former.iter().chain([&latest.site, &latest.account]);
        let former: BTreeSet<&String> =
            known.filter(|one| !one.is_empty() && *one != site && *one != account).collect();
        former.into_iter().cloned().collect()
    }

    fn expire_old(&mut self, retention: Retention) {
        let Some(newest) = self.newest() else { return };
        let old: Vec<IsoWeek> = self.weeks.keys().copied().filter(|week| retention.is_expired(*week, newest)).collect();
        self.weeks.retain(|week, _| !old.contains(week));
        self.expired.extend(old);
    }
}

/// Returns warnings about spaces whose existing rows are kept: those with fuller rows and, if the run replaces other spaces,
/// those with better ones.
fn not_replaced(snapshot: &Snapshot<'_>, known: &WeekMetadata, replaced: &HashSet<&str>, kept: bool) -> Vec<String> {
    let week = snapshot.week;
    let mut better = Vec::new();
    let mut fuller: BTreeMap<Vec<String>, Vec<&str>> = BTreeMap::new();
    for key in snapshot.spaces.iter().map(String::as_str).filter(|key| !replaced.contains(key)) {
        let Some(space) = known.spaces.get(key) else { continue };
        let lacks = snapshot.extent.lacks(&space.extent);
        if space.status > snapshot.status || lacks.is_empty() {
            better.push(key);
        } else {
            fuller.entry(lacks).or_default().push(key);
        }
    }
    let named = |keys: &[&str]| format!("{} {}", if keys.len() == 1 { "space" } else { "spaces" }, keys.join(", "));
    let mut warnings: Vec<String> = fuller
        .iter()
        .map(|(lacks, keys)| {
            let more = lacks.join(", ");
            format!("{week} already has more data of {}: {more}; its rows are kept", named(keys))
        })
        .collect();
    if kept && !better.is_empty() {
        warnings.push(format!("{week} already has better rows of {}; they are kept", named(&better)));
    }
    warnings
}

/// Returns the order in which the rows of a week are written. Refuses invalid page ids and two rows of one page.
fn order(week: IsoWeek, pages: &[&str]) -> Result<Vec<usize>, HistoryError> {
    let refuse = |at: usize, problem: String| HistoryError::Row { week, row: at + 1, problem };
    if let Some(at) = pages.iter().position(|page| page.trim().is_empty() || page.contains(breaks_lines)) {
        return Err(refuse(at, format!("`{}` is not a page id", pages[at])));
    }
    let mut order: Vec<usize> = (0..pages.len()).collect();
    order.sort_by(|&one, &other| by_page(pages[one], pages[other]));
    match order.windows(2).find(|pair| pages[pair[0]] == pages[pair[1]]) {
        Some(pair) => Err(refuse(pair[1], format!("page {} occurs twice", pages[pair[1]]))),
        None => Ok(order),
    }
}

/// Returns whether a character is forbidden in keys: a CSV file would have a space character instead, and two keys could
/// become equal.
fn breaks_lines(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Compares page ids. Numbers come first, by value; all others follow as text.
fn by_page(one: &str, other: &str) -> Ordering {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match (is_number(one), is_number(other)) {
        (true, true) => {
            let (short, long) = (one.trim_start_matches('0'), other.trim_start_matches('0'));
            short.len().cmp(&long.len()).then_with(|| short.cmp(long)).then_with(|| one.cmp(other))
        }
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => one.cmp(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_sorted_by_number() {
        let mut pages = ["10", "9", "ENG:About", "100", "007", "7", "DOC:z", "18446744073709551616"];
        pages.sort_by(|one, other| by_page(one, other));
        assert_eq!(pages, ["007", "7", "9", "10", "100", "18446744073709551616", "DOC:z", "ENG:About"]);
    }

    #[test]
    fn rows_with_invalid_or_duplicate_keys_are_refused() {
        let week: IsoWeek = "2026-W47".parse().unwrap();
        let order = |pages: &[&str]| order(week, pages).map_err(|error| error.to_string());
        assert_eq!(order(&["20", "3"]), Ok(vec![1, 0]));
        for (page, problem) in
            [(" ", "` ` is not a page id"), ("a\nb", "`a\nb` is not a page id"), ("3", "page 3 occurs twice")]
        {
            let error = order(&["3", page]).unwrap_err();
            assert_eq!(error, format!("row 2 of the snapshot of 2026-W47: {problem}"));
        }
    }
}
