//! Bridge table of labels: which page had which label in which week.

use std::collections::BTreeSet;

use super::{KEYS, text_of};
use crate::metrics::columns::{self, PageColumn};
use crate::spreadsheet::{Column, Field, Record, Sheet, Value};

const LABELS: &PageColumn = columns::named(["labels"])[0];

/// A label of a page in one week.
#[derive(Debug)]
pub struct PageLabel<'r> {
    week: &'r str,
    page: &'r str,
    label: &'r str,
}

impl Sheet for PageLabel<'static> {
    type Row<'r> = PageLabel<'r>;
    type Base = Self;
    type Group = ();
    type Restored = ();

    fn base<'a, 'r: 'a>(row: &'a PageLabel<'r>) -> &'a PageLabel<'r> {
        row
    }
}

/// Columns of `bridge_label.csv`.
pub(super) const LABEL: &[Column<PageLabel<'static>>] = &[
    Column::<PageLabel<'static>>::text("snapshot_week", |label| Value::text(label.week))
        .says("ISO week; the newest comes first.")
        .from("the history"),
    Column::<PageLabel<'static>>::text("page_id", |label| Value::text(label.page))
        .says("Page that had the label in that week. With snapshot_week it is the key of fact_page_week.")
        .from("pages"),
    Column::<PageLabel<'static>>::text("label", |label| Value::text(label.label))
        .says("The label. The three columns together are the key of a row.")
        .from("labels"),
];

/// The bridge table. Its rows are streamed, because they can be too many for the memory.
#[derive(Debug)]
pub struct BridgeLabel;

impl BridgeLabel {
    /// Name of its files, without the extension.
    pub const NAME: &'static str = "bridge_label";

    pub fn fields() -> Vec<Field> {
        LABEL.iter().map(Column::field).collect()
    }

    /// Returns the rows of a page in a week.
    pub fn rows<'r>(week: &'r str, page: Record<'r>) -> impl Iterator<Item = Vec<Value>> {
        let labels: BTreeSet<&str> =
            text_of(page, LABELS).split(';').map(str::trim).filter(|label| !label.is_empty()).collect();
        let row = move |label| PageLabel { week, page: text_of(page, KEYS[1]), label };
        labels.into_iter().map(move |label| LABEL.iter().map(|column| column.value(&row(label))).collect())
    }
}
