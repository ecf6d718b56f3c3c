//! Font families that a page may be shown in: letters of one are a fifth wider than those of another.

use std::process::{Command, Stdio};

/// A family of fonts that may be installed, with the family of equal widths beside it.
pub struct Font {
    /// Of texts.
    pub sans: &'static str,
    /// Of identifiers.
    pub mono: &'static str,
}

/// The widest that systems bring; it is what Debian shows without any choice.
pub const DEJAVU: Font = Font { sans: "DejaVu Sans", mono: "DejaVu Sans Mono" };
/// As wide as Arial and Helvetica.
pub const LIBERATION: Font = Font { sans: "Liberation Sans", mono: "Liberation Mono" };
/// Noto, with the letters of Chinese, Japanese and Korean.
pub const NOTO_CJK: Font = Font { sans: "Noto Sans CJK JP", mono: "Noto Sans Mono CJK JP" };

/// Every generic name that the pages ask for.
const GENERIC: [(&str, bool); 5] =
    [("sans-serif", false), ("system-ui", false), ("serif", false), ("monospace", true), ("ui-monospace", true)];

impl Font {
    /// Whether both families are installed, by what `fc-list` says.
    pub fn is_installed(&self) -> bool {
        let list = Command::new("fc-list").args([":", "family"]).stderr(Stdio::null()).output();
        let list = list.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
        let has = |family: &str| list.lines().any(|line| line.split(',').any(|name| name == family));
        has(self.sans) && has(self.mono)
    }

    /// A configuration of fontconfig in which every generic name means this family, and everything else is as the
    /// system has it.
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
