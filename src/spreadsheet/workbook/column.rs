//! Columns of a table in a workbook: name and type of a CSV column, and how its cells are shown.

use crate::spreadsheet::{Column, ColumnType, Field, Sheet};

/// The widest column, in characters; longer texts continue in the cell.
const MAX_WIDTH: u32 = 45;

/// One column of a table in a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableColumn {
    pub(super) name: String,
    pub(super) holds: ColumnType,
    pub(super) numbers: NumberStyle,
    /// Whether a bar in each cell shows how large its number is.
    pub(super) has_bars: bool,
    /// The column with the address that its texts open.
    pub(super) opens: Option<String>,
    pub(super) width: u32,
    /// The values that a drop-down list in each cell offers; nothing else can be entered.
    pub(super) choices: &'static [&'static str],
}

/// How whole numbers are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberStyle {
    /// `1,234,567`: amounts.
    Grouped,
    /// `1234567`: numbers that are names.
    Plain,
}

impl TableColumn {
    pub fn new(field: &Field) -> Self {
        Self {
            name: field.name.clone(),
            holds: field.holds,
            numbers: NumberStyle::Grouped,
            has_bars: false,
            opens: None,
            width: width(&field.name, field.holds),
            choices: &[],
        }
    }

    /// Creates the column of a CSV column: bytes have bars, and numbers that are names are not grouped.
    pub fn of<S: Sheet>(column: &Column<S>) -> Self {
        let table_column = Self::new(&column.field());
        match column.unit {
            "bytes" => table_column.with_bars(),
            "number" => Self { numbers: NumberStyle::Plain, ..table_column },
            _ => table_column,
        }
    }

    /// Sets that a bar in each cell shows how large its number is.
    #[must_use]
    pub fn with_bars(self) -> Self {
        Self { has_bars: true, width: self.width.max(18), ..self }
    }

    /// Sets that its texts are links to the addresses in another column of the table.
    #[must_use]
    pub fn opening(self, addresses: impl Into<String>) -> Self {
        Self { opens: Some(addresses.into()), ..self }
    }

    /// Sets the values that a drop-down list in each cell offers; nothing else can be entered.
    #[must_use]
    pub fn with_choices(self, choices: &'static [&'static str]) -> Self {
        Self { choices, ..self }
    }

    /// Sets its width, in characters.
    #[must_use]
    pub fn with_width(self, width: u32) -> Self {
        Self { width, ..self }
    }
}

/// Returns a width that fits the heading with its filter button, and most values.
fn width(name: &str, holds: ColumnType) -> u32 {
    let heading = u32::try_from(name.chars().count()).unwrap_or(MAX_WIDTH) + 4;
    let lower = name.to_lowercase();
    let values = match holds {
        ColumnType::Text
            if ["filename", "title", "page", "evidence", "name"].iter().any(|word| lower.contains(word)) =>
        {
            40
        }
        ColumnType::Text if ["url", "link", "path"].iter().any(|word| lower.contains(word)) => 30,
        ColumnType::Text => 16,
        ColumnType::Integer | ColumnType::Decimal(_) => 10,
        ColumnType::Flag => 6,
        ColumnType::Date => 12,
        ColumnType::Time => 20,
    };
    heading.max(values).min(MAX_WIDTH)
}
