//! How values stand in a CSV file: UTF-8 with BOM, CRLF, text quoted and formula-safe, numbers plain.

use std::borrow::Cow;
use std::io::{self, Write};

use super::Value;

/// Text that no spreadsheet takes for a formula. Reversible: [`decode`] gives the text back.
///
/// A leading `'` is put before text that begins, after blanks and byte order marks, with `=`, `+`, `-`, `@`, TAB, CR,
/// LF, NUL or a full-width `＝＋－＠`; also before text that is such text behind one or more `'`, so that every value
/// has one spelling.
pub fn encode(text: &str) -> Cow<'_, str> {
    if is_trigger(text.trim_start_matches('\'')) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// What [`encode`] was given.
pub fn decode(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_trigger(text.trim_start_matches('\'')) => text,
        _ => cell,
    }
}

/// Characters with which a spreadsheet sees a formula begin.
pub const FORMULA_TRIGGERS: [char; 12] = ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠'];

/// Characters that end a line.
pub const LINE_BREAKS: [char; 7] = ['\n', '\r', '\u{B}', '\u{C}', '\u{85}', '\u{2028}', '\u{2029}'];

/// Whether a spreadsheet may see a formula at the beginning.
fn is_trigger(text: &str) -> bool {
    let is_blank = |character: &char| *character == '\u{FEFF}' || character.is_whitespace();
    // a trigger can be a blank
    let mut beginning =
        text.chars().skip_while(|character| is_blank(character) && !FORMULA_TRIGGERS.contains(character));
    beginning.next().is_some_and(|character| FORMULA_TRIGGERS.contains(&character))
}

/// Line breaks as blanks, CRLF as one: a value stays on the line of its row.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    if text.contains(LINE_BREAKS) {
        Cow::Owned(text.replace("\r\n", " ").replace(LINE_BREAKS, " "))
    } else {
        Cow::Borrowed(text)
    }
}

/// Writes the rows of one table.
#[expect(missing_debug_implementations, reason = "a sink of any kind has nothing to show")]
pub struct TableWriter<'w> {
    sink: &'w mut dyn Write,
    first_in_row: bool,
}

impl<'w> TableWriter<'w> {
    /// Writes the byte order mark and the header, spelled as the contract spells it.
    pub fn new(sink: &'w mut dyn Write, header: &str) -> io::Result<Self> {
        write!(sink, "\u{FEFF}{header}\r\n")?;
        Ok(Self { sink, first_in_row: true })
    }

    /// A text field: one line, formula-safe, quoted.
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        let text = one_line(text);
        let text = encode(&text).replace('"', "\"\"");
        self.field(format_args!("\"{text}\""))
    }

    /// A whole number; unknown is empty, never 0.
    pub fn number(&mut self, number: Option<u64>) -> io::Result<()> {
        match number {
            Some(number) => self.field(format_args!("{number}")),
            None => self.field(format_args!("")),
        }
    }

    /// A decimal number already written with a point; unknown is empty. Never user text.
    pub fn decimal(&mut self, number: Option<String>) -> io::Result<()> {
        self.field(format_args!("{}", number.unwrap_or_default()))
    }

    /// Any value; text, days and moments as [`TableWriter::text`] writes text.
    pub fn value(&mut self, value: &Value) -> io::Result<()> {
        match value {
            Value::Text(text) => self.text(text),
            Value::Date(_) | Value::Time(_) => self.text(&value.plain()),
            Value::Empty | Value::Integer(_) | Value::Decimal(..) | Value::Flag(_) => {
                self.field(format_args!("{}", value.plain()))
            }
        }
    }

    fn field(&mut self, field: std::fmt::Arguments<'_>) -> io::Result<()> {
        if !self.first_in_row {
            self.sink.write_all(b",")?;
        }
        self.first_in_row = false;
        self.sink.write_fmt(field)
    }

    /// Ends the row.
    pub fn end_row(&mut self) -> io::Result<()> {
        self.first_in_row = true;
        self.sink.write_all(b"\r\n")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(fields: &[&str]) -> Vec<u8> {
        let mut sink = Vec::new();
        let mut writer = TableWriter::new(&mut sink, "Header").expect("header");
        for field in fields {
            writer.text(field).expect("field");
        }
        writer.end_row().expect("row");
        sink
    }

    #[test]
    fn every_trigger_is_neutralised_also_behind_blanks() {
        for trigger in ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠'] {
            for before in ["", " ", "\u{A0}", "\u{FEFF}", "\u{3000} ", "'", "''"] {
                let text = format!("{before}{trigger}1");
                assert_eq!(encode(&text), format!("'{text}"), "{text:?}");
            }
        }
        for harmless in ["", "a=1", "'quoted'", "1-2", " a", "report.png"] {
            assert_eq!(encode(harmless), harmless);
        }
    }

    #[test]
    fn text_is_quoted_and_stays_on_one_line() {
        let bytes = written(&[";=1+1", "a\r\nb\nc", "say \"hi\"", "-1"]);
        assert_eq!(bytes, "\u{FEFF}Header\r\n\";=1+1\",\"a b c\",\"say \"\"hi\"\"\",\"'-1\"\r\n".as_bytes());
    }

    #[test]
    fn numbers_are_plain_and_unknown_is_empty() {
        let mut sink = Vec::new();
        let mut writer = TableWriter::new(&mut sink, "H").expect("header");
        writer.number(Some(0)).expect("field");
        writer.number(None).expect("field");
        writer.decimal(Some("1.50".to_owned())).expect("field");
        writer.end_row().expect("row");
        assert_eq!(sink, "\u{FEFF}H\r\n0,,1.50\r\n".as_bytes());
    }

    proptest! {
        #[test]
        fn decode_undoes_encode(text in "[\\s'=+@\u{FEFF}\0-]{0,6}\\PC{0,20}|[\\s\\S]{0,20}") {
            let cell = encode(&text);
            prop_assert_eq!(decode(&cell), &text);
        }

        #[test]
        fn a_csv_reader_gets_the_values_back(fields in prop::collection::vec("['=\",;\r\n \0]{0,5}[\\s\\S]{0,20}", 1..5)) {
            let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            let bytes = written(&fields);
            let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(&bytes[3..]);
            let record = reader.records().next().expect("a row").expect("valid");
            prop_assert_eq!(record.len(), fields.len());
            for (cell, field) in record.iter().zip(fields) {
                prop_assert!(!is_trigger(cell));
                prop_assert_eq!(decode(cell), one_line(field));
            }
        }
    }
}
