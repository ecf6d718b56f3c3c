//! Formats of cells.

use rust_xlsxwriter::{
    Color, ConditionalFormatDataBar, ConditionalFormatType, Format, FormatAlign, FormatBorder, FormatUnderline,
};

use super::column::{NumberStyle, TableColumn};
use super::page::RowStyle;
use crate::spreadsheet::{ColumnType, Value};

const GROUPED: &str = "#,##0";
const DATE: &str = "yyyy-mm-dd";
const TIME: &str = "yyyy-mm-dd hh:mm:ss";

const ACCENT: Color = Color::RGB(0x00_52_CC);
const HEADING_FILL: Color = Color::RGB(0xE9_F2_FF);
const ALERT_FILL: Color = Color::RGB(0xFF_EC_EB);
const ALERT_TEXT: Color = Color::RGB(0xAE_2A_19);
const BAR: Color = Color::RGB(0xB3_D4_FF);

/// The formats of cells that do not have the format of their column.
#[derive(Debug)]
pub(super) struct Formats {
    pub(super) heading: Format,
    pub(super) note: Format,
    pub(super) link: Format,
}

impl Formats {
    pub(super) fn new() -> Self {
        let heading = Format::new()
            .set_bold()
            .set_background_color(HEADING_FILL)
            .set_border_bottom(FormatBorder::Thin)
            .set_align(FormatAlign::VerticalCenter);
        let note = Format::new().set_bold().set_font_color(ALERT_TEXT);
        let link = Format::new().set_font_color(ACCENT).set_underline(FormatUnderline::Single);
        Self { heading, note, link }
    }
}

/// Returns the format of the cells of a column; `None` for texts.
pub(super) fn of_column(column: &TableColumn) -> Option<Format> {
    let digits = match (column.holds, column.numbers) {
        (ColumnType::Text, _) => return None,
        (ColumnType::Integer, NumberStyle::Grouped) => GROUPED.to_owned(),
        (ColumnType::Integer, NumberStyle::Plain) | (ColumnType::Flag, _) => "0".to_owned(),
        (ColumnType::Decimal(digits), _) => decimals(digits),
        (ColumnType::Date, _) => DATE.to_owned(),
        (ColumnType::Time, _) => TIME.to_owned(),
    };
    Some(Format::new().set_num_format(digits))
}

/// Returns the format of a cell on a page.
pub(super) fn on_page(value: &Value, style: RowStyle) -> Format {
    let format = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let format = match value {
        Value::Integer(_) => format.set_num_format(GROUPED),
        Value::Decimal(_, digits) => format.set_num_format(decimals(*digits)),
        Value::Date(_) => format.set_num_format(DATE).set_align(FormatAlign::Left),
        Value::Time(_) => format.set_num_format(TIME).set_align(FormatAlign::Left),
        Value::Empty | Value::Text(_) | Value::Flag(_) => format,
    };
    match style {
        RowStyle::Plain => format,
        RowStyle::Line => Format::new().set_align(FormatAlign::Left),
        RowStyle::Title => Format::new().set_bold().set_font_size(16).set_font_color(ACCENT),
        RowStyle::Heading => format.set_bold().set_background_color(HEADING_FILL).set_border_bottom(FormatBorder::Thin),
        RowStyle::Alert => format.set_bold().set_background_color(ALERT_FILL).set_font_color(ALERT_TEXT),
    }
}

/// Returns bars that begin at zero.
pub(super) fn bars() -> ConditionalFormatDataBar {
    ConditionalFormatDataBar::new()
        .set_minimum(ConditionalFormatType::Number, 0)
        .set_fill_color(BAR)
        .set_solid_fill(true)
        .set_border_off(true)
}

fn decimals(digits: u8) -> String {
    match digits {
        0 => GROUPED.to_owned(),
        digits => format!("{GROUPED}.{}", "0".repeat(digits.into())),
    }
}
