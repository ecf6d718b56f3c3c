//! The small tools that the other parts share; none of them knows anything of Confluence.

pub mod checksum;
pub mod file_error;
pub mod iso_week;
pub mod leftovers;
pub mod lock;
pub mod network_drive;
pub mod private;
pub mod visible;
pub mod wording;
