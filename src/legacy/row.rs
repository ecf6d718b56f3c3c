//! Columns and rows of the legacy script's file, and the conversion of cells.

use std::collections::HashMap;

use chrono::{NaiveDateTime, NaiveTime};

use super::formats::{Conventions, is_nothing, time};
use crate::spreadsheet::{ColumnType, Field, Value};

/// Column of this program with the id of the page.
const PAGE: &str = "page_id";
/// Columns that every file must have.
const REQUIRED: [&str; 2] = ["space_key", "extraction_date"];
/// Column that only files of this program have.
const STATUS: &str = "snapshot_status";

/// The columns of the legacy script, in its order.
pub const COLUMNS: [&str; 22] = [
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

/// The positions of the columns in a file.
#[derive(Debug)]
pub(super) struct LegacyHeader {
    at: HashMap<String, usize>,
    width: usize,
}

impl LegacyHeader {
    /// Reads a header, or returns why it is not one of the legacy script.
    pub(super) fn new(names: &csv::StringRecord) -> Result<Self, String> {
        let mut at = HashMap::new();
        // a spreadsheet adds columns without a name after the table
        for (place, name) in names.iter().map(str::trim).enumerate().filter(|(_, name)| !name.is_empty()) {
            if at.insert(name.to_owned(), place).is_some() {
                return Err(format!("the column {name} occurs twice"));
            }
        }
        if at.contains_key(STATUS) {
            return Err("it was written by this program, not by the legacy script".to_owned());
        }
        let header = Self { at, width: names.len() };
        let has_key = ["page_url", PAGE, "page_title"].iter().any(|name| header.at.contains_key(*name));
        if REQUIRED.iter().all(|name| header.at.contains_key(*name)) && has_key {
            Ok(header)
        } else {
            Err(format!("these columns are missing: {}", header.missing().join(", ")))
        }
    }

    /// Returns the columns of the legacy script that the file does not have.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        COLUMNS.into_iter().filter(|name| !self.at.contains_key(*name)).collect()
    }

    /// Returns the columns that cannot be imported.
    pub(super) fn unknown(&self) -> Vec<String> {
        let mut unknown: Vec<String> = self.at.keys().filter(|name| !is_known(name)).cloned().collect();
        unknown.sort_unstable();
        unknown
    }

    /// Returns a row, or why it is invalid; `None` for an empty row. Spreadsheets omit or add empty cells at the end of a row.
    pub(super) fn row<'r>(&'r self, cells: &'r csv::StringRecord) -> Result<Option<LegacyRow<'r>>, String> {
        let is_lost = |(name, at): (&String, &usize)| *at >= cells.len() && is_known(name);
        match () {
            () if cells.iter().all(|cell| cell.trim().is_empty()) => Ok(None),
            () if self.at.iter().any(is_lost) || cells.iter().skip(self.width).any(|cell| !cell.trim().is_empty()) => {
                Err(format!("it has {} cells, but the header has {}", cells.len(), self.width))
            }
            () => Ok(Some(LegacyRow { header: self, cells })),
        }
    }
}

/// Returns whether a column can be imported.
fn is_known(name: &str) -> bool {
    COLUMNS.contains(&name) || name == PAGE
}

#[derive(Debug, Clone, Copy)]
pub(super) struct LegacyRow<'r> {
    header: &'r LegacyHeader,
    cells: &'r csv::StringRecord,
}

impl LegacyRow<'_> {
    pub(super) fn cell(&self, column: &str) -> &str {
        self.header.at.get(column).and_then(|&at| self.cells.get(at)).unwrap_or_default().trim()
    }

    /// Adds the formats of its dates and numbers to `conventions`.
    pub(super) fn add_formats(&self, fields: &[Field], line: u64, conventions: &mut Conventions) {
        for Field { name, holds, .. } in fields.iter().filter(|field| COLUMNS.contains(&field.name.as_str())) {
            let text = self.cell(name);
            let place = || format!("`{}` in {name} (line {line})", short(text));
            match holds {
                _ if is_nothing(text) => {}
                ColumnType::Date => conventions.add_date(text, place),
                ColumnType::Integer => conventions.add_number(text, place),
                ColumnType::Text | ColumnType::Decimal(_) | ColumnType::Flag | ColumnType::Time => {}
            }
        }
    }

    /// Returns when the row was extracted. The legacy script writes local times without a time zone; they are taken as UTC.
    pub(super) fn extracted(&self, conventions: &Conventions) -> Result<NaiveDateTime, String> {
        let date = self.cell("extraction_date");
        let day = conventions.day(date).ok_or_else(|| format!("`{}` in extraction_date is not a date", short(date)))?;
        // without a time, the extraction counts as midnight
        Ok(day.and_time(self.time()?.unwrap_or_default()))
    }

    fn time(&self) -> Result<Option<NaiveTime>, String> {
        let of = |column: &str| {
            let text = Some(self.cell(column)).filter(|text| !is_nothing(text));
            let not_a_time = |()| format!("`{}` in {column} is not a time", short(text.unwrap_or_default()));
            text.map_or(Ok(None), |text| match time(text) {
                // the column must have a time, not only a date
                Ok(None) if column == "extraction_time" => Err(()),
                time => time,
            })
            .map_err(not_a_time)
        };
        Ok(of("extraction_time")?.or(of("extraction_date")?))
    }

    /// Returns the id of the page: from its address, else from the column, else built from space key and title.
    pub(super) fn page(&self) -> Result<String, String> {
        let plain = |text: &str| text.replace(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'), " ");
        if self.cell("space_key").is_empty() {
            return Err("it has no space_key".to_owned());
        }
        if let Some(id) = id_in_address(self.cell("page_url")) {
            return Ok(id.to_owned());
        }
        match (self.cell(PAGE), self.cell("space_key"), self.cell("page_title")) {
            ("", _, "") => Err("it has no address, id or title to identify the page".to_owned()),
            ("", space, title) => Ok(plain(&format!("{space}:{title}"))),
            (id, ..) if is_rounded(id) => Err(format!("`{}` in {PAGE} is a rounded number", short(id))),
            (id, ..) => Ok(plain(id)),
        }
    }

    /// Returns the value of a column, or why it is invalid.
    pub(super) fn value(&self, field: &Field, conventions: &Conventions) -> Result<Value, String> {
        let (column, text) = (field.name.as_str(), self.cell(&field.name));
        let value = match (column, field.holds) {
            ("extraction_time", _) => {
                return Ok(Value::maybe(self.time()?, |time| Value::text(time.format("%H:%M:%S").to_string())));
            }
            _ if text.is_empty() => Some(Value::Empty),
            (_, ColumnType::Integer | ColumnType::Date) if is_nothing(text) => Some(Value::Empty),
            (_, ColumnType::Integer) => conventions.number(text).map(Value::Integer),
            (_, ColumnType::Date) => conventions.day(text).map(Value::Date),
            ("labels", _) => Some(Value::text(labels(text))),
            _ => Some(Value::text(text)),
        };
        value.ok_or_else(|| format!("`{}` in {column} is not a {}", short(text), word(field.holds)))
    }
}

/// Returns the name of a type, for people.
fn word(holds: ColumnType) -> &'static str {
    if holds == ColumnType::Integer { "whole number" } else { holds.name() }
}

/// Shortens a value for messages.
fn short(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST {
        text.to_owned()
    } else {
        text.chars().take(LONGEST).chain("…".chars()).collect()
    }
}

/// Converts labels to the format of this program's column. Labels contain no commas and no space characters.
fn labels(text: &str) -> String {
    let mut labels: Vec<&str> = text.split([',', ';']).map(str::trim).filter(|label| !label.is_empty()).collect();
    labels.sort_unstable();
    labels.dedup();
    labels.join(";")
}

/// Returns whether a spreadsheet has converted an id to a number and dropped its last digits: `1.23E+11`.
fn is_rounded(id: &str) -> bool {
    let Some((mantissa, exponent)) = id.split_once(['E', 'e']) else { return false };
    let is_made_of = |text: &str, more: &[char]| text.chars().all(|c| c.is_ascii_digit() || more.contains(&c));
    !mantissa.is_empty()
        && exponent.starts_with('+')
        && is_made_of(mantissa, &['.', ','])
        && is_made_of(&exponent[1..], &[])
}

/// Returns the page id of an address: `pageId=123` or `/pages/123/`.
fn id_in_address(address: &str) -> Option<&str> {
    let is_id = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let address = address.split('#').next()?;
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let mut parts = path.split('/').skip_while(|part| *part != "pages").skip(1);
    let in_query = || query.split('&').find_map(|pair| pair.strip_prefix("pageId=")).filter(is_id);
    parts.next().filter(is_id).or_else(in_query)
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
    fn the_extraction_time_is_read_with_and_without_a_time_of_day() {
        let names = csv::StringRecord::from(vec!["space_key", "page_title", "extraction_date", "extraction_time"]);
        let header = LegacyHeader::new(&names).unwrap();
        let extracted = |date: &str, time: &str| {
            let cells = csv::StringRecord::from(vec!["ENG", "A", date, time]);
            let row = header.row(&cells).unwrap().unwrap();
            row.extracted(&Conventions::default()).map(|time| time.to_string())
        };
        for (date, time, expected) in [
            ("2027-01-01", "06:00:01", "2027-01-01 06:00:01"),
            ("2027-01-01T06:00:01", "06:00", "2027-01-01 06:00:00"),
            ("2027-01-01 06:00:01", "", "2027-01-01 06:00:01"),
            ("01.02.2027", "6:00 PM", "2027-02-01 18:00:00"),
            ("2027-01-01", "nan", "2027-01-01 00:00:00"),
        ] {
            assert_eq!(extracted(date, time), Ok(expected.to_owned()), "{date} {time}");
        }
        for (date, time, problem) in [
            ("", "06:00", "`` in extraction_date is not a date"),
            ("nan", "06:00", "`nan` in extraction_date is not a date"),
            ("2027-01-01", "0.25", "`0.25` in extraction_time is not a time"),
        ] {
            assert_eq!(extracted(date, time), Err(problem.to_owned()), "{date} {time}");
        }
    }

    #[test]
    fn ids_that_a_spreadsheet_has_rounded_are_detected() {
        for (id, rounded) in
            [("1.23E+11", true), ("1,23E+08", true), ("123", false), ("E+1", false), ("ENG:E+1", false)]
        {
            assert_eq!(is_rounded(id), rounded, "{id}");
        }
    }
}
