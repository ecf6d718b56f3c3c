//! Encodes any text as a spreadsheet cell: the text can be decoded again, and the cell never begins like a formula.
#![no_main]

use confluence_storage_analyzer::spreadsheet::{decode, encode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let cell = encode(text);
    assert_eq!(decode(&cell), text);
    assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
});
