//! The file of the older script: its columns, and what one row of it says.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use crate::spreadsheet::{Type, Value};
use crate::support::iso_week::IsoWeek;

/// Column of ours that tells the page.
const PAGE: &str = "page_id";
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
        for (place, name) in names.iter().enumerate() {
            if at.insert(name.trim().to_owned(), place).is_some() {
                return Err(format!("the column {} occurs twice", name.trim()));
            }
        }
        if at.contains_key(STATUS) {
            return Err("this is a file of this program, not one of the older script".to_owned());
        }
        let missing: Vec<&str> = COLUMNS.into_iter().filter(|name| !at.contains_key(*name)).collect();
        let has_key = ["page_url", PAGE, "page_title"].iter().any(|name| at.contains_key(*name));
        if missing.contains(&"extraction_date") || !has_key {
            return Err(format!("these columns are missing: {}", missing.join(", ")));
        }
        Ok(Self { at, width: names.len() })
    }

    /// Columns that have no place in the history.
    pub(super) fn unknown(&self) -> Vec<String> {
        let is_unknown = |name: &&String| !COLUMNS.contains(&name.as_str()) && *name != PAGE;
        let mut unknown: Vec<String> = self.at.keys().filter(is_unknown).cloned().collect();
        unknown.sort_unstable();
        unknown
    }

    /// A row, or why it is none.
    pub(super) fn row<'r>(&'r self, cells: &'r csv::StringRecord) -> Result<LegacyRow<'r>, String> {
        if cells.len() == self.width {
            Ok(LegacyRow { header: self, cells })
        } else {
            Err(format!("cells: {}; the header has {}", cells.len(), self.width))
        }
    }
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

    /// When the page was looked at. The older script wrote local times without a zone: they are taken as they stand.
    pub(super) fn extracted(&self) -> Result<NaiveDateTime, String> {
        let (date, time) = (self.cell("extraction_date"), self.cell("extraction_time"));
        let day = day(date).ok_or_else(|| format!("`{date}` in extraction_date is no date"))?;
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

    /// The value of a column of this type, or what cannot be understood of it.
    pub(super) fn value(&self, column: &str, holds: Type) -> Result<Value, String> {
        let text = self.cell(column);
        let value = match holds {
            _ if text.is_empty() => Some(Value::Empty),
            Type::Integer => whole(text).map(Value::Integer),
            Type::Date => day(text).map(Value::Date),
            _ => Some(Value::text(text)),
        };
        value.ok_or_else(|| format!("`{text}` in {column} is not of the type {}; the cell is left empty", holds.name()))
    }
}

/// Tools that know only decimal numbers write counts as 3.0.
fn whole(text: &str) -> Option<i64> {
    let whole = text.split_once('.').filter(|(_, part)| part.bytes().all(|byte| byte == b'0')).map_or(text, |(n, _)| n);
    whole.parse().ok()
}

/// A day; some wrote the time behind it.
fn day(text: &str) -> Option<NaiveDate> {
    text.split(['T', ' ']).next()?.parse().ok()
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
        let names = csv::StringRecord::from(vec!["page_title", "extraction_date", "extraction_time"]);
        let header = LegacyHeader::new(&names).unwrap();
        let extracted = |date: &str, time: &str| {
            let cells = csv::StringRecord::from(vec!["A", date, time]);
            header.row(&cells).unwrap().extracted().map(|time| time.to_string())
        };
        for (date, time, expected) in [
            ("2027-01-01", "06:00:01", "2027-01-01 06:00:01"),
            ("2027-01-01T06:00:01", "06:00", "2027-01-01 06:00:00"),
            ("2027-01-01 06:00:01", "", "2027-01-01 00:00:00"),
        ] {
            assert_eq!(extracted(date, time), Ok(expected.to_owned()), "{date} {time}");
        }
        assert!(extracted("01.02.2027", "06:00").is_err() && extracted("", "06:00").is_err());
    }
}
