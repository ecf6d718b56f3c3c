//! Collects the references of one macro: by the rule for its name, from the values of its parameters, and from wiki
//! markup in its body.

use crate::extract_urls;
use crate::reference::{Certainty, Construct, ContainerRef, Display, NameMatching, Reference, Target};
use crate::steps::CountedSite;
use crate::url::{attachment_digits, is_uuid, percent_decode};

use super::call::{MacroCall, Parameter};
use super::table::Naming::{
    self, Attachments, DrawIo, Gallery, Gliffy, Html, IncludedDrawIo, Markdown, Mermaid, Named, NoFile, PlantUml,
    Search, SpaceAttachments, Unknown, UnknownNames, WikiMarkup,
};
use super::wiki_markup::{self, WikiPiece, WikiTarget};
use super::{body_references, diagrams, references};

/// Keys that describe an ADF extension instead of naming a file.
const DESCRIPTIVE_KEYS: &[&str] =
    &["extensionkey", "extensiontype", "extensionid", "extensiontitle", "localid", "layout"];

/// Longest value that can be a file name.
const MAX_NAME_BYTES: usize = 1_024;

/// Most pages that the parameters of one macro may name, in addition to the content's own page.
const MAX_PAGES: usize = 4;

pub(super) struct MacroReferences<'a> {
    pub(super) construct: Construct,
    pub(super) site: CountedSite<'a>,
    pub(super) references: Vec<Reference>,
}

impl MacroReferences<'_> {
    /// Adds references by the rule of a known macro.
    pub(super) fn by_rule(&mut self, call: &MacroCall, naming: Naming) {
        match naming {
            Named(names) => {
                let page = call.page("page", "space");
                // legacy bodies use the default parameter
                let names = if call.has_any(names) { names } else { &[""][..] };
                for name in names.iter().flat_map(|name| call.texts(name)) {
                    self.named(name, page.as_ref());
                }
            }
            DrawIo | IncludedDrawIo => {
                self.diagram(diagrams::draw_io(call, naming == IncludedDrawIo));
            }
            // an app that uses draw.io's parameters may use its files too
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
            UnknownNames => self.push(Target::UnknownNames, Display::Shown, Certainty::Possible),
            NoFile | Search | Html | Markdown | WikiMarkup | Unknown => {}
        }
    }

    /// Adds what any parameter of any macro may name: identifiers, URLs and ids. With `takes_names`, for macros without
    /// a better rule, also the plain name of a file of the content's own page, or of a page that another parameter
    /// names.
    pub(super) fn by_values(&mut self, call: &MacroCall, naming: Naming, takes_names: bool) {
        let page = if matches!(naming, Named(_)) { call.page("page", "space") } else { None };
        let mut containers = Vec::new();
        if takes_names {
            containers.push(ContainerRef::Own);
            containers.extend(call.page("page", "space").into_iter().chain(call.pages_by_id()).take(MAX_PAGES));
        }
        for parameter in &call.parameters {
            self.site.steps.count_read(parameter.text.len() + 1);
            if self.site.steps.are_exhausted() {
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

    /// Adds the addresses and ids in the text of a parameter.
    fn value(&mut self, key: &str, text: &str) {
        let value = text.trim();
        if value.is_empty() {
            return;
        }
        if value.contains('/') {
            self.url_as(value, Display::Shown, Certainty::Proven);
            let mut inner: Vec<String> = extract_urls::style(value, self.site.steps).map(str::to_owned).collect();
            extract_urls::text(value, self.site, |url| {
                self.site.steps.count_copy(url.len());
                inner.push(url.to_owned());
            });
            inner.iter().filter(|url| *url != value).for_each(|url| self.url(url, Display::Linked));
        }
        if value.contains("%2F") || value.contains("%2f") {
            self.site.steps.count_copy(value.len());
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

    /// Adds the name in a known file macro: plain, or in wiki style with a caret.
    fn named(&mut self, text: &str, page: Option<&ContainerRef>) {
        let container = page.cloned().unwrap_or(ContainerRef::Own);
        if let Some((name, named)) = wiki_markup::caret(text.trim()) {
            let container = named.unwrap_or_else(|| container.clone());
            self.file(name, container, Display::Shown, Certainty::Possible, NameMatching::Loose);
        }
        self.site.steps.count_read(PASSES_OVER_A_LIST * text.len());
        for name in listed_names(text) {
            if self.site.steps.are_exhausted() {
                return;
            }
            self.file(name.to_owned(), container.clone(), Display::Shown, Certainty::Possible, NameMatching::Exact);
        }
        self.file(text.to_owned(), container, Display::Shown, Certainty::Proven, NameMatching::Loose);
    }

    /// Applies the generic rule to the entire value, and to each name if it may be a list of names.
    fn exact_names(&mut self, text: &str, containers: &[ContainerRef]) {
        if text.len() <= MAX_NAME_BYTES {
            self.exact_name(text, containers);
        }
        self.site.steps.count_read(PASSES_OVER_A_LIST * text.len());
        for name in listed_names(text) {
            if self.site.steps.are_exhausted() {
                return;
            }
            self.exact_name(name, containers);
        }
    }

    /// Applies the generic rule: the entire value equals the name of a file, or names one with a caret.
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

    /// Adds the references in wiki markup.
    pub(super) fn wiki_markup(&mut self, text: &str) {
        let markup = wiki_markup::read(text, self.site.steps);
        for piece in markup.pieces {
            if self.site.steps.are_exhausted() {
                return;
            }
            let (destination, display) = match piece {
                WikiPiece::Macro(call) => {
                    self.references.extend(references(&call, self.site));
                    continue;
                }
                WikiPiece::Body { name, text } => {
                    self.references.extend(body_references(&name, text, self.site));
                    continue;
                }
                WikiPiece::Image(destination) => (destination, Display::Shown),
                WikiPiece::Link(destination) => (destination, Display::Linked),
            };
            match destination {
                WikiTarget::File { name, container } => {
                    self.file(name, container, display, Certainty::Possible, NameMatching::Loose);
                }
                WikiTarget::Address(url) => self.url(&url, display),
            }
        }
        if !markup.without_samples.trim().is_empty() {
            self.push(Target::NamesInText { text: markup.without_samples }, Display::Linked, Certainty::Possible);
        }
    }

    fn diagram(&mut self, files: Vec<diagrams::DiagramFile>) {
        for (name, container, certainty) in files {
            self.file(name, container, Display::Shown, certainty, NameMatching::Loose);
        }
    }

    /// Adds a file by name. The trimmed name is a second reading, because file names may begin or end with spaces.
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
        if self.site.steps.are_exhausted() {
            return;
        }
        for (target, own) in self.site.files(url) {
            self.push(target, display, certainty.max(own));
        }
    }

    fn push(&mut self, target: Target, display: Display, certainty: Certainty) {
        if self.site.steps.are_exhausted() {
            return;
        }
        let display = target.display_in(display);
        let reference = Reference { target, construct: self.construct.clone(), display, certainty };
        self.site.steps.count_reference(&reference);
        self.references.push(reference);
    }
}

/// Number of passes over a list of names: two for each of the four separators, and two for all of them.
const PASSES_OVER_A_LIST: usize = 10;

/// Iterates over the names in a text that may be a list of names; none if it is a single name. A name may contain a
/// character that separates names in another list, so each separator is tried alone, and then all of them together.
fn listed_names(text: &str) -> impl Iterator<Item = &str> {
    const SEPARATORS: [char; 4] = [',', ';', '|', '\n'];
    let present = SEPARATORS.into_iter().filter(|separator| text.contains(*separator));
    let is_mixed = present.clone().count() > 1;
    let by_one = present.flat_map(|separator| text.split(separator));
    let by_any = is_mixed.then(|| text.split(SEPARATORS)).into_iter().flatten();
    // in a list, a part without an extension is a word, not a file name
    by_one.chain(by_any).map(str::trim).filter(|part| part.len() <= MAX_NAME_BYTES && part.contains('.'))
}

/// Whether a parameter is a caption, colour or alternative text, as the attributes of an ADF node are. A value that an
/// app stores under the same key, among the parameters of the node, may be a name.
fn is_caption(parameter: &Parameter) -> bool {
    let name = &*parameter.name;
    DESCRIPTIVE_KEYS.contains(&name) || (parameter.of_node && name != "parameters")
}

/// Returns the file name in an identifier that Confluence stored as text because of whitespace around `ri:attachment`:
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
    fn an_identifier_stored_as_text_names_its_file() {
        let text = "AttachmentResourceIdentifier[com.atlassian…PageResourceIdentifier@1,filename=net.drawio]";
        assert_eq!(identifier_text(text).as_deref(), Some("net.drawio"));
        assert_eq!(identifier_text("filename=net.drawio"), None);
    }
}
