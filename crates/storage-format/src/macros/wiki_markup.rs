//! Wiki markup of old, in bodies that were never migrated: the renderer of old still draws them. Also the caret form
//! `SPACE:Page^name` in macro parameters.
//!
//! One pass, from mark to mark. An open bracket is kept until its line ends, and only the innermost few are: so no text is
//! looked at more than a few times, whatever it holds.

use super::call::{MacroCall, Parameter};
use super::table::{self, Naming, Part};
use crate::reference::ContainerRef;
use crate::steps::Steps;

/// Brackets within brackets that are followed.
const MAX_OPEN_BRACKETS: usize = 4;

/// Names of macros whose end is looked for in vain before none is looked for any more.
const MAX_UNENDED_NAMES: usize = 32;

/// What stands in wiki markup.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// `{name:parameters}`.
    Macro(MacroCall),
    /// What stands between two calls of a macro whose body is no wiki markup.
    Body { name: String, text: &'a str },
    /// What `!…!` shows.
    Image(Destination),
    /// What `[…]` leads to.
    Link(Destination),
}

/// Where a link or an image of wiki markup leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// A file by name, of the own page or of another.
    File { name: String, container: ContainerRef },
    /// An address.
    Address(String),
}

/// Wiki markup, read.
#[derive(Debug, Default)]
pub(super) struct Markup<'a> {
    pub(super) pieces: Vec<Piece<'a>>,
    /// The markup without its samples of code.
    pub(super) without_samples: String,
}

/// `^name`, `Page^name`, `SPACE:Page^name`, `/2024/07/01/Post^name` → the name and where it lives, if that is told.
pub(super) fn caret(text: &str) -> Option<(String, Option<ContainerRef>)> {
    let (page, name) = text.rsplit_once('^')?;
    (!name.is_empty()).then(|| (name.to_owned(), owner(page)))
}

/// The content that stands before a caret. A title may hold a colon, so what may be a space key is left to whoever knows
/// the titles.
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

/// Reads wiki markup, to its end or until its steps are used up.
pub(super) fn read<'a>(text: &'a str, steps: &Steps) -> Markup<'a> {
    let mut reader =
        Reader { text, steps, markup: Markup::default(), brackets: Brackets::default(), unended: Vec::new() };
    reader.run();
    reader.markup
}

struct Reader<'a, 's> {
    text: &'a str,
    steps: &'s Steps,
    markup: Markup<'a>,
    brackets: Brackets,
    /// Macros whose end was looked for in vain.
    unended: Vec<String>,
}

/// The brackets of one line: places behind those that are open, and what closed last.
#[derive(Default)]
struct Brackets {
    open: Vec<usize>,
    /// Behind a bracket that was closed, until it is closed once more: a name may hold what closes it.
    closed: Option<usize>,
    last_close: Option<usize>,
}

impl<'a> Reader<'a, '_> {
    fn run(&mut self) {
        let (text, steps) = (self.text, self.steps);
        // what is kept of it is copied
        steps.look(text.len());
        steps.copy(text.len());
        let bytes = text.as_bytes();
        // behind the last `!` of the line; and from where on nothing was kept yet
        let (mut mark, mut kept) = (None, 0);
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let here = at;
            at += 1;
            match byte {
                // what follows is no mark; two of them break a line
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
                // letters of one width
                b'{' if bytes.get(at) == Some(&b'{') => at += 1,
                _ if steps.are_used_up() => return,
                b'{' => {
                    let Some((call, end)) = call(text, at, steps) else { continue };
                    at = end;
                    if let Some((body, behind)) = self.body(&call.name, end) {
                        if table::part(&call.name) == Part::Code {
                            self.markup.without_samples.push_str(&text[kept..end]);
                            kept = end + body.len();
                        } else {
                            self.markup.pieces.push(Piece::Body { name: call.name.clone(), text: body });
                        }
                        at = behind;
                    }
                    self.markup.pieces.push(Piece::Macro(call));
                }
                _ => {}
            }
        }
        self.line_ends();
        self.markup.without_samples.push_str(&text[kept..]);
    }

    /// The body of a macro whose body is no wiki markup, and the place behind its end.
    fn body(&mut self, name: &str, from: usize) -> Option<(&'a str, usize)> {
        self.steps.look(name.len() + 1);
        let is_raw = table::part(name) == Part::Code
            || matches!(table::body_naming(name), Naming::Html | Naming::Markdown | Naming::PlantUml);
        if !is_raw || self.unended.len() >= MAX_UNENDED_NAMES || self.unended.iter().any(|other| other == name) {
            return None;
        }
        let end = format!("{{{name}}}");
        let Some(length) = memchr::memmem::find(&self.text.as_bytes()[from..], end.as_bytes()) else {
            self.steps.look(self.text.len() - from);
            self.unended.push(name.to_owned());
            return None;
        };
        self.steps.look(length);
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

    /// No link goes beyond its line. What is open may hold a bracket that opens nothing.
    fn line_ends(&mut self) {
        let Brackets { open, last_close, .. } = std::mem::take(&mut self.brackets);
        for from in open {
            if let Some(to) = last_close.filter(|&to| to > from) {
                self.link(from, to);
            }
        }
    }

    /// `[alias|destination|tip]`. Where an alias is an image, its own parts are among them.
    fn link(&mut self, from: usize, to: usize) {
        self.steps.look(to - from);
        let mut parts = split(&self.text[from..to], '|').enumerate().peekable();
        while let Some((position, part)) = parts.next() {
            let is_only = position == 0 && parts.peek().is_none();
            let part = part.trim();
            if is_only || position > 0 || part.contains('^') || is_address(part) {
                self.markup.pieces.extend(destinations(part, self.steps).into_iter().map(Piece::Link));
            }
        }
    }

    /// `name|parameters` between two marks.
    fn image(&mut self, text: &str) {
        self.steps.look(text.len());
        let Some(name) = split(text, '|').next() else { return };
        if name.trim().is_empty() || name.starts_with(char::is_whitespace) {
            return;
        }
        let found = destinations(name, self.steps);
        if found.is_empty() {
            let name = plain(name, self.steps);
            self.markup.pieces.push(Piece::Image(Destination::File { name, container: ContainerRef::Own }));
        }
        self.markup.pieces.extend(found.into_iter().map(Piece::Image));
    }
}

impl Brackets {
    fn opens(&mut self, behind: usize) {
        if self.open.len() == MAX_OPEN_BRACKETS {
            self.open.remove(0);
        }
        self.open.push(behind);
    }
}

/// What a text leads to: an address, or a file that a caret tells.
fn destinations(text: &str, steps: &Steps) -> Vec<Destination> {
    // each is copied a second time: a title to its container, an address to its files
    steps.copy(size_of::<Piece<'_>>() + text.len());
    let file = |(page, name): (&str, &str)| {
        let container = owner(&plain(page, steps)).unwrap_or(ContainerRef::Own);
        (!name.is_empty()).then(|| Destination::File { name: plain(name, steps), container })
    };
    if let (Some(first), Some(last)) = (text.split_once('^'), text.rsplit_once('^'))
        && !text.contains("://")
    {
        // either caret may be part of a name
        let other = if first == last { None } else { file(last) };
        return file(first).into_iter().chain(other).collect();
    }
    if is_address(text) { vec![Destination::Address(plain(text, steps))] } else { Vec::new() }
}

fn is_address(text: &str) -> bool {
    text.starts_with('/') || text.contains("://") || text.contains("download/attachments/")
}

/// The text without the backslashes that keep marks from being read as such, and with its entities decoded.
fn plain(text: &str, steps: &Steps) -> String {
    let decoded = steps.decode(text);
    steps.copy(decoded.len());
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

/// The parts between marks that are not escaped.
fn split(text: &str, mark: char) -> impl Iterator<Item = &str> {
    let mut escaped = false;
    text.split(move |character: char| {
        let is_mark = character == mark && !escaped;
        escaped = character == '\\' && !escaped;
        is_mark
    })
}

/// The call whose brace opened just before `from`, and the place behind its end.
fn call(text: &str, from: usize, steps: &Steps) -> Option<(MacroCall, usize)> {
    let bytes = text.as_bytes();
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let length = bytes[from..].iter().take_while(is_name).count();
    let (name, behind) = (&text[from..from + length], from + length);
    steps.copy(length + 1);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let parameters = match bytes.get(behind)? {
        b'}' => return Some((MacroCall { name: name.to_lowercase(), parameters: Vec::new() }, behind + 1)),
        b':' => behind + 1,
        _ => return None,
    };
    let mut at = parameters;
    let is_whole = loop {
        match bytes.get(at) {
            Some(b'\\') => at += 2,
            Some(b'}') => break true,
            Some(b'{') | None => break false,
            Some(_) => at += 1,
        }
    };
    steps.look(at - parameters);
    if !is_whole {
        return None;
    }
    let parameters = split(&text[parameters..at], '|').enumerate().flat_map(|(position, part)| {
        let is_word = |key: &&str| !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || "-_. ".contains(c));
        let named = part.split_once('=').map(|(key, value)| (key.trim(), value)).filter(|(key, _)| is_word(key));
        // the first may be the one without a name, and hold the mark itself
        let bare = (position == 0 || named.is_none()).then_some(("", part));
        named.into_iter().chain(bare)
    });
    let parameter = |(name, value): (&str, &str)| {
        steps.copy(size_of::<Parameter>() + name.len());
        Parameter { text: plain(value, steps), ..Parameter::new(Some(name)) }
    };
    let parameters = parameters.map(parameter).collect();
    Some((MacroCall { name: name.to_lowercase(), parameters }, at + 1))
}

#[cfg(test)]
mod tests;
