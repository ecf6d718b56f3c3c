//! `history.json`: which weeks there are, in which files, and what these have to look like.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::disk::{Disk, Measure};
use super::names::{self, MANIFEST};
use super::{HistoryError, IsoWeek};

/// Version of everything in the folder. A newer one is never written over (F-87).
pub const SCHEMA_VERSION: u32 = 1;

const FORMAT: &str = "confluence-storage-analyzer history";

/// What a week is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Everything asked was read.
    Complete,
    /// Something could not be read, or was lost since. No trend is drawn over it unless asked for (F-85).
    Incomplete,
    /// From a file of the older script, which does not say whether it read everything.
    Imported,
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

    /// Whether trends are drawn over such a week by default.
    pub fn is_in_trends(self) -> bool {
        self != Self::Incomplete
    }
}

/// A file with rows, and what it has to look like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredFile {
    /// Path below the folder of the history, with `/`; in `archived_snapshots/` beyond the retention.
    pub path: String,
    /// Rows, without the header.
    pub rows: u64,
    /// How many of the history's columns it has, from the first on.
    pub columns: usize,
    /// Length and checksum.
    pub measure: Measure,
}

/// What was taken in one week, and where it lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Week {
    /// Which week.
    pub week: IsoWeek,
    /// What it is worth.
    pub status: Status,
    /// 1 for the first snapshot of the week, one more whenever it was replaced.
    pub revision: u32,
    /// When the snapshot was taken.
    pub taken_at: DateTime<Utc>,
    /// The run that took it; empty for imported weeks.
    pub run_id: String,
    /// Keys of the spaces that were read.
    pub spaces: Vec<String>,
    /// The file with the rows.
    pub file: StoredFile,
    /// Earlier revisions, oldest first.
    pub replaced: Vec<StoredFile>,
}

impl Week {
    /// Whether the file was moved to the archive.
    pub fn is_archived(&self) -> bool {
        self.file.path.starts_with(names::ARCHIVE)
    }
}

/// A file of the older script that was imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ImportedFile {
    /// Its length and checksum, by which it is known again.
    pub(super) measure: Measure,
    /// When it was imported.
    pub(super) at: DateTime<Utc>,
    /// The weeks it gave.
    pub(super) weeks: Vec<IsoWeek>,
}

/// Everything `history.json` says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    /// The site whose pages these are; `None` until a snapshot says so.
    #[serde(default)]
    pub(super) site: Option<String>,
    /// The account that read the last snapshot: another one may see other pages.
    #[serde(default)]
    pub(super) account: Option<String>,
    /// All columns any week ever had, in the order they came.
    pub(super) columns: Vec<String>,
    /// By week, each once.
    pub(super) weeks: Vec<Week>,
    /// The last run, whether it is in the history or not; its file is `confluence_data_current.csv`.
    pub(super) current: Option<Week>,
    /// `confluence_data_history.csv`.
    pub(super) joined: Option<StoredFile>,
    pub(super) imports: Vec<ImportedFile>,
}

#[derive(Serialize)]
struct Outer<'m> {
    format: &'static str,
    schema_version: u32,
    written_by: &'static str,
    checksum: String,
    history: &'m Manifest,
}

/// What every version of the file has, and what is looked at first.
#[derive(Deserialize)]
struct Head {
    format: String,
    schema_version: u32,
    written_by: String,
    checksum: String,
    history: serde_json::Value,
}

impl Manifest {
    pub(super) fn week(&self, week: IsoWeek) -> Option<&Week> {
        let at = self.weeks.binary_search_by_key(&week, |known| known.week).ok()?;
        self.weeks.get(at)
    }

    /// Puts a week in its place, instead of what was known of it.
    pub(super) fn put(&mut self, week: Week) {
        match self.weeks.binary_search_by_key(&week.week, |known| known.week) {
            Ok(at) => self.weeks[at] = week,
            Err(at) => self.weeks.insert(at, week),
        }
    }

    /// Every file that has to be there, with what it has to look like. Replaced revisions may be removed by anybody.
    pub(super) fn files(&self) -> impl Iterator<Item = &StoredFile> {
        let weeks = self.weeks.iter().map(|week| &week.file);
        weeks.chain(self.current.iter().map(|week| &week.file)).chain(&self.joined)
    }

    /// As it stands in the file.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let outer = Outer {
            format: FORMAT,
            schema_version: SCHEMA_VERSION,
            written_by: env!("CARGO_PKG_VERSION"),
            checksum: self.checksum()?,
            history: self,
        };
        let mut bytes = serde_json::to_vec_pretty(&outer)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Of the content, so that other line ends and indentation are no damage.
    fn checksum(&self) -> Result<String, serde_json::Error> {
        Ok(Measure::of(&serde_json::to_vec(self)?).sha256)
    }

    /// Reads `history.json`; `None` when there is none.
    pub(super) fn read(disk: &Disk) -> Result<Option<Self>, HistoryError> {
        let Some(bytes) = disk.read(MANIFEST)? else { return Ok(None) };
        let damaged = |line, problem: String| disk.damaged(MANIFEST, line, problem);
        let unreadable = |error: serde_json::Error| {
            let line = u64::try_from(error.line()).ok().filter(|line| *line > 0);
            damaged(line, format!("not as it was written: {error}"))
        };
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
        let head: Head = serde_json::from_slice(bytes).map_err(unreadable)?;
        if head.format != FORMAT {
            return Err(damaged(None, "this is no file of a metrics history".to_owned()));
        }
        if head.schema_version > SCHEMA_VERSION {
            return Err(HistoryError::Newer {
                path: disk.path(MANIFEST),
                found: head.schema_version,
                known: SCHEMA_VERSION,
                written_by: head.written_by,
            });
        }
        let manifest: Self = serde_json::from_value(head.history).map_err(unreadable)?;
        let whole = head.schema_version == SCHEMA_VERSION && manifest.checksum().map_err(unreadable)? == head.checksum;
        if !whole || !manifest.is_sound() {
            return Err(damaged(None, "its content does not match its checksum".to_owned()));
        }
        Ok(Some(manifest))
    }

    /// Whether it could have been written by this program: somebody may have mended the checksum as well.
    fn is_sound(&self) -> bool {
        let replaced = self.weeks.iter().flat_map(|week| &week.replaced);
        self.weeks.is_sorted_by(|one, other| one.week < other.week)
            && self.files().chain(replaced).all(|file| file.columns <= self.columns.len() && names::is_data(&file.path))
    }
}
