//! The small tools that the other parts share; none of them knows anything of Confluence.

pub mod checksum;
pub mod file_error;
pub mod lock;
pub mod private;
pub mod wording;
