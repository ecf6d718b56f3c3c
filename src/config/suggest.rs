//! "Did you mean …?": the known name nearest to a misspelt one.

use strsim::levenshtein;

/// The known name nearest to `typed`, when it is near enough to be meant: at most a third of its letters differ.
pub(super) fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    within(typed, known, |name| name.chars().count().div_ceil(3))
}

/// The known name nearest to `typed`, when no more letters differ than `allowed` says for that name.
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
    fn near_names_are_suggested_and_far_ones_are_not() {
        let known = ["base_url", "api_user", "api_token"];
        assert_eq!(nearest("api_tokn", known), Some("api_token"));
        assert_eq!(nearest("BASEURL", known), Some("base_url"));
        assert_eq!(nearest("colour", known), None);
    }
}
