//! The star schema: one table of facts per page and week, and what its keys mean.
//!
//! All tables are made from the rows of the history by the names of their columns, so that they agree with it, and
//! every key of a fact is in its dimension.

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
use super::row::BLOG_POST;
use super::summary::WeekStatus;
use crate::inventory::snapshot::MetricGroup;
use crate::spreadsheet::{Column, Field, Plain, Record, Sheet, Value, documentation, write_rows};

/// The files of the history in the data dictionary.
const HISTORY: &str = "confluence_data_*";
/// The files of the weeks themselves.
const WEEKS: &str = "history/*";
/// The lists of links that somebody should look at.
const LINKS: &str = "findings/broken_links;findings/archived_links";
/// The list of links elsewhere.
const EXTERNAL_LINKS: &str = "findings/external_links";
/// The group of what needs no other one.
const CORE: &str = "core";

/// Keys of the fact table, behind which its measures stand.
const KEYS: [&PageColumn; 6] =
    columns::named(["snapshot_week", "page_id", "space_key", "creator_id", "owner_id", "last_editor_id"]);
/// Texts of few different values, which are worth grouping by.
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
/// What is said of a page in one week beside its measures: words to group by, moments, reasons.
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
/// What is said of a page once, as it was when it was seen last.
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

/// Columns of the fact table: keys, groups, all that can be added up or averaged, and details.
pub fn fact_columns() -> Vec<&'static PageColumn> {
    let measures = columns::all().into_iter().filter(|column| column.holds.is_number());
    KEYS.into_iter().chain(GROUPS).chain(measures).chain(DETAILS).collect()
}

/// The dimensions, as far as they have been filled. The facts are columns of the weeks as they are.
#[derive(Debug, Default)]
pub struct Model {
    pages: BTreeMap<String, DimPage>,
    spaces: BTreeMap<String, Vec<Value>>,
    people: BTreeMap<String, DimPerson>,
    weeks: Vec<DimWeek>,
}

/// A page, with the cells of [`PAGE`].
#[derive(Debug, Default)]
struct DimPage {
    cells: Vec<Value>,
    first_week: String,
    last_week: String,
}

/// Columns of `dim_page.csv` behind those of [`PAGE`].
const WEEKS_OF_PAGE: &[Column<Plain<DimPage>>] = &[
    Column::<Plain<DimPage>>::text("first_week", |page| Value::text(&*page.first_week))
        .says("First ISO week that holds the page.")
        .from("the history"),
    Column::<Plain<DimPage>>::text("last_week", |page| Value::text(&*page.last_week))
        .says("Last ISO week that holds the page.")
        .from("the history"),
];

#[derive(Debug, Default, Clone)]
struct DimPerson {
    id: String,
    name: String,
    /// `None` where it was never read.
    active: Option<bool>,
}

/// Columns of `dim_user.csv`.
const PERSON: &[Column<Plain<DimPerson>>] = &[
    Column::<Plain<DimPerson>>::text("user_id", |person| Value::text(&*person.id))
        .says("Account id of a creator, owner or last editor.")
        .from("creator_id, owner_id, last_editor_id"),
    Column::<Plain<DimPerson>>::text("user_name", |person| Value::text(&*person.name))
        .says("Name, as it was last seen.")
        .from("creator_name, owner_name, last_editor")
        .empty("the name was never read"),
    Column::<Plain<DimPerson>>::flag("active", |person| Value::maybe(person.active, Value::Flag))
        .says("The account is active, as it was last seen.")
        .from("owner_active, last_editor_active")
        .empty("the account was never read"),
];

impl Model {
    /// The columns that [`Self::add`] looks at.
    pub fn columns() -> Vec<&'static str> {
        let columns = [&PAGE[..], &SPACE, &CREATOR, &OWNER, &LAST_EDITOR, &GROUPS[5..6]].concat();
        let names: BTreeSet<&str> = columns.into_iter().map(|column| column.name).collect();
        names.into_iter().collect()
    }

    /// Begins a week: the newest first, so that what is said of a page is what was seen last, and then each one before. A
    /// week without a snapshot is missing, and gets no rows. A week is in trends when one of its spaces is complete.
    pub fn begin_week(&mut self, week: &str, monday: NaiveDate, status: WeekStatus, in_trends: bool) {
        let ago = self.weeks.len() as u64;
        self.weeks.push(DimWeek { week: week.to_owned(), monday, status, in_trends, pages: 0, posts: 0, ago });
    }

    /// Adds a row of the week that was begun last.
    pub fn add(&mut self, row: Record<'_>) {
        let Some(week) = self.weeks.last_mut() else { return };
        let is_post = known(row, GROUPS[5]) == BLOG_POST;
        *(if is_post { &mut week.posts } else { &mut week.pages }) += 1;
        if let Some(page) = self.pages.get_mut(known(row, KEYS[1])) {
            page.first_week.clone_from(&week.week);
        } else {
            let page =
                DimPage { cells: cells(row, &PAGE), first_week: week.week.clone(), last_week: week.week.clone() };
            self.pages.insert(known(row, KEYS[1]).to_owned(), page);
        }
        let space = known(row, SPACE[0]);
        if !self.spaces.contains_key(space) {
            self.spaces.insert(space.to_owned(), cells(row, &SPACE));
        }
        self.remember_person(row, CREATOR, None);
        self.remember_person(row, [OWNER[0], OWNER[1]], Some(OWNER[2]));
        self.remember_person(row, [LAST_EDITOR[0], LAST_EDITOR[1]], Some(LAST_EDITOR[2]));
    }

    fn remember_person(&mut self, row: Record<'_>, [id, name]: [&PageColumn; 2], active: Option<&PageColumn>) {
        let id = known(row, id);
        if id.is_empty() {
            return;
        }
        let active = || active.and_then(|active| row.flag(active.name));
        if let Some(person) = self.people.get_mut(id) {
            person.active = person.active.or_else(active);
        } else {
            let person = DimPerson { id: id.to_owned(), name: known(row, name).to_owned(), active: active() };
            self.people.insert(id.to_owned(), person);
        }
    }

    /// The dimensions: pages, spaces, people, and every week from the first to the last, those without a snapshot too.
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

/// All tables of the model, without rows.
pub fn tables() -> Vec<ModelTable> {
    let fields = fact_columns().into_iter().map(Column::field).collect();
    let facts = ModelTable { name: "fact_page_week", fields, rows: Vec::new() };
    let labels = ModelTable { name: BridgeLabel::NAME, fields: BridgeLabel::fields(), rows: Vec::new() };
    std::iter::once(facts).chain(Model::default().tables()).chain([labels]).collect()
}

/// A table of the model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelTable {
    /// Name of its files, without an ending.
    pub name: &'static str,
    /// Its columns.
    pub fields: Vec<Field>,
    /// Its rows.
    pub rows: Vec<Vec<Value>>,
}

impl ModelTable {
    fn of<'r, R: 'static>(
        name: &'static str,
        columns: &[Column<Plain<R>>],
        rows: impl IntoIterator<Item = &'r R>,
    ) -> Self {
        let rows = rows.into_iter().map(|row| columns.iter().map(|column| column.value(row)).collect());
        Self { name, fields: columns.iter().map(Column::field).collect(), rows: rows.collect() }
    }
}

/// The cell of a column. The tables of the model have no empty texts: those stand as nothing.
fn cell<'r>(row: Record<'r>, column: &PageColumn) -> &'r Value {
    match row.value(column.name) {
        Value::Text(text) if text.is_empty() => &Value::Empty,
        value => value,
    }
}

fn cells(row: Record<'_>, columns: &[&PageColumn]) -> Vec<Value> {
    columns.iter().map(|column| cell(row, column).clone()).collect()
}

/// The text of a column; nothing where it is not known.
fn known<'r>(row: Record<'r>, column: &PageColumn) -> &'r str {
    row.text(column.name).unwrap_or_default()
}

/// A line of the data dictionary: a column and the tables it stands in.
fn entry<S: Sheet>(column: &Column<S>, group: &str, tables: &str) -> Vec<Value> {
    [column.name, tables, group, column.unit, column.definition, column.source, column.empty].map(Value::text).into()
}

/// Writes `data_dictionary.csv`: every column of every file, and the weights of the health score.
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
        let says = format!("\"{reason}\" takes {weight} off health_score");
        ["health_reasons", HISTORY, CORE, "score", &says, "this row", "never"].map(Value::text).into()
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

/// The columns of the model's tables in Markdown.
pub fn columns_page() -> String {
    let with = |heading: &str, says: &str, columns: String| format!("## {heading}\n\n{says}\n\n{columns}");
    let names = |columns: &[&PageColumn]| {
        columns.iter().map(|column| format!("`{}`", column.name)).collect::<Vec<_>>().join(", ")
    };
    let pages = format!("`model/dim_page.csv`: of the pages' columns {}; and", names(&PAGE));
    [
        with("Model", "`model/fact_page_week.csv`, one row for each page and week:", documentation(fact_columns())),
        with("Model: pages", &pages, documentation(WEEKS_OF_PAGE)),
        with("Model: spaces", "`model/dim_space.csv`:", documentation(SPACE)),
        with("Model: people", "`model/dim_user.csv`:", documentation(PERSON)),
        with("Model: weeks", "`model/dim_week.csv`:", documentation(WEEK)),
        with(
            "Model: labels",
            "`model/bridge_label.csv`, one row for each label of a page in a week:",
            documentation(LABEL),
        ),
    ]
    .join("\n")
}
