//! Reads accounts: display names, and whether they are active.

use std::collections::{BTreeMap, BTreeSet};

use super::context::SnapshotContext;
use super::plan::last_owners;
use super::{PersonAccount, SnapshotFacts};
use crate::inventory::coverage::UnitKind;
use crate::inventory::people;
use crate::inventory::site::AccountId;
use crate::support::formatting::plural;
use confluence_client::api::ACCOUNTS_PER_REQUEST;
use confluence_client::{RequestError, model};

/// Accounts read, and those that could not be read.
#[derive(Default)]
struct AccountBatch {
    accounts: BTreeMap<AccountId, PersonAccount>,
    /// Accounts that were requested and may exist, but whose status could not be read.
    unread: BTreeSet<AccountId>,
}

/// Reads the accounts of all people who occur in the inventory and the facts. If the site refuses them, reads names
/// only, from the list that audits use.
pub(super) async fn read(context: &SnapshotContext<'_>, facts: &mut SnapshotFacts) {
    let ids = account_ids(context, facts);
    let list: Vec<&str> = ids.iter().map(String::as_str).collect();
    context.crawl.phase("accounts", Some(list.len() as u64));
    let mut groups = list.chunks(ACCOUNTS_PER_REQUEST);
    let Some(first) = groups.next() else { return };
    // the first group shows whether the site offers accounts at all
    let mut batch = match one_group(context, first).await {
        Ok(first) => first,
        Err(error) => {
            facts.notes.push(format!("account statuses are not known: {error}"));
            let names = people::names_of(&context.crawl, list.iter().copied().collect()).await;
            let by_name = |(id, name)| (id, PersonAccount { name: Some(name), active: None });
            facts.accounts = names.known.into_iter().map(by_name).collect();
            facts.unread_accounts = names.unread;
            return;
        }
    };
    let rest: Vec<&[&str]> = groups.collect();
    for (group, response) in
        context.crawl.all(rest.iter().map(|&group| group_with_result(context, group)).collect()).await
    {
        match response {
            Ok(more) => {
                batch.accounts.extend(more.accounts);
                batch.unread.extend(more.unread);
            }
            Err(error) => {
                facts.notes.push(format!("some accounts could not be read: {error}"));
                batch.unread.extend(group.iter().map(|id| AccountId::new(*id)));
            }
        }
    }
    if !batch.unread.is_empty() {
        let people = plural(batch.unread.len() as u64, "person", "people");
        facts.notes.push(format!("the site returns no account for {people}: their account status is not known"));
    }
    (facts.accounts, facts.unread_accounts) = (batch.accounts, batch.unread);
}

async fn group_with_result<'g, 'i>(
    context: &SnapshotContext<'_>,
    group: &'g [&'i str],
) -> (&'g [&'i str], Result<AccountBatch, RequestError>) {
    (group, one_group(context, group).await)
}

fn account_ids(context: &SnapshotContext<'_>, facts: &SnapshotFacts) -> BTreeSet<String> {
    let inventory = context.inventory;
    let listed = people::account_ids(&inventory.contents, &inventory.attachments)
        .into_iter()
        .chain(last_owners(context.current));
    let of_pages = facts.pages.values().flat_map(|page| {
        let authors =
            page.versions.iter().flat_map(|versions| &versions.list).filter_map(|version| version.author.as_ref());
        page.contributors.iter().flatten().chain(authors)
    });
    listed.chain(of_pages.map(AccountId::as_str)).map(str::to_owned).collect()
}

/// Reads one group. An error means that the site refuses the request; other failures are recorded as gaps.
async fn one_group(context: &SnapshotContext<'_>, ids: &[&str]) -> Result<AccountBatch, RequestError> {
    let crawl = &context.crawl;
    let unit = crawl.ledger.enter(UnitKind::Accounts, format!("accounts of {} people", ids.len()));
    let response = crawl.api.accounts(ids).await;
    crawl.progress.advance(ids.len() as u64);
    let error = match response {
        Ok(accounts) => {
            unit.ok();
            let mut batch = AccountBatch {
                accounts: accounts.into_iter().filter_map(account).collect(),
                ..AccountBatch::default()
            };
            request_missing_accounts(context, ids, &mut batch).await;
            return Ok(batch);
        }
        Err(error) => error,
    };
    if is_refusal(&error) {
        unit.skipped("account statuses are not available");
        return Err(error);
    }
    unit.refused(&error);
    Ok(AccountBatch { unread: ids.iter().map(|id| AccountId::new(*id)).collect(), ..AccountBatch::default() })
}

/// A response leaves out accounts that do not exist, and does not say when it is cut off. So missing accounts are
/// requested again by themselves, and then from the other list of people. An account that only that list knows may have
/// been left out by mistake or may have left the site: its status stays unread.
async fn request_missing_accounts(context: &SnapshotContext<'_>, ids: &[&str], batch: &mut AccountBatch) {
    let crawl = &context.crawl;
    let missing = |batch: &AccountBatch| -> Vec<&str> {
        ids.iter().copied().filter(|id| !batch.accounts.contains_key(&AccountId::new(*id))).collect()
    };
    let again = missing(batch);
    if again.is_empty() {
        return;
    }
    let unit = crawl.ledger.enter(UnitKind::Accounts, "accounts missing from a response");
    match crawl.api.accounts(&again).await {
        Ok(accounts) => {
            unit.ok();
            batch.accounts.extend(accounts.into_iter().filter_map(account));
        }
        Err(error) => {
            unit.refused(&error);
            batch.unread.extend(again.iter().map(|id| AccountId::new(*id)));
        }
    }
    let unknown: BTreeSet<&str> = missing(batch).into_iter().collect();
    if unknown.is_empty() {
        return;
    }
    let names = people::names_of(crawl, unknown).await;
    batch.unread.extend(names.unread);
    for (id, name) in names.known {
        batch.unread.insert(id.clone());
        batch.accounts.insert(id, PersonAccount { name: Some(name), active: None });
    }
}

/// Whether the account lacks the permission (documented as 404), or the endpoint does not exist.
fn is_refusal(error: &RequestError) -> bool {
    let unknown = matches!(error, RequestError::Gone { .. } | RequestError::Status { status: 400 | 405 | 501, .. });
    error.is_denied() || error.is_not_found() || unknown
}

fn account(sent: model::Account) -> Option<(AccountId, PersonAccount)> {
    let id = sent.account_id.filter(|id| !id.is_empty())?;
    let name = [sent.display_name, sent.public_name].into_iter().flatten().find(|name| !name.is_empty());
    let active = match sent.account_status.as_deref() {
        Some("active") => Some(true),
        Some("inactive" | "closed") => Some(false),
        _ => None,
    };
    Some((AccountId(id), PersonAccount { name, active }))
}
