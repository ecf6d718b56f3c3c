//! Puts a snapshot into the history.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::iter::Peekable;

use chrono::{DateTime, Utc};

use super::lake::{OpenWeek, RowSink as Sink};
use super::metadata::{Extent, Run, SpaceOfWeek, Week};
use super::{History, HistoryError, PAGE, Retention, SPACE, Status, WEEK};
use crate::spreadsheet::Value;
use crate::support::iso_week::IsoWeek;

/// Which row it is, within a week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Key of the space.
    pub space: String,
    /// Id of the page.
    pub page: String,
}

/// The rows of a snapshot, each made when it is wanted.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    /// The key of each row, in any order.
    pub keys: &'a [Key],
    /// The cells of a row, for the columns that [`History::open`] was given.
    pub cells: &'a dyn Fn(usize) -> Vec<Value>,
}

impl std::fmt::Debug for Rows<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").field("keys", &self.keys.len()).finish_non_exhaustive()
    }
}

/// What one run measured.
#[derive(Debug, Clone)]
pub struct Snapshot<'a> {
    /// The site, by its address. A history holds the pages of one.
    pub site: String,
    /// Id of the account that read.
    pub account: String,
    /// The week it stands for.
    pub week: IsoWeek,
    /// When the run began.
    pub taken_at: DateTime<Utc>,
    /// The run.
    pub run_id: String,
    /// What it is worth.
    pub status: Status,
    /// Reading ended before its end, so that rows hold less than they could.
    pub stopped: bool,
    /// Keys of the spaces that were measured.
    pub spaces: Vec<String>,
    /// How much was read of each page.
    pub extent: Extent,
    /// What is to be kept beside the rows.
    pub facts: serde_json::Value,
    /// One row for each page.
    pub rows: Rows<'a>,
}

impl Rows<'_> {
    /// The order in which the rows are written: by page.
    pub fn order(&self, week: IsoWeek) -> Result<Vec<usize>, HistoryError> {
        order(week, &self.keys.iter().map(|key| key.page.as_str()).collect::<Vec<_>>())
    }
}

impl Snapshot<'_> {
    /// The spaces whose rows in a week it replaces.
    fn spaces_to_take(&self, known: Option<&Week>) -> HashSet<&str> {
        let mut rows: HashMap<&str, u64> = HashMap::new();
        for key in self.rows.keys {
            *rows.entry(&key.space).or_default() += 1;
        }
        let is_better = |key: &str, known: &SpaceOfWeek| match self.status.cmp(&known.status) {
            Ordering::Less => false,
            Ordering::Greater => true,
            Ordering::Equal if !self.extent.lacks(&known.extent).is_empty() => false,
            Ordering::Equal => {
                self.status != Status::Incomplete
                    || (!self.stopped && rows.get(key).copied().unwrap_or(0) >= known.rows)
            }
        };
        let is_taken =
            |key: &&str| known.and_then(|week| week.spaces.get(*key)).is_none_or(|known| is_better(key, known));
        self.spaces.iter().map(String::as_str).filter(is_taken).collect()
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

/// What became of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The week.
    pub week: IsoWeek,
    /// What the snapshot is worth.
    pub status: Status,
    /// Whether any of it is in the history. It is not when the week has better rows of each of its spaces already, or
    /// rows that hold more.
    pub kept: bool,
    /// What the week is worth now.
    pub week_status: Status,
    /// What people should know.
    pub warnings: Vec<String>,
}

impl History {
    /// Puts a snapshot into the history: its rows replace those of the same week and spaces; the rows of other spaces
    /// stay. An incomplete snapshot adds the spaces that the week does not hold, and replaces no space that has better
    /// rows, or more. No snapshot replaces rows of the same worth that hold something it did not read.
    ///
    /// When this fails, the week is as it was before.
    pub fn record(&mut self, snapshot: &Snapshot<'_>, retention: Retention) -> Result<Recorded, HistoryError> {
        let order = snapshot.rows.order(snapshot.week)?;
        snapshot.check_spaces()?;
        let former = self.former.clone();
        self.check_site(&snapshot.site, &former)?;
        let mut warnings = Vec::new();
        if let Some(newest) = self.newest().filter(|newest| *newest > snapshot.week) {
            warnings.push(format!(
                "this snapshot is of {}, but the history has {newest} already: is the clock of this machine right?",
                snapshot.week
            ));
        }
        let known = self.week(snapshot.week);
        let taken = snapshot.spaces_to_take(known);
        let kept = known.is_none() || !taken.is_empty();
        if let Some(known) = known {
            warnings.extend(not_replaced(snapshot, known, &taken, kept));
        }
        if kept {
            let week = self.merge(snapshot, order, &taken)?;
            self.weeks.insert(week.week, week);
        }
        if kept && snapshot.status == Status::Complete {
            self.forget_old(retention);
        }
        let week_status = self.week(snapshot.week).map_or(snapshot.status, |week| week.status);
        Ok(Recorded { week: snapshot.week, status: snapshot.status, kept, week_status, warnings })
    }

    /// Writes the week anew, from the rows of the snapshot in the spaces `taken` and those that the week has of others.
    fn merge(
        &self,
        snapshot: &Snapshot<'_>,
        mut order: Vec<usize>,
        taken: &HashSet<&str>,
    ) -> Result<Week, HistoryError> {
        let before = self.week(snapshot.week).map(|known| self.lake.open(known.week)).transpose()?;
        let mut week = self.describe(snapshot, before.as_ref().map(|before| &before.week), taken);
        order.retain(|&at| taken.contains(snapshot.rows.keys[at].space.as_str()));
        self.lake.commit(&mut week, |sink| {
            let mut new = order.iter().copied().peekable();
            if let Some(before) = &before {
                self.write_before(snapshot, &mut new, before, (taken, &order), sink)?;
            }
            new.try_for_each(|at| sink.add(&self.cells(snapshot, at)?))
        })?;
        Ok(week)
    }

    /// Writes the rows of before that stay, and those of `new` that come before the last of them: all by page.
    fn write_before(
        &self,
        snapshot: &Snapshot<'_>,
        new: &mut Peekable<impl Iterator<Item = usize>>,
        before: &OpenWeek,
        (taken, order): (&HashSet<&str>, &[usize]),
        sink: &mut Sink<'_>,
    ) -> Result<(), HistoryError> {
        let (space, page) = (self.lake.place(SPACE), self.lake.place(PAGE));
        let keys = snapshot.rows.keys;
        let measured: HashSet<&str> = order.iter().map(|&at| keys[at].page.as_str()).collect();
        before.read(&self.lake, self.lake.fields(), |cells| {
            let (space, page) = [space, page].map(|at| cells[at].as_text().unwrap_or_default()).into();
            let is_better =
                before.week.spaces.get(space).is_some_and(|known| match known.status.cmp(&snapshot.status) {
                    Ordering::Equal => !snapshot.extent.lacks(&known.extent).is_empty(),
                    order => order == Ordering::Greater,
                });
            // a page that was moved since stands in the space it was moved to, unless less is known of it there
            if taken.contains(space) || (measured.contains(page) && !is_better) {
                return Ok(());
            }
            while let Some(at) = new.next_if(|&at| by_page(&keys[at].page, page) == Ordering::Less) {
                sink.add(&self.cells(snapshot, at)?)?;
            }
            new.next_if(|&at| keys[at].page == page);
            sink.add(cells)
        })
    }

    /// The cells of a row as the file of the week has them.
    fn cells(&self, snapshot: &Snapshot<'_>, at: usize) -> Result<Vec<Value>, HistoryError> {
        let cells = (snapshot.rows.cells)(at);
        let columns = self.lake.columns();
        if cells.len() != columns.len() {
            let problem = format!("{} cells for {} columns", cells.len(), columns.len());
            return Err(HistoryError::Row { week: snapshot.week, row: at + 1, problem });
        }
        let typed = cells.into_iter().zip(columns).filter(|(_, field)| field.name != WEEK);
        Ok(typed.map(|(cell, field)| cell.normalized(field.holds)).collect())
    }

    /// The week as it will be known, but for its rows.
    fn describe(&self, snapshot: &Snapshot<'_>, before: Option<&Week>, taken: &HashSet<&str>) -> Week {
        let mut spaces = before.map(|before| before.spaces.clone()).unwrap_or_default();
        let mut runs = before.map(|before| before.runs.clone()).unwrap_or_default();
        let own = SpaceOfWeek {
            status: snapshot.status,
            run: snapshot.run_id.clone(),
            rows: 0,
            extent: snapshot.extent.clone(),
        };
        spaces.extend(taken.iter().map(|key| ((*key).to_owned(), own.clone())));
        runs.insert(snapshot.run_id.clone(), Run { taken_at: snapshot.taken_at, facts: snapshot.facts.clone() });
        let in_use: BTreeSet<&String> = spaces.values().map(|space| &space.run).collect();
        runs.retain(|run, _| *run == snapshot.run_id || in_use.contains(run));
        Week {
            week: snapshot.week,
            status: spaces.values().map(|space| space.status).min().unwrap_or(snapshot.status),
            taken_at: snapshot.taken_at,
            run_id: snapshot.run_id.clone(),
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            site: snapshot.site.clone(),
            account: snapshot.account.clone(),
            former: self.former_owners(&snapshot.site, &snapshot.account),
            row_count: 0,
            spaces,
            runs,
            seal: String::new(),
        }
    }

    /// Sites and accounts of the weeks before, which the caller has accepted.
    fn former_owners(&self, site: &str, account: &str) -> Vec<String> {
        let Some(latest) = self.latest() else { return Vec::new() };
        let known = latest.former.iter().chain([&latest.site, &latest.account]);
        let former: BTreeSet<&String> =
            known.filter(|one| !one.is_empty() && *one != site && *one != account).collect();
        former.into_iter().cloned().collect()
    }

    fn forget_old(&mut self, retention: Retention) {
        let Some(newest) = self.newest() else { return };
        let old: Vec<IsoWeek> = self.weeks.keys().copied().filter(|week| retention.is_over(*week, newest)).collect();
        self.weeks.retain(|week, _| !old.contains(week));
        self.forgotten.extend(old);
    }
}

/// Says which spaces of a snapshot the week holds more of, and which better rows of, where it takes the others.
fn not_replaced(snapshot: &Snapshot<'_>, known: &Week, taken: &HashSet<&str>, kept: bool) -> Vec<String> {
    let week = snapshot.week;
    let mut better = Vec::new();
    let mut fuller: BTreeMap<Vec<String>, Vec<&str>> = BTreeMap::new();
    for key in snapshot.spaces.iter().map(String::as_str).filter(|key| !taken.contains(key)) {
        let Some(space) = known.spaces.get(key) else { continue };
        let lacks = snapshot.extent.lacks(&space.extent);
        if space.status > snapshot.status || lacks.is_empty() {
            better.push(key);
        } else {
            fuller.entry(lacks).or_default().push(key);
        }
    }
    let named = |keys: &[&str]| format!("{} {}", if keys.len() == 1 { "space" } else { "spaces" }, keys.join(", "));
    let mut said: Vec<String> = fuller
        .iter()
        .map(|(lacks, keys)| {
            let more = lacks.join(", ");
            format!("{week} holds more of {} already: {more}; its rows stay", named(keys))
        })
        .collect();
    if kept && !better.is_empty() {
        said.push(format!("{week} holds better rows of {} already, which stay", named(&better)));
    }
    said
}

/// The order in which the rows of a week are to be written. Refuses ids that are none, and two rows of one page.
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

/// What no key may hold: in a CSV file it would become a blank, and two keys could become one.
fn breaks_lines(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Ids that are numbers come first, by their value; all others follow as text.
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
    fn pages_are_in_the_order_of_their_numbers() {
        let mut pages = ["10", "9", "ENG:About", "100", "007", "7", "DOC:z", "18446744073709551616"];
        pages.sort_by(|one, other| by_page(one, other));
        assert_eq!(pages, ["007", "7", "9", "10", "100", "18446744073709551616", "DOC:z", "ENG:About"]);
    }

    #[test]
    fn rows_without_a_key_of_their_own_are_refused() {
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
