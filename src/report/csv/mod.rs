//! The tables for spreadsheets (product contract 3.4, `reliability-security.md` B1).

mod tables;

pub(crate) use tables::{ATTACHMENTS, attachments, duplicates, versions};
