//! What a row of the table of keys consists of: the key, and the field that it sets.

use config::Value;

use super::key::{Key, Kind};
use super::values;
use crate::error::Failure;

/// A key, and what it sets in the options `T`.
pub(super) struct Row<T: 'static> {
    /// The key.
    pub(super) key: Key,
    field: Field<T>,
}

/// The field that a key sets.
enum Field<T> {
    Count(fn(&mut T) -> &mut u32),
    Change(fn(&mut T) -> &mut Option<u32>),
    List(fn(&mut T) -> &mut Vec<String>),
    Text(fn(&mut T) -> &mut Option<String>),
    Read(fn(&mut T, &Key, &Value) -> Result<(), Failure>),
}

impl<T> Row<T> {
    /// Sets the field.
    pub(super) fn set(&self, options: &mut T, value: &Value) -> Result<(), Failure> {
        let key = &self.key;
        match self.field {
            Field::Count(field) => put(field(options), values::count(key, value)),
            Field::Change(field) => put(field(options), values::count(key, value).map(Some)),
            Field::List(field) => put(field(options), values::list(key, value)),
            Field::Text(field) => put(field(options), values::text(key, value)),
            Field::Read(read) => read(options, key, value),
        }
    }
}

/// A key that flags set as well.
pub(super) const fn by_flag<T>(flags: &'static [&'static str], row: Row<T>) -> Row<T> {
    Row { key: Key { flags, ..row.key }, field: row.field }
}

/// A key whose value is a whole number.
pub(super) const fn count<T>(
    section: &'static str,
    name: &'static str,
    kind: Kind,
    field: fn(&mut T) -> &mut u32,
    purpose: &'static str,
) -> Row<T> {
    row(section, name, kind, Field::Count(field), purpose)
}

/// A key whose value is a whole number that takes the place of another.
pub(super) const fn change<T>(
    section: &'static str,
    name: &'static str,
    kind: Kind,
    field: fn(&mut T) -> &mut Option<u32>,
    purpose: &'static str,
) -> Row<T> {
    row(section, name, kind, Field::Change(field), purpose)
}

/// A key whose value is a list of texts.
pub(super) const fn list<T>(
    section: &'static str,
    name: &'static str,
    field: fn(&mut T) -> &mut Vec<String>,
    purpose: &'static str,
) -> Row<T> {
    row(section, name, Kind::List, Field::List(field), purpose)
}

/// A key whose value is a text; an empty one is none.
pub(super) const fn text<T>(
    section: &'static str,
    name: &'static str,
    field: fn(&mut T) -> &mut Option<String>,
    purpose: &'static str,
) -> Row<T> {
    row(section, name, Kind::Text, Field::Text(field), purpose)
}

/// A key whose value is read in a way of its own.
pub(super) const fn read<T>(
    section: &'static str,
    name: &'static str,
    kind: Kind,
    read: fn(&mut T, &Key, &Value) -> Result<(), Failure>,
    purpose: &'static str,
) -> Row<T> {
    row(section, name, kind, Field::Read(read), purpose)
}

const fn row<T>(
    section: &'static str,
    name: &'static str,
    kind: Kind,
    field: Field<T>,
    purpose: &'static str,
) -> Row<T> {
    Row { key: Key { section, name, kind, variables: &[], flags: &[], purpose }, field }
}

/// Sets a field to a value that could be read.
pub(super) fn put<V>(field: &mut V, value: Result<V, Failure>) -> Result<(), Failure> {
    *field = value?;
    Ok(())
}
