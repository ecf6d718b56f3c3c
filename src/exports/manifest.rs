//! `history.json`: the weeks for people and scripts, and what every derived file has to look like.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{self, Read, Write};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::history::{FORMAT, HistoryError, Lake, MANIFEST, SCHEMA_VERSION, Week};
use crate::support::checksum::Meter;
use crate::support::file_error::cannot;
use crate::support::iso_week::IsoWeek;
use crate::support::private;

const PREFIX: &str = "confluence_data_";
/// Where CSV files of weeks beyond the retention are.
const ARCHIVE: &str = "archived_snapshots";

/// Length and checksum of a part of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Measure {
    /// Length in bytes.
    pub(super) bytes: u64,
    /// SHA-256 in lower-case hexadecimal.
    pub(super) sha256: String,
}

impl Measure {
    /// Of all that is left to read.
    pub(super) fn of(reader: &mut impl Read) -> io::Result<Self> {
        let mut meter = Meter::new(io::sink());
        io::copy(reader, &mut meter)?;
        let (_, bytes, sha256) = meter.finish();
        Ok(Self { bytes, sha256 })
    }
}

/// A part of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Section {
    /// What it was made from.
    pub(super) key: String,
    /// Where it ends in the file, in bytes.
    #[serde(rename = "bytes")]
    pub(super) end: u64,
}

/// A file that follows from the weeks, as it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Export {
    #[serde(flatten)]
    pub(super) measure: Measure,
    /// What stood there before: the program may be killed before the new file is in place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) replaces: Option<Measure>,
    /// When it was written, in nanoseconds since 1970: a file of the same time and length needs no reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) modified: Option<u64>,
    /// What it was made from, where that tells whether it has to be made again: its parts, one after the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) sections: Vec<Section>,
}

impl Export {
    /// Where the parts lie in the file, by what they were made from.
    pub(super) fn parts(&self) -> HashMap<String, Range<u64>> {
        let begins = std::iter::once(0).chain(self.sections.iter().map(|section| section.end));
        let parts = begins.zip(&self.sections).filter(|(begin, section)| *begin <= section.end);
        parts.map(|(begin, section)| (section.key.clone(), begin..section.end)).collect()
    }

    /// Whether it was made from just these.
    pub(super) fn is_made_from<'k>(&self, keys: impl IntoIterator<Item = &'k String>) -> bool {
        self.sections.iter().map(|section| &section.key).eq(keys)
    }
}

/// Everything `history.json` says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    format: String,
    schema_version: u32,
    written_by: String,
    /// By week.
    pub(super) weeks: Vec<Week>,
    /// What the figures of the newest week are compared with, and what that leaves out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) comparison: Option<serde_json::Value>,
    /// By path below the folder, with `/`.
    pub(super) exports: BTreeMap<String, Export>,
    /// Files that are no longer written, and are being removed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) obsolete: BTreeMap<String, Export>,
}

impl Manifest {
    pub(super) fn new(
        weeks: Vec<Week>,
        comparison: Option<serde_json::Value>,
        exports: BTreeMap<String, Export>,
        obsolete: BTreeMap<String, Export>,
    ) -> Self {
        let (format, written_by) = (FORMAT.to_owned(), env!("CARGO_PKG_VERSION").to_owned());
        Self { format, schema_version: SCHEMA_VERSION, written_by, weeks, comparison, exports, obsolete }
    }

    /// Reads it; `None` when there is none, or none that can be understood: it is derived, too.
    pub(super) fn read(lake: &Lake) -> Result<Option<Self>, HistoryError> {
        let path = lake.path(MANIFEST);
        match private::read_own_file(&path) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(cannot("read", path)(error).into()),
        }
    }

    /// Writes it, whole or not at all.
    pub(super) fn write(&self, lake: &Lake) -> Result<(), HistoryError> {
        let (new, path) = (lake.path(Lake::PARTIAL_LIST), lake.path(MANIFEST));
        private::remove_file(&new)?;
        let mut file = private::create_file(&new)?;
        let json = serde_json::to_vec_pretty(self).map_err(io::Error::from);
        let written = json.and_then(|json| file.write_all(&json)).and_then(|()| file.sync_all());
        if written.is_err() {
            private::remove_file(&new)?;
        }
        written.map_err(cannot("write", &new))?;
        fs::rename(&new, &path).map_err(cannot("put in place", &path))?;
        Ok(private::sync_folder(lake.folder())?)
    }

    pub(super) fn week(&self, week: IsoWeek) -> Option<&Week> {
        self.weeks.iter().find(|known| known.week == week)
    }

    /// The CSV file that was made from just this file of a week.
    pub(super) fn weekly_file(&self, week: &Week) -> Option<&str> {
        let names = [weekly(week.week), archived(week.week)];
        let fits = |name: &String| self.exports.get(name).is_some_and(|export| export.is_made_from([&week.seal]));
        let name = names.into_iter().find(fits)?;
        self.exports.get_key_value(&name).map(|(name, _)| name.as_str())
    }

    /// Whether a file is as it was written.
    pub(super) fn is_as_exported(&self, lake: &Lake, name: &str) -> bool {
        let found = private::open_own_file(&lake.path(name)).and_then(|mut file| Measure::of(&mut file));
        found.ok().as_ref() == self.exports.get(name).map(|export| &export.measure)
    }
}

/// CSV file of a week, e.g. `confluence_data_2026-W47.csv`.
pub(super) fn weekly(week: IsoWeek) -> String {
    format!("{PREFIX}{week}.csv")
}

/// CSV file of a week beyond the retention.
pub(super) fn archived(week: IsoWeek) -> String {
    format!("{ARCHIVE}/{PREFIX}{week}.csv")
}
