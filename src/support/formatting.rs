//! Formats numbers for sentences, and paths for shell commands that people copy.

use indicatif::HumanCount;

/// Formats a count with thousands separators: `1,234,567`.
pub fn count(number: u64) -> String {
    HumanCount(number).to_string()
}

/// Formats a count with its noun: `1 file`, `0 files`, `1,204 files`.
pub fn plural(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// Quotes a path as one shell word that cannot be mistaken for an option.
pub fn shell_word(text: &str) -> String {
    let text = if text.starts_with('-') { format!("./{text}") } else { text.to_owned() };
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_plurals() {
        assert_eq!(count(999), "999");
        assert_eq!(count(1000), "1,000");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(plural(1, "file", "files"), "1 file");
        assert_eq!(plural(0, "file", "files"), "0 files");
        assert_eq!(plural(1204, "page", "pages"), "1,204 pages");
    }
}
