//! Decisions of people about files: reads the sheets of `owners/` that people have filled in (`--protect-from`).
//!
//! A sheet may have been saved by any spreadsheet program, with other separators, encodings and columns around. Only two
//! columns matter: `Attachment ID` and `Decision`. A value that is not understood is refused, because a file that
//! someone wants to keep must not be lost.

mod csv_sheet;
mod inflated_size;
#[cfg(test)]
mod tests;
mod workbook_sheet;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Failure;

/// Column with the id of the file.
const ID: &str = "Attachment ID";
/// Column with the decision.
const DECISION: &str = "Decision";

/// The largest file that is read. A sheet with 100,000 files has about 50 MB.
const MAX_BYTES: u64 = 128 << 20;
/// The largest number of files in a folder.
const MAX_FILES: usize = 50_000;
/// Rows in which the heading is searched for: workbooks may have notes above it.
const HEADING_ROWS: usize = 20;

/// What the sheets say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions {
    /// Attachment ids that someone keeps, each with the names of the sheets that say so.
    pub kept: BTreeMap<String, String>,
    /// Files in the folders that are not filled sheets.
    pub skipped: Vec<PathBuf>,
}

/// Decision on one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    Keep,
    Delete,
    /// The cell is empty.
    Open,
}

/// One row of a sheet.
#[derive(Debug, Default)]
struct SheetRow {
    /// Number of the row as a spreadsheet shows it.
    number: u64,
    id: String,
    decision: String,
}

/// Why a file cannot be used.
#[derive(Debug)]
enum SheetError {
    Io(io::Error),
    /// It cannot be read as a table.
    Damaged(String),
    /// It has no heading with both columns.
    OtherTable,
    Row {
        number: u64,
        problem: String,
        remedy: &'static str,
    },
}

impl From<io::Error> for SheetError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The kind of a file by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SheetKind {
    Csv,
    Workbook,
    /// The pages of people, and what programs keep for themselves.
    NoTable,
    Other,
}

impl SheetKind {
    fn of(path: &Path) -> Self {
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
        match extension.as_str() {
            // lock files of Excel and LibreOffice, and hidden files
            _ if name.starts_with("~$") || name.starts_with('.') => Self::NoTable,
            "csv" | "txt" | "tsv" => Self::Csv,
            "xlsx" | "xlsm" => Self::Workbook,
            "html" => Self::NoTable,
            _ => Self::Other,
        }
    }
}

impl Decisions {
    /// Reads sheets and folders of sheets. Fails with exit status 2 and the row of a value that is not understood.
    pub fn read(paths: &[PathBuf]) -> Result<Self, Failure> {
        let mut decisions = Self::default();
        let mut sheets: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for path in paths {
            let found = fs::metadata(path).map_err(|error| cannot_read(path, &error.to_string()))?;
            if found.is_dir() {
                decisions.read_folder(path, &mut sheets)?;
            } else {
                let kind = SheetKind::of(path);
                let result = if matches!(kind, SheetKind::Csv | SheetKind::Workbook) {
                    read_sheet(path, kind, &mut sheets)
                } else {
                    Err(SheetError::Damaged("it is neither a CSV file nor an .xlsx workbook".to_owned()))
                };
                result.map_err(|error| refuse(path, error))?;
            }
        }
        decisions.kept = sheets.into_iter().map(|(id, names)| (id, shown(names))).collect();
        Ok(decisions)
    }

    fn read_folder(&mut self, folder: &Path, kept: &mut BTreeMap<String, BTreeSet<String>>) -> Result<(), Failure> {
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let entries = entries.map_err(|error| cannot_read(folder, &error.to_string()))?;
        let mut files: Vec<PathBuf> =
            entries.into_iter().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
        if files.len() > MAX_FILES {
            return Err(cannot_read(folder, &format!("it has more than {MAX_FILES} files")));
        }
        files.sort();
        let mut found_sheet = false;
        for path in files {
            let kind = SheetKind::of(&path);
            match kind {
                SheetKind::NoTable => {}
                SheetKind::Other => self.skipped.push(path),
                SheetKind::Csv | SheetKind::Workbook => match read_sheet(&path, kind, kept) {
                    Ok(()) => found_sheet = true,
                    Err(SheetError::OtherTable) => self.skipped.push(path),
                    Err(error) => return Err(refuse(&path, error)),
                },
            }
        }
        if found_sheet {
            return Ok(());
        }
        let inside = folder.join("owners");
        let remedy = if inside.is_dir() {
            format!("choose the folder with the filled sheets, perhaps {}", inside.display())
        } else {
            "choose the folder with the filled sheets: CSV files or .xlsx workbooks from the folder owners of a report"
                .to_owned()
        };
        Err(Failure::usage(format!("--protect-from: no sheet in {}", folder.display()))
            .because(format!("no file there has the columns \"{ID}\" and \"{DECISION}\""))
            .remedy(remedy))
    }
}

/// Reads one sheet and adds its name to the files that it keeps.
fn read_sheet(path: &Path, kind: SheetKind, kept: &mut BTreeMap<String, BTreeSet<String>>) -> Result<(), SheetError> {
    if fs::metadata(path)?.len() > MAX_BYTES {
        return Err(SheetError::Damaged(format!("it has more than {} MB", MAX_BYTES >> 20)));
    }
    let rows = match kind {
        SheetKind::Workbook => workbook_sheet::rows(path)?,
        _ => csv_sheet::rows(path)?,
    };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    for row in rows {
        let (id, decision) = check(&row)?;
        if decision == Decision::Keep {
            kept.entry(id.to_owned()).or_default().insert(name.clone());
        }
    }
    Ok(())
}

/// Returns id and decision of a row, or why it cannot be used.
fn check(row: &SheetRow) -> Result<(&str, Decision), SheetError> {
    let (id, word) = (trimmed(&row.id), trimmed(&row.decision));
    let refused = |problem: String, remedy| SheetError::Row { number: row.number, problem, remedy };
    let decision = match word.to_lowercase().as_str() {
        "" => Decision::Open,
        "keep" => Decision::Keep,
        "delete" => Decision::Delete,
        _ => {
            let problem = format!("\"{}\" in the column \"{DECISION}\"", excerpt(word));
            return Err(refused(problem, "write keep or delete, or leave the cell empty"));
        }
    };
    if decision == Decision::Open {
        return Ok((id, decision));
    }
    if id.is_empty() {
        let problem = format!("\"{word}\" without an id in the column \"{ID}\"");
        return Err(refused(problem, "restore the id from the sheet in the report's folder owners, or clear the row"));
    }
    let is_id = id.strip_prefix("att").unwrap_or(id).bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let is_rounded = !id.starts_with("att") && id.contains(['E', 'e']) || !is_id;
    if is_rounded {
        let problem = format!("\"{}\" in the column \"{ID}\" is not an attachment id", excerpt(id));
        return Err(refused(
            problem,
            "restore the id from the sheet in the report's folder owners: spreadsheets round long numbers unless the \
             column has the format Text",
        ));
    }
    Ok((id, decision))
}

/// Removes white space around a cell, with invisible characters that people paste.
fn trimmed(cell: &str) -> &str {
    cell.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}'))
}

/// Returns the beginning of a cell for a message.
fn excerpt(cell: &str) -> String {
    const LENGTH: usize = 40;
    let start: String = cell.chars().take(LENGTH).collect();
    if start.len() < cell.len() { format!("{start}…") } else { start }
}

/// Returns the places of both columns in a heading.
fn places<'c>(cells: impl Iterator<Item = &'c str>) -> Option<[usize; 2]> {
    let names: Vec<String> = cells.map(|cell| trimmed(cell).to_lowercase()).collect();
    let place = |column: &str| names.iter().position(|name| *name == column.to_lowercase());
    Some([place(ID)?, place(DECISION)?])
}

/// Returns the names of the sheets that keep a file: `jane-doe.csv`, or `jane-doe.csv and 2 more`.
fn shown(names: BTreeSet<String>) -> String {
    let rest = names.len().saturating_sub(1);
    let first = names.into_iter().next().unwrap_or_default();
    if rest == 0 { first } else { format!("{first} and {rest} more") }
}

fn cannot_read(path: &Path, why: &str) -> Failure {
    Failure::usage(format!("--protect-from: cannot read {}", path.display()))
        .because(why)
        .remedy("choose a filled sheet, or a folder with filled sheets")
}

fn refuse(path: &Path, error: SheetError) -> Failure {
    let refused = || Failure::usage(format!("--protect-from: cannot use {}", path.display()));
    match error {
        SheetError::Io(error) => cannot_read(path, &error.to_string()),
        SheetError::Damaged(problem) => refused()
            .because(problem)
            .remedy("save the sheet again as CSV (UTF-8) or as an .xlsx workbook, or leave it out"),
        SheetError::OtherTable => refused()
            .because(format!("it does not have the columns \"{ID}\" and \"{DECISION}\""))
            .remedy("use a sheet from the folder owners of a report, with its heading"),
        SheetError::Row { number, problem, remedy } => {
            refused().because(format!("row {number}: {problem}")).remedy(remedy)
        }
    }
}
