//! "Did you mean …?": the known name nearest to a misspelt one.

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
        .map(|name| (edits(&typed.to_ascii_lowercase(), &name.to_ascii_lowercase()), name))
        .filter(|(edits, name)| *edits <= allowed(name))
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, name)| name)
}

/// How many letters must be added, removed or replaced to make one text of the other.
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, from_letter) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &to_letter) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(from_letter != to_letter);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        for (from, to, count) in
            [("", "", 0), ("a", "", 1), ("", "ab", 2), ("kitten", "sitting", 3), ("über", "uber", 1)]
        {
            assert_eq!(edits(from, to), count, "{from} {to}");
        }
    }

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        let known = ["base_url", "api_user", "api_token"];
        assert_eq!(nearest("api_tokn", known), Some("api_token"));
        assert_eq!(nearest("BASEURL", known), Some("base_url"));
        assert_eq!(nearest("colour", known), None);
    }
}
