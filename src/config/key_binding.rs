//! Row of the table of keys: a key and the field of the options that it sets.

use config::Value;

use super::config_key::{ConfigKey, KeyType};
use super::values;
use crate::error::Failure;

/// A key and the field that it sets in the options `T`.
pub(super) struct KeyBinding<T: 'static> {
    pub(super) key: ConfigKey,
    field: KeyTarget<T>,
}

/// The field that a key sets.
enum KeyTarget<T> {
    Count(fn(&mut T) -> &mut u32),
    Change(fn(&mut T) -> &mut Option<u32>),
    List(fn(&mut T) -> &mut Vec<String>),
    Text(fn(&mut T) -> &mut Option<String>),
    Read(fn(&mut T, &ConfigKey, &Value) -> Result<(), Failure>),
}

impl<T> KeyBinding<T> {
    /// Parses the value and sets the field.
    pub(super) fn set(&self, options: &mut T, value: &Value) -> Result<(), Failure> {
        let key = &self.key;
        match self.field {
            KeyTarget::Count(field) => put(field(options), values::count(key, value)),
            KeyTarget::Change(field) => put(field(options), values::count(key, value).map(Some)),
            KeyTarget::List(field) => put(field(options), values::list(key, value)),
            KeyTarget::Text(field) => put(field(options), values::text(key, value)),
            KeyTarget::Read(read) => read(options, key, value),
        }
    }
}

/// Adds flags that also set the key.
pub(super) const fn by_flag<T>(flags: &'static [&'static str], row: KeyBinding<T>) -> KeyBinding<T> {
    KeyBinding { key: ConfigKey { flags, ..row.key }, field: row.field }
}

/// Adds an environment variable that also sets the key.
pub(super) const fn by_variable<T>(variables: &'static [&'static str], row: KeyBinding<T>) -> KeyBinding<T> {
    KeyBinding { key: ConfigKey { variables, ..row.key }, field: row.field }
}

/// A key whose value is a whole number.
pub(super) const fn count<T>(
    section: &'static str,
    name: &'static str,
    kind: KeyType,
    field: fn(&mut T) -> &mut u32,
    purpose: &'static str,
) -> KeyBinding<T> {
    row(section, name, kind, KeyTarget::Count(field), purpose)
}

/// A key whose value is a whole number that overrides another value.
pub(super) const fn change<T>(
    section: &'static str,
    name: &'static str,
    kind: KeyType,
    field: fn(&mut T) -> &mut Option<u32>,
    purpose: &'static str,
) -> KeyBinding<T> {
    row(section, name, kind, KeyTarget::Change(field), purpose)
}

/// A key whose value is a list of texts.
pub(super) const fn list<T>(
    section: &'static str,
    name: &'static str,
    field: fn(&mut T) -> &mut Vec<String>,
    purpose: &'static str,
) -> KeyBinding<T> {
    row(section, name, KeyType::List, KeyTarget::List(field), purpose)
}

/// A key whose value is a text; an empty text is `None`.
pub(super) const fn text<T>(
    section: &'static str,
    name: &'static str,
    field: fn(&mut T) -> &mut Option<String>,
    purpose: &'static str,
) -> KeyBinding<T> {
    row(section, name, KeyType::Text, KeyTarget::Text(field), purpose)
}

/// A key with its own parser.
pub(super) const fn read<T>(
    section: &'static str,
    name: &'static str,
    kind: KeyType,
    read: fn(&mut T, &ConfigKey, &Value) -> Result<(), Failure>,
    purpose: &'static str,
) -> KeyBinding<T> {
    row(section, name, kind, KeyTarget::Read(read), purpose)
}

const fn row<T>(
    section: &'static str,
    name: &'static str,
    kind: KeyType,
    field: KeyTarget<T>,
    purpose: &'static str,
) -> KeyBinding<T> {
    KeyBinding { key: ConfigKey { section, name, kind, variables: &[], flags: &[], purpose }, field }
}

/// Sets a field to a value if it could be parsed.
pub(super) fn put<V>(field: &mut V, value: Result<V, Failure>) -> Result<(), Failure> {
    *field = value?;
    Ok(())
}
