//! Staging: replaces all derived files together and never overwrites a file that someone has edited.
//!
//! All files are first written to a staging folder. Then `history.json` records their checksums, and then each file is put
//! in place with an atomic rename. If a run is killed in between, `history.json` knows every file in its old or its new
//! form, and the next run completes the work. A file that is neither was changed outside the program: it is set aside and
//! written again.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::manifest::{ExportedFile, FileDigest, FileSection, HistoryManifest};
use crate::history::{HistoryError, MANIFEST, WeekFiles, WeekMetadata};
use crate::support::checksum::HashingWriter;
use crate::support::file_error::{FileError, cannot};
use crate::support::private_files::{self, remove_file};

/// The derived files of one export, until they are put in place.
#[derive(Debug)]
pub(super) struct Staging<'l> {
    week_files: &'l WeekFiles,
    known: HistoryManifest,
    /// Whether `history.json` could be read.
    has_list: bool,
    new: BTreeMap<String, ExportedFile>,
    staged: Vec<(String, PathBuf)>,
    remarks: Vec<String>,
}

/// A file in the staging folder that is being written.
pub(super) struct StagedFile {
    name: String,
    pub(super) path: PathBuf,
    pub(super) out: HashingWriter<BufWriter<File>>,
    /// The sections that are complete.
    pub(super) sections: Vec<FileSection>,
}

impl StagedFile {
    pub(super) fn failed(&self) -> impl FnOnce(io::Error) -> FileError + use<> {
        cannot("write", self.path.clone())
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.out.write_all(bytes).map_err(self.failed())
    }

    pub(super) fn end_section(&mut self, key: &str) {
        self.sections.push(FileSection { key: key.to_owned(), end: self.out.bytes() });
    }
}

impl<'l> Staging<'l> {
    pub(super) fn begin(week_files: &'l WeekFiles) -> Result<Self, HistoryError> {
        let list = HistoryManifest::read(week_files)?;
        private_files::own_folder(&week_files.path(WeekFiles::STAGING))?;
        let (has_list, known) = (list.is_some(), list.unwrap_or_default());
        Ok(Self { week_files, known, has_list, new: BTreeMap::new(), staged: Vec::new(), remarks: Vec::new() })
    }

    /// Returns what `history.json` says about a file.
    pub(super) fn known(&self, name: &str) -> Option<&ExportedFile> {
        self.known.exports.get(name).or_else(|| self.known.obsolete.get(name))
    }

    /// Keeps a file that is current and unchanged. Returns whether it is.
    pub(super) fn keep(&mut self, name: &str, is_current: impl FnOnce(&ExportedFile) -> bool) -> bool {
        let Some(known) = self.known(name).filter(|known| is_current(known) && self.is_unchanged(name, known)) else {
            return false;
        };
        let known = known.clone();
        self.new.insert(name.to_owned(), known);
        true
    }

    pub(super) fn remark(&mut self, remark: String) {
        self.remarks.push(remark);
    }

    /// Returns the path of a file in the staging folder.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.week_files.path(WeekFiles::STAGING).join(name.replace('/', "_"))
    }

    /// Begins a file in the staging folder.
    pub(super) fn stage(&self, name: &str) -> Result<StagedFile, HistoryError> {
        let path = self.path(name);
        remove_file(&path)?;
        let out = HashingWriter::new(BufWriter::with_capacity(1 << 18, private_files::create_file(&path)?));
        Ok(StagedFile { name: name.to_owned(), path, out, sections: Vec::new() })
    }

    /// Ends a file. [`Self::finish`] puts it in place.
    pub(super) fn complete(&mut self, staged: StagedFile) -> Result<(), HistoryError> {
        let StagedFile { name, path, out, sections, .. } = staged;
        let (out, bytes, sha256) = out.finish();
        let file = out.into_inner().map_err(io::IntoInnerError::into_error);
        file.and_then(|file| file.sync_all()).map_err(cannot("write", &path))?;
        let digest = FileDigest { bytes, sha256 };
        self.put(&name, &path, ExportedFile { digest, sections, ..ExportedFile::default() })
    }

    /// Adds a complete file that was written by other means.
    pub(super) fn put(&mut self, name: &str, path: &Path, mut export: ExportedFile) -> Result<(), HistoryError> {
        let known = self.known(name);
        if let Some(known) = known.filter(|known| known.digest == export.digest && self.is_unchanged(name, known)) {
            export.modified = known.modified;
            remove_file(path)?;
        } else {
            // a killed run may have left the file of the run before it
            let is_there = known.is_some_and(|known| self.is_unchanged(name, known));
            export.replaces =
                known.and_then(|known| if is_there { Some(known.digest.clone()) } else { known.replaces.clone() });
            export.modified = modified(path);
            self.staged.push((name.to_owned(), path.to_owned()));
        }
        self.new.insert(name.to_owned(), export);
        Ok(())
    }

    /// Returns whether a file is unchanged. It is not read if its length and modification time are unchanged.
    pub(super) fn is_unchanged(&self, name: &str, known: &ExportedFile) -> bool {
        let path = self.week_files.path(name);
        let has_length =
            fs::symlink_metadata(&path).is_ok_and(|file| file.is_file() && file.len() == known.digest.bytes);
        has_length
            && (known.modified.is_some() && known.modified == modified(&path)
                || self.digest(name).is_ok_and(|found| found == known.digest))
    }

    fn digest(&self, name: &str) -> io::Result<FileDigest> {
        FileDigest::of(&mut private_files::open_own_file(&self.week_files.path(name))?)
    }

    /// Puts all files in place, and removes those that are no longer written. Returns remarks for people and the last failure;
    /// after a failure the other files are still put in place.
    pub(super) fn finish(
        mut self,
        weeks: Vec<WeekMetadata>,
        comparison: Option<serde_json::Value>,
    ) -> Result<(Vec<String>, Option<HistoryError>), HistoryError> {
        let known = self.known.obsolete.clone().into_iter().chain(self.known.exports.clone());
        let is_there = |name: &String| fs::symlink_metadata(self.week_files.path(name)).is_ok();
        let obsolete = known.filter(|(name, _)| !self.new.contains_key(name) && is_there(name));
        let obsolete: BTreeMap<String, ExportedFile> = obsolete.collect();
        if !self.has_list && is_there(&MANIFEST.to_owned()) {
            self.set_aside(MANIFEST)?;
        }
        HistoryManifest::new(weeks, comparison, self.new.clone(), obsolete.clone()).write(self.week_files)?;
        let mut failed = None;
        for (name, path) in std::mem::take(&mut self.staged) {
            failed = self.place(&name, &path).err().or(failed);
        }
        for name in obsolete.keys() {
            let is_own = self.is_own(name);
            let removed = if is_own {
                remove_file(&self.week_files.path(name)).map_err(Into::into)
            } else {
                self.set_aside(name)
            };
            failed = removed.err().or(failed);
        }
        let failed = failed.map(|cause| HistoryError::Unfinished { cause: Box::new(cause) });
        Ok((std::mem::take(&mut self.remarks), failed))
    }

    fn place(&mut self, name: &str, path: &Path) -> Result<(), HistoryError> {
        let target = self.week_files.path(name);
        if let Some(folder) = target.parent() {
            private_files::own_folder(folder)?;
        }
        if fs::symlink_metadata(&target).is_ok() && !self.is_own(name) {
            self.set_aside(name)?;
        }
        Ok(fs::rename(path, &target).map_err(cannot("put in place", &target))?)
    }

    /// Returns whether this program wrote a file, according to the checksums in `history.json` and of this export.
    fn is_own(&self, name: &str) -> bool {
        let before = self.known(name);
        let digests = self.new.get(name).map(|new| &new.digest).into_iter().chain(before.map(|before| &before.digest));
        let digests: Vec<&FileDigest> = digests.chain(before.and_then(|before| before.replaces.as_ref())).collect();
        before.is_some_and(|before| self.is_unchanged(name, before))
            || self.digest(name).is_ok_and(|found| digests.contains(&&found))
    }

    /// Renames a file that was changed outside this program, and adds a remark.
    fn set_aside(&mut self, name: &str) -> Result<(), HistoryError> {
        // a workbook still opens with a double click; a pattern such as *.csv must not find an edited file
        let (stem, extension) = name.strip_suffix(".xlsx").map_or((name, ""), |stem| (stem, ".xlsx"));
        let names = (1..).map(|number| match number {
            1 => format!("{stem}.edited{extension}"),
            _ => format!("{stem}.edited-{number}{extension}"),
        });
        let is_free = |name: &String| fs::symlink_metadata(self.week_files.path(name)).is_err();
        let aside = names.into_iter().find(is_free).unwrap_or_default();
        fs::rename(self.week_files.path(name), self.week_files.path(&aside))
            .map_err(cannot("set aside", self.week_files.path(name)))?;
        let remark = format!("{name} was changed outside this program and was renamed to {aside}");
        self.remarks.push(remark);
        Ok(())
    }
}

impl Drop for Staging<'_> {
    /// Removes staged files that were not put in place, which would occupy space on a full disk.
    fn drop(&mut self) {
        // the next run tries again
        let _ = self.week_files.tidy();
    }
}

/// Returns the modification time of a file in nanoseconds since 1970.
fn modified(path: &Path) -> Option<u64> {
    let time = fs::metadata(path).and_then(|file| file.modified()).ok()?;
    time.duration_since(std::time::UNIX_EPOCH).ok()?.as_nanos().try_into().ok()
}
