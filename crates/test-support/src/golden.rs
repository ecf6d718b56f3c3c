//! Expectations that people read and programs write: `cargo xtask goldens` writes all of them anew.

use std::path::Path;

/// Set by `cargo xtask goldens`.
const WRITE: &str = "WRITE_GOLDENS";

/// Compares a text with a file of the repository, named from its root, line by line.
pub fn assert_golden(file: &str, given: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file);
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, given).expect("written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    for (number, (given, expected)) in given.lines().zip(expected.lines()).enumerate() {
        assert_eq!(
            given,
            expected,
            "{file}, line {}; `cargo xtask goldens` writes it anew, for people to read",
            number + 1
        );
    }
    assert!(given == expected, "{file} has another end than it should; `cargo xtask goldens` writes it anew");
}
