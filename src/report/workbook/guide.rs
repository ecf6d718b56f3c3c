//! The last sheet: what each sheet, usage and column means.

use std::collections::HashSet;
use std::io;

use super::owners::OWNERS;
use super::spaces::SPACES;
use super::{TABLES, summary};
use crate::audit::Usage;
use crate::report::csv::{ATTACHMENTS, DUPLICATES, VERSIONS};
use crate::report::wording;
use crate::spreadsheet::{Column, PageSheet, RowStyle, Sheet, Value, WorkbookWriter};

pub(super) const NAME: &str = "Reading guide";
pub(super) const ABOUT: &str = "What each sheet, usage and column means, and what to check before deleting.";

const WIDTHS: [u32; 3] = [30, 90, 44];

/// What people need to know before they delete a file.
const BEFORE_DELETING: [(&str, &str); 6] = [
    (
        "Unreferenced",
        "No use was found in what the account of this run can see. It does not mean that no one needs the file: \
         check every file before you delete it.",
    ),
    (
        "Deleting only moves to the trash",
        "Deleting a file in Confluence only moves it to the trash, from where a space administrator can restore it. \
         Its storage is freed when the trash is purged.",
    ),
    ("Old versions", "An old version that is deleted is not in the trash: it cannot be restored."),
    (
        "Incomplete runs",
        "A run that did not read everything calls no file unreferenced: the sheet Unreferenced then has only a \
         reason, and the column Run Complete is No.",
    ),
    (
        "Where to delete",
        "The name of a file opens the attachments screen of its page, and the title of the page opens the page. This \
         program never deletes anything.",
    ),
    (
        "Filters",
        "The arrows in the first row filter and sort. An empty cell is a figure that is not known, or does not apply; \
         it is never zero. Times are in UTC. Bars show sizes within their column.",
    ),
];

pub(super) fn write(workbook: &mut WorkbookWriter) -> io::Result<()> {
    let mut page = workbook.page(NAME, &WIDTHS)?;
    page.row(RowStyle::Title, &[Value::text(NAME)])?;
    page.space();
    section(&mut page, ["Before you delete", ""], BEFORE_DELETING)?;
    section(&mut page, ["Usage", "Meaning"], Usage::ALL.map(|usage| (usage.as_str(), wording::meaning(usage))))?;
    page.row(RowStyle::Heading, &[Value::text("Sheet"), Value::text("What it has")])?;
    for (name, about) in
        [(summary::NAME, "The figures of the run, and whether it is complete.")].into_iter().chain(TABLES)
    {
        page.link_to_sheet(name, &[Value::text(about)])?;
    }
    page.space();
    let heading = ["Column", "Meaning", "Empty when"].map(Value::text);
    page.row(RowStyle::Heading, &heading)?;
    let mut explained = HashSet::new();
    columns(&mut page, ATTACHMENTS, &mut explained)?;
    columns(&mut page, VERSIONS, &mut explained)?;
    columns(&mut page, DUPLICATES, &mut explained)?;
    columns(&mut page, SPACES, &mut explained)?;
    columns(&mut page, OWNERS, &mut explained)
}

fn section<'t>(
    page: &mut PageSheet<'_>,
    heading: [&str; 2],
    rows: impl IntoIterator<Item = (&'t str, &'t str)>,
) -> io::Result<()> {
    page.row(RowStyle::Heading, &heading.map(Value::text))?;
    for (name, meaning) in rows {
        page.row(RowStyle::Plain, &[Value::text(name), Value::text(meaning)])?;
    }
    page.space();
    Ok(())
}

/// Explains the columns that are not explained yet.
fn columns<S: Sheet>(
    page: &mut PageSheet<'_>,
    columns: &'static [Column<S>],
    explained: &mut HashSet<&'static str>,
) -> io::Result<()> {
    for column in columns.iter().filter(|column| explained.insert(column.name)) {
        let cells = [column.name, column.definition, column.empty].map(|text| Value::text(text.replace('`', "\"")));
        page.row(RowStyle::Plain, &cells)?;
    }
    Ok(())
}
