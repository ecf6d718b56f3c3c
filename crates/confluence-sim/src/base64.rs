//! Base64 of the two places the server needs: the Basic credential and its own cursors.

#[cfg(test)]
const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Encodes with the alphabet that needs no escaping in a query except for the padding, which is kept.
pub(crate) fn encode_url_safe(bytes: &[u8]) -> String {
    encode(bytes, URL_SAFE)
}

/// Encodes with the standard alphabet, as clients do in `Authorization: Basic`.
#[cfg(test)]
pub(crate) fn encode_standard(bytes: &[u8]) -> String {
    encode(bytes, STANDARD)
}

fn encode(bytes: &[u8], alphabet: &[u8; 64]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0_u32, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for position in 0..4 {
            if position <= chunk.len() {
                let digit = (group >> (18 - 6 * position)) & 63;
                text.push(char::from(alphabet[digit as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

/// Decodes either alphabet, with or without padding; `None` for anything else.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=').as_bytes();
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    for chunk in digits.chunks(4) {
        if chunk.len() == 1 {
            return None;
        }
        let mut group = 0_u32;
        for digit in chunk {
            group = group << 6 | u32::from(value_of(*digit)?);
        }
        group <<= 6 * (4 - chunk.len());
        let whole = group.to_be_bytes();
        bytes.extend_from_slice(&whole[1..chunk.len()]);
    }
    Some(bytes)
}

fn value_of(digit: u8) -> Option<u8> {
    match digit {
        b'A'..=b'Z' => Some(digit - b'A'),
        b'a'..=b'z' => Some(digit - b'a' + 26),
        b'0'..=b'9' => Some(digit - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_examples_of_rfc_4648() {
        for (plain, encoded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(encode_standard(plain.as_bytes()), encoded);
            assert_eq!(decode(encoded).unwrap(), plain.as_bytes());
        }
    }

    #[test]
    fn refuses_what_is_no_base64() {
        assert_eq!(decode("/wiki/api?x"), None);
        assert_eq!(decode("A"), None);
        assert_eq!(decode("caf\u{e9}"), None);
    }

    #[test]
    fn url_safe_text_has_neither_plus_nor_slash() {
        let bytes = [0xfb, 0xff, 0xfe];
        assert_eq!(encode_standard(&bytes), "+//+");
        assert_eq!(encode_url_safe(&bytes), "-__-");
        assert_eq!(decode("-__-").unwrap(), bytes);
    }
}
