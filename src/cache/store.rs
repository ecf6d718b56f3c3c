//! The file of a cache: an SQLite database.
//!
//! SQLite keeps the file valid if the process is killed or the power fails, but does not detect altered content. Every
//! entry therefore has a checksum, and anything invalid is reported as damage.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags, OptionalExtension};
use sha2::{Digest, Sha256};

use super::ValueKey;
use crate::support::file_error::{FileError, cannot};
use crate::support::private_files;

/// Format version; files of other versions are set aside.
const FORMAT: u32 = 1;
/// Creates the tables of a new file.
const SCHEMA: &str = include_str!("schema.sql");
/// With a write-ahead log, a commit does not wait for the disk, survives a kill, and does not block readers. macOS
/// needs `fullfsync` for a write to survive a power loss. A negative `cache_size` is in KiB.
const SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA fullfsync = ON;
    PRAGMA cache_size = -16384";

const FIND: &str = "SELECT content, checksum, run FROM keys LEFT JOIN contents USING (id) WHERE hash = ?1";
const PUT_CONTENT: &str = "INSERT INTO contents (id, content) VALUES ((SELECT id FROM keys WHERE hash = ?1), ?2)
    ON CONFLICT (id) DO UPDATE SET content = excluded.content RETURNING id";
const PUT_KEY: &str = "INSERT OR REPLACE INTO keys (hash, id, checksum, is_record, run) VALUES (?1, ?2, ?3, ?4, ?5)";
const USE: &str = "UPDATE keys SET run = ?2 WHERE hash = ?1";
const RECORDS: &str = "WHERE is_record";
/// The sixteenth of the entries that was unused for the longest time, values before records.
const LEAST_RECENTLY_USED: &str = "ORDER BY is_record, run, id LIMIT 1 + (SELECT count(*) FROM keys) / 16";
const BYTES_IN_USE: &str = "SELECT (page_count - freelist_count) * page_size
    FROM pragma_page_count, pragma_freelist_count, pragma_page_size";

/// Time since the last commit after which a new value causes another one.
const BATCH_TIME: Duration = Duration::from_secs(5);
/// Share of the maximum size after which unsaved bytes cause a commit sooner.
const BATCH_PART: u64 = 32;
/// Suffixes of the files that SQLite creates next to the database.
const LOG_SUFFIXES: [&str; 3] = ["-journal", "-wal", "-shm"];
/// Time to wait for another process that is reading or committing.
const BUSY: Duration = Duration::from_secs(10);

/// Reason why an operation of the store failed.
#[derive(Debug)]
pub(super) enum StoreError {
    /// The file was altered, or belongs to another site, account or format; the text says which.
    Damaged(String),
    File(FileError),
    /// SQLite reports a system error: a full disk, a file that may not be written.
    Refused(rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(
                Code::DiskFull
                | Code::SystemIoFailure
                | Code::ReadOnly
                | Code::CannotOpen
                | Code::PermissionDenied
                | Code::DatabaseBusy
                | Code::FileLockingProtocolFailed
                | Code::NoLargeFileSupport,
            ) => Self::Refused(error),
            // the statements are fixed, so every other error comes from the content of the file
            Some(_) => Self::Damaged(error.to_string()),
            None => Self::altered(),
        }
    }
}

impl StoreError {
    fn altered() -> Self {
        Self::Damaged("its content was altered".to_owned())
    }
}

impl From<FileError> for StoreError {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

/// Path, owner and limits of a cache file.
#[derive(Debug)]
pub(super) struct StoreFile {
    pub(super) path: PathBuf,
    /// Checksum of the site and the account.
    pub(super) owner: String,
    /// Maximum size in bytes.
    pub(super) max_bytes: u64,
    /// Number of this run; later runs have greater numbers.
    pub(super) run: i64,
}

impl StoreFile {
    /// Opens the file; creates it if there is none.
    pub(super) fn open(&self) -> Result<Store, StoreError> {
        match fs::symlink_metadata(&self.path) {
            Ok(found) if found.is_dir() => return Err(StoreError::Damaged("it is a folder".to_owned())),
            Ok(found) if !found.is_file() => {
                return Err(StoreError::Damaged("it is a link or a special file".to_owned()));
            }
            Ok(_) => self.remove_linked_logs()?,
            Err(_) => self.create()?,
        }
        // must happen before SQLite opens it: closing a file ends all locks that the process has on it
        let writable = OpenOptions::new().write(true).open(&self.path).is_ok();
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let check: String = connection.query_row("PRAGMA quick_check(1)", (), |row| row.get(0))?;
        // SQLite opens a file of an unknown format as read-only
        if check != "ok" || (writable && connection.is_readonly(MAIN_DB)?) {
            return Err(StoreError::altered());
        }
        connection.execute_batch(SETTINGS)?;
        let mut store = self.store(connection, Some(self.run));
        store.records_uses = store.bytes_in_use()? > self.max_bytes / 2;
        Ok(store)
    }

    /// Removes linked log files, because SQLite would write through the links.
    fn remove_linked_logs(&self) -> Result<(), StoreError> {
        let logs = LOG_SUFFIXES.map(|log| with_suffix(&self.path, log)).into_iter();
        let mut linked = logs.filter(|log| fs::symlink_metadata(log).is_ok_and(|found| !found.is_file()));
        Ok(linked.try_for_each(|log| private_files::remove_file(&log))?)
    }

    /// Opens the file for reading only. `None` if there is no valid one.
    pub(super) fn look(&self) -> Option<Store> {
        Some(self.store(self.connect(OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?, None))
    }

    fn store(&self, connection: Connection, run: Option<i64>) -> Store {
        Store { connection, run, max_bytes: self.max_bytes, records_uses: false, unsaved: 0, saved_at: Instant::now() }
    }

    fn connect(&self, access: OpenFlags) -> Result<Connection, StoreError> {
        let connection = Connection::open_with_flags(&self.path, access)?;
        connection.busy_timeout(BUSY)?;
        let about =
            connection.query_row("SELECT format, owner FROM about", (), |row| Ok((row.get(0)?, row.get(1)?)))?;
        if about == (FORMAT, self.owner.clone()) {
            Ok(connection)
        } else {
            Err(StoreError::Damaged("it belongs to another site, account or version of the program".to_owned()))
        }
    }

    /// Creates the file under another name and renames it when it is complete, so that a kill leaves no partial file.
    fn create(&self) -> Result<(), StoreError> {
        let new = self.path.with_extension("new");
        // a leftover log would be applied to the new file
        let logs = [&new, &self.path].into_iter().flat_map(|path| LOG_SUFFIXES.map(|log| with_suffix(path, log)));
        logs.chain([new.clone()]).try_for_each(|left| private_files::remove_file(&left))?;
        private_files::create_file(&new)?;
        let connection = Connection::open_with_flags(&new, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.execute_batch(SCHEMA)?;
        connection.execute("INSERT INTO about VALUES (?1, ?2)", (FORMAT, &self.owner))?;
        connection.close().map_err(|(_, error)| error)?;
        Ok(fs::rename(&new, &self.path).map_err(cannot("rename", new))?)
    }

    /// Renames a damaged file, so that it is no longer used but can be examined. Returns the warning.
    pub(super) fn set_aside(&self, why: &str) -> Result<String, FileError> {
        let aside = self.path.with_extension("damaged");
        fs::rename(&self.path, &aside).map_err(cannot("rename", &self.path))?;
        let aside = aside.display();
        Ok(format!("the cache is unusable ({why}); it was renamed to {aside}, and its content is read again"))
    }
}

/// Returns the path of a file that SQLite creates next to the cache file.
fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The entries of an open file. A record is committed at once, because it may have cost a request. Values, which are
/// quickly computed again, are committed in batches and when the store is dropped.
#[derive(Debug)]
pub(super) struct Store {
    connection: Connection,
    /// Number of this run; `None` if nothing is written, or not any more.
    run: Option<i64>,
    max_bytes: u64,
    /// Whether uses of entries are recorded: only if the file takes more than half of the maximum size.
    records_uses: bool,
    /// Bytes written since the last commit.
    unsaved: u64,
    saved_at: Instant,
}

impl Store {
    /// Returns the content of an entry.
    pub(super) fn get(&mut self, key: EntryKey<'_>) -> Result<Option<Vec<u8>>, StoreError> {
        self.begin()?;
        let found = self.connection.prepare_cached(FIND)?.query_row([key.row_hash()], |row| {
            let content = row.get_ref(0)?.as_blob()?;
            let is_valid = row.get::<_, i64>(1)? == key.hash_with(content);
            Ok((is_valid.then(|| content.to_vec()), row.get::<_, i64>(2)?))
        });
        let Some((content, last_used)) = found.optional()? else { return Ok(None) };
        let content = content.ok_or_else(StoreError::altered)?;
        if let Some(run) = self.run.filter(|run| self.records_uses && *run != last_used) {
            self.connection.prepare_cached(USE)?.execute((key.row_hash(), run))?;
            self.written(0)?;
        }
        Ok(Some(content))
    }

    /// Stores an entry, and replaces an earlier one with the same key.
    pub(super) fn put(&mut self, key: EntryKey<'_>, content: &[u8]) -> Result<(), StoreError> {
        let Some(run) = self.run else { return Ok(()) };
        self.begin()?;
        let hash = key.row_hash();
        let id: i64 = self.connection.prepare_cached(PUT_CONTENT)?.query_row((hash, content), |row| row.get(0))?;
        let row = (hash, id, key.hash_with(content), key.is_record(), run);
        self.connection.prepare_cached(PUT_KEY)?.execute(row)?;
        if key.is_record() { self.commit() } else { self.written(content.len()) }
    }

    fn written(&mut self, bytes: usize) -> Result<(), StoreError> {
        self.unsaved += bytes as u64;
        let full = self.unsaved >= self.max_bytes / BATCH_PART || self.saved_at.elapsed() >= BATCH_TIME;
        if full { self.commit() } else { Ok(()) }
    }

    /// Returns the number of records, or of values.
    pub(super) fn count(&self, records: bool) -> Result<usize, StoreError> {
        let count = "SELECT count(*) FROM keys WHERE is_record = ?1";
        Ok(self.connection.query_row(count, [records], |row| row.get(0))?)
    }

    /// Deletes all records.
    pub(super) fn clear(&mut self) -> Result<(), StoreError> {
        if self.run.is_some() {
            self.begin()?;
            self.remove(RECORDS)?;
        }
        self.commit()
    }

    /// Deletes the entries that a clause selects. Returns their number.
    fn remove(&self, which: &str) -> Result<usize, StoreError> {
        let mut removed = 0;
        // the keys last, because they select the contents
        for table in ["contents", "keys"] {
            let remove = format!("DELETE FROM {table} WHERE id IN (SELECT id FROM keys {which})");
            removed = self.connection.execute(&remove, ())?;
        }
        Ok(removed)
    }

    /// Begins a transaction if none is open. One is open all the time, so that the file need not be locked for every
    /// entry.
    fn begin(&self) -> Result<(), StoreError> {
        if self.run.is_some() && self.connection.is_autocommit() {
            self.connection.execute_batch("BEGIN")?;
        }
        Ok(())
    }

    /// Commits all entries, so that they survive a kill.
    fn commit(&mut self) -> Result<(), StoreError> {
        if self.connection.is_autocommit() {
            return Ok(());
        }
        // an eighth stays free for the next batch
        while self.bytes_in_use()? > self.max_bytes / 8 * 7 && self.remove(LEAST_RECENTLY_USED)? > 0 {}
        self.records_uses = self.bytes_in_use()? > self.max_bytes / 2;
        self.connection.execute_batch("COMMIT")?;
        (self.unsaved, self.saved_at) = (0, Instant::now());
        Ok(())
    }

    /// Commits all entries and writes them to disk, so that they survive a power loss.
    pub(super) fn sync(&mut self) -> Result<(), StoreError> {
        self.commit()?;
        if self.run.is_some() {
            self.connection.execute_batch("PRAGMA wal_checkpoint")?;
        }
        Ok(())
    }

    fn bytes_in_use(&self) -> Result<u64, StoreError> {
        Ok(self.connection.prepare_cached(BYTES_IN_USE)?.query_row((), |row| row.get(0))?)
    }

    /// Sets a pragma of SQLite.
    #[cfg(test)]
    pub(super) fn set(&self, pragma: &str) {
        self.connection.execute_batch(&format!("PRAGMA {pragma}")).unwrap();
    }

    /// Discards what is not committed, and writes nothing from now on.
    pub(super) fn stop_writing(&mut self) {
        self.run = None;
        if !self.connection.is_autocommit() {
            // if this fails, closing the connection has the same effect
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // no caller can handle an error here; lost entries are read again
        if self.run.is_some() && self.commit().is_ok() {
            // merges the log into the file and deletes the log
            let _ = self.connection.execute_batch("PRAGMA journal_mode = DELETE");
        }
    }
}

/// Key of an entry.
#[derive(Debug, Clone, Copy)]
pub(super) enum EntryKey<'a> {
    /// The name of a record.
    Record(&'a str),
    /// The checksum of what a value was computed from.
    Value(&'a ValueKey),
}

impl EntryKey<'_> {
    fn is_record(self) -> bool {
        matches!(self, Self::Record(_))
    }

    /// Returns the hash that is the primary key: 64 bits of a checksum, for which a collision is unlikely even among
    /// millions of keys.
    fn row_hash(self) -> i64 {
        self.hash_with(&[])
    }

    /// Returns the checksum of the key and a content. A stored entry is valid only if its checksum is this one.
    fn hash_with(self, content: &[u8]) -> i64 {
        let key = match self {
            Self::Record(name) => name.as_bytes(),
            Self::Value(key) => key,
        };
        let hash = Sha256::new().chain_update([self.is_record().into()]).chain_update((key.len() as u64).to_le_bytes());
        let hash = hash.chain_update(key).chain_update(content).finalize();
        hash.first_chunk().map_or(0, |first| i64::from_le_bytes(*first))
    }
}
