//! Files and folders that are for their owner only, and names that survive a power loss. What is written holds names of
//! files and people.

use std::fs::{DirBuilder, File, OpenOptions};
use std::path::Path;

use crate::support::file_error::{FileError, cannot};

/// Makes a new file. Fails on anything that bears the name, links included.
pub fn create_file(path: &Path) -> Result<File, FileError> {
    owner_only(OpenOptions::new().write(true).create_new(true)).open(path).map_err(cannot("create", path))
}

/// Files that these options make are for the owner only.
pub fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Makes a new folder. Fails on anything that bears the name, links included.
pub fn create_folder(path: &Path) -> Result<(), FileError> {
    folder_builder().create(path).map_err(cannot("create folder", path))
}

/// Makes a folder and those around it, unless they are there.
pub fn create_folders(path: &Path) -> Result<(), FileError> {
    folder_builder().recursive(true).create(path).map_err(cannot("create folder", path))
}

fn folder_builder() -> DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Removes a file, unless there is none.
pub fn remove_file(path: &Path) -> Result<(), FileError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(cannot("remove", path)(error)),
        _ => Ok(()),
    }
}

/// Makes new names in a folder survive a power loss; only Unix can open a folder for that.
#[cfg(unix)]
pub fn sync_folder(path: &Path) -> Result<(), FileError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(cannot("write through", path))
}

/// Nothing to do on this system.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
pub fn sync_folder(_path: &Path) -> Result<(), FileError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn s_13_nobody_else_can_read_what_is_made_and_nothing_is_overwritten() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let (folder, file) = (parent.path().join("a"), parent.path().join("a/b"));
        create_folder(&folder).unwrap();
        create_file(&file).unwrap();
        create_folders(&folder.join("c/d")).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&file), mode(&folder.join("c/d"))), (0o700, 0o600, 0o700));
        assert!(create_folder(&folder).is_err() && create_file(&file).is_err());
        std::os::unix::fs::symlink("nowhere", folder.join("link")).unwrap();
        assert!(create_file(&folder.join("link")).is_err());
        assert!(sync_folder(&folder).is_ok() && create_folders(&folder).is_ok());
    }
}
