//! The security checklist (`reliability-security.md` B6), as far as tokens and the network are concerned: S-11, S-15,
//! S-16, S-17, S-19, S-20. Other lines are tested where their code is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../end_to_end/program.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with other tests, which use more of it")]
mod program;

mod network;
mod token;
