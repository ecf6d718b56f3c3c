//! Warns of unfinished report folders left by killed runs. They are never removed: another run may be writing them.

use std::fs;
use std::path::Path;

use crate::progress::Progress;
use crate::report::format::{bytes, plural};
use crate::support::formatting::shell_word;
use crate::support::visible_text::Lines;

/// How the names of the folders begin that this program builds.
const PREFIXES: [&str; 3] = ["confluence_analysis_V", "confluence_diff_V", "confluence_recheck_V"];

/// Warns of unfinished report folders, with their size and the command that removes them.
pub(super) fn warn_of_unfinished_reports(output: &Path, progress: &Progress) {
    let Ok(entries) = fs::read_dir(output) else { return };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| PREFIXES.iter().any(|prefix| name.starts_with(prefix)) && name.ends_with(".partial"))
        .collect();
    names.sort();
    let [first, more @ ..] = names.as_slice() else { return };
    let total: u64 = names.iter().map(|name| size(&output.join(name))).sum();
    let size = bytes(total);
    let warning = match more.len() as u64 {
        0 => format!("{first}, left by a killed run, takes {size}; unless a run is writing it now, remove it with"),
        more => format!(
            "{first} and {}, left by killed runs, take {size}; unless a run is writing them now, remove them with",
            plural(more, "other", "others")
        ),
    };
    progress.warn(names.iter().fold(Lines::new(warning), |lines, name| lines.and(removal(&output.join(name)))));
}

/// Returns the shell command that removes a folder.
fn removal(folder: &Path) -> String {
    let folder = folder.to_string_lossy();
    if cfg!(windows) { format!("    rmdir /s \"{folder}\"") } else { format!("    rm -r {}", shell_word(&folder)) }
}

/// Returns the total size of all readable files below a folder, in bytes; links are not followed.
fn size(path: &Path) -> u64 {
    let Ok(metadata) = fs::symlink_metadata(path) else { return 0 };
    if !metadata.is_dir() {
        return metadata.len();
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| size(&entry.path())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_that_of_all_files() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("ENG")).unwrap();
        fs::write(folder.path().join("ENG/a.csv"), [0; 1000]).unwrap();
        fs::write(folder.path().join("b.csv"), [0; 500]).unwrap();
        assert_eq!(size(folder.path()), 1500);
        assert_eq!(size(&folder.path().join("absent")), 0);
    }
}
