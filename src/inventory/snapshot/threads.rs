//! Comments for the page metrics: replies in bulk, where the search proves in this run that it shows them.
//!
//! Where the site-wide list of comments shows no replies, the replies to each comment are in a list of its own, and most of
//! these are empty. The search shows replies with the comments above them. It is believed once some of the replies that it
//! shows are read, it shows all that are read, and comments to which it shows none have none in a sample. Then only the
//! comments to which it shows replies are asked, and those that it does not show themselves. Nothing is remembered from run
//! to run: nothing says that a reply gives its comment a new version.
//!
//! Current and archived spaces are searched in two ways, so each of the two searches has to prove itself.

use std::collections::{BTreeSet, HashSet};

use chrono::TimeDelta;
use serde_json::Value;
use tokio::join;

use super::reading::{in_groups, searched};
use crate::inventory::comments::{self, Comments, Parent, Threads};
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::Crawl;
use crate::inventory::plan::list_pages;
use crate::inventory::site::{ContentId, Space};
use confluence_client::api::{CommentKind, SearchedSpaces};
use confluence_client::{RequestKind, model};

/// Comments that are asked one by one without a search: it would take about as many requests.
const FEW: usize = 20;
/// Comments of a kind to which the search shows no reply and that are asked all the same.
const SAMPLE: usize = 20;
/// How far the search index may lag behind before a reply that it does not show speaks against it.
const LAG: TimeDelta = TimeDelta::hours(1);

/// Whether replies are read, or only counted for a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Replies {
    Read,
    Counted,
}

/// The comments, and the requests of a run for their replies.
pub(super) struct Read {
    pub(super) footer: Comments,
    pub(super) inline: Comments,
    /// Searches for comments.
    pub(super) sweeps: u64,
    /// Lists of replies.
    pub(super) reply_lists: u64,
}

/// Reads the comments that `keep` wants by their container, which is in these spaces.
pub(super) async fn read(
    crawl: &Crawl<'_>,
    spaces: &[&Space],
    keep: impl Fn(&ContentId) -> bool,
    replies: Replies,
) -> Read {
    let (footer, inline) =
        join!(comments::list(crawl, CommentKind::Footer, &keep), comments::list(crawl, CommentKind::Inline, &keep));
    let mut threads = [footer, inline];
    let open = threads.each_ref().map(Threads::without_replies);
    let count = open.iter().map(Vec::len).sum::<usize>();
    let (mut sweeps, mut planned) = (0, 0);
    if count > FEW || (count > 0 && replies == Replies::Counted) {
        let mut signs = Vec::new();
        for by in [SearchedSpaces::Current, SearchedSpaces::Archived] {
            signs.push(Signs::search(crawl, spaces, by, &threads).await);
        }
        sweeps = if count > FEW { signs.iter().map(|signs| signs.requests).sum() } else { 0 };
        let (unseen, choices) = choose(&signs, open);
        match replies {
            Replies::Counted => planned = planned_lists(&signs, &unseen, &choices, count > FEW),
            Replies::Read => ask(crawl, &mut threads, &signs, unseen, choices).await,
        }
    } else {
        for (threads, parents) in threads.iter_mut().zip(open) {
            threads.ask(crawl, parents, |_| true).await;
        }
    }
    if replies == Replies::Read {
        planned = crawl.ledger.planned(UnitKind::Replies);
    }
    let [footer, inline] = threads.map(Threads::close);
    Read { footer, inline, sweeps, reply_lists: planned }
}

/// The comments of one kind that one of the searches shows, by what it shows of them.
struct Choice {
    /// It shows replies to them.
    signed: Vec<Parent>,
    /// Some of the others.
    sample: Vec<Parent>,
    /// The rest of the others.
    rest: Vec<Parent>,
}

/// The comments of both kinds that no search shows, so that nothing is known of their replies, and for each search those that
/// it shows.
fn choose(signs: &[Signs], open: [Vec<Parent>; 2]) -> ([Vec<Parent>; 2], Vec<[Choice; 2]>) {
    let mut open = open;
    let choices = signs.iter().map(|signs| open.each_mut().map(|parents| signs.choose(parents))).collect();
    (open, choices)
}

/// Asks for replies where a search shows some, and to all comments of a search that does not prove that it shows them.
async fn ask(
    crawl: &Crawl<'_>,
    threads: &mut [Threads; 2],
    signs: &[Signs],
    unseen: [Vec<Parent>; 2],
    choices: Vec<[Choice; 2]>,
) {
    for (threads, unseen) in threads.iter_mut().zip(unseen) {
        threads.ask(crawl, unseen, |_| true).await;
    }
    for (signs, choices) in signs.iter().zip(choices) {
        ask_one(crawl, threads, signs, choices).await;
    }
}

async fn ask_one(crawl: &Crawl<'_>, threads: &mut [Threads; 2], signs: &Signs, choices: [Choice; 2]) {
    let goes_on = |reply: &ContentId| signs.is_unusable || signs.has_replies(reply);
    let mut is_proved = false;
    let mut is_refuted = signs.is_unusable;
    let mut left = Vec::new();
    for (threads, choice) in threads.iter_mut().zip(choices) {
        let found = threads.ask(crawl, choice.signed, goes_on).await;
        let in_sample = threads.ask(crawl, choice.sample, goes_on).await;
        let is_late = |id: &ContentId| is_late(crawl, threads, id);
        is_proved |= found.iter().any(|id| signs.shows(id));
        is_refuted |= found.iter().any(|id| !signs.shows(id) && !is_late(id));
        is_refuted |= in_sample.iter().any(|id| signs.shows(id) || !is_late(id));
        let mut rest = choice.rest;
        let not_gone_on = found.iter().chain(&in_sample).filter(|id| !goes_on(id));
        rest.extend(not_gone_on.filter_map(|id| threads.comment(id)).map(Parent::of));
        left.push(rest);
    }
    if is_proved && !is_refuted {
        return;
    }
    for (threads, left) in threads.iter_mut().zip(left) {
        threads.ask(crawl, left, |_| true).await;
    }
}

/// Whether a reply is so new that the index need not show it yet.
fn is_late(crawl: &Crawl<'_>, threads: &Threads, reply: &ContentId) -> bool {
    let written = threads.comment(reply).and_then(|reply| reply.created_at.or(reply.modified_at));
    written.is_some_and(|at| crawl.started_at - at < LAG)
}

/// Lists of replies that a run will ask for, if the searches show what is there. `in_bulk`: the run will search, too.
fn planned_lists(signs: &[Signs], unseen: &[Vec<Parent>; 2], choices: &[[Choice; 2]], in_bulk: bool) -> u64 {
    let unseen: usize = unseen.iter().map(Vec::len).sum();
    let of_one = |(signs, choices): (&Signs, &[Choice; 2])| {
        let first: usize = choices.iter().map(|choice| choice.signed.len() + choice.sample.len()).sum();
        let rest: usize = choices.iter().map(|choice| choice.rest.len()).sum();
        let replies = signs.replies.len();
        let is_believed = in_bulk && !signs.is_unusable && replies > 0;
        let below = signs.replies.iter().filter(|id| signs.above.contains(*id)).count();
        if is_believed { first + below } else { first + rest + replies }
    };
    (unseen + signs.iter().zip(choices).map(of_one).sum::<usize>()) as u64
}

/// What one of the searches shows of comments.
#[derive(Default)]
struct Signs {
    /// Comments that it shows, replies too.
    shown: HashSet<String>,
    /// Replies: comments that no list shows and that are below another, or may be.
    replies: BTreeSet<String>,
    /// Comments above any of them.
    above: HashSet<String>,
    /// What replies are on whose comment above is not told.
    containers: HashSet<String>,
    /// There is a reply of which neither is told, or a search failed.
    is_unusable: bool,
    requests: u64,
}

impl Signs {
    async fn search(crawl: &Crawl<'_>, spaces: &[&Space], by: SearchedSpaces, threads: &[Threads; 2]) -> Self {
        let mut signs = Self::default();
        for group in in_groups(&searched(spaces, by)) {
            let keys: Vec<&str> = group.iter().map(|space| space.key.as_str()).collect();
            let unit = crawl.ledger.enter(
                UnitKind::CommentList,
                format!("comments by search in {}, to see which have replies", keys.join(", ")),
            );
            let walked = crawl.api.comment_sweep(by, &keys, |hit| signs.take(hit, threads)).await;
            signs.requests += list_pages(crawl.api.client(), RequestKind::CommentSweep, walked.items);
            match walked.end {
                // what it leaves out has to be asked for
                Err(error) if by == SearchedSpaces::Archived && error.is_refusal() => {
                    unit.skipped("the search does not look into archived spaces");
                }
                Err(error) if !error.stops_run() => {
                    signs.is_unusable = true;
                    unit.skipped("the replies to every comment are asked for instead");
                }
                end => unit.settle(&end),
            }
        }
        signs
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
        let above: Vec<String> =
            hit.ancestors.as_ref().and_then(Value::as_array).into_iter().flatten().filter_map(id_of).collect();
        if above.is_empty() {
            // no list shows it, so it is a reply or was written just now; any comment on the same page may have it below
            match hit.container.as_ref().and_then(id_of) {
                Some(container) => drop(self.containers.insert(digits(&container).to_owned())),
                None => self.is_unusable = true,
            }
        }
        self.above.extend(above);
        self.replies.insert(id.clone());
        self.shown.insert(id);
    }

    fn shows(&self, id: &ContentId) -> bool {
        self.shown.contains(id.as_str())
    }

    /// Whether it shows replies to a comment, or what it shows may be one.
    fn has_replies(&self, id: &ContentId) -> bool {
        self.above.contains(id.as_str()) || !self.containers.is_empty()
    }

    /// Takes the comments that it shows.
    fn choose(&self, parents: &mut Vec<Parent>) -> Choice {
        let seen: Vec<Parent> = parents.extract_if(.., |parent| self.shows(&parent.id)).collect();
        let may_be_on = |parent: &Parent| {
            let container = parent.container.as_ref().map(|id| digits(id.as_str()));
            !self.containers.is_empty() && container.is_none_or(|container| self.containers.contains(container))
        };
        let is_signed = |parent: &Parent| self.above.contains(parent.id.as_str()) || may_be_on(parent);
        let (signed, others): (Vec<Parent>, Vec<Parent>) = seen.into_iter().partition(is_signed);
        let step = others.len().div_ceil(SAMPLE).max(1);
        let numbered: Vec<(usize, Parent)> = others.into_iter().enumerate().collect();
        let (sample, rest): (Vec<_>, Vec<_>) = numbered.into_iter().partition(|(at, _)| at % step == 0);
        let without = |numbered: Vec<(usize, Parent)>| numbered.into_iter().map(|(_, parent)| parent).collect();
        Choice { signed, sample: without(sample), rest: without(rest) }
    }
}

fn id_of(value: &Value) -> Option<String> {
    match value.get("id")? {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

/// Ids of attachments bear a prefix in some answers.
fn digits(id: &str) -> &str {
    id.strip_prefix("att").unwrap_or(id)
}
