//! Thresholds of `--fail-on` for audits.

use super::parse_size;

/// A figure of an audit that can have a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditFigure {
    /// Bytes of the files that are unreferenced now, and were not in the run before.
    NewlyUnreferencedBytes,
    NewlyUnreferencedFiles,
    /// Bytes of all unreferenced files.
    UnreferencedBytes,
    UnreferencedFiles,
}

impl AuditFigure {
    pub const ALL: [Self; 4] =
        [Self::NewlyUnreferencedBytes, Self::NewlyUnreferencedFiles, Self::UnreferencedBytes, Self::UnreferencedFiles];

    /// Returns the name in the option.
    pub fn name(self) -> &'static str {
        match self {
            Self::NewlyUnreferencedBytes => "newly_unreferenced_bytes",
            Self::NewlyUnreferencedFiles => "newly_unreferenced_files",
            Self::UnreferencedBytes => "unreferenced_bytes",
            Self::UnreferencedFiles => "unreferenced_files",
        }
    }

    pub fn is_bytes(self) -> bool {
        matches!(self, Self::NewlyUnreferencedBytes | Self::UnreferencedBytes)
    }

    /// Whether it is known only by comparison with an earlier run.
    pub fn needs_comparison(self) -> bool {
        matches!(self, Self::NewlyUnreferencedBytes | Self::NewlyUnreferencedFiles)
    }
}

/// A threshold of `--fail-on`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditThreshold {
    pub figure: AuditFigure,
    /// The least value that meets the threshold.
    pub at_least: u64,
}

/// Parses `newly_unreferenced_bytes=1GB`: a figure and a size or a number of files. The error does not repeat the text:
/// clap does.
pub(super) fn parse_audit_threshold(text: &str) -> Result<AuditThreshold, String> {
    let (name, value) = text
        .split_once('=')
        .map(|(name, value)| (name.trim(), value.trim()))
        .ok_or_else(|| "use a figure and a value, such as newly_unreferenced_bytes=1GB".to_owned())?;
    let figure = AuditFigure::ALL.into_iter().find(|figure| figure.name() == name).ok_or_else(|| {
        let names = AuditFigure::ALL.map(AuditFigure::name).join(", ");
        format!("the figures of an audit are {names}; findings about pages belong to `snapshot`")
    })?;
    let at_least = if figure.is_bytes() {
        parse_size(value)?
    } else {
        let files = value.parse().ok().filter(|files| *files > 0);
        files.ok_or_else(|| format!("use a number of files from 1, such as {name}=100"))?
    };
    Ok(AuditThreshold { figure, at_least })
}
