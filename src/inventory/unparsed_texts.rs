//! Unparsed texts of bodies that were not fully understood. Before a file is judged, they are searched for its name.
//!
//! Anyone who may edit pages can create many such bodies, so the texts share a budget per run. A body beyond it keeps
//! no text and counts as possibly naming every file.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::options::CrawlOptions;
use super::site::Content;
use crate::support::checksum::sha256;
use storage_format::{Body, ParseOutcome};

/// Default budget of a run, in bytes.
const DEFAULT_BUDGET: usize = 128 << 20;

/// The remaining budget, shared by all tasks.
#[derive(Debug)]
pub(super) struct UnparsedTexts(Mutex<TextBudget>);

#[derive(Debug)]
struct TextBudget {
    /// Remaining bytes.
    left: usize,
    /// How many contents that were read before hold each text, by its checksum. A content that is read again replaces
    /// one of them and takes nothing from the budget.
    held: HashMap<String, usize>,
}

impl UnparsedTexts {
    /// Creates the budget that is left after the texts that these contents already hold.
    pub(super) fn remaining_after(contents: &[Content], options: &CrawlOptions) -> Self {
        let mut budget =
            TextBudget { left: options.unparsed_text_budget.unwrap_or(DEFAULT_BUDGET), held: HashMap::new() };
        let bodies = contents.iter().filter_map(|content| content.body.as_ref());
        for text in bodies.filter_map(|body| text_of(&body.reading)) {
            budget.left = budget.left.saturating_sub(text.len());
            *budget.held.entry(sha256(text)).or_default() += 1;
        }
        Self(Mutex::new(budget))
    }

    /// Removes the text of a body if the budget has no room for it.
    pub(super) fn keep(&self, body: &mut Body) {
        let (ParseOutcome::Lenient { residue: text, .. } | ParseOutcome::GivenUp { text, .. }) = &mut body.reading
        else {
            return;
        };
        let Some(read) = text else { return };
        let checksum = sha256(&read);
        let mut budget = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(copies) = budget.held.get_mut(&checksum).filter(|copies| **copies > 0) {
            *copies -= 1;
            return;
        }
        match budget.left.checked_sub(read.len()) {
            Some(left) => budget.left = left,
            None => *text = None,
        }
    }
}

/// Returns the body without its unparsed text.
pub(super) fn without_text(mut body: Body) -> Body {
    if let ParseOutcome::Lenient { residue: text, .. } | ParseOutcome::GivenUp { text, .. } = &mut body.reading {
        *text = None;
    }
    body
}

fn text_of(reading: &ParseOutcome) -> Option<&String> {
    match reading {
        ParseOutcome::WellFormed => None,
        ParseOutcome::Lenient { residue: text, .. } | ParseOutcome::GivenUp { text, .. } => text.as_ref(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{ContentKind, convert};

    fn broken(residue: &str) -> Body {
        let reading = ParseOutcome::Lenient { problem: "cut".to_owned(), residue: Some(residue.to_owned()) };
        Body { reading, ..Body::default() }
    }

    fn given_up(text: &str) -> Body {
        let (problem, text) = ("steps".to_owned(), Some(text.to_owned()));
        Body { reading: ParseOutcome::GivenUp { problem, text, shows_unnamed_files: false }, ..Body::default() }
    }

    #[test]
    fn texts_are_kept_up_to_the_budget() {
        let options = CrawlOptions { unparsed_text_budget: Some(10), ..CrawlOptions::default() };
        let sent = serde_json::from_value(serde_json::json!({"id": "1"})).unwrap();
        let held = [convert::content(sent, ContentKind::Page, Some(broken("123")))];
        let texts = UnparsedTexts::remaining_after(&held, &options);
        let kept = |mut body: Body| {
            texts.keep(&mut body);
            text_of(&body.reading).is_some()
        };
        assert!(kept(given_up("1234")));
        assert!(!kept(broken("abcd")), "3 of 10 are left");
        assert!(kept(given_up("567")) && kept(broken("")) && !kept(given_up("1")));
        // a text of a content that is read again takes no budget, but another copy of it does
        assert!(kept(broken("123")) && !kept(broken("123")));
    }
}
