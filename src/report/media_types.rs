//! Readable names of media types, such as `PowerPoint (pptx)` for
//! `application/vnd.openxmlformats-officedocument.presentationml.presentation`.

use std::borrow::Cow;

use crate::report::format;

/// Media types that are common in Confluence, sorted, with their names.
const KNOWN: &[(&str, &str)] = &[
    ("application/gzip", "Gzip archive"),
    ("application/json", "JSON"),
    ("application/msword", "Word (doc)"),
    ("application/octet-stream", "other binary"),
    ("application/pdf", "PDF"),
    ("application/vnd.jgraph.mxfile", "draw.io diagram"),
    ("application/vnd.ms-excel", "Excel (xls)"),
    ("application/vnd.ms-powerpoint", "PowerPoint (ppt)"),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "PowerPoint (pptx)"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel (xlsx)"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word (docx)"),
    ("application/x-zip-compressed", "ZIP archive"),
    ("application/xml", "XML"),
    ("application/zip", "ZIP archive"),
    ("image/gif", "GIF image"),
    ("image/jpeg", "JPEG image"),
    ("image/png", "PNG image"),
    ("image/svg+xml", "SVG image"),
    ("image/webp", "WebP image"),
    ("text/csv", "CSV"),
    ("text/html", "HTML"),
    ("text/plain", "plain text"),
    ("text/xml", "XML"),
    ("video/mp4", "MP4 video"),
    ("video/quicktime", "QuickTime video"),
];

/// Returns the name of a media type; an unknown type is returned unchanged, with hidden characters made visible.
pub(super) fn label(media_type: &str) -> Cow<'_, str> {
    match KNOWN.binary_search_by_key(&media_type, |(known, _)| known) {
        Ok(at) => Cow::Borrowed(KNOWN[at].1),
        Err(_) => format::visible(media_type),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_types_have_names_and_others_are_unchanged() {
        assert!(KNOWN.is_sorted());
        assert_eq!(label("application/pdf"), "PDF");
        assert_eq!(label("application/x-unheard-of"), "application/x-unheard-of");
        assert_eq!(label("image/png\0"), "image/png\u{2400}");
    }
}
