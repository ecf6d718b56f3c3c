//! The reading guide: what each sheet holds, in which order, and what its columns mean.

use std::io;

use super::{FINDINGS, GUIDE, PAGES, WEEKS, WORKFLOW, WORKFLOW_COLUMNS, summary, weeks};
use crate::metrics::{columns, findings};
use crate::report::snapshot::SnapshotView;
use crate::spreadsheet::{Column, PageSheet, RowStyle, Sheet, Value, WorkbookWriter};

pub(super) fn write(workbook: &mut WorkbookWriter, view: &SnapshotView<'_>) -> io::Result<()> {
    let mut page = workbook.page(GUIDE, &[32, 90, 12, 50])?;
    page.row(RowStyle::Title, &[Value::text("How to read this workbook")])?;
    if let Some(warning) = summary::warning(view) {
        page.row(RowStyle::Alert, &warning.map(Value::text))?;
    }
    for (name, text) in [
        (
            "Empty cells",
            "A cell is empty when something was not read or does not apply, and 0 only when zero was counted.",
        ),
        ("Times and dates", "In UTC. An ISO week begins on Monday and ends on Sunday."),
        ("Flags", "1 is yes, 0 is no."),
        ("Links", "The title of a page opens it in Confluence."),
        ("Changes", "Every snapshot writes this file again. One that you saved is renamed before, never overwritten."),
        (
            "More data",
            "confluence_data_history.csv has the pages of all weeks, the folder model tables for Power BI and Tableau.",
        ),
    ] {
        page.row(RowStyle::Plain, &[name, text].map(Value::text))?;
    }
    let csv = format!("Rows and columns are those of confluence_data_{}.csv.", view.frame.week);
    let order = "The lowest health score comes first, then the page that was not edited for the longest time.";
    columns_of(&mut page, PAGES, &format!("Every page of the week. {csv} {order}"), columns::exported())?;
    let about = "One row for each finding and page: the worst page of each finding first. Rows are those of the files in \
                 the folder findings; its broken_links.csv has one row for each link.";
    columns_of(&mut page, FINDINGS, about, findings::IN_WORKBOOK)?;
    let about = "Every page with a workflow state. Pages that wait come first, the most overdue of them first, then those \
                 that have been in their state for the longest time.";
    columns_of(&mut page, WORKFLOW, about, WORKFLOW_COLUMNS)?;
    let about = "Every week from the newest to the first. Sums leave out blog posts, and spaces in which something was not \
                 read.";
    columns_of(&mut page, WEEKS, about, weeks::COLUMNS)
}

/// Writes what a sheet holds, and what its columns mean.
fn columns_of<'c, S: Sheet>(
    page: &mut PageSheet<'_>,
    sheet: &str,
    about: &str,
    columns: impl IntoIterator<Item = &'c Column<S>>,
) -> io::Result<()> {
    page.space();
    page.link_to_sheet(sheet, &[Value::text(about)])?;
    page.row(RowStyle::Heading, &["Column", "Meaning", "Unit", "Empty when"].map(Value::text))?;
    for column in columns {
        // the definitions are also Markdown
        let definition = column.definition.replace('`', "");
        let empty = if column.empty == "never" { "" } else { column.empty };
        page.row(RowStyle::Plain, &[column.name, &definition, column.unit, empty].map(Value::text))?;
    }
    Ok(())
}
