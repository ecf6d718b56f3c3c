//! `LibreOffice` opens the workbooks and the CSV files, with English and with German settings: every cell is what the CSV
//! files of the program have, numbers are numbers, dates are dates, and nothing is a formula.

mod any_file;
mod page_metrics;
mod storage;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use percent_encoding::percent_decode_str;
use regex::Regex;
use tempfile::TempDir;

use super::output_of;
use confluence_storage_analyzer::spreadsheet::{cells_of_line, decode};
use test_support::optional_tests::OptionalTest;

/// Returns the tests of all modules.
pub(crate) fn trials() -> Vec<OptionalTest> {
    [any_file::trials(), page_metrics::trials(), storage::trials()].into_iter().flatten().collect()
}

/// A cell as `LibreOffice` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Shown {
    text: String,
    /// Whether it is a text; numbers, dates and times are not.
    is_text: bool,
}

/// The settings of a computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Settings {
    English,
    German,
}

impl Settings {
    const ALL: [Self; 2] = [Self::English, Self::German];

    fn locale(self) -> &'static str {
        match self {
            Self::English => "en-US",
            Self::German => "de-DE",
        }
    }

    /// Returns the decimal separator and that of thousands.
    fn separators(self) -> [char; 2] {
        match self {
            Self::English => ['.', ','],
            Self::German => [',', '.'],
        }
    }

    /// Creates a profile of `LibreOffice` with these settings.
    fn profile(self) -> TempDir {
        let profile = TempDir::new().unwrap();
        fs::create_dir(profile.path().join("user")).unwrap();
        let item = format!(
            r#"<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>{}</value></prop></item>"#,
            self.locale()
        );
        let settings = format!(
            r#"<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">{item}</oor:items>"#
        );
        fs::write(profile.path().join("user/registrymodifications.xcu"), settings).unwrap();
        profile
    }
}

/// Opens a file in `LibreOffice` and saves it in another format. Returns the folder with the new files. `filter` is how
/// the file is opened, if `LibreOffice` does not know.
fn convert(file: &Path, format: &str, filter: Option<&str>, settings: Settings) -> TempDir {
    let (profile, folder) = (settings.profile(), TempDir::new().unwrap());
    let mut office = Command::new("soffice");
    office.arg(format!("-env:UserInstallation=file://{}", profile.path().display()));
    office.args(["--headless", "--convert-to", format, "--outdir"]).arg(folder.path());
    office.args(filter.map(|filter| format!("--infilter={filter}"))).arg(file);
    output_of(&mut office);
    folder
}

/// Saves every sheet as text: separated by TAB, texts quoted, numbers and dates as they are shown.
const AS_SHOWN: &str = "csv:Text - txt - csv (StarCalc):9,34,76,1,,0,true,true,true,false,false,-1";

/// How a CSV file of the program is opened: UTF-8, separated by commas, with everything recognized that can be.
const CSV: &str = "CSV:44,34,76,1,,0,false,true";

/// Returns the sheets of a file by name.
fn sheets(file: &Path, filter: Option<&str>, settings: Settings) -> BTreeMap<String, Vec<Vec<Shown>>> {
    let folder = convert(file, AS_SHOWN, filter, settings);
    let stem = file.file_stem().unwrap().to_str().unwrap();
    let sheet = |entry: std::io::Result<fs::DirEntry>| {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let name = name.strip_prefix(stem).unwrap_or(name).trim_start_matches('-').to_owned();
        (name, parse(&fs::read_to_string(path).unwrap()))
    };
    fs::read_dir(folder.path()).unwrap().map(sheet).collect()
}

/// Parses what [`AS_SHOWN`] writes.
fn parse(text: &str) -> Vec<Vec<Shown>> {
    let mut rows = vec![vec![Shown::default()]];
    let mut characters = text.trim_start_matches('\u{FEFF}').chars().peekable();
    let mut is_quoted = false;
    while let Some(character) = characters.next() {
        let row = rows.last_mut().unwrap();
        let cell = row.last_mut().unwrap();
        match character {
            '"' if is_quoted && characters.peek() == Some(&'"') => cell.text.extend(characters.next()),
            '"' => (is_quoted, cell.is_text) = (!is_quoted, true),
            '\t' if !is_quoted => row.push(Shown::default()),
            '\n' if !is_quoted => rows.push(vec![Shown::default()]),
            _ => cell.text.push(character),
        }
    }
    rows.pop_if(|last| last == &[Shown::default()]);
    rows
}

/// A table by the names of its columns.
struct Table {
    names: Vec<String>,
    rows: Vec<Vec<Shown>>,
}

impl Table {
    /// Reads a sheet whose first row is the heading. A note below the table is left out.
    fn of(mut sheet: Vec<Vec<Shown>>) -> Self {
        let names = sheet.remove(0).into_iter().map(|cell| cell.text).collect();
        sheet.pop_if(|last| last[1..].iter().all(|cell| cell.text.is_empty()));
        Self { names, rows: sheet }
    }

    fn place(&self, column: &str) -> usize {
        self.names.iter().position(|name| name == column).unwrap_or_else(|| panic!("no column {column}"))
    }

    fn column(&self, column: &str) -> Vec<&Shown> {
        let place = self.place(column);
        self.rows.iter().map(|row| &row[place]).collect()
    }

    fn texts(&self, column: &str) -> Vec<&str> {
        self.column(column).into_iter().map(|cell| cell.text.as_str()).collect()
    }
}

/// Reads a CSV file of the program as `LibreOffice` has to show the same values in a workbook.
fn expected(file: &Path, settings: Settings) -> Table {
    let text = fs::read_to_string(file).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{FEFF}').as_bytes());
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows: Vec<Vec<String>> = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    // only the quotes say whether a cell is a text
    let lines: Vec<Vec<bool>> = text.lines().skip(1).map(quoted).collect();
    let [day, time] =
        [r"^\d{4}-\d\d-\d\d$", r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"].map(|form| Regex::new(form).unwrap());
    let is = |column: usize, form: &Regex| {
        let mut cells = rows.iter().map(|row| &row[column]).filter(|cell| !cell.is_empty()).peekable();
        cells.peek().is_some() && cells.all(|cell| form.is_match(cell))
    };
    let [days, times] = [&day, &time].map(|form| (0..names.len()).map(|at| is(at, form)).collect::<Vec<_>>());
    let cell = |(at, cell): (usize, &String), is_quoted: bool| {
        let [decimal, _] = settings.separators();
        match cell.as_str() {
            "" => Shown::default(),
            cell if days[at] => Shown { text: cell.to_owned(), is_text: false },
            cell if times[at] => Shown { text: cell.replace('T', " ").replace('Z', ""), is_text: false },
            cell if is_quoted => Shown { text: decode(cell).to_owned(), is_text: true },
            cell => Shown { text: cell.replace('.', &decimal.to_string()), is_text: false },
        }
    };
    let row = |(row, quoted): (&Vec<String>, &Vec<bool>)| {
        assert_eq!(row.len(), quoted.len());
        row.iter().enumerate().zip(quoted).map(|(one, is_quoted)| cell(one, *is_quoted)).collect()
    };
    let rows = rows.iter().zip(&lines).map(row).collect();
    Table { names, rows }
}

/// Returns for each cell of a line whether it is quoted.
fn quoted(line: &str) -> Vec<bool> {
    cells_of_line(line).unwrap().iter().map(|cell| cell.is_quoted).collect()
}

/// Compares a table of a workbook with that of a CSV file, in the columns that both have. Rows are matched by the `key`.
/// Returns the number of columns.
fn compare(shown: &Table, expected: &Table, key: &[&str], settings: Settings) -> usize {
    let by_key = |table: &Table| -> BTreeMap<Vec<String>, Vec<Shown>> {
        let key_of = |row: &Vec<Shown>| key.iter().map(|name| row[table.place(name)].text.clone()).collect();
        let rows: BTreeMap<_, _> = table.rows.iter().map(|row| (key_of(row), row.clone())).collect();
        assert_eq!(rows.len(), table.rows.len(), "{key:?} is no key");
        rows
    };
    let (of_sheet, of_file) = (by_key(shown), by_key(expected));
    assert!(
        !of_file.is_empty() && of_sheet.keys().eq(of_file.keys()),
        "{} rows, {} in the CSV file",
        of_sheet.len(),
        of_file.len()
    );
    let [_, thousands] = settings.separators();
    let common: Vec<(usize, usize, &String)> = expected
        .names
        .iter()
        .enumerate()
        .filter_map(|(at, name)| Some((shown.names.iter().position(|shown| shown == name)?, at, name)))
        .collect();
    for (key, row) in &of_file {
        for (place, at, name) in &common {
            let mut cell = of_sheet[key][*place].clone();
            if !cell.is_text {
                cell.text = cell.text.replace(thousands, "");
            }
            assert_eq!(cell, row[*at], "{name} of {key:?}, {settings:?}");
        }
    }
    common.len()
}

/// Returns a workbook or a CSV file as `LibreOffice` has it in memory.
fn opened(file: &Path, filter: Option<&str>, settings: Settings) -> String {
    let folder = convert(file, "fods", filter, settings);
    let path = fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    fs::read_to_string(path).unwrap()
}

/// Returns the links of a document that `LibreOffice` opened: address and text.
fn links(document: &str) -> BTreeSet<(String, String)> {
    let links = Regex::new(r#"<text:a xlink:href="([^"]+)"[^>]*>([^<]*)</text:a>"#).unwrap();
    let plain = |text: &str| html_escape::decode_html_entities(text).into_owned();
    links.captures_iter(document).map(|link| (address(&plain(&link[1])), plain(&link[2]))).collect()
}

/// Returns an address with letters instead of their escapes, and without the parameter that has no meaning.
fn address(url: &str) -> String {
    percent_decode_str(url.trim_end_matches("?%20").trim_end_matches("&%20")).decode_utf8().unwrap().into_owned()
}

/// Checks that a sheet has filters over all of its columns.
fn assert_filters(document: &str, sheet: &str) {
    let sheet = if sheet.contains(' ') { format!("'{sheet}'") } else { sheet.to_owned() };
    let filter = Regex::new(&format!(
        r#"<table:database-range [^>]*table:target-range-address="{sheet}\.A1:{sheet}\.[A-Z]+\d+"[^>]*table:display-filter-buttons="true""#
    ));
    let document = document.replace("&apos;", "'");
    assert!(filter.unwrap().is_match(&document), "{sheet} has no filters");
}
