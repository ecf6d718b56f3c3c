//! One pass over a body: which elements are open, and what they have named so far.
//!
//! The strict and the lenient pass feed the same scanner. There is no recursion, and the number of elements kept is
//! bounded, so that no nesting can exhaust memory or stack. What an address means is decided at once; what an element
//! means, when it ends: only then its children are known.

mod found;
mod frames;
mod identifiers;

use std::borrow::Cow;
use std::rc::Rc;

use crate::attributes::Attributes;
use crate::body::{Body, Depth, Reading};
use crate::elements::is_inline;
use crate::macros;
use crate::macros::call::{MacroCall, Parameter};
use crate::measures::Gatherer;
use crate::reference::{Certainty, Construct, ContainerRef, Display, NameMatching, Reference, Target};
use crate::steps::{LONGEST_KEY, Site, beginning};
use crate::urls_in;

use found::Found;
use frames::{Frame, Frames, Kind, Sink};
use identifiers::container_of;

pub(crate) struct Scanner<'a> {
    frames: Frames<'a>,
    found: Found<'a>,
    /// Takes down what the body measures, where that is wanted.
    gatherer: Option<Box<Gatherer<'a>>>,
    /// Visible text with its entities undecoded.
    text: String,
}

impl<'a> Scanner<'a> {
    /// `bytes` is the size of the body.
    pub(crate) fn new(site: Site<'a>, depth: Depth<'a>, bytes: usize) -> Self {
        let gatherer = match depth {
            Depth::References => None,
            Depth::Measures(todo) => Some(Box::new(Gatherer::new(site, todo))),
        };
        // seldom more than half of a body is text
        let text = String::with_capacity(bytes / 2);
        Self { frames: Frames::new(site.steps), found: Found::on(site), gatherer, text }
    }

    /// Apps keep content that is no markup, but data.
    pub(crate) fn data(&mut self, body: &str) {
        self.found.append(macros::data_references(body, self.found.site), false);
    }

    /// An element begins. A self-closing one is opened and closed. Returns whether it was understood: nested too
    /// deeply, it is not.
    pub(crate) fn open(&mut self, name: &'a str, attributes: Attributes<'a>) -> bool {
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
                self.found.image_urls(attributes);
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
            "ac:structured-macro" | "ac:macro" => self.macro_begins(attributes),
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
            self.found.attribute_urls(attributes);
        }
        let is_unseen = kind.is_unseen();
        if !self.frames.enter(name, kind) {
            return false;
        }
        if is_unseen && let Some(gatherer) = &mut self.gatherer {
            gatherer.unseen_begins();
        }
        true
    }

    /// An element ends. In a body that is not well-formed the frames above its own end with it; an end without a
    /// beginning is ignored.
    pub(crate) fn close(&mut self, name: &str) {
        if !is_inline(name) {
            self.text.push(' ');
        }
        // only these have frames; most ends are of other elements
        if (name.starts_with("ac:") || name == "ri:attachment")
            && let Some(depth) = self.frames.depth_around(name)
        {
            while self.frames.depth() > depth {
                self.end_frame();
            }
        }
        if let Some(gatherer) = &mut self.gatherer {
            gatherer.close(name);
        }
    }

    /// Something in the open elements could not be understood: a broken tag, or the end of the body.
    pub(crate) fn damage(&mut self) {
        self.frames.damage();
    }

    /// Text outside CDATA; an entity arrives as its own piece, undecoded.
    pub(crate) fn text(&mut self, raw: &str) {
        match self.frames.sink() {
            Sink::Visible | Sink::LinkBody => self.visible(raw),
            Sink::Nowhere => self.hidden(raw),
            Sink::Parameter | Sink::ExtensionValue | Sink::PlainTextBody | Sink::Fallback => self.frames.capture(raw),
        }
    }

    /// A CDATA section: link text, or code that is no text of the page.
    pub(crate) fn cdata(&mut self, text: &str) {
        match self.frames.sink() {
            Sink::LinkBody => self.visible(&html_escape::encode_text(text)),
            Sink::Parameter | Sink::ExtensionValue => self.frames.capture(&html_escape::encode_text(text)),
            Sink::Fallback => {
                for (url, display) in urls_in::html(text, self.found.site.steps) {
                    self.found.url(&url, &Construct::Fallback, display, Certainty::Proven);
                }
            }
            Sink::Visible | Sink::PlainTextBody | Sink::Nowhere => self.plain_text_body(text),
        }
    }

    /// The body is read: ends what is still open and hands over what was found. `bytes` is its size.
    pub(crate) fn finish(mut self, reading: Reading, bytes: usize) -> Body {
        self.damage();
        while self.frames.depth() > 0 {
            self.end_frame();
        }
        self.found.text_urls(&self.found.site.steps.decode(&self.text));
        let (measures, page_links) = self.gatherer.map(|gatherer| gatherer.finish(bytes)).unzip();
        Body {
            references: self.found.into_references(),
            page_links: page_links.unwrap_or_default(),
            measures: measures.map(Box::new),
            reading,
            is_blank: false,
        }
    }

    fn visible(&mut self, raw: &str) {
        self.found.site.steps.copy(raw.len());
        self.text.push_str(raw);
        if let Some(gatherer) = &mut self.gatherer {
            gatherer.visible(raw);
        }
    }

    fn hidden(&mut self, raw: &str) {
        if let Some(gatherer) = &mut self.gatherer
            && self.frames.innermost_is("ac:task-status")
        {
            gatherer.task_status(raw);
        }
    }

    /// What a body that is no markup names: by the rule of its macro, and by complete URLs.
    fn plain_text_body(&mut self, text: &str) {
        if let Some(call) = self.frames.macro_around() {
            self.found.append(macros::body_references(&call.name, text, self.found.site), false);
            if let Some(gatherer) = &mut self.gatherer {
                gatherer.plain_text_body(&call.name, text);
            }
        }
        self.found.text_urls(text);
    }

    fn macro_begins(&mut self, attributes: Attributes<'a>) -> Kind<'a> {
        let name = beginning(&attributes.get("ac:name").unwrap_or_default(), LONGEST_KEY).to_lowercase();
        if let Some(gatherer) = &mut self.gatherer {
            gatherer.macro_begins(&name);
        }
        Kind::Macro(Box::new(MacroCall { name, ..MacroCall::default() }))
    }

    /// The key of an ADF value; a value without one belongs to the parameter around it. So does one under the key
    /// `value`, as Connect macros have it.
    fn extension_key(&mut self, attributes: Attributes<'a>) -> Rc<str> {
        let key = attributes.get("key");
        if let Some(key) = key.as_deref().filter(|key| *key != "value") {
            return Parameter::normal_name(key);
        }
        self.frames.key_around().unwrap_or_else(|| key.map(|key| Parameter::normal_name(&key)).unwrap_or_default())
    }

    /// An element without a meaning of its own: only its URLs count.
    fn plain(&mut self, name: &str, attributes: Attributes<'a>) {
        if !is_inline(name) {
            self.text.push(' ');
        }
        if attributes.0.len() > 4 {
            self.found.element_urls(name, attributes, || self.frames.is_in_fallback());
            self.found.attribute_urls(attributes);
        }
    }

    /// `ri:page` and its kin: the container of an attachment, the target of a link, or a macro's page.
    fn resource(&mut self, name: &str, attributes: Attributes<'a>) {
        let (container, certainty) = container_of(name, attributes);
        // the value of a parameter that names a page is a whole link
        match self.frames.outwards().find(|kind| !matches!(kind, Kind::Link)) {
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
            && let Some(Kind::Attachment { container, .. }) = self.frames.outwards().next()
        {
            container.get_or_insert((ContainerRef::Unreadable, Certainty::Possible));
        }
    }

    /// `ri:url`: what it is for depends on the element around it.
    fn resource_url(&mut self, attributes: Attributes<'a>) {
        let Some(url) = attributes.get("ri:value") else { return };
        let mut place = (Construct::Url, Display::Linked);
        for kind in self.frames.outwards() {
            place = match kind {
                Kind::Parameter(parameter) => return parameter.urls.push(url.into_owned()),
                Kind::Image => (Construct::Image, Display::Shown),
                Kind::Link => (Construct::Link, Display::Linked),
                _ => continue,
            };
            break;
        }
        let (construct, display) = place;
        if construct == Construct::Link
            && let Some(gatherer) = &mut self.gatherer
        {
            gatherer.link(&url);
        }
        self.found.url(&url, &construct, display, Certainty::Proven);
    }

    /// Ends the innermost frame.
    fn end_frame(&mut self) {
        let Some(Frame { name, kind, damaged, .. }) = self.frames.leave() else { return };
        if kind.is_unseen()
            && let Some(gatherer) = &mut self.gatherer
        {
            gatherer.unseen_ends();
        }
        match kind {
            Kind::Attachment { filename: Some(filename), container } if !filename.is_empty() => {
                // a container that was lost with the damage is not the own page
                let lost = damaged.then_some((ContainerRef::Unreadable, Certainty::Possible));
                self.end_attachment(filename.into_owned(), container.or(lost));
            }
            Kind::Parameter(parameter) => self.end_parameter(*parameter),
            Kind::Macro(call) => self.end_macro(&call, damaged),
            Kind::PlainTextBody { text } if !text.trim().is_empty() => {
                self.plain_text_body(&self.found.site.steps.decode(&text));
            }
            Kind::Fallback { text } => self.found.text_urls(&self.found.site.steps.decode(&text)),
            Kind::ExtensionValue { key, text } => {
                let of_node = name == "ac:adf-attribute";
                self.end_extension_value(key, &text, of_node, damaged);
            }
            Kind::Extension(call) => {
                self.found.append(macros::extension_references(&call, self.found.site), damaged);
                if let Some(gatherer) = &mut self.gatherer {
                    gatherer.extension_ends(&call);
                }
            }
            _ => {}
        }
    }

    fn end_parameter(&mut self, mut parameter: Parameter) {
        if let Cow::Owned(decoded) = self.found.site.steps.decode(&parameter.text) {
            parameter.text = decoded;
        }
        if let Some(call) = self.frames.macro_around() {
            call.parameters.push(parameter);
        } else {
            // a parameter that lost its macro in a broken body is read like that of an unknown one
            self.end_macro(&MacroCall { parameters: vec![parameter], ..MacroCall::default() }, true);
        }
    }

    fn end_attachment(&mut self, name: String, container: Option<(ContainerRef, Certainty)>) {
        let (container, certainty) = match container {
            Some((container, certainty)) => (Some(container), certainty),
            None => (None, Certainty::Proven),
        };
        // the value of a parameter that names a file may be a whole link
        let around = self.frames.outwards().find(|kind| !matches!(kind, Kind::Link));
        if let Some(Kind::Parameter(parameter)) = around {
            return parameter.attachments.push((name, container));
        }
        let mut construct = (Construct::BareIdentifier, Display::Linked, Certainty::Possible);
        for kind in self.frames.outwards() {
            construct = match kind {
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
        self.found.push(Reference { target, construct, display, certainty });
    }

    fn end_macro(&mut self, call: &MacroCall, damaged: bool) {
        self.found.append(macros::references(call, self.found.site), damaged);
        if let Some(gatherer) = &mut self.gatherer {
            gatherer.macro_ends(call);
        }
    }

    /// `of_node`: an attribute of the node itself, not a value an app stored.
    fn end_extension_value(&mut self, name: Rc<str>, raw: &str, of_node: bool, damaged: bool) {
        let text = self.found.site.steps.decode(raw);
        if text.trim().is_empty() {
            return;
        }
        let parameter = Parameter { name, text: text.into_owned(), of_node, ..Parameter::default() };
        if let Some(call) = self.frames.extension_around() {
            call.parameters.push(parameter);
        } else {
            let call = MacroCall { parameters: vec![parameter], ..MacroCall::default() };
            self.found.append(macros::extension_references(&call, self.found.site), damaged);
        }
    }
}
