//! Week dimension: the weeks of the history and their calendar attributes.

use chrono::{Datelike, Days, NaiveDate};

use crate::metrics::summary::WeekStatus;
use crate::spreadsheet::{Column, PlainSheet, Value};

/// One week, with or without a snapshot.
#[derive(Debug, Clone)]
pub(super) struct DimWeek {
    pub(super) week: String,
    pub(super) monday: NaiveDate,
    pub(super) status: WeekStatus,
    pub(super) in_trends: bool,
    pub(super) pages: u64,
    pub(super) posts: u64,
    /// Weeks from it to the newest.
    pub(super) ago: u64,
}

impl DimWeek {
    /// Returns the Thursday of the week. ISO 8601 assigns a week to the year of its Thursday; quarter and month follow it.
    fn thursday(&self) -> NaiveDate {
        self.monday + Days::new(3)
    }
}

/// Returns a count of a week; empty for a week without a snapshot.
fn counted(week: &DimWeek, number: u64) -> Value {
    match week.status {
        WeekStatus::Missing => Value::Empty,
        WeekStatus::Complete | WeekStatus::Incomplete | WeekStatus::Imported => Value::count(number),
    }
}

/// Columns of `dim_week.csv`.
pub(super) const WEEK: &[Column<PlainSheet<DimWeek>>] = &[
    Column::<PlainSheet<DimWeek>>::text("snapshot_week", |week| Value::text(&*week.week))
        .says("ISO week. Every week from the first to the newest of the history has a row.")
        .from("the history"),
    Column::<PlainSheet<DimWeek>>::date("monday", |week| Value::Date(week.monday))
        .says("First day of the week.")
        .from("snapshot_week"),
    Column::<PlainSheet<DimWeek>>::text("status", |week| Value::text(week.status.name()))
        .says("complete, incomplete, imported, or missing for a week without a snapshot.")
        .from("history.json"),
    Column::<PlainSheet<DimWeek>>::flag("in_trends", |week| Value::Flag(week.in_trends))
        .says(
            "Whether at least one of its spaces is complete or imported. Trends show the rows whose snapshot_status is \
                       not incomplete.",
        )
        .from("history.json"),
    Column::<PlainSheet<DimWeek>>::integer("pages", "count", |week| counted(week, week.pages))
        .says("Pages of the week, without blog posts.")
        .from("the history")
        .empty("no snapshot"),
    Column::<PlainSheet<DimWeek>>::date("sunday", |week| Value::Date(week.monday + Days::new(6)))
        .says("Last day of the week.")
        .from("snapshot_week"),
    Column::<PlainSheet<DimWeek>>::integer("year", "year", |week| Value::count(week.thursday().year()))
        .says("ISO 8601 year of the week: the year of its Thursday.")
        .from("snapshot_week"),
    Column::<PlainSheet<DimWeek>>::integer("iso_week", "number", |week| {
        Value::count(week.thursday().iso_week().week())
    })
    .says("Number of the week in that year, 1 to 53.")
    .from("snapshot_week"),
    Column::<PlainSheet<DimWeek>>::integer("quarter", "number", |week| Value::count(week.thursday().quarter()))
        .says("Quarter of its Thursday, 1 to 4.")
        .from("snapshot_week"),
    Column::<PlainSheet<DimWeek>>::integer("month", "number", |week| Value::count(week.thursday().month()))
        .says("Month of its Thursday, 1 to 12, so that every week is in exactly one month and year.")
        .from("snapshot_week"),
    Column::<PlainSheet<DimWeek>>::integer("weeks_ago", "count", |week| Value::count(week.ago))
        .says("Number of weeks before the newest week, which has 0.")
        .from("the history"),
    Column::<PlainSheet<DimWeek>>::flag("is_newest", |week| Value::Flag(week.ago == 0))
        .says("Whether it is the newest week of the history, complete or not.")
        .from("the history"),
    Column::<PlainSheet<DimWeek>>::integer("posts", "count", |week| counted(week, week.posts))
        .says("Blog posts of the week.")
        .from("the history")
        .empty("no snapshot"),
];
