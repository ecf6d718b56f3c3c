//! Stack of open elements that have a meaning, and the destination of the text inside them. All other elements are
//! ignored: their content counts as content of the element around them.

use std::borrow::Cow;
use std::rc::Rc;

use crate::macros::call::{MacroCall, Parameter};
use crate::reference::{Certainty, ContainerRef};
use crate::steps::Steps;

/// Most open elements that are kept; only hostile bodies have more. Deeper elements are not understood, which
/// [`super::Scanner::open`] reports to its caller.
const MAX_OPEN_ELEMENTS: usize = 250;

/// One open element.
pub(super) struct OpenElement<'a> {
    pub(super) name: &'a str,
    pub(super) kind: ElementKind<'a>,
    /// A part of the element could not be parsed, or the body ends inside it: its children may be incomplete.
    pub(super) damaged: bool,
    /// The text sink of the element around it.
    outer_sink: TextSink,
}

/// Kind of an open element, with the data from its children so far.
pub(super) enum ElementKind<'a> {
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
    /// A macro body that is not markup. Usually CDATA, which is read at once; `text` is what is not in CDATA.
    PlainTextBody {
        text: String,
    },
    /// `ac:adf-extension`: a Forge, Connect or new-editor node.
    Extension(Box<MacroCall>),
    /// `ac:adf-attribute`, `ac:adf-parameter`, `ac:adf-parameter-value`.
    ExtensionValue {
        /// Key in the normal form of parameter names; shared with the values inside.
        key: Rc<str>,
        text: String,
    },
    /// Rendered HTML, whose text is not text of the page.
    Fallback {
        text: String,
    },
    /// Machine text, such as a task's number.
    Hidden,
}

/// Destination of text.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum TextSink {
    #[default]
    Visible,
    LinkBody,
    Parameter,
    PlainTextBody,
    ExtensionValue,
    Fallback,
    Nowhere,
}

impl ElementKind<'_> {
    /// Returns the destination of the text inside, if this element changes it.
    fn sink(&self) -> Option<TextSink> {
        match self {
            Self::LinkBody => Some(TextSink::LinkBody),
            Self::Parameter(_) => Some(TextSink::Parameter),
            Self::PlainTextBody { .. } => Some(TextSink::PlainTextBody),
            Self::ExtensionValue { .. } => Some(TextSink::ExtensionValue),
            Self::Fallback { .. } => Some(TextSink::Fallback),
            Self::Hidden => Some(TextSink::Nowhere),
            Self::Image | Self::Link | Self::Attachment { .. } | Self::Macro(_) | Self::Extension(_) => None,
        }
    }

    /// Whether readers do not see the content of this element.
    pub(super) fn is_unseen(&self) -> bool {
        self.sink().is_some_and(|sink| sink != TextSink::LinkBody)
    }
}

/// The open elements, the innermost last.
pub(super) struct OpenElements<'a> {
    open: Vec<OpenElement<'a>>,
    sink: TextSink,
    /// Number of open fallbacks.
    fallbacks: usize,
    steps: &'a Steps,
}

impl<'a> OpenElements<'a> {
    pub(super) fn new(steps: &'a Steps) -> Self {
        Self { open: Vec::new(), sink: TextSink::default(), fallbacks: 0, steps }
    }

    /// Opens an element. Returns false, and does not keep it, if it is nested too deeply.
    pub(super) fn enter(&mut self, name: &'a str, kind: ElementKind<'a>) -> bool {
        if self.open.len() >= MAX_OPEN_ELEMENTS {
            return false;
        }
        let outer_sink = self.sink;
        self.sink = kind.sink().unwrap_or(outer_sink);
        self.fallbacks += usize::from(matches!(kind, ElementKind::Fallback { .. }));
        self.steps.count_read(size_of::<OpenElement<'_>>());
        self.open.push(OpenElement { name, kind, damaged: false, outer_sink });
        true
    }

    /// Closes the innermost element and restores the text sink.
    pub(super) fn leave(&mut self) -> Option<OpenElement<'a>> {
        let element = self.open.pop()?;
        self.sink = element.outer_sink;
        self.fallbacks -= usize::from(matches!(element.kind, ElementKind::Fallback { .. }));
        Some(element)
    }

    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Returns the number of elements around the innermost one of this name.
    pub(super) fn depth_around(&self, name: &str) -> Option<usize> {
        let depth = self.open.iter().rposition(|element| element.name == name);
        self.steps.count_read(self.open.len() - depth.unwrap_or(0));
        depth
    }

    pub(super) fn sink(&self) -> TextSink {
        self.sink
    }

    /// Marks all open elements as damaged.
    pub(super) fn damage(&mut self) {
        // the elements around a damaged one are damaged already
        for element in self.open.iter_mut().rev().take_while(|element| !element.damaged) {
            element.damaged = true;
        }
    }

    /// Adds text to the innermost parameter, value, plain text body or fallback.
    pub(super) fn capture(&mut self, raw: &str) {
        self.steps.count_copy(raw.len());
        let text = self.outwards().find_map(|kind| match kind {
            ElementKind::Parameter(parameter) => Some(&mut parameter.text),
            ElementKind::ExtensionValue { text, .. }
            | ElementKind::PlainTextBody { text }
            | ElementKind::Fallback { text } => Some(text),
            _ => None,
        });
        if let Some(text) = text {
            text.push_str(raw);
        }
    }

    pub(super) fn innermost_is(&self, name: &str) -> bool {
        self.open.last().is_some_and(|element| element.name == name)
    }

    pub(super) fn is_in_fallback(&self) -> bool {
        self.fallbacks > 0
    }

    /// Iterates over the open elements, innermost first.
    pub(super) fn outwards(&mut self) -> impl Iterator<Item = &mut ElementKind<'a>> {
        let steps = self.steps;
        self.open.iter_mut().rev().map(|element| &mut element.kind).inspect(|_| steps.count_read(1))
    }

    pub(super) fn macro_around(&mut self) -> Option<&mut MacroCall> {
        self.outwards().find_map(|kind| match kind {
            ElementKind::Macro(call) => Some(&mut **call),
            _ => None,
        })
    }

    pub(super) fn extension_around(&mut self) -> Option<&mut MacroCall> {
        self.outwards().find_map(|kind| match kind {
            ElementKind::Extension(call) => Some(&mut **call),
            _ => None,
        })
    }

    /// Returns the key of the innermost extension value.
    pub(super) fn key_around(&mut self) -> Option<Rc<str>> {
        self.outwards().find_map(|kind| match kind {
            ElementKind::ExtensionValue { key, .. } => Some(Rc::clone(key)),
            _ => None,
        })
    }
}
