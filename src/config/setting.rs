//! A value without a default: set, or why not.

use std::fmt;

use config::Value;

use super::config_key::ConfigKey;
use super::values;
use super::warning::ConfigWarning;
use crate::error::Failure;

/// A value without a default. Formatting it shows where it was set, never the value.
pub(super) enum Setting {
    NotSet {
        key: &'static ConfigKey,
    },
    Empty {
        key: &'static ConfigKey,
        origin: String,
    },
    /// It is still the text of the template.
    Placeholder {
        key: &'static ConfigKey,
        origin: String,
    },
    Filled {
        key: &'static ConfigKey,
        text: String,
        origin: String,
    },
}

impl Setting {
    /// Reads a value; warns if it is in quotes.
    pub(super) fn of(
        key: &'static ConfigKey,
        value: Option<Value>,
        warnings: &mut Vec<ConfigWarning>,
    ) -> Result<Self, Failure> {
        let Some(value) = value else { return Ok(Self::NotSet { key }) };
        let (text, origin) = (values::text(key, &value)?.unwrap_or_default(), values::origin(&value));
        let in_quotes = |quote| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote);
        if in_quotes('"') || in_quotes('\'') {
            warnings.push(ConfigWarning::Quoted { key: key.name, origin: origin.clone() });
        }
        Ok(match text {
            text if text.is_empty() => Self::Empty { key, origin },
            text if values::is_placeholder(&text) => Self::Placeholder { key, origin },
            text => Self::Filled { key, text, origin },
        })
    }

    pub(super) fn is_filled(&self) -> bool {
        matches!(self, Self::Filled { .. })
    }

    /// Returns the text and where it was set.
    pub(super) fn filled(self) -> Option<(String, String)> {
        match self {
            Self::Filled { text, origin, .. } => Some((text, origin)),
            _ => None,
        }
    }

    /// Returns why there is no value.
    pub(super) fn problem(&self) -> Option<String> {
        match self {
            Self::NotSet { key } => Some(format!("`{}` is not set", key.name)),
            Self::Empty { key, origin } => Some(format!("`{}` is empty ({origin})", key.name)),
            Self::Placeholder { key, origin } => Some(format!("`{}` is not filled in ({origin})", key.name)),
            Self::Filled { .. } => None,
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Filled { key, origin, .. } => write!(f, "`{}` ({origin})", key.name),
            Self::NotSet { key } | Self::Empty { key, .. } | Self::Placeholder { key, .. } => {
                write!(f, "`{}`", key.name)
            }
        }
    }
}
