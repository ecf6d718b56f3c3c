//! What is left of the rows of damaged files. Every row stands in two files, that of its week and the joined one, so
//! that mostly all of it is left, which the checksum then proves.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::{PAGE, STATUS, WEEK};
use super::disk::{Disk, Measure};
use super::inspect::odd_content;
use super::lines::{Lines, cells};
use super::manifest::{Manifest, Week};
use super::weekly::{by_page, first_line};
use super::{HistoryError, IsoWeek, Status};
use crate::spreadsheet::decode;
use crate::support::file_error::cannot;

/// A row as it stands in a file, without its line end.
pub(super) type RawRow = Vec<u8>;

/// What could be had back of one week.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Salvaged {
    /// The file as it was written, byte by byte.
    Exact(Vec<u8>),
    /// Rows that may have been of it, by page, each page once.
    Rows(Vec<RawRow>),
}

/// Salvages the files of these weeks. Nothing is written.
pub(super) fn salvage(
    disk: &Disk,
    manifest: &Manifest,
    damaged: &BTreeSet<IsoWeek>,
) -> Result<BTreeMap<IsoWeek, Salvaged>, HistoryError> {
    let mut copies = joined_rows(disk, manifest, damaged)?;
    let mut salvaged = BTreeMap::new();
    for week in damaged.iter().filter_map(|week| manifest.week(*week)) {
        let header = manifest.columns.get(..week.file.columns).unwrap_or_default();
        let bytes = disk.read(&week.file.path)?.unwrap_or_default();
        let copy = copies.remove(&week.week).unwrap_or_default();
        let narrow = narrowed(&copy, manifest, week);
        let exact = [with_ends(&bytes), assembled(header, &narrow)].into_iter().chain(current(disk, manifest, week)?);
        let whole = exact.into_iter().find(|bytes| Measure::of(bytes) == week.file.measure);
        let rest = || {
            let mended = with_ends(&bytes);
            let own = rows_of(&mended).into_iter().map(<[u8]>::to_vec);
            Salvaged::Rows(merged(own.chain(narrow), header, week.week))
        };
        salvaged.insert(week.week, whole.map_or_else(rest, Salvaged::Exact));
    }
    Ok(salvaged)
}

/// Rows of these weeks in the joined file, as wide as they stand there, in its order.
pub(super) fn joined_rows(
    disk: &Disk,
    manifest: &Manifest,
    weeks: &BTreeSet<IsoWeek>,
) -> Result<BTreeMap<IsoWeek, Vec<RawRow>>, HistoryError> {
    let mut found: BTreeMap<IsoWeek, Vec<RawRow>> = BTreeMap::new();
    let Some(joined) = manifest.joined.as_ref().filter(|_| !weeks.is_empty()) else { return Ok(found) };
    let Some(mut lines) = Lines::open(disk, &joined.path)? else { return Ok(found) };
    let week_at = position(&manifest.columns, WEEK);
    while let Some(line) = lines.next().map_err(cannot("read", disk.path(&joined.path)))? {
        let Some(line) = line.strip_suffix(b"\n") else { break };
        let row = line.strip_suffix(b"\r").unwrap_or(line);
        let Some(cells) = cells(row).filter(|cells| cells.len() == joined.columns) else { continue };
        let week = cells.get(week_at).and_then(|cell| cell.parse().ok()).filter(|week| weeks.contains(week));
        if let Some(week) = week {
            found.entry(week).or_default().push(row.to_vec());
        }
    }
    Ok(found)
}

/// Rows of the joined file as the file of the week has them: without the empty cells of later columns.
fn narrowed(rows: &[RawRow], manifest: &Manifest, week: &Week) -> Vec<RawRow> {
    let width = manifest.joined.as_ref().map_or(0, |joined| joined.columns);
    let padding = vec![b','; width.saturating_sub(week.file.columns)];
    rows.iter().filter_map(|row| row.strip_suffix(padding.as_slice()).map(<[u8]>::to_vec)).collect()
}

/// The file of the last run, which is often the same as that of its week.
fn current(disk: &Disk, manifest: &Manifest, week: &Week) -> Result<Option<Vec<u8>>, HistoryError> {
    match &manifest.current {
        Some(current) if current.file.measure == week.file.measure => disk.read(&current.file.path),
        _ => Ok(None),
    }
}

/// With the byte order mark and the line ends that editors and version control like to change.
pub(super) fn with_ends(bytes: &[u8]) -> Vec<u8> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut mended = b"\xEF\xBB\xBF".to_vec();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(line) => {
                mended.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
                mended.extend_from_slice(b"\r\n");
            }
            None => mended.extend_from_slice(line),
        }
    }
    mended
}

/// The lines behind the header that have an end.
pub(super) fn rows_of(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').skip(1).filter_map(super::lines::content).collect()
}

/// A file of these rows.
pub(super) fn assembled(header: &[String], rows: &[RawRow]) -> Vec<u8> {
    let mut file = first_line(header).into_bytes();
    for row in rows {
        file.extend_from_slice(row);
        file.extend_from_slice(b"\r\n");
    }
    file
}

/// Rows that fit the header and the week, by page; of two of one page the first one.
fn merged(rows: impl Iterator<Item = RawRow>, header: &[String], week: IsoWeek) -> Vec<RawRow> {
    let (week_at, page_at) = (position(header, WEEK), position(header, PAGE));
    let fits = |row: &RawRow| odd_content(row, header.len(), week_at, Some(week)).is_none();
    let keyed = rows.filter(fits).filter_map(|row| {
        let page = decode(cells(&row)?.get(page_at)?).to_owned();
        (!page.trim().is_empty()).then_some((page, row))
    });
    let mut keyed: Vec<(String, RawRow)> = keyed.collect();
    // stable: the rows of the file itself stay in front of those of the joined one
    keyed.sort_by(|(one, _), (other, _)| by_page(one, other));
    keyed.dedup_by(|(other, _), (one, _)| one == other);
    keyed.into_iter().map(|(_, row)| row).collect()
}

/// The same rows, each marked as one of an incomplete week.
pub(super) fn marked_incomplete(rows: &[RawRow], header: &[String]) -> Vec<RawRow> {
    let at = position(header, STATUS);
    let status = format!("\"{}\"", Status::Incomplete.as_str());
    let mark = |row: &RawRow| {
        let mut raw = raw_cells(row);
        if let Some(cell) = raw.get_mut(at) {
            *cell = status.as_bytes();
        }
        raw.join(&b","[..])
    };
    rows.iter().map(mark).collect()
}

/// The cells with their quotes, as they stand between the commas.
fn raw_cells(row: &[u8]) -> Vec<&[u8]> {
    let mut in_quotes = false;
    let is_comma = |byte: &u8| {
        in_quotes ^= *byte == b'"';
        *byte == b',' && !in_quotes
    };
    row.split(is_comma).collect()
}

pub(super) fn position(header: &[String], column: &str) -> usize {
    // a header without a key is none of the history and was refused before
    header.iter().position(|name| name == column).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_mark_come_back_and_nothing_else_changes() {
        let whole = "\u{FEFF}a,b\r\n\"ü\",1\r\n".as_bytes();
        for damaged in ["a,b\n\"ü\",1\n", "\u{FEFF}a,b\n\"ü\",1\r\n", "a,b\r\n\"ü\",1\r\n"] {
            assert_eq!(with_ends(damaged.as_bytes()), whole);
        }
        assert_eq!(with_ends("a\n\"torn".as_bytes()), "\u{FEFF}a\r\n\"torn".as_bytes());
    }

    #[test]
    fn the_status_changes_between_cells_that_hold_commas_and_quotes() {
        let header = ["t", STATUS, "n"].map(str::to_owned);
        let rows = [br#""a, ""b"", c","complete",1"#.to_vec()];
        assert_eq!(marked_incomplete(&rows, &header), [br#""a, ""b"", c","incomplete",1"#.to_vec()]);
    }
}
