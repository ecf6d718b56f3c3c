//! Column definitions of the tables that the program writes. The header, the cells, the data dictionary and the
//! documentation of a table are all generated from the list of its columns.

use std::fmt;
use std::io::{self, Write};

use super::{Field, Record, Value, write_rows};

/// A table that the program writes.
pub trait Sheet: Sized + 'static {
    /// What the values of a row are computed from.
    type Row<'r>;
    /// A table whose row each row contains, so that its columns can be used here; `Self` if there is none.
    type Base: Sheet;
    /// The groups of columns that can be read or not; `()` if all columns are always read.
    type Group: Copy + 'static;
    /// What a row is restored to from its cells; `()` if rows are only written.
    type Restored;
    /// Whether a missing text is written as `""` to a CSV file, instead of an empty cell.
    const QUOTES_EMPTY_TEXT: bool = false;

    /// Returns the row of [`Self::Base`] that a row contains.
    fn base<'a, 'r: 'a>(row: &'a Self::Row<'r>) -> &'a <Self::Base as Sheet>::Row<'r>;
}

/// A table whose rows are values of type `R`.
#[derive(Debug)]
pub struct PlainSheet<R>(std::convert::Infallible, std::marker::PhantomData<R>);

impl<R: 'static> Sheet for PlainSheet<R> {
    type Row<'r> = R;
    type Base = Self;
    type Group = ();
    type Restored = ();

    fn base<'a, 'r: 'a>(row: &'a R) -> &'a R {
        row
    }
}

/// The type of a column. A cell of any type can be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// Text on one line.
    Text,
    /// A whole number.
    Integer,
    /// A number with this many decimals.
    Decimal(u8),
    /// 1 or 0.
    Flag,
    /// A date in UTC.
    Date,
    /// A date and time in UTC, to the second.
    Time,
}

impl ColumnType {
    /// Returns the name of the type, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Decimal(_) => "decimal",
            Self::Flag => "flag",
            Self::Date => "date",
            Self::Time => "time",
        }
    }

    /// Returns whether values can be added up or averaged. All others are quoted in a CSV file.
    pub fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal(_) | Self::Flag)
    }
}

/// One column of the table `S`.
#[must_use]
pub struct Column<S: Sheet> {
    /// Its name in the header.
    pub name: &'static str,
    pub holds: ColumnType,
    /// The unit of numbers; for other types the format: `text`, `0/1`, `date`, `time`.
    pub unit: &'static str,
    /// One sentence about its meaning.
    pub definition: &'static str,
    /// Where its values come from.
    pub source: &'static str,
    /// When its cell is empty.
    pub empty: &'static str,
    /// The group that it belongs to; `None` if it is always read.
    pub group: Option<S::Group>,
    /// Whether only the files of the weeks have it, because the exports have it as a file of its own.
    pub only_in_weeks: bool,
    value: Getter<S>,
    restore: Option<for<'r> fn(&mut S::Restored, Record<'r>)>,
}

enum Getter<S: Sheet> {
    Own(for<'a, 'r> fn(&'a S::Row<'r>) -> Value),
    Base(for<'a, 'r> fn(&'a <S::Base as Sheet>::Row<'r>) -> Value),
}

impl<S: Sheet> Column<S> {
    const fn new(
        name: &'static str,
        holds: ColumnType,
        unit: &'static str,
        value: for<'a, 'r> fn(&'a S::Row<'r>) -> Value,
    ) -> Self {
        let value = Getter::Own(value);
        let (definition, source, empty, group) = ("", "", "never", None);
        Self { name, holds, unit, definition, source, empty, group, only_in_weeks: false, value, restore: None }
    }

    pub const fn text(name: &'static str, value: for<'a, 'r> fn(&'a S::Row<'r>) -> Value) -> Self {
        Self::new(name, ColumnType::Text, "text", value)
    }

    /// Defines a column of whole numbers in `unit`.
    pub const fn integer(
        name: &'static str,
        unit: &'static str,
        value: for<'a, 'r> fn(&'a S::Row<'r>) -> Value,
    ) -> Self {
        Self::new(name, ColumnType::Integer, unit, value)
    }

    /// Defines a column of decimal numbers in `unit`, with `digits` decimals.
    pub const fn decimal(
        name: &'static str,
        digits: u8,
        unit: &'static str,
        value: for<'a, 'r> fn(&'a S::Row<'r>) -> Value,
    ) -> Self {
        Self::new(name, ColumnType::Decimal(digits), unit, value)
    }

    /// Defines a column of 1 and 0.
    pub const fn flag(name: &'static str, value: for<'a, 'r> fn(&'a S::Row<'r>) -> Value) -> Self {
        Self::new(name, ColumnType::Flag, "0/1", value)
    }

    pub const fn date(name: &'static str, value: for<'a, 'r> fn(&'a S::Row<'r>) -> Value) -> Self {
        Self::new(name, ColumnType::Date, "date", value)
    }

    pub const fn time(name: &'static str, value: for<'a, 'r> fn(&'a S::Row<'r>) -> Value) -> Self {
        Self::new(name, ColumnType::Time, "time", value)
    }

    /// Sets the definition.
    pub const fn says(mut self, definition: &'static str) -> Self {
        self.definition = definition;
        self
    }

    /// Sets the source.
    pub const fn from(mut self, source: &'static str) -> Self {
        self.source = source;
        self
    }

    /// Sets when the cell is empty. The default is "never".
    pub const fn empty(mut self, when: &'static str) -> Self {
        self.empty = when;
        self
    }

    /// Sets the group.
    pub const fn group(mut self, group: S::Group) -> Self {
        self.group = Some(group);
        self
    }

    /// Sets that only the files of the weeks have the column.
    pub const fn only_in_weeks(mut self) -> Self {
        self.only_in_weeks = true;
        self
    }

    /// Sets how a field of the row is restored from the cell. Not needed if the value follows from other columns.
    pub const fn restored(mut self, restore: for<'r> fn(&mut S::Restored, Record<'r>)) -> Self {
        self.restore = Some(restore);
        self
    }

    /// Returns the column with this name.
    ///
    /// # Panics
    ///
    /// Panics if there is no such column. Intended for constants, where the panic is a compile error.
    #[expect(clippy::panic, reason = "when compiled")]
    pub const fn named(lists: &'static [&'static [Self]], name: &str) -> &'static Self {
        let mut list = 0;
        while list < lists.len() {
            let mut at = 0;
            while at < lists[list].len() {
                if is_same(lists[list][at].name, name) {
                    return &lists[list][at];
                }
                at += 1;
            }
            list += 1;
        }
        panic!("no column of this name")
    }

    /// Uses a column of the base table as a column of this table.
    pub const fn of_base<B: Sheet<Base = B>>(column: &Column<B>) -> Self
    where
        S: Sheet<Base = B, Group = B::Group>,
    {
        let value = match &column.value {
            Getter::Own(value) | Getter::Base(value) => *value,
        };
        Self {
            name: column.name,
            holds: column.holds,
            unit: column.unit,
            definition: column.definition,
            source: column.source,
            empty: column.empty,
            group: column.group,
            only_in_weeks: false,
            value: Getter::Base(value),
            restore: None,
        }
    }

    /// Returns its name and type.
    pub fn field(&self) -> Field {
        Field { only_in_weeks: self.only_in_weeks, ..Field::new(self.name, self.holds) }
    }

    /// Returns its value in a row.
    pub fn value(&self, row: &S::Row<'_>) -> Value {
        match self.value {
            Getter::Own(value) => value(row),
            Getter::Base(value) => value(S::base(row)),
        }
    }

    /// Restores the field of a row from the cell.
    pub fn restore(&self, row: &mut S::Restored, record: Record<'_>) {
        if let Some(restore) = self.restore {
            restore(row, record);
        }
    }
}

/// Compares two names. `==` is not available in constants.
const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}

impl<S: Sheet> fmt::Debug for Column<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Column").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Returns the header of a CSV file with these columns.
pub fn header<'c, S: Sheet>(columns: impl IntoIterator<Item = &'c Column<S>>) -> String {
    columns.into_iter().map(|column| column.name).collect::<Vec<_>>().join(",")
}

/// Writes a CSV file: the header and one line per row.
pub fn write_table<'r, S: Sheet>(
    sink: &mut dyn Write,
    columns: &[Column<S>],
    rows: impl IntoIterator<Item = S::Row<'r>>,
) -> io::Result<()> {
    let cell = |column: &Column<S>, row: &S::Row<'r>| match column.value(row) {
        Value::Empty if S::QUOTES_EMPTY_TEXT && !column.holds.is_number() => Value::text(""),
        value => value,
    };
    let rows = rows.into_iter().map(|row| columns.iter().map(|column| cell(column, &row)).collect::<Vec<_>>());
    write_rows(sink, columns.iter().map(|column| column.name), rows)
}

/// Returns the documentation of columns as a Markdown table.
pub fn documentation<'c, S: Sheet>(columns: impl IntoIterator<Item = &'c Column<S>>) -> String {
    let mut lines =
        vec!["| Column | Type | Meaning | Source | Empty when |".to_owned(), "|---|---|---|---|---|".to_owned()];
    for column in columns {
        let holds = match column.holds {
            ColumnType::Decimal(digits) => format!("{}, {digits} decimals", column.unit),
            ColumnType::Integer | ColumnType::Text | ColumnType::Flag | ColumnType::Date | ColumnType::Time => {
                column.unit.to_owned()
            }
        };
        let cells = [&format!("`{}`", column.name), &holds, column.definition, column.source, column.empty];
        lines.push(format!("| {} |", cells.map(|cell| cell.replace('|', "\\|")).join(" | ")));
    }
    lines.join("\n") + "\n"
}

/// Returns the names of all columns in order, and a Markdown table of those that `base` does not document.
pub fn documentation_beyond<'c, S: Sheet>(base: &str, columns: impl IntoIterator<Item = &'c Column<S>>) -> String {
    let columns: Vec<&Column<S>> = columns.into_iter().collect();
    let own = columns.iter().copied().filter(|column| matches!(column.value, Getter::Own(_)));
    let table = documentation(own);
    format!("In order: {}.\n\nColumns without a row here are {base}.\n\n{table}", column_names(columns))
}

/// Returns the names of the columns in Markdown.
pub fn column_names<'c, S: Sheet>(columns: impl IntoIterator<Item = &'c Column<S>>) -> String {
    columns.into_iter().map(|column| format!("`{}`", column.name)).collect::<Vec<_>>().join(", ")
}
