//! A key of the configuration and where it can be set.

use std::ops::RangeInclusive;

/// A key of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ConfigKey {
    /// Its section in the file, without brackets.
    pub(super) section: &'static str,
    pub(super) name: &'static str,
    pub(super) kind: KeyType,
    /// Environment variables that set it; the first one that is set counts.
    pub(super) variables: &'static [&'static str],
    /// Flags that set it.
    pub(super) flags: &'static [&'static str],
    /// Its description in the table of keys in the documentation.
    pub(super) purpose: &'static str,
}

/// Type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyType {
    /// Text, taken literally.
    Text,
    /// Text that is never shown.
    Secret,
    /// Texts separated by commas.
    List,
    /// A whole number in a range, both ends included.
    Count { min: u32, max: u32 },
    /// A duration such as `15m`.
    Wait,
}

impl KeyType {
    /// A whole number in a range.
    pub(super) const fn count(range: &RangeInclusive<u32>) -> Self {
        Self::Count { min: *range.start(), max: *range.end() }
    }
}

impl ConfigKey {
    /// Returns `section.name`.
    pub(super) fn path(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    /// Returns whether this is its name. Names are not case-sensitive, as in files of the legacy script.
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}
