//! Utilities shared by the other modules; none is specific to Confluence.

pub mod caught_panic;
pub mod checksum;
pub mod file_error;
pub mod formatting;
pub mod iso_week;
pub mod lock;
pub mod network_drive;
pub mod private_files;
pub mod stale_files;
pub mod visible_text;
