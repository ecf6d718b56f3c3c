//! Splits a text into words.

use std::sync::LazyLock;

use icu_segmenter::options::WordBreakInvariantOptions;
use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed};
use unicode_segmentation::UnicodeSegmentation;

/// Dictionaries for scripts that do not separate words by spaces. The data is compiled into the program.
static DICTIONARIES: LazyLock<WordSegmenterBorrowed<'static>> =
    LazyLock::new(|| WordSegmenter::new_dictionary(WordBreakInvariantOptions::default()));

/// Calls `with` for each word of a text, in order. A word is a segment of Unicode's UAX #29 that contains a letter or
/// digit. UAX #29 leaves scripts without spaces to dictionaries; these split runs of Han, Hiragana, Thai, Lao, Khmer
/// and Burmese.
pub(super) fn each_word(text: &str, mut with: impl FnMut(&str)) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_unspaced = is_unspaced_letter(first);
        let end = rest.find(|c| is_unspaced_letter(c) != is_unspaced).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        if is_unspaced {
            words_by_dictionary(run, &mut with);
        } else {
            run.unicode_words().for_each(&mut with);
        }
        rest = after;
    }
}

fn words_by_dictionary(run: &str, with: &mut impl FnMut(&str)) {
    let mut start = 0;
    for end in DICTIONARIES.segment_str(run) {
        let segment = run.get(start..end).unwrap_or_default();
        if segment.contains(char::is_alphanumeric) {
            with(segment);
        }
        start = end;
    }
}

/// Whether this is a letter or mark of a script that does not separate words by spaces. Digits and punctuation of these
/// scripts follow the general rules. No rule of UAX #29 joins such a letter with the one before it, so a text can be
/// split where a run of them begins or ends.
fn is_unspaced_letter(c: char) -> bool {
    c >= FIRST && LETTERS.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

/// The smallest of [`LETTERS`], for a quick check: most texts have none of them.
const FIRST: char = '\u{e01}';

const LETTERS: [(char, char); 26] = [
    // Thai
    (FIRST, '\u{e3a}'),
    ('\u{e40}', '\u{e4e}'),
    // Lao
    ('\u{e81}', '\u{ece}'),
    ('\u{edc}', '\u{edf}'),
    // Burmese
    ('\u{1000}', '\u{103f}'),
    ('\u{1050}', '\u{108f}'),
    ('\u{109a}', '\u{109f}'),
    ('\u{a9e0}', '\u{a9ef}'),
    ('\u{a9fa}', '\u{a9fe}'),
    ('\u{aa60}', '\u{aa7f}'),
    // Khmer
    ('\u{1780}', '\u{17d3}'),
    ('\u{17d7}', '\u{17d7}'),
    ('\u{17dc}', '\u{17dd}'),
    // Han, with its iteration marks and zero
    ('\u{2e80}', '\u{2fd5}'),
    ('\u{3005}', '\u{3005}'),
    ('\u{3007}', '\u{3007}'),
    ('\u{3021}', '\u{3029}'),
    ('\u{3038}', '\u{303b}'),
    ('\u{3400}', '\u{4dbf}'),
    ('\u{4e00}', '\u{9fff}'),
    ('\u{f900}', '\u{fad9}'),
    ('\u{20000}', '\u{2fa1f}'),
    ('\u{30000}', '\u{33479}'),
    // Hiragana
    ('\u{3041}', '\u{3096}'),
    ('\u{309d}', '\u{309f}'),
    ('\u{1b001}', '\u{1b11f}'),
];
