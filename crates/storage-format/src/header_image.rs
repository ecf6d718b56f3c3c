//! Header image of a page or post, which is named by a content property instead of the body.

use crate::reference::{Certainty, Construct, Display, Reference, Target};
use crate::url::{OwnSite, attachment_digits, is_uuid};

/// Returns the references in the `id` of a header-image property: a file id, a URL of the site, or none for an external
/// image. An address whose name can be decoded in several ways yields one reference for each.
pub fn header_image_references(id: &str, site: &OwnSite) -> Vec<Reference> {
    let id = id.trim();
    let targets = if is_uuid(id) {
        vec![(Target::FileId { id: id.to_ascii_lowercase() }, Certainty::Proven)]
    } else if let Some(digits) = attachment_digits(id) {
        vec![(Target::Attachment { id: digits.to_owned(), fallback: None }, Certainty::Possible)]
    } else {
        site.files(id)
    };
    let reference = |(target, certainty): (Target, Certainty)| Reference {
        display: target.display_in(Display::Shown),
        target,
        construct: Construct::HeaderImage,
        certainty,
    };
    targets.into_iter().map(reference).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_image_address_is_decoded_in_every_way() {
        let site = OwnSite::new("https://acme.atlassian.net/wiki", &[]);
        let names = |id: &str| -> Vec<String> {
            let references = header_image_references(id, &site).into_iter();
            references
                .filter_map(|reference| match reference.target {
                    Target::File { name, .. } => Some(name),
                    _ => None,
                })
                .collect()
        };
        assert_eq!(names("https://acme.atlassian.net/wiki/download/attachments/1/a+b.png"), ["a+b.png", "a b.png"]);
        assert!(header_image_references("https://images.example/a.png", &site).is_empty());
        assert!(header_image_references("", &site).is_empty());
    }
}
