//! Suggestions for misspelt names ("did you mean …?").

use strsim::levenshtein;

/// Returns the known name most similar to `typed`, if at most a third of its letters differ.
pub(super) fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    within(typed, known, |name| name.chars().count().div_ceil(3))
}

/// Returns the known name most similar to `typed`, if no more letters differ than `allowed` returns for that name.
pub(super) fn within<'a>(
    typed: &str,
    known: impl IntoIterator<Item = &'a str>,
    allowed: impl Fn(&str) -> usize,
) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (levenshtein(&typed.to_ascii_lowercase(), &name.to_ascii_lowercase()), name))
        .filter(|(edits, name)| *edits <= allowed(name))
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_names_are_suggested_and_others_are_not() {
        let known = ["base_url", "api_user", "api_token"];
        assert_eq!(nearest("api_tokn", known), Some("api_token"));
        assert_eq!(nearest("BASEURL", known), Some("base_url"));
        assert_eq!(nearest("colour", known), None);
    }
}
