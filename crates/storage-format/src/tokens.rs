//! A tokenizer that reads anything: tags with quoted attributes, comments, CDATA and text, whatever their nesting.

use std::ops::Range;

use crate::attributes::Attributes;
use crate::steps::Steps;

/// The start tags of a fragment of HTML, those in its scripts among them.
pub(crate) fn start_tags<'a>(text: &'a str, steps: &'a Steps) -> impl Iterator<Item = (&'a str, Attributes<'a>)> {
    Tokens::of_html(text, steps).filter_map(|(_, token)| match token {
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
    steps: &'a Steps,
    at: usize,
    comment_end: Mark,
    cdata_end: Mark,
    exported_cdata_end: Mark,
    blank_cdata_end: Mark,
    tag_end: Mark,
    /// By the rules of HTML, where a quoted value may hold any mark, and CDATA is a comment.
    html: Option<Quotes>,
}

/// The quotes around the values of HTML.
struct Quotes {
    double: Mark,
    single: Mark,
}

/// A piece of text that ends something, and where it occurs next. It is looked for once only, so that no body takes
/// quadratic time.
pub(crate) struct Mark {
    text: &'static str,
    /// Offset of the occurrence found last; `None` when there is none any more.
    next: Option<usize>,
}

impl Mark {
    pub(crate) fn new(text: &'static str) -> Self {
        Self { text, next: Some(0) }
    }

    /// The first occurrence at or behind `from`, which never goes back.
    pub(crate) fn find(&mut self, body: &str, from: usize, steps: &Steps) -> Option<usize> {
        if self.next? < from || !body[self.next?..].starts_with(self.text) {
            self.next = body[from..].find(self.text).map(|at| from + at);
            steps.look(self.next.unwrap_or(body.len()) - from);
        }
        self.next
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = (Range<usize>, Token<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let offset = self.at;
        let rest = self.body.get(offset..)?;
        if rest.is_empty() || self.steps.are_used_up() {
            return None;
        }
        let (length, token) = if rest.starts_with('<') { self.markup(rest) } else { text(rest, 0) };
        self.at = offset + length;
        self.steps.look(length);
        Some((offset..self.at, token))
    }
}

impl<'a> Tokens<'a> {
    pub(crate) fn new(body: &'a str, steps: &'a Steps) -> Self {
        Self {
            body,
            steps,
            at: 0,
            comment_end: Mark::new("-->"),
            cdata_end: Mark::new("]]>"),
            exported_cdata_end: Mark::new(EXPORTED_CDATA_END),
            blank_cdata_end: Mark::new("]] >"),
            tag_end: Mark::new(">"),
            html: None,
        }
    }

    /// The tokens of HTML.
    fn of_html(body: &'a str, steps: &'a Steps) -> Self {
        let quotes = Quotes { double: Mark::new("\""), single: Mark::new("'") };
        Self { html: Some(quotes), ..Self::new(body, steps) }
    }

    fn markup(&mut self, rest: &'a str) -> (usize, Token<'a>) {
        if rest.starts_with("<!--") {
            // an unterminated comment hides nothing: what follows is read as markup; `<!-->` is a whole one in HTML
            let from = self.at + if self.html.is_some() { 2 } else { 4 };
            let end = self.comment_end.find(self.body, from, self.steps);
            return (end.map_or(4, |end| end + 3 - self.at), Token::Skipped);
        }
        if self.html.is_none() && rest.starts_with("<![CDATA[") {
            return self.cdata();
        }
        if rest.starts_with("<!") || rest.starts_with("<?") {
            let end = self.tag_end.find(self.body, self.at, self.steps).map_or(2, |end| end + 1 - self.at);
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
            return self.open_tag(rest);
        }
        // a lone `<` is text
        text(rest, 1)
    }

    /// A CDATA section. One without an end mark ends where the element that holds it does, so that it hides nothing that
    /// follows.
    fn cdata(&mut self) -> (usize, Token<'a>) {
        let from = self.at + 9;
        let end = self.cdata_end.find(self.body, from, self.steps);
        let exported = self.exported_cdata_end.find(self.body, from, self.steps);
        let (end, length) = match (end, exported) {
            (Some(end), Some(exported)) if exported < end => (exported, 4),
            (Some(end), _) => (end, 3),
            (None, _) => match self.blank_cdata_end.find(self.body, from, self.steps) {
                Some(end) => (end, 4),
                // the section takes what is looked at
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
                    self.steps.look(at);
                    return (at, Token::Broken);
                }
                (b'"' | b'\'', None) => match &mut self.html {
                    None => quote = Some(byte),
                    Some(quotes) if after_equals => {
                        let mark = if byte == b'"' { &mut quotes.double } else { &mut quotes.single };
                        // a value that never ends hides nothing
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
                    // the value of an HTML attribute without quotes may end in one
                    let whole = content.strip_suffix('/').filter(|_| self.html.is_none()).unwrap_or(content);
                    let name_end = whole.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(whole.len());
                    let (name, attributes) = whole.split_at(name_end);
                    let attributes = Attributes(attributes, self.steps);
                    return (at + 1, Token::Open { name, attributes, closed });
                }
                _ => {}
            }
            after_equals = byte == b'=' || (after_equals && byte.is_ascii_whitespace());
            at += 1;
        }
        // the quote never ended: take the tag up to its first `>`, so that what follows is not lost. No tag is looked for
        // to the end twice: from here on none may hold a `<`
        self.html = None;
        self.steps.look(rest.len());
        (rest.find('>').map_or(rest.len(), |at| at + 1), Token::Broken)
    }
}

/// Text up to the next `<` behind `from`.
fn text(rest: &str, from: usize) -> (usize, Token<'_>) {
    let end = memchr::memchr(b'<', &rest.as_bytes()[from..]).map_or(rest.len(), |at| from + at);
    (end, Token::Text(&rest[..end]))
}
