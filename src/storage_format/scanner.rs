//! The state of one pass over a body: which elements are open, and what they have named so far.
//!
//! The strict and the lenient pass feed the same scanner. It keeps a frame only for the elements that matter; all
//! others are transparent containers (`storage-format.md` 2.1). There is no recursion, and the number of frames kept
//! is bounded, so that no nesting can exhaust memory or stack.

use std::borrow::Cow;
use std::collections::HashSet;

use html_escape::decode_html_entities;

use super::attributes::Attributes;
use super::macros::{self, MacroCall, Parameter};
use super::url::UrlMeaning;
use super::{
    Body, Certainty, Construct, ContainerRef, Display, NameMatching, OwnSite, PageLink, Reading, Reference, Target,
    html, text_urls,
};

/// Frames beyond this depth are not kept; only hostile bodies get there.
const MAX_FRAMES: usize = 10_000;

pub(super) struct Scanner<'a> {
    site: &'a OwnSite,
    frames: Vec<Frame<'a>>,
    body: Body,
    seen: HashSet<Reference>,
    /// Visible text with its entities undecoded.
    text: String,
    /// Where text goes, kept in step with the frames.
    sink: Sink,
}

struct Frame<'a> {
    name: &'a str,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Image,
    Link,
    /// The text of a link, or its CDATA.
    LinkBody,
    Attachment {
        filename: Option<Cow<'a, str>>,
        container: Option<(ContainerRef, Certainty)>,
    },
    Macro(Box<MacroCall>),
    Parameter(Box<Parameter>),
    PlainTextBody,
    /// `ac:adf-extension`: a Forge, Connect or new-editor node.
    Extension(Box<MacroCall>),
    /// `ac:adf-attribute`, `ac:adf-parameter`, `ac:adf-parameter-value`.
    ExtensionValue {
        key: String,
        text: String,
    },
    Fallback,
    /// Machine text, such as a task's number.
    Hidden,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sink {
    Visible,
    LinkBody,
    Parameter,
    PlainTextBody,
    ExtensionValue,
    Fallback,
    Nowhere,
}

impl Kind<'_> {
    fn sink(&self) -> Option<Sink> {
        match self {
            Self::LinkBody => Some(Sink::LinkBody),
            Self::Parameter(_) => Some(Sink::Parameter),
            Self::PlainTextBody => Some(Sink::PlainTextBody),
            Self::ExtensionValue { .. } => Some(Sink::ExtensionValue),
            Self::Fallback => Some(Sink::Fallback),
            Self::Hidden => Some(Sink::Nowhere),
            _ => None,
        }
    }
}

impl<'a> Scanner<'a> {
    pub(super) fn new(site: &'a OwnSite) -> Self {
        Self {
            site,
            frames: Vec::new(),
            body: Body::default(),
            seen: HashSet::new(),
            text: String::new(),
            sink: Sink::Visible,
        }
    }

    /// An element begins. A self-closing one is opened and closed.
    pub(super) fn open(&mut self, name: &'a str, attributes: Attributes<'a>) {
        let kind = match name {
            "ac:image" => {
                self.body.structure.images += 1;
                Kind::Image
            }
            "ac:link" => {
                self.body.structure.links += 1;
                Kind::Link
            }
            "ac:link-body" | "ac:plain-text-link-body" => Kind::LinkBody,
            "ri:attachment" => Kind::Attachment { filename: attributes.get("ri:filename"), container: None },
            "ri:page" | "ri:blog-post" | "ri:content-entity" | "ri:space" => {
                return self.resource(name, attributes);
            }
            "ri:url" => return self.resource_url(attributes),
            "ac:structured-macro" | "ac:macro" => self.macro_frame(attributes),
            "ac:parameter" => Kind::Parameter(Box::new(Parameter::new(attributes.get("ac:name").as_deref()))),
            "ac:default-parameter" => Kind::Parameter(Box::new(Parameter::new(None))),
            "ac:plain-text-body" => Kind::PlainTextBody,
            "ac:adf-extension" => Kind::Extension(Box::default()),
            "ac:adf-attribute" | "ac:adf-parameter" | "ac:adf-parameter-value" => {
                Kind::ExtensionValue { key: self.extension_key(attributes), text: String::new() }
            }
            "ac:adf-fallback" => Kind::Fallback,
            "ac:task-id" | "ac:task-uuid" | "ac:task-status" => Kind::Hidden,
            _ => return self.plain(name, attributes),
        };
        if attributes.0.len() > 8 {
            self.attribute_urls(attributes);
        }
        if self.frames.len() < MAX_FRAMES {
            self.sink = kind.sink().unwrap_or(self.sink);
            self.frames.push(Frame { name, kind });
        }
    }

    /// An element ends. In a body that is not well-formed the frames above its own end with it; an end without a
    /// beginning is ignored.
    pub(super) fn close(&mut self, name: &str) {
        if !is_inline(name) {
            self.text.push(' ');
        }
        if !name.starts_with("ac:") && name != "ri:attachment" {
            return;
        }
        let Some(at) = self.frames.iter().rposition(|frame| frame.name == name) else { return };
        while self.frames.len() > at {
            self.end_frame();
        }
    }

    /// Text outside CDATA; an entity arrives as its own piece, undecoded.
    pub(super) fn text(&mut self, raw: &str) {
        match self.sink {
            Sink::Visible | Sink::LinkBody => self.text.push_str(raw),
            Sink::Nowhere | Sink::Fallback => {}
            Sink::Parameter | Sink::ExtensionValue | Sink::PlainTextBody => self.captured(raw),
        }
    }

    /// A CDATA section: link text, or code that is no text of the page.
    pub(super) fn cdata(&mut self, text: &str) {
        match self.sink {
            Sink::LinkBody => self.text.push_str(&html_escape::encode_text(text)),
            Sink::Parameter | Sink::ExtensionValue => {
                let escaped = html_escape::encode_text(text).into_owned();
                self.captured(&escaped);
            }
            Sink::Fallback => {
                let urls = html::urls(text);
                for (url, display) in urls {
                    self.url(&url, &Construct::Fallback, display, Certainty::Proven);
                }
            }
            Sink::Visible | Sink::PlainTextBody | Sink::Nowhere => {
                if let Some(call) = self.innermost_macro() {
                    let references = macros::body_references(&call.name, text, self.site);
                    self.push_all(references);
                }
                self.text_urls(text);
            }
        }
    }

    /// The body is read: ends what is still open and hands over what was found.
    pub(super) fn finish(mut self, reading: Reading) -> Body {
        while !self.frames.is_empty() {
            self.end_frame();
        }
        let text = std::mem::take(&mut self.text);
        let text = decode_html_entities(&text);
        self.text_urls(&text);
        let structure = &mut self.body.structure;
        for word in text.split_whitespace() {
            structure.words = structure.words.saturating_add(1);
            structure.characters =
                structure.characters.saturating_add(u32::try_from(word.chars().count()).unwrap_or(0));
        }
        self.body.reading = reading;
        self.body
    }

    fn macro_frame(&mut self, attributes: Attributes<'a>) -> Kind<'a> {
        let name = attributes.get("ac:name").unwrap_or_default().to_lowercase();
        *self.body.structure.macros.entry(name.clone()).or_default() += 1;
        Kind::Macro(Box::new(MacroCall { name, ..MacroCall::default() }))
    }

    /// The key of an ADF value; a value without one belongs to the parameter around it.
    fn extension_key(&self, attributes: Attributes<'a>) -> String {
        if let Some(key) = attributes.get("key") {
            return key.into_owned();
        }
        self.frames
            .iter()
            .rev()
            .find_map(|frame| match &frame.kind {
                Kind::ExtensionValue { key, .. } => Some(key.clone()),
                _ => None,
            })
            .unwrap_or_default()
    }

    /// An element without a meaning of its own: only its URLs count.
    fn plain(&mut self, name: &str, attributes: Attributes<'a>) {
        let structure = &mut self.body.structure;
        match name {
            "img" => structure.images += 1,
            "table" => structure.tables += 1,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => structure.headings += 1,
            "ac:task" => structure.tasks += 1,
            "a" => structure.links += 1,
            _ => {}
        }
        if !is_inline(name) {
            self.text.push(' ');
        }
        if attributes.0.len() > 4 {
            self.element_urls(name, attributes);
            self.attribute_urls(attributes);
        }
    }

    fn element_urls(&mut self, name: &str, attributes: Attributes<'a>) {
        let (keys, mut display): (&[&str], Display) = match name {
            "a" | "area" => (&["href"], Display::Linked),
            "img" | "iframe" | "embed" | "source" | "video" | "audio" | "track" | "input" => {
                (&["src", "srcset", "poster", "href"], Display::Shown)
            }
            "object" => (&["data"], Display::Shown),
            _ => return,
        };
        // a smart link as block or embed shows the file itself
        if name == "a" && matches!(attributes.get("data-card-appearance").as_deref(), Some("block" | "embed")) {
            display = Display::Shown;
        }
        let construct = if self.in_fallback() { Construct::Fallback } else { Construct::Url };
        for key in keys {
            let Some(value) = attributes.get(key) else { continue };
            if *key == "srcset" {
                for url in html::srcset_urls(&value) {
                    self.url(url, &construct, display, Certainty::Proven);
                }
            } else {
                self.url(&value, &construct, display, Certainty::Proven);
            }
        }
    }

    /// `style="…url(…)…"` and attributes that name a background.
    fn attribute_urls(&mut self, attributes: Attributes<'a>) {
        let raw = attributes.0.as_bytes();
        if memchr::memchr(b'(', raw).is_none() && memchr::memmem::find(raw, b"ackground").is_none() {
            return;
        }
        for (name, value) in attributes.iter() {
            let value = decode_html_entities(value);
            if name.contains("background") {
                self.url(&value, &Construct::Url, Display::Shown, Certainty::Possible);
            }
            for url in html::style_urls(&value) {
                self.url(url, &Construct::Url, Display::Shown, Certainty::Possible);
            }
        }
    }

    /// `ri:page` and its kin: the container of an attachment, the target of a link, or a macro's page.
    fn resource(&mut self, name: &str, attributes: Attributes<'a>) {
        let Some((container, certainty)) = container_of(name, attributes) else { return };
        match self.frames.last_mut().map(|frame| &mut frame.kind) {
            Some(Kind::Attachment { container: slot, .. }) => {
                slot.get_or_insert((container, certainty));
            }
            Some(Kind::Parameter(parameter)) => parameter.pages.push(container),
            _ => match container {
                ContainerRef::Page { title, space } => self.body.page_links.push(PageLink::Title { title, space }),
                ContainerRef::Content(id) => self.body.page_links.push(PageLink::Id(id)),
                _ => {}
            },
        }
    }

    fn resource_url(&mut self, attributes: Attributes<'a>) {
        let Some(url) = attributes.get("ri:value") else { return };
        for at in (0..self.frames.len()).rev() {
            match &mut self.frames[at].kind {
                Kind::Parameter(parameter) => return parameter.urls.push(url.into_owned()),
                Kind::Image => return self.url(&url, &Construct::Image, Display::Shown, Certainty::Proven),
                Kind::Link => return self.url(&url, &Construct::Link, Display::Linked, Certainty::Proven),
                _ => {}
            }
        }
        self.url(&url, &Construct::Url, Display::Linked, Certainty::Proven);
    }

    fn captured(&mut self, raw: &str) {
        for frame in self.frames.iter_mut().rev() {
            match &mut frame.kind {
                Kind::Parameter(parameter) => return parameter.text.push_str(raw),
                Kind::ExtensionValue { text, .. } => return text.push_str(raw),
                Kind::PlainTextBody => return,
                _ => {}
            }
        }
    }

    fn in_fallback(&self) -> bool {
        self.frames.iter().any(|frame| matches!(frame.kind, Kind::Fallback))
    }

    fn innermost_macro(&self) -> Option<&MacroCall> {
        self.frames.iter().rev().find_map(|frame| match &frame.kind {
            Kind::Macro(call) => Some(call.as_ref()),
            _ => None,
        })
    }

    fn end_frame(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        self.sink = self.frames.iter().rev().find_map(|frame| frame.kind.sink()).unwrap_or(Sink::Visible);
        match frame.kind {
            Kind::Attachment { filename: Some(filename), container } if !filename.is_empty() => {
                self.end_attachment(filename.into_owned(), container);
            }
            Kind::Parameter(mut parameter) => {
                parameter.text = decode_html_entities(&parameter.text).into_owned();
                match self
                    .frames
                    .iter_mut()
                    .rev()
                    .map(|frame| &mut frame.kind)
                    .find(|kind| matches!(kind, Kind::Macro(_)))
                {
                    Some(Kind::Macro(call)) => call.parameters.push(*parameter),
                    // a parameter that lost its macro in a broken body is read like that of an unknown one
                    _ => self.end_macro(MacroCall { parameters: vec![*parameter], ..MacroCall::default() }),
                }
            }
            Kind::Macro(call) => self.end_macro(*call),
            Kind::ExtensionValue { key, text } => self.end_extension_value(&key, &text),
            Kind::Extension(call) => {
                self.push_all(macros::extension_references(&call, self.site));
            }
            _ => {}
        }
    }

    fn end_attachment(&mut self, name: String, container: Option<(ContainerRef, Certainty)>) {
        let (container, certainty) = match container {
            Some((container, certainty)) => (Some(container), certainty),
            None => (None, Certainty::Proven),
        };
        let mut construct = (Construct::BareIdentifier, Display::Linked, Certainty::Possible);
        for frame in self.frames.iter_mut().rev() {
            construct = match &mut frame.kind {
                Kind::Parameter(parameter) => return parameter.attachments.push((name, container)),
                Kind::Image => (Construct::Image, Display::Shown, certainty),
                Kind::Link => (Construct::Link, Display::Linked, certainty),
                Kind::Macro(call) => (Construct::Macro(call.name.clone()), Display::Shown, certainty),
                Kind::Extension(_) => (Construct::Extension(String::new()), Display::Shown, certainty),
                _ => continue,
            };
            break;
        }
        let (construct, display, certainty) = construct;
        let container = container.unwrap_or(ContainerRef::Own);
        let target = Target::File { name, other_readings: Vec::new(), container, matching: NameMatching::Loose };
        self.push(Reference { target, construct, display, certainty });
    }

    fn end_macro(&mut self, call: MacroCall) {
        self.push_all(macros::references(&call, self.site));
        for parameter in call.parameters {
            for page in parameter.pages {
                if let ContainerRef::Page { title, space } = page {
                    self.body.page_links.push(PageLink::Title { title, space });
                }
            }
        }
    }

    fn end_extension_value(&mut self, key: &str, raw: &str) {
        let text = decode_html_entities(raw);
        if text.trim().is_empty() {
            return;
        }
        let parameter = Parameter { text: text.into_owned(), ..Parameter::new(Some(key)) };
        let extension = self.frames.iter_mut().rev().find_map(|frame| match &mut frame.kind {
            Kind::Extension(call) => Some(call),
            _ => None,
        });
        if let Some(call) = extension {
            call.parameters.push(parameter);
        } else {
            let call = MacroCall { parameters: vec![parameter], ..MacroCall::default() };
            self.push_all(macros::extension_references(&call, self.site));
        }
    }

    fn text_urls(&mut self, text: &str) {
        let site = self.site;
        text_urls::each(text, site, |url| self.url(url, &Construct::UrlInText, Display::Linked, Certainty::Possible));
    }

    /// Notes what an address names. `certainty` is the most that its place allows.
    fn url(&mut self, url: &str, construct: &Construct, display: Display, certainty: Certainty) {
        match self.site.meaning(url) {
            Some(UrlMeaning::Files(targets)) => {
                for (target, own) in targets {
                    let certainty = certainty.max(own);
                    self.push(Reference { target, construct: construct.clone(), display, certainty });
                }
            }
            Some(UrlMeaning::ContentId(id)) => self.body.page_links.push(PageLink::Id(id)),
            Some(UrlMeaning::PageTitle { space, title }) => {
                self.body.page_links.push(PageLink::Title { title, space: Some(space) });
            }
            None => {}
        }
    }

    fn push_all(&mut self, references: Vec<Reference>) {
        for reference in references {
            self.push(reference);
        }
    }

    fn push(&mut self, reference: Reference) {
        if self.seen.insert(reference.clone()) {
            self.body.references.push(reference);
        }
    }
}

/// The container an identifier element names, and how sure that form is (`storage-format.md` 2.1).
fn container_of(name: &str, attributes: Attributes<'_>) -> Option<(ContainerRef, Certainty)> {
    let get = |key| attributes.get(key).map(Cow::into_owned);
    let space = || get("ri:space-key").filter(|key| !key.is_empty());
    let by_id = |certainty| Some((ContainerRef::Content(get("ri:content-id")?), certainty));
    match name {
        "ri:page" => match get("ri:content-title") {
            Some(title) => Some((ContainerRef::Page { title, space: space() }, Certainty::Proven)),
            None => by_id(Certainty::Possible),
        },
        "ri:blog-post" => match get("ri:content-title") {
            Some(title) => {
                let container = ContainerRef::BlogPost { title, day: get("ri:posting-day"), space: space() };
                Some((container, Certainty::Proven))
            }
            None => by_id(Certainty::Possible),
        },
        "ri:content-entity" => by_id(Certainty::Proven),
        _ => Some((ContainerRef::Space { space: space() }, Certainty::Possible)),
    }
}

/// Elements that do not end a word.
fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "a" | "b"
            | "i"
            | "u"
            | "s"
            | "em"
            | "strong"
            | "span"
            | "code"
            | "sub"
            | "sup"
            | "del"
            | "ins"
            | "small"
            | "big"
            | "font"
            | "ac:inline-comment-marker"
            | "ac:link"
            | "ac:link-body"
    )
}
