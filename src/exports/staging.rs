//! Puts derived files in place, all together, and never over what somebody else has written.
//!
//! All of them are written beside their names first. Then `history.json` says what they will look like, then each is put in
//! place by one rename. So a run that is killed in between leaves files that `history.json` knows, old or new, and the next
//! run completes it. A file that is neither was changed by somebody else: it is set aside, and written again.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::manifest::{Export, Manifest, Measure, Section};
use crate::history::{HistoryError, Lake, MANIFEST, Week};
use crate::support::checksum::Meter;
use crate::support::file_error::{FileError, cannot};
use crate::support::private::{self, remove_file};

/// Files that are written, and not in place yet.
#[derive(Debug)]
pub(super) struct Staging<'l> {
    lake: &'l Lake,
    known: Manifest,
    /// The list of files could be read.
    has_list: bool,
    new: BTreeMap<String, Export>,
    staged: Vec<(String, PathBuf)>,
    remarks: Vec<String>,
}

/// A file that is being written beside its name.
pub(super) struct Staged {
    name: String,
    pub(super) path: PathBuf,
    pub(super) out: Meter<BufWriter<File>>,
    /// Sections that are complete.
    pub(super) sections: Vec<Section>,
}

impl Staged {
    pub(super) fn failed(&self) -> impl FnOnce(io::Error) -> FileError + use<> {
        cannot("write", self.path.clone())
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.out.write_all(bytes).map_err(self.failed())
    }

    pub(super) fn end_section(&mut self, key: &str) {
        self.sections.push(Section { key: key.to_owned(), end: self.out.bytes() });
    }
}

impl<'l> Staging<'l> {
    pub(super) fn begin(lake: &'l Lake) -> Result<Self, HistoryError> {
        let list = Manifest::read(lake)?;
        private::own_folder(&lake.path(Lake::STAGING))?;
        let (has_list, known) = (list.is_some(), list.unwrap_or_default());
        Ok(Self { lake, known, has_list, new: BTreeMap::new(), staged: Vec::new(), remarks: Vec::new() })
    }

    /// A file as it was written before.
    pub(super) fn known(&self, name: &str) -> Option<&Export> {
        self.known.exports.get(name).or_else(|| self.known.obsolete.get(name))
    }

    /// Leaves a file that is as it was written before. Whether it is.
    pub(super) fn keep(&mut self, name: &str, is_current: impl FnOnce(&Export) -> bool) -> bool {
        let Some(known) = self.known(name).filter(|known| is_current(known) && self.is_as(name, known)) else {
            return false;
        };
        let known = known.clone();
        self.new.insert(name.to_owned(), known);
        true
    }

    /// Says what people should know.
    pub(super) fn remark(&mut self, remark: String) {
        self.remarks.push(remark);
    }

    /// Where a file is written beside its name.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.lake.path(Lake::STAGING).join(name.replace('/', "_"))
    }

    /// Begins a file.
    pub(super) fn stage(&self, name: &str) -> Result<Staged, HistoryError> {
        let path = self.path(name);
        remove_file(&path)?;
        let out = Meter::new(BufWriter::with_capacity(1 << 18, private::create_file(&path)?));
        Ok(Staged { name: name.to_owned(), path, out, sections: Vec::new() })
    }

    /// A file is written: it is put in place with all others.
    pub(super) fn complete(&mut self, staged: Staged) -> Result<(), HistoryError> {
        let Staged { name, path, out, sections, .. } = staged;
        let (out, bytes, sha256) = out.finish();
        let file = out.into_inner().map_err(io::IntoInnerError::into_error);
        file.and_then(|file| file.sync_all()).map_err(cannot("write", &path))?;
        let measure = Measure { bytes, sha256 };
        self.put(&name, &path, Export { measure, sections, ..Export::default() })
    }

    /// Another way to say that a file is written: this one, which looks so.
    pub(super) fn put(&mut self, name: &str, path: &Path, mut export: Export) -> Result<(), HistoryError> {
        let known = self.known(name);
        if let Some(known) = known.filter(|known| known.measure == export.measure && self.is_as(name, known)) {
            export.modified = known.modified;
            remove_file(path)?;
        } else {
            // a run that was killed may have left the file as it was before that
            let is_there = known.is_some_and(|known| self.is_as(name, known));
            export.replaces =
                known.and_then(|known| if is_there { Some(known.measure.clone()) } else { known.replaces.clone() });
            export.modified = modified(path);
            self.staged.push((name.to_owned(), path.to_owned()));
        }
        self.new.insert(name.to_owned(), export);
        Ok(())
    }

    /// Whether a file is as it was written. A time that has not changed says so without reading it.
    pub(super) fn is_as(&self, name: &str, known: &Export) -> bool {
        let path = self.lake.path(name);
        let has_length =
            fs::symlink_metadata(&path).is_ok_and(|file| file.is_file() && file.len() == known.measure.bytes);
        has_length
            && (known.modified.is_some() && known.modified == modified(&path)
                || self.measure(name).is_ok_and(|found| found == known.measure))
    }

    fn measure(&self, name: &str) -> io::Result<Measure> {
        Measure::of(&mut private::open_own_file(&self.lake.path(name))?)
    }

    /// Puts all files in place, and removes those that are no longer written. Gives what people should know, and what went
    /// wrong: the other files are in place then.
    pub(super) fn finish(
        mut self,
        weeks: Vec<Week>,
        comparison: Option<serde_json::Value>,
    ) -> Result<(Vec<String>, Option<HistoryError>), HistoryError> {
        let known = self.known.obsolete.clone().into_iter().chain(self.known.exports.clone());
        let is_there = |name: &String| fs::symlink_metadata(self.lake.path(name)).is_ok();
        let gone = known.filter(|(name, _)| !self.new.contains_key(name) && is_there(name));
        let gone: BTreeMap<String, Export> = gone.collect();
        if !self.has_list && is_there(&MANIFEST.to_owned()) {
            self.set_aside(MANIFEST)?;
        }
        Manifest::new(weeks, comparison, self.new.clone(), gone.clone()).write(self.lake)?;
        let mut failed = None;
        for (name, path) in std::mem::take(&mut self.staged) {
            failed = self.place(&name, &path).err().or(failed);
        }
        for name in gone.keys() {
            let is_own = self.is_own(name);
            let removed =
                if is_own { remove_file(&self.lake.path(name)).map_err(Into::into) } else { self.set_aside(name) };
            failed = removed.err().or(failed);
        }
        let failed = failed.map(|cause| HistoryError::Unfinished { cause: Box::new(cause) });
        Ok((std::mem::take(&mut self.remarks), failed))
    }

    fn place(&mut self, name: &str, path: &Path) -> Result<(), HistoryError> {
        let target = self.lake.path(name);
        if let Some(folder) = target.parent() {
            private::own_folder(folder)?;
        }
        if fs::symlink_metadata(&target).is_ok() && !self.is_own(name) {
            self.set_aside(name)?;
        }
        Ok(fs::rename(path, &target).map_err(cannot("put in place", &target))?)
    }

    /// Whether a file is one that this program wrote there, as far as is known.
    fn is_own(&self, name: &str) -> bool {
        let before = self.known(name);
        let measures =
            self.new.get(name).map(|new| &new.measure).into_iter().chain(before.map(|before| &before.measure));
        let measures: Vec<&Measure> = measures.chain(before.and_then(|before| before.replaces.as_ref())).collect();
        before.is_some_and(|before| self.is_as(name, before))
            || self.measure(name).is_ok_and(|found| measures.contains(&&found))
    }

    /// Renames a file that somebody has changed, and says so.
    fn set_aside(&mut self, name: &str) -> Result<(), HistoryError> {
        let names = (1..).map(|number| match number {
            1 => format!("{name}.edited"),
            _ => format!("{name}.edited-{number}"),
        });
        let is_free = |name: &String| fs::symlink_metadata(self.lake.path(name)).is_err();
        let aside = names.into_iter().find(is_free).unwrap_or_default();
        fs::rename(self.lake.path(name), self.lake.path(&aside)).map_err(cannot("set aside", self.lake.path(name)))?;
        let remark = format!("{name} was changed outside this program: it is {aside} now");
        self.remarks.push(remark);
        Ok(())
    }
}

impl Drop for Staging<'_> {
    /// What is not in place by now never will be; on a full disk it would keep others from writing.
    fn drop(&mut self) {
        // the next run tries again
        let _ = self.lake.tidy();
    }
}

/// When a file was changed last, in nanoseconds since 1970.
fn modified(path: &Path) -> Option<u64> {
    let time = fs::metadata(path).and_then(|file| file.modified()).ok()?;
    time.duration_since(std::time::UNIX_EPOCH).ok()?.as_nanos().try_into().ok()
}
