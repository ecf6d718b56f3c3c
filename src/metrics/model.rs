//! The star schema: one table of facts per page and week, and what its keys mean.
//!
//! All tables are made from the rows of the history by the names of their columns, so that they agree with it, and
//! every key of a fact is in its dimension.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use super::columns::{self, Column};
use super::judgement::health_weights;
use super::summary::WeekStatus;
use crate::spreadsheet::{Table, TableWriter, Value};

/// Keys of the fact table, behind which its measures stand.
const KEYS: [&str; 6] = ["snapshot_week", "page_id", "space_key", "creator_id", "owner_id", "last_editor_id"];
/// Texts of few different values, which are worth grouping by.
const GROUPS: [&str; 7] = [
    "staleness",
    "workflow_name",
    "workflow_state",
    "workflow_source",
    "days_since_view_bucket",
    "content_type",
    "fetch_status",
];
/// Units of columns that can be added up or averaged.
const MEASURED: [&str; 8] = ["count", "days", "bytes", "minutes", "0/1", "score", "share", "number"];
/// What is said of a page once, as it was when it was seen last.
const PAGE: [&str; 16] = [
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
];
const SPACE: [&str; 4] = ["space_key", "space_id", "space_name", "space_type"];
/// Columns that name a person: id, name, active.
const PEOPLE: [[&str; 3]; 3] = [
    ["creator_id", "creator_name", ""],
    ["owner_id", "owner_name", "owner_active"],
    ["last_editor_id", "last_editor", "last_editor_active"],
];

/// Columns of the fact table.
pub fn fact_columns() -> Vec<&'static str> {
    let measures = columns::all();
    let measures = measures.iter().filter(|column| MEASURED.contains(&column.unit) && !KEYS.contains(&column.name));
    KEYS.into_iter().chain(GROUPS).chain(measures.map(|column| column.name)).collect()
}

/// The tables, as far as they have been filled.
#[derive(Debug, Default)]
pub struct Model {
    pages: BTreeMap<String, DimPage>,
    spaces: BTreeMap<String, Vec<String>>,
    people: BTreeMap<String, (String, String)>,
    weeks: Vec<(String, String, WeekStatus, u64)>,
}

#[derive(Debug, Default)]
struct DimPage {
    cells: Vec<String>,
    first_week: String,
    last_week: String,
}

impl Model {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a week that has no snapshot.
    pub fn missing_week(&mut self, week: &str, monday: &str) {
        self.weeks.push((week.to_owned(), monday.to_owned(), WeekStatus::Missing, 0));
    }

    /// Adds the rows of a week, the oldest week first, and writes its facts.
    pub fn add_week(
        &mut self,
        week: &str,
        monday: &str,
        status: WeekStatus,
        table: &Table,
        facts: &mut TableWriter<'_>,
    ) -> io::Result<()> {
        self.weeks.push((week.to_owned(), monday.to_owned(), status, table.rows.len() as u64));
        let at = table.columns();
        let wanted = fact_columns();
        let types = types_of(&wanted);
        for row in &table.rows {
            let cell = |name: &str| at.get(name).and_then(|at| row.get(*at)).map(String::as_str).unwrap_or_default();
            for (name, is_number) in wanted.iter().zip(&types) {
                let text = cell(name);
                facts.value(&if text.is_empty() {
                    Value::Empty
                } else if *is_number {
                    number(text)
                } else {
                    Value::text(text)
                })?;
            }
            facts.end_row()?;
            self.remember(week, &cell);
        }
        Ok(())
    }

    fn remember<'c>(&mut self, week: &str, cell: &impl Fn(&str) -> &'c str) {
        let page = self.pages.entry(cell("page_id").to_owned()).or_default();
        if page.first_week.is_empty() {
            week.clone_into(&mut page.first_week);
        }
        week.clone_into(&mut page.last_week);
        page.cells = PAGE.iter().map(|name| cell(name).to_owned()).collect();
        let space = SPACE.iter().map(|name| cell(name).to_owned()).collect();
        self.spaces.insert(cell("space_key").to_owned(), space);
        for [id, name, active] in PEOPLE {
            if !cell(id).is_empty() {
                let known = self.people.entry(cell(id).to_owned()).or_default();
                cell(name).clone_into(&mut known.0);
                if !cell(active).is_empty() {
                    cell(active).clone_into(&mut known.1);
                }
            }
        }
    }

    /// Writes `dim_page.csv`.
    pub fn write_pages(&self, sink: &mut dyn Write) -> io::Result<()> {
        let header = format!("{},first_week,last_week", PAGE.join(","));
        let rows = self.pages.values().map(|page| {
            let cells = page.cells.iter().map(String::as_str);
            cells.chain([page.first_week.as_str(), page.last_week.as_str()]).collect()
        });
        texts(sink, &header, rows)
    }

    /// Writes `dim_space.csv`.
    pub fn write_spaces(&self, sink: &mut dyn Write) -> io::Result<()> {
        texts(sink, &SPACE.join(","), self.spaces.values().map(|space| space.iter().map(String::as_str).collect()))
    }

    /// Writes `dim_user.csv`.
    pub fn write_people(&self, sink: &mut dyn Write) -> io::Result<()> {
        let mut table = TableWriter::new(sink, "user_id,user_name,active")?;
        for (id, (name, active)) in &self.people {
            table.text(id)?;
            table.text(name)?;
            table.value(&if active.is_empty() { Value::Empty } else { number(active) })?;
            table.end_row()?;
        }
        Ok(())
    }

    /// Writes `dim_week.csv`: every week from the first to the last, those without a snapshot too.
    pub fn write_weeks(&self, sink: &mut dyn Write) -> io::Result<()> {
        let mut table = TableWriter::new(sink, "snapshot_week,monday,status,in_trends,pages")?;
        for (week, monday, status, pages) in &self.weeks {
            table.text(week)?;
            table.text(monday)?;
            table.text(status.name())?;
            table.value(&Value::flag(matches!(status, WeekStatus::Complete | WeekStatus::Imported)))?;
            table.value(&if *status == WeekStatus::Missing { Value::Empty } else { Value::count(*pages) })?;
            table.end_row()?;
        }
        Ok(())
    }
}

/// Whether each column is a number.
fn types_of(names: &[&str]) -> Vec<bool> {
    let columns = columns::all();
    let numbers: BTreeSet<&str> =
        columns.iter().filter(|column| MEASURED.contains(&column.unit)).map(|column| column.name).collect();
    names.iter().map(|name| numbers.contains(name)).collect()
}

fn number(text: &str) -> Value {
    if let Ok(number) = text.parse() {
        return Value::Integer(number);
    }
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    match (text.parse(), u8::try_from(decimals)) {
        (Ok(number), Ok(decimals)) => Value::Decimal(number, decimals),
        _ => Value::Empty,
    }
}

fn texts<'r>(sink: &mut dyn Write, header: &str, rows: impl Iterator<Item = Vec<&'r str>>) -> io::Result<()> {
    let mut table = TableWriter::new(sink, header)?;
    for row in rows {
        for cell in row {
            if cell.is_empty() { table.value(&Value::Empty)? } else { table.text(cell)? }
        }
        table.end_row()?;
    }
    Ok(())
}

/// Columns that stand in single tables only, or that the history adds: name, tables, unit, definition, source, when
/// empty.
const FURTHER: [[&str; 6]; 13] = [
    [
        "snapshot_status",
        "confluence_data_*",
        "text",
        "complete, incomplete or imported: what the week is worth.",
        "history.json",
        "never",
    ],
    ["first_week", "dim_page", "text", "First ISO week that holds the page.", "the history", "never"],
    ["last_week", "dim_page", "text", "Last ISO week that holds the page.", "the history", "never"],
    [
        "user_id",
        "dim_user",
        "text",
        "Account id of a creator, owner or last editor.",
        "creator_id, owner_id, last_editor_id",
        "never",
    ],
    [
        "user_name",
        "dim_user",
        "text",
        "Name, as it was last seen.",
        "creator_name, owner_name, last_editor",
        "the name was never read",
    ],
    [
        "active",
        "dim_user",
        "0/1",
        "The account is active, as it was last seen.",
        "owner_active, last_editor_active",
        "the account was never read",
    ],
    [
        "snapshot_week",
        "dim_week",
        "text",
        "ISO week, from the first of the history to the newest.",
        "the history",
        "never",
    ],
    ["monday", "dim_week", "date", "The day the week begins.", "snapshot_week", "never"],
    [
        "status",
        "dim_week",
        "text",
        "complete, incomplete, imported, or missing for a week without a snapshot.",
        "history.json",
        "never",
    ],
    ["in_trends", "dim_week", "0/1", "Complete or imported: trends show it.", "status", "never"],
    ["pages", "dim_week", "count", "Rows of the week.", "the history", "no snapshot"],
    ["measure", "findings/*", "text", "What value counts.", "the kind of finding", "never"],
    [
        "value",
        "findings/*",
        "number",
        "What the pages of the list are sorted by.",
        "see measure",
        "the page is listed, but by how much is not known",
    ],
];

/// Writes `data_dictionary.csv`: every column of every file, and the weights of the health score.
pub fn write_dictionary(sink: &mut dyn Write) -> io::Result<()> {
    let mut table = TableWriter::new(sink, "column,tables,group,unit,definition,source,empty_when")?;
    let facts: BTreeSet<&str> = fact_columns().into_iter().collect();
    for Column { name, group, unit, definition, source, empty, .. } in columns::all() {
        let mut tables = vec!["confluence_data_*"];
        tables.extend(facts.contains(name).then_some("fact_page_week"));
        tables.extend(PAGE.contains(&name).then_some("dim_page"));
        tables.extend(SPACE.contains(&name).then_some("dim_space"));
        tables.extend(super::findings::COLUMNS.contains(&name).then_some("findings/*"));
        for cell in [name, &tables.join(";"), group.name(), unit, definition, source, empty] {
            table.text(cell)?;
        }
        table.end_row()?;
    }
    for [name, tables, unit, definition, source, empty] in FURTHER {
        for cell in [name, tables, "core", unit, definition, source, empty] {
            table.text(cell)?;
        }
        table.end_row()?;
    }
    for (reason, weight) in health_weights() {
        for cell in ["health_reasons", "confluence_data_*", "core", "score"] {
            table.text(cell)?;
        }
        table.text(&format!("\"{reason}\" takes {weight} off health_score"))?;
        for cell in ["this row", "never"] {
            table.text(cell)?;
        }
        table.end_row()?;
    }
    Ok(())
}
