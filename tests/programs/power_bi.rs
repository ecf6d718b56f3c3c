//! Files for Power BI and Tableau. The programs cannot run here, so the tests check names, types and syntax.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use regex::Regex;

use super::{data, duckdb, output_of};
use test_support::optional_tests;

test_support::trials! {
    [DUCKDB]:
        sync queries_name_every_column_with_its_type,
        sync the_note_names_every_column;
    [NODE, POWER_QUERY]: sync queries_are_well_formed;
    []: sync the_power_bi_connection_has_the_path_of_the_tables;
}

const TABLES: [&str; 6] = ["fact_page_week", "dim_page", "dim_space", "dim_user", "dim_week", "bridge_label"];

fn model_file(name: &str) -> String {
    fs::read_to_string(data().join("model").join(name)).unwrap()
}

/// Returns the queries by name.
fn queries() -> BTreeMap<String, String> {
    let text = model_file("power_query.txt");
    let query = |part: &str| {
        let (name, query) = part.trim_start_matches("// ").split_once('\n').unwrap();
        (name.to_owned(), query.to_owned())
    };
    text.split("\n\n").map(query).collect()
}

/// Returns the columns of the Parquet files by table, with their `DuckDB` types.
fn columns() -> BTreeMap<&'static str, Vec<[String; 2]>> {
    let describe = TABLES.map(|table| format!("SELECT column_name, column_type FROM (DESCRIBE {table})"));
    let results = duckdb::ask(describe.each_ref().map(|query| &**query));
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let columns = results.map(|rows| rows.iter().map(|row| [text(&row[0]), text(&row[1])]).collect());
    TABLES.into_iter().zip(columns).collect()
}

fn queries_name_every_column_with_its_type() {
    let (queries, columns) = (queries(), columns());
    assert_eq!(queries.len(), TABLES.len() + 1, "a parameter and the tables");
    let typed = Regex::new(r#"\{"([^"]+)", ([^}]+)\}"#).unwrap();
    for (table, columns) in &columns {
        let named = typed.captures_iter(&queries[*table]).map(|pair| {
            let holds = match &pair[2] {
                "type text" => "VARCHAR",
                "Int64.Type" => "BIGINT",
                "type number" => "DOUBLE",
                "type logical" => "BOOLEAN",
                "type date" => "DATE",
                "type datetimezone" => "TIMESTAMP WITH TIME ZONE",
                other => panic!("{other}"),
            };
            [pair[1].to_owned(), holds.to_owned()]
        });
        assert_eq!(&named.collect::<Vec<_>>(), columns, "{table}");
    }
    let relation = Regex::new(r"(\w+)\[(\w+)\]").unwrap();
    let named: Vec<_> = relation.captures_iter(&queries["folder"]).collect();
    assert!(named.len() > 12, "{named:?}");
    for place in named {
        assert!(columns[&place[1]].iter().any(|[column, _]| *column == place[2]), "{place:?}");
    }
}

fn the_note_names_every_column() {
    let (note, columns) = (model_file("tableau.txt"), columns());
    for (table, columns) in &columns {
        let lines = note.lines().filter(|line| line.starts_with(&format!("{table}, ")));
        let named: BTreeSet<&str> = lines.flat_map(|line| line.split_once(": ").unwrap().1.split(", ")).collect();
        assert_eq!(named, columns.iter().map(|[column, _]| column.as_str()).collect(), "{table}");
    }
    let relations: Vec<_> = note.lines().filter_map(|line| line.split_once(" = ")).collect();
    assert_eq!(relations.len(), 8);
    for place in relations.into_iter().flat_map(|(one, other)| [one, other]) {
        let (table, key) = place.split_once('.').unwrap();
        assert!(columns[table].iter().any(|[column, _]| column == key), "{place}");
    }
}

fn queries_are_well_formed() {
    let script = "const { TaskUtils, DefaultSettings } = require(process.argv[1]);
        Promise.all(process.argv.slice(2).map(query => TaskUtils.tryLexParse(DefaultSettings, query)))
            .then(tasks => console.log(JSON.stringify(tasks.map(task => [TaskUtils.isParseStageOk(task)]))));";
    let queries = queries();
    let broken = queries["folder"].replace(" meta ", " ");
    let mut node = Command::new("node");
    node.args(["-e", script]).arg(optional_tests::power_query_parser().unwrap()).args(queries.values()).arg(broken);
    let mut expected = vec!["[true]"; queries.len()];
    expected.push("[false]");
    assert_eq!(output_of(&mut node).trim(), format!("[{}]", expected.join(",")));
}

fn the_power_bi_connection_has_the_path_of_the_tables() {
    let connection: serde_json::Value = serde_json::from_str(&model_file("confluence_data.pbids")).unwrap();
    assert_eq!(connection["version"], "0.1");
    let connections = connection["connections"].as_array().unwrap();
    assert_eq!((connections.len(), &connections[0]["mode"]), (1, &"Import".into()));
    let details = &connections[0]["details"];
    assert_eq!(details["protocol"], "folder");
    let path = details["address"]["path"].as_str().unwrap();
    assert_eq!(path, data().join("model").to_str().unwrap());
    assert!(queries()["folder"].contains(&format!("\n\"{path}\" meta [")));
}
