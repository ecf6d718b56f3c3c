//! The columns of the history: ordered names that are only ever appended to.

use std::collections::{HashMap, HashSet};

use crate::spreadsheet::{decode, encode};

/// Column with the ISO week of a row.
pub const WEEK: &str = "snapshot_week";
/// Column with the id of the page.
pub const PAGE: &str = "page_id";
/// Column that says what a week is worth, see [`super::Status`]. The history fills it in itself, behind [`PAGE`].
pub const STATUS: &str = "snapshot_status";

/// Ordered names of columns, with [`WEEK`] and [`PAGE`] among them, which are the key of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    names: Vec<String>,
    week: usize,
    page: usize,
}

/// Names that make no table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ColumnsError {
    /// A key column is missing.
    #[error("there is no column `{0}`")]
    Missing(&'static str),
    /// A name that is there twice.
    #[error("column `{0}` is there twice")]
    Twice(String),
    /// A name that would not stand plainly in a header.
    #[error("`{0}` is no name of a column: it is empty or holds commas, quotes, line breaks or what begins a formula")]
    Name(String),
}

impl Columns {
    /// Checks the names and that the key is among them. [`STATUS`] need not be.
    pub fn new(names: impl IntoIterator<Item = impl Into<String>>) -> Result<Self, ColumnsError> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let mut seen = HashSet::new();
        for name in &names {
            let is_plain = !name.contains([',', '"', '\n', '\r']) && name.trim() == name && !name.is_empty();
            // what is encoded would be read back under another name
            if !is_plain || encode(name) != name.as_str() || decode(name) != name.as_str() {
                return Err(ColumnsError::Name(name.clone()));
            }
            if !seen.insert(name) {
                return Err(ColumnsError::Twice(name.clone()));
            }
        }
        let at = |wanted| names.iter().position(|name| name == wanted).ok_or(ColumnsError::Missing(wanted));
        let (week, page) = (at(WEEK)?, at(PAGE)?);
        Ok(Self { names, week, page })
    }

    /// The names, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Where the week stands.
    pub(super) fn week(&self) -> usize {
        self.week
    }

    /// Where the page stands.
    pub(super) fn page(&self) -> usize {
        self.page
    }

    /// The names with [`STATUS`] behind the second key column, which is how they stand in a file.
    pub(super) fn in_files(&self) -> Vec<String> {
        let mut names = self.names.clone();
        if !names.iter().any(|name| name == STATUS) {
            names.insert(self.week.max(self.page) + 1, STATUS.to_owned());
        }
        names
    }
}

/// What is known so far with what is new behind it: nothing that was there ever changes its place.
pub(super) fn appended(known: &[String], new: &[String]) -> Vec<String> {
    let there: HashSet<&String> = known.iter().collect();
    known.iter().chain(new.iter().filter(|name| !there.contains(name))).cloned().collect()
}

/// For each column of a file the place where the row of a snapshot holds it; `None` leaves the cell empty.
pub(super) fn places(file: &[String], given: &Columns) -> Vec<Option<usize>> {
    let at: HashMap<&str, usize> = given.names.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
    file.iter().map(|name| at.get(name.as_str()).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_has_to_be_there_and_no_name_twice() {
        assert_eq!(Columns::new([PAGE, "a"]), Err(ColumnsError::Missing(WEEK)));
        assert_eq!(Columns::new([WEEK, "a"]), Err(ColumnsError::Missing(PAGE)));
        assert_eq!(Columns::new([WEEK, PAGE, "a", "a"]), Err(ColumnsError::Twice("a".to_owned())));
        for wrong in ["", " a", "a,b", "a\"", "a\nb", "=a", "'=a"] {
            assert_eq!(Columns::new([WEEK, PAGE, wrong]), Err(ColumnsError::Name(wrong.to_owned())), "{wrong:?}");
        }
    }

    #[test]
    fn the_status_stands_behind_the_key_and_new_columns_behind_all() {
        let columns = Columns::new(["title", WEEK, PAGE, "words"]).unwrap();
        assert_eq!(columns.in_files(), ["title", WEEK, PAGE, STATUS, "words"]);
        let later = Columns::new(["state", WEEK, PAGE, "title"]).unwrap();
        let all = appended(&columns.in_files(), &later.in_files());
        assert_eq!(all, ["title", WEEK, PAGE, STATUS, "words", "state"]);
        assert_eq!(places(&all, &later), [Some(3), Some(1), Some(2), None, None, Some(0)]);
    }
}
