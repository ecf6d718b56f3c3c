//! The references of one macro: by the rule that its name has, by the values of its parameters, and by the wiki markup in
//! its body.

use crate::reference::{Certainty, Construct, ContainerRef, Display, NameMatching, Reference, Target};
use crate::steps::Site;
use crate::url::{attachment_digits, is_uuid, percent_decode};
use crate::urls_in;

use super::call::{MacroCall, Parameter};
use super::table::Naming::{
    self, Attachments, DrawIo, Gallery, Gliffy, Html, IncludedDrawIo, Markdown, Mermaid, Named, NoFile, PlantUml,
    Search, SpaceAttachments, Unknown, Untold, WikiMarkup,
};
use super::wiki_markup::{self, Destination, Piece};
use super::{body_references, diagrams, references};

/// Keys that describe an ADF extension.
const DESCRIPTIVE_KEYS: &[&str] =
    &["extensionkey", "extensiontype", "extensionid", "extensiontitle", "localid", "layout"];

/// Longest value that can be a file name.
const MAX_NAME_BYTES: usize = 1_024;

/// Pages that the parameters of one macro may name, beside the own one.
const MAX_PAGES: usize = 4;

/// Collects what one macro names.
pub(super) struct Found<'a> {
    pub(super) construct: Construct,
    pub(super) site: Site<'a>,
    pub(super) references: Vec<Reference>,
}

impl Found<'_> {
    /// The rule of a known macro.
    pub(super) fn by_rule(&mut self, call: &MacroCall, naming: Naming) {
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
            // an app that took over draw.io's parameters may have taken over its files
            Unknown if call.text("diagramname").is_some() => {
                let files = diagrams::draw_io(call, true).into_iter();
                self.diagram(files.map(|(name, page, _)| (name, page, Certainty::Possible)).collect());
            }
            Gliffy => self.diagram(diagrams::gliffy(call)),
            Mermaid => self.diagram(diagrams::mermaid(call)),
            PlantUml => self.diagram(diagrams::plant_uml(call)),
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
    pub(super) fn by_values(&mut self, call: &MacroCall, naming: Naming, takes_names: bool) {
        let page = if matches!(naming, Named(_)) { call.page("page", "space") } else { None };
        let mut containers = Vec::new();
        if takes_names {
            containers.push(ContainerRef::Own);
            containers.extend(call.page("page", "space").into_iter().chain(call.pages_by_id()).take(MAX_PAGES));
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
            if takes_names && !is_caption(parameter) {
                self.exact_names(&parameter.text, &containers);
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
        if value.contains("%2F") || value.contains("%2f") {
            self.site.steps.copy(value.len());
            self.url(&percent_decode(value), Display::Shown);
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
        self.site.steps.look(PASSES_OVER_A_LIST * text.len());
        for name in listed_names(text) {
            if self.site.steps.are_used_up() {
                return;
            }
            self.file(name.to_owned(), container.clone(), Display::Shown, Certainty::Possible, NameMatching::Exact);
        }
        self.file(text.to_owned(), container, Display::Shown, Certainty::Proven, NameMatching::Loose);
    }

    /// The generic rule for the whole value, and for each of the names where it may be a list of them.
    fn exact_names(&mut self, text: &str, containers: &[ContainerRef]) {
        if text.len() <= MAX_NAME_BYTES {
            self.exact_name(text, containers);
        }
        self.site.steps.look(PASSES_OVER_A_LIST * text.len());
        for name in listed_names(text) {
            if self.site.steps.are_used_up() {
                return;
            }
            self.exact_name(name, containers);
        }
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

    /// What wiki markup names, as its renderer of old reads it.
    pub(super) fn wiki_markup(&mut self, text: &str) {
        let markup = wiki_markup::read(text, self.site.steps);
        for piece in markup.pieces {
            if self.site.steps.are_used_up() {
                return;
            }
            let (destination, display) = match piece {
                Piece::Macro(call) => {
                    self.references.extend(references(&call, self.site));
                    continue;
                }
                Piece::Body { name, text } => {
                    self.references.extend(body_references(&name, text, self.site));
                    continue;
                }
                Piece::Image(destination) => (destination, Display::Shown),
                Piece::Link(destination) => (destination, Display::Linked),
            };
            match destination {
                Destination::File { name, container } => {
                    self.file(name, container, display, Certainty::Possible, NameMatching::Loose);
                }
                Destination::Address(url) => self.url(&url, display),
            }
        }
        if !markup.without_samples.trim().is_empty() {
            self.push(Target::NamesIn { text: markup.without_samples }, Display::Linked, Certainty::Possible);
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

    pub(super) fn url(&mut self, url: &str, display: Display) {
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
        let display = target.display_in(display);
        let reference = Reference { target, construct: self.construct.clone(), display, certainty };
        self.site.steps.make(&reference);
        self.references.push(reference);
    }
}

/// How often a list of names is looked at, by each mark and for each.
const PASSES_OVER_A_LIST: usize = 10;

/// The names in a text that may be a list of them: none where it is a single one. A name may itself hold what separates
/// names in another list, so each mark is tried alone, and all of them together.
fn listed_names(text: &str) -> impl Iterator<Item = &str> {
    const MARKS: [char; 4] = [',', ';', '|', '\n'];
    let present = MARKS.into_iter().filter(|mark| text.contains(*mark));
    let is_mixed = present.clone().count() > 1;
    let by_one = present.flat_map(|mark| text.split(mark));
    let by_any = is_mixed.then(|| text.split(MARKS)).into_iter().flatten();
    // a name without an extension in a list is a word
    by_one.chain(by_any).map(str::trim).filter(|part| part.len() <= MAX_NAME_BYTES && part.contains('.'))
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
