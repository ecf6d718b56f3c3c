//! The macros that name files, as a table (`storage-format.md` 2.2 and 3). To teach the program a macro, add a line to
//! [`MACROS`].

use super::url::{UrlMeaning, attachment_digits, is_uuid};
use super::{
    Certainty, Construct, ContainerRef, Display, FileFilter, NameMatching, OwnSite, Reference, Target, diagrams, html,
    text_urls, wiki_markup,
};

/// One use of a macro, or of an extension in ADF.
#[derive(Debug, Default)]
pub(super) struct MacroCall {
    /// In lower case; empty when unknown.
    pub(super) name: String,
    pub(super) parameters: Vec<Parameter>,
}

/// One parameter of a macro.
#[derive(Debug, Default)]
pub(super) struct Parameter {
    /// Lower case, without `-` and `_`: the new editor writes `diagram-name` for `diagramName`.
    pub(super) name: String,
    /// Text, decoded.
    pub(super) text: String,
    /// `ri:attachment` elements in it.
    pub(super) attachments: Vec<(String, Option<ContainerRef>)>,
    /// `ri:url` elements in it.
    pub(super) urls: Vec<String>,
    /// `ri:page`, `ri:blog-post`, `ri:content-entity` elements in it.
    pub(super) pages: Vec<ContainerRef>,
}

impl Parameter {
    pub(super) fn new(name: Option<&str>) -> Self {
        let name = name.unwrap_or_default().to_lowercase().replace(['-', '_'], "");
        Self { name, ..Self::default() }
    }
}

impl MacroCall {
    fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// The text of a parameter, exactly as written; `None` when absent or blank.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.parameter(name).map(|parameter| parameter.text.as_str()).filter(|text| !text.trim().is_empty())
    }

    /// The page a parameter names, by element or by title.
    fn page(&self, page: &str, space: &str) -> Option<ContainerRef> {
        let parameter = self.parameter(page)?;
        if let Some(container) = parameter.pages.first() {
            return Some(container.clone());
        }
        let title = self.text(page)?.to_owned();
        Some(ContainerRef::Page { title, space: self.text(space).map(str::to_owned) })
    }
}

/// How a macro names files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Naming {
    /// Names no file; its texts are captions, keys or code.
    NoFile,
    /// The first parameter that is there names the file; `page` and `space` may name its page.
    Named(&'static [&'static str]),
    DrawIo,
    IncludedDrawIo,
    Gliffy,
    Gallery,
    Attachments,
    SpaceAttachments,
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
    Attachments, DrawIo, Gallery, Gliffy, Html, IncludedDrawIo, Markdown, Named, NoFile, SpaceAttachments, Untold,
    WikiMarkup,
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
    ("mermaid-cloud", Named(&["filename"])),
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
    ("contentbylabel", NoFile),
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
    ("livesearch", NoFile),
    ("loremipsum", NoFile),
    ("noformat", NoFile),
    ("note", NoFile),
    ("pagetree", NoFile),
    ("pagetreesearch", NoFile),
    ("panel", NoFile),
    ("profile", NoFile),
    ("recently-updated", NoFile),
    ("roadmap", NoFile),
    ("status", NoFile),
    ("tasks-report-macro", NoFile),
    ("tip", NoFile),
    ("toc", NoFile),
    ("toc-zone", NoFile),
    ("userlister", NoFile),
    ("warning", NoFile),
];

/// Keys of ADF extensions that describe the extension itself.
const DESCRIPTIVE_KEYS: &[&str] =
    &["extensionkey", "extensiontype", "extensionid", "extensiontitle", "localid", "layout", "text", "title"];

/// Longest value that can be a file name.
const MAX_NAME_BYTES: usize = 1_024;

fn naming(name: &str) -> Naming {
    MACROS.iter().find(|(known, _)| *known == name).map_or(Naming::Unknown, |(_, naming)| *naming)
}

/// What the parameters of a macro name.
pub(super) fn references(call: &MacroCall, site: &OwnSite) -> Vec<Reference> {
    let mut found = Found { construct: Construct::Macro(call.name.clone()), site, references: Vec::new() };
    let naming = naming(&call.name);
    found.by_rule(call, naming);
    found.by_values(call, naming, &[]);
    found.references
}

/// What the values of an ADF extension name. Known macros keep their rule there, under their key.
pub(super) fn extension_references(call: &MacroCall, site: &OwnSite) -> Vec<Reference> {
    let key = call.text("extensionkey").unwrap_or_default().to_lowercase();
    let parts = || key.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let naming = parts().map(naming).find(|naming| *naming != Naming::Unknown).unwrap_or(Naming::Unknown);
    let title = call.text("extensiontitle").unwrap_or(&key).trim().to_owned();
    let mut found = Found { construct: Construct::Extension(title), site, references: Vec::new() };
    found.by_rule(call, naming);
    found.by_values(call, naming, DESCRIPTIVE_KEYS);
    found.references
}

/// What the CDATA body of a macro names, beyond complete URLs: only macros that render it can name anything there.
pub(super) fn body_references(name: &str, text: &str, site: &OwnSite) -> Vec<Reference> {
    let mut found = Found { construct: Construct::Macro(name.to_owned()), site, references: Vec::new() };
    let naming = naming(name);
    if naming == Markdown {
        for (url, display) in html::markdown_urls(text) {
            found.url(&url, display);
        }
    }
    if matches!(naming, Html | Markdown) {
        for (url, display) in html::urls(text) {
            found.url(&url, display);
        }
    }
    if naming == WikiMarkup {
        for (name, container, display) in wiki_markup::files(text) {
            found.file(name, container, display, Certainty::Possible, NameMatching::Loose);
        }
    }
    found.references
}

/// Collects what one macro names.
struct Found<'a> {
    construct: Construct,
    site: &'a OwnSite,
    references: Vec<Reference>,
}

impl Found<'_> {
    /// The rule of a known macro.
    fn by_rule(&mut self, call: &MacroCall, naming: Naming) {
        match naming {
            Named(names) => {
                let page = call.page("page", "space");
                for name in names.iter().filter_map(|name| call.text(name)) {
                    self.named(name, page.as_ref());
                }
            }
            DrawIo | IncludedDrawIo => {
                for (name, container) in diagrams::draw_io(call, naming == IncludedDrawIo) {
                    self.file(name, container, Display::Shown, Certainty::Proven, NameMatching::Loose);
                }
            }
            Gliffy => {
                for (name, container, certainty) in diagrams::gliffy(call) {
                    self.file(name, container, Display::Shown, certainty, NameMatching::Loose);
                }
            }
            Gallery => {
                let filter = filter(call, "includelabel", "excludelabel");
                self.push(Target::Gallery(filter), Display::Shown, Certainty::Proven);
            }
            Attachments => {
                let filter = filter(call, "labels", "");
                self.push(Target::AttachmentList(filter), Display::Listed, Certainty::Proven);
            }
            SpaceAttachments => {
                let space = call.text("space").map(|key| key.trim().to_owned());
                self.push(Target::SpaceAttachments { space }, Display::Listed, Certainty::Possible);
            }
            Untold => self.push(Target::UntoldNames, Display::Shown, Certainty::Possible),
            NoFile | Html | Markdown | WikiMarkup | Naming::Unknown => {}
        }
    }

    /// What any parameter of any macro may name: identifiers, URLs, ids, and for unknown macros the plain name of a
    /// file of the own page.
    fn by_values(&mut self, call: &MacroCall, naming: Naming, descriptive: &[&str]) {
        let page = if matches!(naming, Named(_)) { call.page("page", "space") } else { None };
        for parameter in &call.parameters {
            for (name, container) in &parameter.attachments {
                let container = container.clone().or_else(|| page.clone()).unwrap_or(ContainerRef::Own);
                self.file(name.clone(), container, Display::Shown, Certainty::Proven, NameMatching::Loose);
            }
            for url in &parameter.urls {
                self.url_as(url, Display::Shown, Certainty::Proven);
            }
            let takes_names = naming == Naming::Unknown && !descriptive.contains(&parameter.name.as_str());
            self.value(&parameter.name, &parameter.text, takes_names);
        }
    }

    fn value(&mut self, key: &str, text: &str, takes_names: bool) {
        let value = text.trim();
        if value.is_empty() {
            return;
        }
        if value.starts_with(['{', '['])
            && let Ok(json) = serde_json::from_str::<serde_json::Value>(value)
        {
            return self.json_value(key, json, takes_names);
        }
        if value.contains('/') {
            self.url_as(value, Display::Shown, Certainty::Proven);
            let mut inner = Vec::new();
            text_urls::each(value, self.site, |url| inner.push(url.to_owned()));
            inner.iter().filter(|url| *url != value).for_each(|url| self.url(url, Display::Linked));
        }
        if let Some(name) = identifier_text(value) {
            self.file(name, ContainerRef::Own, Display::Shown, Certainty::Possible, NameMatching::Loose);
        }
        if is_uuid(value) {
            let id = value.to_ascii_lowercase();
            self.push(Target::FileId { id }, Display::Shown, Certainty::Possible);
        }
        let is_attachment_id = value.starts_with("att") || key.contains("attachment");
        if is_attachment_id && let Some(id) = attachment_digits(value) {
            let target = Target::Attachment { id: id.to_owned(), fallback: None };
            self.push(target, Display::Shown, Certainty::Possible);
        }
        if takes_names && text.len() <= MAX_NAME_BYTES {
            self.exact_name(text, value);
        }
    }

    /// Values may be JSON text (`storage-format.md` 2.4); it is walked without recursion.
    fn json_value(&mut self, key: &str, json: serde_json::Value, takes_names: bool) {
        let mut open = vec![(key.to_owned(), json)];
        while let Some((key, value)) = open.pop() {
            match value {
                serde_json::Value::String(text) => self.value(&key, &text, takes_names),
                serde_json::Value::Array(values) => {
                    open.extend(values.into_iter().map(|value| (key.clone(), value)));
                }
                serde_json::Value::Object(entries) => {
                    open.extend(entries.into_iter().map(|(key, value)| (Parameter::new(Some(&key)).name, value)));
                }
                serde_json::Value::Number(number) => self.value(&key, &number.to_string(), takes_names),
                _ => {}
            }
        }
    }

    /// The name in a known file macro: plain, or wiki-style with a caret.
    fn named(&mut self, text: &str, page: Option<&ContainerRef>) {
        let container = page.cloned().unwrap_or(ContainerRef::Own);
        if let Some((name, named)) = wiki_markup::caret(text.trim()) {
            let container = named.unwrap_or_else(|| container.clone());
            self.file(name, container, Display::Shown, Certainty::Possible, NameMatching::Loose);
        }
        self.file(text.to_owned(), container, Display::Shown, Certainty::Proven, NameMatching::Loose);
    }

    /// The generic rule: the whole value equals the name of a file of the own page, or names it with a caret.
    fn exact_name(&mut self, text: &str, value: &str) {
        self.file(text.to_owned(), ContainerRef::Own, Display::Shown, Certainty::Possible, NameMatching::Exact);
        if let Some((name, container)) = wiki_markup::caret(value) {
            let container = container.unwrap_or(ContainerRef::Own);
            self.file(name, container, Display::Shown, Certainty::Possible, NameMatching::Exact);
        }
    }

    /// Names of files may begin or end in blanks; where none does, the trimmed text is meant.
    fn file(
        &mut self,
        name: String,
        container: ContainerRef,
        display: Display,
        certainty: Certainty,
        matching: NameMatching,
    ) {
        let trimmed = name.trim();
        let other_readings = if trimmed.len() == name.len() { Vec::new() } else { vec![trimmed.to_owned()] };
        self.push(Target::File { name, other_readings, container, matching }, display, certainty);
    }

    fn url(&mut self, url: &str, display: Display) {
        self.url_as(url, display, Certainty::Possible);
    }

    fn url_as(&mut self, url: &str, display: Display, certainty: Certainty) {
        if let Some(UrlMeaning::Files(targets)) = self.site.meaning(url) {
            for (target, own) in targets {
                self.push(target, display, certainty.max(own));
            }
        }
    }

    fn push(&mut self, target: Target, display: Display, certainty: Certainty) {
        self.references.push(Reference { target, construct: self.construct.clone(), display, certainty });
    }
}

/// Blanks around `ri:attachment` made Confluence store the identifier as text:
/// `AttachmentResourceIdentifier[…,filename=NAME]` (`storage-format.md` 2.1).
fn identifier_text(value: &str) -> Option<String> {
    let inner = value.split_once("AttachmentResourceIdentifier[")?.1;
    let name = inner.rsplit_once("filename=")?.1;
    let name = name.strip_suffix(']').unwrap_or(name);
    (!name.is_empty()).then(|| name.to_owned())
}

/// The pages, names, labels and patterns of a gallery or attachments macro (`storage-format.md` 3).
fn filter(call: &MacroCall, include_labels: &str, exclude_labels: &str) -> FileFilter {
    let list = |name: &str| -> Vec<String> {
        let text = call.text(name).unwrap_or_default();
        text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
    };
    let mut pages = call.parameter("page").map(|parameter| parameter.pages.clone()).unwrap_or_default();
    let titles = list("page");
    if titles.len() > 1 {
        // a title may itself hold a comma
        pages.extend(call.text("page").map(|title| ContainerRef::Page { title: title.to_owned(), space: None }));
    }
    pages.extend(titles.into_iter().map(|title| ContainerRef::Page { title, space: None }));
    let labels = |name: &str| list(name).into_iter().flat_map(|item| words(&item)).collect();
    let mut include = list("include");
    for parameter in call.parameters.iter().filter(|parameter| parameter.name == "include") {
        include.extend(parameter.attachments.iter().map(|(name, _)| name.clone()));
    }
    FileFilter {
        pages,
        include,
        exclude: list("exclude"),
        include_labels: labels(include_labels),
        exclude_labels: labels(exclude_labels),
        patterns: list("patterns"),
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_lowercase).collect()
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
    fn identifier_kept_as_text() {
        let text = "AttachmentResourceIdentifier[com.atlassian…PageResourceIdentifier@1,filename=net.drawio]";
        assert_eq!(identifier_text(text).as_deref(), Some("net.drawio"));
        assert_eq!(identifier_text("filename=net.drawio"), None);
    }
}
