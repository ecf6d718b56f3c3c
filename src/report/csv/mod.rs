//! The tables for spreadsheets. Each is one list of columns, from
//! which its file, the report's own export and the documentation are made.

mod attachments;
mod duplicates;
mod uses;
mod versions;

use crate::metrics;
use crate::spreadsheet::{LONGEST_CELL, ROOM_FOR_THE_REST, Value, documentation, header};

pub(crate) use attachments::{ATTACHMENTS, attachments};
pub(crate) use duplicates::duplicates;
pub(crate) use uses::uses;
pub(crate) use versions::versions;

/// The columns of every CSV file in Markdown: `docs/columns.md`.
pub fn columns_page() -> String {
    let parts = [
        COLUMNS_INTRO.to_owned(),
        "## Attachments\n\n`attachments.csv`, `<SPACEKEY>_attachments.csv` and `<SPACEKEY>_unreferenced.csv`:\n"
            .to_owned(),
        documentation(ATTACHMENTS),
        "## Versions\n\n`versions.csv`, one row for each version that exists, the oldest of a file first:\n".to_owned(),
        documentation(versions::VERSIONS),
        "## Duplicates\n\n`duplicates.csv`, one row for each file of a group:\n".to_owned(),
        documentation(duplicates::DUPLICATES),
        "## Uses\n\n`uses.csv`, one row for each use of a file:\n".to_owned(),
        documentation(uses::USES),
        "## Pages\n\n`confluence_data_*.csv`, one row for each page and week. A cell of more than 32,000 characters ends with \
         `and N more`; the Parquet file of the week has all:\n"
            .to_owned(),
        documentation(metrics::columns::exported()),
        "The Parquet files of the weeks in `history` hold two lists more, which have files of their own in `findings`:\n".to_owned(),
        documentation(metrics::columns::only_in_weeks()),
        "## Findings\n\n`findings/*.csv`, one row for each page of the list:\n".to_owned(),
        documentation(metrics::findings::COLUMNS),
        "## Links\n\n`findings/broken_links.csv` and `findings/archived_links.csv`, one row for each link of a page:\n".to_owned(),
        documentation(metrics::link_problems::COLUMNS),
        "`findings/external_links.csv`, one row for each address on a page:\n".to_owned(),
        documentation(metrics::link_problems::EXTERNAL),
        metrics::model::columns_page(),
    ];
    parts.join("\n")
}

const COLUMNS_INTRO: &str = "\
# Columns

What every column of every CSV file says. This page is made from the tables of the program: `cargo xtask goldens`
writes it anew.
";

/// The header of the attachment tables.
pub fn attachment_header() -> String {
    header(ATTACHMENTS)
}

fn yes_no(yes: bool) -> Value {
    Value::text(if yes { "Yes" } else { "No" })
}

/// The entries of a list in one cell. Where they are too many for it, the list ends between two of them with `and N more`.
/// `templates/script/csv.js` does the same.
fn list<T>(entries: impl ExactSizeIterator<Item = T>, separator: &str, shown: impl Fn(T) -> String) -> Value {
    let count = entries.len();
    let mut cell: Vec<String> = Vec::new();
    let mut length = 0;
    for entry in entries {
        let entry = shown(entry);
        length += entry.encode_utf16().count() + separator.len();
        if length + ROOM_FOR_THE_REST > LONGEST_CELL {
            cell.push(format!("and {} more", count - cell.len()));
            break;
        }
        cell.push(entry);
    }
    Value::text(cell.join(separator))
}

/// Bytes ÷ 1,048,576 with two decimals, rounded half up; unknown is empty.
fn megabytes(bytes: Option<u64>) -> Value {
    Value::maybe(bytes, |bytes| {
        let hundredths = (u128::from(bytes) * 100 + 524_288) / 1_048_576;
        Value::Decimal(hundredths as f64 / 100.0, 2)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_ends_between_two_entries() {
        let text = |count: usize, entry: &str| list((0..count).map(|_| entry), ", ", str::to_owned).plain();
        assert_eq!(text(0, "a"), "");
        assert_eq!(text(3, "a (b, c)"), "a (b, c), a (b, c), a (b, c)");
        // a rocket is two characters to a spreadsheet
        let rocket = "🚀".repeat(100);
        for (count, entry) in [(100_000, "a"), (200, rocket.as_str()), (2, "x".repeat(40_000).as_str())] {
            let cell = text(count, entry);
            assert!(cell.encode_utf16().count() <= 32_000, "{} characters", cell.encode_utf16().count());
            let (whole, rest) = cell.split_at(cell.rfind("and ").unwrap());
            let listed = whole.split_terminator(", ").inspect(|listed| assert_eq!(*listed, entry)).count();
            assert_eq!(rest, format!("and {} more", count - listed));
        }
        let just_enough = 31_960 / 3;
        assert!(!text(just_enough, "a").contains("more"));
        assert!(text(just_enough + 1, "a").ends_with(", and 1 more"));
    }

    #[test]
    fn megabytes_have_two_decimals() {
        let cases = [(0, "0.00"), (5_242, "0.00"), (5_243, "0.01"), (1_048_576, "1.00"), (1_572_864, "1.50")];
        for (size, text) in cases {
            assert_eq!(megabytes(Some(size)).plain(), text, "{size}");
        }
        assert_eq!(megabytes(None), Value::Empty);
    }
}
