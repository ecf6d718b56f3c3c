//! What an element named, decided when it ends: only then its children are known.

use std::borrow::Cow;

use html_escape::decode_html_entities;

use super::attributes::Attributes;
use super::frame::{Frame, Kind};
use super::macros;
use super::parameters::{MacroCall, Parameter};
use super::scanner::Scanner;
use super::{Certainty, Construct, ContainerRef, Display, NameMatching, PageLink, Reference, Target};

impl Scanner<'_> {
    /// Ends the innermost frame.
    pub(super) fn end_frame(&mut self) {
        let Some(Frame { name, kind, damaged }) = self.pop_frame() else { return };
        match kind {
            Kind::Attachment { filename: Some(filename), container } if !filename.is_empty() => {
                // a container that was lost with the damage is not the own page
                let lost = damaged.then_some((ContainerRef::Unreadable, Certainty::Possible));
                self.end_attachment(filename.into_owned(), container.or(lost));
            }
            Kind::Parameter(parameter) => self.end_parameter(*parameter),
            Kind::Macro(call) => self.end_macro(&call, damaged),
            Kind::PlainTextBody { text } if !text.trim().is_empty() => {
                self.plain_text_body(&decode_html_entities(&text));
            }
            Kind::Fallback { text } => self.text_urls(&decode_html_entities(&text)),
            Kind::ExtensionValue { key, text } => {
                let of_node = name == "ac:adf-attribute";
                self.end_extension_value(&key, &text, of_node, damaged);
            }
            Kind::Extension(call) => {
                let references = macros::extension_references(&call, self.site);
                self.push_all(references, damaged);
                if let Some(gatherer) = &mut self.gatherer {
                    gatherer.extension_ends(&call);
                }
            }
            _ => {}
        }
    }

    fn end_parameter(&mut self, mut parameter: Parameter) {
        if let Cow::Owned(decoded) = decode_html_entities(&parameter.text) {
            parameter.text = decoded;
        }
        let around = self.frames.iter_mut().rev().find_map(|frame| match &mut frame.kind {
            Kind::Macro(call) => Some(call),
            _ => None,
        });
        if let Some(call) = around {
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
        let around = self.frames.iter_mut().rev().map(|frame| &mut frame.kind).find(|kind| !matches!(kind, Kind::Link));
        if let Some(Kind::Parameter(parameter)) = around {
            return parameter.attachments.push((name, container));
        }
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
        self.body.references.push(Reference { target, construct, display, certainty });
    }

    fn end_macro(&mut self, call: &MacroCall, damaged: bool) {
        let references = macros::references(call, self.site);
        self.push_all(references, damaged);
        if let Some(gatherer) = &mut self.gatherer {
            gatherer.macro_ends(call);
        }
    }

    /// `of_node`: an attribute of the node itself, not a value an app stored.
    fn end_extension_value(&mut self, key: &str, raw: &str, of_node: bool, damaged: bool) {
        let text = decode_html_entities(raw);
        if text.trim().is_empty() {
            return;
        }
        let parameter = Parameter { text: text.into_owned(), of_node, ..Parameter::new(Some(key)) };
        let around = self.frames.iter_mut().rev().find_map(|frame| match &mut frame.kind {
            Kind::Extension(call) => Some(call),
            _ => None,
        });
        if let Some(call) = around {
            call.parameters.push(parameter);
        } else {
            let call = MacroCall { parameters: vec![parameter], ..MacroCall::default() };
            let references = macros::extension_references(&call, self.site);
            self.push_all(references, damaged);
        }
    }

    /// A damaged macro may have lost the parameter that names its page.
    fn push_all(&mut self, mut references: Vec<Reference>, damaged: bool) {
        if damaged {
            for reference in &mut references {
                if let Target::File { container: container @ ContainerRef::Own, .. } = &mut reference.target {
                    *container = ContainerRef::Unreadable;
                }
            }
        }
        self.body.references.append(&mut references);
    }
}

impl PageLink {
    /// The link to a page or post named by an identifier element.
    pub(super) fn to(container: ContainerRef) -> Option<Self> {
        match container {
            ContainerRef::Page { title, space } => Some(Self::Title { title, space }),
            ContainerRef::BlogPost { title, space, .. } => Some(Self::Post { title, space }),
            ContainerRef::Content(id) => Some(Self::Id(id)),
            _ => None,
        }
    }
}

/// The container an identifier element names, and how sure that form is (`storage-format.md` 2.1).
pub(super) fn container_of(name: &str, attributes: Attributes<'_>) -> (ContainerRef, Certainty) {
    let get = |key| attributes.get(key).map(Cow::into_owned);
    let space = || get("ri:space-key").filter(|key| !key.is_empty());
    let by_id = |certainty| match get("ri:content-id").filter(|id| !id.trim().is_empty()) {
        Some(id) => (ContainerRef::Content(id.trim().to_owned()), certainty),
        None => (ContainerRef::Unreadable, Certainty::Possible),
    };
    match (name, get("ri:content-title")) {
        ("ri:page", Some(title)) => (ContainerRef::Page { title, space: space() }, Certainty::Proven),
        ("ri:blog-post", Some(title)) => {
            (ContainerRef::BlogPost { title, day: get("ri:posting-day"), space: space() }, Certainty::Proven)
        }
        ("ri:content-entity", _) => by_id(Certainty::Proven),
        ("ri:space", _) => (ContainerRef::Space { space: space() }, Certainty::Possible),
        _ => by_id(Certainty::Possible),
    }
}
