//! Attributes of one tag, parsed on demand from its raw text.
//!
//! Most tags of a body are irrelevant, so nothing is split or decoded before an attribute is requested. The strict and
//! the lenient pass share this code. It is linear in the length of the tag, whatever the number of attributes.

use std::borrow::Cow;

use crate::steps::Steps;

/// The raw text after the element name, e.g. ` ri:filename="a.png" ri:version-at-save="1"`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attributes<'a>(pub(crate) &'a str, pub(crate) &'a Steps);

impl<'a> Attributes<'a> {
    /// Returns the value of an attribute, with entities decoded once, never percent-decoded.
    pub(crate) fn get(self, key: &str) -> Option<Cow<'a, str>> {
        let (_, raw) = self.iter().find(|(name, _)| *name == key)?;
        if memchr::memchr3(b'\n', b'\t', b'\r', raw.as_bytes()).is_some() {
            // XML reads a line break in an attribute as a space, but not one that is written as an entity
            let raw = raw.replace("\r\n", " ").replace(['\n', '\t', '\r'], " ");
            return Some(Cow::Owned(self.1.decode(&raw).into_owned()));
        }
        Some(self.1.decode(raw))
    }

    /// Whether the text is valid XML: whitespace before each attribute, a name, `=`, a quoted value. If it is not, a
    /// missing quote may have joined two attributes, and the values cannot be trusted.
    ///
    /// Called for every tag of every body, so it works on bytes: all significant characters are ASCII.
    pub(crate) fn are_well_formed(self) -> bool {
        let bytes = self.0.as_bytes();
        self.1.count_read(bytes.len());
        let mut at = 0;
        loop {
            let name = skip(bytes, at, |byte| byte.is_ascii_whitespace());
            if name == bytes.len() {
                return true;
            }
            let name_end = skip(bytes, name, is_name_byte);
            let equals = skip(bytes, name_end, |byte| byte.is_ascii_whitespace());
            if name == at || name_end == name || bytes.get(equals) != Some(&b'=') {
                return false;
            }
            let open = skip(bytes, equals + 1, |byte| byte.is_ascii_whitespace());
            let Some(quote @ (b'"' | b'\'')) = bytes.get(open) else { return false };
            let Some(length) = memchr::memchr(*quote, &bytes[open + 1..]) else { return false };
            at = open + length + 2;
        }
    }

    /// Iterates over all attributes as name and raw value.
    ///
    /// Works on bytes too: every delimiter is ASCII, so the text is never split inside a character.
    #[inline]
    pub(crate) fn iter(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let before = rest.len();
            loop {
                rest = &rest[skip(rest.as_bytes(), 0, |byte| byte.is_ascii_whitespace() || byte == b'/')..];
                if rest.is_empty() {
                    return None;
                }
                let (name, after) = rest.split_at(skip(rest.as_bytes(), 0, |byte| !ends_name(byte)));
                let after = trim_start(after);
                let Some(value) = after.strip_prefix('=') else {
                    // a name without a value
                    rest = after;
                    if name.is_empty() {
                        return None;
                    }
                    continue;
                };
                let (raw, after) = split_value(trim_start(value));
                rest = after;
                self.1.count_read(before - rest.len());
                return Some((name, raw));
            }
        })
    }
}

/// Splits off the value at the beginning of `text`, without its quotes. A quote without an end takes the rest.
#[inline]
fn split_value(text: &str) -> (&str, &str) {
    let bytes = text.as_bytes();
    match bytes.first() {
        Some(quote @ (b'"' | b'\'')) => match memchr::memchr(*quote, &bytes[1..]) {
            Some(length) => (&text[1..=length], &text[length + 2..]),
            None => (&text[1..], ""),
        },
        _ => text.split_at(skip(bytes, 0, |byte| !byte.is_ascii_whitespace())),
    }
}

/// Strips leading whitespace. Usually there is none.
#[inline]
fn trim_start(text: &str) -> &str {
    match text.as_bytes().first() {
        Some(b'!'..=b'~') => text,
        _ => text.trim_start(),
    }
}

#[inline]
fn ends_name(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'=' | b'/')
}

/// Returns the first offset at or after `at` whose byte is not `wanted`.
#[inline]
fn skip(bytes: &[u8], at: usize, wanted: impl Fn(u8) -> bool) -> usize {
    at + bytes[at..].iter().take_while(|byte| wanted(**byte)).count()
}

#[inline]
fn is_name_byte(byte: u8) -> bool {
    !byte.is_ascii_whitespace() && !matches!(byte, b'=' | b'"' | b'\'' | b'<' | b'>' | b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_in_any_order_and_quoting() {
        let steps = Steps::unlimited();
        let attributes = Attributes(r#" ac:alt='x "y"' ri:filename = "a &amp; b.png" checked unquoted=1 /"#, &steps);
        assert_eq!(attributes.get("ri:filename").as_deref(), Some("a & b.png"));
        assert_eq!(attributes.get("ac:alt").as_deref(), Some("x \"y\""));
        assert_eq!(attributes.get("unquoted").as_deref(), Some("1"));
        assert_eq!(attributes.get("checked"), None);
        assert_eq!(attributes.get("filename"), None);
    }

    #[test]
    fn entities_are_decoded_once_and_percent_signs_are_kept() {
        let steps = Steps::unlimited();
        let attributes = Attributes(r#" a="&uuml;&#x1F680;&amp;nbsp;%20&unknown;" "#, &steps);
        assert_eq!(attributes.get("a").as_deref(), Some("ü🚀&nbsp;%20&unknown;"));
    }

    #[test]
    fn only_valid_xml_is_well_formed() {
        let steps = Steps::unlimited();
        for good in ["", " ", r#" a="1""#, " a='1'\n b = \"x > y\" "] {
            assert!(Attributes(good, &steps).are_well_formed(), "{good}");
        }
        for bad in [r#"a="1""#, r#" a="1"b="2""#, " a", " a=1", r#" a="1" b"#, r#" a="x b="1" c="/"#, r#" ="1""#] {
            assert!(!Attributes(bad, &steps).are_well_formed(), "{bad}");
        }
    }

    #[test]
    fn iteration_over_a_broken_tag_ends() {
        let steps = Steps::unlimited();
        assert_eq!(Attributes(r#" a="open"#, &steps).get("a").as_deref(), Some("open"));
        assert_eq!(Attributes(" = = x", &steps).iter().count(), 1);
    }
}
