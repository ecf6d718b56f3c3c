//! Names of people, and whether their accounts are active.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::last_owners;
use super::reading::Reading;
use super::{Account, SnapshotFacts};
use crate::inventory::coverage::UnitKind;
use crate::inventory::people;
use crate::inventory::site::AccountId;
use crate::support::wording::plural;
use confluence_client::api::ACCOUNTS_PER_REQUEST;
use confluence_client::{RequestError, model};

/// What was told of accounts.
#[derive(Default)]
struct Told {
    accounts: BTreeMap<AccountId, Account>,
    /// Asked for, and neither told nor known to be nobody's.
    unread: BTreeSet<AccountId>,
}

/// Reads the accounts of everybody met. Where the site refuses them, names alone, by the list that audits use.
pub(super) async fn read(reading: &Reading<'_>, facts: &mut SnapshotFacts) {
    let ids = met(reading, facts);
    let list: Vec<&str> = ids.iter().map(String::as_str).collect();
    reading.crawl.phase("accounts", Some(list.len() as u64));
    let mut groups = list.chunks(ACCOUNTS_PER_REQUEST);
    let Some(first) = groups.next() else { return };
    // the first group shows whether the site answers at all
    let mut told = match one_group(reading, first).await {
        Ok(first) => first,
        Err(error) => {
            facts.notes.push(format!("whether accounts are active is not known: {error}"));
            let names = people::names_of(&reading.crawl, list.iter().copied().collect()).await;
            let by_name = |(id, name)| (id, Account { name: Some(name), active: None });
            facts.accounts = names.told.into_iter().map(by_name).collect();
            facts.unread_accounts = names.unread;
            return;
        }
    };
    let rest: Vec<&[&str]> = groups.collect();
    for (group, answer) in reading.crawl.all(rest.iter().map(|&group| answered(reading, group)).collect()).await {
        match answer {
            Ok(more) => {
                told.accounts.extend(more.accounts);
                told.unread.extend(more.unread);
            }
            Err(error) => {
                facts.notes.push(format!("some accounts could not be read: {error}"));
                told.unread.extend(group.iter().map(|id| AccountId::new(*id)));
            }
        }
    }
    if !told.unread.is_empty() {
        let people = plural(told.unread.len() as u64, "person is", "people are");
        facts
            .notes
            .push(format!("{people} without an account that the site tells: whether they are active is not known"));
    }
    (facts.accounts, facts.unread_accounts) = (told.accounts, told.unread);
}

async fn answered<'g, 'i>(reading: &Reading<'_>, group: &'g [&'i str]) -> (&'g [&'i str], Result<Told, RequestError>) {
    (group, one_group(reading, group).await)
}

fn met(reading: &Reading<'_>, facts: &SnapshotFacts) -> BTreeSet<String> {
    let inventory = reading.inventory;
    let listed =
        people::met(&inventory.contents, &inventory.attachments).into_iter().chain(last_owners(reading.current));
    let of_pages = facts.pages.values().flat_map(|page| {
        let authors =
            page.versions.iter().flat_map(|versions| &versions.list).filter_map(|version| version.author.as_ref());
        page.contributors.iter().flatten().chain(authors)
    });
    listed.chain(of_pages.map(AccountId::as_str)).map(str::to_owned).collect()
}

/// One group; an error means that the site refuses to answer. What fails otherwise is a gap.
async fn one_group(reading: &Reading<'_>, ids: &[&str]) -> Result<Told, RequestError> {
    let crawl = &reading.crawl;
    let unit = crawl.ledger.enter(UnitKind::Accounts, format!("accounts of {} people", ids.len()));
    let answer = crawl.api.accounts(ids).await;
    crawl.progress.advance(ids.len() as u64);
    let error = match answer {
        Ok(accounts) => {
            unit.ok();
            let mut told = Told { accounts: accounts.into_iter().filter_map(account).collect(), ..Told::default() };
            ask_for_those_left_out(reading, ids, &mut told).await;
            return Ok(told);
        }
        Err(error) => error,
    };
    if is_refusal(&error) {
        unit.skipped("whether accounts are active is not offered");
        return Err(error);
    }
    unit.refused(&error);
    Ok(Told { unread: ids.iter().map(|id| AccountId::new(*id)).collect(), ..Told::default() })
}

/// An answer leaves out accounts that nobody has, and gives no sign where it is cut. So those that it left out are asked
/// for again alone, and then by the other list of people. Whom only that one knows may have been left out wrongly, or have
/// left the site: whether the account is active stays unread.
async fn ask_for_those_left_out(reading: &Reading<'_>, ids: &[&str], told: &mut Told) {
    let crawl = &reading.crawl;
    let left_out = |told: &Told| -> Vec<&str> {
        ids.iter().copied().filter(|id| !told.accounts.contains_key(&AccountId::new(*id))).collect()
    };
    let again = left_out(told);
    if again.is_empty() {
        return;
    }
    let unit = crawl.ledger.enter(UnitKind::Accounts, "accounts that an answer left out");
    match crawl.api.accounts(&again).await {
        Ok(accounts) => {
            unit.ok();
            told.accounts.extend(accounts.into_iter().filter_map(account));
        }
        Err(error) => {
            unit.refused(&error);
            told.unread.extend(again.iter().map(|id| AccountId::new(*id)));
        }
    }
    let unknown: BTreeSet<&str> = left_out(told).into_iter().collect();
    if unknown.is_empty() {
        return;
    }
    let names = people::names_of(crawl, unknown).await;
    told.unread.extend(names.unread);
    for (id, name) in names.told {
        told.unread.insert(id.clone());
        told.accounts.insert(id, Account { name: Some(name), active: None });
    }
}

/// The account lacks the right (the documents list 404 for that), or there is no such endpoint.
fn is_refusal(error: &RequestError) -> bool {
    let unknown = matches!(error, RequestError::Gone { .. } | RequestError::Status { status: 400 | 405 | 501, .. });
    error.is_denied() || error.is_not_found() || unknown
}

fn account(sent: model::Account) -> Option<(AccountId, Account)> {
    let id = sent.account_id.filter(|id| !id.is_empty())?;
    let name = [sent.display_name, sent.public_name].into_iter().flatten().find(|name| !name.is_empty());
    let active = match sent.account_status.as_deref() {
        Some("active") => Some(true),
        Some("inactive" | "closed") => Some(false),
        _ => None,
    };
    Some((AccountId(id), Account { name, active }))
}
