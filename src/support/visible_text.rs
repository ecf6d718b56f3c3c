//! Makes untrusted text safe to show: characters that a terminal or browser would act on, or not draw, become visible.

use std::borrow::Cow;
use std::fmt::{Display, Write as _};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// Control characters, direction overrides, zero-width and other invisible characters. Zero-width joiners are not among
/// them: Persian, Indic scripts and emoji need them.
pub const HIDDEN: [RangeInclusive<char>; 11] = [
    '\0'..='\u{1F}',
    '\u{7F}'..='\u{9F}',
    '\u{AD}'..='\u{AD}',
    '\u{61C}'..='\u{61C}',
    '\u{200B}'..='\u{200B}',
    '\u{200E}'..='\u{200F}',
    '\u{2028}'..='\u{2029}',
    '\u{202A}'..='\u{202E}',
    '\u{2060}'..='\u{2069}',
    '\u{FEFF}'..='\u{FEFF}',
    '\u{E0000}'..='\u{E007F}',
];

/// Returns whether a character is invisible or moves other characters.
pub fn is_hidden(character: char) -> bool {
    HIDDEN.iter().any(|range| range.contains(&character))
}

/// Makes hidden characters visible, including line breaks: a name cannot hide its real extension behind a right-to-left
/// override, and no text can imitate a line of its own.
pub fn visible(text: &str) -> Cow<'_, str> {
    visible_where(text, is_hidden)
}

/// Makes the characters visible that `is_odd` selects.
pub fn visible_where(text: &str, is_odd: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&is_odd) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match u32::from(character) {
            _ if !is_odd(character) => shown.push(character),
            // the block "Control Pictures" has a symbol for each C0 control, in the same order
            code @ 0..0x20 => shown.extend(char::from_u32(0x2400 + code)),
            0x7F => shown.push('\u{2421}'),
            code => {
                // writing to a String cannot fail
                let _ = write!(shown, "[U+{code:04X}]");
            }
        }
    }
    Cow::Owned(shown)
}

/// Escapes the hidden characters that a JSON writer leaves unescaped as `\uXXXX`; the JSON keeps its meaning.
pub fn visible_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for character in json.chars() {
        if is_hidden(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // writing to a String cannot fail
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Lines of terminal output. All terminal output is built from them, so that text in a line cannot end the line, begin
/// another one or control the terminal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines(Vec<Line>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    /// Text without hidden characters.
    Text(String),
    Path(PathBuf),
}

impl Lines {
    pub fn new(first: impl Display) -> Self {
        Self::default().and(first)
    }

    #[must_use]
    pub fn and(mut self, line: impl Display) -> Self {
        self.push(line);
        self
    }

    pub fn push(&mut self, line: impl Display) {
        self.0.push(Line::Text(visible(&line.to_string()).into_owned()));
    }

    /// Adds a line that is only a path, for other programs: it is printed byte for byte.
    pub fn push_path(&mut self, path: impl Into<PathBuf>) {
        self.0.push(Line::Path(path.into()));
    }

    /// Returns one line that is only a path, see [`Self::push_path`].
    pub fn of_path(path: impl Into<PathBuf>) -> Self {
        let mut lines = Self::default();
        lines.push_path(path);
        lines
    }

    /// Returns the lines for a terminal, joined by line breaks.
    pub fn text(&self) -> String {
        let text = |line: &Line| match line {
            Line::Text(text) => text.clone(),
            Line::Path(path) => visible(&path.to_string_lossy()).into_owned(),
        };
        self.0.iter().map(text).collect::<Vec<_>>().join("\n")
    }

    /// Returns the lines for standard output, each ended by a line break.
    pub fn into_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for line in self.0 {
            match line {
                Line::Text(text) => bytes.extend_from_slice(text.as_bytes()),
                Line::Path(path) => bytes.extend_from_slice(&bytes_of(&path)),
            }
            bytes.push(b'\n');
        }
        bytes
    }
}

impl<T: Display> From<T> for Lines {
    fn from(line: T) -> Self {
        Self::new(line)
    }
}

/// Returns a path in the system's encoding; where paths are not bytes, invalid Unicode is replaced.
#[cfg(unix)]
fn bytes_of(path: &Path) -> Cow<'_, [u8]> {
    Cow::Borrowed(std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()))
}

#[cfg(not(unix))]
fn bytes_of(path: &Path) -> Cow<'_, [u8]> {
    Cow::Owned(path.to_string_lossy().into_owned().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_become_visible() {
        assert_eq!(visible("invoice\u{202E}gnp.exe"), "invoice[U+202E]gnp.exe");
        assert_eq!(visible("a\0b\tc\u{7F}\u{85}"), "a\u{2400}b\u{2409}c\u{2421}[U+0085]");
        assert!(matches!(visible("添付 مرحبا.png"), Cow::Borrowed(_)));
    }

    #[test]
    fn json_keeps_its_meaning_when_hidden_characters_are_escaped() {
        let value = serde_json::json!({"a\u{9b}": "\u{1b}[2J\u{202e}\u{7f}\u{e0041} ä"});
        let shown = visible_json(&value.to_string());
        assert!(!shown.chars().any(is_hidden), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    }

    #[test]
    fn a_text_is_always_one_line() {
        let lines = Lines::new("space A\nerror: forged\u{1b}[2K").and("\u{2028}");
        assert_eq!(lines.text(), "space A\u{240A}error: forged\u{241B}[2K\n[U+2028]");
        assert_eq!(lines.clone().into_bytes(), format!("{}\n", lines.text()).into_bytes());
    }

    #[cfg(unix)]
    #[test]
    fn a_path_is_printed_byte_for_byte() {
        use std::os::unix::ffi::OsStrExt;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"/tmp/caf\xe9"));
        assert_eq!(Lines::of_path(path).into_bytes(), b"/tmp/caf\xe9\n");
        assert_eq!(Lines::of_path(path).text(), "/tmp/caf\u{FFFD}");
    }
}
