//! What runs before this one left unfinished: named, never touched (F-79, F-97).

use std::fs;
use std::path::Path;

use crate::progress::Progress;

/// Mentions report folders in `output` that a killed run left half written.
pub(super) fn mention(output: &Path, progress: &Progress) {
    let Ok(entries) = fs::read_dir(output) else { return };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with("confluence_analysis_V") && name.ends_with(".partial"))
        .collect();
    names.sort();
    if let Some(first) = names.first() {
        let more = if names.len() > 1 { format!(" and {} more", names.len() - 1) } else { String::new() };
        progress.warn(format!(
            "an earlier run was killed while it wrote {first}{more}: what is in there is not whole; it may be removed \
             unless a run is writing it now"
        ));
    }
}
