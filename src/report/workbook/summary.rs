//! The first sheet: whether the run is complete, the figures, and links to the other sheets.

use std::io;

use super::files::UNREFERENCED;
use super::spaces::if_complete;
use super::{TABLES, guide};
use crate::audit::{DuplicateGroup, Usage};
use crate::report::report_view::{FileRow, ReportView};
use crate::report::{format, not_covered_by, wording};
use crate::spreadsheet::{PageSheet, RowStyle, Value, WorkbookWriter};

pub(super) const NAME: &str = "Summary";

/// Name, files, bytes, size for people, and text.
const WIDTHS: [u32; 5] = [30, 14, 20, 12, 76];

/// What deleting a file frees.
const FREEING: &str = "Deleting a file only moves it to the trash. Its storage is freed when a space administrator purges the \
                       trash; the figures of Confluence itself may lag by hours.";

/// A figure that was not read.
const NOT_KNOWN: &str = "not known";

pub(super) fn write(
    workbook: &mut WorkbookWriter,
    view: &ReportView<'_>,
    rows: &[FileRow<'_>],
    counts: [usize; TABLES.len()],
) -> io::Result<()> {
    let mut page = workbook.page(NAME, &WIDTHS)?;
    if !view.complete {
        page.row(
            RowStyle::Alert,
            &texts(["INCOMPLETE", "", "", "", "Not everything was read, so no file is called unreferenced:"]),
        )?;
        for reason in &view.incomplete_reasons {
            page.row(RowStyle::Alert, &[Value::Empty, Value::Empty, Value::Empty, Value::Empty, shown(reason)])?;
        }
        page.space();
    }
    page.row(RowStyle::Title, &[Value::text("Confluence storage")])?;
    write_run(&mut page, view)?;
    write_figures(&mut page, view)?;
    write_usages(&mut page, view, rows)?;
    page.space();
    page.row(RowStyle::Heading, &texts(["Sheet", "Rows", "", "", "What it has"]))?;
    for ((name, about), count) in TABLES.into_iter().zip(counts) {
        let is_known = view.complete || name != UNREFERENCED;
        let count = if is_known { Value::count(count) } else { Value::text(NOT_KNOWN) };
        page.link_to_sheet(name, &[count, Value::Empty, Value::Empty, Value::text(about)])?;
    }
    page.link_to_sheet(guide::NAME, &texts(["", "", "", guide::ABOUT]))?;
    page.space();
    page.row(RowStyle::Heading, &texts(["What the run could not see", "", "", "", ""]))?;
    let not_covered = shown(&not_covered_by(view.inventory));
    page.row(RowStyle::Plain, &[Value::Empty, Value::Empty, Value::Empty, Value::Empty, not_covered])
}

fn write_run(page: &mut PageSheet<'_>, view: &ReportView<'_>) -> io::Result<()> {
    let scan = &view.inventory.scan;
    let spaces = scan.reported_spaces.as_ref().map_or_else(|| "all visible".to_owned(), |keys| keys.join(", "));
    let facts = [
        ("Site", shown(&scan.base_url)),
        ("Read as", shown(&scan.account.name)),
        ("Finished (UTC)", Value::text(format::minute(scan.finished_at))),
        ("Reported spaces", shown(&spaces)),
        ("Run complete", shown(&view.run_complete())),
    ];
    for (name, value) in facts {
        page.row(RowStyle::Line, &[Value::text(name), value])?;
    }
    page.space();
    Ok(())
}

fn write_figures(page: &mut PageSheet<'_>, view: &ReportView<'_>) -> io::Result<()> {
    let totals = view.site_totals();
    let stored = totals.current_bytes.saturating_add(totals.old_bytes);
    let in_duplicates: u64 = view.audit.duplicates.iter().map(DuplicateGroup::wasted_bytes).sum();
    let trash = |figure| if totals.is_trash_unknown() { Value::text(NOT_KNOWN) } else { Value::count(figure) };
    let of_complete = |figure| match if_complete(view, figure) {
        Value::Empty => Value::text(NOT_KNOWN),
        figure => figure,
    };
    let at_least = if view.complete { "" } else { "At least: not everything was read." };
    let of_trash = if totals.trash_at_least { "At least: not the trash of all spaces could be listed." } else { "" };
    page.row(RowStyle::Heading, &texts(["Figure", "Files", "Bytes", "Size", "Remarks"]))?;
    let rows: [(&str, Value, Value, String); 7] = [
        ("Stored, without the trash", Value::count(totals.attachments), Value::count(stored), at_least.to_owned()),
        (
            "In old versions",
            Value::Empty,
            Value::count(totals.old_bytes),
            format!(
                "Keeping the newest {} of each file frees {}.",
                format::plural(u64::from(view.audit.keep_versions.max(1)), "version", "versions"),
                format::bytes(totals.version_waste_bytes)
            ),
        ),
        (
            "Unreferenced",
            of_complete(totals.unreferenced_files),
            of_complete(totals.unreferenced_bytes),
            "No use found in what this account can see. Check every file before you delete it.".to_owned(),
        ),
        (
            "Undetermined",
            Value::count(totals.undetermined_files),
            Value::count(totals.undetermined_bytes),
            "No use found, but something that could hold one was not read or not resolved.".to_owned(),
        ),
        ("In the trash", trash(totals.trash_files), trash(totals.trash_bytes), of_trash.to_owned()),
        ("In duplicates", Value::Empty, Value::count(in_duplicates), "Bytes beyond one copy of each file.".to_owned()),
        (
            "Versions of unknown size",
            Value::count(totals.unknown_sizes),
            Value::Empty,
            "Versions, not files. No size includes them.".to_owned(),
        ),
    ];
    for (name, files, bytes, remark) in rows {
        let size = size(&bytes);
        page.row(RowStyle::Plain, &[Value::text(name), files, bytes, size, Value::text(remark)])?;
    }
    page.row(RowStyle::Plain, &texts(["", "", "", "", FREEING]))?;
    page.space();
    Ok(())
}

fn write_usages(page: &mut PageSheet<'_>, view: &ReportView<'_>, rows: &[FileRow<'_>]) -> io::Result<()> {
    page.row(RowStyle::Heading, &texts(["Usage", "Files", "Bytes", "Size", "Meaning"]))?;
    for usage in Usage::ALL {
        let files = || rows.iter().filter(|row| row.usage() == usage);
        let bytes = files().fold(0_u64, |sum, row| sum.saturating_add(row.known_bytes()));
        let is_known = view.complete || usage != Usage::Unreferenced;
        let figure = |figure: u64| if is_known { Value::count(figure) } else { Value::text(NOT_KNOWN) };
        let name = Value::text(usage.as_str());
        let meaning = Value::text(wording::meaning(usage));
        let (count, bytes) = (figure(files().count() as u64), figure(bytes));
        let size = size(&bytes);
        page.row(RowStyle::Plain, &[name, count, bytes, size, meaning])?;
    }
    Ok(())
}

/// Returns a size for people: `4.8 GiB`.
fn size(bytes: &Value) -> Value {
    let bytes = bytes.as_integer().and_then(|bytes| u64::try_from(bytes).ok());
    Value::maybe(bytes, |bytes| Value::text(format::bytes(bytes)))
}

fn texts<const N: usize>(texts: [&str; N]) -> [Value; N] {
    texts.map(|text| if text.is_empty() { Value::Empty } else { Value::text(text) })
}

fn shown(text: &str) -> Value {
    Value::text(format::visible(text))
}
