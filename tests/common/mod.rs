//! Shared by the integration tests. Not every test file uses everything.
#![allow(dead_code, unreachable_pub, reason = "each test file is a crate of its own and uses a part")]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "tests may fail loudly, sample numbers are small"
)]

pub mod base64;
pub mod bench;
pub mod folder;
pub mod known;
pub mod raw;
pub mod sample;
pub mod snapshot;
pub mod test_site;
pub mod webdriver;
