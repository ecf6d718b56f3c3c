//! Counts of visible text.

/// What a byte of UTF-8 text is to a counter of words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Ink,
    /// Inside a sequence: begins no character.
    Continuation,
    /// Begins a character beyond ASCII, which may be white space.
    Lead,
}

/// The class of every byte, so that the loop below looks one up instead of deciding: it runs over every page.
const CLASSES: [Class; 256] = {
    let mut classes = [Class::Ink; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte {
            0x09..=0x0d | 0x20 => Class::Space,
            0x80..=0xbf => Class::Continuation,
            0xc0..=0xff => Class::Lead,
            _ => Class::Ink,
        };
        byte += 1;
    }
    classes
};

/// Words (split at white space) and characters that are no white space.
pub(super) fn measure(text: &str) -> (u32, u32) {
    let (mut words, mut characters) = (0u32, 0u32);
    let mut in_word = false;
    for (at, byte) in text.bytes().enumerate() {
        let is_space = match CLASSES[usize::from(byte)] {
            Class::Space => true,
            Class::Ink => false,
            Class::Continuation => continue,
            Class::Lead => text[at..].chars().next().is_some_and(char::is_whitespace),
        };
        words += u32::from(!is_space && !in_word);
        characters += u32::from(!is_space);
        in_word = !is_space;
    }
    (words, characters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_characters() {
        for text in ["", " ", "one", " one  two\u{a0}three\u{3000}四 ", "添付 ファイル", "a\u{b}b\u{85}c"] {
            let expected: Vec<&str> = text.split_whitespace().collect();
            let characters: usize = expected.iter().map(|word| word.chars().count()).sum();
            let (words, counted) = measure(text);
            assert_eq!((words as usize, counted as usize), (expected.len(), characters), "{text:?}");
        }
    }
}
