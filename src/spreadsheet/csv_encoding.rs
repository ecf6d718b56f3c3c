//! CSV encoding: UTF-8 with BOM, CRLF, text quoted and protected against formula injection, numbers plain.

use std::borrow::Cow;
use std::io::{self, Write};

use super::Value;
use crate::support::visible_text::visible_where;

/// Protects a text, so that no spreadsheet evaluates it as a formula. [`decode`] restores the text.
///
/// Text gets a leading `'` if it begins, after white space and byte order marks, with `=`, `+`, `-`, `@`, TAB, CR, LF, NUL
/// or a full-width `＝＋－＠`. Such text after one or more `'` gets another `'`, so that the encoding is unambiguous.
pub fn encode(text: &str) -> Cow<'_, str> {
    if is_trigger(text.trim_start_matches('\'')) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Restores the text that was passed to [`encode`].
pub fn decode(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_trigger(text.trim_start_matches('\'')) => text,
        _ => cell,
    }
}

/// Characters that begin a formula in a spreadsheet.
pub const FORMULA_TRIGGERS: [char; 12] = ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠'];

/// Characters that end a line.
pub const LINE_BREAKS: [char; 7] = ['\n', '\r', '\u{B}', '\u{C}', '\u{85}', '\u{2028}', '\u{2029}'];

/// Returns whether a spreadsheet may evaluate a text as a formula.
fn is_trigger(text: &str) -> bool {
    let is_space = |character: &char| *character == '\u{FEFF}' || character.is_whitespace();
    // some triggers are white space
    let mut beginning =
        text.chars().skip_while(|character| is_space(character) && !FORMULA_TRIGGERS.contains(character));
    beginning.next().is_some_and(|character| FORMULA_TRIGGERS.contains(&character))
}

/// Replaces line breaks by space characters (CRLF by one), so that a row stays on one line. Replaces all other control
/// characters except TAB by visible ones: a terminal would execute an escape sequence, and some programs end a text at
/// NUL.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    let is_control = |c: char| c.is_control() && c != '\t';
    if text.contains(LINE_BREAKS) {
        let line = text.replace("\r\n", " ").replace(LINE_BREAKS, " ");
        Cow::Owned(visible_where(&line, is_control).into_owned())
    } else {
        visible_where(text, is_control)
    }
}

/// Maximum length of a cell in UTF-16 units, as spreadsheets count characters. The limit of Excel is 32,767.
pub const MAX_CELL_LENGTH: usize = 32_000;

/// Length reserved for the last entry of a list that was cut, with its separator: ` | and 18446744073709551615 more`.
pub const RESERVED_FOR_REST: usize = 40;

/// Separators of lists.
const SEPARATORS: [&str; 3] = ["; ", ";", " / "];

/// Cuts a text to the maximum length of a cell. A list is cut between two entries and ends with `and N more`; any other
/// text ends with the number of characters that were cut.
fn fitting(text: &str) -> Cow<'_, str> {
    // a text never has fewer bytes than UTF-16 units
    if text.len() <= MAX_CELL_LENGTH || text.encode_utf16().count() <= MAX_CELL_LENGTH {
        return Cow::Borrowed(text);
    }
    let mut length = RESERVED_FOR_REST;
    let mut fits = |piece: &str| {
        length += piece.encode_utf16().count();
        length <= MAX_CELL_LENGTH
    };
    let Some(separator) = SEPARATORS.into_iter().find(|separator| text.contains(separator)) else {
        let end = text.char_indices().find(|(at, c)| !fits(&text[*at..at + c.len_utf8()])).map_or(0, |(at, _)| at);
        return Cow::Owned(format!("{} and {} more characters", &text[..end], text[end..].chars().count()));
    };
    let entries = text.split_inclusive(separator);
    let fitting = entries.clone().take_while(|entry| fits(entry)).map(str::len);
    let (listed, end) = fitting.fold((0, 0), |(listed, end), bytes| (listed + 1, end + bytes));
    Cow::Owned(format!("{}and {} more", &text[..end], entries.count() - listed))
}

/// Returns a text as spreadsheets show it: on one line, without control characters except TAB, and cut to the maximum
/// length of a cell.
pub(super) fn shown(text: &str) -> Cow<'_, str> {
    match one_line(text) {
        Cow::Borrowed(text) => fitting(text),
        Cow::Owned(line) => Cow::Owned(fitting(&line).into_owned()),
    }
}

/// Returns the byte order mark and the header of a CSV file with these columns.
pub fn csv_header<'c>(columns: impl Iterator<Item = &'c str>) -> Vec<u8> {
    let names: Vec<&str> = columns.collect();
    format!("\u{FEFF}{}\r\n", names.join(",")).into_bytes()
}

/// A line of a CSV file. Some of its cells can be copied to a line of their own.
#[derive(Debug, Default)]
pub struct CsvLine {
    bytes: Vec<u8>,
    /// Where each cell ends.
    ends: Vec<usize>,
}

impl CsvLine {
    /// Sets the cells of the row and returns its line.
    pub fn set<'v>(&mut self, cells: impl IntoIterator<Item = &'v Value>) -> &[u8] {
        self.bytes.clear();
        self.ends.clear();
        for cell in cells {
            append(&mut self.bytes, cell);
            self.ends.push(self.bytes.len());
            self.bytes.push(b',');
        }
        end_line(&mut self.bytes);
        &self.bytes
    }

    /// Returns the line with all cells.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Sets `line` to the line of the cells at these positions.
    pub fn select(&self, places: &[usize], line: &mut Vec<u8>) {
        line.clear();
        for &place in places {
            let begin = place.checked_sub(1).map_or(0, |before| self.ends[before] + 1);
            line.extend_from_slice(&self.bytes[begin..self.ends[place]]);
            line.push(b',');
        }
        end_line(line);
    }
}

/// Replaces the comma after the last cell by the end of the line.
fn end_line(line: &mut Vec<u8>) {
    line.pop();
    line.extend_from_slice(b"\r\n");
}

/// Writes a CSV file with these columns.
pub fn write_rows<'c>(
    sink: &mut dyn Write,
    columns: impl IntoIterator<Item = &'c str>,
    rows: impl IntoIterator<Item: AsRef<[Value]>>,
) -> io::Result<()> {
    sink.write_all(&csv_header(columns.into_iter()))?;
    let mut line = CsvLine::default();
    rows.into_iter().try_for_each(|row| sink.write_all(line.set(row.as_ref())))
}

/// Appends a cell. Texts, dates and times are quoted; all else is not.
fn append(line: &mut Vec<u8>, cell: &Value) {
    match cell {
        Value::Empty => {}
        Value::Integer(number) => line.extend_from_slice(itoa::Buffer::new().format(*number).as_bytes()),
        Value::Flag(flag) => line.push(b'0' + u8::from(*flag)),
        Value::Decimal(..) => line.extend_from_slice(cell.plain().as_bytes()),
        Value::Text(text) => append_text(line, text),
        Value::Date(_) | Value::Time(_) => append_text(line, &cell.plain()),
    }
}

/// Appends a text: on one line, protected against formulas, quoted.
fn append_text(line: &mut Vec<u8>, text: &str) {
    line.push(b'"');
    if needs_no_escaping(text) {
        line.extend_from_slice(fitting(text).as_bytes());
    } else {
        line.extend_from_slice(encode(&shown(text)).replace('"', "\"\"").as_bytes());
    }
    line.push(b'"');
}

/// Returns whether a text certainly needs no escaping. A fast check that holds for most texts.
fn needs_no_escaping(text: &str) -> bool {
    // control characters, quotes, and the first bytes of line breaks beyond ASCII
    let is_special = |byte: u8| byte < b' ' || matches!(byte, b'"' | 0x7F | 0xC2 | 0xE2);
    text.bytes().next().is_none_or(|first| first.is_ascii_alphanumeric()) && !text.bytes().any(is_special)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(fields: &[&str]) -> Vec<u8> {
        let mut sink = Vec::new();
        let row: Vec<Value> = fields.iter().map(|field| Value::text(*field)).collect();
        write_rows(&mut sink, ["Header"], [row]).expect("written");
        sink
    }

    #[test]
    fn every_formula_trigger_is_neutralised_also_after_white_space() {
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
    fn no_control_character_except_tab_reaches_a_file() {
        let hostile: String = (0..0xA0).filter_map(char::from_u32).filter(|c| c.is_control()).collect();
        let bytes = written(&[&format!("a{hostile}"), "a\u{7f}", "\u{1b}[2J", "\0=1"]);
        let text = String::from_utf8(bytes).expect("UTF-8");
        let cells = text.lines().nth(1).expect("a row");
        assert!(!cells.contains(|c: char| c.is_control() && c != '\t'), "{cells:?}");
        assert!(cells.contains("\u{241B}[2J") && cells.contains("\u{2400}=1") && cells.contains("[U+009B]"), "{cells}");
        assert_eq!(text.lines().count(), 2);
    }

    #[test]
    fn a_text_too_long_for_a_cell_is_cut_and_says_how_much_is_missing() {
        let cell = |text: &str| fitting(text).into_owned();
        let just_enough = "x".repeat(MAX_CELL_LENGTH);
        assert_eq!(cell(&just_enough), just_enough);
        // a spreadsheet counts a rocket as two characters
        let rockets = "🚀".repeat(100);
        for (separator, entry) in [(";", "abc"), ("; ", "a: b"), (" / ", rockets.as_str()), (";", "'+1\n")] {
            let text = vec![entry; 20_000].join(separator);
            let cut = cell(&text);
            assert!(cut.encode_utf16().count() <= MAX_CELL_LENGTH && cut.len() > 20_000, "{}", cut.len());
            let (listed, rest) = cut.split_at(cut.rfind("and ").unwrap());
            let listed = listed.split_terminator(separator).inspect(|listed| assert_eq!(*listed, entry)).count();
            assert_eq!(rest, format!("and {} more", 20_000 - listed));
            let line = String::from_utf8(written(&[&text])).expect("UTF-8");
            assert!(line.trim_end().ends_with(&format!("{rest}\"")), "{rest}");
        }
        let cut = cell(&"ü".repeat(40_000));
        assert_eq!(cut, format!("{} and 8040 more characters", "ü".repeat(31_960)));
    }

    #[test]
    fn numbers_are_unquoted_and_unknown_values_are_empty() {
        let row =
            [Value::Integer(0), Value::Empty, Value::Decimal(1.5, 2), Value::Flag(true), Value::Integer(i64::MIN)];
        let mut line = CsvLine::default();
        assert_eq!(line.set(&row), b"0,,1.50,1,-9223372036854775808\r\n");
        let mut some = b"before".to_vec();
        for (places, expected) in [(&[0, 2][..], "0,1.50\r\n"), (&[4, 1, 0], "-9223372036854775808,,0\r\n")] {
            line.select(places, &mut some);
            assert_eq!(some, expected.as_bytes());
        }
    }

    proptest! {
        #[test]
        fn decode_undoes_encode(text in "[\\s'=+@\u{FEFF}\0-]{0,6}\\PC{0,20}|[\\s\\S]{0,20}") {
            let cell = encode(&text);
            prop_assert_eq!(decode(&cell), &text);
        }

        #[test]
        fn a_csv_reader_reads_the_original_values(fields in prop::collection::vec("['=\",;\r\n \0]{0,5}[\\s\\S]{0,20}", 1..5)) {
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
