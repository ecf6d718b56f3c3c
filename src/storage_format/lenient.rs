//! A tokenizer that reads anything: tags with quoted attributes, comments, CDATA and text, whatever their nesting.

use super::attributes::Attributes;
use super::scanner::Scanner;

/// Feeds the whole body to the scanner and returns the residue: text and broken tags behind `fault`, without CDATA,
/// comments, and the text of `code` and `pre` elements.
pub(super) fn pass<'a>(body: &'a str, fault: usize, scanner: &mut Scanner<'a>) -> String {
    let mut tokens = Tokens { body, at: 0 };
    let mut residue = String::new();
    let mut keep = |offset: usize, text: &str| {
        // a token that straddles the fault is kept whole: cutting it could cut a name in two
        if offset + text.len() > fault {
            residue.push_str(text);
            // two kept pieces never make up one name
            residue.push('\n');
        }
    };
    let mut code_depth = 0usize;
    while let Some((offset, token)) = tokens.next() {
        match token {
            Token::Text(text) => {
                scanner.text(text);
                if code_depth == 0 {
                    keep(offset, text);
                }
            }
            Token::Open { name, attributes, closed } => {
                scanner.open(name, Attributes(attributes));
                if closed {
                    scanner.close(name);
                } else if is_code(name) {
                    code_depth += 1;
                }
            }
            Token::Close(name) => {
                scanner.close(name);
                if is_code(name) {
                    code_depth = code_depth.saturating_sub(1);
                }
            }
            Token::CData(text) => scanner.cdata(text),
            Token::Broken(text) => keep(offset, text),
            Token::Skipped => {}
        }
    }
    residue
}

fn is_code(name: &str) -> bool {
    name.eq_ignore_ascii_case("code") || name.eq_ignore_ascii_case("pre")
}

enum Token<'a> {
    Text(&'a str),
    Open {
        name: &'a str,
        attributes: &'a str,
        closed: bool,
    },
    Close(&'a str),
    CData(&'a str),
    /// A tag that could not be understood.
    Broken(&'a str),
    /// A comment, processing instruction or declaration.
    Skipped,
}

struct Tokens<'a> {
    body: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    fn next(&mut self) -> Option<(usize, Token<'a>)> {
        let offset = self.at;
        let rest = self.body.get(offset..)?;
        if rest.is_empty() {
            return None;
        }
        let (length, token) = if rest.starts_with('<') { markup(rest) } else { text(rest, 0) };
        self.at = offset + length;
        Some((offset, token))
    }
}

/// Text up to the next `<` behind `from`.
fn text(rest: &str, from: usize) -> (usize, Token<'_>) {
    let end = memchr::memchr(b'<', &rest.as_bytes()[from..]).map_or(rest.len(), |at| from + at);
    (end, Token::Text(&rest[..end]))
}

fn markup(rest: &str) -> (usize, Token<'_>) {
    if let Some(inner) = rest.strip_prefix("<!--") {
        // an unterminated comment hides nothing: what follows is read as markup
        return inner.find("-->").map_or((4, Token::Skipped), |at| (4 + at + 3, Token::Skipped));
    }
    if let Some(inner) = rest.strip_prefix("<![CDATA[") {
        // exports write the end of a CDATA section with a blank (`storage-format.md` 2.6)
        let end = inner.find("]]>").map(|at| (at, 3)).or_else(|| inner.find("]] >").map(|at| (at, 4)));
        return match end {
            Some((at, length)) => (9 + at + length, Token::CData(&inner[..at])),
            None => (rest.len(), Token::CData(inner)),
        };
    }
    if rest.starts_with("<!") || rest.starts_with("<?") {
        return rest.find('>').map_or((2, Token::Skipped), |at| (at + 1, Token::Skipped));
    }
    if let Some(inner) = rest.strip_prefix("</") {
        let end = inner.find(['>', '<']).unwrap_or(inner.len());
        let name = inner[..end].trim();
        let closing = usize::from(inner[end..].starts_with('>'));
        return (2 + end + closing, Token::Close(name));
    }
    if rest[1..].starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return open_tag(rest);
    }
    // a lone `<` is text
    text(rest, 1)
}

fn open_tag(rest: &str) -> (usize, Token<'_>) {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match (byte, quote) {
            (b'<', _) => return (at, Token::Broken(&rest[..at])),
            (b'"' | b'\'', None) => quote = Some(byte),
            (_, Some(open)) if byte == open => quote = None,
            (b'>', None) => {
                let content = &rest[1..at];
                let closed = content.ends_with('/');
                let content = content.strip_suffix('/').unwrap_or(content);
                let name_end = content.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(content.len());
                let (name, attributes) = content.split_at(name_end);
                return (at + 1, Token::Open { name, attributes, closed });
            }
            _ => {}
        }
    }
    // the quote never ended: take the tag up to its first `>`, so that what follows is not lost
    match rest.find('>') {
        Some(at) => (at + 1, Token::Broken(&rest[..=at])),
        None => (rest.len(), Token::Broken(rest)),
    }
}
