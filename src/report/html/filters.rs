//! The rules of `report::format` for use in templates. The signatures are those askama asks for.
#![expect(
    clippy::unnecessary_wraps,
    clippy::unused_self,
    clippy::inline_always,
    unreachable_pub,
    reason = "askama takes results and generates the rest"
)]

use std::borrow::Borrow;

use askama::{Result, Values};

use crate::report::format;

#[askama::filter_fn]
pub(super) fn bytes(number: impl Borrow<u64>, _: &dyn Values) -> Result<String> {
    Ok(format::bytes(*number.borrow()))
}

#[askama::filter_fn]
pub(super) fn count(number: impl Borrow<u64>, _: &dyn Values) -> Result<String> {
    Ok(format::count(*number.borrow()))
}

#[askama::filter_fn]
pub(super) fn plural(number: impl Borrow<u64>, _: &dyn Values, one: &str, many: &str) -> Result<String> {
    Ok(format::plural(*number.borrow(), one, many))
}
