//! The columns of every table about pages: one list, from which the files, the data dictionary and the documentation
//! are made. New columns are only ever appended, so that a model built on a file keeps loading.

mod compatible;
mod content;
mod identity;
mod judgement;
mod people;

use chrono::{DateTime, Utc};

use super::row::{PageRow, Person};
use crate::inventory::snapshot::MetricGroup;
use crate::spreadsheet::Value;

/// Version of the list of columns, in every row. It grows with every change of meaning; columns that are appended
/// leave it.
pub const SCHEMA_VERSION: u32 = 1;

/// What all rows of one snapshot share.
#[derive(Debug, Clone)]
pub struct Frame {
    /// ISO week of the snapshot, `2026-W47`.
    pub week: String,
    /// When it was taken.
    pub taken_at: DateTime<Utc>,
    /// Names the run in all its files.
    pub run_id: String,
    /// Everything was read.
    pub complete: bool,
}

/// One column.
#[derive(Clone, Copy)]
pub struct Column {
    /// Its name in the header.
    pub name: &'static str,
    /// The group of metrics it is read with.
    pub group: MetricGroup,
    /// `text`, `count`, `days`, `bytes`, `0/1`, `time`, `date`, ….
    pub unit: &'static str,
    /// What it says.
    pub definition: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// When its cell is empty.
    pub empty: &'static str,
    /// Its value in a row.
    pub value: fn(&PageRow, &Frame) -> Value,
}

impl std::fmt::Debug for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Column").field("name", &self.name).finish_non_exhaustive()
    }
}

/// All columns, in the order of the files: the compatible ones first (product contract 4).
pub fn all() -> Vec<Column> {
    [compatible::COLUMNS, identity::COLUMNS, people::COLUMNS, content::COLUMNS, judgement::COLUMNS].concat()
}

/// The header of the files.
pub fn names() -> Vec<&'static str> {
    all().iter().map(|column| column.name).collect()
}

/// One row as cells, in the order of [`all`].
pub fn cells(columns: &[Column], row: &PageRow, frame: &Frame) -> Vec<Value> {
    columns.iter().map(|column| (column.value)(row, frame)).collect()
}

/// Writes one entry of a list of columns.
macro_rules! column {
    ($name:literal, $group:ident, $unit:literal, $definition:literal, from $source:literal, empty $empty:literal, $value:expr) => {
        $crate::metrics::columns::Column {
            name: $name,
            group: $crate::inventory::snapshot::MetricGroup::$group,
            unit: $unit,
            definition: $definition,
            source: $source,
            empty: $empty,
            value: $value,
        }
    };
}
use column;

fn day(time: Option<DateTime<Utc>>) -> Value {
    Value::maybe(time, |time| Value::text(time.format("%Y-%m-%d").to_string()))
}

fn time(time: Option<DateTime<Utc>>) -> Value {
    Value::maybe(time, Value::time)
}

fn text(text: Option<&String>) -> Value {
    Value::maybe(text, Value::text)
}

fn count(count: Option<u64>) -> Value {
    Value::maybe(count, Value::count)
}

fn number(number: Option<i64>) -> Value {
    Value::maybe(number, Value::Integer)
}

fn flag(flag: Option<bool>) -> Value {
    Value::maybe(flag, Value::flag)
}

fn list(list: Option<&Vec<String>>) -> Value {
    Value::maybe(list, |list| Value::text(list.join(";")))
}

fn person_id(person: Option<&Person>) -> Value {
    Value::maybe(person, |person| Value::text(&*person.id))
}

/// The name of a person, or the id where the name is not known.
fn person_name(person: Option<&Person>) -> Value {
    Value::maybe(person, |person| Value::text(person.name.as_ref().unwrap_or(&person.id)))
}

fn person_active(person: Option<&Person>) -> Value {
    flag(person.and_then(|person| person.active))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The header of the older script, which models in Power BI and Excel are built on.
    const COMPATIBLE: &str = "space_key,page_title,page_url,page_created,date_modified,creator_name,page_depth,\
        child_pages,workflow_name,owner_value,project_relevance,labels,word_count,char_count,attachment_count,\
        image_count,table_count,unique_contributors,edit_count,last_editor,extraction_date,extraction_time,\
        snapshot_week,page_id";

    #[test]
    fn the_compatible_columns_come_first() {
        assert!(names().join(",").starts_with(COMPATIBLE), "{}", names().join(","));
    }

    #[test]
    fn names_are_unique_and_every_column_is_documented() {
        let columns = all();
        let unique: BTreeSet<&str> = columns.iter().map(|column| column.name).collect();
        assert_eq!(unique.len(), columns.len());
        for column in &columns {
            assert!(column.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'));
            for words in [column.unit, column.definition, column.source, column.empty] {
                assert!(!words.trim().is_empty(), "{}", column.name);
            }
        }
    }
}
