//! The state of one pass over a body: which elements are open, and what they have named so far.
//!
//! The strict and the lenient pass feed the same scanner. There is no recursion, and the number of frames kept is
//! bounded, so that no nesting can exhaust memory or stack. What an element means is decided when it ends
//! (`endings.rs`); what an address means, at once (`addresses.rs`).

use std::borrow::Cow;
use std::collections::HashSet;

use html_escape::decode_html_entities;

use super::attributes::Attributes;
use super::frame::{Frame, Kind, MAX_FRAMES, Sink};
use super::macros;
use super::measures::Gatherer;
use super::parameters::{MacroCall, Parameter};
use super::{Body, Certainty, Construct, ContainerRef, Depth, OwnSite, Reading, Reference, html};

pub(super) struct Scanner<'a> {
    pub(super) site: &'a OwnSite,
    pub(super) frames: Vec<Frame<'a>>,
    pub(super) body: Body,
    /// Takes down what the body measures, where that is wanted.
    pub(super) gatherer: Option<Box<Gatherer<'a>>>,
    /// Visible text with its entities undecoded.
    text: String,
    /// Where text goes, kept in step with the frames.
    sink: Sink,
}

impl<'a> Scanner<'a> {
    /// `bytes` is the size of the body.
    pub(super) fn new(site: &'a OwnSite, depth: Depth<'a>, bytes: usize) -> Self {
        let gatherer = match depth {
            Depth::References => None,
            Depth::Measures(todo) => Some(Box::new(Gatherer::new(site, todo))),
        };
        // seldom more than half of a body is text
        let text = String::with_capacity(bytes / 2);
        Self { site, frames: Vec::new(), body: Body::default(), gatherer, text, sink: Sink::Visible }
    }

    /// An element begins. A self-closing one is opened and closed. Returns whether it was understood: nested too
    /// deeply, it is not.
    pub(super) fn open(&mut self, name: &'a str, attributes: Attributes<'a>) -> bool {
        if let Some(gatherer) = &mut self.gatherer {
            gatherer.open(name, attributes);
        }
        // most tags are plain HTML: they need not be held against every name below
        if !matches!(name.as_bytes(), [b'a', b'c', b':', ..] | [b'r', b'i', b':', ..]) {
            self.plain(name, attributes);
            return true;
        }
        let kind = match name {
            "ac:image" => {
                self.image_urls(attributes);
                Kind::Image
            }
            "ac:link" => Kind::Link,
            "ac:link-body" | "ac:plain-text-link-body" => Kind::LinkBody,
            "ri:attachment" => Kind::Attachment { filename: attributes.get("ri:filename"), container: None },
            "ri:page" | "ri:blog-post" | "ri:content-entity" | "ri:space" => {
                self.resource(name, attributes);
                return true;
            }
            "ri:url" => {
                self.resource_url(attributes);
                return true;
            }
            "ac:structured-macro" | "ac:macro" => self.macro_frame(attributes),
            "ac:parameter" => Kind::Parameter(Box::new(Parameter::new(attributes.get("ac:name").as_deref()))),
            "ac:default-parameter" => Kind::Parameter(Box::new(Parameter::new(None))),
            "ac:plain-text-body" => Kind::PlainTextBody { text: String::new() },
            "ac:adf-extension" => Kind::Extension(Box::default()),
            "ac:adf-attribute" | "ac:adf-parameter" | "ac:adf-parameter-value" => {
                Kind::ExtensionValue { key: self.extension_key(attributes), text: String::new() }
            }
            "ac:adf-fallback" => Kind::Fallback { text: String::new() },
            "ac:task-id" | "ac:task-uuid" | "ac:task-status" => Kind::Hidden,
            _ => {
                self.owner_of_no_content(name);
                self.plain(name, attributes);
                return true;
            }
        };
        if attributes.0.len() > 8 {
            self.attribute_urls(attributes);
        }
        if self.frames.len() >= MAX_FRAMES {
            return false;
        }
        self.sink = kind.sink().unwrap_or(self.sink);
        if let Some(gatherer) = &mut self.gatherer {
            gatherer.enter(&kind);
        }
        self.frames.push(Frame { name, kind, damaged: false });
        true
    }

    /// An element ends. In a body that is not well-formed the frames above its own end with it; an end without a
    /// beginning is ignored.
    pub(super) fn close(&mut self, name: &str) {
        if !is_inline(name) {
            self.text.push(' ');
        }
        // only these have frames; most ends are of other elements
        if (name.starts_with("ac:") || name == "ri:attachment")
            && let Some(at) = self.frames.iter().rposition(|frame| frame.name == name)
        {
            while self.frames.len() > at {
                self.end_frame();
            }
        }
        if let Some(gatherer) = &mut self.gatherer {
            gatherer.close(name);
        }
    }

    /// Something in the open elements could not be understood: a broken tag, or the end of the body.
    pub(super) fn damage(&mut self) {
        // the frames below a damaged one are damaged already
        for frame in self.frames.iter_mut().rev().take_while(|frame| !frame.damaged) {
            frame.damaged = true;
        }
    }

    /// Text outside CDATA; an entity arrives as its own piece, undecoded.
    pub(super) fn text(&mut self, raw: &str) {
        match self.sink {
            Sink::Visible | Sink::LinkBody => self.visible(raw),
            Sink::Nowhere => self.hidden(raw),
            Sink::Parameter | Sink::ExtensionValue | Sink::PlainTextBody | Sink::Fallback => self.captured(raw),
        }
    }

    fn visible(&mut self, raw: &str) {
        self.text.push_str(raw);
        if let Some(gatherer) = &mut self.gatherer {
            gatherer.visible(raw);
        }
    }

    fn hidden(&mut self, raw: &str) {
        if let Some(gatherer) = &mut self.gatherer
            && self.frames.last().is_some_and(|frame| frame.name == "ac:task-status")
        {
            gatherer.task_status(raw);
        }
    }

    /// A CDATA section: link text, or code that is no text of the page.
    pub(super) fn cdata(&mut self, text: &str) {
        match self.sink {
            Sink::LinkBody => self.visible(&html_escape::encode_text(text)),
            Sink::Parameter | Sink::ExtensionValue => {
                let escaped = html_escape::encode_text(text).into_owned();
                self.captured(&escaped);
            }
            Sink::Fallback => {
                for (url, display) in html::urls(text) {
                    self.url(&url, &Construct::Fallback, display, Certainty::Proven);
                }
            }
            Sink::Visible | Sink::PlainTextBody | Sink::Nowhere => self.plain_text_body(text),
        }
    }

    /// What a body that is no markup names: by the rule of its macro, and by complete URLs.
    pub(super) fn plain_text_body(&mut self, text: &str) {
        let call = self.frames.iter().rev().find_map(|frame| match &frame.kind {
            Kind::Macro(call) => Some(call),
            _ => None,
        });
        if let Some(call) = call {
            let references = macros::body_references(&call.name, text, self.site);
            self.body.references.extend(references);
            if let Some(gatherer) = &mut self.gatherer {
                gatherer.plain_text_body(&call.name, text);
            }
        }
        self.text_urls(text);
    }

    /// The body is read: ends what is still open and hands over what was found. `bytes` is its size.
    pub(super) fn finish(mut self, reading: Reading, bytes: usize) -> Body {
        self.damage();
        while !self.frames.is_empty() {
            self.end_frame();
        }
        let text = std::mem::take(&mut self.text);
        let text = decode_html_entities(&text);
        self.text_urls(&text);
        deduplicate(&mut self.body.references);
        if let Some(gatherer) = self.gatherer.take() {
            let (measures, page_links) = gatherer.finish(bytes);
            self.body.measures = Some(Box::new(measures));
            self.body.page_links = page_links;
        }
        self.body.reading = reading;
        self.body
    }

    /// Takes the innermost frame off and directs the text to where it went before.
    pub(super) fn pop_frame(&mut self) -> Option<Frame<'a>> {
        let frame = self.frames.pop()?;
        if let Some(gatherer) = &mut self.gatherer {
            gatherer.leave(&frame.kind);
        }
        if frame.kind.sink().is_some() {
            self.sink = self.frames.iter().rev().find_map(|frame| frame.kind.sink()).unwrap_or(Sink::Visible);
        }
        Some(frame)
    }

    fn macro_frame(&mut self, attributes: Attributes<'a>) -> Kind<'a> {
        let name = attributes.get("ac:name").unwrap_or_default().to_lowercase();
        if let Some(gatherer) = &mut self.gatherer {
            gatherer.macro_begins(&name);
        }
        Kind::Macro(Box::new(MacroCall { name, ..MacroCall::default() }))
    }

    /// The key of an ADF value; a value without one belongs to the parameter around it. So does one under the key
    /// `value`, as Connect macros have it.
    fn extension_key(&self, attributes: Attributes<'a>) -> String {
        let key = attributes.get("key");
        if let Some(key) = key.as_deref().filter(|key| *key != "value") {
            return key.to_owned();
        }
        let around = self.frames.iter().rev().find_map(|frame| match &frame.kind {
            Kind::ExtensionValue { key, .. } => Some(key.clone()),
            _ => None,
        });
        around.or_else(|| key.map(Cow::into_owned)).unwrap_or_default()
    }

    /// An element without a meaning of its own: only its URLs count.
    fn plain(&mut self, name: &str, attributes: Attributes<'a>) {
        if !is_inline(name) {
            self.text.push(' ');
        }
        if attributes.0.len() > 4 {
            self.element_urls(name, attributes);
            self.attribute_urls(attributes);
        }
    }

    /// `ri:page` and its kin: the container of an attachment, the target of a link, or a macro's page.
    fn resource(&mut self, name: &str, attributes: Attributes<'a>) {
        let (container, certainty) = super::endings::container_of(name, attributes);
        // the value of a parameter that names a page is a whole link
        let around = self.frames.iter_mut().rev().map(|frame| &mut frame.kind).find(|kind| !matches!(kind, Kind::Link));
        match around {
            Some(Kind::Attachment { container: slot, .. }) => {
                slot.get_or_insert((container, certainty));
            }
            Some(Kind::Parameter(parameter)) => parameter.pages.push(container),
            _ => {
                if let Some(gatherer) = &mut self.gatherer {
                    gatherer.page(container);
                }
            }
        }
    }

    /// An identifier such as `ri:user` as the container of a file: not the own page, and nothing that is known.
    fn owner_of_no_content(&mut self, name: &str) {
        if name.starts_with("ri:")
            && let Some(Frame { kind: Kind::Attachment { container, .. }, .. }) = self.frames.last_mut()
        {
            container.get_or_insert((ContainerRef::Unreadable, Certainty::Possible));
        }
    }

    /// Text inside a parameter, a value, a plain text body or rendered HTML.
    fn captured(&mut self, raw: &str) {
        for frame in self.frames.iter_mut().rev() {
            match &mut frame.kind {
                Kind::Parameter(parameter) => return parameter.text.push_str(raw),
                Kind::ExtensionValue { text, .. } | Kind::PlainTextBody { text } | Kind::Fallback { text } => {
                    return text.push_str(raw);
                }
                _ => {}
            }
        }
    }
}

/// Keeps the first of equal references.
fn deduplicate(references: &mut Vec<Reference>) {
    let mut seen = HashSet::with_capacity(references.len());
    let first: Vec<bool> = references.iter().map(|reference| seen.insert(reference)).collect();
    let mut first = first.into_iter();
    references.retain(|_| first.next() == Some(true));
}

/// Elements that do not end a word. Told apart by length first: every tag comes here twice.
#[inline]
pub(super) fn is_inline(name: &str) -> bool {
    match name.len() {
        1 => matches!(name, "a" | "b" | "i" | "u" | "s"),
        2 => name == "em",
        3 => matches!(name, "sub" | "sup" | "del" | "ins" | "big"),
        4 => matches!(name, "span" | "code" | "font"),
        5 => name == "small",
        6 => name == "strong",
        7 => name == "ac:link",
        12 => name == "ac:link-body",
        24 => name == "ac:inline-comment-marker",
        _ => false,
    }
}
