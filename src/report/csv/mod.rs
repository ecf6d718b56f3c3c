//! The tables for spreadsheets (product contract 3.4, `reliability-security.md` B1).

mod cell;
mod tables;

pub use cell::{decode, encode};
pub(crate) use tables::{ATTACHMENTS, attachments, duplicates, versions};
