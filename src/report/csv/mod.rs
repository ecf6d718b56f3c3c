//! The CSV files of an audit. Each table is defined by one list of columns: the file, the export of the page and the
//! documentation follow it.

mod attachments;
mod duplicates;
mod uses;
mod versions;

use super::diff;
use super::owners::OWNER_FILES;
use super::recheck::RECHECK;
use crate::spreadsheet::{MAX_CELL_LENGTH, RESERVED_FOR_REST, Value, documentation, documentation_beyond, header};

pub(crate) use attachments::{ATTACHMENTS, Attachments, attachments};
pub(crate) use duplicates::{DUPLICATES, Duplicates, duplicate_rows, duplicates};
pub(crate) use uses::uses;
pub(crate) use versions::{VERSIONS, VersionRow, Versions, version_rows, versions};

/// Returns `docs/columns.md`: the columns of the audit's CSV files, in Markdown.
pub fn columns_page() -> String {
    const BASE: &str = "columns of [attachments](#attachments)";
    let parts = [
        COLUMNS_INTRO.to_owned(),
        "## Attachments\n\n`attachments.csv`, `<SPACEKEY>_attachments.csv` and `<SPACEKEY>_unreferenced.csv`, one row per \
         file:\n"
            .to_owned(),
        documentation(ATTACHMENTS),
        "## Versions\n\n`versions.csv`, one row per existing version, the oldest of a file first.\n".to_owned(),
        documentation_beyond(BASE, VERSIONS),
        "## Duplicates\n\n`duplicates.csv`, one row per file of a group.\n".to_owned(),
        documentation_beyond(BASE, DUPLICATES),
        "## Uses\n\n`uses.csv`, one row per use of a file.\n".to_owned(),
        documentation_beyond(BASE, uses::USES),
        DIFF_INTRO.to_owned(),
        documentation_beyond(&format!("{BASE}, as in the new run, or in the old run if the new one does not list the file"), diff::CHANGES),
        "## Spaces of a comparison\n\n`spaces.csv`, one row per space that one of the runs reports.\n".to_owned(),
        documentation(diff::SPACES),
        "## Recheck\n\n`recheck.csv`, one row per rechecked file, those that need attention first.\n".to_owned(),
        documentation_beyond(BASE, RECHECK),
        "## Owners\n\n`owners/<person>.csv`, one row per unreferenced file that the person can decide about.\n".to_owned(),
        documentation_beyond(BASE, OWNER_FILES),
    ];
    parts.join("\n")
}

const COLUMNS_INTRO: &str = "\
# Columns of the audit's tables

Every column of the CSV files in a report folder. The tables of `snapshot` are in [metrics.md](metrics.md), and
how values are written is in [file-formats.md](file-formats.md#csv). `cargo xtask goldens` generates this page
from the code.
";

const DIFF_INTRO: &str = "\
## Changes

`changes.csv` in the folder of `diff`, one row per file and kind of change: by kind, most bytes first.
";

/// The header of the attachment tables.
pub fn attachment_header() -> String {
    header(ATTACHMENTS)
}

fn yes_no(yes: bool) -> Value {
    Value::text(if yes { "Yes" } else { "No" })
}

/// Joins entries in one cell. A list that is too long for a cell is cut between two entries and ends with `and N more`;
/// `templates/script/csv.js` does the same.
pub(in crate::report) fn list<T>(
    entries: impl ExactSizeIterator<Item = T>,
    separator: &str,
    shown: impl Fn(T) -> String,
) -> Value {
    let count = entries.len();
    let mut cell: Vec<String> = Vec::new();
    let mut length = 0;
    for entry in entries {
        let entry = shown(entry);
        length += entry.encode_utf16().count() + separator.len();
        if length + RESERVED_FOR_REST > MAX_CELL_LENGTH {
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
            let (listed, rest) = cell.split_at(cell.rfind("and ").unwrap());
            let listed = listed.split_terminator(", ").inspect(|listed| assert_eq!(*listed, entry)).count();
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
