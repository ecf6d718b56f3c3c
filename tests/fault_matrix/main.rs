//! The fault matrix (`reliability-security.md` A6): every row that applies is a test of a whole reading against the
//! loopback server, or of the client against a raw listener. Time is paused, so no test waits for a real pause.

#[path = "../common/mod.rs"]
mod common;

mod access;
mod limits;
mod paging;
mod shape;
mod transport;
