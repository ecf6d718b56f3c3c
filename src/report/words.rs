//! What the pages say about a use, in words a page author understands.

use crate::audit::{Usage, Use};
use crate::inventory::{Content, Status};
use crate::report::format;
use storage_format::{Certainty, Construct, Display};

/// What is not known; in an address, the value of a facet for it, as classes.js has it.
pub(super) const UNKNOWN: &str = "unknown";

/// How a content uses the file: `shown as image`, `linked`, `listed by the attachments macro`.
pub(super) fn phrase(used: &Use) -> String {
    let verb = match used.display {
        Display::Shown => "shown",
        Display::Linked => "linked",
        Display::Listed => "listed",
    };
    let words = match &used.construct {
        construct @ (Construct::Image | Construct::HeaderImage | Construct::Media) => format!("{verb} as {construct}"),
        Construct::Link => verb.to_owned(),
        Construct::BareIdentifier => format!("{verb} in the text"),
        Construct::Url => format!("{verb} by its address"),
        Construct::Fallback => format!("{verb} by its address, for readers without the app"),
        Construct::UrlInText => "its address stands in the text".to_owned(),
        construct @ (Construct::Macro(_) | Construct::Extension(_)) => format!("{verb} by the {construct}"),
        construct @ Construct::Property(_) => format!("{verb} by {construct}"),
    };
    let words = if used.certainty == Certainty::Possible { format!("possibly {words}") } else { words };
    format::visible(&words).into_owned()
}

/// What a content is, for use before its title: `page`, `draft of page`, `archived page`, `footer comment`.
pub(super) fn kind(content: &Content) -> String {
    match content.status {
        Status::Draft => format!("draft of {}", content.kind.label()),
        Status::Archived => format!("archived {}", content.kind.label()),
        _ => content.kind.label().to_owned(),
    }
}

/// Title of a content; what has none (some comments) goes by its id.
pub(super) fn title(content: &Content) -> String {
    if content.title.trim().is_empty() {
        format!("#{}", format::visible(content.id.as_str()))
    } else {
        format::visible(&content.title).into_owned()
    }
}

/// One line on what a usage means, for the legend.
pub(super) fn meaning(usage: Usage) -> &'static str {
    match usage {
        Usage::Embedded => "its own page shows it",
        Usage::Linked => "its own page links to it",
        Usage::LinkedElsewhere => "other pages, comments, templates or drafts use it",
        Usage::Listed => "only an attachments macro lists it",
        Usage::Undetermined => "no use found, but something that could hold one was not read or not resolved",
        Usage::Unreferenced => "no use found, and everything that could hold one was read",
        Usage::NotJudged => "in the trash, or not owned by a page or blog post",
    }
}

/// The usage in words: `unreferenced`, `linked elsewhere`, `not judged`.
pub(super) fn usage(usage: Usage) -> &'static str {
    match usage {
        Usage::NotJudged => "not judged",
        Usage::LinkedElsewhere => "linked elsewhere",
        usage => usage.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(construct: &Construct, display: Display, certainty: Certainty) -> Use {
        let (construct, name) = (construct.clone(), "plan.png".to_owned());
        Use { content: 0, on_owner: true, construct, name, display, certainty }
    }

    #[test]
    fn uses_are_told_in_plain_words() {
        let cases = [
            (Construct::Image, Display::Shown, "shown as image"),
            (Construct::HeaderImage, Display::Shown, "shown as header image"),
            (Construct::Link, Display::Linked, "linked"),
            (Construct::Macro("view-file".into()), Display::Shown, "shown by the macro view-file"),
            (Construct::Macro("attachments".into()), Display::Listed, "listed by the macro attachments"),
            (Construct::Extension("drawio".into()), Display::Shown, "shown by the app drawio"),
            (Construct::Url, Display::Linked, "linked by its address"),
            (Construct::UrlInText, Display::Linked, "its address stands in the text"),
            (Construct::Property("cw-data".into()), Display::Linked, "linked by property cw-data"),
        ];
        for (construct, display, words) in cases {
            assert_eq!(phrase(&used(&construct, display, Certainty::Proven)), words);
            assert_eq!(phrase(&used(&construct, display, Certainty::Possible)), format!("possibly {words}"));
        }
    }
}
