//! The texts that are kept of bodies that were not, or not wholly, understood: they are searched for the names of files when
//! those are judged.
//!
//! Anybody who may edit pages can make any number of such bodies, so together they are kept up to a budget. Beyond it a body
//! keeps none, and may name every file.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::options::CrawlOptions;
use super::site::Content;
use crate::support::checksum::sha256;
use storage_format::{Body, Reading};

/// Bytes that are kept in a run.
const MOST_TEXT: usize = 128 << 20;

/// The texts that are kept, and what may still be.
#[derive(Debug)]
pub(super) struct KeptTexts(Mutex<Kept>);

#[derive(Debug)]
struct Kept {
    /// Bytes.
    left: usize,
    /// How often each text is held by contents that were read before, by its checksum: one that is read again takes the
    /// place of one of them, and costs nothing more.
    held: HashMap<String, usize>,
}

impl KeptTexts {
    /// What may be kept beside what these contents hold already.
    pub(super) fn beside(contents: &[Content], options: &CrawlOptions) -> Self {
        let mut kept = Kept { left: options.most_kept_text.unwrap_or(MOST_TEXT), held: HashMap::new() };
        let bodies = contents.iter().filter_map(|content| content.body.as_ref());
        for text in bodies.filter_map(|body| text_of(&body.reading)) {
            kept.left = kept.left.saturating_sub(text.len());
            *kept.held.entry(sha256(text)).or_default() += 1;
        }
        Self(Mutex::new(kept))
    }

    /// Takes the text of a body away where there is no more room for it.
    pub(super) fn keep(&self, body: &mut Body) {
        let (Reading::Lenient { residue: text, .. } | Reading::GivenUp { text, .. }) = &mut body.reading else {
            return;
        };
        let Some(read) = text else { return };
        let checksum = sha256(&read);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(copies) = kept.held.get_mut(&checksum).filter(|copies| **copies > 0) {
            *copies -= 1;
            return;
        }
        match kept.left.checked_sub(read.len()) {
            Some(left) => kept.left = left,
            None => *text = None,
        }
    }
}

/// The body without the text that is kept of it.
pub(super) fn without(mut body: Body) -> Body {
    if let Reading::Lenient { residue: text, .. } | Reading::GivenUp { text, .. } = &mut body.reading {
        *text = None;
    }
    body
}

fn text_of(reading: &Reading) -> Option<&String> {
    match reading {
        Reading::WellFormed => None,
        Reading::Lenient { residue: text, .. } | Reading::GivenUp { text, .. } => text.as_ref(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{ContentKind, convert};

    fn broken(residue: &str) -> Body {
        let reading = Reading::Lenient { problem: "cut".to_owned(), residue: Some(residue.to_owned()) };
        Body { reading, ..Body::default() }
    }

    fn given_up(text: &str) -> Body {
        let (problem, text) = ("steps".to_owned(), Some(text.to_owned()));
        Body { reading: Reading::GivenUp { problem, text, shows_unnamed_files: false }, ..Body::default() }
    }

    #[test]
    fn texts_are_kept_up_to_the_budget_of_the_run() {
        let options = CrawlOptions { most_kept_text: Some(10), ..CrawlOptions::default() };
        let sent = serde_json::from_value(serde_json::json!({"id": "1"})).unwrap();
        let held = [convert::content(sent, ContentKind::Page, Some(broken("123")))];
        let texts = KeptTexts::beside(&held, &options);
        let kept = |mut body: Body| {
            texts.keep(&mut body);
            text_of(&body.reading).is_some()
        };
        assert!(kept(given_up("1234")));
        assert!(!kept(broken("abcd")), "3 of 10 are left");
        assert!(kept(given_up("567")) && kept(broken("")) && !kept(given_up("1")));
        // what a content holds already is not charged twice when it is read again, but no other copy is free
        assert!(kept(broken("123")) && !kept(broken("123")));
    }
}
