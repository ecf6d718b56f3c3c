//! Quoting for CQL, Confluence's query language.

/// Quotes a text and escapes it, so that it cannot end the string early.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Returns the condition `space in ("A","B")`.
pub fn in_spaces(keys: &[&str]) -> String {
    let keys: Vec<String> = keys.iter().map(|key| quoted(key)).collect();
    format!("space in ({})", keys.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_text_cannot_end_early() {
        assert_eq!(quoted(r#"a"b\c"#), r#""a\"b\\c""#);
        assert_eq!(in_spaces(&["ENG", "~712020:a"]), r#"space in ("ENG","~712020:a")"#);
    }
}
