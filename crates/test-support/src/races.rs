//! Determines which files of a site are certainly in use for a run during which the site changed.

use std::collections::{BTreeMap, BTreeSet};

use confluence_sim::{AppliedChange, RequestLogEntry, Site, files_in_use};
use url::form_urlencoded;

/// The lists that a run reads, and reads again in its final pass.
const LISTS: &[&str] = &[
    "/wiki/api/v2/spaces",
    "/wiki/api/v2/pages",
    "/wiki/api/v2/blogposts",
    "/wiki/api/v2/attachments",
    "/wiki/api/v2/footer-comments",
    "/wiki/api/v2/inline-comments",
    "/wiki/api/v2/custom-content",
    "/wiki/rest/api/template/page",
    "/wiki/rest/api/template/blueprint",
];
/// Query parameters that identify a list; orders, limits, cursors and bodies do not.
const LIST_PARAMETERS: &[&str] = &["space-id", "spaceKey", "status", "type"];
/// Query parameters of requests that do not begin a list, or that select items of it.
const ITEM_PARAMETERS: &[&str] = &["cursor", "id", "ids", "keys", "title", "filename"];

/// Returns the files that the run must not call unreferenced: those in use after the last change, and before each
/// change that came too late for the run to see.
///
/// `requests` are those of the run; the first is request number `first` of the server. `applied_changes` are all
/// changes on the server. A change comes too late if the final pass had begun, and no list that shows the change was
/// begun after it.
pub fn certainly_in_use(
    initial: &Site,
    applied_changes: &[AppliedChange],
    requests: &[RequestLogEntry],
    first: usize,
) -> BTreeSet<String> {
    let begins = list_beginnings(requests);
    let final_pass = final_pass(&begins);
    let of_the_run = applied_changes.iter().filter(|applied| applied.request < first + requests.len());
    let states = std::iter::once((None, initial)).chain(of_the_run.map(|applied| (Some(applied), &applied.site)));
    let mut acceptable: Vec<BTreeSet<String>> = Vec::new();
    let mut all_seen = true;
    for (applied, site) in states {
        // after a change that the run did not see, it knows none of the later states
        all_seen &= applied.is_none_or(|applied| {
            let shown = applied.change.shown_by();
            let began = begins.iter().filter(|(path, _, _)| shown.contains(&path.as_str())).map(|(_, _, at)| *at).max();
            applied.request < first.saturating_add(final_pass.max(began.unwrap_or_default()))
        });
        if all_seen {
            acceptable.clear();
        }
        acceptable.push(files_in_use(site));
    }
    let first = acceptable.pop().unwrap_or_default();
    acceptable.into_iter().fold(first, |surely, also| surely.intersection(&also).cloned().collect())
}

/// Returns the first request of every pass over a list: its path, the parameters that identify the list, and its index.
fn list_beginnings(requests: &[RequestLogEntry]) -> Vec<(String, String, usize)> {
    let mut found = Vec::new();
    for (at, request) in requests.iter().enumerate() {
        if request.status != 200 || !LISTS.contains(&request.path.as_str()) {
            continue;
        }
        let query: Vec<(String, String)> = form_urlencoded::parse(request.query.as_bytes()).into_owned().collect();
        let is_other_request = query.iter().any(|(key, value)| {
            ITEM_PARAMETERS.contains(&key.as_str())
                || (key == "start" && value != "0")
                || (key == "limit" && value == "1")
        });
        if !is_other_request {
            let mut which: Vec<String> = query
                .into_iter()
                .filter(|(key, _)| LIST_PARAMETERS.contains(&key.as_str()))
                .map(|(key, value)| format!("{key}={value}"))
                .collect();
            which.sort();
            found.push((request.path.clone(), which.join("&"), at));
        }
    }
    found
}

/// Returns the index of the request at which the final pass begins: the earliest of the last beginnings of all lists
/// that were read more than once. A list that is read only once does not count, so the run has to see changes that only
/// this list shows.
fn final_pass(begins: &[(String, String, usize)]) -> usize {
    let mut lists: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (path, which, at) in begins {
        lists.entry((path, which)).or_default().push(*at);
    }
    let read_again = lists.values().filter(|beginnings| beginnings.len() > 1);
    read_again.filter_map(|beginnings| beginnings.last().copied()).min().unwrap_or(usize::MAX)
}
