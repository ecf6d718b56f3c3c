//! Reads the weeks that `history.json` lists, and refuses folders of a newer or unreleased version or of the legacy script.

use std::path::Path;

use serde::Deserialize;

use super::week_files::{WeekFiles, names_in};
use super::{HistoryError, SCHEMA_VERSION, WeekMetadata};
use crate::support::private_files::read_own_file;

/// The file that lists the weeks.
pub const MANIFEST: &str = "history.json";
/// Value of the key `format` in [`MANIFEST`].
pub const FORMAT: &str = "confluence-storage-analyzer history";

/// The keys that every version of the file has.
#[derive(Deserialize)]
struct ManifestHead {
    format: String,
    schema_version: u32,
    #[serde(default)]
    written_by: String,
}

#[derive(Deserialize)]
struct WeekList {
    weeks: Vec<WeekMetadata>,
}

/// Returns the weeks that `history.json` lists; none if it does not exist or cannot be read.
pub(super) fn weeks(week_files: &WeekFiles) -> Vec<WeekMetadata> {
    let bytes = read_own_file(&week_files.path(MANIFEST)).unwrap_or_default();
    serde_json::from_slice(&bytes).map(|list: WeekList| list.weeks).unwrap_or_default()
}

/// Returns an error if the files are of a newer version of the program, of an unreleased one, or of the legacy script.
pub fn refuse_incompatible(week_files: &WeekFiles) -> Result<(), HistoryError> {
    let folder = week_files.folder().to_owned();
    let head = read_own_file(&week_files.path(MANIFEST))
        .ok()
        .and_then(|bytes| serde_json::from_slice::<ManifestHead>(&bytes).ok());
    match head.filter(|head| head.format == FORMAT) {
        Some(head) if head.schema_version > SCHEMA_VERSION => {
            Err(HistoryError::Newer { path: week_files.path(MANIFEST), written_by: head.written_by })
        }
        Some(head) if head.schema_version < SCHEMA_VERSION => Err(HistoryError::Unreleased { folder }),
        // CSV files without any week and without `history.json` are not of this program
        None if week_files.weeks()?.is_empty() => {
            match names_in(week_files.folder())?.into_iter().find(|name| is_csv(name)) {
                Some(file) => Err(HistoryError::LegacyScript { folder, file }),
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// Returns an error if the folder contains no file of a history.
pub fn check_folder(week_files: &WeekFiles) -> Result<(), HistoryError> {
    let is_there = week_files.path(MANIFEST).exists()
        || !week_files.weeks()?.is_empty()
        || names_in(week_files.folder())?.iter().any(|name| is_csv(name));
    if is_there { Ok(()) } else { Err(HistoryError::Absent { folder: week_files.folder().to_owned() }) }
}

fn is_csv(name: &str) -> bool {
    name.starts_with("confluence_data_") && Path::new(name).extension().is_some_and(|ending| ending == "csv")
}
