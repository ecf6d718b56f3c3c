//! Template filters for the functions of `report::format`. Askama requires these signatures.
#![expect(
    clippy::unnecessary_wraps,
    clippy::unused_self,
    clippy::inline_always,
    unreachable_pub,
    reason = "askama takes results and generates the rest"
)]

use askama::{Result, Values};

use crate::report::format;

/// A number, or a reference to one: macros pass references to references.
pub(in crate::report) trait IntoCount {
    fn number(&self) -> u64;
}

impl IntoCount for u64 {
    fn number(&self) -> u64 {
        *self
    }
}

impl IntoCount for usize {
    fn number(&self) -> u64 {
        *self as u64
    }
}

impl<N: IntoCount> IntoCount for &N {
    fn number(&self) -> u64 {
        (**self).number()
    }
}

#[askama::filter_fn]
pub(in crate::report) fn bytes(number: impl IntoCount, _: &dyn Values) -> Result<String> {
    Ok(format::bytes(number.number()))
}

#[askama::filter_fn]
pub(in crate::report) fn count(number: impl IntoCount, _: &dyn Values) -> Result<String> {
    Ok(format::count(number.number()))
}

/// A number with its noun in singular or plural.
#[askama::filter_fn]
pub(in crate::report) fn plural(number: impl IntoCount, _: &dyn Values, one: &str, many: &str) -> Result<String> {
    Ok(format::plural(number.number(), one, many))
}
