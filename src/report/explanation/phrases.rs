//! How a content uses a file, why a use is only possible, and what readers would see without the file.

use serde::Serialize;

use crate::audit::Use;
use crate::report::format::visible;
use storage_format::{Certainty, Construct, Display};

/// Returns what the content does with the file: `shows it as an image`, `possibly links to it by its URL`.
pub(in crate::report) fn does(used: &Use) -> String {
    let verb = match used.display {
        Display::Shown => "shows it",
        Display::Linked => "links to it",
        Display::Listed => "lists it",
    };
    let words = match &used.construct {
        Construct::Image => format!("{verb} as an image"),
        Construct::HeaderImage => format!("{verb} as its header image"),
        Construct::Media => format!("{verb} as an embedded file"),
        Construct::Link => verb.to_owned(),
        Construct::BareIdentifier => format!("{verb} in its text"),
        Construct::Url => format!("{verb} by its URL"),
        Construct::Fallback => format!("{verb} by its URL, for readers without the app"),
        Construct::UrlInText => "has its URL in the text".to_owned(),
        construct @ (Construct::Macro(_) | Construct::Extension(_)) => format!("{verb} by the {construct}"),
        construct @ Construct::Property(_) => format!("names it in the data of an app ({construct})"),
    };
    let words = if used.certainty == Certainty::Possible { format!("possibly {words}") } else { words };
    visible(&words).into_owned()
}

/// Why a use is possible and not proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::report) enum PossibleCause {
    InexactMatch,
    AddressInText,
    MacroRule,
    AppData,
}

impl PossibleCause {
    const ALL: [Self; 4] = [Self::InexactMatch, Self::AddressInText, Self::MacroRule, Self::AppData];

    /// `None` for a proven use.
    pub(in crate::report) fn of(used: &Use) -> Option<Self> {
        (used.certainty == Certainty::Possible).then_some(match &used.construct {
            Construct::UrlInText => Self::AddressInText,
            Construct::Macro(_) | Construct::Extension(_) => Self::MacroRule,
            Construct::Property(_) => Self::AppData,
            Construct::Image
            | Construct::Link
            | Construct::BareIdentifier
            | Construct::Url
            | Construct::Fallback
            | Construct::HeaderImage
            | Construct::Media => Self::InexactMatch,
        })
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::InexactMatch => {
                "the name or the page that is written there does not match exactly, or it matches more than one file"
            }
            Self::AddressInText => "the address is in text or code, where readers can copy it",
            Self::MacroRule => "it is not certain that the macro or app means this file",
            Self::AppData => "the data of an app has its name or id, and what the app does with it is not known",
        }
    }
}

/// What readers of a content would see if the file did not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::report) enum DeletionEffect {
    MissingFile,
    NoHeaderImage,
    BrokenMacro,
    SmallerGallery,
    DeadLink,
    DeadAddress,
    ShorterList,
    AppData,
}

impl DeletionEffect {
    const ALL: [Self; 8] = [
        Self::MissingFile,
        Self::NoHeaderImage,
        Self::BrokenMacro,
        Self::SmallerGallery,
        Self::DeadLink,
        Self::DeadAddress,
        Self::ShorterList,
        Self::AppData,
    ];

    pub(in crate::report) fn of(used: &Use) -> Self {
        match (&used.construct, used.display) {
            (_, Display::Listed) => Self::ShorterList,
            (Construct::UrlInText, _) => Self::DeadAddress,
            (Construct::Property(_), _) => Self::AppData,
            (_, Display::Linked) => Self::DeadLink,
            (Construct::HeaderImage, Display::Shown) => Self::NoHeaderImage,
            (Construct::Macro(name), Display::Shown) if name == "gallery" => Self::SmallerGallery,
            (Construct::Macro(_) | Construct::Extension(_), Display::Shown) => Self::BrokenMacro,
            (_, Display::Shown) => Self::MissingFile,
        }
    }

    /// Returns the words for a proven use, and those for a possible one.
    pub(super) fn words(self) -> [&'static str; 2] {
        match self {
            Self::MissingFile => ["Would show a missing image or file", "Could show a missing image or file"],
            Self::NoHeaderImage => ["Would have no header image", "Could have no header image"],
            Self::BrokenMacro => [
                "Would show an error or nothing in place of a macro",
                "Could show an error or nothing in place of a macro",
            ],
            Self::SmallerGallery => ["Would show a gallery without it", "Could show a gallery without it"],
            Self::DeadLink => ["Would have a dead link", "Could have a dead link"],
            Self::DeadAddress => ["Would have a dead address in the text", "Could have a dead address in the text"],
            Self::ShorterList => ["Would list one file less, or none", "Could list one file less, or none"],
            Self::AppData => ["Would have an app that misses it", "Could have an app that misses it"],
        }
    }

    /// Position in [`PhraseTexts`].
    pub(in crate::report) fn index(self) -> usize {
        self as usize
    }
}

/// The texts of causes and effects, for the script.
#[derive(Debug, Serialize)]
pub(in crate::report) struct PhraseTexts {
    causes: [&'static str; PossibleCause::ALL.len()],
    would: [&'static str; DeletionEffect::ALL.len()],
    could: [&'static str; DeletionEffect::ALL.len()],
}

impl PhraseTexts {
    pub(in crate::report) fn new() -> Self {
        Self {
            causes: PossibleCause::ALL.map(PossibleCause::words),
            would: DeletionEffect::ALL.map(|effect| effect.words()[0]),
            could: DeletionEffect::ALL.map(|effect| effect.words()[1]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(construct: Construct, display: Display, certainty: Certainty) -> Use {
        Use { content: 0, on_owner: true, construct, name: "plan.png".to_owned(), display, certainty }
    }

    #[test]
    fn uses_are_described_as_what_a_page_does() {
        use Certainty::{Possible, Proven};
        use Display::{Linked, Listed, Shown};
        for (construct, display, words, effect) in [
            (Construct::Image, Shown, "shows it as an image", DeletionEffect::MissingFile),
            (Construct::HeaderImage, Shown, "shows it as its header image", DeletionEffect::NoHeaderImage),
            (Construct::Link, Linked, "links to it", DeletionEffect::DeadLink),
            (Construct::Url, Linked, "links to it by its URL", DeletionEffect::DeadLink),
            (Construct::Url, Shown, "shows it by its URL", DeletionEffect::MissingFile),
            (Construct::UrlInText, Linked, "has its URL in the text", DeletionEffect::DeadAddress),
            (
                Construct::Macro("gallery".into()),
                Shown,
                "shows it by the macro gallery",
                DeletionEffect::SmallerGallery,
            ),
            (
                Construct::Macro("view-file".into()),
                Shown,
                "shows it by the macro view-file",
                DeletionEffect::BrokenMacro,
            ),
            (
                Construct::Macro("attachments".into()),
                Listed,
                "lists it by the macro attachments",
                DeletionEffect::ShorterList,
            ),
            (Construct::Extension("drawio".into()), Shown, "shows it by the app drawio", DeletionEffect::BrokenMacro),
            (
                Construct::Property("cw-data".into()),
                Linked,
                "names it in the data of an app (property cw-data)",
                DeletionEffect::AppData,
            ),
        ] {
            let proven = used(construct.clone(), display, Proven);
            assert_eq!((does(&proven), DeletionEffect::of(&proven)), (words.to_owned(), effect));
            assert_eq!(PossibleCause::of(&proven), None);
            let possible = used(construct, display, Possible);
            assert_eq!(does(&possible), format!("possibly {words}"));
            assert!(PossibleCause::of(&possible).is_some());
        }
    }

    #[test]
    fn positions_are_those_of_the_lists() {
        for (at, effect) in DeletionEffect::ALL.into_iter().enumerate() {
            assert_eq!(effect.index(), at);
        }
        for (at, cause) in PossibleCause::ALL.into_iter().enumerate() {
            assert_eq!(cause as usize, at);
        }
    }
}
