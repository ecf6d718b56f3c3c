//! Words, characters and language of a text.

use std::borrow::Cow;
use std::collections::BTreeSet;

use sha2::{Digest, Sha256};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_segmentation::UnicodeSegmentation;

use super::minhash::Sketch;
use super::word_segmentation::each_word;

/// The words that mark unfinished text, compared exactly, including case. The default is `TODO`, `TBD`, `WIP`, `FIXME`
/// and `DRAFT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TodoMarkers(BTreeSet<String>);

impl Default for TodoMarkers {
    fn default() -> Self {
        Self(["TODO", "TBD", "WIP", "FIXME", "DRAFT"].map(str::to_owned).into())
    }
}

impl TodoMarkers {
    /// Sets other words than the default; an empty list counts no words.
    ///
    /// # Errors
    ///
    /// Returns the first text that is not a single word, because it would never be found.
    pub fn new(words: &[String]) -> Result<Self, String> {
        let one_word = |text: &String| {
            let composed: String = text.nfc().collect();
            let mut is_word = false;
            each_word(&composed, |word| is_word |= word == composed);
            if is_word { Ok(composed) } else { Err(text.clone()) }
        };
        words.iter().map(one_word).collect::<Result<_, _>>().map(Self)
    }

    /// Iterates over the words, in a fixed order.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    fn contains(&self, word: &str) -> bool {
        self.0.contains(word)
    }
}

/// Words that a text needs for comparison with other texts, and for detecting its language.
const MIN_WORDS: u32 = 20;

/// The words of a text, counted and normalized.
pub(super) struct TextWords {
    pub(super) count: u32,
    pub(super) todo_markers: u32,
    /// The words in lower case and composed form, each followed by a line feed, which no word contains.
    normal: String,
}

impl TextWords {
    pub(super) fn of(text: &str, todo: &TodoMarkers) -> Self {
        let mut words = Self { count: 0, todo_markers: 0, normal: String::with_capacity(text.len()) };
        each_word(&composed(text), |word| {
            words.count = words.count.saturating_add(1);
            words.todo_markers += u32::from(todo.contains(word));
            if word.is_ascii() {
                words.normal.extend(word.chars().map(|c| c.to_ascii_lowercase()));
            } else {
                words.normal.push_str(&word.to_lowercase());
            }
            words.normal.push('\n');
        });
        words
    }

    pub(super) fn are_enough(&self) -> bool {
        self.count >= MIN_WORDS
    }

    pub(super) fn hash(&self) -> Option<String> {
        self.are_enough().then(|| hex::encode(&Sha256::digest(self.normal.as_bytes())[..16]))
    }

    pub(super) fn sketch(&self) -> Option<Sketch> {
        if self.are_enough() { Sketch::of(self.normal.lines()) } else { None }
    }
}

/// Returns the text in composed form, so that `ü` is the same however it was typed.
fn composed(text: &str) -> Cow<'_, str> {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        IsNormalized::No | IsNormalized::Maybe => Cow::Owned(text.nfc().collect()),
    }
}

/// Counts user-perceived characters. A run of whitespace is one character, and does not count at the ends.
pub(super) fn characters(text: &str) -> u32 {
    let mut number = 0;
    let mut after_space = false;
    for grapheme in text.trim().graphemes(true) {
        let is_space = grapheme.chars().all(char::is_whitespace);
        number += usize::from(!(is_space && after_space));
        after_space = is_space;
    }
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// How much of a text is used for detecting its language: a few pages are enough.
const ENOUGH_BYTES: usize = 8_192;

/// Detects the language of a text as ISO 639-3 code; `None` if the detection is not reliable.
pub(super) fn language(text: &str) -> Option<String> {
    let end = (0..=text.len().min(ENOUGH_BYTES)).rev().find(|at| text.is_char_boundary(*at))?;
    let found = whatlang::detect(&text[..end])?;
    found.is_reliable().then(|| found.lang().code().to_owned())
}
