//! Tables that spreadsheets and business-intelligence tools open without harm: how values stand in a CSV file, and how
//! such a file is read back (`reliability-security.md` B1).

mod cell;
mod table;
mod value;

pub use cell::{TableWriter, decode, encode};
pub use table::{Table, TableError};
pub use value::Value;
