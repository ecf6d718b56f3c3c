//! The language of a text.

/// Most bytes of a text that are looked at: a few pages say enough.
const ENOUGH_BYTES: usize = 8_192;

/// The language of a text as ISO 639-3 code, unless there is a doubt.
pub(super) fn of(text: &str) -> Option<String> {
    let end = (0..=text.len().min(ENOUGH_BYTES)).rev().find(|at| text.is_char_boundary(*at))?;
    let found = whatlang::detect(&text[..end])?;
    found.is_reliable().then(|| found.lang().code().to_owned())
}
