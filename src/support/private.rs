//! Files and folders that are for their owner only, and names that survive a power loss. What is written holds names of
//! files and people.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _};
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

/// Makes a folder and those around it, unless they are there. For places that a person named: links are followed.
pub fn create_folders(path: &Path) -> Result<(), FileError> {
    folder_builder().recursive(true).create(path).map_err(cannot("create folder", path))
}

/// Makes a folder of the program's own, unless it is there. Refuses one that is a link: whoever may write beside it
/// could have it lead to somebody else's files. The folder around it has to be there.
pub fn own_folder(path: &Path) -> Result<(), FileError> {
    match create_folder(path) {
        Err(error) if error.source.kind() == io::ErrorKind::AlreadyExists => {}
        made => return made,
    }
    let found = fs::symlink_metadata(path).map_err(cannot("use folder", path))?;
    if found.is_dir() { Ok(()) } else { Err(cannot("use folder", path)(no_real("folder"))) }
}

/// Opens a file of the program's own, which is made where there is none; what it holds stays. Refuses whatever is no
/// ordinary file, a link above all: whoever may write in the folder could have it lead to somebody else's file.
pub fn own_file(path: &Path) -> Result<File, FileError> {
    let mut options = OpenOptions::new();
    owner_only(options.write(true).create(true).truncate(false));
    open_ordinary(&mut options, path).map_err(cannot("open", path))
}

/// Reads a file of the program's own. Refuses what [`own_file`] refuses.
pub fn read_own_file(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_own_file(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Opens a file of the program's own for reading. Refuses what [`own_file`] refuses.
pub fn open_own_file(path: &Path) -> io::Result<File> {
    open_ordinary(OpenOptions::new().read(true), path)
}

/// The last part of the path is not followed when it is a link, and nothing waits for the other end of a pipe.
fn open_ordinary(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    {
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        std::os::unix::fs::OpenOptionsExt::custom_flags(options, flags.bits().cast_signed());
    }
    // FILE_FLAG_OPEN_REPARSE_POINT: the link itself, which is no ordinary file
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::custom_flags(options, 0x0020_0000);
    let file = options.open(path).map_err(|error| if is_link(&error) { no_real("file") } else { error })?;
    // of the open file itself: what bears its name may be another one by now
    match file.metadata()? {
        found if found.is_file() => Ok(file),
        found if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        _ => Err(no_real("file")),
    }
}

/// Whether a file was not opened because its name is that of a link.
#[cfg(unix)]
fn is_link(error: &io::Error) -> bool {
    rustix::io::Errno::from_io_error(error) == Some(rustix::io::Errno::LOOP)
}

#[cfg(not(unix))]
fn is_link(_error: &io::Error) -> bool {
    false
}

fn no_real(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("it is no ordinary {what}, but a link or something else"))
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
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(cannot("remove", path)(error)),
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
    fn nobody_else_can_read_what_is_made_and_nothing_is_overwritten() {
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
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 1, "nothing was made through a link");
        fs::write(at("own"), "mine").unwrap();
        own_file(&at("own")).unwrap();
        assert_eq!(read_own_file(&at("own")).unwrap(), b"mine", "what it holds stays");
        std::os::unix::fs::symlink(elsewhere.path(), at("linked folder")).unwrap();
        assert!(own_folder(&at("linked folder")).is_err() && own_folder(&at("own")).is_err());
        assert!(own_folder(&at("folder")).is_ok() && own_folder(&at("new folder")).is_ok());
    }
}
