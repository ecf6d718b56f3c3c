//! Understands a body in Confluence storage format. Knows nothing of HTTP or reports.
//!
//! [`parse`] is one streaming pass over the XML that yields a [`Body`]: what it references, and how well it could be
//! read. [`parse_to`] takes down what it measures on the same way. Storage format names files, it does not identify
//! them; which attachment is meant is decided later, when the whole site is known.

mod addresses;
mod adf;
mod attributes;
mod body;
mod diagrams;
mod endings;
mod frame;
mod html;
mod lenient;
mod macro_table;
mod macros;
mod measures;
mod parameters;
mod parser;
mod property;
mod reference;
mod scanner;
mod text_urls;
mod tiny_link;
mod url;
mod wiki_markup;

/// Changes whenever this module or a library may read a body otherwise than before: a checksum of their sources.
pub const READER: &str = env!("STORAGE_FORMAT_READER");

pub use adf::parse_adf;
pub use body::{Body, Depth, PageLink, Reading};
pub use measures::{Measures, Sketch, TodoMarkers};
pub use parser::{parse, parse_to};
pub use property::{header_image_references, property_references};
pub use reference::{Certainty, Construct, ContainerRef, Display, FileFilter, NameMatching, Reference, Target};
pub use url::OwnSite;
