#![doc = include_str!("../README.md")]

mod adf;
mod attributes;
mod blank_body;
mod body;
mod elements;
mod extract_urls;
mod header_image;
mod lenient_pass;
mod macros;
mod measures;
mod parser;
mod reference;
mod scanner;
mod steps;
mod tokenizer;
mod url;

/// Checksum of the parser's sources, and of the versions of its libraries where these are known. A cached [`Body`] is
/// valid as long as the checksum stays the same.
pub const PARSER_CHECKSUM: &str = env!("STORAGE_FORMAT_READER");

pub use adf::parse_adf;
pub use body::{Body, ParseDepth, ParseOutcome};
pub use header_image::header_image_references;
pub use macros::property_references;
pub use measures::{Anchors, Measures, Sketch, TodoMarkers};
pub use parser::{parse, parse_with_depth};
pub use reference::{
    AnchorLink, Certainty, Construct, ContainerRef, Display, FileFilter, NameMatching, PageLink, Reference, Target,
};
pub use url::OwnSite;
