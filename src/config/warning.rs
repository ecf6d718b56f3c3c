//! Warnings about a configuration that is usable nevertheless.

use std::fmt;
use std::path::PathBuf;

use crate::support::formatting::{plural, shell_word};
use crate::support::visible_text::{Lines, visible};

/// A warning. It is returned, not printed: the caller decides where it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigWarning {
    /// A file that holds a token or a client secret can be read by other accounts of this computer.
    ReadableByOthers {
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// An environment variable looks like a misspelt name of ours.
    UnknownVariable {
        name: String,
        /// The variable that was probably meant.
        meant: &'static str,
    },
    /// The environment has no cache folder, as in a container or a service without a user.
    NoCacheFolder,
    /// Files in a folder of `--protect-from` that are no filled sheets.
    NotFilledSheets { files: Vec<PathBuf> },
    /// A value is in quotes, which are part of the value here.
    Quoted {
        key: &'static str,
        /// Where it was set.
        origin: String,
    },
}

impl ConfigWarning {
    /// Returns the warning about a misspelt variable, which may be why a value is missing.
    pub(super) fn misspelt(&self) -> Option<String> {
        matches!(self, Self::UnknownVariable { .. }).then(|| self.to_string())
    }
}

impl ConfigWarning {
    /// Returns the warning, with the remedy on a separate line.
    pub fn lines(&self) -> Lines {
        let lines = Lines::new(self);
        match self.remedy() {
            Some(remedy) => lines.and(format_args!("    {remedy}")),
            None => lines,
        }
    }

    /// Returns the remedy, unless the warning itself contains it.
    pub fn remedy(&self) -> Option<String> {
        match self {
            Self::ReadableByOthers { path, .. } => Some(format!("chmod 600 {}", shell_word(&path.to_string_lossy()))),
            Self::NoCacheFolder => Some("choose a folder with --cache-dir, or use --no-cache".to_owned()),
            Self::NotFilledSheets { .. } => {
                Some("if someone decided in one of them, save it as CSV or .xlsx and run again".to_owned())
            }
            Self::UnknownVariable { .. } | Self::Quoted { .. } => None,
        }
    }
}

impl fmt::Display for ConfigWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReadableByOthers { path, mode } => {
                write!(f, "other accounts of this computer can read the secret in {} (mode {mode:03o})", path.display())
            }
            Self::NoCacheFolder => f.write_str(
                "no cache folder: the environment sets neither HOME nor XDG_CACHE_HOME, so every run reads all old \
                 versions again",
            ),
            Self::UnknownVariable { name, meant } => {
                write!(f, "unknown environment variable {name} (did you mean {meant}?)")
            }
            Self::NotFilledSheets { files } => {
                const EXAMPLES: usize = 3;
                let names = files.iter().take(EXAMPLES).filter_map(|file| file.file_name());
                let names: Vec<_> = names.map(|name| visible(&name.to_string_lossy()).into_owned()).collect();
                let more = if files.len() > EXAMPLES { ", …" } else { "" };
                let files = plural(files.len() as u64, "file is not a filled sheet", "files are not filled sheets");
                write!(f, "--protect-from: {files}, so no decision was read there: {}{more}", names.join(", "))
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
            let warning = ConfigWarning::ReadableByOthers { path: PathBuf::from(path), mode: 0o644 };
            warning.lines().text().lines().last().unwrap().trim().to_owned()
        };
        assert_eq!(line("/etc/csa.cfg"), "chmod 600 /etc/csa.cfg");
        assert_eq!(line("/my files/it's.cfg"), r"chmod 600 '/my files/it'\''s.cfg'");
        assert_eq!(line("-rf"), "chmod 600 ./-rf");
    }
}
