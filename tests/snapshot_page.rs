//! The dashboard of the page metrics, as text.
#![allow(clippy::expect_used, reason = "tests fail loudly")]

mod common;

use common::snapshot::Sample;

#[test]
fn pictures() {
    let Ok(folder) = std::env::var("SNAPSHOT_PAGES") else { return };
    for (name, sample) in [
        ("year", Sample::new(300, 52)),
        ("one", Sample::new(40, 1)),
        ("empty", Sample::new(0, 1)),
        ("short", Sample::new(200, 9)),
        ("incomplete", Sample::incomplete(300, 52)),
    ] {
        std::fs::write(format!("{folder}/{name}.html"), sample.page()).expect("written");
    }
}
