//! The sheet of the weeks: how complete each one is, and its sums.

use crate::metrics::summary::{PageFigures, WeekPoint, WeekStatus};
use crate::report::format::plural;
use crate::spreadsheet::{Column, PlainSheet, Value};
use crate::support::iso_week::IsoWeek;

/// A week from the first to the newest, with or without a snapshot.
#[derive(Debug, Clone)]
pub struct WeekLine {
    week: IsoWeek,
    status: WeekStatus,
    /// What is recorded of it; `None` for a missing week.
    recorded: Option<RecordedWeek>,
    /// The sums over the pages of its complete and imported spaces; `None` if it has none.
    figures: Option<PageFigures>,
}

#[derive(Debug, Clone, Copy)]
struct RecordedWeek {
    /// Number of rows, with blog posts and incomplete spaces.
    rows: u64,
    /// Number of measured spaces.
    spaces: u64,
    /// Number of spaces that are incomplete.
    incomplete_spaces: u64,
}

impl WeekLine {
    pub fn of(week: IsoWeek, point: &WeekPoint) -> Self {
        let incomplete = point.spaces.values().filter(|space| !space.status.is_in_trends()).count() as u64;
        let recorded = point.figures.as_ref().map(|figures| RecordedWeek {
            rows: figures.total.pages + figures.total.posts,
            spaces: point.spaces.len() as u64,
            incomplete_spaces: incomplete,
        });
        let figures = if point.is_in_trends() { point.sound() } else { None };
        Self { week, status: point.status, recorded, figures }
    }
}

type WeekColumn = Column<PlainSheet<WeekLine>>;

/// Returns a column of the week's sums.
const fn figure(
    name: &'static str,
    unit: &'static str,
    value: fn(&WeekLine) -> Value,
    definition: &'static str,
) -> WeekColumn {
    WeekColumn::integer(name, unit, value).says(definition).from("the pages of the week").empty(NO_FIGURE)
}

const NO_FIGURE: &str = "not read, or no space of the week is complete";

/// Returns a figure of a week; empty if it is not known.
fn of(week: &WeekLine, figure: fn(&PageFigures) -> Option<u64>) -> Value {
    Value::maybe(week.figures.as_ref().and_then(figure), Value::count)
}

fn recorded(week: &WeekLine, number: fn(&RecordedWeek) -> u64) -> Value {
    Value::maybe(week.recorded.as_ref(), |of| Value::count(number(of)))
}

/// The columns of the sheet. Those of the sums have the names and values of the view `trend` in `model/views.sql`.
pub(super) const COLUMNS: &[WeekColumn] = &[
    WeekColumn::text("snapshot_week", |week| Value::text(week.week.to_string()))
        .says("ISO week. Every week from the newest to the first of the history has a row.")
        .from("the history"),
    WeekColumn::date("monday", |week| Value::Date(week.week.monday()))
        .says("First day of the week.")
        .from("snapshot_week"),
    WeekColumn::text("status", |week| Value::text(week.status.name()))
        .says("complete, incomplete, imported, or missing for a week without a snapshot.")
        .from("history.json"),
    WeekColumn::text("remark", |week| Value::maybe(remark(week), Value::text))
        .says("What to know before the week is compared with others.")
        .from("history.json")
        .empty("the week is complete"),
    WeekColumn::integer("rows", "count", |week| recorded(week, |of| of.rows))
        .says("Rows of the week in the history, with blog posts and incomplete spaces.")
        .from("history.json")
        .empty("no snapshot"),
    WeekColumn::integer("spaces", "count", |week| recorded(week, |of| of.spaces))
        .says("Measured spaces.")
        .from("history.json")
        .empty("no snapshot"),
    WeekColumn::integer("incomplete_spaces", "count", |week| recorded(week, |of| of.incomplete_spaces))
        .says("Spaces in which something was not read. Their pages are in none of the following sums.")
        .from("history.json")
        .empty("no snapshot"),
    figure("pages", "count", |week| of(week, |sums| Some(sums.pages)), "Pages, without blog posts, like all sums."),
    figure("words", "count", |week| of(week, |sums| sums.words), "Sum of word_count."),
    figure("attachment_bytes", "bytes", |week| of(week, |sums| sums.attachment_bytes), "Sum of attachment_bytes."),
    figure("edits_7d", "count", |week| of(week, |sums| sums.edits_7d), "Sum of edits_7d."),
    WeekColumn::decimal("mean_health_score", 1, "score", |week| {
        let mean = week.figures.as_ref().and_then(PageFigures::health);
        Value::maybe(mean, |mean| Value::Decimal(mean, 1))
    })
    .says("Mean of health_score.")
    .from("the pages of the week")
    .empty(NO_FIGURE),
    figure("outdated", "count", |week| of(week, PageFigures::outdated), "Pages whose staleness is stale or expired."),
    figure("orphans_tree", "count", |week| of(week, |sums| sums.orphans_tree), "Pages outside the page tree."),
    figure("orphans_links", "count", |week| of(week, |sums| sums.orphans_links), "Pages that nothing links to."),
    figure("stubs", "count", |week| of(week, |sums| sums.stubs), "Pages with little text and nothing else."),
    figure("without_labels", "count", |week| of(week, |sums| sums.without_labels), "Pages without labels."),
    figure(
        "single_contributor",
        "count",
        |week| of(week, |sums| sums.single_contributor),
        "Pages of which one person published all versions.",
    ),
    figure(
        "inactive_owner",
        "count",
        |week| of(week, |sums| sums.inactive_owner),
        "Pages whose owner's account is inactive.",
    ),
    figure("overdue", "count", |week| of(week, |sums| sums.overdue), "Pages past the due date of their workflow."),
    figure("broken_links", "count", |week| of(week, |sums| sums.broken_links), "Sum of broken_internal_links."),
];

fn remark(week: &WeekLine) -> Option<String> {
    let Some(of) = week.recorded else { return Some("No snapshot was taken in this week.".to_owned()) };
    let unread = || {
        format!(
            "INCOMPLETE: something in {} of {} was not read",
            of.incomplete_spaces,
            plural(of.spaces, "space", "spaces")
        )
    };
    match (of.incomplete_spaces, week.figures.is_some()) {
        (1.., false) => Some(format!("{}, so there are no sums.", unread())),
        (1.., true) => Some(format!("{}; the sums are those of the other spaces.", unread())),
        (0, _) if week.status == WeekStatus::Imported => {
            Some("Imported from the legacy script, which does not record whether it read everything.".to_owned())
        }
        (0, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::comparison::SpaceScope;
    use crate::metrics::summary::TableFigures;

    /// Returns the line of a week with spaces of these statuses, each with four pages.
    fn line(status: WeekStatus, spaces: &[WeekStatus]) -> WeekLine {
        let week = IsoWeek::new(2026, 47).unwrap();
        let pages = |pages| PageFigures { pages, ..PageFigures::default() };
        let keys = || spaces.iter().zip('A'..).map(|(status, key)| (key.to_string(), *status));
        let figures = TableFigures {
            total: PageFigures { posts: 1, ..pages(4 * spaces.len() as u64) },
            spaces: keys().map(|(key, _)| (key, pages(4))).collect(),
        };
        let spaces = keys().map(|(key, status)| (key, SpaceScope::whole(status))).collect();
        let figures = (status != WeekStatus::Missing).then_some(figures);
        WeekLine::of(week, &WeekPoint { week: week.to_string(), status, figures, spaces })
    }

    fn cells<const N: usize>(line: &WeekLine, names: [&str; N]) -> [String; N] {
        names.map(|name| COLUMNS.iter().find(|column| column.name == name).unwrap().value(line).plain())
    }

    /// A person who adds up the sheet must not take a part of the site for all of it.
    #[test]
    fn a_week_that_is_not_complete_says_so_and_what_its_sums_hold() {
        use WeekStatus::{Complete, Imported, Incomplete, Missing};
        let complete = line(Complete, &[Complete, Complete]);
        assert_eq!(cells(&complete, ["status", "remark", "rows", "pages", "words"]), ["complete", "", "9", "8", ""]);
        let part = line(Incomplete, &[Complete, Incomplete, Complete]);
        assert_eq!(cells(&part, ["rows", "spaces", "incomplete_spaces", "pages"]), ["13", "3", "1", "8"]);
        assert!(
            cells(&part, ["remark"])[0]
                .ends_with("1 of 3 spaces was not read; the sums are those of the other spaces.")
        );
        let none = line(Incomplete, &[Incomplete]);
        assert_eq!(cells(&none, ["rows", "pages", "mean_health_score", "stubs"]), ["5", "", "", ""]);
        assert!(cells(&none, ["remark"])[0].ends_with("1 of 1 space was not read, so there are no sums."));
        let missing = line(Missing, &[]);
        assert_eq!(cells(&missing, ["snapshot_week", "monday", "rows", "pages"]), ["2026-W47", "2026-11-16", "", ""]);
        assert!(cells(&missing, ["remark"])[0].starts_with("No snapshot"));
        let imported = line(Imported, &[Imported]);
        assert_eq!(cells(&imported, ["pages"]), ["4"]);
        assert!(cells(&imported, ["remark"])[0].starts_with("Imported"));
    }
}
