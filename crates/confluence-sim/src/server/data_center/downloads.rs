//! Downloads: the bytes themselves, with the credential and without a redirect.

use super::{Exchange, decoded};
use crate::server::downloads::bytes_of_version;
use crate::server::errors;
use crate::server::reply::ReplyResult;

/// `download/attachments/{container}/{name}?version=N`: the bytes of a file in one of its versions.
pub(super) fn file(exchange: Exchange<'_>, container: &str, name: &str) -> ReplyResult {
    let name = decoded(name);
    let number = match exchange.request.parameter("version") {
        None => None,
        Some(number) => Some(number.parse::<u32>().map_err(|_| errors::html_not_found())?),
    };
    let mut files = exchange
        .indexed
        .files_of(container)
        .filter(|file| exchange.indexed.sees_attachment(exchange.viewer, file))
        .filter_map(|file| {
            let version = match number {
                Some(number) => file.existing_version(number)?,
                None => file.current()?,
            };
            let has_name = version.title == name || file.current().is_some_and(|current| current.title == name);
            has_name.then_some((file, version))
        });
    let (file, version) = files.next().ok_or_else(errors::html_not_found)?;
    Ok(bytes_of_version(file, version, exchange.request.range.as_deref()))
}
