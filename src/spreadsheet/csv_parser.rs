//! Parser for lines that [`super::CsvLine`] wrote. It keeps whether a cell was quoted, because only the quotes distinguish
//! an empty text from an unknown value.

use std::borrow::Cow;

/// A cell as it is written in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawCell<'l> {
    /// The text without quotes, but still with the protection against formulas.
    pub text: Cow<'l, str>,
    pub is_quoted: bool,
}

/// Splits a line, without its line end, into cells. Returns `None` if it is malformed: a quote is not closed, or is inside
/// an unquoted cell.
pub fn cells_of_line(line: &str) -> Option<Vec<RawCell<'_>>> {
    let mut cells = Vec::new();
    let mut rest = line;
    loop {
        let (cell, after) = first_cell(rest)?;
        cells.push(cell);
        match after.strip_prefix(',') {
            Some(others) => rest = others,
            None => return after.is_empty().then_some(cells),
        }
    }
}

/// Returns the first cell and the rest of the line.
fn first_cell(line: &str) -> Option<(RawCell<'_>, &str)> {
    let Some(quoted) = line.strip_prefix('"') else {
        let (text, after) = line.split_at(line.find(',').unwrap_or(line.len()));
        return (!text.contains('"')).then_some((RawCell { text: text.into(), is_quoted: false }, after));
    };
    let mut end = 0;
    loop {
        end += quoted[end..].find('"')?;
        // a doubled quote is an escaped one
        if !quoted[end + 1..].starts_with('"') {
            break;
        }
        end += 2;
    }
    let text = &quoted[..end];
    let text = if text.contains('"') { text.replace("\"\"", "\"").into() } else { text.into() };
    Some((RawCell { text, is_quoted: true }, &quoted[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_and_unquoted_cells_are_distinguished() {
        let cells = |line| {
            let cells = cells_of_line(line)?;
            Some(cells.into_iter().map(|cell| (cell.text.into_owned(), cell.is_quoted)).collect::<Vec<_>>())
        };
        let expected = |cells: &[(&str, bool)]| {
            Some(cells.iter().map(|(text, is_quoted)| ((*text).to_owned(), *is_quoted)).collect::<Vec<_>>())
        };
        assert_eq!(cells(""), expected(&[("", false)]));
        assert_eq!(cells("\"\",,1,"), expected(&[("", true), ("", false), ("1", false), ("", false)]));
        assert_eq!(cells("\"a,\"\"b\"\"\",\"\"\"\",x"), expected(&[("a,\"b\"", true), ("\"", true), ("x", false)]));
        for malformed in ["\"a", "a\"", "a\"b\",", "\"a\"b", "\"a\"\"", "\"\"\""] {
            assert_eq!(cells(malformed), None, "{malformed}");
        }
    }
}
