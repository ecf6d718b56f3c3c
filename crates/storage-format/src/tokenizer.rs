//! Lenient tokenizer: splits any text into tags with quoted attributes, comments, CDATA and text, whatever the nesting.

use std::ops::Range;

use crate::attributes::Attributes;
use crate::steps::Steps;

/// Iterates over the start tags of an HTML fragment, including those in its scripts.
pub(crate) fn start_tags<'a>(text: &'a str, steps: &'a Steps) -> impl Iterator<Item = (&'a str, Attributes<'a>)> {
    Tokens::of_html(text, steps).filter_map(|(_, token)| match token {
        Token::Open { name, attributes, .. } => Some((name, attributes)),
        _ => None,
    })
}

/// How an export of Confluence ends a CDATA section. Code may contain `]] >` too, so an end tag of the editor has to
/// follow.
const EXPORTED_CDATA_END: &str = "]] ></ac:";

/// Whether a CDATA section contains the end of an exported section, and therefore also the markup after that end.
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
    /// A tag that could not be parsed, or a declaration.
    Broken,
    /// A comment or processing instruction.
    Skipped,
}

/// Iterator over the tokens of a body, each with its byte range.
pub(crate) struct Tokens<'a> {
    body: &'a str,
    steps: &'a Steps,
    at: usize,
    comment_end: DelimiterFinder,
    cdata_end: DelimiterFinder,
    exported_cdata_end: DelimiterFinder,
    blank_cdata_end: DelimiterFinder,
    tag_end: DelimiterFinder,
    /// Set to tokenize by the rules of HTML, where a quoted value may contain any character, and CDATA is a comment.
    html: Option<Quotes>,
}

/// Finders for the quotes around HTML values.
struct Quotes {
    double: DelimiterFinder,
    single: DelimiterFinder,
}

/// Finder for a delimiter that remembers its next occurrence. Each part of a body is searched only once, so that no
/// body takes quadratic time.
pub(crate) struct DelimiterFinder {
    text: &'static str,
    /// Offset of the last occurrence found; `None` if there are no more.
    next: Option<usize>,
}

impl DelimiterFinder {
    pub(crate) fn new(text: &'static str) -> Self {
        Self { text, next: Some(0) }
    }

    /// Returns the first occurrence at or after `from`, which must not decrease between calls.
    pub(crate) fn find(&mut self, body: &str, from: usize, steps: &Steps) -> Option<usize> {
        if self.next? < from || !body[self.next?..].starts_with(self.text) {
            self.next = body[from..].find(self.text).map(|at| from + at);
            steps.count_read(self.next.unwrap_or(body.len()) - from);
        }
        self.next
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = (Range<usize>, Token<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let offset = self.at;
        let rest = self.body.get(offset..)?;
        if rest.is_empty() || self.steps.are_exhausted() {
            return None;
        }
        let (length, token) = if rest.starts_with('<') { self.markup(rest) } else { text(rest, 0) };
        self.at = offset + length;
        self.steps.count_read(length);
        Some((offset..self.at, token))
    }
}

impl<'a> Tokens<'a> {
    pub(crate) fn new(body: &'a str, steps: &'a Steps) -> Self {
        Self {
            body,
            steps,
            at: 0,
            comment_end: DelimiterFinder::new("-->"),
            cdata_end: DelimiterFinder::new("]]>"),
            exported_cdata_end: DelimiterFinder::new(EXPORTED_CDATA_END),
            blank_cdata_end: DelimiterFinder::new("]] >"),
            tag_end: DelimiterFinder::new(">"),
            html: None,
        }
    }

    fn of_html(body: &'a str, steps: &'a Steps) -> Self {
        let quotes = Quotes { double: DelimiterFinder::new("\""), single: DelimiterFinder::new("'") };
        Self { html: Some(quotes), ..Self::new(body, steps) }
    }

    fn markup(&mut self, rest: &'a str) -> (usize, Token<'a>) {
        if rest.starts_with("<!--") {
            // after an unterminated comment, the text is still markup; `<!-->` is a complete comment in HTML
            let from = self.at + if self.html.is_some() { 2 } else { 4 };
            let end = self.comment_end.find(self.body, from, self.steps);
            return (end.map_or(4, |end| end + 3 - self.at), Token::Skipped);
        }
        if self.html.is_none() && rest.starts_with("<![CDATA[") {
            return self.cdata();
        }
        if rest.starts_with("<!") || rest.starts_with("<?") {
            let end = self.tag_end.find(self.body, self.at, self.steps).map_or(2, |end| end + 1 - self.at);
            // declarations may name files in entities, which are not expanded; an instruction without `?>` may have
            // swallowed a tag
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
            return self.open_tag(rest);
        }
        // a lone `<` is text
        text(rest, 1)
    }

    /// Reads a CDATA section. A section without an end ends where the element around it ends, so that it does not hide
    /// what follows.
    fn cdata(&mut self) -> (usize, Token<'a>) {
        let from = self.at + 9;
        let end = self.cdata_end.find(self.body, from, self.steps);
        let exported = self.exported_cdata_end.find(self.body, from, self.steps);
        let (end, length) = match (end, exported) {
            (Some(end), Some(exported)) if exported < end => (exported, 4),
            (Some(end), _) => (end, 3),
            (None, _) => match self.blank_cdata_end.find(self.body, from, self.steps) {
                Some(end) => (end, 4),
                // the token covers the bytes searched here
                None => (self.body[from..].find("</ac:").map_or(self.body.len(), |at| from + at), 0),
            },
        };
        (end + length - self.at, Token::CData(&self.body[from..end]))
    }

    fn open_tag(&mut self, rest: &'a str) -> (usize, Token<'a>) {
        let bytes = rest.as_bytes();
        let mut quote = None;
        let mut after_equals = false;
        let mut at = 1;
        while let Some(&byte) = bytes.get(at) {
            match (byte, quote) {
                (b'<', _) => {
                    self.steps.count_read(at);
                    return (at, Token::Broken);
                }
                (b'"' | b'\'', None) => match &mut self.html {
                    None => quote = Some(byte),
                    Some(quotes) if after_equals => {
                        let mark = if byte == b'"' { &mut quotes.double } else { &mut quotes.single };
                        // a value without an end does not hide what follows
                        match mark.find(self.body, self.at + at + 1, self.steps) {
                            Some(end) => at = end - self.at,
                            None => quote = Some(byte),
                        }
                    }
                    Some(_) => {}
                },
                (_, Some(open)) if byte == open => quote = None,
                (b'>', None) => {
                    let content = &rest[1..at];
                    let closed = content.ends_with('/');
                    // an unquoted value of HTML may end in a slash
                    let tag = content.strip_suffix('/').filter(|_| self.html.is_none()).unwrap_or(content);
                    let name_end = tag.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(tag.len());
                    let (name, attributes) = tag.split_at(name_end);
                    let attributes = Attributes(attributes, self.steps);
                    return (at + 1, Token::Open { name, attributes, closed });
                }
                _ => {}
            }
            after_equals = byte == b'=' || (after_equals && byte.is_ascii_whitespace());
            at += 1;
        }
        // the quote has no end: the tag ends at its first `>`, so that what follows is not lost. No second tag is
        // searched to the end of the body: from here on no tag may contain a `<`
        self.html = None;
        self.steps.count_read(rest.len());
        (rest.find('>').map_or(rest.len(), |at| at + 1), Token::Broken)
    }
}

/// Reads text up to the next `<` at or after `from`.
fn text(rest: &str, from: usize) -> (usize, Token<'_>) {
    let end = memchr::memchr(b'<', &rest.as_bytes()[from..]).map_or(rest.len(), |at| from + at);
    (end, Token::Text(&rest[..end]))
}
