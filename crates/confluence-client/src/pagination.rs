//! Walks a list to its end, or says why it could not.
//!
//! Only the absence of a next page ends a list; an empty or short page never does (F-50, F-51). Of a next link only
//! the cursor is used, on our own URL (F-44). What looks endless or contradicts itself fails (F-45 to F-48, F-52).
//!
//! A page that is too large, or that the server cannot make in time, is asked for in halves: the list begins again with
//! half the limit, since a cursor belongs to the limit it was given for (F-13). Where large bodies stand side by side that
//! comes to an end, or costs more requests than reading each body alone. Then the list is walked once without bodies, and
//! says whose bodies it lacks.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;

use url::Url;

use super::answer::Answer;
use super::client::Client;
use super::error::RequestError;
use super::item::{Item, item_id};
use super::model::ListPage;
use super::request::Request;

/// Pages since the last news that may bring known items only (F-47).
const MAX_STALE_PAGES: u32 = 3;
/// Empty pages since the last news that may announce a next one. What an account may not see is taken out of a page after
/// the page was cut, so a few empty ones are no fault: with 250 items a page, these stand for
/// 10,000 hidden items in a row. A list that is endlessly empty looks the same, and a site has many lists.
const MAX_EMPTY_PAGES: u32 = 40;
/// How often a list is walked again from its start because a cursor was refused (F-16).
const MAX_EXPIRED: u32 = 3;
/// Down to this limit a list is walked again however long it was walked in vain: below, reading each body alone costs
/// hardly more requests.
const WORTHWHILE_LIMIT: u32 = 25;
/// Below [`WORTHWHILE_LIMIT`] a list is walked again while no more pages than these were read in vain.
const CHEAP_PAGES: u32 = 16;

/// How a list is continued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paging {
    /// By the cursor in the next link: all of v2, and the v1 search.
    Cursor,
    /// By the number of the first item: v1 templates.
    Start,
}

/// An item that could not be understood (F-63).
#[derive(Debug, PartialEq, Eq, Hash)]
struct BadItem {
    /// Its id, where that could be read.
    id: Option<String>,
    what: String,
}

/// How a walk went. Items were handed on as they came.
#[derive(Debug)]
pub struct Walked {
    /// Whether the list was walked to its end and every item was understood.
    pub end: Result<(), RequestError>,
    /// Different items handed on.
    pub items: u64,
    /// Items that came more than once.
    pub duplicates: u64,
    /// `_links.base`: the site's own address as the server gives it.
    pub base: Option<String>,
    /// Ids of the items that were handed on without the body that was asked for: no page with it could be had.
    pub without_body: BTreeSet<String>,
}

/// Walks the list that `request` begins, with pages as large as it asks for or its kind allows, and hands every item to
/// `take`, each once, a later one again when its version is higher. `take` may end the walk.
pub(crate) async fn walk<T: Item>(
    client: &Client,
    request: &Request,
    paging: Paging,
    mut take: impl FnMut(T) -> ControlFlow<()>,
) -> Walked {
    let mut walk = Walk::new(request, paging);
    let most = request.page_size().unwrap_or_else(|| client.page_limit(request.kind));
    let mut limit = most;
    let (mut expired, mut too_large) = (0, false);
    let end = loop {
        let Interruption { error, again, pages } = match walk.pass(client, limit, &mut take).await {
            Ok(()) => break Ok(()),
            Err(interruption) => interruption,
        };
        if client.stopped().is_some() {
            break Err(error);
        }
        match again {
            Again::SameList if expired < MAX_EXPIRED => {
                expired += 1;
                limit = (limit / 2).max(1);
            }
            Again::SmallerPages if limit > 1 && (limit / 2 >= WORTHWHILE_LIMIT || pages <= CHEAP_PAGES) => {
                too_large |= !walk.is_bare;
                limit /= 2;
            }
            Again::SmallerPages if walk.leave_bodies_out() => {
                client.learn_page_limit(request.kind, limit.max(WORTHWHILE_LIMIT));
                too_large = false;
                limit = most;
            }
            Again::No | Again::SameList | Again::SmallerPages => break Err(error),
        }
        tracing::debug!(path = request.path(), limit, bare = walk.is_bare, %error, "walking the list again from its start");
    };
    if end.is_ok() && too_large {
        client.learn_page_limit(request.kind, limit);
    }
    walk.finish(end)
}

/// Why a pass ended early, whether another one from the start is worth it, and what this one cost.
struct Interruption {
    error: RequestError,
    again: Again,
    /// Pages read before.
    pages: u32,
}

/// The fault of a list stays, however it is asked for.
impl From<RequestError> for Interruption {
    fn from(error: RequestError) -> Self {
        Self { error, again: Again::No, pages: 0 }
    }
}

/// What another pass has to do otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    /// No other pass helps.
    No,
    /// Nothing: a cursor was refused and may have expired (F-16).
    SameList,
    /// Ask for less at once.
    SmallerPages,
}

fn asks_for_bodies((name, value): &(String, String)) -> bool {
    name == "body-format" || (name == "expand" && value == "body.storage")
}

struct Walk {
    request: Request,
    paging: Paging,
    /// The bodies asked for at first are left out of this pass.
    is_bare: bool,
    without_body: BTreeSet<String>,
    seen: HashMap<String, u32>,
    duplicates: u64,
    bad_items: HashSet<BadItem>,
    /// The first of them, for people.
    first_bad: Option<String>,
    base: Option<String>,
}

impl Walk {
    fn new(request: &Request, paging: Paging) -> Self {
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

    /// Whether half as much may get through: one body may be what the server cannot make. A list without any that fails in
    /// short pages too, fails for another reason.
    fn may_gain_from_less(&self, error: &RequestError, limit: u32) -> bool {
        self.has_bodies() || self.is_bare || !error.is_server_failure() || limit / 2 >= WORTHWHILE_LIMIT
    }

    fn has_bodies(&self) -> bool {
        self.request.query.iter().any(asks_for_bodies)
    }

    /// From here on the list is asked for without bodies; false where it already is.
    fn leave_bodies_out(&mut self) -> bool {
        let is_news = self.has_bodies();
        self.request.query.retain(|parameter| !asks_for_bodies(parameter));
        self.is_bare |= is_news;
        is_news
    }

    /// One pass from the start to the end, with one limit.
    async fn pass<T: Item>(
        &mut self,
        client: &Client,
        limit: u32,
        take: &mut impl FnMut(T) -> ControlFlow<()>,
    ) -> Result<(), Interruption> {
        let mut positions = HashSet::new();
        let mut in_pass = HashSet::new();
        let mut position: Option<String> = None;
        let (mut stale, mut empty) = (0, 0);
        for pages in 0..client.max_pages {
            let page = self.page(client, limit, position.as_deref()).await.map_err(|error| {
                let again = if position.is_some() && matches!(error, RequestError::Status { status: 400, .. }) {
                    Again::SameList
                } else if error.wants_smaller_page() && self.may_gain_from_less(&error, limit) {
                    Again::SmallerPages
                } else {
                    Again::No
                };
                Interruption { error, again, pages }
            })?;
            let next = self.next_position(client, &page, position.as_deref())?;
            let results = page.value.results;
            let (is_empty, before) = (results.is_empty(), in_pass.len());
            for value in results {
                let id = item_id(&value);
                match serde_json::from_value::<T>(value) {
                    Ok(item) => {
                        in_pass.insert(item.id().to_owned());
                        if self.is_news(&item) {
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
                return Err(self.fault("the same next page came twice").into());
            }
            if in_pass.len() > before {
                (stale, empty) = (0, 0);
            } else if is_empty {
                empty += 1;
            } else {
                stale += 1;
            }
            if stale >= MAX_STALE_PAGES {
                return Err(self.fault("page after page without anything new").into());
            }
            if empty >= MAX_EMPTY_PAGES {
                return Err(self.fault(&format!("{empty} empty pages, each with a next one")).into());
            }
            position = Some(next);
        }
        Err(self.fault("it does not end").into())
    }

    async fn page(
        &self,
        client: &Client,
        limit: u32,
        position: Option<&str>,
    ) -> Result<Answer<ListPage>, RequestError> {
        let mut request = self.request.clone().replacing("limit", limit.to_string());
        if let Some(position) = position {
            request = request.replacing(self.parameter(), position);
        }
        client.get(&request).await
    }

    fn parameter(&self) -> &'static str {
        match self.paging {
            Paging::Cursor => "cursor",
            Paging::Start => "start",
        }
    }

    /// Where the next page begins; `None` at the end.
    fn next_position(
        &mut self,
        client: &Client,
        page: &Answer<ListPage>,
        position: Option<&str>,
    ) -> Result<Option<String>, RequestError> {
        let links = page.value.links.as_ref();
        if self.base.is_none() {
            self.base = links.and_then(|links| links.base.clone());
        }
        let from_body = links.and_then(|links| links.next.as_deref()).filter(|next| !next.is_empty());
        let from_header = page.link_next.as_deref().filter(|next| !next.is_empty());
        if self.paging == Paging::Start {
            return self.next_start(&page.value, from_body.or(from_header).is_some(), position);
        }
        let read = |link: Option<&str>| link.map(|link| self.cursor(client, link)).transpose();
        match (read(from_body)?, read(from_header)?) {
            (Some(body), Some(header)) if body != header => {
                Err(self.fault("body and Link header name different next pages"))
            }
            (body, header) => Ok(body.or(header)),
        }
    }

    /// v1 lists: goes on while there is a next link, or while pages are full, and never trusts the link's own number.
    fn next_start(
        &self,
        page: &ListPage,
        linked: bool,
        position: Option<&str>,
    ) -> Result<Option<String>, RequestError> {
        let count = page.results.len() as u64;
        let full = count > 0 && page.limit.is_none_or(|limit| count >= limit);
        if !linked && !full {
            return Ok(None);
        }
        if count == 0 {
            return Err(self.fault("an empty page announces a next one"));
        }
        let start = position.and_then(|start| start.parse::<u64>().ok()).unwrap_or(0);
        Ok(Some((start + count).to_string()))
    }

    /// The cursor in a next link, decoded once. The rest of the link is not used.
    fn cursor(&self, client: &Client, link: &str) -> Result<String, RequestError> {
        let own = client.address().url(&self.request);
        let link = own.join(link).map_err(|_| self.fault("the next link is no URL"))?;
        if !client.address().is_same_origin(&link) && !self.names_site(&link) {
            let host = link.host_str().unwrap_or("no host");
            client.warn(&format!("a next link of {} names a foreign host ({host}); it was not contacted", own.path()));
        }
        link.query_pairs()
            .find(|(name, _)| name == "cursor")
            .map(|(_, cursor)| cursor.into_owned())
            .filter(|cursor| !cursor.is_empty())
            .ok_or_else(|| self.fault("the next link bears no cursor"))
    }

    fn names_site(&self, link: &Url) -> bool {
        let base = self.base.as_deref().and_then(|base| Url::parse(base).ok());
        base.is_some_and(|base| base.origin() == link.origin())
    }

    /// Whether the item is new, or newer than the one with its id (F-49).
    fn is_news(&mut self, item: &impl Item) -> bool {
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

    fn fault(&self, what: &str) -> RequestError {
        RequestError::Paging { endpoint: self.request.path(), what: what.to_owned() }
    }

    fn finish(self, end: Result<(), RequestError>) -> Walked {
        let (endpoint, count) = (self.request.path(), self.bad_items.len());
        let bad = self.first_bad.map_or(Ok(()), |first| Err(RequestError::BadItems { endpoint, count, first }));
        let end = end.and(bad);
        Walked {
            end,
            items: self.seen.len() as u64,
            duplicates: self.duplicates,
            base: self.base,
            without_body: self.without_body,
        }
    }
}
