//! What a reading has to know of a site that changed while it was read.

use std::collections::{BTreeMap, BTreeSet};

use confluence_sim::{Moment, RequestLogEntry, Site, files_in_use};
use url::form_urlencoded;

/// The lists that are walked from their beginning, and again before the end of a run.
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
/// What says which list it is; orders, limits, cursors and bodies do not.
const OF_A_LIST: &[&str] = &["space-id", "spaceKey", "status", "type"];
/// What makes a request for chosen items of it.
const OF_ITEMS: &[&str] = &["cursor", "id", "ids", "keys", "title", "filename"];

/// Files that nothing excuses a run for calling unreferenced: in use after its last change, and before each change that
/// came too late to be seen.
///
/// `requests` are those of the run, of which the first is number `first` of the server; `moments` are all changes of the
/// server. A change comes too late when the last walk over the lists has begun, and no list that shows it was begun
/// after it.
pub fn surely_in_use(
    initial: &Site,
    moments: &[Moment],
    requests: &[RequestLogEntry],
    first: usize,
) -> BTreeSet<String> {
    let begins = beginnings(requests);
    let last_walk = last_walk(&begins);
    let of_the_run = moments.iter().filter(|moment| moment.request < first + requests.len());
    let states = std::iter::once((None, initial)).chain(of_the_run.map(|moment| (Some(moment), &moment.site)));
    let mut acceptable: Vec<BTreeSet<String>> = Vec::new();
    let mut all_seen = true;
    for (moment, site) in states {
        // a site that was changed unseen and then changed again is known in none of its later states
        all_seen &= moment.is_none_or(|moment| {
            let shown = moment.change.shown_by();
            let began = begins.iter().filter(|(path, _, _)| shown.contains(&path.as_str())).map(|(_, _, at)| *at).max();
            moment.request < first.saturating_add(last_walk.max(began.unwrap_or_default()))
        });
        if all_seen {
            acceptable.clear();
        }
        acceptable.push(files_in_use(site));
    }
    let first = acceptable.pop().unwrap_or_default();
    acceptable.into_iter().fold(first, |surely, also| surely.intersection(&also).cloned().collect())
}

/// The walks that were begun: path, which list it is, and the place of the first request.
fn beginnings(requests: &[RequestLogEntry]) -> Vec<(String, String, usize)> {
    let mut found = Vec::new();
    for (at, request) in requests.iter().enumerate() {
        if request.status != 200 || !LISTS.contains(&request.path.as_str()) {
            continue;
        }
        let query: Vec<(String, String)> = form_urlencoded::parse(request.query.as_bytes()).into_owned().collect();
        let goes_on = query.iter().any(|(key, value)| {
            OF_ITEMS.contains(&key.as_str()) || (key == "start" && value != "0") || (key == "limit" && value == "1")
        });
        if !goes_on {
            let mut which: Vec<String> = query
                .into_iter()
                .filter(|(key, _)| OF_A_LIST.contains(&key.as_str()))
                .map(|(key, value)| format!("{key}={value}"))
                .collect();
            which.sort();
            found.push((request.path.clone(), which.join("&"), at));
        }
    }
    found
}

/// Where the last walk over all lists begins: at the first of the last beginnings of lists that were begun more than
/// once. A list that is never walked again does not count, so that changes which it alone shows have to be seen.
fn last_walk(begins: &[(String, String, usize)]) -> usize {
    let mut lists: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (path, which, at) in begins {
        lists.entry((path, which)).or_default().push(*at);
    }
    lists.values().filter(|walks| walks.len() > 1).filter_map(|walks| walks.last().copied()).min().unwrap_or(usize::MAX)
}
