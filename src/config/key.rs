//! One key of the configuration, and where it can be set.

use std::ops::RangeInclusive;

/// One key of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    /// Section of the file it stands in, without brackets.
    pub(super) section: &'static str,
    /// Its name.
    pub(super) name: &'static str,
    /// How its value is read.
    pub(super) kind: Kind,
    /// Environment variables that set it, the first one that is set counts.
    pub(super) variables: &'static [&'static str],
    /// Flags that set it.
    pub(super) flags: &'static [&'static str],
    /// What it is for, one line of the README's table.
    pub(super) purpose: &'static str,
}

/// How a value is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text, taken literally.
    Text,
    /// Text that is never shown again.
    Secret,
    /// Texts separated by commas.
    List,
    /// A whole number in a range, both ends included.
    Count {
        /// Smallest value.
        min: u32,
        /// Largest value.
        max: u32,
    },
    /// A time such as `15m`.
    Wait,
}

impl Kind {
    /// A whole number in a range.
    pub(super) const fn count(range: &RangeInclusive<u32>) -> Self {
        Self::Count { min: *range.start(), max: *range.end() }
    }
}

impl Key {
    /// The key as one word, `section.name`.
    pub(super) fn path(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    /// Whether this is its name; names are not case-sensitive, as in the files people have already.
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}
