//! Whether everything is as it was written, and where it is not (F-81).

use std::io;

use sha2::{Digest, Sha256};

use super::columns::WEEK;
use super::disk::Disk;
use super::lines::{Lines, cells, content};
use super::manifest::{Manifest, StoredFile};
use super::names::{self, CURRENT, JOINED, MANIFEST};
use super::old_row::{OldHeader, trimmed};
use super::weekly::first_line;
use super::{Finding, HistoryError, IsoWeek};
use crate::support::file_error::cannot;

/// Everything that does not fit, in the order of the files.
pub(super) fn inspect(disk: &Disk, manifest: &Manifest) -> Result<Vec<Finding>, HistoryError> {
    let mut findings = Vec::new();
    for file in manifest.files() {
        if !disk.is_as(&file.path, &file.measure)? {
            findings.push(locate(disk, manifest, file)?);
        }
    }
    findings.extend(strangers(disk, manifest)?);
    Ok(findings)
}

/// Files that bear the name of a part of the history without being one: they would be overwritten one day.
pub(super) fn strangers(disk: &Disk, manifest: &Manifest) -> Result<Vec<Finding>, HistoryError> {
    let mut findings = Vec::new();
    for name in disk.list("")? {
        let is_known = match names::week_of(&name) {
            Some(week) => match manifest.week(week).map(|known| &known.file) {
                // a copy of what lies in the archive is left by a run that was killed before it removed it
                Some(file) => file.path == name || disk.is_as(&name, &file.measure)?,
                None => false,
            },
            None if name == CURRENT => manifest.current.is_some(),
            None if name == JOINED => manifest.joined.is_some(),
            None => true,
        };
        if !is_known {
            findings.push(Finding::new(&name, None, format!("{MANIFEST} knows no such file")));
        }
    }
    Ok(findings)
}

/// What is wrong with a history without `history.json`: nothing, as long as there are no data either.
pub(super) fn without_manifest(disk: &Disk) -> Result<Vec<Finding>, HistoryError> {
    let data = data_files(disk)?;
    let Some(first) = data.first() else { return Ok(Vec::new()) };
    if of_older_script(disk, &data)? {
        return Err(HistoryError::OlderScript { folder: disk.folder().to_owned(), file: first.clone() });
    }
    let more = if data.len() > 1 { format!(" and {} more", data.len() - 1) } else { String::new() };
    let problem = format!(
        "the file is missing, but there is {first}{more}; files of the older script belong in another folder, from \
         where they can be imported"
    );
    Ok(vec![Finding::new(MANIFEST, None, problem)])
}

/// Files that bear the name of a part of the history.
fn data_files(disk: &Disk) -> Result<Vec<String>, HistoryError> {
    let mut data = disk.list("")?;
    data.extend(disk.list(names::ARCHIVE)?.into_iter().map(|name| format!("{}/{name}", names::ARCHIVE)));
    data.retain(|name| names::is_data(name));
    Ok(data)
}

/// Whether all of these files are such as the older script writes under the same names: there is nothing to mend, and
/// they are not to be set aside as damaged.
fn of_older_script(disk: &Disk, files: &[String]) -> Result<bool, HistoryError> {
    for name in files {
        let Some(mut lines) = Lines::open(disk, name)? else { return Ok(false) };
        let first = lines.next().map_err(cannot("read", disk.path(name)))?.unwrap_or_default();
        let header = cells(trimmed(first)).map(OldHeader::new);
        if !header.is_some_and(|header| header.is_ok_and(|header| !header.has(WEEK))) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Where a file that is not as it was written stops being so.
fn locate(disk: &Disk, manifest: &Manifest, file: &StoredFile) -> Result<Finding, HistoryError> {
    let found = |line: Option<u64>, problem: &str| Finding::new(&file.path, line, problem);
    if !disk.exists(&file.path) {
        return Ok(found(None, "the file is missing"));
    }
    if !disk.path(&file.path).is_file() {
        return Ok(found(None, "this is no file"));
    }
    let week = names::week_of(&file.path);
    if let Some((line, problem)) = first_odd_line(disk, manifest, file, week)? {
        return Ok(found(Some(line), &problem));
    }
    let (own, twin) = (sums(disk, manifest, file)?, twin_of(disk, manifest, file)?);
    let Some((name, twin)) = twin.filter(|(_, twin)| *twin != own) else {
        return Ok(found(None, "the file is not as it was written"));
    };
    let same = own.iter().zip(&twin).take_while(|(own, twin)| own == twin).count();
    Ok(found(Some(same as u64 + 2), &format!("from here on it differs from {name}")))
}

/// The first line that no run can have written.
fn first_odd_line(
    disk: &Disk,
    manifest: &Manifest,
    file: &StoredFile,
    week: Option<IsoWeek>,
) -> Result<Option<(u64, String)>, HistoryError> {
    let header = &manifest.columns[..file.columns];
    let week_at = header.iter().position(|name| name == WEEK).unwrap_or_default();
    let failed = || cannot("read", disk.path(&file.path));
    let Some(mut lines) = Lines::open(disk, &file.path)? else { return Ok(None) };
    let mut number = 0;
    while let Some(line) = lines.next().map_err(failed())? {
        number += 1;
        let problem = if number == 1 { odd_header(line, header) } else { odd_row(line, header.len(), week_at, week) };
        if let Some(problem) = problem {
            return Ok(Some((number, problem)));
        }
    }
    let rows = u64::saturating_sub(number, 1);
    Ok((number == 0 || rows < file.rows)
        .then(|| (number + 1, format!("the file ends here; rows: {rows} of {}", file.rows))))
}

fn odd_header(line: &[u8], header: &[String]) -> Option<String> {
    let expected = first_line(header);
    if line == expected.as_bytes() {
        return None;
    }
    let text = |line: &[u8]| String::from_utf8_lossy(line).trim_end_matches(['\r', '\n']).to_owned();
    Some(match line.strip_prefix("\u{FEFF}".as_bytes()) {
        None if text(line) == text(&expected.as_bytes()[3..]) => "the byte order mark is missing".to_owned(),
        Some(rest) if text(rest) == text(&expected.as_bytes()[3..]) => "the line does not end in CRLF".to_owned(),
        _ => "this is not the header that was written".to_owned(),
    })
}

fn odd_row(line: &[u8], columns: usize, week_at: usize, week: Option<IsoWeek>) -> Option<String> {
    let Some(row) = content(line) else {
        let torn = !line.ends_with(b"\n");
        return Some(if torn { "the row ends in the middle" } else { "the line does not end in CRLF" }.to_owned());
    };
    odd_content(row, columns, week_at, week)
}

/// Why a line without its end is no row of a file with so many columns.
pub(super) fn odd_content(row: &[u8], columns: usize, week_at: usize, week: Option<IsoWeek>) -> Option<String> {
    let Some(cells) = cells(row) else { return Some("this is no row".to_owned()) };
    if cells.len() != columns {
        return Some(format!("cells: {}; the header has {columns}", cells.len()));
    }
    let own = cells[week_at].parse::<IsoWeek>();
    match (own, week) {
        (Err(error), _) => Some(error.to_string()),
        (Ok(own), Some(week)) if own != week => Some(format!("a row of {own} in the file of {week}")),
        _ => None,
    }
}

/// A short checksum of every row, in the form it has in the joined file.
fn sums(disk: &Disk, manifest: &Manifest, file: &StoredFile) -> Result<Vec<u64>, HistoryError> {
    let padding = ",".repeat(manifest.columns.len().saturating_sub(file.columns));
    let mut sums = Vec::new();
    let Some(mut lines) = Lines::open(disk, &file.path)? else { return Ok(sums) };
    let mut read = || -> io::Result<()> {
        lines.next()?;
        while let Some(line) = lines.next()? {
            let mut hash = Sha256::new();
            hash.update(content(line).unwrap_or(line));
            hash.update(&padding);
            sums.push(hash.finalize().iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte)));
        }
        Ok(())
    };
    read().map_err(cannot("read", disk.path(&file.path)))?;
    Ok(sums)
}

/// What the same rows look like where they stand a second time, and where that is.
fn twin_of(disk: &Disk, manifest: &Manifest, file: &StoredFile) -> Result<Option<(String, Vec<u64>)>, HistoryError> {
    if file.path == JOINED {
        let mut all = Vec::new();
        for week in &manifest.weeks {
            all.extend(sums(disk, manifest, &week.file)?);
        }
        return Ok(Some(("the files of the weeks".to_owned(), all)));
    }
    if file.path == CURRENT {
        let same = manifest.weeks.iter().find(|week| week.file.measure == file.measure);
        return same.map(|week| Ok((week.file.path.clone(), sums(disk, manifest, &week.file)?))).transpose();
    }
    let before = manifest.weeks.iter().take_while(|week| week.file.path != file.path).map(|week| week.file.rows);
    let Ok(skip) = usize::try_from(before.sum::<u64>()) else { return Ok(None) };
    let Some(joined) = &manifest.joined else { return Ok(None) };
    let rows = usize::try_from(file.rows).unwrap_or(usize::MAX);
    let all = sums(disk, manifest, joined)?;
    Ok(Some((JOINED.to_owned(), all.into_iter().skip(skip).take(rows).collect())))
}
