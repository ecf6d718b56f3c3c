//! What `history.json` lists, and folders that are refused: written by a newer program, by one that was never released, or by
//! the older script.

use std::path::Path;

use serde::Deserialize;

use super::lake::{Lake, names_in};
use super::{HistoryError, SCHEMA_VERSION, Week};
use crate::support::private::read_own_file;

/// The file that lists the weeks.
pub const MANIFEST: &str = "history.json";
/// What it says it is.
pub const FORMAT: &str = "confluence-storage-analyzer history";

/// What every version of the file has, and what is looked at first.
#[derive(Deserialize)]
struct Head {
    format: String,
    schema_version: u32,
    #[serde(default)]
    written_by: String,
}

/// The part of it that says which weeks there are.
#[derive(Deserialize)]
struct Listed {
    weeks: Vec<Week>,
}

/// The weeks that `history.json` lists; none when it is absent or cannot be read.
pub(super) fn weeks(lake: &Lake) -> Vec<Week> {
    let bytes = read_own_file(&lake.path(MANIFEST)).unwrap_or_default();
    serde_json::from_slice(&bytes).map(|listed: Listed| listed.weeks).unwrap_or_default()
}

/// Refuses a folder whose files are of a newer program, of one that was never released, or of the older script.
pub fn refuse_others(lake: &Lake) -> Result<(), HistoryError> {
    let folder = lake.folder().to_owned();
    let head = read_own_file(&lake.path(MANIFEST)).ok().and_then(|bytes| serde_json::from_slice::<Head>(&bytes).ok());
    match head.filter(|head| head.format == FORMAT) {
        Some(head) if head.schema_version > SCHEMA_VERSION => {
            Err(HistoryError::Newer { path: lake.path(MANIFEST), written_by: head.written_by })
        }
        Some(head) if head.schema_version < SCHEMA_VERSION => Err(HistoryError::Unreleased { folder }),
        // without a week and without a list of them, such files are not ours
        None if lake.weeks()?.is_empty() => match names_in(lake.folder())?.into_iter().find(|name| is_csv(name)) {
            Some(file) => Err(HistoryError::OlderScript { folder, file }),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

/// Refuses a folder that holds nothing of a history.
pub fn check_folder(lake: &Lake) -> Result<(), HistoryError> {
    let is_there = lake.path(MANIFEST).exists()
        || !lake.weeks()?.is_empty()
        || names_in(lake.folder())?.iter().any(|name| is_csv(name));
    if is_there { Ok(()) } else { Err(HistoryError::Absent { folder: lake.folder().to_owned() }) }
}

fn is_csv(name: &str) -> bool {
    name.starts_with("confluence_data_") && Path::new(name).extension().is_some_and(|ending| ending == "csv")
}
