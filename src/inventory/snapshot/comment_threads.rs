//! Reads comments for the page metrics, with replies in bulk if this run confirms that the search shows them.
//!
//! If the site-wide list of comments has no replies, each comment has its own list of replies, and most of these are
//! empty. The search returns replies with their parent comments. It is trusted if the lists of replies confirm it: at
//! least one of its replies is in them, it shows all replies in them, and a sample of the comments for which it shows
//! no replies has none. Then lists of replies are read only for comments with replies in the search, and for comments
//! that the search does not show. Nothing is remembered between runs: a new reply need not change the version of its
//! comment.
//!
//! Current and archived spaces are covered by two different searches, and each is confirmed separately.

use std::collections::{BTreeSet, HashSet};

use chrono::TimeDelta;
use serde_json::Value;
use tokio::join;

use super::context::{in_groups, searched};
use crate::inventory::comments::{self, Comments, ParentComment, Threads};
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::Crawl;
use crate::inventory::plan::list_pages;
use crate::inventory::site::{ContentId, Space};
use confluence_client::api::{CommentKind, SearchScope};
use confluence_client::{RequestKind, model};

/// Up to this many comments, lists of replies are read without a search, which would take about as many requests.
const MAX_WITHOUT_SEARCH: usize = 20;
/// Number of comments per kind without replies in the search whose lists of replies are read as a sample.
const SAMPLE: usize = 20;
/// Allowed delay of the search index: a reply older than this that the search does not show refutes it.
const INDEX_LAG: TimeDelta = TimeDelta::hours(1);

/// Whether replies are read, or only counted for a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReplyMode {
    Read,
    Counted,
}

/// The comments, and the number of requests for their replies.
pub(super) struct CommentThreads {
    pub(super) footer: Comments,
    pub(super) inline: Comments,
    /// Number of requests for the searches for comments.
    pub(super) searches: u64,
    /// Number of requests for lists of replies.
    pub(super) reply_lists: u64,
}

/// Reads the comments on the containers that `keep` accepts, which are in these spaces.
pub(super) async fn read(
    crawl: &Crawl<'_>,
    spaces: &[&Space],
    keep: impl Fn(&ContentId) -> bool,
    replies: ReplyMode,
) -> CommentThreads {
    let (footer, inline) =
        join!(comments::list(crawl, CommentKind::Footer, &keep), comments::list(crawl, CommentKind::Inline, &keep));
    let mut threads = [footer, inline];
    let open = threads.each_ref().map(Threads::without_replies);
    let count = open.iter().map(Vec::len).sum::<usize>();
    let (mut search_requests, mut planned) = (0, 0);
    if count > MAX_WITHOUT_SEARCH || (count > 0 && replies == ReplyMode::Counted) {
        let mut searches = Vec::new();
        for by in [SearchScope::Current, SearchScope::Archived] {
            searches.push(ReplySearch::search(crawl, spaces, by, &threads).await);
        }
        search_requests =
            if count > MAX_WITHOUT_SEARCH { searches.iter().map(|search| search.requests).sum() } else { 0 };
        let (unseen, choices) = choose(&searches, open);
        match replies {
            ReplyMode::Counted => planned = planned_lists(&searches, &unseen, &choices, count > MAX_WITHOUT_SEARCH),
            ReplyMode::Read => read_replies(crawl, &mut threads, &searches, unseen, choices).await,
        }
    } else {
        for (threads, parents) in threads.iter_mut().zip(open) {
            threads.read_replies(crawl, parents, |_| true).await;
        }
    }
    if replies == ReplyMode::Read {
        planned = crawl.ledger.planned(UnitKind::Replies);
    }
    let [footer, inline] = threads.map(Threads::close);
    CommentThreads { footer, inline, searches: search_requests, reply_lists: planned }
}

/// The comments of one kind that a search shows, by what it shows of them.
struct ParentGroups {
    /// Comments with replies in the search.
    with_replies: Vec<ParentComment>,
    /// A sample of the others.
    sample: Vec<ParentComment>,
    rest: Vec<ParentComment>,
}

/// Splits the comments of both kinds: those that no search shows, so that nothing is known of their replies, and for
/// each search those that it shows.
fn choose(
    searches: &[ReplySearch],
    open: [Vec<ParentComment>; 2],
) -> ([Vec<ParentComment>; 2], Vec<[ParentGroups; 2]>) {
    let mut open = open;
    let choices = searches.iter().map(|search| open.each_mut().map(|parents| search.choose(parents))).collect();
    (open, choices)
}

/// Reads lists of replies: for comments with replies in a search, and for all comments of a search that fails its test.
async fn read_replies(
    crawl: &Crawl<'_>,
    threads: &mut [Threads; 2],
    searches: &[ReplySearch],
    unseen: [Vec<ParentComment>; 2],
    choices: Vec<[ParentGroups; 2]>,
) {
    for (threads, unseen) in threads.iter_mut().zip(unseen) {
        threads.read_replies(crawl, unseen, |_| true).await;
    }
    for (search, choices) in searches.iter().zip(choices) {
        read_replies_of_search(crawl, threads, search, choices).await;
    }
}

async fn read_replies_of_search(
    crawl: &Crawl<'_>,
    threads: &mut [Threads; 2],
    search: &ReplySearch,
    choices: [ParentGroups; 2],
) {
    let should_continue = |reply: &ContentId| search.is_unusable || search.has_replies(reply);
    let mut is_confirmed = false;
    let mut is_refuted = search.is_unusable;
    let mut left = Vec::new();
    for (threads, choice) in threads.iter_mut().zip(choices) {
        let found = threads.read_replies(crawl, choice.with_replies, should_continue).await;
        let in_sample = threads.read_replies(crawl, choice.sample, should_continue).await;
        let is_late = |id: &ContentId| is_late(crawl, threads, id);
        is_confirmed |= found.iter().any(|id| search.shows(id));
        is_refuted |= found.iter().any(|id| !search.shows(id) && !is_late(id));
        is_refuted |= in_sample.iter().any(|id| search.shows(id) || !is_late(id));
        let mut rest = choice.rest;
        let not_continued = found.iter().chain(&in_sample).filter(|id| !should_continue(id));
        rest.extend(not_continued.filter_map(|id| threads.comment(id)).map(ParentComment::of));
        left.push(rest);
    }
    if is_confirmed && !is_refuted {
        return;
    }
    for (threads, left) in threads.iter_mut().zip(left) {
        threads.read_replies(crawl, left, |_| true).await;
    }
}

/// Whether a reply is so new that the index may not have it yet.
fn is_late(crawl: &Crawl<'_>, threads: &Threads, reply: &ContentId) -> bool {
    let written = threads.comment(reply).and_then(|reply| reply.created_at.or(reply.modified_at));
    written.is_some_and(|at| crawl.started_at - at < INDEX_LAG)
}

/// Number of lists of replies that a run will read if the searches are right. `in_bulk`: the run will search too.
fn planned_lists(
    searches: &[ReplySearch],
    unseen: &[Vec<ParentComment>; 2],
    choices: &[[ParentGroups; 2]],
    in_bulk: bool,
) -> u64 {
    let unseen: usize = unseen.iter().map(Vec::len).sum();
    let of_one = |(search, choices): (&ReplySearch, &[ParentGroups; 2])| {
        let first: usize = choices.iter().map(|choice| choice.with_replies.len() + choice.sample.len()).sum();
        let rest: usize = choices.iter().map(|choice| choice.rest.len()).sum();
        let replies = search.replies.len();
        let is_trusted = in_bulk && !search.is_unusable && replies > 0;
        let below = search.replies.iter().filter(|id| search.ancestors.contains(*id)).count();
        if is_trusted { first + below } else { first + rest + replies }
    };
    (unseen + searches.iter().zip(choices).map(of_one).sum::<usize>()) as u64
}

/// What one of the two searches shows of comments.
#[derive(Default)]
struct ReplySearch {
    /// All comments found, including replies.
    shown: HashSet<String>,
    /// Comments found that no list has: replies, or comments that may be replies.
    replies: BTreeSet<String>,
    /// Ancestors of these replies.
    ancestors: HashSet<String>,
    /// Containers of replies whose parent comment is not known.
    containers: HashSet<String>,
    /// A reply has neither an ancestor nor a container, or a search failed.
    is_unusable: bool,
    requests: u64,
}

impl ReplySearch {
    async fn search(crawl: &Crawl<'_>, spaces: &[&Space], by: SearchScope, threads: &[Threads; 2]) -> Self {
        let mut search = Self::default();
        for group in in_groups(&searched(spaces, by)) {
            let keys: Vec<&str> = group.iter().map(|space| space.key.as_str()).collect();
            let unit = crawl
                .ledger
                .enter(UnitKind::CommentList, format!("search for comments with replies in {}", keys.join(", ")));
            let listing = crawl.api.comment_sweep(by, &keys, |hit| search.take(hit, threads)).await;
            search.requests += list_pages(crawl.api.client(), RequestKind::CommentSweep, listing.items);
            match listing.end {
                // lists of replies are read for the comments that it does not cover
                Err(error) if by == SearchScope::Archived && error.is_refusal() => {
                    unit.skipped("the search does not cover archived spaces");
                }
                Err(error) if !error.stops_run() => {
                    search.is_unusable = true;
                    unit.skipped("the replies to every comment are requested instead");
                }
                end => unit.settle(&end),
            }
        }
        search
    }

    fn take(&mut self, hit: model::CommentHit, threads: &[Threads; 2]) {
        let id = hit.id.0;
        let listed = |id: &str| {
            let id = ContentId::new(id);
            threads.iter().any(|threads| threads.comment(&id).is_some())
        };
        if listed(&id) {
            self.shown.insert(id);
            return;
        }
        let ancestors: Vec<String> =
            hit.ancestors.as_ref().and_then(Value::as_array).into_iter().flatten().filter_map(id_of).collect();
        if ancestors.is_empty() {
            // no list has it, so it is a reply or was written just now; any comment on the same page may be its parent
            match hit.container.as_ref().and_then(id_of) {
                Some(container) => drop(self.containers.insert(digits(&container).to_owned())),
                None => self.is_unusable = true,
            }
        }
        self.ancestors.extend(ancestors);
        self.replies.insert(id.clone());
        self.shown.insert(id);
    }

    fn shows(&self, id: &ContentId) -> bool {
        self.shown.contains(id.as_str())
    }

    /// Whether the search shows replies to a comment, or comments that may be replies to it.
    fn has_replies(&self, id: &ContentId) -> bool {
        self.ancestors.contains(id.as_str()) || !self.containers.is_empty()
    }

    /// Removes the comments that the search shows from `parents` and groups them.
    fn choose(&self, parents: &mut Vec<ParentComment>) -> ParentGroups {
        let seen: Vec<ParentComment> = parents.extract_if(.., |parent| self.shows(&parent.id)).collect();
        let may_be_on = |parent: &ParentComment| {
            let container = parent.container.as_ref().map(|id| digits(id.as_str()));
            !self.containers.is_empty() && container.is_none_or(|container| self.containers.contains(container))
        };
        let has_reply = |parent: &ParentComment| self.ancestors.contains(parent.id.as_str()) || may_be_on(parent);
        let (with_replies, others): (Vec<ParentComment>, Vec<ParentComment>) = seen.into_iter().partition(has_reply);
        let step = others.len().div_ceil(SAMPLE).max(1);
        let numbered: Vec<(usize, ParentComment)> = others.into_iter().enumerate().collect();
        let (sample, rest): (Vec<_>, Vec<_>) = numbered.into_iter().partition(|(at, _)| at % step == 0);
        let without = |numbered: Vec<(usize, ParentComment)>| numbered.into_iter().map(|(_, parent)| parent).collect();
        ParentGroups { with_replies, sample: without(sample), rest: without(rest) }
    }
}

fn id_of(value: &Value) -> Option<String> {
    match value.get("id")? {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

/// Ids of attachments have a prefix in some responses.
fn digits(id: &str) -> &str {
    id.strip_prefix("att").unwrap_or(id)
}
