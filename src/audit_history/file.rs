//! The file of the audit history: one row for each unreferenced file of each series, and the runs in its metadata.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{AuditHistoryError, CountedRun, RunSeries, SeriesRecord, Streak};
use crate::inventory::{AccountId, AttachmentId};
use crate::spreadsheet::{ColumnType, Field, ParquetTable, ParquetWriter, Value};
use crate::support::file_error::{FileError, cannot};
use crate::support::private_files::{create_file, remove_file};

/// The name of the file.
pub const NAME: &str = "audit_history.parquet";
/// The file while it is being written.
const PARTIAL: &str = ".audit_history.parquet.partial";

/// Version of the format. A file of a newer version is never overwritten.
const SCHEMA_VERSION: u32 = 1;

/// The content of the file.
#[derive(Debug, Default, PartialEq)]
pub(super) struct StoredHistory {
    pub(super) series: BTreeMap<RunSeries, SeriesRecord>,
}

/// The runs of a series, in the metadata.
#[derive(Serialize, Deserialize)]
struct RunsOfSeries {
    #[serde(flatten)]
    series: RunSeries,
    runs: Vec<CountedRun>,
}

fn fields() -> [Field; 7] {
    [
        ("site", ColumnType::Text),
        ("account", ColumnType::Text),
        ("visibility", ColumnType::Text),
        ("accepted_unread", ColumnType::Text),
        ("attachment_id", ColumnType::Text),
        ("unreferenced_since", ColumnType::Time),
        ("unreferenced_runs", ColumnType::Integer),
    ]
    .map(|(name, holds)| Field::new(name, holds))
}

/// Reads the file; a missing one is empty.
pub(super) fn read(path: &Path) -> Result<StoredHistory, AuditHistoryError> {
    let damaged = |problem: String| AuditHistoryError::Damaged { path: path.to_owned(), problem };
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => damaged(error.to_string()),
        io::ErrorKind::IsADirectory => damaged("it is a folder".to_owned()),
        _ => cannot("read", path)(error).into(),
    };
    let table = match ParquetTable::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(StoredHistory::default()),
        opened => opened.map_err(unreadable)?,
    };
    let fields = fields();
    let version: u32 = table
        .entry("schema_version")
        .and_then(|version| version.parse().ok())
        .ok_or_else(|| damaged("its metadata has no schema_version".to_owned()))?;
    let is_known = |column: &str| fields.iter().any(|field| field.name == column);
    if version > SCHEMA_VERSION || !table.columns().all(is_known) {
        let written_by = table.entry("program_version").unwrap_or("unknown").to_owned();
        return Err(AuditHistoryError::Newer { path: path.to_owned(), written_by });
    }
    let runs = table.entry("runs").and_then(|runs| serde_json::from_str::<Vec<RunsOfSeries>>(runs).ok());
    let runs = runs.ok_or_else(|| damaged("its metadata has no valid entry runs".to_owned()))?;
    let mut stored = StoredHistory::default();
    for RunsOfSeries { series, runs } in runs {
        stored.series.insert(series, SeriesRecord { runs, ..SeriesRecord::default() });
    }
    let mut rows = RowReader { stored, series: None };
    table.for_each_row(&fields, |cells| rows.add(cells)).map_err(unreadable)?;
    Ok(rows.finish())
}

/// Collects the rows of each series, which follow each other.
struct RowReader {
    stored: StoredHistory,
    /// The series of the last row, with its texts as in the file.
    series: Option<([Value; 4], RunSeries, BTreeMap<AttachmentId, Streak>)>,
}

impl RowReader {
    fn add(&mut self, cells: &[Value]) -> io::Result<()> {
        let invalid = || io::Error::new(io::ErrorKind::InvalidData, "a row lacks a value");
        let [of_series @ .., id, since, runs] = cells else { return Err(invalid()) };
        let id = AttachmentId::new(id.as_text().ok_or_else(invalid)?);
        let since = since.as_time().ok_or_else(invalid)?;
        let runs = runs.as_integer().and_then(|runs| u32::try_from(runs).ok()).filter(|runs| *runs > 0);
        let streak = Streak { since, runs: runs.ok_or_else(invalid)? };
        if let Some((texts, _, streaks)) = &mut self.series
            && texts == of_series
        {
            streaks.insert(id, streak);
            return Ok(());
        }
        self.close();
        let [Value::Text(site), Value::Text(account), Value::Text(visibility), Value::Text(accepted_unread)] =
            of_series
        else {
            return Err(invalid());
        };
        let series = RunSeries {
            site: site.clone(),
            account: AccountId::new(account.clone()),
            visibility: visibility.clone(),
            accepted_unread: accepted_unread.clone(),
        };
        let texts = [site, account, visibility, accepted_unread].map(Value::text);
        self.series = Some((texts, series, BTreeMap::from([(id, streak)])));
        Ok(())
    }

    fn close(&mut self) {
        if let Some((_, series, streaks)) = self.series.take() {
            self.stored.series.entry(series).or_default().streaks.extend(streaks);
        }
    }

    fn finish(mut self) -> StoredHistory {
        self.close();
        self.stored
    }
}

/// Writes the file with an atomic rename: after any failure it is either the old or the new one.
pub(super) fn write(folder: &Path, stored: &StoredHistory) -> Result<(), FileError> {
    let partial = folder.join(PARTIAL);
    // a run may have been killed before the rename
    remove_file(&partial)?;
    let written = write_new(&partial, stored).and_then(|()| {
        let path = folder.join(NAME);
        fs::rename(&partial, &path).map_err(cannot("put in place", &path))
    });
    if written.is_err() {
        // frees the space on a full disk; the first error is the one to report
        let _ = remove_file(&partial);
    }
    written
}

fn write_new(partial: &Path, stored: &StoredHistory) -> Result<(), FileError> {
    let file = create_file(partial)?;
    let write = || -> io::Result<()> {
        let mut writer = ParquetWriter::new(file, &fields())?;
        for (series, record) in &stored.series {
            let texts = [&series.site, series.account.as_str(), &series.visibility, &series.accepted_unread];
            let texts = texts.map(Value::text);
            for (id, streak) in &record.streaks {
                let own = [Value::text(id.as_str()), Value::Time(streak.since), Value::Integer(streak.runs.into())];
                writer.row(texts.iter().chain(&own))?;
            }
        }
        let runs = stored
            .series
            .iter()
            .map(|(series, record)| RunsOfSeries { series: series.clone(), runs: record.runs.clone() });
        let metadata = [
            ("schema_version", SCHEMA_VERSION.to_string()),
            ("program_version", env!("CARGO_PKG_VERSION").to_owned()),
            ("runs", serde_json::to_string(&runs.collect::<Vec<_>>())?),
        ];
        writer.finish(metadata)?.0.sync_all()
    };
    write().map_err(cannot("write", partial))
}

/// Renames a damaged file to `audit_history.parquet.damaged`, or to a name with a number if that is taken. Returns the
/// new name, or `None` if there is no file.
pub(super) fn set_aside(path: &Path) -> Result<Option<PathBuf>, FileError> {
    let with_ending = |ending: String| path.with_file_name(format!("{NAME}.damaged{ending}"));
    let names =
        std::iter::once(with_ending(String::new())).chain((2..).map(|number| with_ending(format!("-{number}"))));
    let Some(target) = names.into_iter().find(|name| fs::symlink_metadata(name).is_err()) else { return Ok(None) };
    match fs::rename(path, &target) {
        Ok(()) => Ok(Some(target)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(cannot("set aside", path)(error)),
    }
}
