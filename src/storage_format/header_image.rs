//! The header image of a page or post lives in a content property (`storage-format.md` 2.5).

use super::url::{UrlMeaning, attachment_digits, is_uuid};
use super::{Certainty, Construct, Display, OwnSite, Reference, Target};

/// What the `id` of a header-image property names: a file id, an own-site URL, or nothing (an external picture).
pub fn header_image_reference(id: &str, site: &OwnSite) -> Option<Reference> {
    let id = id.trim();
    let (target, certainty) = if is_uuid(id) {
        (Target::FileId { id: id.to_ascii_lowercase() }, Certainty::Proven)
    } else if let Some(digits) = attachment_digits(id) {
        (Target::Attachment { id: digits.to_owned(), fallback: None }, Certainty::Possible)
    } else {
        match site.meaning(id)? {
            UrlMeaning::Files(targets) => targets.into_iter().next()?,
            UrlMeaning::ContentId(_) | UrlMeaning::PageTitle { .. } => return None,
        }
    };
    Some(Reference { target, construct: Construct::HeaderImage, display: Display::Shown, certainty })
}
