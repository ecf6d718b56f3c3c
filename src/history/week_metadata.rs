//! Metadata of a week, stored in its Parquet file and in `history.json`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::spreadsheet::ParquetTable;
use crate::support::iso_week::IsoWeek;

/// Version of the format of the weeks and of `history.json`. Files of a newer version are never overwritten (F-87).
pub const SCHEMA_VERSION: u32 = 2;

/// How complete the rows of a week or space are, in ascending order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SnapshotStatus {
    /// Something could not be read. Trends leave such rows out (F-85).
    Incomplete,
    /// From a file of the legacy script, which does not record whether it read everything.
    Imported,
    /// Everything that was asked for was read.
    Complete,
}

impl SnapshotStatus {
    /// Returns the value of the column [`super::STATUS`].
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Incomplete => "incomplete",
            Self::Imported => "imported",
        }
    }

    /// Returns whether trends show rows with this status.
    pub fn is_in_trends(self) -> bool {
        self != Self::Incomplete
    }
}

/// How long weeks and their CSV files are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// Number of weeks, counted back from the newest, whose CSV files stay in the folder itself; at least 1.
    pub weeks: u32,
    /// Whether older CSV files are moved to the archive.
    pub archive: bool,
    /// Number of weeks, counted back from the newest, that are kept; `None` keeps all.
    pub keep: Option<u32>,
    /// Whether all weeks are also written to one CSV file.
    pub joined: bool,
}

impl Default for Retention {
    fn default() -> Self {
        Self { weeks: 12, archive: true, keep: None, joined: true }
    }
}

impl Retention {
    /// Returns whether the CSV file of a week belongs in the archive.
    pub fn is_archived(self, week: IsoWeek, newest: IsoWeek) -> bool {
        self.archive && newest.weeks_since(week) >= i64::from(self.weeks.max(1))
    }

    /// Returns whether a week is to be deleted.
    pub(super) fn is_expired(self, week: IsoWeek, newest: IsoWeek) -> bool {
        self.keep.is_some_and(|keep| newest.weeks_since(week) >= i64::from(keep.max(1)))
    }
}

/// What determines, in addition to site and account, what a run could see. Weeks of earlier versions had no such
/// conditions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WeekVisibility {
    /// Whether an administrator's key showed restricted content.
    pub admin_key: bool,
    /// The scopes that the token lacks.
    pub missing_scopes: BTreeSet<String>,
}

impl WeekVisibility {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Returns, for people, what the other could see and this one could not.
    fn lacks(&self, other: &Self) -> impl Iterator<Item = String> {
        let key = (other.admin_key && !self.admin_key).then(|| "what the admin key shows".to_owned());
        let scopes = self.missing_scopes.difference(&other.missing_scopes);
        let scopes = scopes.map(|scope| format!("what needs the scope {scope}"));
        key.into_iter().chain(scopes).collect::<Vec<_>>().into_iter()
    }
}

/// What a run reads for each page. Empty for weeks that do not record it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Extent {
    /// Names of the groups of metrics.
    pub groups: BTreeSet<String>,
    /// Whether links to the pages are followed from every space.
    pub from_all_spaces: bool,
    /// Keys of the spaces from which links are followed, if not from every space.
    pub from_spaces: BTreeSet<String>,
    #[serde(skip_serializing_if = "WeekVisibility::is_default")]
    pub visibility: WeekVisibility,
}

impl Extent {
    /// Returns, for people, what the other extent has and this one lacks. If it is empty, rows of this extent may replace rows
    /// of the other.
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
        lacks.extend(self.visibility.lacks(&other.visibility));
        lacks
    }
}

/// The rows of one space in a week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpaceOfWeek {
    pub status: SnapshotStatus,
    /// Id of the run that measured them, see [`WeekMetadata::runs`].
    pub run: String,
    /// Number of rows.
    pub rows: u64,
    #[serde(default)]
    pub extent: Extent,
}

/// A run that measured rows of a week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeekRun {
    /// When the run began.
    pub taken_at: DateTime<Utc>,
    /// Data that the caller stores with the rows.
    pub facts: serde_json::Value,
}

/// The metadata of a week: everything in its file except the rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeekMetadata {
    pub week: IsoWeek,
    /// The lowest status of its spaces.
    pub status: SnapshotStatus,
    /// When its last run began.
    pub taken_at: DateTime<Utc>,
    /// Id of its last run.
    pub run_id: String,
    /// Version of the program that wrote it.
    pub program_version: String,
    /// Address of the site; empty as long as there are imported weeks only.
    pub site: String,
    /// Id of the account; empty as long as there are imported weeks only.
    pub account: String,
    /// What its last run could see.
    #[serde(default)]
    pub visibility: WeekVisibility,
    /// Sites and accounts of earlier weeks that were accepted as the same.
    pub former: Vec<String>,
    pub row_count: u64,
    /// The measured spaces by key, including those without pages.
    pub spaces: BTreeMap<String, SpaceOfWeek>,
    /// The runs that measured its rows, by id.
    pub runs: BTreeMap<String, WeekRun>,
    /// Checksum of the file. Not stored in the file itself.
    #[serde(default)]
    pub seal: String,
}

impl WeekMetadata {
    /// Returns the keys of the spaces that a run measured.
    pub fn spaces_of<'w>(&'w self, run: &'w str) -> impl Iterator<Item = &'w str> {
        self.spaces.iter().filter(move |(_, space)| space.run == run).map(|(key, _)| key.as_str())
    }

    /// Returns whether the other week is of the same site and account, or of former ones.
    pub fn is_of_same_owner(&self, other: &Self) -> bool {
        let accepts =
            |own: &String, others: &String| others.is_empty() || own == others || self.former.contains(others);
        accepts(&self.site, &other.site) && accepts(&self.account, &other.account)
    }

    /// Returns the entries of the file's metadata.
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
            ("visibility", serde_json::to_string(&self.visibility)?),
            ("former", serde_json::to_string(&self.former)?),
            ("row_count", self.row_count.to_string()),
            ("spaces", serde_json::to_string(&self.spaces)?),
            ("runs", serde_json::to_string(&self.runs)?),
        ])
    }

    /// Reads the metadata of a file. The error names the invalid entry.
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
            visibility: table
                .entry("visibility")
                .map_or_else(|| Some(WeekVisibility::default()), json)
                .ok_or_else(|| lacks("visibility"))?,
            former: json(&text("former")?).ok_or_else(|| lacks("former"))?,
            row_count: text("row_count")?.parse().map_err(|_| lacks("row_count"))?,
            spaces: json(&text("spaces")?).ok_or_else(|| lacks("spaces"))?,
            runs: json(&text("runs")?).ok_or_else(|| lacks("runs"))?,
            seal: table.seal().to_owned(),
        })
    }
}

fn lacks(key: &str) -> String {
    format!("its metadata has no valid entry {key}")
}

fn json<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

/// Returns the week that was recorded last.
pub fn latest<'w>(weeks: impl Iterator<Item = &'w WeekMetadata>) -> Option<&'w WeekMetadata> {
    weeks.max_by_key(|week| (week.taken_at, week.week))
}
