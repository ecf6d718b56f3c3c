//! `confluence_data_history.csv`: all weeks in one file, one row per week and page.
//!
//! It is made of the lines of the weekly files, one file after the other, so that a hundred weeks take no more memory
//! than one line. Lines of files with fewer columns get empty cells behind.

use std::io::{self, Write};

use super::disk::{Disk, Fill, Measure};
use super::lines::{Lines, content};
use super::weekly::first_line;
use super::{HistoryError, Week};
use crate::support::checksum::Meter;
use crate::support::file_error::cannot;

/// Writes all weeks; `path_of` says where each lies for now. A file that is not as it was written ends it.
pub(super) fn write(
    disk: &Disk,
    columns: &[String],
    weeks: &[Week],
    path_of: impl Fn(&Week) -> String,
    sink: &mut dyn Write,
) -> Result<(), Fill> {
    sink.write_all(first_line(columns).as_bytes())?;
    for week in weeks {
        let path = path_of(week);
        let damaged = |problem: &str| disk.damaged(&week.file.path, None, problem);
        let failed = || |error| HistoryError::from(cannot("read", disk.path(&path))(error));
        let mut lines = Lines::open(disk, &path)?.ok_or_else(|| damaged("the file is missing"))?;
        let padding = ",".repeat(columns.len().saturating_sub(week.file.columns));
        let mut meter = Meter::new(io::sink());
        let mut is_header = true;
        while let Some(line) = lines.next().map_err(failed())? {
            meter.write_all(line)?;
            if !std::mem::take(&mut is_header) {
                let row = content(line).ok_or_else(|| damaged("a line without its end"))?;
                sink.write_all(row)?;
                sink.write_all(padding.as_bytes())?;
                sink.write_all(b"\r\n")?;
            }
        }
        if Measure::finish(meter).1 != week.file.measure {
            return Err(damaged("the file is not as it was written").into());
        }
    }
    Ok(())
}
