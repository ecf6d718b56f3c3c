//! The file of the older script: its columns, and what one row of it says.

use std::collections::HashMap;

use chrono::{NaiveDateTime, NaiveTime};

use super::conventions::{Conventions, is_nothing, time};
use crate::spreadsheet::{Field, Type, Value};

/// Column of ours that tells the page.
const PAGE: &str = "page_id";
/// Columns without which no row has its place.
const NEEDED: [&str; 2] = ["space_key", "extraction_date"];
/// Column that only files of this program have.
const STATUS: &str = "snapshot_status";

/// The columns of the older script, in its order.
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

/// Where the columns stand in one file.
#[derive(Debug)]
pub(super) struct LegacyHeader {
    at: HashMap<String, usize>,
    width: usize,
}

impl LegacyHeader {
    /// Understands a header, or says why it is none of the older script.
    pub(super) fn new(names: &csv::StringRecord) -> Result<Self, String> {
        let mut at = HashMap::new();
        // a spreadsheet adds columns without a name behind the table
        for (place, name) in names.iter().map(str::trim).enumerate().filter(|(_, name)| !name.is_empty()) {
            if at.insert(name.to_owned(), place).is_some() {
                return Err(format!("the column {name} occurs twice"));
            }
        }
        if at.contains_key(STATUS) {
            return Err("this is a file of this program, not one of the older script".to_owned());
        }
        let header = Self { at, width: names.len() };
        let has_key = ["page_url", PAGE, "page_title"].iter().any(|name| header.at.contains_key(*name));
        if NEEDED.iter().all(|name| header.at.contains_key(*name)) && has_key {
            Ok(header)
        } else {
            Err(format!("these columns are missing: {}", header.missing().join(", ")))
        }
    }

    /// Columns of the older script that the file does not have.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        COLUMNS.into_iter().filter(|name| !self.at.contains_key(*name)).collect()
    }

    /// Columns that have no place in the history.
    pub(super) fn unknown(&self) -> Vec<String> {
        let mut unknown: Vec<String> = self.at.keys().filter(|name| !is_known(name)).cloned().collect();
        unknown.sort_unstable();
        unknown
    }

    /// A row, or why it is none; `None` for one in which nothing stands. Spreadsheets leave out cells without content at the
    /// end of a row, or add some.
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

/// Whether a column has a place in the history.
fn is_known(name: &str) -> bool {
    COLUMNS.contains(&name) || name == PAGE
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub(super) struct LegacyRow<'r> {
    header: &'r LegacyHeader,
    cells: &'r csv::StringRecord,
}

impl LegacyRow<'_> {
    pub(super) fn cell(&self, column: &str) -> &str {
        self.header.at.get(column).and_then(|&at| self.cells.get(at)).unwrap_or_default().trim()
    }

    /// Has the ways in which it writes days and numbers looked at.
    pub(super) fn show(&self, fields: &[Field], line: u64, conventions: &mut Conventions) {
        for Field { name, holds, .. } in fields.iter().filter(|field| COLUMNS.contains(&field.name.as_str())) {
            let text = self.cell(name);
            let place = || format!("`{}` in {name} (line {line})", short(text));
            match holds {
                _ if is_nothing(text) => {}
                Type::Date => conventions.see_day(text, place),
                Type::Integer => conventions.see_number(text, place),
                Type::Text | Type::Decimal(_) | Type::Flag | Type::Time => {}
            }
        }
    }

    /// When the page was looked at. The older script wrote local times without a zone: they are taken as they stand.
    pub(super) fn extracted(&self, conventions: &Conventions) -> Result<NaiveDateTime, String> {
        let date = self.cell("extraction_date");
        let day = conventions.day(date).ok_or_else(|| format!("`{}` in extraction_date is no date", short(date)))?;
        // without its time it is of the beginning of its day
        Ok(day.and_time(self.time()?.unwrap_or_default()))
    }

    fn time(&self) -> Result<Option<NaiveTime>, String> {
        let of = |column: &str| {
            let text = Some(self.cell(column)).filter(|text| !is_nothing(text));
            let no_time = |()| format!("`{}` in {column} is no time", short(text.unwrap_or_default()));
            text.map_or(Ok(None), |text| match time(text) {
                // a day alone says nothing here
                Ok(None) if column == "extraction_time" => Err(()),
                time => time,
            })
            .map_err(no_time)
        };
        Ok(of("extraction_time")?.or(of("extraction_date")?))
    }

    /// The id of the page: from its address, else from a column, else made of space and title.
    pub(super) fn page(&self) -> Result<String, String> {
        let plain = |text: &str| text.replace(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'), " ");
        if self.cell("space_key").is_empty() {
            return Err("it names no space_key".to_owned());
        }
        if let Some(id) = id_in_address(self.cell("page_url")) {
            return Ok(id.to_owned());
        }
        match (self.cell(PAGE), self.cell("space_key"), self.cell("page_title")) {
            ("", _, "") => Err("neither address, id nor title say which page this is".to_owned()),
            ("", space, title) => Ok(plain(&format!("{space}:{title}"))),
            (id, ..) if is_rounded(id) => Err(format!("`{}` in {PAGE} is a rounded number", short(id))),
            (id, ..) => Ok(plain(id)),
        }
    }

    /// The value of a column of this type, or what cannot be understood of it.
    pub(super) fn value(&self, field: &Field, conventions: &Conventions) -> Result<Value, String> {
        let (column, text) = (field.name.as_str(), self.cell(&field.name));
        let value = match (column, field.holds) {
            ("extraction_time", _) => {
                return Ok(Value::maybe(self.time()?, |time| Value::text(time.format("%H:%M:%S").to_string())));
            }
            _ if text.is_empty() => Some(Value::Empty),
            (_, Type::Integer | Type::Date) if is_nothing(text) => Some(Value::Empty),
            (_, Type::Integer) => conventions.number(text).map(Value::Integer),
            (_, Type::Date) => conventions.day(text).map(Value::Date),
            ("labels", _) => Some(Value::text(labels(text))),
            _ => Some(Value::text(text)),
        };
        value.ok_or_else(|| format!("`{}` in {column} is no {}", short(text), word(field.holds)))
    }
}

/// What a column of this type holds, for people.
fn word(holds: Type) -> &'static str {
    if holds == Type::Integer { "whole number" } else { holds.name() }
}

/// A value as messages show it.
fn short(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST {
        text.to_owned()
    } else {
        text.chars().take(LONGEST).chain("…".chars()).collect()
    }
}

/// Labels as our columns have them; no label holds a comma or a blank.
fn labels(text: &str) -> String {
    let mut labels: Vec<&str> = text.split([',', ';']).map(str::trim).filter(|label| !label.is_empty()).collect();
    labels.sort_unstable();
    labels.dedup();
    labels.join(";")
}

/// A spreadsheet has made a number of an id, and dropped its last digits: `1.23E+11`.
fn is_rounded(id: &str) -> bool {
    let Some((mantissa, exponent)) = id.split_once(['E', 'e']) else { return false };
    let is_made_of = |text: &str, more: &[char]| text.chars().all(|c| c.is_ascii_digit() || more.contains(&c));
    !mantissa.is_empty()
        && exponent.starts_with('+')
        && is_made_of(mantissa, &['.', ','])
        && is_made_of(&exponent[1..], &[])
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
            ("", "06:00", "`` in extraction_date is no date"),
            ("nan", "06:00", "`nan` in extraction_date is no date"),
            ("2027-01-01", "0.25", "`0.25` in extraction_time is no time"),
        ] {
            assert_eq!(extracted(date, time), Err(problem.to_owned()), "{date} {time}");
        }
    }

    #[test]
    fn ids_that_a_spreadsheet_has_rounded_are_known() {
        for (id, rounded) in
            [("1.23E+11", true), ("1,23E+08", true), ("123", false), ("E+1", false), ("ENG:E+1", false)]
        {
            assert_eq!(is_rounded(id), rounded, "{id}");
        }
    }
}
