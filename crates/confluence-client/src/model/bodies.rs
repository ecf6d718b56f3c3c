//! Bodies as answers bear them.

use serde::Deserialize;

use crate::choices::BodyForm;

/// A body in the representations asked for.
#[derive(Debug, Clone, Deserialize)]
pub struct Bodies {
    /// Storage format.
    pub storage: Option<Representation>,
    /// Atlassian document format, as JSON text.
    pub atlas_doc_format: Option<Representation>,
    /// As an app wrote it; app content only.
    pub raw: Option<Representation>,
}

impl Bodies {
    /// The text in one form; `None` when the answer bears none, or bears another form in its place.
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
    /// The form the text is in.
    pub representation: Option<String>,
    /// The text.
    pub value: Option<String>,
}
