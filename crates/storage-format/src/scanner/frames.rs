//! The open elements that matter, and where the text inside them goes. All other elements are transparent containers.

use std::borrow::Cow;
use std::rc::Rc;

use crate::macros::call::{MacroCall, Parameter};
use crate::reference::{Certainty, ContainerRef};
use crate::steps::Steps;

/// Elements beyond this depth are not kept; only hostile bodies get there. What stands deeper is not understood, which
/// the scanner tells its caller.
const MAX_FRAMES: usize = 250;

/// One open element.
pub(super) struct Frame<'a> {
    pub(super) name: &'a str,
    pub(super) kind: Kind<'a>,
    /// Something inside could not be understood, or the body ends before the element does: what it says may be
    /// incomplete.
    pub(super) damaged: bool,
    /// Where text went before.
    outer_sink: Sink,
}

/// What an open element is, with what its children have said of it so far.
pub(super) enum Kind<'a> {
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
    /// The body of a macro that is no markup. Usually CDATA; the text is what stands there without.
    PlainTextBody {
        text: String,
    },
    /// `ac:adf-extension`: a Forge, Connect or new-editor node.
    Extension(Box<MacroCall>),
    /// `ac:adf-attribute`, `ac:adf-parameter`, `ac:adf-parameter-value`.
    ExtensionValue {
        /// As names of parameters are compared; values inside share it.
        key: Rc<str>,
        text: String,
    },
    /// Rendered HTML; its text is not the text of the page.
    Fallback {
        text: String,
    },
    /// Machine text, such as a task's number.
    Hidden,
}

/// Where text goes.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Sink {
    #[default]
    Visible,
    LinkBody,
    Parameter,
    PlainTextBody,
    ExtensionValue,
    Fallback,
    Nowhere,
}

impl Kind<'_> {
    /// Where the text inside goes, if this element decides it.
    fn sink(&self) -> Option<Sink> {
        match self {
            Self::LinkBody => Some(Sink::LinkBody),
            Self::Parameter(_) => Some(Sink::Parameter),
            Self::PlainTextBody { .. } => Some(Sink::PlainTextBody),
            Self::ExtensionValue { .. } => Some(Sink::ExtensionValue),
            Self::Fallback { .. } => Some(Sink::Fallback),
            Self::Hidden => Some(Sink::Nowhere),
            Self::Image | Self::Link | Self::Attachment { .. } | Self::Macro(_) | Self::Extension(_) => None,
        }
    }

    /// Whether readers do not see what stands inside.
    pub(super) fn is_unseen(&self) -> bool {
        self.sink().is_some_and(|sink| sink != Sink::LinkBody)
    }
}

/// The open elements, the innermost last.
pub(super) struct Frames<'a> {
    open: Vec<Frame<'a>>,
    sink: Sink,
    /// How many of them are fallbacks.
    fallbacks: usize,
    steps: &'a Steps,
}

impl<'a> Frames<'a> {
    pub(super) fn new(steps: &'a Steps) -> Self {
        Self { open: Vec::new(), sink: Sink::default(), fallbacks: 0, steps }
    }

    /// An element begins. Returns whether it is kept: nested too deeply, it is not.
    pub(super) fn enter(&mut self, name: &'a str, kind: Kind<'a>) -> bool {
        if self.open.len() >= MAX_FRAMES {
            return false;
        }
        let outer_sink = self.sink;
        self.sink = kind.sink().unwrap_or(outer_sink);
        self.fallbacks += usize::from(matches!(kind, Kind::Fallback { .. }));
        self.steps.look(size_of::<Frame<'_>>());
        self.open.push(Frame { name, kind, damaged: false, outer_sink });
        true
    }

    /// The innermost element ends; the text goes where it went before.
    pub(super) fn leave(&mut self) -> Option<Frame<'a>> {
        let frame = self.open.pop()?;
        self.sink = frame.outer_sink;
        self.fallbacks -= usize::from(matches!(frame.kind, Kind::Fallback { .. }));
        Some(frame)
    }

    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// How many elements are around the innermost one of this name.
    pub(super) fn depth_around(&self, name: &str) -> Option<usize> {
        let depth = self.open.iter().rposition(|frame| frame.name == name);
        self.steps.look(self.open.len() - depth.unwrap_or(0));
        depth
    }

    pub(super) fn sink(&self) -> Sink {
        self.sink
    }

    /// Something in the open elements could not be understood.
    pub(super) fn damage(&mut self) {
        // the frames below a damaged one are damaged already
        for frame in self.open.iter_mut().rev().take_while(|frame| !frame.damaged) {
            frame.damaged = true;
        }
    }

    /// Text inside a parameter, a value, a plain text body or rendered HTML.
    pub(super) fn capture(&mut self, raw: &str) {
        self.steps.copy(raw.len());
        let text = self.outwards().find_map(|kind| match kind {
            Kind::Parameter(parameter) => Some(&mut parameter.text),
            Kind::ExtensionValue { text, .. } | Kind::PlainTextBody { text } | Kind::Fallback { text } => Some(text),
            _ => None,
        });
        if let Some(text) = text {
            text.push_str(raw);
        }
    }

    pub(super) fn innermost_is(&self, name: &str) -> bool {
        self.open.last().is_some_and(|frame| frame.name == name)
    }

    pub(super) fn is_in_fallback(&self) -> bool {
        self.fallbacks > 0
    }

    /// The open elements, the innermost first.
    pub(super) fn outwards(&mut self) -> impl Iterator<Item = &mut Kind<'a>> {
        let steps = self.steps;
        self.open.iter_mut().rev().map(|frame| &mut frame.kind).inspect(|_| steps.look(1))
    }

    pub(super) fn macro_around(&mut self) -> Option<&mut MacroCall> {
        self.outwards().find_map(|kind| match kind {
            Kind::Macro(call) => Some(&mut **call),
            _ => None,
        })
    }

    pub(super) fn extension_around(&mut self) -> Option<&mut MacroCall> {
        self.outwards().find_map(|kind| match kind {
            Kind::Extension(call) => Some(&mut **call),
            _ => None,
        })
    }

    /// The key of the innermost extension value.
    pub(super) fn key_around(&mut self) -> Option<Rc<str>> {
        self.outwards().find_map(|kind| match kind {
            Kind::ExtensionValue { key, .. } => Some(Rc::clone(key)),
            _ => None,
        })
    }
}
