//! The columns of a table: what each says, and where its values come from. The header, the cells, the data dictionary
//! and the documentation of a table are all made from the one list of its columns.

use std::fmt;
use std::io::{self, Write};

use super::{Field, Record, Value, write_rows};

/// A table that the program writes.
pub trait Sheet: Sized + 'static {
    /// What one row is made from, with all that a value needs to know beside.
    type Row<'r>;
    /// A table whose row each row holds, so that columns of that one can be shown; a table without such a one names
    /// itself.
    type Base: Sheet;
    /// What has to be asked for before a column has values; `()` where all columns come together.
    type Group: Copy + 'static;
    /// What a row is had back as from its cells; `()` where rows are only written.
    type Restored;
    /// Whether a text that is not there stands as `""` in a CSV file, and not as nothing at all.
    const QUOTES_EMPTY_TEXT: bool = false;

    /// The row of [`Self::Base`] in a row.
    fn base<'a, 'r: 'a>(row: &'a Self::Row<'r>) -> &'a <Self::Base as Sheet>::Row<'r>;
}

/// A table whose rows are all of a plain type.
#[derive(Debug)]
pub struct Plain<R>(std::convert::Infallible, std::marker::PhantomData<R>);

impl<R: 'static> Sheet for Plain<R> {
    type Row<'r> = R;
    type Base = Self;
    type Group = ();
    type Restored = ();

    fn base<'a, 'r: 'a>(row: &'a R) -> &'a R {
        row
    }
}

/// What the values of a column are. A cell can be empty, whatever its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Text on one line.
    Text,
    /// A whole number.
    Integer,
    /// A number with this many decimals.
    Decimal(u8),
    /// 1 or 0.
    Flag,
    /// A day in UTC.
    Date,
    /// A moment in UTC, to the second.
    Time,
}

impl Type {
    /// One word, for people.
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

    /// Can be added up or averaged. All else stands in quotes in a CSV file.
    pub fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal(_) | Self::Flag)
    }
}

/// One column of the table `S`.
#[must_use]
pub struct Column<S: Sheet> {
    /// Its name in the header.
    pub name: &'static str,
    /// What its values are.
    pub holds: Type,
    /// What they count, in one word; of what is not counted, the form: `text`, `0/1`, `date`, `time`.
    pub unit: &'static str,
    /// What it says.
    pub definition: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// When its cell is empty.
    pub empty: &'static str,
    /// What has to be asked for before it has values; `None` is always read.
    pub group: Option<S::Group>,
    /// Only the weeks hold it: a list that has a file of its own.
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
        holds: Type,
        unit: &'static str,
        value: for<'a, 'r> fn(&'a S::Row<'r>) -> Value,
    ) -> Self {
        let value = Getter::Own(value);
        let (definition, source, empty, group) = ("", "", "never", None);
        Self { name, holds, unit, definition, source, empty, group, only_in_weeks: false, value, restore: None }
    }

    /// A column of texts.
    pub const fn text(name: &'static str, value: for<'a, 'r> fn(&'a S::Row<'r>) -> Value) -> Self {
        Self::new(name, Type::Text, "text", value)
    }

    /// A column of whole numbers, each so many of `unit`.
    pub const fn integer(
        name: &'static str,
        unit: &'static str,
        value: for<'a, 'r> fn(&'a S::Row<'r>) -> Value,
    ) -> Self {
        Self::new(name, Type::Integer, unit, value)
    }

    /// A column of numbers with decimals, each so many of `unit`.
    pub const fn decimal(
        name: &'static str,
        digits: u8,
        unit: &'static str,
        value: for<'a, 'r> fn(&'a S::Row<'r>) -> Value,
    ) -> Self {
        Self::new(name, Type::Decimal(digits), unit, value)
    }

    /// A column of 1 and 0.
    pub const fn flag(name: &'static str, value: for<'a, 'r> fn(&'a S::Row<'r>) -> Value) -> Self {
        Self::new(name, Type::Flag, "0/1", value)
    }

    /// A column of days.
    pub const fn date(name: &'static str, value: for<'a, 'r> fn(&'a S::Row<'r>) -> Value) -> Self {
        Self::new(name, Type::Date, "date", value)
    }

    /// A column of moments.
    pub const fn time(name: &'static str, value: for<'a, 'r> fn(&'a S::Row<'r>) -> Value) -> Self {
        Self::new(name, Type::Time, "time", value)
    }

    /// With what it says, in a sentence.
    pub const fn says(mut self, definition: &'static str) -> Self {
        self.definition = definition;
        self
    }

    /// With where it comes from.
    pub const fn from(mut self, source: &'static str) -> Self {
        self.source = source;
        self
    }

    /// With when its cell is empty; without this, never.
    pub const fn empty(mut self, when: &'static str) -> Self {
        self.empty = when;
        self
    }

    /// With what has to be asked for.
    pub const fn group(mut self, group: S::Group) -> Self {
        self.group = Some(group);
        self
    }

    /// As one that only the weeks hold.
    pub const fn only_in_weeks(mut self) -> Self {
        self.only_in_weeks = true;
        self
    }

    /// With how its field of a row is had back from the cells; without this, what it tells follows from other columns.
    pub const fn restored(mut self, restore: for<'r> fn(&mut S::Restored, Record<'r>)) -> Self {
        self.restore = Some(restore);
        self
    }

    /// The column of this name out of lists of columns.
    ///
    /// # Panics
    ///
    /// When there is no such column: in a constant, for which this is made, it then does not compile.
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

    /// A column of the base as one of this table.
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

    /// Its name and type.
    pub fn field(&self) -> Field {
        Field { only_in_weeks: self.only_in_weeks, ..Field::new(self.name, self.holds) }
    }

    /// Its value in a row.
    pub fn value(&self, row: &S::Row<'_>) -> Value {
        match self.value {
            Getter::Own(value) => value(row),
            Getter::Base(value) => value(S::base(row)),
        }
    }

    /// Gives a row the field that the column tells.
    pub fn restore(&self, row: &mut S::Restored, record: Record<'_>) {
        if let Some(restore) = self.restore {
            restore(row, record);
        }
    }
}

/// Whether two names are the same; `==` is not for constants.
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

/// The header of a CSV file with these columns.
pub fn header<'c, S: Sheet>(columns: impl IntoIterator<Item = &'c Column<S>>) -> String {
    columns.into_iter().map(|column| column.name).collect::<Vec<_>>().join(",")
}

/// Writes a CSV file: the header and a line for each row.
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

/// A table of columns in Markdown.
pub fn documentation<'c, S: Sheet>(columns: impl IntoIterator<Item = &'c Column<S>>) -> String {
    let mut lines = vec!["| Column | Type | Says | From | Empty when |".to_owned(), "|---|---|---|---|---|".to_owned()];
    for column in columns {
        let holds = match column.holds {
            Type::Decimal(digits) => format!("{}, {digits} decimals", column.unit),
            Type::Integer | Type::Text | Type::Flag | Type::Date | Type::Time => column.unit.to_owned(),
        };
        let cells = [&format!("`{}`", column.name), &holds, column.definition, column.source, column.empty];
        lines.push(format!("| {} |", cells.map(|cell| cell.replace('|', "\\|")).join(" | ")));
    }
    lines.join("\n") + "\n"
}
