//! A tokenizer that reads anything: tags with quoted attributes, comments, CDATA and text, whatever their nesting.

use std::ops::Range;

use crate::attributes::Attributes;

/// The start tags of a text that need not be XML.
pub(crate) fn start_tags(text: &str) -> impl Iterator<Item = (&str, Attributes<'_>)> {
    Tokens::new(text).filter_map(|(_, token)| match token {
        Token::Open { name, attributes, .. } => Some((name, attributes)),
        _ => None,
    })
}

/// How an export of Confluence ends a CDATA section. Code may hold `]] >` too, so an end tag of the editor's must be
/// next.
const EXPORTED_CDATA_END: &str = "]] ></ac:";

/// Whether a CDATA section holds another one's end, closed with a blank: then it swallowed markup.
pub(crate) fn swallows_markup(cdata: &str) -> bool {
    cdata.contains(EXPORTED_CDATA_END)
}

/// One piece of a body.
pub(crate) enum Token<'a> {
    Text(&'a str),
    Open {
        name: &'a str,
        attributes: Attributes<'a>,
        closed: bool,
    },
    Close(&'a str),
    CData(&'a str),
    /// A tag that could not be understood, or a declaration.
    Broken,
    /// A comment or processing instruction.
    Skipped,
}

/// The tokens of a body, each with its place.
pub(crate) struct Tokens<'a> {
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

impl<'a> Iterator for Tokens<'a> {
    type Item = (Range<usize>, Token<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let offset = self.at;
        let rest = self.body.get(offset..)?;
        if rest.is_empty() {
            return None;
        }
        let (length, token) = if rest.starts_with('<') { self.markup(rest) } else { text(rest, 0) };
        self.at = offset + length;
        Some((offset..self.at, token))
    }
}

impl<'a> Tokens<'a> {
    pub(crate) fn new(body: &'a str) -> Self {
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
            let token = if is_instruction { Token::Skipped } else { Token::Broken };
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
            (b'<', _) => return (at, Token::Broken),
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
    (rest.find('>').map_or(rest.len(), |at| at + 1), Token::Broken)
}
