//! Addresses of links, in a form that the library writes unchanged.
//!
//! The library escapes `%` unless it finds one of a few escapes, such as `%20`: `%C3%BC` becomes `%25C3%25BC`, which opens
//! nothing.

use std::borrow::Cow;

use percent_encoding::percent_decode;

use super::WorkbookLimits;

/// Escapes from which the library concludes that an address is escaped.
const KNOWN: [&str; 11] = ["%20", "%25", "%22", "%60", "%3c", "%3e", "%5b", "%5d", "%5e", "%7b", "%7d"];

/// Escapes that mean the same as their character in the path of an address.
const PLAIN_IN_PATH: [(&str, char); 9] = [
    ("%21", '!'),
    ("%24", '$'),
    ("%26", '&'),
    ("%27", '\''),
    ("%28", '('),
    ("%29", ')'),
    ("%2C", ','),
    ("%3A", ':'),
    ("%40", '@'),
];

/// Returns an address as a link; `None` if Excel does not accept it. Letters are not escaped. If other escapes remain, a
/// parameter without meaning makes the library keep them.
pub(super) fn link(address: &str, limits: WorkbookLimits) -> Option<Cow<'_, str>> {
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    let is_plain = !address.contains(|c: char| c.is_control() || c.is_whitespace() || c >= '\u{FFFE}');
    let link = if is_web && is_plain { unchanged(address) } else { return None };
    (link.encode_utf16().count() <= limits.link_length).then_some(link)
}

fn unchanged(address: &str) -> Cow<'_, str> {
    let (target, anchor) = address.split_at(address.find('#').unwrap_or(address.len()));
    if !target.contains('%') || is_kept(target) {
        return Cow::Borrowed(address);
    }
    let (path, query) = target.split_at(target.find('?').unwrap_or(target.len()));
    let path = PLAIN_IN_PATH.iter().fold(with_letters(path), |path, (escape, character)| {
        path.replace(escape, &character.to_string()).replace(&escape.to_ascii_lowercase(), &character.to_string())
    });
    let target = path + &with_letters(query);
    if target.contains('%') && !is_kept(&target) {
        let separator = if query.is_empty() { '?' } else { '&' };
        return Cow::Owned(format!("{target}{separator}%20{anchor}"));
    }
    Cow::Owned(target + anchor)
}

/// Returns whether the library keeps all escapes of an address.
fn is_kept(target: &str) -> bool {
    KNOWN.iter().any(|known| target.contains(known) || target.contains(&known.to_ascii_uppercase()))
}

/// Replaces the escapes of letters beyond ASCII by the letters, which browsers escape again.
fn with_letters(text: &str) -> String {
    let is_invisible = |c: char| {
        c.is_control()
            || c.is_whitespace()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}')
            || matches!(c, '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFFE}'..)
    };
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(begin) = rest.find('%') {
        let escapes = rest.as_bytes()[begin..].chunks(3);
        let count = escapes.take_while(|escape| is_beyond_ascii(escape)).count();
        let (run, after) = rest[begin..].split_at(if count == 0 { 1 } else { 3 * count });
        result.push_str(&rest[..begin]);
        match percent_decode(run.as_bytes()).decode_utf8() {
            Ok(letters) if count > 0 && !letters.contains(is_invisible) => result.push_str(&letters),
            _ => result.push_str(run),
        }
        rest = after;
    }
    result + rest
}

/// Returns whether three bytes are the escape of a byte beyond ASCII.
fn is_beyond_ascii(escape: &[u8]) -> bool {
    matches!(escape, [b'%', b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F', low] if low.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_opens_the_same_page_after_the_library_escaped_it() {
        for (address, expected) in [
            ("https://a.example/x?y=1#z", "https://a.example/x?y=1#z"),
            ("https://a.example/a%20%C3%BC", "https://a.example/a%20%C3%BC"),
            ("https://a.example/Gr%C3%B6%c3%9Fe+%E6%97%A5", "https://a.example/Größe+日"),
            ("https://a.example/Plan%3A+%28x%29%2c", "https://a.example/Plan:+(x),"),
            ("https://a.example/CI%2FCD", "https://a.example/CI%2FCD?%20"),
            ("https://a.example/CI%2FCD?v=1%2B#%C3%BC", "https://a.example/CI%2FCD?v=1%2B&%20#%C3%BC"),
            ("https://a.example/?q=%26%C3%BC", "https://a.example/?q=%26ü&%20"),
            ("https://a.example/%FF%E2%80%AE", "https://a.example/%FF%E2%80%AE?%20"),
            ("https://a.example/%C3", "https://a.example/%C3?%20"),
            ("https://a.example/100%", "https://a.example/100%?%20"),
        ] {
            assert_eq!(link(address, WorkbookLimits::default()).as_deref(), Some(expected), "{address}");
        }
    }

    #[test]
    fn what_excel_does_not_open_is_no_link() {
        let long = format!("https://a.example/{}", "x".repeat(2_079));
        for address in ["", "file:///etc/passwd", "javascript:alert(1)", "https://a b", "https://a\u{202F}b", &long] {
            assert_eq!(link(address, WorkbookLimits::default()), None, "{address}");
        }
    }
}
