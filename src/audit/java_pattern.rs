//! Translation of Java regular expressions to Rust. Confluence evaluates patterns with Java, whose classes of letters,
//! digits and whitespace cover ASCII only, inside and outside brackets.

/// Which letters count for word boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WordBoundaries {
    Ascii,
    Unicode,
}

/// Translates a pattern. Syntax that Rust does not support (look-around, possessive quantifiers) is kept, and rejected
/// when the pattern is compiled.
pub(super) fn translate(pattern: &str, boundaries: WordBoundaries) -> String {
    let mut translated = String::with_capacity(pattern.len() * 2);
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            translated.push(character);
            continue;
        }
        let Some(class) = characters.next() else {
            translated.push('\\');
            break;
        };
        match class {
            'w' => translated.push_str("[0-9A-Za-z_]"),
            'W' => translated.push_str("[^0-9A-Za-z_]"),
            'd' => translated.push_str("[0-9]"),
            'D' => translated.push_str("[^0-9]"),
            's' => translated.push_str(r"[ \t\n\x0B\f\r]"),
            'S' => translated.push_str(r"[^ \t\n\x0B\f\r]"),
            'h' => translated.push_str(r"[ \t\x{A0}\x{1680}\x{180E}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}]"),
            'b' if boundaries == WordBoundaries::Ascii => translated.push_str(r"(?-u:\b)"),
            'B' if boundaries == WordBoundaries::Ascii => translated.push_str(r"(?-u:\B)"),
            'p' | 'P' => match posix(characters.as_str()) {
                Some((name, rest)) => {
                    let not = if class == 'P' { "^" } else { "" };
                    translated.extend(["[[:", not, name, ":]]"]);
                    characters = rest.chars();
                }
                None => translated.extend(['\\', class]),
            },
            other => translated.extend(['\\', other]),
        }
    }
    translated
}

/// Splits off a POSIX class such as `{Alpha}`, which covers ASCII only in Java.
fn posix(text: &str) -> Option<(&'static str, &str)> {
    let (name, rest) = text.strip_prefix('{')?.split_once('}')?;
    let name = match name {
        "Lower" => "lower",
        "Upper" => "upper",
        "ASCII" => "ascii",
        "Alpha" => "alpha",
        "Digit" => "digit",
        "Alnum" => "alnum",
        "Punct" => "punct",
        "Graph" => "graph",
        "Print" => "print",
        "Blank" => "blank",
        "Cntrl" => "cntrl",
        "XDigit" => "xdigit",
        "Space" => "space",
        _ => return None,
    };
    Some((name, rest))
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    #[test]
    fn classes_cover_ascii_only() {
        let table = [
            (r"[^\w]+\.png", "\u{fc}\u{f6}.png", true),
            (r"[^\w]\.png", "\u{fc}.png", true),
            (r"\W\.png", "日.png", true),
            (r"\w+\.png", "über.png", false),
            (r"\w+\.png", "u_1.png", true),
            (r"[\w-]+", "ü", false),
            (r"\d", "٣", false),
            (r"[^\d]", "٣", true),
            (r"a\sb", "a\u{a0}b", false),
            (r"a[^\s]b", "a\u{a0}b", true),
            (r"a\hb", "a\u{a0}b", true),
            (r"\p{Alpha}+", "über", false),
            (r"[^\p{Alpha}]", "ü", true),
            (r"\P{Lower}", "ü", true),
            (r"\p{L}+", "über", true),
            (r"\\w", r"\w", true),
            (r"a\.b", "a.b", true),
        ];
        for (pattern, name, expected) in table {
            let translated = translate(pattern, WordBoundaries::Ascii);
            let regex = Regex::new(&format!("^(?:{translated})$")).unwrap_or_else(|error| panic!("{pattern}: {error}"));
            assert_eq!(regex.is_match(name), expected, "{pattern} on {name}");
        }
    }

    #[test]
    fn word_boundaries_are_ascii_or_unicode() {
        let matches = |boundaries| {
            let translated = translate(r"plan\b.*", boundaries);
            Regex::new(&format!("^(?:{translated})$")).unwrap().is_match("planübersicht.png")
        };
        assert!(matches(WordBoundaries::Ascii));
        assert!(!matches(WordBoundaries::Unicode));
    }
}
