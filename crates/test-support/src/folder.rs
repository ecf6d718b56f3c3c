//! What a report folder is: in the making, marked incomplete, or whole by its own manifest.

use std::path::Path;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::sums;

/// The states a report folder may be found in, and the one it may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// `.partial`: never finished.
    Partial,
    /// `_INCOMPLETE`, and its manifest says so too.
    Incomplete,
    /// Complete, and every file is as the manifest says.
    Complete,
    /// Looks finished and is not.
    Lie(String),
}

/// Looks at a report folder as a suspicious reader would.
pub fn state(folder: &Path) -> State {
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    if name.ends_with(".partial") {
        return State::Partial;
    }
    let Ok(text) = std::fs::read(folder.join("run.json")) else { return State::Lie("no manifest".to_owned()) };
    let Ok(manifest) = serde_json::from_slice::<Value>(&text) else { return State::Lie("broken manifest".to_owned()) };
    let sums = manifest["checksums"].as_array();
    for file in sums.into_iter().flatten() {
        let path = file["path"].as_str().unwrap_or_default();
        let bytes = std::fs::read(folder.join(path)).unwrap_or_default();
        let sum = Sha256::digest(&bytes).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        if file["sha256"] != sum.as_str() {
            return State::Lie(format!("{path} differs from the manifest"));
        }
    }
    if sums.is_none_or(|files| files.len() < 5) {
        return State::Lie("the manifest names too few files".to_owned());
    }
    if let Some(figure) = sums::disagreement(folder) {
        return State::Lie(format!("figures disagree: {figure}"));
    }
    match (manifest["complete"].as_bool(), name.contains("_INCOMPLETE")) {
        (Some(true), false) => State::Complete,
        (Some(false), true) => State::Incomplete,
        (complete, _) => State::Lie(format!("{name} with complete = {complete:?}")),
    }
}

/// All files below a folder with their bytes; those that are compressed come unpacked.
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
