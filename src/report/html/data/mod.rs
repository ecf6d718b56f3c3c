//! The block of data behind a table of files: tables of columns, texts that repeat kept once, and for every text
//! column the place of each row in sorted order. It holds all that the program writes into the
//! CSV, as it is and not as it is shown: the script makes the same table of any choice of rows.

mod address;
mod builder;
mod rank;
mod shared;
mod tables;

use serde::Serialize;

use crate::report::view::{FileRow, View};
use crate::report::{ReportError, csv, folder};
use crate::spreadsheet::Type;

use super::frame::read_sentence;
pub(super) use address::component;

pub(in crate::report) use rank::rank;
pub(super) use shared::Shared;
use tables::Tables;

/// The block as it stands in the page.
#[derive(Debug)]
pub(super) struct DataBlock {
    /// JSON without any `<`.
    pub(super) json: String,
    /// Number of rows, checked by the script.
    pub(super) rows: usize,
    /// FNV-1a (32 bits) over the UTF-16 code units of the JSON, checked by the script.
    pub(super) checksum: String,
}

impl DataBlock {
    /// Packs any data of a page.
    pub(super) fn pack(data: &impl Serialize, rows: usize) -> Result<Self, ReportError> {
        let json = serde_json::to_string(data)
            .map_err(|source| ReportError::Json { what: "the data of a page", source })?
            // the only way to end or comment out a script element begins with `<`
            .replace('<', "\\u003c");
        Ok(Self { rows, checksum: checksum(&json), json })
    }
}

/// What the script has to know of the run.
#[derive(Debug, Serialize)]
pub(super) struct RunBlock {
    /// Name of the report folder, by which people know the run.
    id: String,
    complete: bool,
    /// Seconds since 1970.
    started: i64,
    site: String,
    account: String,
    /// How much was read.
    read: String,
}

impl RunBlock {
    pub(super) fn new(view: &View<'_>) -> Self {
        let scan = &view.inventory.scan;
        Self {
            id: folder::folder_name(&view.facts.local_time, view.complete),
            complete: view.complete,
            started: scan.started_at.timestamp(),
            site: scan.base_url.clone(),
            account: scan.account.name.clone(),
            read: read_sentence(&view.inventory.coverage),
        }
    }
}

#[derive(Serialize)]
struct Block<'a> {
    run: RunBlock,
    shared: Shared,
    export: Export,
    #[serde(flatten)]
    tables: Tables<'a>,
}

/// The columns of the CSV that the script writes.
#[derive(Serialize)]
struct Export {
    name: Vec<&'static str>,
    holds: Vec<&'static str>,
    digits: Vec<u8>,
}

impl Export {
    fn new() -> Self {
        let columns = || csv::ATTACHMENTS.iter();
        Self {
            name: columns().map(|column| column.name).collect(),
            holds: columns().map(|column| column.holds.name()).collect(),
            digits: columns().map(|column| if let Type::Decimal(digits) = column.holds { digits } else { 0 }).collect(),
        }
    }
}

/// Makes the block for files in the order the page shows them at first. `base` is the base URL; addresses below it
/// are kept as paths.
pub(super) fn block(view: &View<'_>, rows: &[&FileRow<'_>]) -> Result<DataBlock, ReportError> {
    let (run, shared, export) = (RunBlock::new(view), Shared::new(), Export::new());
    DataBlock::pack(&Block { run, shared, export, tables: builder::tables(view, rows) }, rows.len())
}

/// FNV-1a, 32 bits, over UTF-16 code units, which is what a script sees.
fn checksum(text: &str) -> String {
    let hash =
        text.encode_utf16().fold(0x811C_9DC5_u32, |hash, unit| (hash ^ u32::from(unit)).wrapping_mul(0x0100_0193));
    format!("{hash:08x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_fnv_1a() {
        // for ASCII, code units are bytes: the published test vector of "foobar"
        assert_eq!(checksum("foobar"), "bf9cf968");
        assert_eq!(checksum(""), "811c9dc5");
    }

    #[test]
    fn the_script_knows_a_value_for_every_column_of_the_csv() {
        let script = include_str!("../../../../templates/script/csv.js");
        for name in Export::new().name {
            assert!(script.contains(&format!("\n  \"{name}\": (rows")), "CSV_VALUES in csv.js has no {name}");
        }
    }

    #[test]
    fn no_text_can_leave_the_block() {
        let hostile = "</script><!--<script>\u{2028}\u{1F4CE}";
        let block = DataBlock::pack(&[hostile], 1).expect("a block");
        assert!(!block.json.contains('<'));
        let value: Vec<String> = serde_json::from_str(&block.json).expect("JSON");
        assert_eq!(value, [hostile]);
        assert_eq!(block.rows, 1);
    }
}
