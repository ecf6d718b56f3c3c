//! Table of known macros. To support another macro, add a line to [`MACROS`] and a case to
//! `tests/fixtures/usage-cases.txt`.

use std::collections::HashMap;
use std::sync::LazyLock;

/// How a macro names files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    /// Names no file; its texts are captions, keys or code.
    NoFile,
    /// Each of these parameters (in lower case, without `-` and `_`) names a file, or the unnamed parameter if there is
    /// none of them; `page` and `space` may name the file's page.
    Named(&'static [&'static str]),
    DrawIo,
    IncludedDrawIo,
    Gliffy,
    Mermaid,
    PlantUml,
    Gallery,
    Attachments,
    SpaceAttachments,
    /// Shows search results, which may include attachments.
    Search,
    /// Keeps its data in files whose names only its app knows.
    UnknownNames,
    /// The body is HTML.
    Html,
    /// The body is Markdown, with HTML in it.
    Markdown,
    /// The body is wiki markup that was never migrated.
    WikiMarkup,
    /// Nothing is known: a parameter that equals the name of a file of the content's own page counts.
    Unknown,
}

/// Category in which the measures of a body count a macro.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MacroCategory {
    Panel,
    Expand,
    /// Its body is code, which is not text of the page.
    Code,
    Jira,
    /// Shows another page, or a part of one.
    Include,
    Other,
}

use MacroCategory::{Code, Expand, Include, Jira, Other, Panel};
use Naming::{
    Attachments, DrawIo, Gallery, Gliffy, Html, IncludedDrawIo, Markdown, Mermaid, Named, NoFile, PlantUml, Search,
    SpaceAttachments, Unknown, UnknownNames, WikiMarkup,
};

/// One line of the table.
#[derive(Debug, Clone, Copy)]
struct KnownMacro {
    /// In lower case.
    name: &'static str,
    naming: Naming,
    category: MacroCategory,
    /// Whether it belongs to Confluence itself, for authors or for internal use by the editors.
    is_own: bool,
    /// Whether it may show headings or set anchors that are not in its body.
    sets_anchors: bool,
}

/// A macro of Confluence itself.
const fn own(name: &'static str, naming: Naming) -> KnownMacro {
    KnownMacro { name, naming, category: Other, is_own: true, sets_anchors: true }
}

/// A macro of an app.
const fn app(name: &'static str, naming: Naming) -> KnownMacro {
    KnownMacro { name, naming, category: Other, is_own: false, sets_anchors: true }
}

impl KnownMacro {
    const fn counts_as(self, category: MacroCategory) -> Self {
        Self { category, ..self }
    }

    /// The macro adds no headings and anchors except those in its body.
    const fn without_anchors(self) -> Self {
        Self { sets_anchors: false, ..self }
    }
}

/// The known macros: owner, name in lower case, how they name files, category, and whether they may add anchors. Any
/// other macro belongs to an app and follows the rule for unknown ones.
const MACROS: &[KnownMacro] = &[
    // Confluence's own
    own("anchor", NoFile).without_anchors(),
    own("attachments", Attachments).without_anchors(),
    own("blog-posts", NoFile),
    own("change-history", NoFile).without_anchors(),
    own("chart", Unknown).without_anchors(),
    own("cheese", Unknown),
    own("children", NoFile),
    own("code", NoFile).counts_as(Code).without_anchors(),
    own("color", NoFile).without_anchors(),
    own("column", Unknown).without_anchors(),
    own("content-by-user", Unknown),
    own("content-report-table", Unknown),
    own("contentbylabel", Search),
    own("contributors", NoFile).without_anchors(),
    own("contributors-summary", Unknown),
    own("create-from-template", Unknown),
    own("decisionreport", Unknown),
    own("details", NoFile).without_anchors(),
    own("detailssummary", NoFile),
    own("excel", Named(&["name", "file"])).without_anchors(),
    own("excerpt", NoFile).without_anchors(),
    own("excerpt-include", NoFile).counts_as(Include),
    own("expand", NoFile).counts_as(Expand).without_anchors(),
    own("favpages", Unknown),
    own("gadget", Unknown),
    own("gallery", Gallery).without_anchors(),
    own("global-reports", Unknown),
    own("hideincludedcontent", Unknown),
    own("html", Html),
    own("html-include", Unknown),
    own("iframe", Unknown),
    own("im", Unknown),
    own("include", NoFile).counts_as(Include),
    own("index", Unknown),
    own("info", NoFile).counts_as(Panel).without_anchors(),
    own("jira", NoFile).counts_as(Jira).without_anchors(),
    own("jirachart", NoFile).without_anchors(),
    own("jiraissues", Unknown).counts_as(Jira),
    own("jiraroadmap", Unknown),
    own("junitreport", Unknown),
    own("labels", Unknown).without_anchors(),
    own("listlabels", Unknown),
    own("livesearch", Search),
    own("loremipsum", NoFile),
    own("mentions", Unknown),
    own("metadata-list", Unknown),
    own("multimedia", Named(&["name"])).without_anchors(),
    own("navmap", Unknown),
    own("network", Unknown),
    own("noformat", NoFile).counts_as(Code).without_anchors(),
    own("note", NoFile).counts_as(Panel).without_anchors(),
    own("pagetree", NoFile).without_anchors(),
    own("pagetreesearch", NoFile).without_anchors(),
    own("panel", NoFile).counts_as(Panel).without_anchors(),
    own("pdf", Unknown),
    own("popular-labels", Unknown),
    own("portfolioforjiraplan", Unknown),
    own("powerpoint", Unknown),
    own("profile", NoFile).without_anchors(),
    own("profile-picture", Unknown),
    own("recently-updated", NoFile),
    own("recently-updated-dashboard", Unknown),
    own("recently-used-labels", Unknown),
    own("related-labels", Unknown),
    own("report-table", Unknown),
    own("roadmap", NoFile).without_anchors(),
    own("rss", Unknown),
    own("search", Search),
    own("section", Unknown).without_anchors(),
    own("sharelinks-urlmacro", Unknown),
    own("space-attachments", SpaceAttachments),
    own("space-details", Unknown),
    own("space-jump", Unknown),
    own("spaces", Unknown),
    own("status", NoFile).without_anchors(),
    own("tasks-report-macro", NoFile).without_anchors(),
    own("tip", NoFile).counts_as(Panel).without_anchors(),
    own("toc", NoFile).without_anchors(),
    own("toc-zone", NoFile).without_anchors(),
    own("trello", Unknown),
    own("unmigrated-inline-wiki-markup", WikiMarkup),
    own("unmigrated-wiki-markup", WikiMarkup),
    own("userlister", NoFile).without_anchors(),
    own("view-file", Named(&["name", "file"])).without_anchors(),
    own("viewdoc", Named(&["name", "file"])).without_anchors(),
    own("viewfile", Named(&["name", "file"])).without_anchors(),
    own("viewpdf", Named(&["name", "file"])).without_anchors(),
    own("viewppt", Named(&["name", "file"])).without_anchors(),
    own("viewxls", Named(&["name", "file"])).without_anchors(),
    own("warning", NoFile).counts_as(Panel).without_anchors(),
    own("widget", Unknown),
    own("word", Unknown),
    // of apps
    app("drawio", DrawIo),
    app("drawio-macro", DrawIo),
    app("drawio-sketch", DrawIo),
    app("gliffy", Gliffy),
    app("html-bobswift", Html),
    app("html-xhtml", Html),
    app("inc-drawio", IncludedDrawIo),
    app("inc-jgraph-whiteboard", IncludedDrawIo),
    app("jgraph-whiteboard", DrawIo),
    app("markdown", Markdown),
    app("mermaid-cloud", Mermaid),
    app("plantuml", PlantUml),
    app("plantumlcloud", PlantUml),
    app("plantumlrender", PlantUml),
    app("table-spreadsheet", UnknownNames),
];

fn find(name: &str) -> Option<&'static KnownMacro> {
    static BY_NAME: LazyLock<HashMap<&str, &KnownMacro>> =
        LazyLock::new(|| MACROS.iter().map(|one| (one.name, one)).collect());
    BY_NAME.get(name).copied()
}

/// Returns how the macro of this lower-case name names files.
pub(crate) fn naming(name: &str) -> Naming {
    find(name).map_or(Unknown, |found| found.naming)
}

/// Iterates over the names of macros that show files without naming them: lists, and diagrams with pictures next to the
/// source.
pub(crate) fn showing_unnamed_files() -> impl Iterator<Item = &'static str> {
    let shows = |naming| {
        matches!(naming, Gallery | Attachments | UnknownNames) || (naming != Unknown && has_companions(naming))
    };
    MACROS.iter().filter(move |one| shows(one.naming)).map(|one| one.name)
}

/// Returns the category of the macro of this lower-case name.
pub(crate) fn category(name: &str) -> MacroCategory {
    find(name).map_or(Other, |found| found.category)
}

/// Whether the macro of this lower-case name belongs to Confluence itself. All others belong to apps, which may be
/// uninstalled. The key of an app's extension is never one of Confluence's macros.
pub(crate) fn is_own(name: &str) -> bool {
    find(name).is_some_and(|found| found.is_own)
}

/// Whether the macro of this lower-case name adds no headings or anchors to the page.
pub(crate) fn sets_no_anchors(name: &str) -> bool {
    find(name).is_some_and(|found| !found.sets_anchors)
}

/// Returns how the plain text body of the macro of this name names files. Many apps render HTML, styles or Markdown,
/// and the names of their macros say so.
pub(crate) fn body_naming(name: &str) -> Naming {
    match naming(name) {
        Unknown if name.contains("markdown") => Markdown,
        Unknown if ["html", "css", "style"].iter().any(|word| name.contains(word)) => Html,
        known => known,
    }
}

/// Returns how an ADF extension with this key (`com.mxgraph.confluence.plugins.diagramly:drawio`) names files, and
/// whether the entire key is the name of a macro. If only a part of the key is the name of a macro without files, the
/// app is unknown.
pub(crate) fn extension_naming(key: &str) -> (Naming, bool) {
    let by_entire_key = naming(key);
    if by_entire_key != Unknown {
        return (by_entire_key, true);
    }
    let parts = key.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').map(naming);
    let part = parts.into_iter().find(|part| !matches!(part, Unknown | NoFile | Search));
    (part.unwrap_or(Unknown), false)
}

/// Returns how an extension names files, by its title or by the key it had before a migration to another platform. For
/// extensions whose own key is unknown.
pub(crate) fn titled_naming(title: &str) -> Naming {
    let letters: String = title.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let has = |words: &[&str]| words.iter().any(|word| letters.contains(word));
    if has(&["drawio", "diagramly", "mxgraph", "jgraph"]) {
        return if has(&["incdrawio", "embed", "include"]) { IncludedDrawIo } else { DrawIo };
    }
    if has(&["gliffy"]) {
        return Gliffy;
    }
    if has(&["plantuml"]) {
        return PlantUml;
    }
    Unknown
}

/// Whether a macro of this name may keep files next to the one it names, like diagram apps keep pictures of a source.
pub(crate) fn keeps_companions(name: &str) -> bool {
    has_companions(naming(name))
}

/// Whether the only purpose of the macro of this name is to show the file that it names.
pub(crate) fn shows_one_file(name: &str) -> bool {
    matches!(naming(name), Named(_))
}

fn has_companions(naming: Naming) -> bool {
    matches!(naming, DrawIo | IncludedDrawIo | Gliffy | Mermaid | PlantUml | Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::macros::call::Parameter;

    #[test]
    fn every_macro_is_listed_once_and_in_lower_case() {
        for (at, KnownMacro { name, .. }) in MACROS.iter().enumerate() {
            assert_eq!(*name, name.to_lowercase());
            assert!(MACROS[..at].iter().all(|other| other.name != *name), "{name} is listed twice");
        }
    }

    #[test]
    fn parameter_names_are_in_normal_form() {
        for KnownMacro { name, naming, .. } in MACROS {
            let Named(parameters) = naming else { continue };
            for parameter in *parameters {
                assert_eq!(*Parameter::new(Some(parameter)).name, **parameter, "{name}");
            }
        }
    }

    #[test]
    fn extensions_follow_the_rule_of_their_key_or_title() {
        assert_eq!(extension_naming("drawio"), (DrawIo, true));
        assert_eq!(extension_naming("com.mxgraph.confluence.plugins.diagramly:drawio"), (DrawIo, false));
        assert_eq!(extension_naming("toc"), (NoFile, true));
        assert_eq!(extension_naming("com.example.viewer/static/panel"), (Unknown, false));
        assert_eq!(titled_naming("draw.io Diagram"), DrawIo);
        assert_eq!(titled_naming("com.mxgraph.confluence.plugins.diagramly"), DrawIo);
        assert_eq!(titled_naming("Embed draw.io Diagram"), IncludedDrawIo);
        assert_eq!(titled_naming("Gliffy Diagram"), Gliffy);
        assert_eq!(titled_naming("Drawing of a Board"), Unknown);
    }
}
