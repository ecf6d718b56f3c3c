//! The first sheet: which week it is, whether it is complete, and how many pages each finding has.

use std::io;

use super::{FINDINGS, GUIDE, PAGES, WEEKS, WORKFLOW};
use crate::report::format::{count, minute, plural, visible};
use crate::report::html::gap_rows::{GapRow, gap_row};
use crate::report::snapshot::{SnapshotView, incomplete_reasons};
use crate::spreadsheet::{PageSheet, RowStyle, Value, WorkbookWriter};

/// Number of units that were not read of which the sheet shows each one.
const GAPS: usize = 20;

/// Number of spaces that the sheet names.
const SPACES: usize = 50;

/// Returns the warning about a week that is not complete, in a word and in a sentence; `None` if it is complete.
pub(super) fn warning(view: &SnapshotView<'_>) -> Option<[String; 2]> {
    let reasons = || incomplete_reasons(view).join("; ");
    let [word, sentence] = match (view.frame.complete, view.is_imported) {
        (true, _) => return None,
        (false, true) => ["IMPORTED", "It is not known whether the week is complete: "],
        (false, false) => ["INCOMPLETE", "Pages can be missing, numbers can be too low, and trends leave this out: "],
    };
    Some([word.to_owned(), format!("{sentence}{}.", reasons())])
}

pub(super) fn write(workbook: &mut WorkbookWriter, view: &SnapshotView<'_>) -> io::Result<()> {
    let mut page = workbook.page("Summary", &[34, 16, 90])?;
    page.row(RowStyle::Title, &[Value::text(format!("Confluence pages, week {}", view.frame.week))])?;
    if let Some([word, sentence]) = warning(view) {
        page.row(RowStyle::Alert, &[Value::text(word), Value::Empty, Value::text(sentence)])?;
    }
    page.space();
    facts(&mut page, view)?;
    page.space();
    findings(&mut page, view)?;
    page.space();
    page.row(RowStyle::Heading, &[Value::text("Sheet"), Value::Empty, Value::text("Content")])?;
    for (name, content) in [
        (PAGES, "Every page of the week, the lowest health score first."),
        (FINDINGS, "Every page of every finding. Filter by the first column."),
        (WORKFLOW, "The pages in a workflow: those that wait first, the most overdue first."),
        (WEEKS, "How complete each week is, and its sums."),
        (GUIDE, "What each column means, and when a cell is empty."),
    ] {
        page.link_to_sheet(name, &[Value::Empty, Value::text(content)])?;
    }
    remarks(&mut page, view)
}

/// Writes what was measured, when and by whom.
fn facts(page: &mut PageSheet<'_>, view: &SnapshotView<'_>) -> io::Result<()> {
    let keys: Vec<&str> = view.spaces.iter().map(|(key, _)| key.as_str()).take(SPACES).collect();
    let more = view.spaces.len().saturating_sub(SPACES);
    let more = if more > 0 { format!(" and {} more", count(more as u64)) } else { String::new() };
    let all = if view.whole_site { ", all that the account can see" } else { ", not the entire site" };
    let total = &view.figures.total;
    for (name, value, remark) in [
        ("Site", Value::Empty, view.base_url.to_owned()),
        ("Account", Value::Empty, view.account.to_owned()),
        ("Snapshot taken", Value::Empty, minute(view.frame.taken_at)),
        ("Spaces", Value::count(view.spaces.len()), format!("{}{more}{all}", keys.join(", "))),
        ("Pages", Value::count(total.pages), String::new()),
        ("Blog posts", Value::count(total.posts), String::new()),
        ("Metrics", Value::Empty, view.groups.join(", ")),
    ] {
        page.row(RowStyle::Plain, &[Value::text(name), value, Value::text(visible(&remark))])?;
    }
    Ok(())
}

fn findings(page: &mut PageSheet<'_>, view: &SnapshotView<'_>) -> io::Result<()> {
    page.row(RowStyle::Heading, &["Finding", "Pages", "Meaning"].map(Value::text))?;
    for found in view.findings {
        let pages = if found.unknown { Value::text("not known") } else { Value::count(found.pages.len()) };
        let undecided = match found.undecided {
            0 => String::new(),
            many => format!(" {} more may belong to it.", plural(many, "page", "pages")),
        };
        let meaning = Value::text(format!("{}{undecided}", found.finding.why));
        page.row(RowStyle::Plain, &[Value::text(found.finding.title), pages, meaning])?;
    }
    Ok(())
}

/// Writes what was not read, and the notes of the run.
fn remarks(page: &mut PageSheet<'_>, view: &SnapshotView<'_>) -> io::Result<()> {
    let lost: Vec<GapRow> = view.coverage.gaps.iter().map(gap_row).filter(|gap| gap.is_lost).collect();
    if !lost.is_empty() {
        page.space();
        page.row(RowStyle::Heading, &["Not read", "Result", "Reason"].map(Value::text))?;
        for gap in lost.iter().take(GAPS) {
            let cells = [&gap.subject, gap.result, &gap.reason];
            page.row(RowStyle::Plain, &cells.map(Value::text))?;
        }
        if let Some(more) = lost.len().checked_sub(GAPS).filter(|more| *more > 0) {
            let more = format!("{} more: see index.html", count(more as u64));
            page.row(RowStyle::Plain, &[Value::text(more)])?;
        }
    }
    let notes: Vec<&String> = view.notes.iter().chain(&view.coverage.warnings).collect();
    if !notes.is_empty() {
        page.space();
        page.row(RowStyle::Heading, &[Value::text("Notes")])?;
        for note in notes {
            page.row(RowStyle::Plain, &[Value::Empty, Value::Empty, Value::text(visible(note))])?;
        }
    }
    Ok(())
}
