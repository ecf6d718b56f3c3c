//! The baseline: the same weeks kept as CSV files, one for each week and one for all of them. The program would have
//! to do this without its Parquet files.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use confluence_storage_analyzer::metrics::columns;
use confluence_storage_analyzer::metrics::page_row::PageRow;
use confluence_storage_analyzer::metrics::summary::{PageFigures, TableFigures};
use confluence_storage_analyzer::spreadsheet::{Field, RawCell, Record, RecordHeader, Value, csv_header, write_rows};
use confluence_storage_analyzer::support::iso_week::IsoWeek;

use crate::generated_week::GeneratedWeek;

/// The CSV files of the weeks, the oldest first.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let archive = folder.join("archived_snapshots");
    let entries = [folder, &archive].into_iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten();
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let is_week = |path: &PathBuf| name(path).starts_with("confluence_data_2");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(is_week).collect();
    files.sort_by_key(|path| name(path));
    files
}

/// Writes one more week, and the file of all weeks.
pub(super) fn write(folder: &Path, into: &Path, week: IsoWeek, pages: usize) {
    fs::create_dir(into).unwrap();
    let create = |name: &str| BufWriter::with_capacity(1 << 18, File::create(into.join(name)).unwrap());
    let (rows, mut week_file) = (GeneratedWeek::of(week), create("week.csv"));
    write_rows(&mut week_file, columns::names(), (0..pages).map(|page| rows.cells(page))).unwrap();
    week_file.into_inner().unwrap().sync_all().unwrap();
    let header = csv_header(columns::names().into_iter());
    let mut all_weeks = create("all_weeks.csv");
    all_weeks.write_all(&header).unwrap();
    for path in files(folder).into_iter().chain([into.join("week.csv")]) {
        let mut file = File::open(path).unwrap();
        file.seek(SeekFrom::Start(header.len() as u64)).unwrap();
        io::copy(&mut file, &mut all_weeks).unwrap();
    }
    all_weeks.into_inner().unwrap().sync_all().unwrap();
    fs::remove_dir_all(into).unwrap();
}

/// Reads the figures of the last year, and the rows of the newest week.
pub(super) fn read(folder: &Path) {
    let files = files(folder);
    let newest = files.last().unwrap();
    let mut rows = Vec::new();
    let mut trend = Vec::new();
    for path in files.iter().rev().take(52) {
        let mut figures = TableFigures::default();
        for_each_row(path, &columns::fields_of(&PageFigures::COLUMNS), |row| figures.add(row));
        trend.push(figures);
    }
    for_each_row(newest, &columns::fields(), |row| rows.push(PageRow::read(row)));
    std::hint::black_box((trend, rows));
}

fn for_each_row(path: &Path, fields: &[Field], mut visit: impl FnMut(Record<'_>)) {
    let mut reader = csv::Reader::from_reader(BufReader::with_capacity(1 << 18, File::open(path).unwrap()));
    let names: Vec<String> = reader.headers().unwrap().iter().map(|name| name.replace('\u{FEFF}', "")).collect();
    let positions: Vec<usize> =
        fields.iter().map(|field| names.iter().position(|name| *name == field.name).unwrap()).collect();
    let header = RecordHeader::new(fields.iter().map(|field| &field.name));
    let mut line = csv::StringRecord::new();
    let mut cells = Vec::new();
    while reader.read_record(&mut line).unwrap() {
        cells.clear();
        cells.extend(fields.iter().zip(&positions).map(|(field, &position)| {
            Value::read(&RawCell { text: line[position].into(), is_quoted: true }, field.holds).unwrap()
        }));
        visit(Record::new(&header, &cells));
    }
}
