//! `history.json`: lists the weeks for people and scripts, and the length and checksum of every derived file.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{self, Read, Write};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::history::{FORMAT, HistoryError, MANIFEST, SCHEMA_VERSION, WeekFiles, WeekMetadata};
use crate::support::checksum::HashingWriter;
use crate::support::file_error::cannot;
use crate::support::iso_week::IsoWeek;
use crate::support::private_files;

const PREFIX: &str = "confluence_data_";
/// The folder of the CSV files of older weeks.
const ARCHIVE: &str = "archived_snapshots";

/// Length and checksum of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileDigest {
    /// Length in bytes.
    pub(super) bytes: u64,
    /// SHA-256 in lower-case hexadecimal.
    pub(super) sha256: String,
}

impl FileDigest {
    /// Reads to the end.
    pub(super) fn of(reader: &mut impl Read) -> io::Result<Self> {
        let mut writer = HashingWriter::new(io::sink());
        io::copy(reader, &mut writer)?;
        let (_, bytes, sha256) = writer.finish();
        Ok(Self { bytes, sha256 })
    }
}

/// A part of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileSection {
    /// Checksum of its source: the seal of a week, or the checksum of the header.
    pub(super) key: String,
    /// Offset of its end in the file, in bytes.
    #[serde(rename = "bytes")]
    pub(super) end: u64,
}

/// A derived file as it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ExportedFile {
    #[serde(flatten)]
    pub(super) digest: FileDigest,
    /// The file that it replaces, which stays there if the program is killed before the new one is in place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) replaces: Option<FileDigest>,
    /// When it was written, in nanoseconds since 1970: a file with the same time and length is not read to check it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) modified: Option<u64>,
    /// Its parts in order, for files that are rewritten only if the sources of their parts have changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) sections: Vec<FileSection>,
}

impl ExportedFile {
    /// Returns the byte ranges of the parts, by their keys.
    pub(super) fn parts(&self) -> HashMap<String, Range<u64>> {
        let begins = std::iter::once(0).chain(self.sections.iter().map(|section| section.end));
        let parts = begins.zip(&self.sections).filter(|(begin, section)| *begin <= section.end);
        parts.map(|(begin, section)| (section.key.clone(), begin..section.end)).collect()
    }

    /// Returns whether its parts have exactly these keys.
    pub(super) fn is_made_from<'k>(&self, keys: impl IntoIterator<Item = &'k String>) -> bool {
        self.sections.iter().map(|section| &section.key).eq(keys)
    }
}

/// The content of `history.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryManifest {
    format: String,
    schema_version: u32,
    written_by: String,
    pub(super) weeks: Vec<WeekMetadata>,
    /// What the figures of the newest week are compared with, and what is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) comparison: Option<serde_json::Value>,
    /// The derived files by path below the folder, separated by `/`.
    pub(super) exports: BTreeMap<String, ExportedFile>,
    /// Files that are no longer written and are being removed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) obsolete: BTreeMap<String, ExportedFile>,
}

impl HistoryManifest {
    pub(super) fn new(
        weeks: Vec<WeekMetadata>,
        comparison: Option<serde_json::Value>,
        exports: BTreeMap<String, ExportedFile>,
        obsolete: BTreeMap<String, ExportedFile>,
    ) -> Self {
        let (format, written_by) = (FORMAT.to_owned(), env!("CARGO_PKG_VERSION").to_owned());
        Self { format, schema_version: SCHEMA_VERSION, written_by, weeks, comparison, exports, obsolete }
    }

    /// Reads the file; `None` if it does not exist or is invalid. It is derived, too, so it can be written again.
    pub(super) fn read(week_files: &WeekFiles) -> Result<Option<Self>, HistoryError> {
        let path = week_files.path(MANIFEST);
        match private_files::read_own_file(&path) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(cannot("read", path)(error).into()),
        }
    }

    /// Writes the file atomically.
    pub(super) fn write(&self, week_files: &WeekFiles) -> Result<(), HistoryError> {
        let (new, path) = (week_files.path(WeekFiles::PARTIAL_LIST), week_files.path(MANIFEST));
        private_files::remove_file(&new)?;
        let mut file = private_files::create_file(&new)?;
        let json = serde_json::to_vec_pretty(self).map_err(io::Error::from);
        let written = json.and_then(|json| file.write_all(&json)).and_then(|()| file.sync_all());
        if written.is_err() {
            private_files::remove_file(&new)?;
        }
        written.map_err(cannot("write", &new))?;
        fs::rename(&new, &path).map_err(cannot("put in place", &path))?;
        Ok(private_files::sync_folder(week_files.folder())?)
    }

    pub(super) fn week(&self, week: IsoWeek) -> Option<&WeekMetadata> {
        self.weeks.iter().find(|known| known.week == week)
    }

    /// Returns the CSV file that was written from exactly this version of a week.
    pub(super) fn weekly_file(&self, week: &WeekMetadata) -> Option<&str> {
        let names = [weekly(week.week), archived(week.week)];
        let fits = |name: &String| self.exports.get(name).is_some_and(|export| export.is_made_from([&week.seal]));
        let name = names.into_iter().find(fits)?;
        self.exports.get_key_value(&name).map(|(name, _)| name.as_str())
    }

    /// Returns whether a file is unchanged.
    pub(super) fn is_as_exported(&self, week_files: &WeekFiles, name: &str) -> bool {
        let found = private_files::open_own_file(&week_files.path(name)).and_then(|mut file| FileDigest::of(&mut file));
        found.ok().as_ref() == self.exports.get(name).map(|export| &export.digest)
    }
}

/// Returns the CSV file of a week, e.g. `confluence_data_2026-W47.csv`.
pub(super) fn weekly(week: IsoWeek) -> String {
    format!("{PREFIX}{week}.csv")
}

/// Returns the CSV file of an older week, in the archive.
pub(super) fn archived(week: IsoWeek) -> String {
    format!("{ARCHIVE}/{PREFIX}{week}.csv")
}
