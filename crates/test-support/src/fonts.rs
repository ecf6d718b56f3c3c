//! Font families in which the layout of pages is tested. Their letters differ in width by up to a fifth.

use std::process::{Command, Stdio};

/// A font family that may be installed, with its monospaced family.
pub struct Font {
    /// For text.
    pub sans: &'static str,
    /// For identifiers.
    pub mono: &'static str,
}

/// The widest family that systems include, and the default of Debian.
pub const DEJAVU: Font = Font { sans: "DejaVu Sans", mono: "DejaVu Sans Mono" };
/// As wide as Arial and Helvetica.
pub const LIBERATION: Font = Font { sans: "Liberation Sans", mono: "Liberation Mono" };
/// Noto, with the letters of Chinese, Japanese and Korean.
pub const NOTO_CJK: Font = Font { sans: "Noto Sans CJK JP", mono: "Noto Sans Mono CJK JP" };

/// The generic names that the pages use, and whether each is monospaced.
const GENERIC: [(&str, bool); 5] =
    [("sans-serif", false), ("system-ui", false), ("serif", false), ("monospace", true), ("ui-monospace", true)];

impl Font {
    /// Whether both families are installed, according to `fc-list`.
    pub fn is_installed(&self) -> bool {
        let list = Command::new("fc-list").args([":", "family"]).stderr(Stdio::null()).output();
        let list = list.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
        let has = |family: &str| list.lines().any(|line| line.split(',').any(|name| name == family));
        has(self.sans) && has(self.mono)
    }

    /// Configuration of fontconfig that maps every generic name to this family and keeps everything else of the system.
    pub(crate) fn configuration(&self) -> String {
        let means = |(generic, is_mono): (&str, bool)| {
            let family = if is_mono { self.mono } else { self.sans };
            format!(
                "<match target=\"pattern\"><test qual=\"any\" name=\"family\"><string>{generic}</string></test>\
                 <edit name=\"family\" mode=\"prepend_first\" binding=\"strong\"><string>{family}</string></edit></match>\n"
            )
        };
        let rules: String = GENERIC.into_iter().map(means).collect();
        format!(
            "<?xml version=\"1.0\"?>\n<!DOCTYPE fontconfig SYSTEM \"fonts.dtd\">\n<fontconfig>\n\
             <include ignore_missing=\"yes\">/etc/fonts/fonts.conf</include>\n{rules}</fontconfig>\n"
        )
    }
}
