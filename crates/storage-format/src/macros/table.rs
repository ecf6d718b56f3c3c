//! What is known of macros, as a table: one line each. To teach the program a macro, add a line to [`MACROS`], and a case
//! to `tests/fixtures/usage-cases.txt`.

use std::collections::HashMap;
use std::sync::LazyLock;

/// How a macro names files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    /// Names no file; its texts are captions, keys or code.
    NoFile,
    /// Each of these parameters (in lower case, without `-` and `_`) names a file, or where none is there the one without a
    /// name; `page` and `space` may name its page.
    Named(&'static [&'static str]),
    DrawIo,
    IncludedDrawIo,
    Gliffy,
    Mermaid,
    PlantUml,
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

/// What a macro counts as among the measures of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Panel,
    Expand,
    /// Its body is code, which is no text of the page.
    Code,
    Jira,
    /// Shows another page, or a part of one.
    Include,
    Other,
}

use Naming::{
    Attachments, DrawIo, Gallery, Gliffy, Html, IncludedDrawIo, Markdown, Mermaid, Named, NoFile, PlantUml, Search,
    SpaceAttachments, Unknown, Untold, WikiMarkup,
};
use Part::{Code, Expand, Include, Jira, Other, Panel};

/// One line of the table.
#[derive(Debug, Clone, Copy)]
struct Macro {
    /// In lower case.
    name: &'static str,
    naming: Naming,
    part: Part,
    /// Whether Confluence has it, for its readers or for the parts of its editors.
    is_own: bool,
    /// Whether it may show headings or set anchors beside those that stand in its body.
    sets_anchors: bool,
}

/// A macro that Confluence itself has.
const fn own(name: &'static str, naming: Naming) -> Macro {
    Macro { name, naming, part: Other, is_own: true, sets_anchors: true }
}

/// A macro of an app.
const fn app(name: &'static str, naming: Naming) -> Macro {
    Macro { name, naming, part: Other, is_own: false, sets_anchors: true }
}

impl Macro {
    const fn is(self, part: Part) -> Self {
        Self { part, ..self }
    }

    /// It is known to show no headings and to set no anchors but those that stand in its body.
    const fn without_anchors(self) -> Self {
        Self { sets_anchors: false, ..self }
    }
}

/// The macros: whose they are, their name in lower case, how they name files, what they count as, and
/// whether links can lead to what they add. One that is not
/// here is of an app, and follows the rule for unknown ones.
const MACROS: &[Macro] = &[
    // Confluence's own
    own("anchor", NoFile).without_anchors(),
    own("attachments", Attachments).without_anchors(),
    own("blog-posts", NoFile),
    own("change-history", NoFile).without_anchors(),
    own("chart", Unknown).without_anchors(),
    own("cheese", Unknown),
    own("children", NoFile),
    own("code", NoFile).is(Code).without_anchors(),
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
    own("excerpt-include", NoFile).is(Include),
    own("expand", NoFile).is(Expand).without_anchors(),
    own("favpages", Unknown),
    own("gadget", Unknown),
    own("gallery", Gallery).without_anchors(),
    own("global-reports", Unknown),
    own("hideincludedcontent", Unknown),
    own("html", Html),
    own("html-include", Unknown),
    own("iframe", Unknown),
    own("im", Unknown),
    own("include", NoFile).is(Include),
    own("index", Unknown),
    own("info", NoFile).is(Panel).without_anchors(),
    own("jira", NoFile).is(Jira).without_anchors(),
    own("jirachart", NoFile).without_anchors(),
    own("jiraissues", Unknown).is(Jira),
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
    own("noformat", NoFile).is(Code).without_anchors(),
    own("note", NoFile).is(Panel).without_anchors(),
    own("pagetree", NoFile).without_anchors(),
    own("pagetreesearch", NoFile).without_anchors(),
    own("panel", NoFile).is(Panel).without_anchors(),
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
    own("tip", NoFile).is(Panel).without_anchors(),
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
    own("warning", NoFile).is(Panel).without_anchors(),
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
    app("table-spreadsheet", Untold),
];

fn find(name: &str) -> Option<&'static Macro> {
    static BY_NAME: LazyLock<HashMap<&str, &Macro>> =
        LazyLock::new(|| MACROS.iter().map(|one| (one.name, one)).collect());
    BY_NAME.get(name).copied()
}

/// How the macro of this name, in lower case, names files.
pub(crate) fn naming(name: &str) -> Naming {
    find(name).map_or(Unknown, |found| found.naming)
}

/// The names of macros that show files without naming them: lists, and diagrams, whose pictures are kept beside them.
pub(crate) fn showing_unnamed_files() -> impl Iterator<Item = &'static str> {
    let shows =
        |naming| matches!(naming, Gallery | Attachments | Untold) || (naming != Unknown && has_companions(naming));
    MACROS.iter().filter(move |one| shows(one.naming)).map(|one| one.name)
}

/// What the macro of this name, in lower case, counts as.
pub(crate) fn part(name: &str) -> Part {
    find(name).map_or(Other, |found| found.part)
}

/// Whether the macro of this name, in lower case, is one of Confluence's own. All others are of apps, or were left behind
/// by one; the key of an app's extension is none of them either.
pub(crate) fn is_own(name: &str) -> bool {
    find(name).is_some_and(|found| found.is_own)
}

/// Whether the macro of this name, in lower case, adds no place to a page that a link could lead to.
pub(crate) fn sets_no_anchors(name: &str) -> bool {
    find(name).is_some_and(|found| !found.sets_anchors)
}

/// How the body of the macro of this name names files, where it is no markup. Apps that render HTML, styles or Markdown
/// are many, and say so in the names of their macros.
pub(crate) fn body_naming(name: &str) -> Naming {
    match naming(name) {
        Unknown if name.contains("markdown") => Markdown,
        Unknown if ["html", "css", "style"].iter().any(|word| name.contains(word)) => Html,
        known => known,
    }
}

/// How an ADF extension names files: by its key (`com.mxgraph.confluence.plugins.diagramly:drawio`), and whether the
/// key is just the name of a macro. A part of a key that happens to be the name of a macro without files says nothing
/// about an app.
pub(crate) fn extension_naming(key: &str) -> (Naming, bool) {
    let whole = naming(key);
    if whole != Unknown {
        return (whole, true);
    }
    let parts = key.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').map(naming);
    let part = parts.into_iter().find(|part| !matches!(part, Unknown | NoFile | Search));
    (part.unwrap_or(Unknown), false)
}

/// How an extension names files, by the key it had before it was moved to another platform, or by its title: what is left
/// where its own key says nothing.
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

/// Whether a macro of this name may keep files beside the one it names, as diagram apps keep pictures of a source.
pub(crate) fn keeps_companions(name: &str) -> bool {
    has_companions(naming(name))
}

/// Whether the macro of this name shows the file that it names, and is nothing without it.
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
    fn every_macro_stands_once_and_in_lower_case() {
        for (at, Macro { name, .. }) in MACROS.iter().enumerate() {
            assert_eq!(*name, name.to_lowercase());
            assert!(MACROS[..at].iter().all(|other| other.name != *name), "{name} stands twice");
        }
    }

    #[test]
    fn parameters_stand_as_they_are_compared() {
        for Macro { name, naming, .. } in MACROS {
            let Named(parameters) = naming else { continue };
            for parameter in *parameters {
                assert_eq!(*Parameter::new(Some(parameter)).name, **parameter, "{name}");
            }
        }
    }

    #[test]
    fn keys_of_extensions() {
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
