//! The files of the log. A segment holds lines of `checksum TAB key TAB JSON`; its first line says whose it is.
//!
//! Every run writes a segment of its own, so nothing that was written before is ever touched. When there are many, they
//! are written together into one.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::CacheError;
use crate::support::file_error::cannot;
use crate::support::private;

/// Key of the first line.
const HEADER: &str = "cache-version-1";
/// Begins the name of every segment.
const NAME: &str = "segment-";
/// Segments beyond which they are written into one.
const MANY: usize = 12;
/// Records after which the disk is asked to keep them.
const SYNC_EVERY: u32 = 2_000;

/// The segments of one folder.
#[derive(Debug)]
pub(super) struct Segments {
    folder: PathBuf,
    owner: String,
    paths: Vec<PathBuf>,
    next_number: u32,
    /// The segment of this run; made with the first record.
    own: Option<(File, PathBuf)>,
    unsynced: u32,
    /// The disk failed: nothing is written any more.
    broken: bool,
}

impl Segments {
    /// Reads all segments. Damaged ones are renamed, with a remark.
    pub(super) fn open(
        folder: &Path,
        owner: &str,
        remarks: &mut Vec<String>,
    ) -> Result<(Self, HashMap<String, Box<str>>), CacheError> {
        let mut numbered = numbered_files(folder, NAME)?;
        numbered.sort();
        let next_number = numbered.last().map_or(1, |(number, _)| number.saturating_add(1));
        let mut records = HashMap::new();
        let mut paths = Vec::new();
        for (_, path) in numbered {
            let bytes = fs::read(&path).map_err(cannot("read", &path))?;
            match read(&bytes, owner) {
                Ok(found) => {
                    records.extend(found);
                    paths.push(path);
                }
                Err(why) => remarks.push(set_aside(&path, why)?),
            }
        }
        let folder = folder.to_owned();
        let mut segments =
            Self { folder, owner: owner.to_owned(), paths, next_number, own: None, unsynced: 0, broken: false };
        if segments.paths.len() > MANY {
            segments.compact(&records)?;
        }
        Ok((segments, records))
    }

    /// Reads the segments that are whole, and will write none.
    pub(super) fn look(folder: &Path, owner: &str) -> Option<(Self, HashMap<String, Box<str>>)> {
        let mut numbered = numbered_files(folder, NAME).ok()?;
        numbered.sort();
        let whole = numbered.iter().filter_map(|(_, path)| read(&fs::read(path).ok()?, owner).ok());
        let records = whole.flatten().collect();
        let (folder, owner) = (folder.to_owned(), owner.to_owned());
        Some((Self { folder, owner, paths: Vec::new(), next_number: 1, own: None, unsynced: 0, broken: true }, records))
    }

    /// Appends one record.
    pub(super) fn append(&mut self, key: &str, json: &str) -> Result<(), CacheError> {
        if self.broken {
            return Ok(());
        }
        let written = self.append_to_own(key, json);
        // a line that was cut must stay the last one of its segment
        self.broken = written.is_err();
        written
    }

    fn append_to_own(&mut self, key: &str, json: &str) -> Result<(), CacheError> {
        let (file, path) = match &mut self.own {
            Some(own) => own,
            none => {
                let path = segment_path(&self.folder, self.next_number);
                let mut file = private::create_file(&path)?;
                file.write_all(line(HEADER, &self.owner).as_bytes()).map_err(cannot("write", &path))?;
                self.next_number = self.next_number.saturating_add(1);
                self.paths.push(path.clone());
                none.insert((file, path))
            }
        };
        // one line, one write: a killed process leaves whole lines behind
        file.write_all(line(key, json).as_bytes()).map_err(cannot("write", &*path))?;
        self.unsynced += 1;
        if self.unsynced >= SYNC_EVERY { self.sync() } else { Ok(()) }
    }

    /// Lets the segment of this run be written to another file.
    #[cfg(test)]
    pub(super) fn replace_own(&mut self, file: File) {
        if let Some((own, _)) = &mut self.own {
            *own = file;
        }
    }

    /// Makes the records so far survive a power loss.
    pub(super) fn sync(&mut self) -> Result<(), CacheError> {
        self.unsynced = 0;
        match &self.own {
            Some((file, path)) if !self.broken => Ok(file.sync_data().map_err(cannot("write through", path))?),
            _ => Ok(()),
        }
    }

    /// Removes all segments.
    pub(super) fn clear(&mut self) -> Result<(), CacheError> {
        self.own = None;
        for path in self.paths.drain(..) {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(cannot("remove", &path)(error).into());
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Writes all records into one segment, then removes the others. Killed in between, records are there twice.
    fn compact(&mut self, records: &HashMap<String, Box<str>>) -> Result<(), CacheError> {
        let path = segment_path(&self.folder, self.next_number);
        let failed = || cannot("write", &path);
        let new = tempfile::NamedTempFile::new_in(&self.folder).map_err(failed())?;
        let mut writer = BufWriter::new(new);
        writer.write_all(line(HEADER, &self.owner).as_bytes()).map_err(failed())?;
        for (key, json) in records {
            writer.write_all(line(key, json).as_bytes()).map_err(failed())?;
        }
        let new = writer.into_inner().map_err(|error| failed()(error.into_error()))?;
        new.as_file().sync_all().map_err(failed())?;
        new.persist_noclobber(&path).map_err(|error| failed()(error.error))?;
        self.next_number = self.next_number.saturating_add(1);
        for old in std::mem::replace(&mut self.paths, vec![path.clone()]) {
            fs::remove_file(&old).map_err(cannot("remove", &old))?;
        }
        Ok(())
    }
}

fn segment_path(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("{NAME}{number:06}"))
}

/// The files of a folder whose names are this word and a number.
pub(super) fn numbered_files(folder: &Path, word: &str) -> Result<Vec<(u32, PathBuf)>, CacheError> {
    let mut numbered = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot("read folder", folder))? {
        let path = entry.map_err(cannot("read folder", folder))?.path();
        let number = path.file_name().and_then(|name| name.to_str()?.strip_prefix(word)?.parse().ok());
        numbered.extend(number.map(|number| (number, path)));
    }
    Ok(numbered)
}

/// Keys hold no tabs and JSON on one line holds neither tabs nor line breaks, so a line can be split without a parser.
fn line(key: &str, json: &str) -> String {
    format!("{}\t{key}\t{json}\n", checksum(key, json))
}

fn checksum(key: &str, json: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(key.as_bytes());
    hash.update(b"\t");
    hash.update(json.as_bytes());
    hex::encode(&hash.finalize()[..8])
}

/// The records of a segment in their order, or why it is damaged. Bad lines at its very end are what a killed run or a
/// power loss leaves; those are left out.
fn read(bytes: &[u8], owner: &str) -> Result<Vec<(String, Box<str>)>, &'static str> {
    let mut records = Vec::new();
    let mut torn = false;
    for (index, raw) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        match parse(raw) {
            Some((HEADER, found)) if index == 0 && found == owner => {}
            _ if index == 0 => return Err("its first line is not that of this site, account and version"),
            Some(_) if torn => return Err("a line in the middle is damaged"),
            Some((key, json)) => records.push((key.to_owned(), json.into())),
            None => torn = true,
        }
    }
    Ok(records)
}

fn parse(raw: &[u8]) -> Option<(&str, &str)> {
    let text = std::str::from_utf8(raw).ok()?.strip_suffix('\n')?;
    let (sum, rest) = text.split_once('\t')?;
    let (key, json) = rest.split_once('\t')?;
    (sum == checksum(key, json)).then_some((key, json))
}

/// Renames a damaged file, so that nobody believes it and somebody can look at it. Gives the remark.
pub(super) fn set_aside(path: &Path, why: &str) -> Result<String, CacheError> {
    let aside = path.with_extension("damaged");
    fs::rename(path, &aside).map_err(cannot("rename", path))?;
    Ok(format!("a file of the cache is damaged ({why}); it was set aside as {} and is read again", aside.display()))
}
