//! Confluence Data Center: the REST API below a context path.
//!
//! One API (`rest/api`), a few experimental resources, and downloads with the credential. Lists are paged by `start` and
//! `limit`, some by a cursor; what a request does not expand is named in `_expandable`. Times have an offset.

mod accounts;
mod content_children;
mod content_json;
mod content_parts;
mod contents;
mod downloads;
mod expansions;
mod file_json;
mod instance;
mod page_of_results;
#[cfg(feature = "faults")]
mod repeated_links;
mod restrictions;
mod scan;
mod search;
mod space_permissions;
mod spaces;
mod templates;
mod trash;
mod versions;

use chrono::{DateTime, FixedOffset, SecondsFormat, Utc};

use self::expansions::Expansions;
#[cfg(feature = "faults")]
pub(super) use self::repeated_links::repeated_link;
use super::indexed_site::{IndexedSite, Viewer};
use super::reply::{Reply, ReplyResult};
use super::request::Request;
use super::{errors, workflow};
use crate::site::Space;

/// Seconds east of UTC of the server's time zone.
const OFFSET: i32 = 3600;

/// A request with what is needed for its response.
#[derive(Debug, Clone, Copy)]
struct Exchange<'s> {
    indexed: &'s IndexedSite,
    viewer: Viewer,
    request: &'s Request,
    /// The context path, without a slash at the end.
    context: &'s str,
    /// The path below the context path.
    path: &'s str,
}

/// Returns the response to a request as this viewer, or the refusal of its credential. Nothing exists outside the
/// context path, and only the API and the downloads below it.
pub(super) fn respond(indexed: &IndexedSite, context: &str, request: &Request, viewer: Result<Viewer, Reply>) -> Reply {
    let Some(path) = request.path.strip_prefix(context).filter(|path| path.starts_with('/')) else {
        return errors::html_not_found();
    };
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let is_known = matches!(
        segments.as_slice(),
        ["rest", "api" | "experimental", _, ..] | ["rest", "cw", "1", ..] | ["download", "attachments", ..]
    );
    if !is_known {
        return errors::html_not_found();
    }
    let viewer = match viewer {
        Ok(viewer) => viewer,
        Err(_) if segments.first() == Some(&"download") => return errors::login_redirect(context, &request.path),
        Err(refusal) => return refusal,
    };
    let refused = &indexed.site.behaviour.refused;
    if refused.iter().any(|refused| refused == path || *refused == request.path) {
        return errors::data_center(403, "Not permitted");
    }
    let exchange = Exchange { indexed, viewer, request, context, path };
    exchange.route(&segments).unwrap_or_else(|refusal| refusal)
}

impl<'s> Exchange<'s> {
    fn route(self, segments: &[&str]) -> ReplyResult {
        match segments {
            ["rest", "api", rest @ ..] => self.route_api(rest),
            ["rest", "experimental", "template", "page"] => templates::list(self, false),
            ["rest", "experimental", "template", "blueprint"] => templates::list(self, true),
            ["rest", "experimental", "template", "page" | "blueprint", id]
            | ["rest", "experimental", "template", id] => templates::one(self, id),
            ["rest", "experimental", "content", id, "version"] => versions::list(self, id),
            ["rest", "experimental", "content", id, "version", number] => versions::one(self, id, number),
            ["rest", "cw", "1", rest @ ..] => workflow::route(self.indexed, self.viewer, self.request, rest),
            ["download", "attachments", container, name] => downloads::file(self, container, name),
            ["rest", ..] => Err(self.no_resource()),
            _ => Err(errors::html_not_found()),
        }
    }

    fn route_api(self, segments: &[&str]) -> ReplyResult {
        match segments {
            ["user", "current"] => Ok(Reply::ok(accounts::current(self))),
            ["user"] => accounts::one(self),
            ["space"] => spaces::list(self),
            ["space", key] => spaces::one(self, &decoded(key)),
            ["space", key, "permissions"] => space_permissions::list(self, &decoded(key)),
            ["space", key, "trash"] => trash::list(self, &decoded(key)),
            ["content"] => contents::list(self),
            ["content", "scan"] => scan::list(self),
            ["content", "search"] => search::contents(self),
            ["search"] => search::everything(self),
            ["content", id] => contents::one(self, id),
            ["content", id, "child", "attachment"] => content_children::attachments(self, id),
            ["content", id, "child", "comment"] => content_children::comments(self, id),
            ["content", id, "child", "page"] => content_children::pages(self, id),
            ["content", id, "label"] => content_children::labels(self, id),
            ["content", id, "property"] => content_children::properties(self, id),
            ["content", id, "property", key] => content_children::property(self, id, &decoded(key)),
            ["content", id, "restriction", "byOperation"] => restrictions::by_operation(self, id),
            ["content", id, "watchers"] => restrictions::watchers(self, id),
            ["instance-metrics"] => instance::metrics(self),
            ["server-information"] => instance::information(self),
            _ => Err(self.no_resource()),
        }
    }

    /// The 404 of a REST path without a resource.
    fn no_resource(self) -> Reply {
        let message = format!("null for uri: {}{}", self.indexed.address, self.path);
        Reply::json(404, serde_json::json!({"message": message, "status-code": 404}))
    }

    /// Whether the viewer administrates a space, which its trash and watchers take.
    fn administrates(self, space: &Space) -> bool {
        let others = &self.indexed.site.behaviour.data_center.not_administrated;
        self.viewer != Viewer::Anonymous && !others.iter().any(|key| key == "*" || *key == space.key)
    }

    /// Whether the viewer administrates the space with this id.
    fn administrates_space(self, id: &str) -> bool {
        self.indexed.space(id).is_some_and(|space| self.administrates(space))
    }

    /// Returns the requested expansions, or those of a resource with defaults.
    fn expansions(self, default: &str) -> Expansions {
        let mut texts = self.request.parameters("expand").peekable();
        if texts.peek().is_some() { Expansions::parse(texts) } else { Expansions::parse([default].into_iter()) }
    }

    /// Returns the full URL of a path below the context path.
    fn url(self, path: &str) -> String {
        format!("{}{path}", self.indexed.base())
    }

    /// Returns the words of a parameter, which may be repeated or separated by commas.
    fn words(self, key: &str, default: &'s str) -> Vec<&'s str> {
        let words = self.request.ids(key);
        if words.is_empty() { vec![default] } else { words }
    }
}

/// Decodes a path segment: keys of personal spaces may be escaped.
fn decoded(segment: &str) -> String {
    percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

/// Formats a time in the server's time zone.
fn time(at: DateTime<Utc>) -> String {
    match FixedOffset::east_opt(OFFSET) {
        Some(zone) => at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Millis, false),
        None => at.to_rfc3339_opts(SecondsFormat::Millis, true),
    }
}
