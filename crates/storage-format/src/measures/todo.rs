//! Words that mark an unfinished page.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// The words that count as marks of unfinished text, exactly as they stand there, case included. The usual ones are
/// `TODO`, `TBD`, `WIP`, `FIXME` and `DRAFT` (`page-metrics-and-output.md` B.1, 50).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TodoMarkers(BTreeSet<String>);

impl Default for TodoMarkers {
    fn default() -> Self {
        Self(["TODO", "TBD", "WIP", "FIXME", "DRAFT"].map(str::to_owned).into())
    }
}

impl TodoMarkers {
    /// Other words than the usual ones; none at all is a choice too.
    ///
    /// # Errors
    ///
    /// The first text that is not one word by Unicode's UAX #29, and so could never be found among the words of a text.
    pub fn new(words: &[String]) -> Result<Self, String> {
        let one_word = |text: &String| {
            let composed: String = text.nfc().collect();
            let is_word = composed.unicode_words().next() == Some(composed.as_str());
            if is_word { Ok(composed) } else { Err(text.clone()) }
        };
        words.iter().map(one_word).collect::<Result<_, _>>().map(Self)
    }

    /// The words, in a fixed order.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    pub(super) fn contains(&self, word: &str) -> bool {
        self.0.contains(word)
    }
}
