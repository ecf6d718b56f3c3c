//! The cells of one line of a CSV file that [`super::CsvLine`] wrote, each with whether it was quoted: only the
//! quotes tell an empty text from a cell in which nothing is known.

use std::borrow::Cow;

/// One cell as it stands in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawCell<'l> {
    /// What stands between the commas or the quotes; a protection against formulas is still on it.
    pub text: Cow<'l, str>,
    /// Whether quotes stand around it.
    pub is_quoted: bool,
}

/// The cells of a line without its end. `None` when it is no row: a quote is not closed, or stands within a cell.
pub fn cells_of_line(line: &str) -> Option<Vec<RawCell<'_>>> {
    let mut cells = Vec::new();
    let mut rest = line;
    loop {
        let (cell, behind) = first_cell(rest)?;
        cells.push(cell);
        match behind.strip_prefix(',') {
            Some(others) => rest = others,
            None => return behind.is_empty().then_some(cells),
        }
    }
}

/// The first cell, and what stands behind it.
fn first_cell(line: &str) -> Option<(RawCell<'_>, &str)> {
    let Some(quoted) = line.strip_prefix('"') else {
        let (text, behind) = line.split_at(line.find(',').unwrap_or(line.len()));
        return (!text.contains('"')).then_some((RawCell { text: text.into(), is_quoted: false }, behind));
    };
    let mut end = 0;
    loop {
        end += quoted[end..].find('"')?;
        // two stand for one
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
    fn quotes_are_kept_apart_from_what_they_hold() {
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
        for no_row in ["\"a", "a\"", "a\"b\",", "\"a\"b", "\"a\"\"", "\"\"\""] {
            assert_eq!(cells(no_row), None, "{no_row}");
        }
    }
}
