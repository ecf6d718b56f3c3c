//! Edits of a page and their authors, from the versions that were read or that the version number implies.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::page_row::{PageAuthors, Person};
use crate::inventory::snapshot::{MetricGroup, PageFacts, SnapshotFacts};
use crate::inventory::{AccountId, Content, Inventory, PageVersion};

/// Returns the authors and edits of a page. `previous_edits` is its version number in the previous snapshot.
pub(super) fn people(
    inventory: &Inventory,
    facts: &SnapshotFacts,
    page: &Content,
    read: &PageFacts,
    bots: &[String],
    now: DateTime<Utc>,
    previous_edits: Option<u64>,
) -> PageAuthors {
    let person = |id: Option<&AccountId>| id.map(|id| person(inventory, facts, id));
    let days = |time: Option<DateTime<Utc>>| time.map(|time| (now - time).num_days().max(0));
    let edit_count = page.version.map(u64::from);
    let mut people = PageAuthors {
        created_at: page.created_at,
        updated_at: page.modified_at,
        age_days: days(page.created_at),
        days_since_update: days(page.modified_at),
        creator: person(page.author.as_ref()),
        owner: person(page.owner.as_ref()),
        last_editor: person(page.last_editor.as_ref()),
        edit_count,
        edits_since_last_snapshot: edit_count.zip(previous_edits).map(|(now, before)| now.saturating_sub(before)),
        ..PageAuthors::default()
    };
    if let Some(details) = &page.details {
        people.last_owner_id = details.last_owner.as_ref().map(|id| id.as_str().to_owned());
        people.last_edit_minor = details.minor_edit;
        people.last_edit_message = details.message.clone().filter(|message| !message.is_empty());
    }
    if facts.groups.has(MetricGroup::People) {
        let versions = versions(page, read, now);
        windows(&mut people, versions.as_ref(), now);
        authors(&mut people, versions.as_ref(), read, facts);
        people.days_since_non_bot_edit = versions.and_then(|versions| non_bot_edit(&versions.list, bots, now));
    }
    people
}

/// Returns the accounts that the row of a page depends on.
pub(super) fn accounts<'a>(page: &'a Content, read: &'a PageFacts) -> impl Iterator<Item = &'a AccountId> {
    let listed = [&page.author, &page.owner, &page.last_editor].into_iter().flatten();
    let versions = read.versions.iter().flat_map(|versions| &versions.list);
    let contributors = read.contributors.iter().flatten();
    listed.chain(contributors).chain(versions.filter_map(|version| version.author.as_ref()))
}

fn person(inventory: &Inventory, facts: &SnapshotFacts, id: &AccountId) -> Person {
    let account = facts.accounts.get(id);
    let name = account.and_then(|account| account.name.clone()).or_else(|| inventory.people.get(id).cloned());
    Person { id: id.as_str().to_owned(), name, active: account.and_then(|account| account.active) }
}

/// The known versions of a page.
struct VersionList {
    list: Vec<PageVersion>,
    /// Whether these are all versions.
    is_complete: bool,
}

/// Returns the versions that were read, or else those that are implied: a page in version 1 has no other version, and a
/// page that was not changed in 90 days has no version in that time.
fn versions(page: &Content, read: &PageFacts, now: DateTime<Utc>) -> Option<VersionList> {
    if let Some(versions) = &read.versions {
        return Some(VersionList { list: versions.list.clone(), is_complete: versions.whole });
    }
    let (number, at) = (page.version?, page.modified_at?);
    let last = PageVersion { number, at: Some(at), author: page.last_editor.clone(), minor: false };
    let is_complete = number == 1;
    (is_complete || now - at > TimeDelta::days(90)).then(|| VersionList { list: vec![last], is_complete })
}

fn windows(people: &mut PageAuthors, versions: Option<&VersionList>, now: DateTime<Utc>) {
    let Some(versions) = versions else { return };
    let within = |days| {
        let since = now - TimeDelta::days(days);
        versions.list.iter().filter(move |version| version.at.is_some_and(|at| at > since))
    };
    people.edits_7d = Some(within(7).count() as u64);
    people.edits_30d = Some(within(30).count() as u64);
    people.edits_90d = Some(within(90).count() as u64);
    let authors: BTreeSet<&AccountId> = within(90).filter_map(|version| version.author.as_ref()).collect();
    // edits without a known author do not mean that there is no contributor
    people.contributors_90d = Some(authors.len() as u64).filter(|people| *people > 0 || within(90).next().is_none());
}

fn authors(people: &mut PageAuthors, versions: Option<&VersionList>, read: &PageFacts, facts: &SnapshotFacts) {
    // deleted versions had authors too: without them the list does not show all authors
    let has_all_numbers = |list: &[PageVersion]| {
        let newest = list.iter().map(|version| version.number).max();
        newest.is_some_and(|newest| list.len() as u64 == u64::from(newest))
    };
    let complete = versions.filter(|versions| versions.is_complete && has_all_numbers(&versions.list));
    let of_versions = || {
        let authors = complete?.list.iter().filter_map(|version| version.author.clone());
        Some(authors.collect::<BTreeSet<_>>())
    };
    let known = versions.iter().flat_map(|versions| &versions.list).filter_map(|version| version.author.as_ref());
    let contributors: Option<BTreeSet<AccountId>> = match &read.contributors {
        // the search may not have indexed the newest version yet
        Some(contributors) => Some(contributors.iter().chain(known).cloned().collect()),
        None => of_versions(),
    };
    if let Some(contributors) = &contributors {
        // authors without an account count as one; without any known author the number is unknown, not zero
        let all = contributors.len() as u64 + u64::from(read.nameless_contributors);
        people.contributors = Some(all).filter(|all| *all > 0);
        let active = |id: &AccountId| facts.accounts.get(id).and_then(|account| account.active);
        let known: Option<Vec<bool>> = contributors.iter().map(active).collect();
        let known = known.filter(|_| people.contributors.is_some());
        people.active_contributors = known.map(|active| active.into_iter().filter(|active| *active).count() as u64);
    }
    people.top_contributor_share = match (&contributors, complete) {
        (_, Some(versions)) => top_share(&versions.list),
        // a single contributor wrote all versions
        (Some(contributors), None) if contributors.len() == 1 && !read.nameless_contributors => Some(1.0),
        _ => None,
    };
}

fn top_share(versions: &[PageVersion]) -> Option<f64> {
    let mut counts: BTreeMap<&AccountId, u32> = BTreeMap::new();
    for author in versions.iter().filter_map(|version| version.author.as_ref()) {
        *counts.entry(author).or_default() += 1;
    }
    let all = u32::try_from(versions.len()).ok()?;
    let top = counts.values().max()?;
    Some(f64::from(*top) / f64::from(all))
}

fn non_bot_edit(versions: &[PageVersion], bots: &[String], now: DateTime<Utc>) -> Option<i64> {
    let by_people = versions
        .iter()
        .filter(|version| version.author.as_ref().is_some_and(|author| !bots.iter().any(|bot| bot == author.as_str())));
    by_people.filter_map(|version| version.at).max().map(|at| (now - at).num_days().max(0))
}
