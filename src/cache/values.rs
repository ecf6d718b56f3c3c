//! Values found by a checksum of what they were made from. They stay on the disk: memory holds only where each of them
//! lies, so that there may be gigabytes of them.
//!
//! A file holds a first line that says whose it is, then records of key, length, checksum and value. Every run writes
//! files of its own and touches no other. There is no limit of time, only one of space: when there is too much, the oldest
//! file goes, and what a run meets in the older half is written again before that.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::CacheError;
use super::segments::{numbered_files, set_aside};
use crate::support::file_error::cannot;
use crate::support::private;

/// Begins the first line of every file.
const HEADER: &str = "values-version-1";
/// Begins the name of every file.
const NAME: &str = "values-";
/// Key, length and checksum.
const RECORD_HEAD: usize = 32 + 4 + 8;

/// What a value was made from, as a SHA-256 checksum.
pub type ValueKey = [u8; 32];

/// How much may lie on the disk, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Space {
    /// All files together, when a run begins.
    pub(super) all: u64,
    /// One file, before the next one is begun.
    pub(super) file: u64,
}

impl Space {
    /// A snapshot keeps 1 to 5 KB for a page, so that the pages of a large site find room.
    pub(super) const DEFAULT: Self = Self { all: 1 << 30, file: 64 << 20 };
}

#[derive(Debug, Clone, Copy)]
struct Place {
    file: u32,
    /// Of the value itself.
    offset: u64,
    length: u32,
}

#[derive(Debug)]
struct OwnFile {
    number: u32,
    file: File,
    bytes: u64,
}

/// The values of one folder.
#[derive(Debug)]
pub(super) struct Values {
    folder: PathBuf,
    owner: String,
    space: Space,
    places: HashMap<ValueKey, Place>,
    next_number: u32,
    /// Files up to this number are in the older half.
    aging: u32,
    own: Option<OwnFile>,
    /// The disk failed: nothing is written any more.
    broken: bool,
}

impl Values {
    /// Nothing, and nothing will be kept.
    pub(super) fn none(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            owner: String::new(),
            space: Space::DEFAULT,
            places: HashMap::new(),
            next_number: 1,
            aging: 0,
            own: None,
            broken: true,
        }
    }

    /// Reads where all values lie and whether they are whole. Damaged files are renamed, with a remark.
    pub(super) fn open(
        folder: &Path,
        owner: &str,
        space: Space,
        remarks: &mut Vec<String>,
    ) -> Result<Self, CacheError> {
        let mut values = Self { owner: owner.to_owned(), space, broken: false, ..Self::none(folder) };
        let mut total = 0;
        let mut numbered = numbered_files(folder, NAME)?;
        numbered.sort();
        values.next_number = numbered.last().map_or(1, |(number, _)| number.saturating_add(1));
        // from the newest to the oldest, so that the newest record of a key counts
        for (number, path) in numbered.into_iter().rev() {
            let bytes = fs::metadata(&path).map_err(cannot("read", &path))?.len();
            if total + bytes > space.all {
                fs::remove_file(&path).map_err(cannot("remove", &path))?;
                continue;
            }
            if total >= space.all / 2 {
                values.aging = values.aging.max(number);
            }
            total += bytes;
            match read(&path, owner, bytes).map_err(cannot("read", &path))? {
                Ok(found) => {
                    for (key, offset, length) in found.into_iter().rev() {
                        values.places.entry(key).or_insert(Place { file: number, offset, length });
                    }
                }
                Err(why) => remarks.push(set_aside(&path, why)?),
            }
        }
        Ok(values)
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// The value of a key. One that has changed on the disk since it was written is as good as none.
    pub(super) fn get(&mut self, key: &ValueKey) -> Result<Option<Vec<u8>>, CacheError> {
        let Some(place) = self.places.get(key).copied() else { return Ok(None) };
        let path = file_path(&self.folder, place.file);
        match read_value(&path, key, place) {
            Ok(value) if place.file <= self.aging => self.put(key, &value).map(|()| Some(value)),
            Ok(value) => Ok(Some(value)),
            Err(error) => {
                self.places.remove(key);
                Err(cannot("read a value from", &path)(error).into())
            }
        }
    }

    /// Keeps a value, in place of any earlier one.
    pub(super) fn put(&mut self, key: &ValueKey, value: &[u8]) -> Result<(), CacheError> {
        let Ok(length) = u32::try_from(value.len()) else { return Ok(()) };
        if self.broken {
            return Ok(());
        }
        let written = self.append(key, length, value);
        // a record that was cut must stay the last one of its file
        self.broken = written.is_err();
        written
    }

    fn append(&mut self, key: &ValueKey, length: u32, value: &[u8]) -> Result<(), CacheError> {
        if self.own.as_ref().is_some_and(|own| own.bytes >= self.space.file) {
            self.sync()?;
            self.own = None;
        }
        let own = match &mut self.own {
            Some(own) => own,
            none => {
                let own = create(&self.folder, self.next_number, &self.owner)?;
                self.next_number = self.next_number.saturating_add(1);
                none.insert(own)
            }
        };
        let mut record = Vec::with_capacity(RECORD_HEAD + value.len());
        record.extend_from_slice(key);
        record.extend_from_slice(&length.to_le_bytes());
        record.extend_from_slice(&checksum(key, value));
        record.extend_from_slice(value);
        // one record, one write: a killed process leaves whole records behind
        let path = file_path(&self.folder, own.number);
        own.file.write_all(&record).map_err(cannot("write", &path))?;
        let offset = own.bytes + RECORD_HEAD as u64;
        own.bytes += record.len() as u64;
        self.places.insert(*key, Place { file: own.number, offset, length });
        Ok(())
    }

    /// Lets the file of this run be written to another one.
    #[cfg(test)]
    pub(super) fn replace_own(&mut self, file: File) {
        if let Some(own) = &mut self.own {
            own.file = file;
        }
    }

    /// Makes the values so far survive a power loss.
    pub(super) fn sync(&self) -> Result<(), CacheError> {
        match &self.own {
            Some(own) if !self.broken => {
                Ok(own.file.sync_data().map_err(cannot("write through", file_path(&self.folder, own.number)))?)
            }
            _ => Ok(()),
        }
    }
}

fn file_path(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("{NAME}{number:06}"))
}

fn header(owner: &str) -> String {
    format!("{HEADER}\t{owner}\n")
}

fn create(folder: &Path, number: u32, owner: &str) -> Result<OwnFile, CacheError> {
    let path = file_path(folder, number);
    let mut file = private::create_file(&path)?;
    let header = header(owner);
    file.write_all(header.as_bytes()).map_err(cannot("write", &path))?;
    Ok(OwnFile { number, file, bytes: header.len() as u64 })
}

fn checksum(key: &ValueKey, value: &[u8]) -> [u8; 8] {
    let hash = Sha256::new().chain_update(key).chain_update(value).finalize();
    let mut short = [0; 8];
    short.copy_from_slice(&hash[..8]);
    short
}

/// Key, offset and length of every value of a file.
type Found = Vec<(ValueKey, u64, u32)>;

/// The records of a file, or why it is damaged. A last record that is not all there is what a killed run leaves, and is
/// left out.
fn read(path: &Path, owner: &str, bytes: u64) -> io::Result<Result<Found, &'static str>> {
    let mut reader = BufReader::with_capacity(1 << 16, File::open(path)?);
    let mut first_line = vec![0; header(owner).len()];
    if reader.read_exact(&mut first_line).is_err() || first_line != header(owner).as_bytes() {
        return Ok(Err("its first line is not that of this site, account and version"));
    }
    let (mut found, mut value) = (Vec::new(), Vec::new());
    let mut offset = first_line.len() as u64;
    while bytes.saturating_sub(offset) >= RECORD_HEAD as u64 {
        let (key, length, check) = read_head(&mut reader)?;
        offset += RECORD_HEAD as u64;
        if u64::from(length) > bytes - offset {
            return Ok(Ok(found));
        }
        value.resize(length as usize, 0);
        reader.read_exact(&mut value)?;
        if checksum(&key, &value) != check {
            return Ok(Err("a value in it is not as it was written"));
        }
        found.push((key, offset, length));
        offset += u64::from(length);
    }
    Ok(Ok(found))
}

fn read_head(reader: &mut impl Read) -> io::Result<(ValueKey, u32, [u8; 8])> {
    let (mut key, mut length, mut check) = ([0; 32], [0; 4], [0; 8]);
    reader.read_exact(&mut key)?;
    reader.read_exact(&mut length)?;
    reader.read_exact(&mut check)?;
    Ok((key, u32::from_le_bytes(length), check))
}

/// One value, proved by its checksum once more: the file may have changed since it was opened.
fn read_value(path: &Path, key: &ValueKey, place: Place) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(place.offset - RECORD_HEAD as u64))?;
    let mut record = vec![0; RECORD_HEAD + place.length as usize];
    file.read_exact(&mut record)?;
    let value = record.split_off(RECORD_HEAD);
    if record[..32] == key[..] && record[36..] == checksum(key, &value) {
        Ok(value)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidData, "it is not as it was written"))
    }
}
