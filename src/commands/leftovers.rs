//! What a killed run has left in the folder of the reports. It is named and never touched: another run may be writing it.

use std::fs;
use std::path::Path;

use crate::progress::Progress;
use crate::report::format::{bytes, plural};
use crate::support::visible::Lines;
use crate::support::wording::shell_word;

/// Mentions report folders that are half written, with what they take of the disk and how they are removed.
pub(super) fn mention(output: &Path, progress: &Progress) {
    let Ok(entries) = fs::read_dir(output) else { return };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with("confluence_analysis_V") && name.ends_with(".partial"))
        .collect();
    names.sort();
    let [first, more @ ..] = names.as_slice() else { return };
    let taken: u64 = names.iter().map(|name| size(&output.join(name))).sum();
    let others = match more.len() as u64 {
        0 => String::new(),
        more => format!(" and {}", plural(more, "other", "others")),
    };
    let told = format!(
        "an earlier run was killed while it wrote {first}{others}: what is in there is not whole, and takes {}; unless a \
         run is writing it now, remove it",
        bytes(taken)
    );
    progress.warn(names.iter().fold(Lines::new(told), |lines, name| lines.and(removal(&output.join(name)))));
}

/// The command that removes a folder, to be copied.
fn removal(folder: &Path) -> String {
    let folder = folder.to_string_lossy();
    if cfg!(windows) { format!("    rmdir /s \"{folder}\"") } else { format!("    rm -r {}", shell_word(&folder)) }
}

/// Bytes of all files below a folder, as far as they can be read; links are not followed.
fn size(path: &Path) -> u64 {
    let Ok(found) = fs::symlink_metadata(path) else { return 0 };
    if !found.is_dir() {
        return found.len();
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| size(&entry.path())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_that_of_all_files() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("ENG")).unwrap();
        fs::write(place.path().join("ENG/a.csv"), [0; 1000]).unwrap();
        fs::write(place.path().join("b.csv"), [0; 500]).unwrap();
        assert_eq!(size(place.path()), 1500);
        assert_eq!(size(&place.path().join("absent")), 0);
    }
}
