//! One file as a page shows it. The static rows and the block of data are both made from this.

use crate::audit::Usage;
use crate::inventory::Content;
use crate::report::format;
use crate::report::view::FileRow;
use crate::report::words::{self, UNKNOWN};

/// Contents in "Linked elsewhere?" before the rest is folded away.
pub(super) const SHOWN_CONTENTS: usize = 3;

/// A content with its address, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct ShownContent {
    pub(super) kind: String,
    pub(super) title: String,
    /// Absolute address, where it has one.
    pub(super) url: Option<String>,
}

/// One use, ready to be shown.
#[derive(Debug, Clone)]
pub(super) struct ShownUse {
    pub(super) phrase: String,
    pub(super) content: ShownContent,
    /// The name under which the file is named there, where that is not its current name.
    pub(super) under_name: Option<String>,
}

/// A file, ready to be shown: every text has its hidden characters made visible.
#[derive(Debug)]
pub(super) struct ShownFile {
    pub(super) name: String,
    pub(super) size: Option<u64>,
    pub(super) all_bytes: Option<u64>,
    pub(super) versions: u64,
    pub(super) space: String,
    pub(super) owner: Option<ShownContent>,
    /// Who decides about the owning page.
    pub(super) page_owner: String,
    pub(super) embedded: &'static str,
    elsewhere: Vec<ShownContent>,
    pub(super) usage: Usage,
    pub(super) day: String,
    pub(super) age: String,
    pub(super) uses: Vec<ShownUse>,
    pub(super) reasons: Vec<String>,
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
            protected: row.verdict.protected.as_deref().map(visible),
            screen: row.screen_url(),
            endpoint: row.view.links.delete_attachment(file.id.as_str()),
        }
    }

    /// The usage in words.
    pub(super) fn usage_words(&self) -> &'static str {
        words::usage(self.usage)
    }

    /// Other contents that use it: those shown at first, and those that are folded away.
    pub(super) fn elsewhere(&self) -> (&[ShownContent], &[ShownContent]) {
        self.elsewhere.split_at(self.elsewhere.len().min(SHOWN_CONTENTS))
    }

    /// What stands on the evidence before it is opened.
    pub(super) fn evidence_words(&self) -> String {
        match (self.uses.len() as u64, self.reasons.is_empty()) {
            (0, true) => "no use found".to_owned(),
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
            phrase: words::phrase(used),
            content: shown_content(row, row.content_of(used)),
            under_name: (used.name != row.attachment.title && !used.name.is_empty()).then(|| visible(&used.name)),
        })
        .collect()
}

fn shown_content(row: &FileRow<'_>, content: &Content) -> ShownContent {
    ShownContent { kind: words::kind(content), title: words::title(content), url: row.view.content_url(content) }
}

fn visible(text: &str) -> String {
    format::visible(text).into_owned()
}

/// Whether the DELETE command is offered for copying.
pub(super) fn offers_command(row: &FileRow<'_>) -> bool {
    row.is_candidate() && is_shell_safe(&row.view.links.delete_attachment(row.attachment.id.as_str()))
}

/// The address can stand between single quotes in a shell. Ids of Confluence always can; anything else is not offered.
fn is_shell_safe(url: &str) -> bool {
    url.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":/.-_~%[]".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_addresses_are_offered_to_a_shell() {
        assert!(is_shell_safe("https://acme.atlassian.net/wiki/api/v2/attachments/att123"));
        for hostile in ["https://x/'; rm -rf ~ #", "https://x/a b", "https://x/$(id)", "https://x/\n"] {
            assert!(!is_shell_safe(hostile), "{hostile}");
        }
    }
}
