//! A file as a page shows it, for the static rows of the tables.

use crate::audit::Usage;
use crate::audit_history::Streak;
use crate::inventory::Content;
use crate::report::format;
use crate::report::report_view::FileRow;
use crate::report::wording::{self, UNKNOWN};

/// Number of contents in "Linked elsewhere?" before the rest is collapsed.
pub(super) const SHOWN_CONTENTS: usize = 3;

/// A content with its URL, ready to display.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct ShownContent {
    pub(super) kind: String,
    pub(super) title: String,
    pub(super) url: Option<String>,
}

/// A use, ready to display.
#[derive(Debug, Clone)]
pub(super) struct ShownUse {
    pub(super) phrase: String,
    pub(super) content: ShownContent,
    /// The name used there, if it is not the current name of the file.
    pub(super) under_name: Option<String>,
}

/// A file, ready to display: hidden characters of all texts are made visible.
#[derive(Debug)]
pub(super) struct ShownFile {
    pub(super) name: String,
    pub(super) size: Option<u64>,
    pub(super) all_bytes: Option<u64>,
    pub(super) versions: u64,
    pub(super) space: String,
    pub(super) owner: Option<ShownContent>,
    /// Owner of the owning page, or its author if no owner is known.
    pub(super) page_owner: String,
    pub(super) embedded: &'static str,
    elsewhere: Vec<ShownContent>,
    pub(super) usage: Usage,
    pub(super) day: String,
    pub(super) age: String,
    pub(super) uses: Vec<ShownUse>,
    pub(super) reasons: Vec<String>,
    streak: Option<Streak>,
    pub(super) protected: Option<String>,
    pub(super) screen: Option<String>,
    pub(super) endpoint: String,
}

impl ShownFile {
    pub(super) fn new(row: &FileRow<'_>) -> Self {
        let file = row.attachment;
        let content = |content: &Content| shown_content(row, content);
        let started_at = row.view.inventory.scan.started_at;
        Self {
            name: visible(&file.title),
            size: file.size,
            all_bytes: file.all_bytes(),
            versions: file.versions() as u64,
            space: visible(row.space_key()),
            owner: row.owner.map(content),
            page_owner: row.owner_name().map_or_else(|| UNKNOWN.to_owned(), visible),
            embedded: row.embedded(),
            elsewhere: row.elsewhere().into_iter().map(content).collect(),
            usage: row.usage(),
            day: file.modified_at.map_or_else(|| UNKNOWN.to_owned(), format::day),
            age: file.modified_at.map_or_else(|| UNKNOWN.to_owned(), |moment| format::age(moment, started_at)),
            uses: uses(row),
            reasons: row.reasons().into_iter().map(visible).collect(),
            streak: row.streak(),
            protected: row.verdict.protected.as_deref().map(visible),
            screen: row.screen_url(),
            endpoint: row.view.delete_endpoint(file),
        }
    }

    pub(super) fn usage_words(&self) -> &'static str {
        wording::usage(self.usage)
    }

    /// Returns the other contents that use the file: those shown first, and those that are collapsed.
    pub(super) fn elsewhere(&self) -> (&[ShownContent], &[ShownContent]) {
        self.elsewhere.split_at(self.elsewhere.len().min(SHOWN_CONTENTS))
    }

    /// Returns the label of the collapsed evidence.
    pub(super) fn evidence_words(&self) -> String {
        match (self.uses.len() as u64, self.reasons.is_empty()) {
            (0, true) => wording::no_use(self.streak),
            (0, false) => "why?".to_owned(),
            (number, _) => format::plural(number, "use", "uses"),
        }
    }
}

fn uses(row: &FileRow<'_>) -> Vec<ShownUse> {
    row.verdict
        .uses
        .iter()
        .map(|used| ShownUse {
            phrase: wording::phrase(used),
            content: shown_content(row, row.content_of(used)),
            under_name: (used.name != row.attachment.title && !used.name.is_empty()).then(|| visible(&used.name)),
        })
        .collect()
}

fn shown_content(row: &FileRow<'_>, content: &Content) -> ShownContent {
    ShownContent { kind: wording::kind(content), title: wording::title(content), url: row.view.content_url(content) }
}

fn visible(text: &str) -> String {
    format::visible(text).into_owned()
}

/// Whether the page offers the DELETE command for copying.
pub(super) fn offers_command(row: &FileRow<'_>) -> bool {
    row.is_candidate() && is_shell_safe(&row.view.delete_endpoint(row.attachment))
}

/// Whether the URL is safe between single quotes in a shell. Confluence ids always are; anything else is not offered.
fn is_shell_safe(url: &str) -> bool {
    url.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":/.-_~%[]".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_urls_that_are_safe_in_a_shell_are_offered() {
        assert!(is_shell_safe("https://acme.atlassian.net/wiki/api/v2/attachments/att123"));
        for hostile in ["https://x/'; rm -rf ~ #", "https://x/a b", "https://x/$(id)", "https://x/\n"] {
            assert!(!is_shell_safe(hostile), "{hostile}");
        }
    }
}
