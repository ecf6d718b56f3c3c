//! Understands a body in Confluence storage format. Knows nothing of HTTP or reports.

mod body;
mod reference;

pub use body::{Body, PageLink, Reading, Structure};
pub use reference::{Certainty, Construct, ContainerRef, Display, FileFilter, NameMatching, Reference, Target};
