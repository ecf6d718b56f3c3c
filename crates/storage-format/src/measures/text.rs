//! Words and characters of a text.

use std::borrow::Cow;

use sha2::{Digest, Sha256};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_segmentation::UnicodeSegmentation;

use super::sketch::Sketch;
use super::{TodoMarkers, count};

/// Below this a text is too short to be compared with others, or to tell its language.
const FEWEST_WORDS: u32 = 20;

/// What the words of a text say.
pub(super) struct Words {
    pub(super) count: u32,
    pub(super) todo_markers: u32,
    /// The words in lower case and composed form, each ended by a line feed, which no word holds.
    normal: String,
}

impl Words {
    pub(super) fn of(text: &str, todo: &TodoMarkers) -> Self {
        let mut words = Self { count: 0, todo_markers: 0, normal: String::with_capacity(text.len()) };
        for word in composed(text).unicode_words() {
            words.count = words.count.saturating_add(1);
            words.todo_markers += u32::from(todo.contains(word));
            if word.is_ascii() {
                words.normal.extend(word.chars().map(|c| c.to_ascii_lowercase()));
            } else {
                words.normal.push_str(&word.to_lowercase());
            }
            words.normal.push('\n');
        }
        words
    }

    pub(super) fn are_enough(&self) -> bool {
        self.count >= FEWEST_WORDS
    }

    /// Equal for equal words.
    pub(super) fn hash(&self) -> Option<String> {
        self.are_enough().then(|| hex::encode(&Sha256::digest(self.normal.as_bytes())[..16]))
    }

    /// Alike for texts of mostly the same words.
    pub(super) fn sketch(&self) -> Option<Sketch> {
        if self.are_enough() { Sketch::of(self.normal.lines()) } else { None }
    }
}

/// The text in composed form, so that `ü` is the same however it was typed.
fn composed(text: &str) -> Cow<'_, str> {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        IsNormalized::No | IsNormalized::Maybe => Cow::Owned(text.nfc().collect()),
    }
}

/// Characters as people see them; a run of blanks is one, and none at the ends.
pub(super) fn characters(text: &str) -> u32 {
    let mut number = 0;
    let mut after_blank = false;
    for grapheme in text.trim().graphemes(true) {
        let is_blank = grapheme.chars().all(char::is_whitespace);
        number += usize::from(!(is_blank && after_blank));
        after_blank = is_blank;
    }
    count(number)
}
