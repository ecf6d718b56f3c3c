//! Files that load the history in other programs: views for `DuckDB`, a connection and queries for Power BI, instructions
//! for Tableau. All names and types are taken from the tables.

use std::io::{self, Write};
use std::path::Path;

use askama::Template;
use serde_json::json;

use super::model::{BridgeLabel, ModelTable, tables};
use super::staleness::Staleness;
use crate::spreadsheet::{ColumnType, Field};

/// A foreign key of one table and the dimension that it refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Relation {
    of: &'static str,
    column: &'static str,
    table: &'static str,
    key: &'static str,
    /// Power BI follows only one relation between two tables; the others are inactive.
    is_active: bool,
}

impl Relation {
    const fn new(column: &'static str, table: &'static str, key: &'static str) -> Self {
        Self { of: "fact_page_week", column, table, key, is_active: true }
    }

    const fn of(self, of: &'static str) -> Self {
        Self { of, ..self }
    }

    const fn inactive(self) -> Self {
        Self { is_active: false, ..self }
    }
}

const RELATIONS: [Relation; 6] = [
    Relation::new("snapshot_week", "dim_week", "snapshot_week"),
    Relation::new("page_id", "dim_page", "page_id"),
    Relation::new("space_key", "dim_space", "space_key"),
    Relation::new("owner_id", "dim_user", "user_id"),
    Relation::new("creator_id", "dim_user", "user_id").inactive(),
    Relation::new("last_editor_id", "dim_user", "user_id").inactive(),
];

/// Relations of the table of labels, for programs that join tables by one column only.
const LABELS: [Relation; 2] = [
    Relation::new("snapshot_week", "dim_week", "snapshot_week").of(BridgeLabel::NAME),
    Relation::new("page_id", "dim_page", "page_id").of(BridgeLabel::NAME),
];

#[derive(Template)]
#[template(path = "model/views.sql", escape = "none")]
struct Views {
    tables: Vec<ModelTable>,
    /// Staleness values of outdated pages, as an SQL list.
    outdated: String,
}

#[derive(Template)]
#[template(path = "model/power_query.txt", escape = "none")]
struct PowerQuery {
    folder: String,
    relations: Vec<Relation>,
    tables: Vec<ModelTable>,
}

#[derive(Template)]
#[template(path = "model/tableau.txt", escape = "none")]
struct Tableau {
    relations: [Relation; 6],
    tables: Vec<ModelTable>,
}

/// Writes `views.sql`: all tables as views for `DuckDB`.
pub fn write_views(sink: &mut dyn Write) -> io::Result<()> {
    let outdated = Staleness::ALL.into_iter().filter(|staleness| staleness.is_outdated());
    let outdated: Vec<String> = outdated.map(|staleness| format!("'{}'", staleness.name())).collect();
    Views { tables: tables(), outdated: outdated.join(", ") }.write_into(sink)
}

/// Writes `confluence_data.pbids`: a Power BI connection to the folder `model`.
pub fn write_connection(sink: &mut dyn Write, model: &Path) -> io::Result<()> {
    let connection = json!({
        "version": "0.1",
        "connections": [{
            "details": {"protocol": "folder", "address": {"path": absolute(model)?}},
            "mode": "Import",
        }],
    });
    writeln!(sink, "{connection:#}")
}

/// Writes `power_query.txt`: queries in M that load the Parquet files of the folder `model`.
pub fn write_queries(sink: &mut dyn Write, model: &Path) -> io::Result<()> {
    let folder = absolute(model)?.replace('"', "\"\"");
    PowerQuery { folder, relations: [&RELATIONS[..], &LABELS].concat(), tables: tables() }.write_into(sink)
}

/// Writes `tableau.txt`: how the CSV files are joined.
pub fn write_note(sink: &mut dyn Write) -> io::Result<()> {
    Tableau { relations: RELATIONS, tables: tables() }.write_into(sink)
}

/// Makes a path absolute: neither Power BI nor Power Query resolves a relative one.
fn absolute(path: &Path) -> io::Result<String> {
    Ok(std::path::absolute(path)?.to_string_lossy().into_owned())
}

/// Returns the type of a column in M, the language of Power Query.
fn m_type(field: &Field) -> &'static str {
    match field.holds {
        ColumnType::Text => "type text",
        ColumnType::Integer => "Int64.Type",
        ColumnType::Decimal(_) => "type number",
        ColumnType::Flag => "type logical",
        ColumnType::Date => "type date",
        ColumnType::Time => "type datetimezone",
    }
}

/// Groups the columns of a table by Tableau's type names.
fn by_type(table: &ModelTable) -> Vec<(&'static str, Vec<&str>)> {
    let in_tableau = |holds| match holds {
        ColumnType::Text => "string",
        ColumnType::Integer | ColumnType::Flag => "number (whole)",
        ColumnType::Decimal(_) => "number (decimal)",
        ColumnType::Date => "date",
        ColumnType::Time => "date & time",
    };
    let of = |name: &'static str| {
        let fields = table.fields.iter().filter(|field| in_tableau(field.holds) == name);
        (name, fields.map(|field| field.name.as_str()).collect())
    };
    let names = ["string", "number (whole)", "number (decimal)", "date", "date & time"];
    names.into_iter().map(of).filter(|(_, columns): &(_, Vec<_>)| !columns.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relations_join_existing_columns() {
        let tables = tables();
        let has = |table: &str, column: &str| {
            let table = tables.iter().find(|known| known.name == table).unwrap();
            table.fields.iter().any(|field| field.name == column)
        };
        for Relation { of, column, table, key, .. } in RELATIONS.into_iter().chain(LABELS) {
            assert!(has(of, column) && has(table, key), "{of}.{column} = {table}.{key}");
        }
    }

    /// The types are names in another language, so the compiler does not notice a wrong one.
    #[test]
    fn queries_name_types_that_power_query_has() {
        let mut sink = Vec::new();
        write_queries(&mut sink, Path::new("model")).unwrap();
        let text = String::from_utf8(sink).unwrap();
        let fields = tables().into_iter().flat_map(|table| table.fields);
        let types: std::collections::BTreeSet<&str> = fields.map(|field| m_type(&field)).collect();
        let known = ["Int64.Type", "type date", "type datetimezone", "type logical", "type number", "type text"];
        assert_eq!(types.into_iter().collect::<Vec<_>>(), known);
        assert!(known.iter().all(|name| text.contains(name)), "{text}");
    }

    #[test]
    fn paths_are_absolute_and_quoted() {
        let mut sink = Vec::new();
        write_queries(&mut sink, Path::new("a \"b\"")).unwrap();
        let text = String::from_utf8(sink).unwrap();
        assert!(text.contains("a \"\"b\"\"\" meta ["), "{text}");
        let mut sink = Vec::new();
        write_connection(&mut sink, Path::new("a \"b\"")).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&sink).unwrap();
        let path = read["connections"][0]["details"]["address"]["path"].as_str().unwrap();
        assert!(Path::new(path).is_absolute() && path.ends_with("a \"b\""), "{path}");
    }
}
