//! Reads rows back.

use std::io::BufReader;

use super::columns::appended;
use super::{History, HistoryError, IsoWeek, StoredFile, Week};
use crate::spreadsheet::{Table, decode};

/// One row, as people entered it: the protection against formulas is taken off.
#[derive(Debug, Clone, Copy)]
pub struct Row<'r> {
    columns: &'r [String],
    cells: &'r csv::StringRecord,
}

impl<'r> Row<'r> {
    /// The cell of a column; empty when the week had no such column or nothing was read for it.
    pub fn cell(&self, column: &str) -> &'r str {
        self.columns.iter().position(|name| name == column).map_or("", |at| self.at(at))
    }

    /// The cell at a place in [`History::columns`], for those who look at many rows.
    pub fn at(&self, column: usize) -> &'r str {
        self.cells.get(column).map_or("", decode)
    }
}

impl History {
    /// The rows of a week, hot or archived, with all columns of the history; `None` when there is no such week.
    pub fn read(&self, week: IsoWeek) -> Result<Option<Table>, HistoryError> {
        self.week(week).map(|week| self.read_file(&week.file)).transpose()
    }

    fn read_file(&self, file: &StoredFile) -> Result<Table, HistoryError> {
        let bytes = self.disk.read(&file.path)?.unwrap_or_default();
        let mut table =
            Table::parse(&bytes).map_err(|error| self.damaged(&file.path, Some(error.line), error.problem))?;
        table.header = appended(&table.header, self.columns());
        let width = table.header.len();
        table.rows.iter_mut().for_each(|row| row.resize(width, String::new()));
        Ok(table)
    }

    /// Shows every row of every week, by week and page, one after the other: a hundred weeks need no more memory than
    /// one row. Incomplete weeks are among them, see [`super::Status::is_in_trends`].
    pub fn for_each_row(&self, mut see: impl FnMut(&Week, Row<'_>)) -> Result<(), HistoryError> {
        for week in self.weeks() {
            let path = &week.file.path;
            let file = self.disk.open(path)?.ok_or_else(|| self.damaged(path, None, "the file is missing".into()))?;
            let mut reader = csv::ReaderBuilder::new().from_reader(BufReader::new(file));
            let mut cells = csv::StringRecord::new();
            let mut line = 1;
            loop {
                line += 1;
                let is_row = reader.read_record(&mut cells);
                if !is_row.map_err(|error| self.damaged(path, Some(line), error.to_string()))? {
                    break;
                }
                see(week, Row { columns: self.columns(), cells: &cells });
            }
        }
        Ok(())
    }

    fn damaged(&self, file: &str, line: Option<u64>, problem: String) -> HistoryError {
        self.disk.damaged(file, line.filter(|line| *line > 0), problem)
    }
}
