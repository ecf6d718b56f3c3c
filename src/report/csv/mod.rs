//! The tables for spreadsheets (product contract 3.4, `reliability-security.md` B1). Each is one list of columns, from
//! which its file, the report's own export and the documentation are made.

mod attachments;
mod duplicates;
mod versions;

use crate::metrics;
use crate::spreadsheet::{Value, documentation, header};

pub(crate) use attachments::{ATTACHMENTS, attachments};
pub(crate) use duplicates::duplicates;
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
        "## Pages\n\n`confluence_data_*.csv`, one row for each page and week:\n".to_owned(),
        documentation(metrics::columns::all()),
        "## Findings\n\n`findings/*.csv`, one row for each page of the list:\n".to_owned(),
        documentation(metrics::findings::COLUMNS),
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
    fn megabytes_have_two_decimals() {
        let cases = [(0, "0.00"), (5_242, "0.00"), (5_243, "0.01"), (1_048_576, "1.00"), (1_572_864, "1.50")];
        for (size, text) in cases {
            assert_eq!(megabytes(Some(size)).plain(), text, "{size}");
        }
        assert_eq!(megabytes(None), Value::Empty);
    }
}
