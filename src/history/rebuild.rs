//! What there is when `history.json` is lost: the files tell, but only what two of them agree on is believed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveTime;

use super::columns::{PAGE, STATUS, WEEK};
use super::disk::{Disk, Measure};
use super::inspect::odd_content;
use super::lines::{Lines, cells};
use super::manifest::{Manifest, Status, StoredFile, Week};
use super::names::{self, ARCHIVE, JOINED};
use super::salvage::{joined_rows, position, rows_of, with_ends};
use super::weekly::first_line;
use super::{HistoryError, IsoWeek};
use crate::support::file_error::cannot;

/// The manifest as far as the files tell, and the weeks that nothing vouches for.
pub(super) fn rebuild(disk: &Disk) -> Result<(Manifest, BTreeSet<IsoWeek>), HistoryError> {
    let mut files: BTreeMap<IsoWeek, (String, Vec<String>)> = BTreeMap::new();
    let archived = disk.list(ARCHIVE)?.into_iter().map(|name| format!("{ARCHIVE}/{name}"));
    // the folder itself comes last and counts more than the archive
    for name in archived.chain(disk.list("")?) {
        let Some(week) = names::week_of(&name) else { continue };
        if let Some(header) = header_of(disk, &name)? {
            files.insert(week, (name, header));
        }
    }
    let joined = header_of(disk, JOINED)?;
    let headers = files.values().map(|(_, header)| header).chain(&joined);
    let columns = headers.max_by_key(|header| header.len()).cloned().unwrap_or_default();
    files.retain(|_, (_, header)| columns.starts_with(header));
    let joined = joined.filter(|header| columns.starts_with(header)).map(|header| StoredFile {
        path: JOINED.to_owned(),
        rows: 0,
        columns: header.len(),
        measure: Measure::of(b""),
    });
    let mut manifest = Manifest { columns, joined, ..Manifest::default() };
    let mut weeks = weeks_in_joined(disk, &manifest)?;
    weeks.extend(files.keys().copied());
    let copies = joined_rows(disk, &manifest, &weeks)?;
    let mut doubtful = BTreeSet::new();
    for week in weeks {
        let copy = copies.get(&week).map(Vec::as_slice).unwrap_or_default();
        let (path, width) = match files.get(&week) {
            Some((path, header)) => (path.clone(), header.len()),
            None => (names::weekly(week), manifest.joined.as_ref().map_or(0, |joined| joined.columns)),
        };
        let bytes = disk.read(&path)?.unwrap_or_default();
        let status = agreed(&manifest, width, week, &bytes, copy);
        if status.is_none() {
            doubtful.insert(week);
        }
        manifest.put(Week {
            week,
            status: status.unwrap_or(Status::Incomplete),
            revision: 1,
            taken_at: week.monday().and_time(NaiveTime::MIN).and_utc(),
            run_id: String::new(),
            spaces: Vec::new(),
            file: StoredFile { path, rows: copy.len() as u64, columns: width, measure: Measure::of(&bytes) },
            replaced: Vec::new(),
        });
    }
    Ok((manifest, doubtful))
}

/// The columns of a file of the history; `None` when it is none.
fn header_of(disk: &Disk, name: &str) -> Result<Option<Vec<String>>, HistoryError> {
    let Some(mut lines) = Lines::open(disk, name)? else { return Ok(None) };
    let Some(line) = lines.next().map_err(cannot("read", disk.path(name)))? else { return Ok(None) };
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    let end = line.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |at| at + 1);
    let header = cells(&line[..end]).unwrap_or_default();
    let has_key = [WEEK, PAGE, STATUS].iter().all(|key| header.iter().any(|name| name == key));
    Ok(has_key.then_some(header))
}

fn weeks_in_joined(disk: &Disk, manifest: &Manifest) -> Result<BTreeSet<IsoWeek>, HistoryError> {
    let mut weeks = BTreeSet::new();
    let Some(joined) = &manifest.joined else { return Ok(weeks) };
    let Some(mut lines) = Lines::open(disk, &joined.path)? else { return Ok(weeks) };
    let at = position(&manifest.columns, WEEK);
    while let Some(line) = lines.next().map_err(cannot("read", disk.path(&joined.path)))? {
        let row = line.strip_suffix(b"\n").map_or(line, |line| line.strip_suffix(b"\r").unwrap_or(line));
        weeks.extend(cells(row).and_then(|cells| cells.get(at)?.parse::<IsoWeek>().ok()));
    }
    Ok(weeks)
}

/// The status of a week whose two copies are whole and the same; `None` when nothing vouches for it.
fn agreed(manifest: &Manifest, width: usize, week: IsoWeek, bytes: &[u8], copy: &[Vec<u8>]) -> Option<Status> {
    let header = manifest.columns.get(..width)?;
    let rows = rows_of(bytes);
    let is_whole = with_ends(bytes) == bytes
        && bytes.starts_with(first_line(header).as_bytes())
        && bytes.ends_with(b"\r\n")
        && rows.iter().all(|row| odd_content(row, width, position(header, WEEK), Some(week)).is_none());
    let padding = vec![b','; manifest.joined.as_ref()?.columns.saturating_sub(width)];
    let is_same = rows.len() == copy.len()
        && rows.iter().zip(copy).all(|(row, copy)| copy.strip_suffix(padding.as_slice()) == Some(row));
    let status = |row: &[u8]| cells(row).and_then(|cells| cells.get(position(header, STATUS)).cloned());
    let first = status(rows.first()?)?;
    let is_uniform = rows.iter().all(|row| status(row).as_ref() == Some(&first));
    if !(is_whole && is_same && is_uniform) {
        return None;
    }
    [Status::Complete, Status::Incomplete, Status::Imported].into_iter().find(|status| status.as_str() == first)
}
