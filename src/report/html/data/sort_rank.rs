//! Sort ranks of texts, so that sorting is the same in every browser.

use unicode_normalization::UnicodeNormalization;

/// Returns the rank of each row by a text, compared without case and accents first, then exactly. Equal texts have the
/// same rank.
pub(in crate::report) fn rank<T>(rows: &[T], text: impl Fn(&T) -> &str) -> Vec<usize> {
    let mut keyed: Vec<(String, &str, usize)> =
        rows.iter().enumerate().map(|(index, row)| (folded(text(row)), text(row), index)).collect();
    keyed.sort_unstable();
    let mut ranks = vec![0; rows.len()];
    let mut rank = 0;
    for (position, (_, text, index)) in keyed.iter().enumerate() {
        if position > 0 && keyed[position - 1].1 != *text {
            rank += 1;
        }
        ranks[*index] = rank;
    }
    ranks
}

/// Returns the text in lower case and without accents; the script folds search texts in the same way.
fn folded(text: &str) -> String {
    text.nfkd()
        .filter(|character| !unicode_normalization::char::is_combining_mark(*character))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_ignore_case_and_accents_and_equal_texts_share_a_rank() {
        let names = ["zebra", "Äpfel", "apfel", "Zebra", "apfel", "birne"];
        assert_eq!(rank(&names, |name| name), [4, 1, 0, 3, 0, 2]);
        assert_eq!(rank(&[] as &[&str], |name| name), [] as [usize; 0]);
    }
}
