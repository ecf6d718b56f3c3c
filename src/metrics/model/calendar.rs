//! The weeks of the history, each with its place in the calendar.

use chrono::{Datelike, Days, NaiveDate};

use crate::metrics::summary::WeekStatus;
use crate::spreadsheet::{Column, Plain, Value};

/// A week from the first of the history to the newest.
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
    /// The day to whose year the week belongs, and then its quarter and month too.
    fn thursday(&self) -> NaiveDate {
        self.monday + Days::new(3)
    }
}

/// What is counted in a week; nothing where nobody looked.
fn counted(week: &DimWeek, number: u64) -> Value {
    match week.status {
        WeekStatus::Missing => Value::Empty,
        WeekStatus::Complete | WeekStatus::Incomplete | WeekStatus::Imported => Value::count(number),
    }
}

/// Columns of `dim_week.csv`.
pub(super) const WEEK: &[Column<Plain<DimWeek>>] = &[
    Column::<Plain<DimWeek>>::text("snapshot_week", |week| Value::text(&*week.week))
        .says("ISO week, from the first of the history to the newest.")
        .from("the history"),
    Column::<Plain<DimWeek>>::date("monday", |week| Value::Date(week.monday))
        .says("The day the week begins.")
        .from("snapshot_week"),
    Column::<Plain<DimWeek>>::text("status", |week| Value::text(week.status.name()))
        .says("complete, incomplete, imported, or missing for a week without a snapshot.")
        .from("history.json"),
    Column::<Plain<DimWeek>>::flag("in_trends", |week| Value::Flag(week.in_trends))
        .says(
            "One of its spaces at least is complete or imported: trends show the rows whose snapshot_status is not \
            incomplete.",
        )
        .from("history.json"),
    Column::<Plain<DimWeek>>::integer("pages", "count", |week| counted(week, week.pages))
        .says("Pages of the week, without blog posts.")
        .from("the history")
        .empty("no snapshot"),
    Column::<Plain<DimWeek>>::date("sunday", |week| Value::Date(week.monday + Days::new(6)))
        .says("The day the week ends.")
        .from("snapshot_week"),
    Column::<Plain<DimWeek>>::integer("year", "year", |week| Value::count(week.thursday().year()))
        .says("Year that ISO 8601 counts the week to: that of its Thursday.")
        .from("snapshot_week"),
    Column::<Plain<DimWeek>>::integer("iso_week", "number", |week| Value::count(week.thursday().iso_week().week()))
        .says("Number of the week in that year, 1 to 53.")
        .from("snapshot_week"),
    Column::<Plain<DimWeek>>::integer("quarter", "number", |week| Value::count(week.thursday().quarter()))
        .says("Quarter of its Thursday, 1 to 4.")
        .from("snapshot_week"),
    Column::<Plain<DimWeek>>::integer("month", "number", |week| Value::count(week.thursday().month()))
        .says("Month of its Thursday, 1 to 12: every week is in one month, and no month in two years.")
        .from("snapshot_week"),
    Column::<Plain<DimWeek>>::integer("weeks_ago", "count", |week| Value::count(week.ago))
        .says("Weeks from it to the newest, whose own is 0.")
        .from("the history"),
    Column::<Plain<DimWeek>>::flag("is_newest", |week| Value::Flag(week.ago == 0))
        .says("The newest week of the history, complete or not.")
        .from("the history"),
    Column::<Plain<DimWeek>>::integer("posts", "count", |week| counted(week, week.posts))
        .says("Blog posts of the week.")
        .from("the history")
        .empty("no snapshot"),
];
