//! A filled sheet in a workbook. Cells are read one by one: a sheet may claim to have any size.

use std::io::Cursor;
use std::path::Path;

use calamine::{DataRef, Reader, Xlsx};

use super::inflated_size::is_small;
use super::{HEADING_ROWS, SheetError, SheetRow, places};
use crate::support::caught_panic;

/// The largest size of all parts of a workbook, without compression.
const MAX_INFLATED: u64 = 1 << 30;

/// Returns the rows below the heading of the first sheet that has one.
pub(super) fn rows(path: &Path) -> Result<Vec<SheetRow>, SheetError> {
    let bytes = std::fs::read(path)?;
    if !is_small(&bytes, MAX_INFLATED) {
        return Err(SheetError::Damaged("it is not a workbook, or it is too large".to_owned()));
    }
    caught_panic::catch(|| rows_of(bytes)).map_err(SheetError::Damaged)?
}

fn rows_of(bytes: Vec<u8>) -> Result<Vec<SheetRow>, SheetError> {
    let damaged = |error: calamine::XlsxError| SheetError::Damaged(error.to_string());
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    for name in workbook.sheet_names() {
        // sheets with charts have no cells
        let Ok(mut cells) = workbook.worksheet_cells_reader(&name) else { continue };
        let mut table = SheetCells::default();
        while let Some(cell) = cells.next_cell().map_err(damaged)? {
            let (row, column) = cell.get_position();
            if !table.add(row, column, cell.get_value()) {
                break;
            }
        }
        if let Some(rows) = table.finish() {
            return Ok(rows);
        }
    }
    Err(SheetError::OtherTable)
}

/// The cells of one sheet that matter.
#[derive(Debug, Default)]
struct SheetCells {
    /// Cells of the row that may be the heading.
    candidate: Vec<(u32, String)>,
    row: u32,
    /// Columns of id and decision.
    heading: Option<[u32; 2]>,
    rows: Vec<SheetRow>,
}

impl SheetCells {
    /// Adds a cell; rows come in ascending order. Returns false if the sheet has no heading.
    fn add(&mut self, row: u32, column: u32, value: &DataRef<'_>) -> bool {
        if row != self.row {
            self.end_heading();
            self.row = row;
        }
        let Some([id, decision]) = self.heading else {
            self.candidate.push((column, text(value)));
            return (row as usize) < HEADING_ROWS;
        };
        if column != id && column != decision {
            return true;
        }
        let number = u64::from(row) + 1;
        if self.rows.last().is_none_or(|last| last.number != number) {
            self.rows.push(SheetRow { number, ..SheetRow::default() });
        }
        if let Some(last) = self.rows.last_mut() {
            *(if column == id { &mut last.id } else { &mut last.decision }) = text(value);
        }
        true
    }

    /// Decides whether the row that ends here is the heading.
    fn end_heading(&mut self) {
        if self.heading.is_none() {
            let found = places(self.candidate.iter().map(|(_, text)| text.as_str()));
            self.heading = found.map(|places| places.map(|place| self.candidate[place].0));
            self.candidate.clear();
        }
    }

    fn finish(mut self) -> Option<Vec<SheetRow>> {
        self.end_heading();
        self.heading.map(|_| self.rows)
    }
}

/// Returns a cell as text; whole numbers without decimals, because ids may be numbers.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        DataRef::Float(number) => format!("{number:e}"),
        DataRef::Int(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(time) => time.to_string(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}
