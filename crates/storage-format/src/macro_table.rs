//! The macros that name files, as a table (`storage-format.md` 2.2 and 3). To teach the program a macro, add a line to
//! [`MACROS`].

use std::collections::HashMap;
use std::sync::LazyLock;

/// How a macro names files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    /// Names no file; its texts are captions, keys or code.
    NoFile,
    /// Each of these parameters names a file, or where none is there the one without a name; `page` and `space` may name
    /// its page.
    Named(&'static [&'static str]),
    DrawIo,
    IncludedDrawIo,
    Gliffy,
    Mermaid,
    Gallery,
    Attachments,
    SpaceAttachments,
    /// Shows what a search finds, which may be attachments.
    Search,
    /// Keeps its data in files whose names cannot be told.
    Untold,
    /// The body is HTML.
    Html,
    /// The body is Markdown, with HTML in it.
    Markdown,
    /// The body is wiki markup of old.
    WikiMarkup,
    /// Nothing is known: a parameter that equals the name of a file of the own page counts.
    Unknown,
}

use Naming::{
    Attachments, DrawIo, Gallery, Gliffy, Html, IncludedDrawIo, Markdown, Mermaid, Named, NoFile, Search,
    SpaceAttachments, Untold, WikiMarkup,
};

/// Macro name in lower case → how it names files. A macro that is not here follows the rule for unknown ones.
const MACROS: &[(&str, Naming)] = &[
    ("view-file", Named(&["name", "file"])),
    ("viewfile", Named(&["name", "file"])),
    ("viewpdf", Named(&["name", "file"])),
    ("viewdoc", Named(&["name", "file"])),
    ("viewxls", Named(&["name", "file"])),
    ("viewppt", Named(&["name", "file"])),
    ("excel", Named(&["name", "file"])),
    ("multimedia", Named(&["name"])),
    ("mermaid-cloud", Mermaid),
    ("drawio", DrawIo),
    ("drawio-sketch", DrawIo),
    ("inc-drawio", IncludedDrawIo),
    ("gliffy", Gliffy),
    ("gallery", Gallery),
    ("attachments", Attachments),
    ("space-attachments", SpaceAttachments),
    ("table-spreadsheet", Untold),
    ("html", Html),
    ("html-bobswift", Html),
    ("html-xhtml", Html),
    ("markdown", Markdown),
    ("unmigrated-wiki-markup", WikiMarkup),
    ("unmigrated-inline-wiki-markup", WikiMarkup),
    ("anchor", NoFile),
    ("blog-posts", NoFile),
    ("change-history", NoFile),
    ("children", NoFile),
    ("code", NoFile),
    ("contentbylabel", Search),
    ("contributors", NoFile),
    ("details", NoFile),
    ("detailssummary", NoFile),
    ("excerpt", NoFile),
    ("excerpt-include", NoFile),
    ("expand", NoFile),
    ("include", NoFile),
    ("info", NoFile),
    ("jira", NoFile),
    ("jirachart", NoFile),
    ("livesearch", Search),
    ("loremipsum", NoFile),
    ("noformat", NoFile),
    ("note", NoFile),
    ("pagetree", NoFile),
    ("pagetreesearch", NoFile),
    ("panel", NoFile),
    ("profile", NoFile),
    ("recently-updated", NoFile),
    ("roadmap", NoFile),
    ("search", Search),
    ("status", NoFile),
    ("tasks-report-macro", NoFile),
    ("tip", NoFile),
    ("toc", NoFile),
    ("toc-zone", NoFile),
    ("userlister", NoFile),
    ("warning", NoFile),
];

/// How the macro of this name, in lower case, names files.
pub(super) fn naming(name: &str) -> Naming {
    static BY_NAME: LazyLock<HashMap<&str, Naming>> = LazyLock::new(|| MACROS.iter().copied().collect());
    BY_NAME.get(name).copied().unwrap_or(Naming::Unknown)
}

/// How the body of the macro of this name names files, where it is no markup. Apps that render HTML, styles or Markdown
/// are many, and say so in the names of their macros.
pub(super) fn body_naming(name: &str) -> Naming {
    match naming(name) {
        Naming::Unknown if name.contains("markdown") => Markdown,
        Naming::Unknown if ["html", "css", "style"].iter().any(|word| name.contains(word)) => Html,
        known => known,
    }
}

/// How an ADF extension names files: by its key (`com.mxgraph.confluence.plugins.diagramly:drawio`), and whether the
/// key is just the name of a macro. A part of a key that happens to be the name of a macro without files says nothing
/// about an app.
pub(super) fn extension_naming(key: &str) -> (Naming, bool) {
    let whole = naming(key);
    if whole != Naming::Unknown {
        return (whole, true);
    }
    let parts = key.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').map(naming);
    let part = parts.into_iter().find(|part| !matches!(part, Naming::Unknown | NoFile | Search));
    (part.unwrap_or(Naming::Unknown), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_macro_stands_once_and_in_lower_case() {
        for (at, (name, _)) in MACROS.iter().enumerate() {
            assert_eq!(*name, name.to_lowercase());
            assert!(MACROS[..at].iter().all(|(other, _)| other != name), "{name} stands twice");
        }
    }

    #[test]
    fn keys_of_extensions() {
        assert_eq!(extension_naming("drawio"), (DrawIo, true));
        assert_eq!(extension_naming("com.mxgraph.confluence.plugins.diagramly:drawio"), (DrawIo, false));
        assert_eq!(extension_naming("toc"), (NoFile, true));
        assert_eq!(extension_naming("com.example.viewer/static/panel"), (Naming::Unknown, false));
    }
}
