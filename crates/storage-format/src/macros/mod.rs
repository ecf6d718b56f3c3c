//! What the parameters and bodies of macros and ADF extensions name. How each macro names files is in the table of
//! `table.rs`.

pub(crate) mod call;
mod diagrams;
pub(crate) mod table;
mod wiki_markup;

use crate::reference::{Certainty, Construct, ContainerRef, Display, NameMatching, Reference, Target};
use crate::steps::{LONGEST_KEY, Site, Steps, beginning};
use crate::url::{OwnSite, attachment_digits, is_uuid};
use crate::urls_in;

use call::{MacroCall, Parameter};
use table::Naming::{
    self, Attachments, DrawIo, Gallery, Gliffy, Html, IncludedDrawIo, Markdown, Mermaid, Named, NoFile, Search,
    SpaceAttachments, Unknown, Untold, WikiMarkup,
};
use table::{body_naming, extension_naming, naming};

/// Keys that describe an ADF extension.
const DESCRIPTIVE_KEYS: &[&str] =
    &["extensionkey", "extensiontype", "extensionid", "extensiontitle", "localid", "layout"];

/// Longest value that can be a file name.
const MAX_NAME_BYTES: usize = 1_024;

/// What the parameters of a macro name.
pub(crate) fn references(call: &MacroCall, site: Site<'_>) -> Vec<Reference> {
    let naming = naming(&call.name);
    if naming == NoFile && call.parameters.is_empty() {
        // most macros: panels, code, tables of contents
        return Vec::new();
    }
    let mut found = Found { construct: Construct::Macro(call.name.clone()), site, references: Vec::new() };
    let call = call.with_json_values(site.steps);
    found.by_rule(&call, naming);
    found.by_values(&call, naming, naming == Unknown);
    found.references
}

/// What the values of an ADF extension name. Known macros keep their rule there, under their key.
pub(crate) fn extension_references(call: &MacroCall, site: Site<'_>) -> Vec<Reference> {
    let call = call.with_json_values(site.steps);
    let key = call.text("extensionkey").unwrap_or_default().trim().to_lowercase();
    let (naming, is_whole_key) = extension_naming(&key);
    let title = beginning(call.text("extensiontitle").unwrap_or(&key).trim(), LONGEST_KEY).to_owned();
    let mut found = Found { construct: Construct::Extension(title), site, references: Vec::new() };
    found.by_rule(&call, naming);
    // a part of the key is a guess: it holds where it leads to a file
    let takes_names = naming == Unknown || (!is_whole_key && found.references.is_empty());
    found.by_values(&call, naming, takes_names);
    found.references
}

/// What the JSON value of an app's property names: known file ids, attachment ids and addresses of the own site, each as a
/// possible use. Plain names count for nothing there.
pub fn property_references(key: &str, json: &str, site: &OwnSite) -> Vec<Reference> {
    let parameter = Parameter { text: json.to_owned(), ..Parameter::new(Some(key)) };
    let call = MacroCall { parameters: vec![parameter], ..MacroCall::default() };
    let steps = Steps::for_bytes(json.len());
    let site = Site::new(site, &steps);
    let mut found = Found { construct: Construct::Property(key.to_owned()), site, references: Vec::new() };
    found.by_values(&call.with_json_values(site.steps), NoFile, false);
    for reference in &mut found.references {
        reference.certainty = Certainty::Possible;
    }
    found.references
}

/// What the CDATA body of a macro names, beyond complete URLs: only macros that render it can name anything there.
pub(crate) fn body_references(name: &str, text: &str, site: Site<'_>) -> Vec<Reference> {
    let naming = body_naming(name);
    if !matches!(naming, Html | Markdown | WikiMarkup) {
        return Vec::new();
    }
    let mut found = Found { construct: Construct::Macro(name.to_owned()), site, references: Vec::new() };
    if naming == Markdown {
        for (url, display) in urls_in::markdown(text, site.steps) {
            found.url(url, display);
        }
    }
    if matches!(naming, Html | Markdown) {
        for url in urls_in::style(text, site.steps) {
            found.url(url, Display::Shown);
        }
        for (url, display) in urls_in::html(text, site.steps) {
            found.url(&url, display);
        }
        for url in urls_in::script(text, site.steps) {
            found.url(url, Display::Linked);
        }
    }
    if naming == WikiMarkup {
        for (name, container, display) in wiki_markup::files(text) {
            found.file(name, container, display, Certainty::Possible, NameMatching::Loose);
        }
    }
    found.references
}

/// Whether a text that was not read may hold a macro that shows files of its page, or of another, without naming them.
pub(crate) fn may_show_unnamed_files(text: &str) -> bool {
    // the name may be spelled with entities, those in the text of a macro once more
    let once = html_escape::decode_html_entities(text);
    let text = html_escape::decode_html_entities(&once).to_ascii_lowercase();
    let stands_there = |name: &str| {
        text.match_indices(name).any(|(at, _)| {
            let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/');
            let (before, after) = (text[..at].chars().next_back(), text[at + name.len()..].chars().next());
            !before.is_some_and(is_word) && !after.is_some_and(is_word)
        })
    };
    table::showing_unnamed_files().any(stands_there)
}

/// Collects what one macro names.
struct Found<'a> {
    construct: Construct,
    site: Site<'a>,
    references: Vec<Reference>,
}

impl Found<'_> {
    /// The rule of a known macro.
    fn by_rule(&mut self, call: &MacroCall, naming: Naming) {
        match naming {
            Named(names) => {
                let page = call.page("page", "space");
                // bodies of old call it the default parameter
                let names = if call.has_any(names) { names } else { &[""][..] };
                for name in names.iter().flat_map(|name| call.texts(name)) {
                    self.named(name, page.as_ref());
                }
            }
            DrawIo | IncludedDrawIo => {
                self.diagram(diagrams::draw_io(call, naming == IncludedDrawIo));
            }
            Gliffy => self.diagram(diagrams::gliffy(call)),
            Mermaid => self.diagram(diagrams::mermaid(call)),
            Gallery => {
                let filter = call.filter("includelabel", "excludelabel");
                self.push(Target::Gallery(filter), Display::Shown, Certainty::Proven);
            }
            Attachments => {
                let filter = call.filter("labels", "");
                self.push(Target::AttachmentList(filter), Display::Listed, Certainty::Proven);
            }
            SpaceAttachments => {
                let space = call.text("space").map(|key| key.trim().to_owned());
                self.push(Target::SpaceAttachments { space }, Display::Listed, Certainty::Possible);
            }
            // `type = attachment` in a query, `type=attachment` as a parameter
            Search if call.parameters.iter().any(|one| one.text.to_ascii_lowercase().contains("attachment")) => {
                self.push(Target::SearchResults, Display::Listed, Certainty::Possible);
            }
            Untold => self.push(Target::UntoldNames, Display::Shown, Certainty::Possible),
            NoFile | Search | Html | Markdown | WikiMarkup | Unknown => {}
        }
    }

    /// What any parameter of any macro may name: identifiers, URLs, ids, and where nothing better is known
    /// (`takes_names`) the plain name of a file of the own page, or of the page that another parameter names.
    fn by_values(&mut self, call: &MacroCall, naming: Naming, takes_names: bool) {
        let page = if matches!(naming, Named(_)) { call.page("page", "space") } else { None };
        let mut containers = Vec::new();
        if takes_names {
            containers.push(ContainerRef::Own);
            containers.extend(call.page("page", "space").into_iter().chain(call.content("pageid")));
        }
        for parameter in &call.parameters {
            self.site.steps.look(parameter.text.len() + 1);
            if self.site.steps.are_used_up() {
                return;
            }
            for (name, container) in &parameter.attachments {
                let container = container.clone().or_else(|| page.clone()).unwrap_or(ContainerRef::Own);
                self.file(name.clone(), container, Display::Shown, Certainty::Proven, NameMatching::Loose);
            }
            for url in &parameter.urls {
                self.url_as(url, Display::Shown, Certainty::Proven);
            }
            self.value(&parameter.name, &parameter.text);
            if takes_names && !is_caption(parameter) && parameter.text.len() <= MAX_NAME_BYTES {
                self.exact_name(&parameter.text, &containers);
            }
        }
    }

    /// Addresses and ids in the text of a parameter.
    fn value(&mut self, key: &str, text: &str) {
        let value = text.trim();
        if value.is_empty() {
            return;
        }
        if value.contains('/') {
            self.url_as(value, Display::Shown, Certainty::Proven);
            let mut inner: Vec<String> = urls_in::style(value, self.site.steps).map(str::to_owned).collect();
            urls_in::text(value, self.site, |url| {
                self.site.steps.copy(url.len());
                inner.push(url.to_owned());
            });
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

    /// The generic rule: the whole value equals the name of a file, or names one with a caret.
    fn exact_name(&mut self, text: &str, containers: &[ContainerRef]) {
        if text.trim().is_empty() {
            return;
        }
        for container in containers {
            let (text, container) = (text.to_owned(), container.clone());
            self.file(text, container, Display::Shown, Certainty::Possible, NameMatching::Exact);
        }
        if let Some((name, container)) = wiki_markup::caret(text.trim()) {
            let container = container.unwrap_or(ContainerRef::Own);
            self.file(name, container, Display::Shown, Certainty::Possible, NameMatching::Exact);
        }
    }

    fn diagram(&mut self, files: Vec<diagrams::Named>) {
        for (name, container, certainty) in files {
            self.file(name, container, Display::Shown, certainty, NameMatching::Loose);
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
        if self.site.steps.are_used_up() {
            return;
        }
        for (target, own) in self.site.files(url) {
            self.push(target, display, certainty.max(own));
        }
    }

    fn push(&mut self, target: Target, display: Display, certainty: Certainty) {
        if self.site.steps.are_used_up() {
            return;
        }
        let reference = Reference { target, construct: self.construct.clone(), display, certainty };
        self.site.steps.make(&reference);
        self.references.push(reference);
    }
}

/// Attributes of an ADF node are captions, colours and alternative texts. What an app stores under the same key, among the
/// parameters of the node, may be a name.
fn is_caption(parameter: &Parameter) -> bool {
    let name = &*parameter.name;
    DESCRIPTIVE_KEYS.contains(&name) || (parameter.of_node && name != "parameters")
}

/// Blanks around `ri:attachment` made Confluence store the identifier as text:
/// `AttachmentResourceIdentifier[…,filename=NAME]`.
fn identifier_text(value: &str) -> Option<String> {
    let inner = value.split_once("AttachmentResourceIdentifier[")?.1;
    let name = inner.rsplit_once("filename=")?.1;
    let name = name.strip_suffix(']').unwrap_or(name);
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifier_kept_as_text() {
        let text = "AttachmentResourceIdentifier[com.atlassian…PageResourceIdentifier@1,filename=net.drawio]";
        assert_eq!(identifier_text(text).as_deref(), Some("net.drawio"));
        assert_eq!(identifier_text("filename=net.drawio"), None);
    }
}
