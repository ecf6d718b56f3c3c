//! Determines the state of a report folder: unfinished, marked incomplete, or complete according to its manifest.

use std::path::Path;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::report_sums;

/// The state of a report folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportFolderState {
    /// `.partial`: never finished.
    Partial,
    /// `_INCOMPLETE`, also according to its manifest.
    Incomplete,
    /// Complete, and every file has the checksum in the manifest.
    Complete,
    /// Looks finished but is not. Must never occur; the text says why.
    Invalid(String),
}

/// Determines the state of a report folder, and checks its manifest, checksums and figures.
pub fn state(folder: &Path) -> ReportFolderState {
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    if name.ends_with(".partial") {
        return ReportFolderState::Partial;
    }
    let Ok(text) = std::fs::read(folder.join("run.json")) else {
        return ReportFolderState::Invalid("no manifest".to_owned());
    };
    let Ok(manifest) = serde_json::from_slice::<Value>(&text) else {
        return ReportFolderState::Invalid("broken manifest".to_owned());
    };
    let sums = manifest["checksums"].as_array();
    for file in sums.into_iter().flatten() {
        let path = file["path"].as_str().unwrap_or_default();
        let bytes = std::fs::read(folder.join(path)).unwrap_or_default();
        let sum = Sha256::digest(&bytes).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        if file["sha256"] != sum.as_str() {
            return ReportFolderState::Invalid(format!("{path} differs from the manifest"));
        }
    }
    if sums.is_none_or(|files| files.len() < 5) {
        return ReportFolderState::Invalid("the manifest names too few files".to_owned());
    }
    if let Some(figure) = report_sums::find_disagreement(folder) {
        return ReportFolderState::Invalid(format!("figures disagree: {figure}"));
    }
    match (manifest["complete"].as_bool(), name.contains("_INCOMPLETE")) {
        (Some(true), false) => ReportFolderState::Complete,
        (Some(false), true) => ReportFolderState::Incomplete,
        (complete, _) => ReportFolderState::Invalid(format!("{name} with complete = {complete:?}")),
    }
}

/// Returns all files below a folder with their bytes; compressed files are decompressed.
pub fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
            continue;
        }
        let mut bytes = std::fs::read(&path).unwrap();
        if path.extension().is_some_and(|extension| extension == "gz") {
            let mut plain = Vec::new();
            std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(bytes.as_slice()), &mut plain).unwrap();
            bytes = plain;
        }
        found.push((path.display().to_string(), bytes));
    }
    found
}
