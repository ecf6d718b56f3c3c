#![doc = include_str!("../README.md")]

mod adf;
mod attributes;
mod blank;
mod body;
mod elements;
mod header_image;
mod lenient;
mod macros;
mod measures;
mod parser;
mod reference;
mod scanner;
mod steps;
mod tokens;
mod url;
mod urls_in;

/// A checksum of the sources that read bodies, and of the versions of the libraries they use where these are known. What
/// was kept of a body is as good as new while it is the same.
pub const READER: &str = env!("STORAGE_FORMAT_READER");

pub use adf::parse_adf;
pub use body::{Body, Depth, Reading};
pub use header_image::header_image_references;
pub use macros::property_references;
pub use measures::{Anchors, Measures, Sketch, TodoMarkers};
pub use parser::{parse, parse_to};
pub use reference::{
    Certainty, Construct, ContainerRef, Display, FileFilter, NameMatching, PageLink, PlaceLink, Reference, Target,
};
pub use url::OwnSite;
