//! Bodies of contents, by representation.

use serde::Deserialize;

use crate::parameters::BodyForm;

/// A body in the requested representations.
#[derive(Debug, Clone, Deserialize)]
pub struct Body {
    /// Storage format.
    pub storage: Option<Representation>,
    /// Atlassian document format, as JSON text.
    pub atlas_doc_format: Option<Representation>,
    /// As the app wrote it; custom content only.
    pub raw: Option<Representation>,
}

impl Body {
    /// Returns the text in one representation; `None` if the response has none, or another representation in its place.
    pub fn text(&self, form: BodyForm) -> Option<&str> {
        let sent = match form {
            BodyForm::Storage => &self.storage,
            BodyForm::Document => &self.atlas_doc_format,
            BodyForm::Raw => &self.raw,
        };
        let sent = sent.as_ref()?;
        let is_other = sent.representation.as_deref().is_some_and(|named| named != form.word());
        if is_other { None } else { sent.value.as_deref() }
    }
}

/// One representation of a body.
#[derive(Debug, Clone, Deserialize)]
pub struct Representation {
    /// Name of the representation.
    pub representation: Option<String>,
    /// The text.
    pub value: Option<String>,
}
