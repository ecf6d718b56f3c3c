//! Names of people, and whether their accounts are active.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::last_owners;
use super::reading::Reading;
use super::{Account, SnapshotFacts};
use crate::inventory::coverage::UnitKind;
use crate::inventory::people;
use crate::inventory::site::AccountId;
use confluence_client::api::ACCOUNTS_PER_REQUEST;
use confluence_client::{RequestError, model};

/// The accounts of everybody met. Where the site refuses them, names alone, by the list that audits use.
pub(super) async fn read(reading: &Reading<'_>, facts: &mut SnapshotFacts) -> BTreeMap<AccountId, Account> {
    let ids = met(reading, facts);
    let list: Vec<&str> = ids.iter().map(String::as_str).collect();
    reading.crawl.phase("accounts", Some(list.len() as u64));
    let mut groups = list.chunks(ACCOUNTS_PER_REQUEST);
    let mut found = BTreeMap::new();
    let Some(first) = groups.next() else { return found };
    // the first group shows whether the site answers at all
    match one_group(reading, first).await {
        Ok(accounts) => found.extend(accounts),
        Err(error) => {
            facts.notes.push(format!("whether accounts are active is not known: {error}"));
            let names = people::names_of(&reading.crawl, list.iter().copied().collect()).await;
            let by_name = |(id, name)| (id, Account { name: Some(name), active: None });
            return names.into_iter().map(by_name).collect();
        }
    }
    for accounts in reading.crawl.all(groups.map(|group| one_group(reading, group)).collect()).await {
        match accounts {
            Ok(accounts) => found.extend(accounts),
            Err(error) => facts.notes.push(format!("some accounts could not be read: {error}")),
        }
    }
    found
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
async fn one_group(reading: &Reading<'_>, ids: &[&str]) -> Result<Vec<(AccountId, Account)>, RequestError> {
    let unit = reading.crawl.ledger.enter(UnitKind::Accounts, format!("accounts of {} people", ids.len()));
    let answer = reading.crawl.api.accounts(ids).await;
    reading.crawl.progress.advance(ids.len() as u64);
    match answer {
        Ok(accounts) => {
            unit.ok();
            Ok(accounts.into_iter().filter_map(account).collect())
        }
        Err(error) if is_refusal(&error) => {
            unit.skipped("whether accounts are active is not offered");
            Err(error)
        }
        Err(error) => {
            unit.refused(&error);
            Ok(Vec::new())
        }
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
