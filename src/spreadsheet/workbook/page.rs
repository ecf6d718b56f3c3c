//! A sheet with text for people.

use std::io;

use rust_xlsxwriter::{Url, Worksheet};

use super::formats::{self, Formats};
use super::{guarded, write};
use crate::spreadsheet::Value;

/// How the cells of a row on a page look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowStyle {
    Plain,
    /// Text on one line, which continues over the empty cells after it.
    Line,
    /// The title of the page.
    Title,
    /// The heading of the rows that follow.
    Heading,
    /// What readers must not miss.
    Alert,
}

/// A sheet with text for people that is being written. Texts wrap in their cells.
#[expect(missing_debug_implementations, reason = "the sheets of the library have none")]
pub struct PageSheet<'w> {
    sheet: &'w mut Worksheet,
    formats: &'w Formats,
    widths: Vec<u32>,
    next: u32,
}

/// Height of a line of text, in points.
const LINE_HEIGHT: u32 = 15;
/// The most lines of a row: Excel allows 409 points.
const MAX_LINES: u32 = 27;
/// Height of the line with the title.
const TITLE_HEIGHT: u32 = 24;

impl<'w> PageSheet<'w> {
    pub(super) fn begin(
        sheet: &'w mut Worksheet,
        formats: &'w Formats,
        name: &str,
        widths: &[u32],
    ) -> io::Result<Self> {
        guarded(|| {
            sheet.set_name(name)?.set_screen_gridlines(false).set_landscape().set_print_fit_to_pages(1, 0);
            for (column, width) in (0..).zip(widths) {
                sheet.set_column_width(column, *width)?;
            }
            Ok(())
        })?;
        Ok(Self { sheet, formats, widths: widths.to_vec(), next: 0 })
    }

    /// Adds a row. A heading or an alert fills all columns.
    pub fn row(&mut self, style: RowStyle, cells: &[Value]) -> io::Result<()> {
        let fills = matches!(style, RowStyle::Heading | RowStyle::Alert);
        let empty =
            std::iter::repeat_n(&Value::Empty, if fills { self.widths.len().saturating_sub(cells.len()) } else { 0 });
        let height = match style {
            RowStyle::Title => TITLE_HEIGHT,
            RowStyle::Line => LINE_HEIGHT,
            RowStyle::Plain | RowStyle::Heading | RowStyle::Alert => self.height(0, cells),
        };
        guarded(|| {
            self.sheet.set_row_height(self.next, height)?;
            for (column, value) in (0..).zip(cells.iter().chain(empty)) {
                if fills || *value != Value::Empty {
                    write(self.sheet, self.next, column, value, Some(&formats::on_page(value, style)))?;
                }
            }
            Ok(())
        })?;
        self.next += 1;
        Ok(())
    }

    /// Leaves a row empty.
    pub fn space(&mut self) {
        self.next += 1;
    }

    /// Adds a row whose first cell opens another sheet of the workbook.
    pub fn link_to_sheet(&mut self, name: &str, cells: &[Value]) -> io::Result<()> {
        let height = self.height(1, cells);
        guarded(|| {
            self.sheet.set_row_height(self.next, height)?;
            let url = Url::new(format!("internal:'{}'!A1", name.replace('\'', "''"))).set_text(name);
            self.sheet.write_url_with_options(self.next, 0, &url, name, "", Some(&self.formats.link))?;
            for (column, value) in (1..).zip(cells) {
                write(self.sheet, self.next, column, value, Some(&formats::on_page(value, RowStyle::Plain)))?;
            }
            Ok(())
        })?;
        self.next += 1;
        Ok(())
    }

    /// Returns the height of a row with these cells from a column on: not every program adapts it to texts that wrap.
    fn height(&self, first: usize, cells: &[Value]) -> u32 {
        let lines = |(value, width): (&Value, &u32)| match value {
            Value::Text(text) => super::shown(text).chars().map(cells_of).sum::<u32>().div_ceil((*width).max(8) - 2),
            _ => 1,
        };
        let lines = cells.iter().zip(self.widths.iter().skip(first)).map(lines).max().unwrap_or_default();
        lines.clamp(1, MAX_LINES) * LINE_HEIGHT
    }
}

/// Returns the width of a character: letters of Chinese, Japanese and Korean are twice as wide as others.
fn cells_of(character: char) -> u32 {
    if character >= '\u{1100}' { 2 } else { 1 }
}
