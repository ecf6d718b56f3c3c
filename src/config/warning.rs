//! What is worth telling about a configuration that works all the same.

use std::fmt;
use std::path::PathBuf;

use crate::support::visible::Lines;
use crate::support::wording::shell_word;

/// A remark for people. It is returned, not printed: who loads the configuration decides where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// A file that holds the token can be read by other accounts of this computer.
    ReadableByOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// An environment variable looks like one of ours, but is none.
    UnknownVariable {
        /// The variable that is set.
        name: String,
        /// The one that was probably meant.
        meant: &'static str,
    },
    /// The environment names no place for a cache, as in a service without a user or in a container.
    NoCacheFolder,
    /// A value stands in quotes, which belong to it here.
    Quoted {
        /// The key.
        key: &'static str,
        /// Where it is set.
        origin: String,
    },
}

impl Warning {
    /// The remark on a misspelt variable, which may be why a value is missing.
    pub(super) fn misspelt(&self) -> Option<String> {
        matches!(self, Self::UnknownVariable { .. }).then(|| self.to_string())
    }
}

impl Warning {
    /// The remark, with the command that mends it on a line of its own.
    pub fn lines(&self) -> Lines {
        let lines = Lines::new(self);
        match self.remedy() {
            Some(remedy) => lines.and(format_args!("    {remedy}")),
            None => lines,
        }
    }

    /// What mends it, where that is not said by the remark.
    pub fn remedy(&self) -> Option<String> {
        match self {
            Self::ReadableByOthers { path, .. } => Some(format!("chmod 600 {}", shell_word(&path.to_string_lossy()))),
            Self::NoCacheFolder => Some("name one with --cache-dir, or say --no-cache".to_owned()),
            Self::UnknownVariable { .. } | Self::Quoted { .. } => None,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReadableByOthers { path, mode } => write!(
                f,
                "other accounts of this computer can read the API token in {} (mode {mode:03o})",
                path.display(),
            ),
            Self::NoCacheFolder => f.write_str(
                "nothing is kept from run to run, so every run reads all old versions again: the environment names no \
                 cache folder (neither HOME nor XDG_CACHE_HOME)",
            ),
            Self::UnknownVariable { name, meant } => {
                write!(f, "the environment variable {name} means nothing here; did you mean {meant}?")
            }
            Self::Quoted { key, origin } => {
                write!(f, "{origin}: values are taken literally, so the quotes are part of `{key}`; remove them")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chmod_line_can_be_pasted_as_it_is() {
        let line = |path: &str| {
            let warning = Warning::ReadableByOthers { path: PathBuf::from(path), mode: 0o644 };
            warning.lines().text().lines().last().unwrap().trim().to_owned()
        };
        assert_eq!(line("/etc/csa.cfg"), "chmod 600 /etc/csa.cfg");
        assert_eq!(line("/my files/it's.cfg"), r"chmod 600 '/my files/it'\''s.cfg'");
        assert_eq!(line("-rf"), "chmod 600 ./-rf");
    }
}
