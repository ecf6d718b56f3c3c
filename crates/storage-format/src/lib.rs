//! Understands a body in Confluence storage format. Knows nothing of HTTP or reports.
//!
//! [`parse`] is one streaming pass over the XML that yields a [`Body`]: what it references, and how well it could be
//! read. [`parse_to`] takes down what it measures on the same way. Storage format names files, it does not identify
//! them; which attachment is meant is decided later, when the whole site is known.

mod adf;
mod attributes;
mod body;
mod elements;
mod header_image;
mod lenient;
mod macros;
mod measures;
mod parser;
mod reference;
mod scanner;
mod tokens;
mod url;
mod urls_in;

/// Changes whenever this module or a library may read a body otherwise than before: a checksum of their sources.
pub const READER: &str = env!("STORAGE_FORMAT_READER");

pub use adf::parse_adf;
pub use body::{Body, Depth, Reading};
pub use header_image::header_image_references;
pub use macros::property_references;
pub use measures::{Measures, Sketch, TodoMarkers};
pub use parser::{parse, parse_to};
pub use reference::{
    Certainty, Construct, ContainerRef, Display, FileFilter, NameMatching, PageLink, Reference, Target,
};
pub use url::OwnSite;
