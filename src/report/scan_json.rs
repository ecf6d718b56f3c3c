//! The saved scan, `scan.json.gz`: everything a run has read, to render its pages and compare runs without the network.
//!
//! A gzip file with one JSON object: `format` is always [`FORMAT`], `version` grows with every change that an older
//! program would misread, `run` is [`RunFacts`], `inventory` is [`Inventory`]. New fields have a default, so that older
//! files stay readable. `docs/saved-scan.md` lists every field; `tests/it/saved_scan.rs` compares the list with the
//! written file.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, IntoInnerError, Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::folder::WriteFailure;
use super::{ReportError, RunFacts};
use crate::inventory::{Coverage, Inventory, Scan, Space};
use crate::support::file_error::cannot;

/// The name of the file in a report folder.
pub const NAME: &str = "scan.json.gz";

/// The name of the format.
pub const FORMAT: &str = "confluence-storage-analyzer scan";

/// The format version this program writes, and the newest it reads.
pub const VERSION: u32 = 2;

/// The content of a saved scan.
#[derive(Debug, Clone, Deserialize)]
pub struct SavedScan {
    pub run: RunFacts,
    pub inventory: Inventory,
}

/// The part of a saved scan that decides whether it can be compared with another one.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct SavedConditions {
    pub(super) run: RunFacts,
    pub(super) inventory: SavedInventoryConditions,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct SavedInventoryConditions {
    pub(super) scan: Scan,
    pub(super) spaces: Vec<Space>,
    pub(super) coverage: Coverage,
}

#[derive(Serialize)]
struct SavedScanRef<'a> {
    format: &'a str,
    version: u32,
    run: &'a RunFacts,
    inventory: &'a Inventory,
}

/// The fields that are checked before the rest is parsed.
#[derive(Deserialize)]
struct ScanHeader {
    format: String,
    version: u32,
}

/// Writes a saved scan. The same input gives the same bytes: the gzip header has no time and no name.
pub(crate) fn write(sink: &mut dyn Write, run: &RunFacts, inventory: &Inventory) -> Result<(), WriteFailure> {
    // buffer the encoder's input: JSON is written in pieces of a few bytes, and every call has a cost
    let mut encoder = BufWriter::with_capacity(64 << 10, GzEncoder::new(sink, Compression::default()));
    let saved = SavedScanRef { format: FORMAT, version: VERSION, run, inventory };
    serde_json::to_writer(&mut encoder, &saved).map_err(|error| json_failure("the saved scan", error))?;
    encoder.into_inner().map_err(IntoInnerError::into_error)?.finish()?;
    Ok(())
}

/// Distinguishes a failed write from data that cannot be JSON.
pub(super) fn json_failure(what: &'static str, source: serde_json::Error) -> WriteFailure {
    if source.is_io() {
        WriteFailure::Io(source.into())
    } else {
        WriteFailure::Content(ReportError::Json { what, source })
    }
}

/// Reads a saved scan. Rejects newer formats and files that are truncated or damaged.
pub fn read(path: &Path) -> Result<SavedScan, ReportError> {
    read_as(path)
}

/// Reads what decides whether a saved scan can be compared; everything else is skipped.
pub(super) fn read_conditions(path: &Path) -> Result<SavedConditions, ReportError> {
    read_as(path)
}

fn read_as<T: DeserializeOwned>(path: &Path) -> Result<T, ReportError> {
    let unreadable = |why: String| ReportError::InvalidScan { path: path.to_owned(), why };
    let bytes = unpack(path).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            unreadable(error.to_string())
        }
        _ => cannot("read", path)(error).into(),
    })?;
    let header: ScanHeader = serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))?;
    if header.format != FORMAT {
        return Err(unreadable(format!("its format is {:?}", header.format)));
    }
    if header.version > VERSION {
        return Err(ReportError::NewerScanFormat { path: path.to_owned(), found: header.version, known: VERSION });
    }
    serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))
}

fn unpack(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    MultiGzDecoder::new(BufReader::new(File::open(path)?)).read_to_end(&mut bytes)?;
    Ok(bytes)
}
