//! The open elements that matter to the scanner. All others are transparent containers (`storage-format.md` 2.1).

use std::borrow::Cow;

use super::parameters::{MacroCall, Parameter};
use super::{Certainty, ContainerRef};

/// Frames beyond this depth are not kept; only hostile bodies get there. What stands deeper is not understood, which
/// the scanner tells its caller.
pub(super) const MAX_FRAMES: usize = 1_000;

pub(super) struct Frame<'a> {
    pub(super) name: &'a str,
    pub(super) kind: Kind<'a>,
    /// Something inside could not be understood, or the body ends before the element does: what it says may be
    /// incomplete.
    pub(super) damaged: bool,
}

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
        key: String,
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
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sink {
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
    pub(super) fn sink(&self) -> Option<Sink> {
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
}
