//! A tokenizer that reads anything: tags with quoted attributes, comments, CDATA and text, whatever their nesting.

use super::attributes::Attributes;
use super::scanner::Scanner;

/// Feeds the whole body to the scanner and returns the residue: text, broken and doubtful tags and declarations behind
/// `fault`, without CDATA, comments, and the text of `code` and `pre` elements.
pub(super) fn pass<'a>(body: &'a str, fault: usize, scanner: &mut Scanner<'a>) -> String {
    let mut tokens = Tokens::new(body);
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
                let understood = scanner.open(name, attributes) && attributes.are_well_formed();
                if closed {
                    scanner.close(name);
                } else if is_code(name) {
                    code_depth += 1;
                }
                if !understood {
                    scanner.damage();
                    keep(offset, &body[offset..tokens.at]);
                }
            }
            Token::Close(name) => {
                scanner.close(name);
                if is_code(name) {
                    code_depth = code_depth.saturating_sub(1);
                }
            }
            Token::CData(text) => scanner.cdata(text),
            Token::Broken(text) => {
                scanner.damage();
                keep(offset, text);
            }
            Token::Skipped => {}
        }
    }
    residue
}

/// The start tags of a text that need not be XML.
pub(super) fn start_tags(text: &str) -> impl Iterator<Item = (&str, Attributes<'_>)> {
    let mut tokens = Tokens::new(text);
    std::iter::from_fn(move || {
        loop {
            if let Token::Open { name, attributes, .. } = tokens.next()?.1 {
                return Some((name, attributes));
            }
        }
    })
}

/// How an export ends a CDATA section (`storage-format.md` 2.6). Code may hold `]] >` too, so an end tag of the editor's
/// must be next.
const EXPORTED_CDATA_END: &str = "]] ></ac:";

/// Whether a CDATA section holds another one's end, closed with a blank: then it swallowed markup.
pub(super) fn swallows_markup(cdata: &str) -> bool {
    cdata.contains(EXPORTED_CDATA_END)
}

fn is_code(name: &str) -> bool {
    name.eq_ignore_ascii_case("code") || name.eq_ignore_ascii_case("pre")
}

enum Token<'a> {
    Text(&'a str),
    Open {
        name: &'a str,
        attributes: Attributes<'a>,
        closed: bool,
    },
    Close(&'a str),
    CData(&'a str),
    /// A tag that could not be understood, or a declaration.
    Broken(&'a str),
    /// A comment or processing instruction.
    Skipped,
}

struct Tokens<'a> {
    body: &'a str,
    at: usize,
    comment_end: Mark,
    cdata_end: Mark,
    exported_cdata_end: Mark,
    blank_cdata_end: Mark,
    tag_end: Mark,
}

/// A piece of text that ends something, and where it occurs next. It is looked for once only, so that no body takes
/// quadratic time.
struct Mark {
    text: &'static str,
    /// Offset of the occurrence found last; `None` when there is none any more.
    next: Option<usize>,
}

impl Mark {
    fn new(text: &'static str) -> Self {
        Self { text, next: Some(0) }
    }

    /// The first occurrence at or behind `from`, which never goes back.
    fn find(&mut self, body: &str, from: usize) -> Option<usize> {
        if self.next? < from || !body[self.next?..].starts_with(self.text) {
            self.next = body[from..].find(self.text).map(|at| from + at);
        }
        self.next
    }
}

impl<'a> Tokens<'a> {
    fn new(body: &'a str) -> Self {
        Self {
            body,
            at: 0,
            comment_end: Mark::new("-->"),
            cdata_end: Mark::new("]]>"),
            exported_cdata_end: Mark::new(EXPORTED_CDATA_END),
            blank_cdata_end: Mark::new("]] >"),
            tag_end: Mark::new(">"),
        }
    }

    fn next(&mut self) -> Option<(usize, Token<'a>)> {
        let offset = self.at;
        let rest = self.body.get(offset..)?;
        if rest.is_empty() {
            return None;
        }
        let (length, token) = if rest.starts_with('<') { self.markup(rest) } else { text(rest, 0) };
        self.at = offset + length;
        Some((offset, token))
    }

    fn markup(&mut self, rest: &'a str) -> (usize, Token<'a>) {
        if rest.starts_with("<!--") {
            // an unterminated comment hides nothing: what follows is read as markup
            let end = self.comment_end.find(self.body, self.at + 4);
            return (end.map_or(4, |end| end + 3 - self.at), Token::Skipped);
        }
        if rest.starts_with("<![CDATA[") {
            return self.cdata();
        }
        if rest.starts_with("<!") || rest.starts_with("<?") {
            let end = self.tag_end.find(self.body, self.at).map_or(2, |end| end + 1 - self.at);
            // declarations may name files in entities, which are not expanded; an instruction that does not end as one
            // may have swallowed a tag
            let is_instruction = rest.starts_with("<?") && rest[..end].ends_with("?>");
            let token = if is_instruction { Token::Skipped } else { Token::Broken(&rest[..end]) };
            return (end, token);
        }
        if let Some(inner) = rest.strip_prefix("</") {
            let end = inner.find(['>', '<']).unwrap_or(inner.len());
            let closing = usize::from(inner[end..].starts_with('>'));
            return (2 + end + closing, Token::Close(inner[..end].trim()));
        }
        if rest[1..].starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return open_tag(rest);
        }
        // a lone `<` is text
        text(rest, 1)
    }

    /// A CDATA section. One without an end mark ends where the element that holds it does, so that it hides nothing that
    /// follows.
    fn cdata(&mut self) -> (usize, Token<'a>) {
        let from = self.at + 9;
        let end = self.cdata_end.find(self.body, from);
        let exported = self.exported_cdata_end.find(self.body, from);
        let (end, length) = match (end, exported) {
            (Some(end), Some(exported)) if exported < end => (exported, 4),
            (Some(end), _) => (end, 3),
            (None, _) => match self.blank_cdata_end.find(self.body, from) {
                Some(end) => (end, 4),
                None => (self.body[from..].find("</ac:").map_or(self.body.len(), |at| from + at), 0),
            },
        };
        (end + length - self.at, Token::CData(&self.body[from..end]))
    }
}

/// Text up to the next `<` behind `from`.
fn text(rest: &str, from: usize) -> (usize, Token<'_>) {
    let end = memchr::memchr(b'<', &rest.as_bytes()[from..]).map_or(rest.len(), |at| from + at);
    (end, Token::Text(&rest[..end]))
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
                return (at + 1, Token::Open { name, attributes: Attributes(attributes), closed });
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
