//! The files of the older script (`comala.md` 2): their columns, and what one row of them says.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::lines::{cells, quotes_are_closed};
use super::{IsoWeek, PAGE, STATUS};
use crate::spreadsheet::Value;

/// The columns of the older script, in its order.
pub const OLD_COLUMNS: [&str; 22] = [
    "space_key",
    "page_title",
    "page_url",
    "page_created",
    "date_modified",
    "creator_name",
    "page_depth",
    "child_pages",
    "workflow_name",
    "owner_value",
    "project_relevance",
    "labels",
    "word_count",
    "char_count",
    "attachment_count",
    "image_count",
    "table_count",
    "unique_contributors",
    "edit_count",
    "last_editor",
    "extraction_date",
    "extraction_time",
];

/// Those of them that hold numbers.
const NUMBERS: [&str; 9] = [
    "page_depth",
    "child_pages",
    "word_count",
    "char_count",
    "attachment_count",
    "image_count",
    "table_count",
    "unique_contributors",
    "edit_count",
];

/// Where the columns stand in one file.
#[derive(Debug)]
pub(super) struct OldHeader {
    at: HashMap<String, usize>,
    width: usize,
}

impl OldHeader {
    /// Understands a header, or says why it is none of the older script.
    pub(super) fn new(names: Vec<String>) -> Result<Self, String> {
        let width = names.len();
        let mut at = HashMap::new();
        for (place, name) in names.into_iter().enumerate() {
            if at.insert(name.trim().to_owned(), place).is_some() {
                return Err("a column is there twice".to_owned());
            }
        }
        if at.contains_key(STATUS) {
            return Err("this is a file of this program, not one of the older script".to_owned());
        }
        let missing = |name: &&str| !at.contains_key(*name);
        let has_key = at.contains_key("page_url") || at.contains_key(PAGE) || at.contains_key("page_title");
        if missing(&"extraction_date") || !has_key {
            let missing: Vec<&str> = OLD_COLUMNS.into_iter().filter(missing).collect();
            return Err(format!("these columns are missing: {}", missing.join(", ")));
        }
        Ok(Self { at, width })
    }

    /// Whether there is a column of this name.
    pub(super) fn has(&self, column: &str) -> bool {
        self.at.contains_key(column)
    }

    /// Columns that have no place in the history.
    pub(super) fn unknown(&self) -> Vec<&str> {
        let is_known = |name: &&str| OLD_COLUMNS.contains(name) || *name == PAGE;
        let mut unknown: Vec<&str> = self.at.keys().map(String::as_str).filter(|name| !is_known(name)).collect();
        unknown.sort_unstable();
        unknown
    }

    /// Understands a line, or says why it is no row.
    pub(super) fn row(&self, line: &[u8]) -> Result<OldRow<'_>, String> {
        let cells = cells(line).ok_or("this is no row in UTF-8")?;
        if cells.len() != self.width {
            return Err(format!("cells: {}; the header has {}", cells.len(), self.width));
        }
        Ok(OldRow { header: self, cells })
    }
}

/// One row.
#[derive(Debug)]
pub(super) struct OldRow<'h> {
    header: &'h OldHeader,
    cells: Vec<String>,
}

impl OldRow<'_> {
    pub(super) fn cell(&self, column: &str) -> &str {
        self.header.at.get(column).map_or("", |&at| self.cells[at].trim())
    }

    /// When the page was looked at. The older script wrote local times without a zone: they are taken as they stand.
    pub(super) fn extracted(&self) -> Result<NaiveDateTime, String> {
        let (date, time) = (self.cell("extraction_date"), self.cell("extraction_time"));
        // some wrote the time here too
        let day = date.split(['T', ' ']).next().unwrap_or_default();
        let day: NaiveDate = day.parse().map_err(|_| format!("`{date}` in extraction_date is no date"))?;
        let time = NaiveTime::parse_from_str(time, "%H:%M:%S").or_else(|_| NaiveTime::parse_from_str(time, "%H:%M"));
        // without its time it is of the beginning of its day
        Ok(day.and_time(time.unwrap_or_default()))
    }

    /// The week, by the date: the older script mixed the calendar year with the ISO week in its file names.
    pub(super) fn week(&self) -> Result<IsoWeek, String> {
        Ok(IsoWeek::of_date(self.extracted()?.date()))
    }

    /// The id of the page: from its address, else from a column, else made of space and title.
    pub(super) fn page(&self) -> Result<String, String> {
        let plain = |text: &str| text.replace(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'), " ");
        if let Some(id) = id_in_address(self.cell("page_url")) {
            return Ok(id.to_owned());
        }
        match (self.cell(PAGE), self.cell("space_key"), self.cell("page_title")) {
            ("", _, "") => Err("neither address, id nor title say which page this is".to_owned()),
            ("", space, title) => Ok(plain(&format!("{space}:{title}"))),
            (id, ..) => Ok(plain(id)),
        }
    }

    /// The value of a column; the second part says what could not be understood of it.
    pub(super) fn value(&self, column: &str) -> (Value, Option<String>) {
        let text = self.cell(column);
        if !NUMBERS.contains(&column) {
            return (if text.is_empty() { Value::Empty } else { Value::text(text) }, None);
        }
        // tools that know only decimal numbers write counts as 3.0
        let whole = text.split_once('.').filter(|(_, part)| part.bytes().all(|b| b == b'0')).map_or(text, |(n, _)| n);
        match whole.parse::<i64>() {
            _ if text.is_empty() => (Value::Empty, None),
            Ok(number) => (Value::Integer(number), None),
            Err(_) => (Value::Empty, Some(format!("`{text}` in {column} is no number; the cell is left empty"))),
        }
    }
}

/// `pageId=123` or `/pages/123/`.
fn id_in_address(address: &str) -> Option<&str> {
    let is_id = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let address = address.split('#').next()?;
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let mut parts = path.split('/').skip_while(|part| *part != "pages").skip(1);
    let in_query = || query.split('&').find_map(|pair| pair.strip_prefix("pageId=")).filter(is_id);
    parts.next().filter(is_id).or_else(in_query)
}

/// A row of the file as it stands there: cells may hold line breaks.
#[derive(Debug)]
pub(super) struct OldLine {
    /// Its first line, from 1.
    pub(super) number: u64,
    /// Where it begins, in bytes.
    pub(super) offset: u64,
    /// How long it is, with its line end.
    pub(super) length: u64,
}

/// Longer rows are none: a quote that is never closed must not fill memory.
const LONGEST_ROW: usize = 4 * 1024 * 1024;

/// Walks a file row by row. Blank lines are passed over.
pub(super) fn walk(file: &mut File, mut see: impl FnMut(&OldLine, &[u8])) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    let mut reader = BufReader::new(file);
    let (mut number, mut offset) = (1, 0);
    let mut row = Vec::new();
    loop {
        row.clear();
        let mut lines = 0;
        while (&mut reader).take(LONGEST_ROW as u64).read_until(b'\n', &mut row)? > 0 {
            lines += u64::from(row.ends_with(b"\n"));
            if quotes_are_closed(&row) || row.len() > LONGEST_ROW {
                break;
            }
        }
        if row.is_empty() {
            return Ok(());
        }
        let line = OldLine { number, offset, length: row.len() as u64 };
        number += lines;
        offset += line.length;
        let content = trimmed(&row);
        if !content.is_empty() {
            see(&line, content);
        }
    }
}

/// Reads one row again.
pub(super) fn read_again(file: &mut File, line: &OldLine) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(line.offset))?;
    let mut row = Vec::new();
    file.take(line.length).read_to_end(&mut row)?;
    Ok(trimmed(&row).to_vec())
}

/// A row without byte order mark and line end.
pub(super) fn trimmed(row: &[u8]) -> &[u8] {
    let row = row.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(row);
    let end = row.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |at| at + 1);
    &row[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_in_every_kind_of_address() {
        for (address, id) in [
            ("https://c.example/pages/viewpage.action?pageId=123", Some("123")),
            ("https://c.example/pages/viewpage.action?x=1&pageId=123#top", Some("123")),
            ("https://acme.atlassian.net/wiki/spaces/ENG/pages/456/Title+1", Some("456")),
            ("https://acme.atlassian.net/wiki/spaces/ENG/pages/456", Some("456")),
            ("https://c.example/display/ENG/pages", None),
            ("https://c.example/display/ENG/Title?pageId=abc", None),
            ("", None),
        ] {
            assert_eq!(id_in_address(address), id, "{address}");
        }
    }

    #[test]
    fn the_day_of_a_row_is_found_with_and_without_a_time() {
        let header = OldHeader::new(["page_title", "extraction_date", "extraction_time"].map(str::to_owned).to_vec());
        let header = header.unwrap();
        let extracted = |row: &str| header.row(row.as_bytes()).unwrap().extracted().map(|time| time.to_string());
        for (row, expected) in [
            ("A,2027-01-01,06:00:01", "2027-01-01 06:00:01"),
            ("A,2027-01-01T06:00:01,06:00", "2027-01-01 06:00:00"),
            ("A,2027-01-01 06:00:01,", "2027-01-01 00:00:00"),
        ] {
            assert_eq!(extracted(row), Ok(expected.to_owned()), "{row}");
        }
        assert!(extracted("A,01.02.2027,06:00").is_err() && extracted("A,,06:00").is_err());
    }

    #[test]
    fn a_row_over_two_lines_is_one_row() {
        let mut file = tempfile::tempfile().unwrap();
        io::Write::write_all(&mut file, b"\xEF\xBB\xBFa,b\r\n\"x\r\ny\",1\r\n\r\nz,2").unwrap();
        let mut seen = Vec::new();
        let mut lines = Vec::new();
        walk(&mut file, |line, row| {
            seen.push((line.number, String::from_utf8(row.to_vec()).unwrap()));
            lines.push(OldLine { ..*line });
        })
        .unwrap();
        assert_eq!(seen, [(1, "a,b".into()), (2, "\"x\r\ny\",1".into()), (5, "z,2".into())] as [(u64, String); 3]);
        assert_eq!(read_again(&mut file, &lines[1]).unwrap(), b"\"x\r\ny\",1");
    }
}
