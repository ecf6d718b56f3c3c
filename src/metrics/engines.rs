//! What opens the files of the history in other programs: views for `DuckDB`, a connection and queries for Power BI, a
//! note for Tableau. All names and types are those of the tables themselves.

use std::io::{self, Write};
use std::path::Path;

use askama::Template;
use serde_json::json;

use super::model::{BridgeLabel, ModelTable, tables};
use super::staleness::Staleness;
use crate::spreadsheet::{Field, Type};

/// A key of one table and the dimension that explains it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Relation {
    of: &'static str,
    column: &'static str,
    table: &'static str,
    key: &'static str,
    /// Of several relations to one table, Power BI follows only one by itself.
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

/// Where labels hang in a model that joins tables by one column only.
const LABELS: [Relation; 2] = [
    Relation::new("snapshot_week", "dim_week", "snapshot_week").of(BridgeLabel::NAME),
    Relation::new("page_id", "dim_page", "page_id").of(BridgeLabel::NAME),
];

#[derive(Template)]
#[template(path = "model/views.sql", escape = "none")]
struct Views {
    tables: Vec<ModelTable>,
    /// Staleness of outdated pages, as a list in SQL.
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

/// Writes `views.sql`: everything as views in `DuckDB`.
pub fn write_views(sink: &mut dyn Write) -> io::Result<()> {
    let outdated = Staleness::ALL.into_iter().filter(|staleness| staleness.is_outdated());
    let outdated: Vec<String> = outdated.map(|staleness| format!("'{}'", staleness.name())).collect();
    Views { tables: tables(), outdated: outdated.join(", ") }.write_into(sink)
}

/// Writes `confluence_data.pbids`: a connection of Power BI to the folder `model`.
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

/// Writes `tableau.txt`: how the CSV files belong together.
pub fn write_note(sink: &mut dyn Write) -> io::Result<()> {
    Tableau { relations: RELATIONS, tables: tables() }.write_into(sink)
}

/// Neither program resolves a relative path.
fn absolute(path: &Path) -> io::Result<String> {
    Ok(std::path::absolute(path)?.to_string_lossy().into_owned())
}

/// The type of a column in the language of Power Query.
fn m_type(field: &Field) -> &'static str {
    match field.holds {
        Type::Text => "type text",
        Type::Integer => "Int64.Type",
        Type::Decimal(_) => "type number",
        Type::Flag => "type logical",
        Type::Date => "type date",
        Type::Time => "type datetimezone",
    }
}

/// The columns of each type in the words of Tableau.
fn by_type(table: &ModelTable) -> Vec<(&'static str, Vec<&str>)> {
    let in_tableau = |holds| match holds {
        Type::Text => "string",
        Type::Integer | Type::Flag => "number (whole)",
        Type::Decimal(_) => "number (decimal)",
        Type::Date => "date",
        Type::Time => "date & time",
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
    fn relations_join_columns_that_are_there() {
        let tables = tables();
        let has = |table: &str, column: &str| {
            let table = tables.iter().find(|known| known.name == table).unwrap();
            table.fields.iter().any(|field| field.name == column)
        };
        for Relation { of, column, table, key, .. } in RELATIONS.into_iter().chain(LABELS) {
            assert!(has(of, column) && has(table, key), "{of}.{column} = {table}.{key}");
        }
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
