//! How values stand in a CSV file: UTF-8 with BOM, CRLF, text quoted and formula-safe, numbers plain.

use std::borrow::Cow;
use std::io::{self, Write};

use super::Value;
use crate::support::visible::visible_where;

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

/// Line breaks as blanks, CRLF as one: a value stays on the line of its row. Every other control but TAB as a character
/// that can be seen: a terminal would obey an escape sequence, and programs end a text at NUL.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    let is_control = |c: char| c.is_control() && c != '\t';
    if text.contains(LINE_BREAKS) {
        let line = text.replace("\r\n", " ").replace(LINE_BREAKS, " ");
        Cow::Owned(visible_where(&line, is_control).into_owned())
    } else {
        visible_where(text, is_control)
    }
}

/// Longest cell, in characters as spreadsheets count them (units of UTF-16). Excel takes 32,767.
pub const LONGEST_CELL: usize = 32_000;

/// Room for the last entry of a list that was cut, with its separator: ` | and 18446744073709551615 more`.
pub const ROOM_FOR_THE_REST: usize = 40;

/// What separates the entries of lists.
const SEPARATORS: [&str; 3] = ["; ", ";", " / "];

/// A text as far as a cell holds it: a list ends between two of its entries with `and N more`, any other text with the number
/// of characters that are left.
fn fitting(text: &str) -> Cow<'_, str> {
    // no character has fewer bytes than units
    if text.len() <= LONGEST_CELL || text.encode_utf16().count() <= LONGEST_CELL {
        return Cow::Borrowed(text);
    }
    let mut length = ROOM_FOR_THE_REST;
    let mut fits = |piece: &str| {
        length += piece.encode_utf16().count();
        length <= LONGEST_CELL
    };
    let Some(separator) = SEPARATORS.into_iter().find(|separator| text.contains(separator)) else {
        let end = text.char_indices().find(|(at, c)| !fits(&text[*at..at + c.len_utf8()])).map_or(0, |(at, _)| at);
        return Cow::Owned(format!("{} and {} more characters", &text[..end], text[end..].chars().count()));
    };
    let entries = text.split_inclusive(separator);
    let whole = entries.clone().take_while(|entry| fits(entry)).map(str::len);
    let (listed, end) = whole.fold((0, 0), |(listed, end), bytes| (listed + 1, end + bytes));
    Cow::Owned(format!("{}and {} more", &text[..end], entries.count() - listed))
}

/// The byte order mark and the header of a CSV file with these columns.
pub fn csv_header<'c>(columns: impl Iterator<Item = &'c str>) -> Vec<u8> {
    let names: Vec<&str> = columns.collect();
    format!("\u{FEFF}{}\r\n", names.join(",")).into_bytes()
}

/// A row as it stands in a CSV file, with each of its cells at hand.
#[derive(Debug, Default)]
pub struct CsvLine {
    bytes: Vec<u8>,
    /// Where each cell ends.
    ends: Vec<usize>,
}

impl CsvLine {
    /// Takes the cells of a row. Gives its line.
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

    /// The line.
    pub fn whole(&self) -> &[u8] {
        &self.bytes
    }

    /// Makes `line` the line of these cells of the row.
    pub fn some(&self, places: &[usize], line: &mut Vec<u8>) {
        line.clear();
        for &place in places {
            let begin = place.checked_sub(1).map_or(0, |before| self.ends[before] + 1);
            line.extend_from_slice(&self.bytes[begin..self.ends[place]]);
            line.push(b',');
        }
        end_line(line);
    }
}

/// The comma behind the last cell becomes the end of the line.
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

/// Text, days and moments stand in quotes; all else stands as it is.
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

/// One line, formula-safe, quoted.
fn append_text(line: &mut Vec<u8>, text: &str) {
    line.push(b'"');
    if is_plain(text) {
        line.extend_from_slice(fitting(text).as_bytes());
    } else {
        line.extend_from_slice(encode(&fitting(&one_line(text))).replace('"', "\"\"").as_bytes());
    }
    line.push(b'"');
}

/// Whether it is plain to see that a text stands as it is, which is so of most; of the others it has to be looked at.
fn is_plain(text: &str) -> bool {
    // controls, quotes, and the bytes with which line breaks beyond ASCII begin
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
    fn no_control_but_a_tab_reaches_a_file() {
        let hostile: String = (0..0xA0).filter_map(char::from_u32).filter(|c| c.is_control()).collect();
        let bytes = written(&[&format!("a{hostile}"), "a\u{7f}", "\u{1b}[2J", "\0=1"]);
        let text = String::from_utf8(bytes).expect("UTF-8");
        let cells = text.lines().nth(1).expect("a row");
        assert!(!cells.contains(|c: char| c.is_control() && c != '\t'), "{cells:?}");
        assert!(cells.contains("\u{241B}[2J") && cells.contains("\u{2400}=1") && cells.contains("[U+009B]"), "{cells}");
        assert_eq!(text.lines().count(), 2);
    }

    #[test]
    fn what_is_too_long_for_a_cell_says_how_much_more_there_is() {
        let cell = |text: &str| fitting(text).into_owned();
        let just_enough = "x".repeat(LONGEST_CELL);
        assert_eq!(cell(&just_enough), just_enough);
        // a rocket is two characters to a spreadsheet
        let rockets = "🚀".repeat(100);
        for (separator, entry) in [(";", "abc"), ("; ", "a: b"), (" / ", rockets.as_str()), (";", "'+1\n")] {
            let text = vec![entry; 20_000].join(separator);
            let cut = cell(&text);
            assert!(cut.encode_utf16().count() <= LONGEST_CELL && cut.len() > 20_000, "{}", cut.len());
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
    fn numbers_are_plain_and_unknown_is_empty() {
        let row =
            [Value::Integer(0), Value::Empty, Value::Decimal(1.5, 2), Value::Flag(true), Value::Integer(i64::MIN)];
        let mut line = CsvLine::default();
        assert_eq!(line.set(&row), b"0,,1.50,1,-9223372036854775808\r\n");
        let mut some = b"before".to_vec();
        for (places, expected) in [(&[0, 2][..], "0,1.50\r\n"), (&[4, 1, 0], "-9223372036854775808,,0\r\n")] {
            line.some(places, &mut some);
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
