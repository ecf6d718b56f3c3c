//! Scanner: turns the elements and text of a body into references.
//!
//! The strict and the lenient pass feed the same scanner. It does not recurse, and keeps a limited number of open
//! elements, so that no nesting can exhaust memory or stack. Addresses are resolved when they occur, elements when they
//! end, because only then their children are known.

mod identifiers;
mod open_elements;
mod reference_collector;

use std::borrow::Cow;
use std::rc::Rc;

use crate::attributes::Attributes;
use crate::body::{Body, ParseDepth, ParseOutcome};
use crate::elements::is_inline;
use crate::extract_urls;
use crate::macros;
use crate::macros::call::{MacroCall, Parameter};
use crate::measures::MeasureCollector;
use crate::reference::{Certainty, Construct, ContainerRef, Display, NameMatching, Reference, Target};
use crate::steps::{CountedSite, MAX_KEY_BYTES, prefix};

use identifiers::container_of;
use open_elements::{ElementKind, OpenElement, OpenElements, TextSink};
use reference_collector::ReferenceCollector;

pub(crate) struct Scanner<'a> {
    elements: OpenElements<'a>,
    found: ReferenceCollector<'a>,
    /// Collects the measures of the body, at [`ParseDepth::Measures`].
    collector: Option<Box<MeasureCollector<'a>>>,
    /// Visible text with its entities undecoded.
    text: String,
}

impl<'a> Scanner<'a> {
    /// `bytes` is the size of the body.
    pub(crate) fn new(site: CountedSite<'a>, depth: ParseDepth<'a>, bytes: usize) -> Self {
        let collector = match depth {
            ParseDepth::References => None,
            ParseDepth::Measures(todo) => Some(Box::new(MeasureCollector::new(site, todo))),
        };
        // text is rarely more than half of a body
        let text = String::with_capacity(bytes / 2);
        Self { elements: OpenElements::new(site.steps), found: ReferenceCollector::new(site), collector, text }
    }

    /// Reads a body that may be data of an app instead of markup.
    pub(crate) fn data(&mut self, body: &str) {
        self.found.append(macros::data_references(body, self.found.site), false);
    }

    /// Begins an element. A self-closing one is opened and closed. Returns false if it is nested too deeply to be
    /// understood.
    pub(crate) fn open(&mut self, name: &'a str, attributes: Attributes<'a>) -> bool {
        if let Some(collector) = &mut self.collector {
            collector.open(name, attributes);
        }
        // most tags are plain HTML: they need not be compared with every name below
        if !matches!(name.as_bytes(), [b'a', b'c', b':', ..] | [b'r', b'i', b':', ..]) {
            self.plain(name, attributes);
            return true;
        }
        let kind = match name {
            "ac:image" => {
                self.found.image_urls(attributes);
                ElementKind::Image
            }
            "ac:link" => ElementKind::Link,
            "ac:link-body" | "ac:plain-text-link-body" => ElementKind::LinkBody,
            "ri:attachment" => ElementKind::Attachment { filename: attributes.get("ri:filename"), container: None },
            "ri:page" | "ri:blog-post" | "ri:content-entity" | "ri:space" => {
                self.resource(name, attributes);
                return true;
            }
            "ri:url" => {
                self.resource_url(attributes);
                return true;
            }
            "ac:structured-macro" | "ac:macro" => self.macro_begins(attributes),
            "ac:parameter" => ElementKind::Parameter(Box::new(Parameter::new(attributes.get("ac:name").as_deref()))),
            "ac:default-parameter" => ElementKind::Parameter(Box::new(Parameter::new(None))),
            "ac:plain-text-body" => ElementKind::PlainTextBody { text: String::new() },
            "ac:adf-extension" => ElementKind::Extension(Box::default()),
            "ac:adf-attribute" | "ac:adf-parameter" | "ac:adf-parameter-value" => {
                ElementKind::ExtensionValue { key: self.extension_key(attributes), text: String::new() }
            }
            "ac:adf-fallback" => ElementKind::Fallback { text: String::new() },
            "ac:task-id" | "ac:task-uuid" | "ac:task-status" => ElementKind::Hidden,
            _ => {
                self.unknown_identifier(name);
                self.plain(name, attributes);
                return true;
            }
        };
        if attributes.0.len() > 8 {
            self.found.attribute_urls(attributes);
        }
        let is_unseen = kind.is_unseen();
        if !self.elements.enter(name, kind) {
            return false;
        }
        if is_unseen && let Some(collector) = &mut self.collector {
            collector.unseen_begins();
        }
        true
    }

    /// Ends an element. In a body that is not well-formed, the elements inside it end too, and an end tag without a
    /// start tag is ignored.
    pub(crate) fn close(&mut self, name: &str) {
        if !is_inline(name) {
            self.text.push(' ');
        }
        // only these are kept open; most end tags are of other elements
        if (name.starts_with("ac:") || name == "ri:attachment")
            && let Some(depth) = self.elements.depth_around(name)
        {
            while self.elements.depth() > depth {
                self.end_element();
            }
        }
        if let Some(collector) = &mut self.collector {
            collector.close(name);
        }
    }

    /// Marks the open elements as damaged: by a broken tag, or by the end of the body.
    pub(crate) fn damage(&mut self) {
        self.elements.damage();
    }

    /// Reads text outside CDATA. An entity is passed as a piece of its own, undecoded.
    pub(crate) fn text(&mut self, raw: &str) {
        match self.elements.sink() {
            TextSink::Visible | TextSink::LinkBody => self.visible(raw),
            TextSink::Nowhere => self.hidden(raw),
            TextSink::Parameter | TextSink::ExtensionValue | TextSink::PlainTextBody | TextSink::Fallback => {
                self.elements.capture(raw);
            }
        }
    }

    /// Reads a CDATA section: link text, or code that is not text of the page.
    pub(crate) fn cdata(&mut self, text: &str) {
        match self.elements.sink() {
            TextSink::LinkBody => self.visible(&html_escape::encode_text(text)),
            TextSink::Parameter | TextSink::ExtensionValue => self.elements.capture(&html_escape::encode_text(text)),
            TextSink::Fallback => {
                for (url, display) in extract_urls::html(text, self.found.site.steps) {
                    self.found.url(&url, &Construct::Fallback, display, Certainty::Proven);
                }
            }
            TextSink::Visible | TextSink::PlainTextBody | TextSink::Nowhere => self.plain_text_body(text),
        }
    }

    /// Ends all open elements and returns the result. `bytes` is the size of the body.
    pub(crate) fn finish(mut self, reading: ParseOutcome, bytes: usize) -> Body {
        self.damage();
        while self.elements.depth() > 0 {
            self.end_element();
        }
        self.found.text_urls(&self.found.site.steps.decode(&self.text));
        let (measures, page_links) = self.collector.map(|collector| collector.finish(bytes)).unzip();
        Body {
            references: self.found.into_references(),
            page_links: page_links.unwrap_or_default(),
            measures: measures.map(Box::new),
            reading,
            is_blank: false,
        }
    }

    fn visible(&mut self, raw: &str) {
        self.found.site.steps.count_copy(raw.len());
        self.text.push_str(raw);
        if let Some(collector) = &mut self.collector {
            collector.visible(raw);
        }
    }

    fn hidden(&mut self, raw: &str) {
        if let Some(collector) = &mut self.collector
            && self.elements.innermost_is("ac:task-status")
        {
            collector.task_status(raw);
        }
    }

    /// Reads a macro body that is not markup: by the rule of its macro, and for absolute URLs.
    fn plain_text_body(&mut self, text: &str) {
        if let Some(call) = self.elements.macro_around() {
            self.found.append(macros::body_references(&call.name, text, self.found.site), false);
            if let Some(collector) = &mut self.collector {
                collector.plain_text_body(&call.name, text);
            }
        }
        self.found.text_urls(text);
    }

    fn macro_begins(&mut self, attributes: Attributes<'a>) -> ElementKind<'a> {
        let name = prefix(&attributes.get("ac:name").unwrap_or_default(), MAX_KEY_BYTES).to_lowercase();
        if let Some(collector) = &mut self.collector {
            collector.macro_begins(&name);
        }
        ElementKind::Macro(Box::new(MacroCall { name, ..MacroCall::default() }))
    }

    /// Returns the key of an ADF value. A value without a key, or with the key `value` as in Connect macros, belongs to
    /// the parameter around it.
    fn extension_key(&mut self, attributes: Attributes<'a>) -> Rc<str> {
        let key = attributes.get("key");
        if let Some(key) = key.as_deref().filter(|key| *key != "value") {
            return Parameter::normal_name(key);
        }
        self.elements.key_around().unwrap_or_else(|| key.map(|key| Parameter::normal_name(&key)).unwrap_or_default())
    }

    /// Reads an element without a special meaning: only its URLs count.
    fn plain(&mut self, name: &str, attributes: Attributes<'a>) {
        if !is_inline(name) {
            self.text.push(' ');
        }
        if attributes.0.len() > 4 {
            self.found.element_urls(name, attributes, || self.elements.is_in_fallback());
            self.found.attribute_urls(attributes);
        }
    }

    /// Reads `ri:page` and similar identifiers: the container of an attachment, the target of a link, or the page of a
    /// macro.
    fn resource(&mut self, name: &str, attributes: Attributes<'a>) {
        let (container, certainty) = container_of(name, attributes);
        // a parameter that names a page may contain a complete link
        match self.elements.outwards().find(|kind| !matches!(kind, ElementKind::Link)) {
            Some(ElementKind::Attachment { container: slot, .. }) => {
                slot.get_or_insert((container, certainty));
            }
            Some(ElementKind::Parameter(parameter)) => parameter.pages.push(container),
            _ => {
                if let Some(collector) = &mut self.collector {
                    collector.page(container);
                }
            }
        }
    }

    /// Reads an unknown identifier such as `ri:user`. As the container of a file it means neither the content's own
    /// page nor any other known content.
    fn unknown_identifier(&mut self, name: &str) {
        if name.starts_with("ri:")
            && let Some(ElementKind::Attachment { container, .. }) = self.elements.outwards().next()
        {
            container.get_or_insert((ContainerRef::Unreadable, Certainty::Possible));
        }
    }

    /// Reads `ri:url`, whose meaning depends on the element around it.
    fn resource_url(&mut self, attributes: Attributes<'a>) {
        let Some(url) = attributes.get("ri:value") else { return };
        let mut usage = (Construct::Url, Display::Linked);
        for kind in self.elements.outwards() {
            usage = match kind {
                ElementKind::Parameter(parameter) => return parameter.urls.push(url.into_owned()),
                ElementKind::Image => (Construct::Image, Display::Shown),
                ElementKind::Link => (Construct::Link, Display::Linked),
                _ => continue,
            };
            break;
        }
        let (construct, display) = usage;
        if construct == Construct::Link
            && let Some(collector) = &mut self.collector
        {
            collector.link(&url);
        }
        self.found.url(&url, &construct, display, Certainty::Proven);
    }

    /// Ends the innermost open element.
    fn end_element(&mut self) {
        let Some(OpenElement { name, kind, damaged, .. }) = self.elements.leave() else { return };
        if kind.is_unseen()
            && let Some(collector) = &mut self.collector
        {
            collector.unseen_ends();
        }
        match kind {
            ElementKind::Attachment { filename: Some(filename), container } if !filename.is_empty() => {
                // if the markup is damaged, the container may be lost: the file need not be on the content's own page
                let lost = damaged.then_some((ContainerRef::Unreadable, Certainty::Possible));
                self.end_attachment(filename.into_owned(), container.or(lost));
            }
            ElementKind::Parameter(parameter) => self.end_parameter(*parameter),
            ElementKind::Macro(call) => self.end_macro(&call, damaged),
            ElementKind::PlainTextBody { text } if !text.trim().is_empty() => {
                self.plain_text_body(&self.found.site.steps.decode(&text));
            }
            ElementKind::Fallback { text } => self.found.text_urls(&self.found.site.steps.decode(&text)),
            ElementKind::ExtensionValue { key, text } => {
                let of_node = name == "ac:adf-attribute";
                self.end_extension_value(key, &text, of_node, damaged);
            }
            ElementKind::Extension(call) => {
                self.found.append(macros::extension_references(&call, self.found.site), damaged);
                if let Some(collector) = &mut self.collector {
                    collector.extension_ends(&call);
                }
            }
            _ => {}
        }
    }

    fn end_parameter(&mut self, mut parameter: Parameter) {
        if let Cow::Owned(decoded) = self.found.site.steps.decode(&parameter.text) {
            parameter.text = decoded;
        }
        if let Some(call) = self.elements.macro_around() {
            call.parameters.push(parameter);
        } else {
            // a parameter that lost its macro in a broken body is read like one of an unknown macro
            self.end_macro(&MacroCall { parameters: vec![parameter], ..MacroCall::default() }, true);
        }
    }

    fn end_attachment(&mut self, name: String, container: Option<(ContainerRef, Certainty)>) {
        let (container, certainty) = match container {
            Some((container, certainty)) => (Some(container), certainty),
            None => (None, Certainty::Proven),
        };
        // a parameter that names a file may contain a complete link
        let around = self.elements.outwards().find(|kind| !matches!(kind, ElementKind::Link));
        if let Some(ElementKind::Parameter(parameter)) = around {
            return parameter.attachments.push((name, container));
        }
        let mut construct = (Construct::BareIdentifier, Display::Linked, Certainty::Possible);
        for kind in self.elements.outwards() {
            construct = match kind {
                ElementKind::Parameter(parameter) => return parameter.attachments.push((name, container)),
                ElementKind::Image => (Construct::Image, Display::Shown, certainty),
                ElementKind::Link => (Construct::Link, Display::Linked, certainty),
                ElementKind::Macro(call) => (Construct::Macro(call.name.clone()), Display::Shown, certainty),
                ElementKind::Extension(_) => (Construct::Extension(String::new()), Display::Shown, certainty),
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
        if let Some(collector) = &mut self.collector {
            collector.macro_ends(call);
        }
    }

    /// `of_node`: the value is an attribute of the node itself, not stored by an app.
    fn end_extension_value(&mut self, name: Rc<str>, raw: &str, of_node: bool, damaged: bool) {
        let text = self.found.site.steps.decode(raw);
        if text.trim().is_empty() {
            return;
        }
        let parameter = Parameter { name, text: text.into_owned(), of_node, ..Parameter::default() };
        if let Some(call) = self.elements.extension_around() {
            call.parameters.push(parameter);
        } else {
            let call = MacroCall { parameters: vec![parameter], ..MacroCall::default() };
            self.found.append(macros::extension_references(&call, self.found.site), damaged);
        }
    }
}
