//! The rules of `report::format` for use in templates. The signatures are those askama asks for.
#![expect(
    clippy::unnecessary_wraps,
    clippy::unused_self,
    clippy::inline_always,
    unreachable_pub,
    reason = "askama takes results and generates the rest"
)]

use askama::{Result, Values};

use crate::report::format;

/// A number, or a reference to one: macros hand on references to references.
pub(in crate::report) trait Number {
    fn number(&self) -> u64;
}

impl Number for u64 {
    fn number(&self) -> u64 {
        *self
    }
}

impl Number for usize {
    fn number(&self) -> u64 {
        *self as u64
    }
}

impl<N: Number> Number for &N {
    fn number(&self) -> u64 {
        (**self).number()
    }
}

#[askama::filter_fn]
pub(in crate::report) fn bytes(number: impl Number, _: &dyn Values) -> Result<String> {
    Ok(format::bytes(number.number()))
}

#[askama::filter_fn]
pub(in crate::report) fn count(number: impl Number, _: &dyn Values) -> Result<String> {
    Ok(format::count(number.number()))
}

/// A number with the word that belongs to it.
#[askama::filter_fn]
pub(in crate::report) fn plural(number: impl Number, _: &dyn Values, one: &str, many: &str) -> Result<String> {
    Ok(format::plural(number.number(), one, many))
}
