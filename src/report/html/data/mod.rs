//! Data block of a table of files, as JSON: tables of columns, with repeated texts stored once, and for every text
//! column the rank of each row. It contains everything that the program writes into the CSV, unchanged and not as
//! displayed, so that the script can export any selection of rows as the same CSV.

mod builder;
mod shared_constants;
mod sort_rank;
mod tables;
mod url_template;

use serde::Serialize;

use crate::report::explanation;
use crate::report::report_view::{FileRow, ReportView};
use crate::report::{ReportError, csv, folder};
use crate::spreadsheet::ColumnType;

use super::page_frame::read_sentence;
pub(super) use url_template::component;

pub(super) use shared_constants::SharedConstants;
pub(in crate::report) use sort_rank::rank;
use tables::FileTables;

/// A data block, ready to embed in the page.
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
    /// Serializes any data of a page.
    pub(super) fn pack(data: &impl Serialize, rows: usize) -> Result<Self, ReportError> {
        let json = serde_json::to_string(data)
            .map_err(|source| ReportError::Json { what: "the data of a page", source })?
            // the only way to end or comment out a script element begins with `<`
            .replace('<', "\\u003c");
        Ok(Self { rows, checksum: checksum(&json), json })
    }
}

/// What the script needs to know about the run.
#[derive(Debug, Serialize)]
pub(super) struct RunBlock {
    /// Name of the report folder, which identifies the run for people.
    id: String,
    complete: bool,
    /// `Run Complete` of the CSV export: names the content that was accepted as unread.
    run_complete: String,
    /// Seconds since 1970.
    started: i64,
    site: String,
    account: String,
    read: String,
    /// Whether only the chosen spaces were read.
    #[serde(rename = "withinSpaces")]
    within_spaces: bool,
    /// What was searched for uses and what was not, in sentences.
    looked: Vec<String>,
}

impl RunBlock {
    pub(super) fn new(view: &ReportView<'_>) -> Self {
        let scan = &view.inventory.scan;
        Self {
            id: folder::folder_name(&view.facts.local_time, view.complete),
            complete: view.complete,
            run_complete: view.run_complete(),
            started: scan.started_at.timestamp(),
            site: scan.base_url.clone(),
            account: scan.account.name.clone(),
            read: read_sentence(&view.inventory.coverage),
            within_spaces: scan.references_within,
            looked: explanation::looked(view),
        }
    }
}

#[derive(Serialize)]
struct FilesBlock<'a> {
    run: RunBlock,
    shared: SharedConstants,
    export: CsvExport,
    #[serde(flatten)]
    tables: FileTables<'a>,
}

/// The columns of the CSV that the script writes.
#[derive(Serialize)]
struct CsvExport {
    name: Vec<&'static str>,
    holds: Vec<&'static str>,
    digits: Vec<u8>,
}

impl CsvExport {
    fn new() -> Self {
        let columns = || csv::ATTACHMENTS.iter();
        Self {
            name: columns().map(|column| column.name).collect(),
            holds: columns().map(|column| column.holds.name()).collect(),
            digits: columns()
                .map(|column| if let ColumnType::Decimal(digits) = column.holds { digits } else { 0 })
                .collect(),
        }
    }
}

/// Builds the data block of files in their initial order on the page. URLs below the base URL are stored as paths.
pub(super) fn block(view: &ReportView<'_>, rows: &[&FileRow<'_>]) -> Result<DataBlock, ReportError> {
    let (run, shared, export) = (RunBlock::new(view), SharedConstants::new(), CsvExport::new());
    DataBlock::pack(&FilesBlock { run, shared, export, tables: builder::tables(view, rows) }, rows.len())
}

/// FNV-1a, 32 bits, over UTF-16 code units, because scripts see strings as those.
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
    fn the_script_has_a_value_for_every_column_of_the_csv() {
        let script = include_str!("../../../../templates/script/csv.js");
        for name in CsvExport::new().name {
            assert!(script.contains(&format!("\n  \"{name}\": (rows")), "CSV_VALUES in csv.js has no {name}");
        }
    }

    #[test]
    fn no_text_can_escape_from_the_data_block() {
        let hostile = "</script><!--<script>\u{2028}\u{1F4CE}";
        let block = DataBlock::pack(&[hostile], 1).expect("a block");
        assert!(!block.json.contains('<'));
        let value: Vec<String> = serde_json::from_str(&block.json).expect("JSON");
        assert_eq!(value, [hostile]);
        assert_eq!(block.rows, 1);
    }
}
