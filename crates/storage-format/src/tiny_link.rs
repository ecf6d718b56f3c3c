//! Tiny links `/x/{code}`: the code is a content id, little-endian in base64, `/` written `-`, `+` written `_`, padding
//! and trailing `A` dropped (`storage-format.md` 2.3).

/// The content id a tiny-link code stands for.
pub(super) fn content_id(code: &str) -> Option<String> {
    let code = code.split(['?', '#']).next()?;
    if code.is_empty() || code.len() > 11 {
        return None;
    }
    let mut id: u128 = 0;
    let mut bits = 0;
    let mut bytes = Vec::with_capacity(8);
    for character in code.chars() {
        let value = match character {
            'A'..='Z' => u32::from(character) - u32::from('A'),
            'a'..='z' => u32::from(character) - u32::from('a') + 26,
            '0'..='9' => u32::from(character) - u32::from('0') + 52,
            '_' => 62,
            '-' => 63,
            _ => return None,
        };
        id = (id << 6) | u128::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((id >> bits) & 0xff).ok()?);
        }
    }
    // dropped trailing `A`s are zero bits; what is left over completes a byte
    if bits > 0 {
        bytes.push(u8::try_from((id << (8 - bits)) & 0xff).ok()?);
    }
    let number = bytes.iter().take(8).rev().fold(0u64, |number, byte| (number << 8) | u64::from(*byte));
    (number > 0).then(|| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The encoding as documented, to check the decoder against.
    fn encode(id: u64) -> String {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
        let bits: Vec<bool> =
            id.to_le_bytes().iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).collect();
        let code: String = bits
            .chunks(6)
            .map(|chunk| {
                let value = (0..6).fold(0usize, |value, at| value << 1 | usize::from(chunk.get(at) == Some(&true)));
                char::from(ALPHABET[value])
            })
            .collect();
        code.trim_end_matches('A').to_owned()
    }

    #[test]
    fn codes_decode_to_the_content_id() {
        for id in [1u64, 255, 256, 65_537, 1_001, 98_319, 544_375_741, 1_454_342_158, 51_766_412_039, u64::MAX >> 1] {
            assert_eq!(content_id(&encode(id)), Some(id.to_string()), "{}", encode(id));
        }
    }

    #[test]
    fn other_text_is_no_code() {
        assert_eq!(content_id(""), None);
        assert_eq!(content_id("AAAA"), None);
        assert_eq!(content_id("not a code"), None);
        assert_eq!(content_id("wayTooLongForAnId"), None);
    }
}
