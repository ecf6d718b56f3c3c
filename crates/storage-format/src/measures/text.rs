//! Words, characters and language of a text.

use std::borrow::Cow;
use std::collections::BTreeSet;

use sha2::{Digest, Sha256};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_segmentation::UnicodeSegmentation;

use super::segments::each_word;
use super::sketch::Sketch;

/// The words that count as marks of unfinished text, exactly as they stand there, case included. The usual ones are
/// `TODO`, `TBD`, `WIP`, `FIXME` and `DRAFT`.
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
    /// The first text that is not one word, and so could never be found among the words of a text.
    pub fn new(words: &[String]) -> Result<Self, String> {
        let one_word = |text: &String| {
            let composed: String = text.nfc().collect();
            let mut is_word = false;
            each_word(&composed, |word| is_word |= word == composed);
            if is_word { Ok(composed) } else { Err(text.clone()) }
        };
        words.iter().map(one_word).collect::<Result<_, _>>().map(Self)
    }

    /// The words, in a fixed order.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    fn contains(&self, word: &str) -> bool {
        self.0.contains(word)
    }
}

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
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Most bytes of a text that are looked at: a few pages say enough.
const ENOUGH_BYTES: usize = 8_192;

/// The language of a text as ISO 639-3 code, unless there is a doubt.
pub(super) fn language(text: &str) -> Option<String> {
    let end = (0..=text.len().min(ENOUGH_BYTES)).rev().find(|at| text.is_char_boundary(*at))?;
    let found = whatlang::detect(&text[..end])?;
    found.is_reliable().then(|| found.lang().code().to_owned())
}
