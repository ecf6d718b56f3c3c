//! The file of one week: which rows it may hold, in which order, and how it is written.

use std::cmp::Ordering;
use std::io::{self, Write};

use super::columns::{Columns, STATUS};
use super::{HistoryError, IsoWeek, Status};
use crate::spreadsheet::{TableWriter, Value};

/// The order in which the rows of a week are to be written. Refuses rows without a key, of another week, of another
/// length than the header, and two rows of one page.
pub(super) fn order(week: IsoWeek, columns: &Columns, rows: &[Vec<Value>]) -> Result<Vec<usize>, HistoryError> {
    let refuse = |row: usize, problem: String| HistoryError::Row { week, row: row + 1, problem };
    let text_of_week = week.to_string();
    let mut keys = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        if row.len() != columns.names().len() {
            return Err(refuse(at, format!("{} cells for {} columns", row.len(), columns.names().len())));
        }
        let (own_week, page) = (row[columns.week()].plain(), row[columns.page()].plain());
        if own_week != text_of_week {
            return Err(refuse(at, format!("it is of week `{own_week}`")));
        }
        if page.trim().is_empty() || page.contains(breaks_lines) {
            return Err(refuse(at, format!("`{page}` is no id of a page")));
        }
        keys.push((page, at));
    }
    keys.sort_by(|(one, _), (other, _)| by_page(one, other));
    for pair in keys.windows(2) {
        if let [(one, _), (other, at)] = pair
            && one == other
        {
            return Err(refuse(*at, format!("page {other} is there twice")));
        }
    }
    Ok(keys.into_iter().map(|(_, at)| at).collect())
}

/// What no key may hold: in a file it would become a blank, and two keys could become one.
fn breaks_lines(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Ids that are numbers come first, by their value; all others follow as text.
pub(super) fn by_page(one: &str, other: &str) -> Ordering {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match (is_number(one), is_number(other)) {
        (true, true) => {
            let (short, long) = (one.trim_start_matches('0'), other.trim_start_matches('0'));
            short.len().cmp(&long.len()).then_with(|| short.cmp(long)).then_with(|| one.cmp(other))
        }
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => one.cmp(other),
    }
}

/// The first line of a file with these columns, as [`TableWriter`] writes it.
pub(super) fn first_line(columns: &[String]) -> String {
    format!("\u{FEFF}{}\r\n", columns.join(","))
}

/// Writes a file. `header` are the columns of the file, `places` where the rows hold each, `order` the rows to write.
pub(super) fn write(
    sink: &mut dyn Write,
    header: &[String],
    places: &[Option<usize>],
    status: Status,
    rows: &[Vec<Value>],
    order: &[usize],
) -> io::Result<()> {
    let mut table = TableWriter::new(sink, &header.join(","))?;
    for row in order.iter().filter_map(|&at| rows.get(at)) {
        for (name, place) in header.iter().zip(places) {
            if name == STATUS {
                table.text(status.as_str())?;
            } else {
                table.value(place.and_then(|place| row.get(place)).unwrap_or(&Value::Empty))?;
            }
        }
        table.end_row()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::columns::{PAGE, WEEK};

    #[test]
    fn pages_are_in_the_order_of_their_numbers() {
        let mut pages = ["10", "9", "ENG:About", "100", "007", "7", "DOC:z", "18446744073709551616"];
        pages.sort_by(|one, other| by_page(one, other));
        assert_eq!(pages, ["007", "7", "9", "10", "100", "18446744073709551616", "DOC:z", "ENG:About"]);
    }

    #[test]
    fn rows_without_a_key_of_their_own_are_refused() {
        let week: IsoWeek = "2026-W47".parse().unwrap();
        let columns = Columns::new([WEEK, PAGE, "words"]).unwrap();
        let row = |week: &str, page: &str| vec![Value::text(week), Value::text(page), Value::count(1)];
        let order = |rows: &[Vec<Value>]| order(week, &columns, rows).map_err(|error| error.to_string());
        assert_eq!(order(&[row("2026-W47", "20"), row("2026-W47", "3")]), Ok(vec![1, 0]));
        let wrong = [
            (row("2026-W46", "1"), "it is of week `2026-W46`"),
            (row("2026-W47", " "), "` ` is no id of a page"),
            (row("2026-W47", "a\nb"), "`a\nb` is no id of a page"),
            (row("2026-W47", "3"), "page 3 is there twice"),
            (row("2026-W47", "1")[..2].to_vec(), "2 cells for 3 columns"),
        ];
        for (row_two, problem) in wrong {
            let error = order(&[row("2026-W47", "3"), row_two]).unwrap_err();
            assert_eq!(error, format!("row 2 of the snapshot of 2026-W47: {problem}"));
        }
    }
}
