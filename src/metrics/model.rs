//! The star schema: one fact table with a row per page and week, and its dimensions.
//!
//! All tables are built from the rows of the history by column name, so that they agree with it. Every key of a fact has
//! a row in its dimension.

mod calendar;
mod labels;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use chrono::NaiveDate;

use calendar::{DimWeek, WEEK};
use labels::LABEL;
pub use labels::{BridgeLabel, PageLabel};

use super::columns::{self, PageColumn};
use super::findings;
use super::judgement::health_weights;
use super::link_problems;
use super::page_row::BLOG_POST;
use super::summary::WeekStatus;
use crate::inventory::snapshot::MetricGroup;
use crate::spreadsheet::{Column, Field, PlainSheet, Record, Sheet, Value, column_names, documentation, write_rows};

// names of files in the data dictionary
const HISTORY: &str = "confluence_data_*";
const WEEKS: &str = "history/*";
const LINKS: &str = "findings/broken_links;findings/archived_links";
const EXTERNAL_LINKS: &str = "findings/external_links";
/// The group of columns that are always read.
const CORE: &str = "core";

/// Keys of the fact table: its first columns.
const KEYS: [&PageColumn; 6] =
    columns::named(["snapshot_week", "page_id", "space_key", "creator_id", "owner_id", "last_editor_id"]);
/// Texts with few distinct values, useful for grouping.
const GROUPS: [&PageColumn; 8] = columns::named([
    "staleness",
    "workflow_name",
    "workflow_state",
    "workflow_source",
    "days_since_view_bucket",
    "content_type",
    "fetch_status",
    "snapshot_status",
]);
/// Columns of a page and week that are not numbers: more texts to group by, times, reasons.
const DETAILS: [&PageColumn; 11] = columns::named([
    "owner_value",
    "project_relevance",
    "updated_at",
    "workflow_since",
    "workflow_since_source",
    "workflow_due",
    "workflow_due_window",
    "content_state",
    "content_state_since",
    "health_reasons",
    "thresholds_from",
]);
/// Columns of the page dimension, with the values of the last week that holds the page.
const PAGE: [&PageColumn; 16] = columns::named([
    "page_id",
    "page_title",
    "page_url",
    "short_url",
    "space_key",
    "parent_id",
    "parent_type",
    "path",
    "status",
    "labels",
    "language",
    "editor",
    "created_at",
    "creator_id",
    "owner_id",
    "macro_names",
]);
const SPACE: [&PageColumn; 4] = columns::named(["space_key", "space_id", "space_name", "space_type"]);
/// Columns that name a person: id, name, active.
const CREATOR: [&PageColumn; 2] = columns::named(["creator_id", "creator_name"]);
const OWNER: [&PageColumn; 3] = columns::named(["owner_id", "owner_name", "owner_active"]);
const LAST_EDITOR: [&PageColumn; 3] = columns::named(["last_editor_id", "last_editor", "last_editor_active"]);

/// Returns the columns of the fact table: keys, groups, all numbers, details.
pub fn fact_columns() -> Vec<&'static PageColumn> {
    let measures = columns::all().into_iter().filter(|column| column.holds.is_number());
    KEYS.into_iter().chain(GROUPS).chain(measures).chain(DETAILS).collect()
}

/// Builds the dimensions. The facts need no building: they are columns of the weeks.
#[derive(Debug, Default)]
pub struct Model {
    pages: BTreeMap<String, DimPage>,
    spaces: BTreeMap<String, Vec<Value>>,
    people: BTreeMap<String, DimPerson>,
    weeks: Vec<DimWeek>,
}

/// A page: its cells are those of the columns [`PAGE`].
#[derive(Debug, Default)]
struct DimPage {
    cells: Vec<Value>,
    first_week: String,
    last_week: String,
}

/// Columns of `dim_page.csv` that follow those of [`PAGE`].
const WEEKS_OF_PAGE: &[Column<PlainSheet<DimPage>>] = &[
    Column::<PlainSheet<DimPage>>::text("first_week", |page| Value::text(&*page.first_week))
        .says("First ISO week that has the page.")
        .from("the history"),
    Column::<PlainSheet<DimPage>>::text("last_week", |page| Value::text(&*page.last_week))
        .says("Last ISO week that has the page.")
        .from("the history"),
];

#[derive(Debug, Default, Clone)]
struct DimPerson {
    id: String,
    name: String,
    /// `None` if it was never read.
    active: Option<bool>,
}

/// Columns of `dim_user.csv`.
const PERSON: &[Column<PlainSheet<DimPerson>>] = &[
    Column::<PlainSheet<DimPerson>>::text("user_id", |person| Value::text(&*person.id))
        .says("Account id of a creator, owner or last editor.")
        .from("creator_id, owner_id, last_editor_id"),
    Column::<PlainSheet<DimPerson>>::text("user_name", |person| Value::text(&*person.name))
        .says("Name of the account, as it was read last.")
        .from("creator_name, owner_name, last_editor")
        .empty("the name was never read"),
    Column::<PlainSheet<DimPerson>>::flag("active", |person| Value::maybe(person.active, Value::Flag))
        .says("Whether the account was active when it was read last.")
        .from("owner_active, last_editor_active")
        .empty("the account was never read"),
];

impl Model {
    /// Returns the columns that [`Self::add`] reads.
    pub fn columns() -> Vec<&'static str> {
        let columns = [&PAGE[..], &SPACE, &CREATOR, &OWNER, &LAST_EDITOR, &GROUPS[5..6]].concat();
        let names: BTreeSet<&str> = columns.into_iter().map(|column| column.name).collect();
        names.into_iter().collect()
    }

    /// Begins a week. Weeks are added from the newest to the oldest, so that the dimensions keep the latest values. A week
    /// without a snapshot has the status `Missing` and gets no rows. `in_trends` is whether at least one space of the week is
    /// complete or imported.
    pub fn begin_week(&mut self, week: &str, monday: NaiveDate, status: WeekStatus, in_trends: bool) {
        let ago = self.weeks.len() as u64;
        self.weeks.push(DimWeek { week: week.to_owned(), monday, status, in_trends, pages: 0, posts: 0, ago });
    }

    /// Adds a row of the week that was begun last.
    pub fn add(&mut self, row: Record<'_>) {
        let Some(week) = self.weeks.last_mut() else { return };
        let is_post = text_of(row, GROUPS[5]) == BLOG_POST;
        *(if is_post { &mut week.posts } else { &mut week.pages }) += 1;
        if let Some(page) = self.pages.get_mut(text_of(row, KEYS[1])) {
            page.first_week.clone_from(&week.week);
        } else {
            let page =
                DimPage { cells: cells(row, &PAGE), first_week: week.week.clone(), last_week: week.week.clone() };
            self.pages.insert(text_of(row, KEYS[1]).to_owned(), page);
        }
        let space = text_of(row, SPACE[0]);
        if !self.spaces.contains_key(space) {
            self.spaces.insert(space.to_owned(), cells(row, &SPACE));
        }
        self.remember_person(row, CREATOR, None);
        self.remember_person(row, [OWNER[0], OWNER[1]], Some(OWNER[2]));
        self.remember_person(row, [LAST_EDITOR[0], LAST_EDITOR[1]], Some(LAST_EDITOR[2]));
    }

    fn remember_person(&mut self, row: Record<'_>, [id, name]: [&PageColumn; 2], active: Option<&PageColumn>) {
        let id = text_of(row, id);
        if id.is_empty() {
            return;
        }
        let active = || active.and_then(|active| row.flag(active.name));
        if let Some(person) = self.people.get_mut(id) {
            person.active = person.active.or_else(active);
        } else {
            let person = DimPerson { id: id.to_owned(), name: text_of(row, name).to_owned(), active: active() };
            self.people.insert(id.to_owned(), person);
        }
    }

    /// Returns the dimensions: pages, spaces, people and all weeks from the first to the newest, also those without a
    /// snapshot.
    pub fn tables(&self) -> [ModelTable; 4] {
        let pages = self.pages.values().map(|page| {
            let weeks = WEEKS_OF_PAGE.iter().map(|column| column.value(page));
            page.cells.iter().cloned().chain(weeks).collect()
        });
        [
            ModelTable {
                name: "dim_page",
                fields: PAGE.into_iter().map(Column::field).chain(WEEKS_OF_PAGE.iter().map(Column::field)).collect(),
                rows: pages.collect(),
            },
            ModelTable {
                name: "dim_space",
                fields: SPACE.into_iter().map(Column::field).collect(),
                rows: self.spaces.values().cloned().collect(),
            },
            ModelTable::of("dim_user", PERSON, self.people.values()),
            ModelTable::of("dim_week", WEEK, self.weeks.iter().rev()),
        ]
    }
}

/// Returns all tables of the model, without rows.
pub fn tables() -> Vec<ModelTable> {
    let fields = fact_columns().into_iter().map(Column::field).collect();
    let facts = ModelTable { name: "fact_page_week", fields, rows: Vec::new() };
    let labels = ModelTable { name: BridgeLabel::NAME, fields: BridgeLabel::fields(), rows: Vec::new() };
    std::iter::once(facts).chain(Model::default().tables()).chain([labels]).collect()
}

/// A table of the model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelTable {
    /// Name of its files, without the extension.
    pub name: &'static str,
    pub fields: Vec<Field>,
    pub rows: Vec<Vec<Value>>,
}

impl ModelTable {
    fn of<'r, R: 'static>(
        name: &'static str,
        columns: &[Column<PlainSheet<R>>],
        rows: impl IntoIterator<Item = &'r R>,
    ) -> Self {
        let rows = rows.into_iter().map(|row| columns.iter().map(|column| column.value(row)).collect());
        Self { name, fields: columns.iter().map(Column::field).collect(), rows: rows.collect() }
    }
}

/// Returns the cell of a column. An empty text becomes an empty cell: the tables of the model have no empty texts.
fn cell<'r>(row: Record<'r>, column: &PageColumn) -> &'r Value {
    match row.value(column.name) {
        Value::Text(text) if text.is_empty() => &Value::Empty,
        value => value,
    }
}

fn cells(row: Record<'_>, columns: &[&PageColumn]) -> Vec<Value> {
    columns.iter().map(|column| cell(row, column).clone()).collect()
}

/// Returns the text of a column, or an empty text.
fn text_of<'r>(row: Record<'r>, column: &PageColumn) -> &'r str {
    row.text(column.name).unwrap_or_default()
}

/// Returns a line of the data dictionary: a column and the tables that have it.
fn entry<S: Sheet>(column: &Column<S>, group: &str, tables: &str) -> Vec<Value> {
    [column.name, tables, group, column.unit, column.definition, column.source, column.empty].map(Value::text).into()
}

/// Writes `data_dictionary.csv`: all columns of all files, and the weights of the health score.
pub fn write_dictionary(sink: &mut dyn Write) -> io::Result<()> {
    let facts: BTreeSet<&str> = fact_columns().iter().map(|column| column.name).collect();
    let has = |columns: &[&PageColumn], name| columns.iter().any(|column| column.name == name);
    let of_pages = columns::all().into_iter().map(|column| {
        let name = column.name;
        let mut tables = vec![if column.only_in_weeks { WEEKS } else { HISTORY }];
        tables.extend(facts.contains(name).then_some("fact_page_week"));
        tables.extend(has(&PAGE, name).then_some("dim_page"));
        tables.extend(has(&SPACE, name).then_some("dim_space"));
        tables.extend(findings::COLUMNS.iter().any(|column| column.name == name).then_some("findings/*"));
        tables.extend(link_problems::COLUMNS.iter().any(|column| column.name == name).then_some(LINKS));
        tables.extend(link_problems::EXTERNAL.iter().any(|column| column.name == name).then_some(EXTERNAL_LINKS));
        entry(column, column.group.unwrap_or(MetricGroup::Core).name(), &tables.join(";"))
    });
    let weights = health_weights().map(|(reason, weight)| {
        let definition = format!("\"{reason}\" lowers health_score by {weight}.");
        let cells = ["health_reasons", HISTORY, CORE, "score", &definition, "other columns of the row", "never"];
        cells.map(Value::text).into()
    });
    let lines = of_pages
        .chain(WEEKS_OF_PAGE.iter().map(|column| entry(column, CORE, "dim_page")))
        .chain(PERSON.iter().map(|column| entry(column, CORE, "dim_user")))
        .chain(WEEK.iter().map(|column| entry(column, CORE, "dim_week")))
        .chain(LABEL.iter().map(|column| entry(column, CORE, BridgeLabel::NAME)))
        .chain(findings::OWN.iter().map(|column| entry(column, CORE, "findings/*")))
        .chain(link_problems::OWN.iter().map(|column| entry(column, MetricGroup::Links.name(), LINKS)))
        .chain(link_problems::OWN_EXTERNAL.iter().map(|column| entry(column, CORE, EXTERNAL_LINKS)))
        .chain(weights);
    let header = ["column", "tables", "group", "unit", "definition", "source", "empty_when"];
    write_rows(sink, header, lines)
}

/// Returns the sections of `docs/metrics.md` that describe the tables of the model.
pub(super) fn documentation_sections() -> Vec<(&'static str, String)> {
    let facts = format!("In order: {}.\n", column_names(fact_columns()));
    let pages = format!("Page metrics {}, and:\n\n{}", column_names(PAGE), documentation(WEEKS_OF_PAGE));
    let spaces = format!("Page metrics {}.\n", column_names(SPACE));
    vec![
        ("fact_page_week", facts),
        ("dim_page", pages),
        ("dim_space", spaces),
        ("dim_user", documentation(PERSON)),
        ("dim_week", documentation(WEEK)),
        (BridgeLabel::NAME, documentation(LABEL)),
    ]
}
