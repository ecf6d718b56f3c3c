//! The file of a cache: an SQLite database.
//!
//! SQLite keeps the file whole when the process is killed or the power fails. It does not prove what it reads, so every
//! entry bears a checksum, and whatever cannot be right is told as damage.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags, OptionalExtension};
use sha2::{Digest, Sha256};

use super::ValueKey;
use crate::support::file_error::{FileError, cannot};
use crate::support::private;

/// Files of every other format are set aside.
const FORMAT: u32 = 1;
/// The tables, when the file is made.
const SCHEMA: &str = include_str!("schema.sql");
/// With a write-ahead log a commit waits for no disk, survives a kill, and keeps nobody from reading. `fullfsync` is what
/// macOS needs for a write to survive a power loss; `cache_size` is in KiB where it is negative.
const SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA fullfsync = ON;
    PRAGMA cache_size = -16384";

const FIND: &str = "SELECT content, checksum, run FROM keys LEFT JOIN contents USING (id) WHERE hash = ?1";
const PUT_CONTENT: &str = "INSERT INTO contents (id, content) VALUES ((SELECT id FROM keys WHERE hash = ?1), ?2)
    ON CONFLICT (id) DO UPDATE SET content = excluded.content RETURNING id";
const PUT_KEY: &str = "INSERT OR REPLACE INTO keys (hash, id, checksum, is_record, run) VALUES (?1, ?2, ?3, ?4, ?5)";
const USE: &str = "UPDATE keys SET run = ?2 WHERE hash = ?1";
const RECORDS: &str = "WHERE is_record";
/// The sixteenth that was not used for the longest time, values before records.
const UNUSED: &str = "ORDER BY is_record, run, id LIMIT 1 + (SELECT count(*) FROM keys) / 16";
const BYTES_IN_USE: &str = "SELECT (page_count - freelist_count) * page_size
    FROM pragma_page_count, pragma_freelist_count, pragma_page_size";

/// Time since the last commit after which a value is committed with those before it.
const BATCH_TIME: Duration = Duration::from_secs(5);
/// The part of the space after which that is done sooner.
const BATCH_PART: u64 = 32;
/// How the names of the files end that SQLite keeps beside its own.
const LOGS: [&str; 3] = ["-journal", "-wal", "-shm"];
/// How long to wait for another process that reads or commits at this moment.
const BUSY: Duration = Duration::from_secs(10);

/// Why a store cannot do what it was asked for.
#[derive(Debug)]
pub(super) enum StoreError {
    /// The file is not as it was written, or not of this site, account and format: why.
    Damaged(String),
    /// The file system.
    File(FileError),
    /// SQLite, in the name of the system: a full disk, a file that may not be written.
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
            // the statements are fixed, so all else comes from what the file holds
            Some(_) => Self::Damaged(error.to_string()),
            None => Self::altered(),
        }
    }
}

impl StoreError {
    fn altered() -> Self {
        Self::Damaged("it is not as it was written".to_owned())
    }
}

impl From<FileError> for StoreError {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

/// Which file, whose it is, and how it is used.
#[derive(Debug)]
pub(super) struct StoreFile {
    /// Where it lies.
    pub(super) path: PathBuf,
    /// Of whom: a site and an account, as a checksum.
    pub(super) owner: String,
    /// How large it may become, in bytes.
    pub(super) space: u64,
    /// This run among all: later ones have greater numbers.
    pub(super) run: i64,
}

impl StoreFile {
    /// Opens the file, or makes it.
    pub(super) fn open(&self) -> Result<Store, StoreError> {
        match fs::symlink_metadata(&self.path) {
            Ok(found) if found.is_dir() => return Err(StoreError::Damaged("it is a folder".to_owned())),
            Ok(found) if !found.is_file() => return Err(StoreError::Damaged("it is no file, but a link".to_owned())),
            Ok(_) => self.remove_linked_logs()?,
            Err(_) => self.create()?,
        }
        // before SQLite has it open: to close a file ends all locks that the process has on it
        let writable = OpenOptions::new().write(true).open(&self.path).is_ok();
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let check: String = connection.query_row("PRAGMA quick_check(1)", (), |row| row.get(0))?;
        // SQLite takes a file of unknown format for read-only
        if check != "ok" || (writable && connection.is_readonly(MAIN_DB)?) {
            return Err(StoreError::altered());
        }
        connection.execute_batch(SETTINGS)?;
        let mut store = self.store(connection, Some(self.run));
        store.notes_uses = store.bytes_in_use()? > self.space / 2;
        Ok(store)
    }

    /// SQLite would write its log through a link.
    fn remove_linked_logs(&self) -> Result<(), StoreError> {
        let logs = LOGS.map(|log| beside(&self.path, log)).into_iter();
        let mut linked = logs.filter(|log| fs::symlink_metadata(log).is_ok_and(|found| !found.is_file()));
        Ok(linked.try_for_each(|log| private::remove_file(&log))?)
    }

    /// Opens the file and will never write to it. `None` when there is none, or none that is whole.
    pub(super) fn look(&self) -> Option<Store> {
        Some(self.store(self.connect(OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?, None))
    }

    fn store(&self, connection: Connection, run: Option<i64>) -> Store {
        Store { connection, run, space: self.space, notes_uses: false, unsaved: 0, saved_at: Instant::now() }
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

    /// Under another name until it is whole, so that no kill leaves half a file.
    fn create(&self) -> Result<(), StoreError> {
        let new = self.path.with_extension("new");
        // a log that was left behind would be applied to the new file
        let logs = [&new, &self.path].into_iter().flat_map(|path| LOGS.map(|log| beside(path, log)));
        logs.chain([new.clone()]).try_for_each(|left| private::remove_file(&left))?;
        private::create_file(&new)?;
        let connection = Connection::open_with_flags(&new, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.execute_batch(SCHEMA)?;
        connection.execute("INSERT INTO about VALUES (?1, ?2)", (FORMAT, &self.owner))?;
        connection.close().map_err(|(_, error)| error)?;
        Ok(fs::rename(&new, &self.path).map_err(cannot("rename", new))?)
    }

    /// Renames the file, so that nobody believes it and somebody can look at it. Gives the remark.
    pub(super) fn set_aside(&self, why: &str) -> Result<String, FileError> {
        let aside = self.path.with_extension("damaged");
        fs::rename(&self.path, &aside).map_err(cannot("rename", &self.path))?;
        let aside = aside.display();
        Ok(format!("the cache cannot be used ({why}); it was set aside as {aside}, and what it held is read again"))
    }
}

/// A file of SQLite's beside that of the cache.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// The entries of one open file. A record is committed at once, for it may have cost a request; values, which are made
/// again in no time, many together, and when the store is dropped.
#[derive(Debug)]
pub(super) struct Store {
    connection: Connection,
    /// This run; `None` when nothing is written, or no longer.
    run: Option<i64>,
    space: u64,
    /// Whether it is worth writing down what is used: not while there is room for as much again.
    notes_uses: bool,
    /// Bytes written since the last commit.
    unsaved: u64,
    saved_at: Instant,
}

impl Store {
    /// What is kept under a key.
    pub(super) fn get(&mut self, key: Key<'_>) -> Result<Option<Vec<u8>>, StoreError> {
        self.begin()?;
        let found = self.connection.prepare_cached(FIND)?.query_row([key.place()], |row| {
            let content = row.get_ref(0)?.as_blob()?;
            let proved = row.get::<_, i64>(1)? == key.hash_with(content);
            Ok((proved.then(|| content.to_vec()), row.get::<_, i64>(2)?))
        });
        let Some((content, last_used)) = found.optional()? else { return Ok(None) };
        let content = content.ok_or_else(StoreError::altered)?;
        if let Some(run) = self.run.filter(|run| self.notes_uses && *run != last_used) {
            self.connection.prepare_cached(USE)?.execute((key.place(), run))?;
            self.written(0)?;
        }
        Ok(Some(content))
    }

    /// Keeps a value under a key, in place of any earlier one.
    pub(super) fn put(&mut self, key: Key<'_>, content: &[u8]) -> Result<(), StoreError> {
        let Some(run) = self.run else { return Ok(()) };
        self.begin()?;
        let place = key.place();
        let id: i64 = self.connection.prepare_cached(PUT_CONTENT)?.query_row((place, content), |row| row.get(0))?;
        let row = (place, id, key.hash_with(content), key.is_record(), run);
        self.connection.prepare_cached(PUT_KEY)?.execute(row)?;
        if key.is_record() { self.commit() } else { self.written(content.len()) }
    }

    fn written(&mut self, bytes: usize) -> Result<(), StoreError> {
        self.unsaved += bytes as u64;
        let full = self.unsaved >= self.space / BATCH_PART || self.saved_at.elapsed() >= BATCH_TIME;
        if full { self.commit() } else { Ok(()) }
    }

    /// How many records there are, or values.
    pub(super) fn count(&self, records: bool) -> Result<usize, StoreError> {
        let count = "SELECT count(*) FROM keys WHERE is_record = ?1";
        Ok(self.connection.query_row(count, [records], |row| row.get(0))?)
    }

    /// Removes all records.
    pub(super) fn clear(&mut self) -> Result<(), StoreError> {
        if self.run.is_some() {
            self.begin()?;
            self.remove(RECORDS)?;
        }
        self.commit()
    }

    /// Gives how many entries were removed.
    fn remove(&self, which: &str) -> Result<usize, StoreError> {
        let mut removed = 0;
        // the keys last: they say which contents
        for table in ["contents", "keys"] {
            let remove = format!("DELETE FROM {table} WHERE id IN (SELECT id FROM keys {which})");
            removed = self.connection.execute(&remove, ())?;
        }
        Ok(removed)
    }

    /// A transaction is open all the time, so that the file need not be locked for every entry.
    fn begin(&self) -> Result<(), StoreError> {
        if self.run.is_some() && self.connection.is_autocommit() {
            self.connection.execute_batch("BEGIN")?;
        }
        Ok(())
    }

    /// Makes what was written so far survive a kill.
    fn commit(&mut self) -> Result<(), StoreError> {
        if self.connection.is_autocommit() {
            return Ok(());
        }
        // an eighth stays free for the next batch
        while self.bytes_in_use()? > self.space / 8 * 7 && self.remove(UNUSED)? > 0 {}
        self.notes_uses = self.bytes_in_use()? > self.space / 2;
        self.connection.execute_batch("COMMIT")?;
        (self.unsaved, self.saved_at) = (0, Instant::now());
        Ok(())
    }

    /// Makes what was written so far survive a power loss too.
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

    /// Sets one of SQLite's switches.
    #[cfg(test)]
    pub(super) fn set(&self, pragma: &str) {
        self.connection.execute_batch(&format!("PRAGMA {pragma}")).unwrap();
    }

    /// Gives up what is not committed, and writes nothing any more.
    pub(super) fn stop_writing(&mut self) {
        self.run = None;
        if !self.connection.is_autocommit() {
            // where this fails too, the end of the connection does the same
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // nobody is left to be told; what is lost is read again
        if self.run.is_some() && self.commit().is_ok() {
            // what is in the log goes to the file, and the log goes
            let _ = self.connection.execute_batch("PRAGMA journal_mode = DELETE");
        }
    }
}

/// What an entry is kept under.
#[derive(Debug, Clone, Copy)]
pub(super) enum Key<'a> {
    /// The name of a record.
    Record(&'a str),
    /// The checksum of what a value was made from.
    Value(&'a ValueKey),
}

impl Key<'_> {
    fn is_record(self) -> bool {
        matches!(self, Self::Record(_))
    }

    /// Where the entry stands: 64 bits of a checksum, in which even millions of keys do not meet.
    fn place(self) -> i64 {
        self.hash_with(&[])
    }

    /// Proves that this content was kept under this key.
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
