//! `DuckDB` reads the Parquet files of an audit: every value is that of the CSV files, and the queries of the
//! documentation run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Rows, duckdb, report, texts};

test_support::trials! {
    [DUCKDB]:
        sync every_value_is_that_of_the_csv_files,
        sync sums_are_those_of_the_csv_files,
        sync the_documented_queries_run;
}

/// Returns the results of queries in the folder of the report, without any definition.
fn ask<const N: usize>(queries: [&str; N]) -> [Rows; N] {
    duckdb::ask_from(&report(), "SELECT 1", Path::new("/dev/null"), &queries).try_into().unwrap()
}

/// Returns an expression for the text that a column has in the CSV file.
fn as_in_csv(column: &str, holds: &str) -> String {
    match holds {
        "VARCHAR" => format!("\"{column}\""),
        "BIGINT" => format!("CAST(\"{column}\" AS VARCHAR)"),
        "DOUBLE" => format!("printf('%.2f', \"{column}\")"),
        "TIMESTAMP WITH TIME ZONE" => format!("strftime(\"{column}\" AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ')"),
        "DATE" => format!("strftime(\"{column}\", '%Y-%m-%d')"),
        other => panic!("{column} is {other}"),
    }
}

fn every_value_is_that_of_the_csv_files() {
    for table in ["attachments", "versions"] {
        let describe = format!("SELECT column_name, column_type FROM (DESCRIBE FROM '{table}.parquet')");
        let csv = format!("read_csv('{table}.csv', header = true, all_varchar = true, nullstr = '')");
        let [columns, header] = ask([&describe, &format!("SELECT column_name FROM (DESCRIBE FROM {csv})")]);
        assert_eq!(texts(&columns), texts(&header), "{table}");
        for row in &columns {
            let [column, holds] = [0, 1].map(|at| row[at].as_str().unwrap());
            let expected = match column {
                "Size(MB)" => "DOUBLE",
                "Created" | "Last Modified" => "TIMESTAMP WITH TIME ZONE",
                "Versions" | "Version" | "Duplicate Group" | "Unreferenced Runs" => "BIGINT",
                bytes if bytes.ends_with("Size(Bytes)") => "BIGINT",
                _ if holds.starts_with("TIMESTAMP") || holds == "DATE" => holds,
                _ => "VARCHAR",
            };
            assert_eq!(holds, expected, "{column}");
        }
        let of_parquet: Vec<String> =
            columns.iter().map(|row| as_in_csv(row[0].as_str().unwrap(), row[1].as_str().unwrap())).collect();
        let of_csv: Vec<String> = texts(&header).iter().map(|column| format!("\"{column}\"")).collect();
        let of_parquet = format!("SELECT {} FROM '{table}.parquet'", of_parquet.join(", "));
        let of_csv = format!("SELECT {} FROM {csv}", of_csv.join(", "));
        let [rows, more, less] = ask([
            &format!("SELECT count(*) FROM '{table}.parquet'"),
            &format!("{of_parquet} EXCEPT ALL {of_csv}"),
            &format!("{of_csv} EXCEPT ALL {of_parquet}"),
        ]);
        assert!(rows[0][0].as_u64().unwrap() > 300, "{rows:?}");
        assert!(more.is_empty() && less.is_empty(), "{table}: {more:?} {less:?}");
    }
}

/// Returns the rows of a CSV file by column, read without `DuckDB`.
fn rows_of(name: &str) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(report().join(name)).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

/// Returns the number of rows and the sum of a column.
fn sum(rows: &[BTreeMap<String, String>], column: &str) -> [u64; 2] {
    [rows.len() as u64, rows.iter().map(|row| row[column].parse::<u64>().unwrap_or_default()).sum()]
}

fn sums_are_those_of_the_csv_files() {
    let [files, versions] = ask([
        r#"SELECT count(*), sum("All Versions Size(Bytes)") FROM 'attachments.parquet'"#,
        r#"SELECT count(*), sum("Size(Bytes)") FROM 'versions.parquet'"#,
    ]);
    assert_eq!(files, [sum(&rows_of("attachments.csv"), "All Versions Size(Bytes)").map(Value::from).to_vec()]);
    assert_eq!(versions, [sum(&rows_of("versions.csv"), "Size(Bytes)").map(Value::from).to_vec()]);
}

/// Returns the SQL examples of the documentation about the files of an audit.
fn documented_queries() -> Vec<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/duckdb-and-spark.md");
    let text = fs::read_to_string(path).unwrap();
    let blocks = text.split("```sql\n").skip(1).map(|block| block.split("```").next().unwrap().to_owned());
    blocks.filter(|block| block.contains("attachments.parquet")).collect()
}

fn the_documented_queries_run() {
    let queries = documented_queries();
    let [by_space, by_page] = queries.as_slice() else { panic!("{} queries", queries.len()) };
    let [by_space, by_page] = ask([by_space, by_page]);
    let mut expected: BTreeMap<String, [u64; 2]> = BTreeMap::new();
    for row in rows_of("attachments.csv") {
        if row["Usage"] == "unreferenced" && row["Protected"].is_empty() {
            let [files, bytes] = expected.entry(row["Space Key"].clone()).or_default();
            *files += 1;
            *bytes += row["All Versions Size(Bytes)"].parse::<u64>().unwrap_or_default();
        }
    }
    let found: BTreeMap<String, [u64; 2]> = by_space
        .iter()
        .map(|row| (row[0].as_str().unwrap().to_owned(), [1, 2].map(|at| row[at].as_u64().unwrap())))
        .collect();
    assert_eq!(found, expected);
    assert!(by_space.is_sorted_by_key(|row| std::cmp::Reverse(row[2].as_u64())));
    assert!(by_page.len() > 3 && by_page.iter().all(|row| row[0].is_string() && row[2].is_u64()), "{by_page:?}");
}
