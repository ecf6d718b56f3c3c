//! The binary against the loopback Confluence, over real HTTP: what people get, and how every run ends.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod bad_input;
mod demo;
mod doctor;
mod duplicates;
mod incomplete;
mod processes;
mod program;
mod requests;
mod second_look;
mod usage;
