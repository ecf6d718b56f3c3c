//! Counts of visible text.

/// Words (split at white space) and characters that are no white space.
///
/// One pass over the bytes: this runs over every page of a site, and most text is ASCII.
pub(super) fn measure(text: &str) -> (u32, u32) {
    let (mut words, mut characters) = (0u32, 0u32);
    let mut in_word = false;
    for (at, byte) in text.bytes().enumerate() {
        let is_space = if byte.is_ascii() {
            // the vertical tab is white space to Unicode, though not to this method
            byte.is_ascii_whitespace() || byte == 0x0b
        } else if is_continuation(byte) {
            continue;
        } else {
            text[at..].chars().next().is_some_and(char::is_whitespace)
        };
        words += u32::from(!is_space && !in_word);
        characters += u32::from(!is_space);
        in_word = !is_space;
    }
    (words, characters)
}

/// A byte inside a UTF-8 sequence: it begins no character.
fn is_continuation(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
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
