//! Next links to the page of results that was just returned, for scripted faults.

use url::form_urlencoded;

use super::scan;
use crate::server::request::Request;

/// Returns a next link to the position of the request, without host and context path. In another spelling, the cursor or
/// `start` is a different text each time.
pub(in crate::server) fn repeated_link(context: &str, request: &Request, respelled: bool) -> String {
    let path = request.path.strip_prefix(context).unwrap_or(&request.path);
    let has_cursor = path.ends_with("/content/scan") || path.ends_with("/trash");
    let (key, position) = if has_cursor {
        let cursor = request.parameter("cursor").filter(|cursor| !cursor.is_empty());
        ("cursor", cursor.map_or_else(|| scan::first_cursor(request), str::to_owned))
    } else {
        ("start", request.parameter("start").unwrap_or("0").to_owned())
    };
    let position = match (position.rsplit_once(':'), respelled) {
        (Some((kind, "null")), true) => format!("{kind}:0"),
        (Some((kind, id)), true) => format!("{kind}:0{id}"),
        (None, true) => format!("0{position}"),
        (_, false) => position,
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in request.query.iter().filter(|(name, _)| name != key) {
        query.append_pair(name, value);
    }
    let query = query.finish();
    let separator = if query.is_empty() { "" } else { "&" };
    format!("{path}?{query}{separator}{key}={position}")
}
