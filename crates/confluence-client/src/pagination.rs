//! Pagination: reads all of a list, or reports why it could not.
//!
//! A list ends only where a page of results has no next page; an empty or short page does not end it (F-50, F-51). Of a
//! next link, only the cursor is used, with our own URL (F-44). A list that seems endless or contradicts itself fails
//! (F-45 to F-48, F-52).
//!
//! If a page is too large, or the server cannot create it in time, the list is read again from its start with half the
//! limit, since a cursor is valid only for its limit (F-13). Neighbouring large bodies can make that fail, or take more
//! requests than reading each body alone. The list is then read once without bodies and reports which bodies are
//! missing.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;

use url::Url;

use super::client::Client;
use super::data_center;
use super::error::RequestError;
use super::list_item::{ListItem, item_id};
use super::list_outcome::ListOutcome;
use super::model::ListPage;
use super::request::Request;
use super::response::ApiResponse;

/// A list fails at this number of pages with known items only since the last new item (F-47).
const MAX_STALE_PAGES: u32 = 3;
/// A list fails at this number of empty pages since the last new item. The server fills a page before it removes the
/// items that the account may not see, so a few empty pages are normal: with 250 items per page, 40 mean 10,000 hidden
/// items. An endlessly empty list looks the same, so there has to be a limit.
const MAX_EMPTY_PAGES: u32 = 40;
/// How often a list is read again from its start because a cursor was refused (F-16).
const MAX_EXPIRED: u32 = 3;
/// Down to this limit, a list is always read again, however many pages were read for nothing; below it, reading each
/// body alone takes hardly more requests.
const WORTHWHILE_LIMIT: u32 = 25;
/// Below [`WORTHWHILE_LIMIT`], a list is read again only if no more than this number of pages was read for nothing.
const CHEAP_PAGES: u32 = 16;

/// How a list is continued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PagingMode {
    /// By the cursor in the next link: all of v2, and the v1 search.
    Cursor,
    /// By the number of the first item: v1 templates, and most lists of Data Center.
    Start,
}

/// An item that could not be parsed (F-63).
#[derive(Debug, PartialEq, Eq, Hash)]
struct BadItem {
    /// Its id, if that could be read.
    id: Option<String>,
    what: String,
}

/// Reads the list that begins with `request`, in pages of the requested size or the maximum of its kind, and passes
/// every item to `take`: each once, and again if a later one has a higher version. `take` may end the list.
pub(crate) async fn read_list<T: ListItem>(
    client: &Client,
    request: &Request,
    paging: PagingMode,
    mut take: impl FnMut(T) -> ControlFlow<()>,
) -> ListOutcome {
    let mut reader = ListReader::new(request, paging);
    let most = request.page_size().unwrap_or_else(|| client.page_limit(request.kind));
    let mut limit = most;
    let (mut expired, mut too_large) = (0, false);
    let end = loop {
        let PassError { error, restart, pages } = match reader.pass(client, limit, &mut take).await {
            Ok(()) => break Ok(()),
            Err(interruption) => interruption,
        };
        if client.stopped().is_some() {
            break Err(error);
        }
        match restart {
            Restart::SameList if expired < MAX_EXPIRED => {
                expired += 1;
                limit = (limit / 2).max(1);
            }
            Restart::SmallerPages if limit > 1 && (limit / 2 >= WORTHWHILE_LIMIT || pages <= CHEAP_PAGES) => {
                too_large |= !reader.is_bare;
                limit /= 2;
            }
            Restart::SmallerPages if reader.leave_bodies_out() => {
                client.learn_page_limit(request.kind, limit.max(WORTHWHILE_LIMIT));
                too_large = false;
                limit = most;
            }
            Restart::No | Restart::SameList | Restart::SmallerPages => break Err(error),
        }
        tracing::info!(path = request.path(), limit, bare = reader.is_bare, %error, "reading the list again from its start");
    };
    if end.is_ok() && too_large {
        client.learn_page_limit(request.kind, limit);
    }
    reader.finish(end)
}

/// Why a pass ended early, whether another pass is worthwhile, and how many pages this one read.
struct PassError {
    error: RequestError,
    restart: Restart,
    pages: u32,
}

/// An error of the list itself: another pass does not help.
impl From<RequestError> for PassError {
    fn from(error: RequestError) -> Self {
        Self { error, restart: Restart::No, pages: 0 }
    }
}

/// Whether another pass is worthwhile, and how it has to differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Restart {
    /// No other pass helps.
    No,
    /// The same list again: a cursor was refused and may have expired (F-16).
    SameList,
    /// With smaller pages.
    SmallerPages,
}

/// The expansion of bodies.
const BODY: &str = "body.storage";

fn asks_for_bodies((name, value): &(String, String)) -> bool {
    name == "body-format" || (name == "expand" && value.split(',').any(|part| part == BODY))
}

struct ListReader {
    request: Request,
    paging: PagingMode,
    /// This pass does not request the bodies that were originally requested.
    is_bare: bool,
    without_body: BTreeSet<String>,
    seen: HashMap<String, u32>,
    duplicates: u64,
    bad_items: HashSet<BadItem>,
    /// Message about the first of them.
    first_bad: Option<String>,
    base: Option<String>,
}

impl ListReader {
    fn new(request: &Request, paging: PagingMode) -> Self {
        Self {
            request: request.clone(),
            paging,
            is_bare: false,
            without_body: BTreeSet::new(),
            seen: HashMap::new(),
            duplicates: 0,
            bad_items: HashSet::new(),
            first_bad: None,
            base: None,
        }
    }

    /// Returns whether a smaller page may succeed: a single body may be what the server cannot create. A list without
    /// bodies that also fails with small pages fails for another reason.
    fn may_gain_from_less(&self, error: &RequestError, limit: u32) -> bool {
        self.has_bodies() || self.is_bare || !error.is_server_failure() || limit / 2 >= WORTHWHILE_LIMIT
    }

    fn has_bodies(&self) -> bool {
        self.request.query.iter().any(asks_for_bodies)
    }

    /// Stops requesting bodies; returns false if none are requested.
    fn leave_bodies_out(&mut self) -> bool {
        let had_bodies = self.has_bodies();
        for (name, value) in &mut self.request.query {
            if name == "expand" {
                *value = value.split(',').filter(|part| *part != BODY).collect::<Vec<_>>().join(",");
            }
        }
        self.request.query.retain(|(name, value)| name != "body-format" && !(name == "expand" && value.is_empty()));
        self.is_bare |= had_bodies;
        had_bodies
    }

    /// Reads the list once from the start, with one limit.
    async fn pass<T: ListItem>(
        &mut self,
        client: &Client,
        limit: u32,
        take: &mut impl FnMut(T) -> ControlFlow<()>,
    ) -> Result<(), PassError> {
        let mut positions = HashSet::new();
        let mut in_pass = HashSet::new();
        let mut position: Option<String> = None;
        let (mut stale, mut empty) = (0, 0);
        for pages in 0..client.max_pages {
            let page = self.page(client, limit, position.as_deref()).await.map_err(|error| {
                let may_expire = position.is_some() && self.paging == PagingMode::Cursor;
                let restart = if may_expire && matches!(error, RequestError::Status { status: 400, .. }) {
                    Restart::SameList
                } else if error.wants_smaller_page() && self.may_gain_from_less(&error, limit) {
                    Restart::SmallerPages
                } else {
                    Restart::No
                };
                PassError { error, restart, pages }
            })?;
            self.note_cap(client, &page.value, limit);
            let next = self.next_position(client, &page, position.as_deref())?;
            let results = page.value.results;
            let (is_empty, before) = (results.is_empty(), in_pass.len());
            for value in results {
                let id = item_id(&value);
                match serde_json::from_value::<T>(value) {
                    Ok(item) => {
                        in_pass.insert(item.id().to_owned());
                        if self.is_new_or_newer(&item) {
                            if self.is_bare {
                                self.without_body.insert(item.id().to_owned());
                            }
                            if take(item).is_break() {
                                return Ok(());
                            }
                        }
                    }
                    Err(error) => self.note_bad_item(id, &error),
                }
            }
            let Some(next) = next else { return Ok(()) };
            if !positions.insert(next.clone()) {
                return Err(self.paging_error("the same next page was returned twice").into());
            }
            if in_pass.len() > before {
                (stale, empty) = (0, 0);
            } else if is_empty {
                empty += 1;
            } else {
                stale += 1;
            }
            if stale >= MAX_STALE_PAGES {
                return Err(self.paging_error("several pages in a row without new items").into());
            }
            if empty >= MAX_EMPTY_PAGES {
                return Err(self
                    .paging_error(&format!("{empty} empty pages since the last new item, each with a next page"))
                    .into());
            }
            position = Some(next);
        }
        Err(self.paging_error("the list does not end").into())
    }

    async fn page(
        &self,
        client: &Client,
        limit: u32,
        position: Option<&str>,
    ) -> Result<ApiResponse<ListPage>, RequestError> {
        let mut request = self.request.clone().replacing("limit", limit.to_string());
        if let Some(position) = position {
            request = request.replacing(self.parameter(), position);
        }
        client.get(&request).await
    }

    fn parameter(&self) -> &'static str {
        match self.paging {
            PagingMode::Cursor => "cursor",
            PagingMode::Start => "start",
        }
    }

    /// Returns where the next page begins; `None` at the end.
    fn next_position(
        &mut self,
        client: &Client,
        page: &ApiResponse<ListPage>,
        position: Option<&str>,
    ) -> Result<Option<String>, RequestError> {
        let links = page.value.links.as_ref();
        if self.base.is_none() {
            self.base = links.and_then(|links| links.base.clone());
        }
        let from_body = links.and_then(|links| links.next.as_deref()).filter(|next| !next.is_empty());
        let from_header = page.link_next.as_deref().filter(|next| !next.is_empty());
        if self.paging == PagingMode::Start {
            return self.next_start(&page.value, from_body.or(from_header), position);
        }
        let read = |link: Option<&str>| link.map(|link| self.cursor(client, link)).transpose();
        match (read(from_body)?, read(from_header)?) {
            (Some(body), Some(header)) if body != header => {
                Err(self.paging_error("body and Link header name different next pages"))
            }
            (body, header) => Ok(body.or(header)),
        }
    }

    /// Returns the next position in a v1 list: it goes on while there is a next link or the page is full.
    ///
    /// A server that removes hidden items from a page counts them in the next link, so that its number may be higher
    /// than that of the items sent, but not higher than the limit of the page: what lies beyond was not read.
    fn next_start(
        &self,
        page: &ListPage,
        link: Option<&str>,
        position: Option<&str>,
    ) -> Result<Option<String>, RequestError> {
        let count = page.results.len() as u64;
        let full = count > 0 && page.limit.is_none_or(|limit| count >= limit);
        if link.is_none() && !full {
            return Ok(None);
        }
        let start = position.and_then(|start| start.parse::<u64>().ok()).unwrap_or(0);
        let read = start + count.max(page.limit.unwrap_or(0));
        let named = link.and_then(start_of).filter(|named| (start + count..=read).contains(named) && *named > start);
        match named {
            Some(named) => Ok(Some(named.to_string())),
            None if count == 0 => Err(self.paging_error("an empty page has a next page")),
            None => Ok(Some((start + count).to_string())),
        }
    }

    /// Records that a Data Center applied a smaller limit than the requested one, which it does without an error.
    fn note_cap(&self, client: &Client, page: &ListPage, asked: u32) {
        let applied = page.limit.and_then(|limit| u32::try_from(limit).ok());
        if let Some(limit) = applied.filter(|limit| (1..asked).contains(limit))
            && !client.deployment().is_cloud()
            && (self.has_bodies() || !data_center::has_bodies(self.request.kind))
        {
            client.learn_page_limit(self.request.kind, limit);
        }
    }

    /// Returns the cursor of a next link, decoded once. The rest of the link is not used.
    fn cursor(&self, client: &Client, link: &str) -> Result<String, RequestError> {
        let own = client.address().url(&self.request);
        let link = own.join(link).map_err(|_| self.paging_error("the next link is not a URL"))?;
        if !client.address().is_same_origin(&link) && !self.names_site(&link) {
            let host = link.host_str().unwrap_or("no host");
            client.warn(&format!("a next link of {} names a foreign host ({host}); it was not contacted", own.path()));
        }
        link.query_pairs()
            .find(|(name, _)| name == "cursor")
            .map(|(_, cursor)| cursor.into_owned())
            .filter(|cursor| !cursor.is_empty())
            .ok_or_else(|| self.paging_error("the next link has no cursor"))
    }

    fn names_site(&self, link: &Url) -> bool {
        let base = self.base.as_deref().and_then(|base| Url::parse(base).ok());
        base.is_some_and(|base| base.origin() == link.origin())
    }

    /// Returns whether the item is new, or newer than the one with the same id (F-49).
    fn is_new_or_newer(&mut self, item: &impl ListItem) -> bool {
        let version = item.version();
        match self.seen.get_mut(item.id()) {
            Some(known) => {
                self.duplicates += 1;
                let newer = version > *known;
                *known = version.max(*known);
                newer
            }
            None => self.seen.insert(item.id().to_owned(), version).is_none(),
        }
    }

    fn note_bad_item(&mut self, id: Option<String>, error: &serde_json::Error) {
        let bad = BadItem { id, what: error.to_string() };
        self.first_bad
            .get_or_insert_with(|| format!("{}: {}", bad.id.as_deref().unwrap_or("item without id"), bad.what));
        self.bad_items.insert(bad);
    }

    fn paging_error(&self, what: &str) -> RequestError {
        RequestError::Paging { endpoint: self.request.path(), what: what.to_owned() }
    }

    fn finish(self, end: Result<(), RequestError>) -> ListOutcome {
        let (endpoint, count) = (self.request.path(), self.bad_items.len());
        let bad = self.first_bad.map_or(Ok(()), |first| Err(RequestError::BadItems { endpoint, count, first }));
        let end = end.and(bad);
        ListOutcome {
            end,
            items: self.seen.len() as u64,
            duplicates: self.duplicates,
            base: self.base,
            without_body: self.without_body,
            denied_trash: Vec::new(),
        }
    }
}

/// Returns the number of the first item in a next link; the rest of the link is not used.
fn start_of(link: &str) -> Option<u64> {
    let (_, query) = link.split_once('?')?;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == "start").and_then(|(_, start)| start.parse().ok())
}
