//! What people can do about each kind of reason.

use crate::audit::ReasonKind;

/// Returns what to do, as sentences.
pub(in crate::report) fn remedy(kind: ReasonKind) -> &'static str {
    match kind {
        ReasonKind::InTrash => "Restore it to have it judged, or purge the trash to free its storage.",
        ReasonKind::OwnerInTrash => {
            "Restore that content to have its files judged, or purge it from the trash to delete them with it."
        }
        ReasonKind::NotOfPage => "Look at it in Confluence: only files of pages and blog posts are judged.",
        ReasonKind::Incomplete => "Run the audit again. The dashboard lists what could not be read, and why.",
        ReasonKind::OtherSpaces => "Run the audit without --references-within.",
        ReasonKind::NewAliasHost => "Run the audit again with the same configuration.",
        ReasonKind::OwnerNotFound => {
            "Run the audit again, or as an account that sees more. If the page stays unknown, ask an administrator for it."
        }
        ReasonKind::NeverPublished => "Publish the draft or delete it, then run the audit again.",
        ReasonKind::UnreadContent => "Open that content and look for the file: it was accepted as unread.",
        ReasonKind::UnreadField => "Run the audit again. If that does not help, look at the file in Confluence.",
        ReasonKind::UploadedDuringScan => "Run the audit again: then the file is older than the scan.",
        ReasonKind::ChangedDuringScan => "Run the audit again, at a time when fewer people edit.",
        ReasonKind::UnresolvedName => {
            "Open the content that names it. Correct the link if it means this file, remove it if it means nothing."
        }
        ReasonKind::UnknownHost => {
            "If the site had that host before, add it to alias_hosts and run the audit again. If not, remove the address."
        }
        ReasonKind::Companion => "Open that content and look in the app whether it needs the file.",
        ReasonKind::UnknownMediaId => {
            "Open that content and look for an image that does not load. Replace or remove it, then run the audit again."
        }
        ReasonKind::AppFiles => "Open that content and look in the app which files it needs.",
        ReasonKind::WorkLimit => "Open that content and look whether its lists show the file.",
        ReasonKind::AppRule => "Ask the people who configure the app whether it needs the file.",
        ReasonKind::Unparsed => {
            "Open that content in the editor and publish it, which repairs its markup, then run the audit again."
        }
        ReasonKind::NamedInTrash => "Keep the file as long as someone may restore that content.",
    }
}

/// Returns the position of a kind in [`texts`].
pub(in crate::report) fn index(kind: ReasonKind) -> usize {
    kind as usize
}

/// All remedies in the order of the kinds, for the script.
pub(in crate::report) fn texts() -> [&'static str; ReasonKind::ALL.len()] {
    ReasonKind::ALL.map(remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_remedy_at_its_position() {
        let texts = texts();
        for kind in ReasonKind::ALL {
            assert_eq!(texts[index(kind)], remedy(kind));
            assert_eq!(texts.iter().filter(|text| **text == remedy(kind)).count(), 1, "{kind:?}");
        }
    }
}
