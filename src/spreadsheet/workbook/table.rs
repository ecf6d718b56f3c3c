//! A sheet with a table: a frozen heading with filters, and one row for each row of the CSV file.

use std::io;

use rust_xlsxwriter::{DataValidation, IgnoreError, Url, Worksheet};

use super::formats::{self, Formats};
use super::link::link;
use super::{TableColumn, WorkbookLimits, guarded, write};
use crate::spreadsheet::{Column, ColumnType, Sheet, Value};
use crate::support::formatting::count;

/// What a table is made of.
#[derive(Debug)]
pub struct TableLayout<'t> {
    /// The name of the sheet.
    pub name: &'t str,
    pub columns: Vec<TableColumn>,
    /// Number of rows that there are. Those for which the sheet has no room are left out, which the sheet says.
    pub rows: usize,
    /// The order of the rows, for people: `the largest files first`.
    pub order: &'t str,
    /// The file that has all rows: `attachments.csv`.
    pub all_in: &'t str,
}

/// How a table begins.
#[derive(Debug, Clone, Copy)]
pub struct TableHead<'t> {
    /// What readers must not miss, above the heading.
    pub alert: Option<&'t str>,
    /// Number of columns that stay visible, as the heading does.
    pub frozen_columns: u16,
}

impl Default for TableHead<'_> {
    fn default() -> Self {
        Self { alert: None, frozen_columns: 1 }
    }
}

/// A table that is being written. Without [`Self::finish`] it has no filters.
#[expect(missing_debug_implementations, reason = "the sheets of the library have none")]
#[must_use]
pub struct TableSheet<'w> {
    sheet: &'w mut Worksheet,
    formats: &'w Formats,
    limits: WorkbookLimits,
    columns: Vec<TableColumn>,
    /// For each column the place of the column with the address that it opens.
    opens: Vec<Option<usize>>,
    /// The row of the heading.
    heading: u32,
    next: u32,
    /// The row before which texts are links.
    links_end: u32,
    /// Whether the sheet says that it has no room for all rows.
    is_cut: bool,
    size: u64,
    largest: &'w mut u64,
}

impl<'w> TableSheet<'w> {
    pub(super) fn begin(
        sheet: &'w mut Worksheet,
        formats: &'w Formats,
        limits: WorkbookLimits,
        (layout, head): (TableLayout<'_>, TableHead<'_>),
        largest: &'w mut u64,
    ) -> io::Result<Self> {
        let opens = opened_columns(&layout.columns)?;
        let alert: Vec<String> = head.alert.map(|alert| super::shown(alert).into_owned()).into_iter().collect();
        let room = WorkbookLimits { rows: limits.rows.saturating_sub(u32::from(head.alert.is_some())), ..limits };
        let (of_limits, is_cut) = notes(&layout, &opens, room);
        let notes = [alert, of_limits].concat();
        let heading = u32::try_from(notes.len()).unwrap_or_default();
        guarded(|| {
            sheet.set_name(layout.name)?;
            for (row, note) in (0..).zip(&notes) {
                sheet.write_string_with_format(row, 0, note, &formats.note)?;
            }
            for (place, column) in (0..).zip(&layout.columns) {
                sheet.set_column_width(place, column.width)?;
                if let Some(format) = formats::of_column(column) {
                    sheet.set_column_format(place, &format)?;
                }
                sheet.write_string_with_format(heading, place, &column.name, &formats.heading)?;
            }
            sheet.set_freeze_panes(heading + 1, head.frozen_columns)?.set_landscape();
            sheet.set_repeat_rows(heading, heading)?;
            Ok(())
        })?;
        let next = heading + 1;
        let links_end = next.saturating_add(rows_with_links(&opens, limits));
        let columns = layout.columns;
        Ok(Self { sheet, formats, limits, columns, opens, heading, next, links_end, is_cut, size: 0, largest })
    }

    /// Adds a row: one value for each column, in their order. Does nothing if the sheet has no room for it.
    pub fn row(&mut self, cells: &[Value]) -> io::Result<()> {
        if self.next >= self.limits.rows {
            // a table that is cut must say so
            return if self.is_cut { Ok(()) } else { Err(io::Error::other("the table has more rows than announced")) };
        }
        let row = self.next;
        self.size += guarded(|| {
            let mut size = 0;
            for (place, (value, opens)) in (0..).zip(cells.iter().zip(&self.opens)) {
                let address =
                    opens.filter(|_| row < self.links_end).and_then(|at| link(cells.get(at)?.as_text()?, self.limits));
                size += match (address, value) {
                    (Some(address), Value::Text(text)) if !text.is_empty() => {
                        let text = super::shown(text);
                        let url = Url::new(address);
                        self.sheet.write_url_with_options(row, place, &url, text, "", Some(&self.formats.link))?;
                        0
                    }
                    _ => write(self.sheet, row, place, value, None)?,
                };
            }
            Ok(size)
        })?;
        self.next += 1;
        Ok(())
    }

    /// Adds rows with these columns of a CSV file.
    pub fn rows<'c, 'r, S: Sheet>(
        &mut self,
        columns: impl IntoIterator<Item = &'c Column<S>>,
        rows: impl IntoIterator<Item = S::Row<'r>>,
    ) -> io::Result<()> {
        let columns: Vec<&Column<S>> = columns.into_iter().collect();
        let mut cells = Vec::with_capacity(columns.len());
        for row in rows {
            cells.clear();
            cells.extend(columns.iter().map(|column| column.value(&row)));
            self.row(&cells)?;
        }
        Ok(())
    }

    /// Adds a row with a note below the last row, where filters do not hide it.
    fn note(&mut self, text: &str) -> io::Result<()> {
        let row = self.next;
        guarded(|| self.sheet.write_string_with_format(row, 0, super::shown(text), &self.formats.note).map(|_| ()))
    }

    /// Ends the table with a reason why it has no rows, or why rows are missing.
    pub fn finish_with_note(mut self, text: &str) -> io::Result<()> {
        self.note(text)?;
        self.finish()
    }

    /// Ends the table: adds filters and bars.
    pub fn finish(self) -> io::Result<()> {
        let Self { sheet, columns, heading, next, size, largest, .. } = self;
        *largest = size.max(*largest);
        let Some(last_column) = columns.len().checked_sub(1).and_then(|last| u16::try_from(last).ok()) else {
            return Ok(());
        };
        let (first, last) = (heading + 1, next - 1);
        guarded(|| {
            sheet.autofilter(heading, 0, last, last_column)?;
            if last < first {
                return Ok(());
            }
            for (place, column) in (0..).zip(&columns) {
                if column.has_bars {
                    sheet.add_conditional_format(first, place, last, place, &formats::bars())?;
                }
                if !column.choices.is_empty() {
                    let validation = DataValidation::new().allow_list_strings(column.choices)?;
                    let problem = format!("Choose {}, or leave the cell empty.", column.choices.join(" or "));
                    let validation = validation.set_error_title(&column.name)?.set_error_message(problem)?;
                    sheet.add_data_validation(first, place, last, place, &validation)?;
                }
                // ids are texts, whatever they look like
                if column.holds == ColumnType::Text {
                    sheet.ignore_error_range(first, place, last, place, IgnoreError::NumberStoredAsText)?;
                }
            }
            Ok(())
        })
    }
}

/// Returns for each column the place of the column with the address that it opens.
fn opened_columns(columns: &[TableColumn]) -> io::Result<Vec<Option<usize>>> {
    let place = |name: &String| {
        columns.iter().position(|column| column.name == *name).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, format!("the table has no column {name} to open"))
        })
    };
    columns.iter().map(|column| column.opens.as_ref().map(place).transpose()).collect()
}

/// Returns the number of rows whose texts are links.
fn rows_with_links(opens: &[Option<usize>], limits: WorkbookLimits) -> u32 {
    let links = u32::try_from(opens.iter().flatten().count()).unwrap_or(u32::MAX);
    limits.links.checked_div(links).unwrap_or(u32::MAX)
}

/// Returns what the rows above the heading say about the limits of a sheet, and whether rows are left out.
fn notes(layout: &TableLayout<'_>, opens: &[Option<usize>], limits: WorkbookLimits) -> (Vec<String>, bool) {
    let mut notes = Vec::new();
    let with_links = rows_with_links(opens, limits) as usize;
    if layout.rows > with_links {
        let named = |column: &&TableColumn| column.opens.is_some();
        let texts: Vec<&str> = layout.columns.iter().filter(named).map(|column| column.name.as_str()).collect();
        let addresses: Vec<&str> = layout.columns.iter().filter_map(|column| column.opens.as_deref()).collect();
        notes.push(format!(
            "Only the first {} rows have links ({}). Every row has the addresses: {}.",
            count(with_links as u64),
            texts.join(", "),
            addresses.join(", ")
        ));
    }
    // the heading, this note and the one above
    let room = (limits.rows as usize).saturating_sub(1 + notes.len());
    let is_cut = layout.rows > room;
    if is_cut {
        let room = room.saturating_sub(1);
        let [room, rows, left] = [room, layout.rows, layout.rows - room].map(|number| count(number as u64));
        let (order, all_in) = (layout.order, layout.all_in);
        notes.insert(
            0,
            format!("{room} of {rows} rows, {order}: a sheet has no room for {left} more. All are in {all_in}."),
        );
    }
    (notes, is_cut)
}
