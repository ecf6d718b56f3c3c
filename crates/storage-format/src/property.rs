//! Content properties: the header image of a page or post, and what apps keep there (`storage-format.md` 2.5).

use super::url::{UrlMeaning, attachment_digits, is_uuid};
use super::{Certainty, Construct, Display, OwnSite, Reference, Target, macros};

/// What the `id` of a header-image property names: a file id, an own-site URL, or nothing (an external picture). An
/// address whose name can be read in several ways gives a reference for each.
pub fn header_image_references(id: &str, site: &OwnSite) -> Vec<Reference> {
    let id = id.trim();
    let targets = if is_uuid(id) {
        vec![(Target::FileId { id: id.to_ascii_lowercase() }, Certainty::Proven)]
    } else if let Some(digits) = attachment_digits(id) {
        vec![(Target::Attachment { id: digits.to_owned(), fallback: None }, Certainty::Possible)]
    } else {
        match site.meaning(id) {
            Some(UrlMeaning::Files(targets)) => targets,
            Some(UrlMeaning::ContentId(_) | UrlMeaning::PageTitle { .. }) | None => Vec::new(),
        }
    };
    let reference = |(target, certainty)| Reference {
        target,
        construct: Construct::HeaderImage,
        display: Display::Shown,
        certainty,
    };
    targets.into_iter().map(reference).collect()
}

/// What the JSON value of an app's property names: known file ids, attachment ids and own-site URLs, each as a possible
/// use (`storage-format.md` 2.5). Plain names count for nothing there.
pub fn property_references(key: &str, json: &str, site: &OwnSite) -> Vec<Reference> {
    macros::property_references(key, json, site)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_image_address_is_read_in_every_way() {
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
