//! Parser for wiki markup in bodies that were never migrated, which Confluence's wiki renderer still shows. Also parses
//! the caret form `SPACE:Page^name` in macro parameters.
//!
//! Parses in one pass. Only the innermost few open brackets are kept, and only until their line ends, so that no text
//! is read more than a few times.

use super::call::{MacroCall, Parameter};
use super::table::{self, MacroCategory, Naming};
use crate::reference::ContainerRef;
use crate::steps::Steps;

/// Most open brackets that are kept.
const MAX_OPEN_BRACKETS: usize = 4;

/// Most macros without an end. After that many, the text is no longer searched for the ends of other macros.
const MAX_UNENDED_NAMES: usize = 32;

/// A part of wiki markup that may name a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum WikiPiece<'a> {
    /// `{name:parameters}`.
    Macro(MacroCall),
    /// The text between two calls of a macro whose body is not wiki markup.
    Body { name: String, text: &'a str },
    /// `!…!`.
    Image(WikiTarget),
    /// `[…]`.
    Link(WikiTarget),
}

/// Target of a link or an image in wiki markup.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum WikiTarget {
    /// A file by name.
    File {
        name: String,
        container: ContainerRef,
    },
    Address(String),
}

/// Result of parsing wiki markup.
#[derive(Debug, Default)]
pub(super) struct ParsedMarkup<'a> {
    pub(super) pieces: Vec<WikiPiece<'a>>,
    /// The markup without code samples.
    pub(super) without_samples: String,
}

/// Parses `^name`, `Page^name`, `SPACE:Page^name` or `/2024/07/01/Post^name` into the file name and its container, if
/// there is one.
pub(super) fn caret(text: &str) -> Option<(String, Option<ContainerRef>)> {
    let (page, name) = text.rsplit_once('^')?;
    (!name.is_empty()).then(|| (name.to_owned(), owner(page)))
}

/// Parses the content before a caret. A title may contain a colon, so what may be a space key is left to the caller,
/// who knows the titles.
fn owner(page: &str) -> Option<ContainerRef> {
    let page = page.trim();
    if page.is_empty() {
        return None;
    }
    if let Some(id) = page.strip_prefix('$').filter(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit())) {
        return Some(ContainerRef::Content(id.to_owned()));
    }
    let (space, path) = match page.split_once(":/") {
        Some((space, path)) => (Some(space.to_owned()), path),
        None => (None, page.strip_prefix('/').unwrap_or_default()),
    };
    let post = path.match_indices('/').nth(2).map(|(at, _)| (&path[..at], &path[at + 1..]));
    if let Some((day, title)) = post.filter(|(day, _)| day.bytes().all(|byte| byte.is_ascii_digit() || byte == b'/')) {
        return Some(ContainerRef::BlogPost { title: title.to_owned(), day: Some(day.to_owned()), space });
    }
    Some(ContainerRef::Page { title: page.to_owned(), space: None })
}

/// Parses wiki markup to its end, or until its steps are used up.
pub(super) fn read<'a>(text: &'a str, steps: &Steps) -> ParsedMarkup<'a> {
    let mut reader =
        WikiReader { text, steps, markup: ParsedMarkup::default(), brackets: Brackets::default(), unended: Vec::new() };
    reader.run();
    reader.markup
}

struct WikiReader<'a, 's> {
    text: &'a str,
    steps: &'s Steps,
    markup: ParsedMarkup<'a>,
    brackets: Brackets,
    /// Names of macros that have no end.
    unended: Vec<String>,
}

/// The brackets of one line.
#[derive(Default)]
struct Brackets {
    /// Offsets after the open brackets.
    open: Vec<usize>,
    /// Offset after the bracket that was closed last, until it is closed once more: a name may contain a closing
    /// bracket.
    closed: Option<usize>,
    /// Offset of the last closing bracket.
    last_close: Option<usize>,
}

impl<'a> WikiReader<'a, '_> {
    fn run(&mut self) {
        let (text, steps) = (self.text, self.steps);
        // the markup without samples is a copy
        steps.count_read(text.len());
        steps.count_copy(text.len());
        let bytes = text.as_bytes();
        // `mark` is the offset after the last `!` of the line; text before `kept` was copied already
        let (mut mark, mut kept) = (None, 0);
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let here = at;
            at += 1;
            match byte {
                // an escaped character; two backslashes are a line break
                b'\\' => at += 1,
                b'\n' => {
                    self.line_ends();
                    mark = None;
                }
                b'[' => self.brackets.opens(at),
                b']' => self.bracket_closes(here),
                b'!' => {
                    if let Some(from) = mark.replace(at) {
                        self.image(&text[from..here]);
                    }
                }
                // `{{…}}` is monospaced text
                b'{' if bytes.get(at) == Some(&b'{') => at += 1,
                _ if steps.are_exhausted() => return,
                b'{' => {
                    let Some((call, end)) = call(text, at, steps) else { continue };
                    at = end;
                    if let Some((body, after)) = self.body(&call.name, end) {
                        if table::category(&call.name) == MacroCategory::Code {
                            self.markup.without_samples.push_str(&text[kept..end]);
                            kept = end + body.len();
                        } else {
                            self.markup.pieces.push(WikiPiece::Body { name: call.name.clone(), text: body });
                        }
                        at = after;
                    }
                    self.markup.pieces.push(WikiPiece::Macro(call));
                }
                _ => {}
            }
        }
        self.line_ends();
        self.markup.without_samples.push_str(&text[kept..]);
    }

    /// Returns the body of a macro whose body is not wiki markup, and the offset after its end.
    fn body(&mut self, name: &str, from: usize) -> Option<(&'a str, usize)> {
        self.steps.count_read(name.len() + 1);
        let is_raw = table::category(name) == MacroCategory::Code
            || matches!(table::body_naming(name), Naming::Html | Naming::Markdown | Naming::PlantUml);
        if !is_raw || self.unended.len() >= MAX_UNENDED_NAMES || self.unended.iter().any(|other| other == name) {
            return None;
        }
        let end = format!("{{{name}}}");
        let Some(length) = memchr::memmem::find(&self.text.as_bytes()[from..], end.as_bytes()) else {
            self.steps.count_read(self.text.len() - from);
            self.unended.push(name.to_owned());
            return None;
        };
        self.steps.count_read(length);
        Some((&self.text[from..from + length], from + length + end.len()))
    }

    fn bracket_closes(&mut self, at: usize) {
        self.brackets.last_close = Some(at);
        if let Some(open) = self.brackets.open.pop() {
            self.brackets.closed = Some(open);
            self.link(open, at);
        } else if let Some(open) = self.brackets.closed.take() {
            self.link(open, at);
        }
    }

    /// Ends a line: no link continues on the next one. The text of an open link may contain another opening bracket.
    fn line_ends(&mut self) {
        let Brackets { open, last_close, .. } = std::mem::take(&mut self.brackets);
        for from in open {
            if let Some(to) = last_close.filter(|&to| to > from) {
                self.link(from, to);
            }
        }
    }

    /// Parses `[alias|destination|tip]`. An alias that is an image has parts of its own, which are
    /// handled like those of the link.
    fn link(&mut self, from: usize, to: usize) {
        self.steps.count_read(to - from);
        let mut parts = split(&self.text[from..to], '|').enumerate().peekable();
        while let Some((position, part)) = parts.next() {
            let is_only = position == 0 && parts.peek().is_none();
            let part = part.trim();
            if is_only || position > 0 || part.contains('^') || is_address(part) {
                self.markup.pieces.extend(destinations(part, self.steps).into_iter().map(WikiPiece::Link));
            }
        }
    }

    /// Parses `name|parameters` between two `!`.
    fn image(&mut self, text: &str) {
        self.steps.count_read(text.len());
        let Some(name) = split(text, '|').next() else { return };
        if name.trim().is_empty() || name.starts_with(char::is_whitespace) {
            return;
        }
        let found = destinations(name, self.steps);
        if found.is_empty() {
            let name = plain(name, self.steps);
            self.markup.pieces.push(WikiPiece::Image(WikiTarget::File { name, container: ContainerRef::Own }));
        }
        self.markup.pieces.extend(found.into_iter().map(WikiPiece::Image));
    }
}

impl Brackets {
    fn opens(&mut self, after: usize) {
        if self.open.len() == MAX_OPEN_BRACKETS {
            self.open.remove(0);
        }
        self.open.push(after);
    }
}

/// Returns the targets of a text: an address, or a file named with a caret.
fn destinations(text: &str, steps: &Steps) -> Vec<WikiTarget> {
    // each is copied a second time later: a title into its container, an address into its files
    steps.count_copy(size_of::<WikiPiece<'_>>() + text.len());
    let file = |(page, name): (&str, &str)| {
        let container = owner(&plain(page, steps)).unwrap_or(ContainerRef::Own);
        (!name.is_empty()).then(|| WikiTarget::File { name: plain(name, steps), container })
    };
    if let (Some(first), Some(last)) = (text.split_once('^'), text.rsplit_once('^'))
        && !text.contains("://")
    {
        // either caret may be part of a name
        let other = if first == last { None } else { file(last) };
        return file(first).into_iter().chain(other).collect();
    }
    if is_address(text) { vec![WikiTarget::Address(plain(text, steps))] } else { Vec::new() }
}

fn is_address(text: &str) -> bool {
    text.starts_with('/') || text.contains("://") || text.contains("download/attachments/")
}

/// Decodes the entities and backslash escapes in a text.
fn plain(text: &str, steps: &Steps) -> String {
    let decoded = steps.decode(text);
    steps.count_copy(decoded.len());
    if !decoded.contains('\\') {
        return decoded.into_owned();
    }
    let mut plain = String::with_capacity(decoded.len());
    let mut characters = decoded.chars().peekable();
    while let Some(character) = characters.next() {
        match characters.peek() {
            Some(&next) if character == '\\' && next.is_ascii_punctuation() => {
                plain.push(next);
                characters.next();
            }
            _ => plain.push(character),
        }
    }
    plain
}

/// Splits a text at each `mark` that is not escaped.
fn split(text: &str, mark: char) -> impl Iterator<Item = &str> {
    let mut escaped = false;
    text.split(move |character: char| {
        let is_mark = character == mark && !escaped;
        escaped = character == '\\' && !escaped;
        is_mark
    })
}

/// Parses the macro call whose brace opens directly before `from`. Returns it with the offset after its end.
fn call(text: &str, from: usize, steps: &Steps) -> Option<(MacroCall, usize)> {
    let bytes = text.as_bytes();
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let length = bytes[from..].iter().take_while(is_name).count();
    let (name, after) = (&text[from..from + length], from + length);
    steps.count_copy(length + 1);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let parameters = match bytes.get(after)? {
        b'}' => return Some((MacroCall { name: name.to_lowercase(), parameters: Vec::new() }, after + 1)),
        b':' => after + 1,
        _ => return None,
    };
    let mut at = parameters;
    let is_closed = loop {
        match bytes.get(at) {
            Some(b'\\') => at += 2,
            Some(b'}') => break true,
            Some(b'{') | None => break false,
            Some(_) => at += 1,
        }
    };
    steps.count_read(at - parameters);
    if !is_closed {
        return None;
    }
    let parameters = split(&text[parameters..at], '|').enumerate().flat_map(|(position, part)| {
        let is_word = |key: &&str| !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || "-_. ".contains(c));
        let named = part.split_once('=').map(|(key, value)| (key.trim(), value)).filter(|(key, _)| is_word(key));
        // the first parameter may be the unnamed one, and contain an equals sign
        let bare = (position == 0 || named.is_none()).then_some(("", part));
        named.into_iter().chain(bare)
    });
    let parameter = |(name, value): (&str, &str)| {
        steps.count_copy(size_of::<Parameter>() + name.len());
        Parameter { text: plain(value, steps), ..Parameter::new(Some(name)) }
    };
    let parameters = parameters.map(parameter).collect();
    Some((MacroCall { name: name.to_lowercase(), parameters }, at + 1))
}

#[cfg(test)]
mod tests;
