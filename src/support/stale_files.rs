//! Removes temporary files and folders that killed runs left behind.

use std::fs;
use std::path::Path;
use std::time::Duration;

/// No temporary file or folder is in use for longer than this.
const LONGEST_USE: Duration = Duration::from_secs(60);

/// Removes files and folders next to `own` whose names begin with `begin` and end with `end`, and that are more than a
/// minute older than it: a run in progress created its own more recently. Symbolic links are kept. Failures to remove
/// are ignored, since no later run uses the same name.
pub fn remove_older(own: &Path, begin: &str, end: &str) {
    let made = |path: &Path| {
        let found = fs::symlink_metadata(path).ok()?;
        Some((found.is_dir(), found.modified().ok().filter(|_| found.is_dir() || found.is_file())?))
    };
    let (Some((_, now)), Some(folder)) = (made(own), own.parent()) else { return };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_ours = name.to_str().is_some_and(|name| name.starts_with(begin) && name.ends_with(end));
        let Some((is_folder, then)) = Some(entry.path()).filter(|_| is_ours).as_deref().and_then(made) else {
            continue;
        };
        if now.duration_since(then).is_ok_and(|age| age > LONGEST_USE) {
            let _ = if is_folder { fs::remove_dir_all(entry.path()) } else { fs::remove_file(entry.path()) };
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::path::PathBuf;
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn only_old_entries_with_a_matching_name_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let now = SystemTime::now();
        let aged = |name: &str, age: u64, is_folder: bool| -> PathBuf {
            let path = folder.path().join(name);
            if is_folder {
                fs::create_dir_all(path.join("x")).unwrap();
            } else {
                fs::write(&path, "cut").unwrap();
            }
            fs::File::open(&path).unwrap().set_modified(now - Duration::from_secs(age)).unwrap();
            path
        };
        let own = aged("run_own.partial", 0, false);
        let gone = [aged("run_a.partial", 61, false), aged("run_b.partial", 3_600, true)];
        let kept = [aged("run_c.partial", 60, false), aged("run_d", 61, false), aged("other.partial", 61, false)];
        let elsewhere = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), folder.path().join("run_link.partial")).unwrap();
        remove_older(&own, "run_", ".partial");
        assert!(gone.iter().all(|path| !path.exists()), "{gone:?}");
        assert!(
            kept.iter().chain([&own, &folder.path().join("run_link.partial")]).all(|path| path.exists()),
            "{kept:?}"
        );
    }
}
