//! Lists of files that people ticked: a table with the column `Attachment ID`, or one id per line. In a table with the
//! column `Decision`, only the rows with `delete` count.
//!
//! Tables are CSV files of a report, edited in a spreadsheet or not, and the copied cleanup list of a page: cells
//! separated by commas, semicolons or tabs, with any lines before the header.

use std::fmt;

use crate::spreadsheet::decode;

/// The column with the ids.
const ID_COLUMN: &str = "Attachment ID";
/// The column with what people decided: keep, delete, or nothing yet.
const DECISION_COLUMN: &str = "Decision";
/// Separators of cells, the one tried first in front.
const SEPARATORS: [char; 3] = ['\t', ',', ';'];

/// A file of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFile {
    /// Line in the list, from 1.
    pub row: u64,
    /// The id of the attachment as it is written.
    pub id: String,
}

/// A row that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// Line in the list, from 1.
    pub row: u64,
    pub what: String,
}

impl fmt::Display for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.row, self.what)
    }
}

/// Why a list cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileListError {
    #[error("it is not text in UTF-8")]
    Encoding,
    #[error("it is a workbook: save the sheet as CSV")]
    Workbook,
    #[error("it names no file")]
    Empty,
    /// Rows without a valid id.
    #[error("{}", problems_in_words(.0))]
    Rows(Vec<RowProblem>),
}

/// Number of problems that a message names.
const NAMED: usize = 5;

/// Returns the first problems for a message.
pub fn problems_in_words(problems: &[RowProblem]) -> String {
    let mut lines: Vec<String> = problems.iter().take(NAMED).map(ToString::to_string).collect();
    if problems.len() > NAMED {
        lines.push(format!("and {} more lines", problems.len() - NAMED));
    }
    lines.join("; ")
}

/// Reads a list of files.
pub fn parse_file_list(bytes: &[u8]) -> Result<Vec<ListedFile>, FileListError> {
    // the first bytes of every ZIP archive, such as XLSX and ODS
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(FileListError::Workbook);
    }
    let text = text_of(bytes).ok_or(FileListError::Encoding)?;
    let rows = Rows { rest: &text, line: 1 };
    let table = SEPARATORS.into_iter().find_map(|separator| {
        let mut rows = rows.split(separator);
        let columns = rows.find_map(|row| {
            let place = |name: &str| row.cells.iter().position(|cell| cell.trim() == name);
            Some((place(ID_COLUMN)?, place(DECISION_COLUMN)))
        })?;
        Some((columns, rows))
    });
    let mut problems = Vec::new();
    let mut files = Vec::new();
    if let Some(((id, decision), rows)) = table {
        for row in rows.filter(|row| row.cells.iter().any(|cell| !cell.trim().is_empty())) {
            let problem = |what: String| RowProblem { row: row.line, what };
            let cell = |place: usize| row.cells.get(place).map_or("", |cell| decode(cell.trim()));
            let decision = decision.map_or("delete", cell);
            match decision.to_lowercase().as_str() {
                _ if row.is_cut => problems.push(problem("a quotation mark is not closed".to_owned())),
                "delete" => add(row.line, cell(id), &mut files, &mut problems),
                "keep" | "" => {}
                _ => problems.push(problem(format!("{:?} is not keep or delete", shortened(decision)))),
            }
        }
    } else {
        let lines = (1..).zip(text.lines().map(str::trim));
        for (row, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            add(row, line, &mut files, &mut problems);
        }
    }
    match (problems.is_empty(), files.is_empty()) {
        (false, _) => Err(FileListError::Rows(problems)),
        (true, true) => Err(FileListError::Empty),
        (true, false) => Ok(files),
    }
}

fn add(row: u64, id: &str, files: &mut Vec<ListedFile>, problems: &mut Vec<RowProblem>) {
    let digits = id.strip_prefix("att").unwrap_or(id);
    if !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()) {
        files.push(ListedFile { row, id: id.to_owned() });
        return;
    }
    let what = match id {
        "" => "it has no attachment id".to_owned(),
        id => format!("{:?} is not an attachment id, such as att1234", shortened(id)),
    };
    problems.push(RowProblem { row, what });
}

fn shortened(text: &str) -> String {
    const LENGTH: usize = 40;
    let more = if text.chars().nth(LENGTH).is_some() { "…" } else { "" };
    format!("{}{more}", text.chars().take(LENGTH).collect::<String>())
}

/// Returns the text of a file: UTF-8, or UTF-16 with a byte order mark, which spreadsheets write for "Unicode text".
fn text_of(bytes: &[u8]) -> Option<String> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16(&units).ok()
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        _ => String::from_utf8(bytes.to_vec()).ok(),
    }
}

/// The rows of a text that is read as a table.
#[derive(Clone, Copy)]
struct Rows<'t> {
    rest: &'t str,
    line: u64,
}

impl<'t> Rows<'t> {
    fn split(mut self, separator: char) -> impl Iterator<Item = TableRow> + use<'t> {
        std::iter::from_fn(move || (!self.rest.is_empty()).then(|| self.next_row(separator)))
    }

    /// Takes the first row. A cell in quotes may have separators and line breaks.
    fn next_row(&mut self, separator: char) -> TableRow {
        let line = self.line;
        let (mut cells, mut cell) = (Vec::new(), String::new());
        let mut is_quoted = false;
        let mut characters = self.rest.char_indices().peekable();
        let mut end = self.rest.len();
        while let Some((at, character)) = characters.next() {
            let next = characters.peek().map(|(_, next)| *next);
            if character == '\n' {
                self.line += 1;
            }
            match character {
                '"' if is_quoted && next == Some('"') => {
                    cell.push('"');
                    characters.next();
                }
                '"' if is_quoted => is_quoted = false,
                '"' if cell.is_empty() => is_quoted = true,
                '\n' if !is_quoted => {
                    end = at + 1;
                    break;
                }
                character if character == separator && !is_quoted => cells.push(std::mem::take(&mut cell)),
                character => cell.push(character),
            }
        }
        cells.push(cell);
        self.rest = &self.rest[end..];
        TableRow { line, cells, is_cut: is_quoted }
    }
}

struct TableRow {
    /// The line where it begins.
    line: u64,
    cells: Vec<String>,
    /// Whether the text ends inside a quoted cell.
    is_cut: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<(u64, String)> {
        let files = parse_file_list(text.as_bytes()).unwrap();
        files.into_iter().map(|file| (file.row, file.id)).collect()
    }

    fn row(row: u64, id: &str) -> (u64, String) {
        (row, id.to_owned())
    }

    #[test]
    fn one_id_per_line_is_a_list() {
        let text = "# to delete\n\natt5001\r\n  5002  \n";
        assert_eq!(ids(text), [row(3, "att5001"), row(4, "5002")]);
    }

    #[test]
    fn the_separator_of_a_table_does_not_matter() {
        for separator in [",", ";", "\t"] {
            let lines = [
                ["Filename", "Attachment ID", "Note"],
                ["\"a, b; c\"", "att1", ""],
                ["\"two\nlines \"\"x\"\"\"", "\"att2\"", "keep"],
                ["", "", ""],
                ["c", "att3", "x"],
            ];
            let text: String = lines.iter().map(|cells| cells.join(separator) + "\r\n").collect();
            assert_eq!(
                ids(&format!("\u{feff}{text}")),
                [row(2, "att1"), row(3, "att2"), row(6, "att3")],
                "{separator}"
            );
        }
    }

    #[test]
    fn the_copied_cleanup_list_has_lines_before_its_header() {
        let text = "Unreferenced files: no use found\nRun: x, y\nSite: https://a/wiki\n\nFile name\tSpace\tAttachment ID\n\
                    a \"b\".png\tENG\tatt7\n";
        assert_eq!(ids(text), [row(6, "att7")]);
    }

    #[test]
    fn text_of_spreadsheets_is_read() {
        let text = "Name\tAttachment ID\r\nä\tatt7\r\n";
        let bytes: Vec<u8> = std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(parse_file_list(&bytes).unwrap(), [ListedFile { row: 2, id: "att7".to_owned() }]);
        assert_eq!(parse_file_list(b"\xff"), Err(FileListError::Encoding));
    }

    #[test]
    fn in_a_sheet_with_decisions_only_files_to_delete_count() {
        let sheet = "Attachment ID;Decision\natt1;delete\natt2;keep\natt3;\natt4; Delete \n";
        assert_eq!(ids(sheet), [row(2, "att1"), row(5, "att4")]);
        let error = parse_file_list(b"Attachment ID,Decision\natt1,perhaps\n").unwrap_err();
        assert_eq!(error.to_string(), "line 2: \"perhaps\" is not keep or delete");
    }

    #[test]
    fn every_row_without_an_id_is_named() {
        let error = |text: &str| parse_file_list(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(error(""), "it names no file");
        assert_eq!(error("Attachment ID\n"), "it names no file");
        assert_eq!(error("PK\u{3}\u{4}x"), "it is a workbook: save the sheet as CSV");
        assert_eq!(error("Attachment ID,x\natt1,\"a\natt2,b\n"), "line 2: a quotation mark is not closed");
        assert_eq!(
            error("Attachment ID,x\natt1,1\n,2\n1.2E+11,3\n"),
            "line 3: it has no attachment id; line 4: \"1.2E+11\" is not an attachment id, such as att1234"
        );
        assert_eq!(error(&"- [ ] a.png\n".repeat(7)).matches("is not an attachment id").count(), 5);
        assert!(error(&"x\n".repeat(7)).ends_with("; and 2 more lines"));
    }
}
