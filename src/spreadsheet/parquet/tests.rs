use std::io::Cursor;

use chrono::{DateTime, NaiveDate, Utc};
use proptest::prelude::*;

use super::*;
use crate::spreadsheet::Value;

fn fields() -> Vec<Field> {
    [
        ("title", ColumnType::Text),
        ("words", ColumnType::Integer),
        ("share", ColumnType::Decimal(2)),
        ("stub", ColumnType::Flag),
        ("day", ColumnType::Date),
        ("at", ColumnType::Time),
    ]
    .map(|(name, holds)| Field::new(name, holds))
    .to_vec()
}

fn written(fields: &[Field], rows: &[Vec<Value>]) -> Vec<u8> {
    let mut writer = ParquetWriter::new(Cursor::new(Vec::new()), fields).unwrap();
    for row in rows {
        writer.row(row).unwrap();
    }
    writer.finish([("site", "https://acme.example/wiki".to_owned())]).unwrap().0.into_inner()
}

fn opened(bytes: &[u8]) -> io::Result<(tempfile::NamedTempFile, ParquetTable)> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let table = ParquetTable::open(file.path())?;
    Ok((file, table))
}

fn read(table: &ParquetTable, fields: &[Field]) -> io::Result<Vec<Vec<Value>>> {
    let mut rows = Vec::new();
    table.for_each_row::<io::Error>(fields, |cells| {
        rows.push(cells.to_vec());
        Ok(())
    })?;
    Ok(rows)
}

fn values() -> impl Strategy<Value = Vec<Value>> {
    let time = (-8_000_000_000_000i64..8_000_000_000_000)
        .prop_map(|micros| DateTime::<Utc>::from_timestamp_micros(micros).unwrap());
    let or_empty = |value: BoxedStrategy<Value>| prop_oneof![1 => Just(Value::Empty), 3 => value];
    (
        or_empty("\\PC{0,12}".prop_map(Value::Text).boxed()),
        or_empty(any::<i64>().prop_map(Value::Integer).boxed()),
        or_empty((-1e9..1e9).prop_map(|number: f64| Value::Decimal(number, 2)).boxed()),
        or_empty(any::<bool>().prop_map(Value::Flag).boxed()),
        or_empty(
            (-100_000i64..100_000)
                .prop_map(|days| Value::Date(NaiveDate::default() + chrono::TimeDelta::days(days)))
                .boxed(),
        ),
        or_empty(time.prop_map(Value::Time).boxed()),
    )
        .prop_map(|(a, b, c, d, e, f)| vec![a, b, c, d, e, f])
}

proptest! {
    #[test]
    fn rows_are_read_as_they_were_written(rows in prop::collection::vec(values(), 0..40)) {
        let (_file, table) = opened(&written(&fields(), &rows)).unwrap();
        prop_assert_eq!(table.rows(), rows.len() as u64);
        prop_assert_eq!(table.entry("site"), Some("https://acme.example/wiki"));
        prop_assert_eq!(read(&table, &fields()).unwrap(), rows);
    }
}

fn row(title: &str, words: i64) -> Vec<Value> {
    vec![Value::text(title), Value::Integer(words), Value::Empty, Value::Flag(true), Value::Empty, Value::Empty]
}

#[test]
fn columns_are_read_by_name_and_missing_ones_are_empty() {
    let many: Vec<Vec<Value>> = (0..20_000).map(|number| row(&format!("Page {number}"), number)).collect();
    let (_file, table) = opened(&written(&fields(), &many)).unwrap();
    let some = [
        Field::new("words", ColumnType::Integer),
        Field::new("later", ColumnType::Date),
        Field::new("title", ColumnType::Text),
    ];
    let rows = read(&table, &some).unwrap();
    assert_eq!(rows.len(), 20_000);
    assert_eq!(rows[19_999], [Value::Integer(19_999), Value::Empty, Value::text("Page 19999")]);
    assert_eq!(table.columns().collect::<Vec<_>>(), ["title", "words", "share", "stub", "day", "at"]);
}

#[test]
fn a_column_of_another_type_is_refused_by_name() {
    let (_file, table) = opened(&written(&fields(), &[row("a", 1)])).unwrap();
    for wrong in [
        Field::new("words", ColumnType::Time),
        Field::new("title", ColumnType::Integer),
        Field::new("day", ColumnType::Flag),
    ] {
        let error = read(&table, std::slice::from_ref(&wrong)).unwrap_err();
        assert_eq!(error.to_string(), format!("the column {} is not of the type {}", wrong.name, wrong.holds.name()));
    }
}

#[test]
fn a_cell_of_another_type_is_refused_by_name() {
    let mut writer = ParquetWriter::new(Cursor::new(Vec::new()), &fields()).unwrap();
    let error = writer.row(&[Value::Integer(1)]).unwrap_err();
    assert_eq!(error.to_string(), "Integer(1) does not fit the column title");
}

#[test]
fn rows_are_copied_with_constants_and_new_columns() {
    let rows: Vec<Vec<Value>> = (0..9_000).map(|number| row(&format!("Page {number}"), number)).collect();
    let (_file, table) = opened(&written(&fields(), &rows)).unwrap();
    let target = [
        Field::new("week", ColumnType::Text),
        Field::new("words", ColumnType::Integer),
        Field::new("new", ColumnType::Flag),
    ];
    let mut writer = ParquetWriter::new(Cursor::new(Vec::new()), &target).unwrap();
    writer.row(&[Value::text("2026-W46"), Value::Integer(-1), Value::Flag(false)]).unwrap();
    writer.copy(&table, &[("week", Value::text("2026-W47"))]).unwrap();
    let (_file, copied) = opened(&writer.finish([]).unwrap().0.into_inner()).unwrap();
    let copied = read(&copied, &target).unwrap();
    assert_eq!(copied.len(), 9_001);
    assert_eq!(copied[0], [Value::text("2026-W46"), Value::Integer(-1), Value::Flag(false)]);
    for (number, row) in (0..).zip(&copied[1..]) {
        assert_eq!(row[..], [Value::text("2026-W47"), Value::Integer(number), Value::Empty]);
    }
}

/// A damaged file is refused, wherever the damage is.
#[test]
fn every_flipped_bit_and_every_truncation_is_detected() {
    let rows: Vec<Vec<Value>> = (0..10).map(|number| row(&format!("Page {}", number % 7), number)).collect();
    let intact = written(&fields(), &rows);
    for at in 0..intact.len() {
        let mut damaged = intact.clone();
        damaged[at] ^= 1 << (at % 8);
        assert!(opened(&damaged).is_err(), "byte {at}");
        assert!(opened(&intact[..at]).is_err(), "cut at {at}");
    }
}

#[test]
fn files_of_other_programs_are_distinguished_from_damaged_ones() {
    let mut foreign = written(&fields(), &[row("a", 1)]);
    foreign.drain(SEAL_AT..SEAL_AT + SEAL.len());
    for file in [&foreign[..], b"", b"PAR1PAR1", b"not a table at all"] {
        let error = opened(file).err().unwrap();
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (io::ErrorKind::InvalidData, "it was not written by this program")
        );
    }
}
