//! Finds what takes the space in a Confluence site and which attachments nobody uses.

pub mod audit;
pub mod error;
pub mod inventory;
pub mod report;
pub mod storage_format;
