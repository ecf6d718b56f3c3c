//! Understands a body in Confluence storage format. Knows nothing of HTTP or reports.
//!
//! [`parse`] is one streaming pass over the XML that yields a [`Body`]: what it references, how it is built, and how
//! well it could be read. Storage format names files, it does not identify them; which attachment is meant is decided
//! later, when the whole site is known.

mod adf;
mod attributes;
mod body;
mod diagrams;
mod header_image;
mod html;
mod lenient;
mod macros;
mod parser;
mod reference;
mod scanner;
mod text_urls;
mod tiny_link;
mod url;
mod wiki_markup;

pub use adf::parse_adf;
pub use body::{Body, PageLink, Reading, Structure};
pub use header_image::header_image_reference;
pub use parser::parse;
pub use reference::{Certainty, Construct, ContainerRef, Display, FileFilter, NameMatching, Reference, Target};
pub use url::OwnSite;
