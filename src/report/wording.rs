//! Wording of uses, contents and usage categories for the HTML pages.

use crate::audit::{Usage, Use};
use crate::audit_history::Streak;
use crate::inventory::{Content, Status};
use crate::report::format;
use storage_format::{Certainty, Construct, Display};

/// Text for an unknown value, and the facet value for it in URLs, as in facet-values.js.
pub(super) const UNKNOWN: &str = "unknown";

/// Returns how a content uses the file: `shown as image`, `linked`, `listed by the macro attachments`.
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
        Construct::Url => format!("{verb} by its URL"),
        Construct::Fallback => format!("{verb} by its URL, for readers without the app"),
        Construct::UrlInText => "its URL appears in the text".to_owned(),
        construct @ (Construct::Macro(_) | Construct::Extension(_)) => format!("{verb} by the {construct}"),
        construct @ Construct::Property(_) => format!("{verb} by {construct}"),
    };
    let words = if used.certainty == Certainty::Possible { format!("possibly {words}") } else { words };
    format::visible(&words).into_owned()
}

/// Returns in how many complete runs no use was found: `no use found in 4 complete runs since 2026-10-31`.
pub(super) fn no_use(streak: Option<Streak>) -> String {
    match streak {
        Some(Streak { since, runs: runs @ 2.. }) => {
            let runs = format::plural(runs.into(), "complete run", "complete runs");
            format!("no use found in {runs} since {}", format::day(since))
        }
        _ => "no use found".to_owned(),
    }
}

/// Returns the kind of a content, for use before its title: `page`, `draft of page`, `archived page`, `footer comment`.
pub(super) fn kind(content: &Content) -> String {
    match content.status {
        Status::Draft => format!("draft of {}", content.kind.label()),
        Status::Archived => format!("archived {}", content.kind.label()),
        _ => content.kind.label().to_owned(),
    }
}

/// Returns the title of a content, or its id if it has none, as some comments.
pub(super) fn title(content: &Content) -> String {
    if content.title.trim().is_empty() {
        format!("#{}", format::visible(content.id.as_str()))
    } else {
        format::visible(&content.title).into_owned()
    }
}

/// Returns the meaning of a usage in one line, for the legend.
pub(super) fn meaning(usage: Usage) -> &'static str {
    match usage {
        Usage::Embedded => "shown on its own page",
        Usage::Linked => "linked, but not shown, on its own page",
        Usage::LinkedElsewhere => "used by other content, such as pages, comments, templates or drafts",
        Usage::Listed => "only listed by an attachments macro",
        Usage::Undetermined => "no use found, but something that could hold one was not read or not resolved",
        Usage::Unreferenced => "no use found, and everything that could hold one was read",
        Usage::NotJudged => "in the trash, on a page in the trash, or not owned by a page or blog post",
    }
}

/// Returns the usage in words: `unreferenced`, `linked elsewhere`, `not judged`.
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
    fn uses_are_described_in_plain_words() {
        let cases = [
            (Construct::Image, Display::Shown, "shown as image"),
            (Construct::HeaderImage, Display::Shown, "shown as header image"),
            (Construct::Link, Display::Linked, "linked"),
            (Construct::Macro("view-file".into()), Display::Shown, "shown by the macro view-file"),
            (Construct::Macro("attachments".into()), Display::Listed, "listed by the macro attachments"),
            (Construct::Extension("drawio".into()), Display::Shown, "shown by the app drawio"),
            (Construct::Url, Display::Linked, "linked by its URL"),
            (Construct::UrlInText, Display::Linked, "its URL appears in the text"),
            (Construct::Property("cw-data".into()), Display::Linked, "linked by property cw-data"),
        ];
        for (construct, display, words) in cases {
            assert_eq!(phrase(&used(&construct, display, Certainty::Proven)), words);
            assert_eq!(phrase(&used(&construct, display, Certainty::Possible)), format!("possibly {words}"));
        }
    }
}
