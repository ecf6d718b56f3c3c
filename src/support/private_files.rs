//! Owner-only files and folders, and file names that survive a power loss.
//!
//! The output contains names of files and people, so other accounts of the computer must not read it.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

use crate::support::file_error::{FileError, cannot};

/// Creates a new file. Fails if anything with that name exists, a link included.
pub fn create_file(path: &Path) -> Result<File, FileError> {
    owner_only(OpenOptions::new().write(true).create_new(true)).open(path).map_err(cannot("create", path))
}

/// Sets the permissions of files created with these options to owner-only.
pub fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Creates a new folder. Fails if anything with that name exists, a link included.
pub fn create_folder(path: &Path) -> Result<(), FileError> {
    folder_builder().create(path).map_err(cannot("create folder", path))
}

/// Creates a folder and its parents if missing. Follows links: for paths that the user chose.
pub fn create_folders(path: &Path) -> Result<(), FileError> {
    folder_builder().recursive(true).create(path).map_err(cannot("create folder", path))
}

/// Creates a folder of the program if missing; its parent must exist. Refuses a link: anyone who may write to the
/// parent could point it to files of another user.
pub fn own_folder(path: &Path) -> Result<(), FileError> {
    match create_folder(path) {
        Err(error) if error.source.kind() == io::ErrorKind::AlreadyExists => {}
        result => return result,
    }
    let metadata = fs::symlink_metadata(path).map_err(cannot("use folder", path))?;
    if metadata.is_dir() { Ok(()) } else { Err(cannot("use folder", path)(not_regular("folder"))) }
}

/// Opens a file of the program for writing, creating it if missing; existing content is kept. Refuses anything but a
/// regular file, above all a link: anyone who may write to the folder could point it to a file of another user.
pub fn own_file(path: &Path) -> Result<File, FileError> {
    let mut options = OpenOptions::new();
    owner_only(options.write(true).create(true).truncate(false));
    open_regular(&mut options, path).map_err(cannot("open", path))
}

/// Reads a file of the program. Refuses the same as [`own_file`].
pub fn read_own_file(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_own_file(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Opens a file of the program for reading. Refuses the same as [`own_file`].
pub fn open_own_file(path: &Path) -> io::Result<File> {
    open_regular(OpenOptions::new().read(true), path)
}

/// Opens a regular file without following a link in the last part of the path, and without blocking on a pipe.
fn open_regular(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    {
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        std::os::unix::fs::OpenOptionsExt::custom_flags(options, flags.bits().cast_signed());
    }
    // FILE_FLAG_OPEN_REPARSE_POINT: opens the link itself, which is not a regular file
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::custom_flags(options, 0x0020_0000);
    let file = options.open(path).map_err(|error| if is_link(&error) { not_regular("file") } else { error })?;
    // metadata of the open file: its name may refer to another file by now
    match file.metadata()? {
        metadata if metadata.is_file() => Ok(file),
        metadata if metadata.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        _ => Err(not_regular("file")),
    }
}

/// Returns whether opening failed because the path is a link.
#[cfg(unix)]
fn is_link(error: &io::Error) -> bool {
    rustix::io::Errno::from_io_error(error) == Some(rustix::io::Errno::LOOP)
}

#[cfg(not(unix))]
fn is_link(_error: &io::Error) -> bool {
    false
}

fn not_regular(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("it is not a regular {what} (a link, a pipe or a device)"))
}

fn folder_builder() -> DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Removes a file if it exists.
pub fn remove_file(path: &Path) -> Result<(), FileError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(cannot("remove", path)(error)),
        _ => Ok(()),
    }
}

/// Syncs a folder so that new names in it survive a power loss; possible on Unix only.
#[cfg(unix)]
pub fn sync_folder(path: &Path) -> Result<(), FileError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(cannot("write through", path))
}

/// Does nothing: this system cannot sync a folder.
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
    fn new_files_and_folders_are_for_their_owner_only_and_nothing_is_overwritten() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let (folder, file) = (parent.path().join("a"), parent.path().join("a/b"));
        create_folder(&folder).unwrap();
        create_file(&file).unwrap();
        create_folders(&folder.join("c/d")).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&file), mode(&folder.join("c/d"))), (0o700, 0o600, 0o700));
        assert!(create_folder(&folder).is_err() && create_file(&file).is_err());
        std::os::unix::fs::symlink("nowhere", folder.join("link")).unwrap();
        assert!(create_file(&folder.join("link")).is_err());
        assert!(sync_folder(&folder).is_ok() && create_folders(&folder).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn links_and_pipes_are_neither_written_nor_read_f_90() {
        let (place, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let victim = elsewhere.path().join("victim");
        fs::write(&victim, "precious").unwrap();
        let at = |name: &str| place.path().join(name);
        std::os::unix::fs::symlink(&victim, at("link")).unwrap();
        std::os::unix::fs::symlink(elsewhere.path().join("new"), at("dangling")).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
        fs::create_dir(at("folder")).unwrap();
        for name in ["link", "dangling", "pipe", "folder"] {
            assert!(own_file(&at(name)).is_err() && read_own_file(&at(name)).is_err(), "{name}");
        }
        assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 1, "nothing was created through a link");
        fs::write(at("own"), "mine").unwrap();
        own_file(&at("own")).unwrap();
        assert_eq!(read_own_file(&at("own")).unwrap(), b"mine", "the content is kept");
        std::os::unix::fs::symlink(elsewhere.path(), at("linked folder")).unwrap();
        assert!(own_folder(&at("linked folder")).is_err() && own_folder(&at("own")).is_err());
        assert!(own_folder(&at("folder")).is_ok() && own_folder(&at("new folder")).is_ok());
    }
}
