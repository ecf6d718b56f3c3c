//! What the file of a week says of itself.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::spreadsheet::ParquetTable;
use crate::support::iso_week::IsoWeek;

/// Version of the files of the weeks and of `history.json`. A newer one is never written over (F-87).
pub const SCHEMA_VERSION: u32 = 2;

/// What a week is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Something could not be read. No trend is drawn over it (F-85).
    Incomplete,
    /// From a file of the older script, which does not say whether it read everything.
    Imported,
    /// Everything asked was read.
    Complete,
}

impl Status {
    /// As it stands in the column [`super::STATUS`].
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Incomplete => "incomplete",
            Self::Imported => "imported",
        }
    }

    /// Whether trends are drawn over such a week.
    pub fn is_in_trends(self) -> bool {
        self != Self::Incomplete
    }
}

/// What becomes of weeks as others follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// How many weeks, counted back from the newest one, keep their CSV file in the folder itself; at least 1.
    pub weeks: u32,
    /// Whether older CSV files are moved to the archive at all.
    pub archive: bool,
    /// How many weeks, counted back from the newest one, are kept at all; `None` keeps all.
    pub keep: Option<u32>,
    /// Whether all weeks are also written into one CSV file.
    pub joined: bool,
}

impl Default for Retention {
    fn default() -> Self {
        Self { weeks: 12, archive: true, keep: None, joined: true }
    }
}

impl Retention {
    /// Whether the CSV file of a week belongs into the archive.
    pub fn is_archived(self, week: IsoWeek, newest: IsoWeek) -> bool {
        self.archive && newest.weeks_since(week) >= i64::from(self.weeks.max(1))
    }

    /// Whether a week is to be deleted.
    pub(super) fn is_over(self, week: IsoWeek, newest: IsoWeek) -> bool {
        self.keep.is_some_and(|keep| newest.weeks_since(week) >= i64::from(keep.max(1)))
    }
}

/// How much a run reads of each page. Of weeks that do not say it, nothing is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Extent {
    /// What is read of a page, by names.
    pub groups: BTreeSet<String>,
    /// Links to the pages are followed from every space.
    pub from_all_spaces: bool,
    /// Keys of the spaces from which they are followed, where that is not every space.
    pub from_spaces: BTreeSet<String>,
}

impl Extent {
    /// What the other has that this one lacks, in words; empty where rows of this one can replace rows of the other.
    pub(super) fn lacks(&self, other: &Self) -> Vec<String> {
        let mut lacks: Vec<String> = other.groups.difference(&self.groups).cloned().collect();
        if !self.from_all_spaces {
            let missing: Vec<&str> = other.from_spaces.difference(&self.from_spaces).map(String::as_str).collect();
            if other.from_all_spaces {
                lacks.push("links from all spaces".to_owned());
            } else if !missing.is_empty() {
                lacks.push(format!("links from {}", missing.join(" and ")));
            }
        }
        lacks
    }
}

/// The rows of one space in a week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpaceOfWeek {
    /// What they are worth.
    pub status: Status,
    /// The run that measured them, see [`Week::runs`].
    pub run: String,
    /// How many they are.
    pub rows: u64,
    /// How much was read of each.
    #[serde(default)]
    pub extent: Extent,
}

/// A run that rows of a week are of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// When it began.
    pub taken_at: DateTime<Utc>,
    /// What the caller keeps beside the rows.
    pub facts: serde_json::Value,
}

/// A week: all that its file says beside the rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Week {
    /// Which.
    pub week: IsoWeek,
    /// The least that the rows of one of its spaces are worth.
    pub status: Status,
    /// When the last of its runs began.
    pub taken_at: DateTime<Utc>,
    /// The last of its runs.
    pub run_id: String,
    /// The program that wrote it.
    pub program_version: String,
    /// Address of the site; empty while there are imported weeks only.
    pub site: String,
    /// Id of the account that read; empty while there are imported weeks only.
    pub account: String,
    /// Sites and accounts of earlier weeks that were accepted as the same.
    pub former: Vec<String>,
    /// Rows.
    pub row_count: u64,
    /// The spaces that were measured, by key, those without a page too.
    pub spaces: BTreeMap<String, SpaceOfWeek>,
    /// The runs that rows are of, by their ids.
    pub runs: BTreeMap<String, Run>,
    /// Checksum of the file. The file itself cannot hold it.
    #[serde(default)]
    pub seal: String,
}

impl Week {
    /// The keys of the spaces whose rows are of a run.
    pub fn spaces_of<'w>(&'w self, run: &'w str) -> impl Iterator<Item = &'w str> {
        self.spaces.iter().filter(move |(_, space)| space.run == run).map(|(key, _)| key.as_str())
    }

    /// Whether rows of the other week may stand beside those of this one.
    pub fn is_of_same_owner(&self, other: &Self) -> bool {
        let accepts =
            |own: &String, others: &String| others.is_empty() || own == others || self.former.contains(others);
        accepts(&self.site, &other.site) && accepts(&self.account, &other.account)
    }

    /// As it stands in the metadata of the file.
    pub(super) fn entries(&self) -> Result<Vec<(&'static str, String)>, serde_json::Error> {
        Ok(vec![
            ("schema_version", SCHEMA_VERSION.to_string()),
            ("program_version", self.program_version.clone()),
            ("snapshot_week", self.week.to_string()),
            ("status", self.status.as_str().to_owned()),
            ("taken_at", self.taken_at.to_rfc3339()),
            ("run_id", self.run_id.clone()),
            ("site", self.site.clone()),
            ("account", self.account.clone()),
            ("former", serde_json::to_string(&self.former)?),
            ("row_count", self.row_count.to_string()),
            ("spaces", serde_json::to_string(&self.spaces)?),
            ("runs", serde_json::to_string(&self.runs)?),
        ])
    }

    /// Reads it back, or says which entry is not as it was written.
    pub(super) fn of(table: &ParquetTable) -> Result<Self, String> {
        let text = |key: &str| table.entry(key).map(str::to_owned).ok_or_else(|| lacks(key));
        Ok(Self {
            week: text("snapshot_week")?.parse().map_err(|_| lacks("snapshot_week"))?,
            status: json(&format!("\"{}\"", text("status")?)).ok_or_else(|| lacks("status"))?,
            taken_at: text("taken_at")?.parse().map_err(|_| lacks("taken_at"))?,
            run_id: text("run_id")?,
            program_version: text("program_version")?,
            site: text("site")?,
            account: text("account")?,
            former: json(&text("former")?).ok_or_else(|| lacks("former"))?,
            row_count: text("row_count")?.parse().map_err(|_| lacks("row_count"))?,
            spaces: json(&text("spaces")?).ok_or_else(|| lacks("spaces"))?,
            runs: json(&text("runs")?).ok_or_else(|| lacks("runs"))?,
            seal: table.seal().to_owned(),
        })
    }
}

fn lacks(key: &str) -> String {
    format!("its metadata has no usable entry {key}")
}

fn json<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

/// The week that was recorded last.
pub fn latest<'w>(weeks: impl Iterator<Item = &'w Week>) -> Option<&'w Week> {
    weeks.max_by_key(|week| (week.taken_at, week.week))
}
