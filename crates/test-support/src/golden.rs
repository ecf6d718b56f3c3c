//! Golden files: generated expectations that people review. `cargo xtask goldens` rewrites all of them.

use std::path::Path;

/// Set by `cargo xtask goldens`.
const WRITE: &str = "WRITE_GOLDENS";

/// Compares a text line by line with a file of the repository, given by its path from the root.
pub fn assert_golden(file: &str, given: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file);
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, given).expect("written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    for (number, (given, expected)) in given.lines().zip(expected.lines()).enumerate() {
        assert_eq!(given, expected, "{file}, line {}; `cargo xtask goldens` rewrites it for review", number + 1);
    }
    assert!(given == expected, "{file} differs at its end; `cargo xtask goldens` rewrites it for review");
}
