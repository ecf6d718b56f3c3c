//! Reads accounts: display names, whether they are active, and whether they belong to apps.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::ledger::WorkUnit;
use super::people;
use super::site::AccountId;
use crate::support::formatting::plural;
use confluence_client::api::ACCOUNTS_PER_REQUEST;
use confluence_client::{RequestError, model};

/// Account of a person or an app.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonAccount {
    /// Display name.
    pub name: Option<String>,
    /// Whether it is active; `None` if the site does not say.
    pub active: Option<bool>,
    /// Whether it belongs to an app.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub app: bool,
}

/// What depends on the accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NeededFor {
    /// The metrics: a group of accounts that could not be read is a gap.
    Metrics,
    /// Owners of unreferenced files. No verdict depends on them, so the run stays complete.
    Owners,
}

impl NeededFor {
    fn settle_failure(self, crawl: &Crawl<'_>, unit: WorkUnit<'_>, error: &RequestError) {
        match self {
            Self::Owners if !error.stops_run() => {
                crawl.ledger.warn(format!("it is not known which owners are active: {error}"));
                unit.skipped("no verdict depends on accounts");
            }
            Self::Metrics | Self::Owners => unit.refused(error),
        }
    }
}

/// Accounts read, and those that could not be read.
#[derive(Debug, Default)]
pub(super) struct AccountBatch {
    pub(super) accounts: BTreeMap<AccountId, PersonAccount>,
    /// Accounts that were requested and may exist, but whose status could not be read.
    pub(super) unread: BTreeSet<AccountId>,
    /// What is not known, for readers.
    pub(super) notes: Vec<String>,
}

/// Reads accounts. If the site refuses them, reads names only, from the list that audits use.
pub(super) async fn read(crawl: &Crawl<'_>, needed: NeededFor, ids: &BTreeSet<String>) -> AccountBatch {
    let list: Vec<&str> = ids.iter().map(String::as_str).collect();
    crawl.phase("accounts", Some(list.len() as u64));
    let mut groups = list.chunks(ACCOUNTS_PER_REQUEST);
    let Some(first) = groups.next() else { return AccountBatch::default() };
    // the first group shows whether the site offers accounts at all
    let mut batch = match one_group(crawl, needed, first).await {
        Ok(first) => first,
        Err(error) => {
            let notes = vec![format!("account statuses are not known: {error}")];
            if needed == NeededFor::Owners {
                // the names are known already
                return AccountBatch { notes, ..AccountBatch::default() };
            }
            let names = people::names_of(crawl, list.iter().copied().collect()).await;
            let by_name = |(id, name)| (id, PersonAccount { name: Some(name), ..PersonAccount::default() });
            return AccountBatch {
                accounts: names.known.into_iter().map(by_name).collect(),
                unread: names.unread,
                notes,
            };
        }
    };
    let rest: Vec<&[&str]> = groups.collect();
    for (group, response) in
        crawl.all(rest.iter().map(|&group| group_with_result(crawl, needed, group)).collect()).await
    {
        match response {
            Ok(more) => {
                batch.accounts.extend(more.accounts);
                batch.unread.extend(more.unread);
            }
            Err(error) => {
                batch.notes.push(format!("some accounts could not be read: {error}"));
                batch.unread.extend(group.iter().map(|id| AccountId::new(*id)));
            }
        }
    }
    if !batch.unread.is_empty() {
        let people = plural(batch.unread.len() as u64, "person", "people");
        batch.notes.push(format!("the site returns no account for {people}: their account status is not known"));
    }
    batch
}

async fn group_with_result<'g, 'i>(
    crawl: &Crawl<'_>,
    needed: NeededFor,
    group: &'g [&'i str],
) -> (&'g [&'i str], Result<AccountBatch, RequestError>) {
    (group, one_group(crawl, needed, group).await)
}

/// Reads one group. An error means that the site refuses the request; other failures are recorded.
async fn one_group(crawl: &Crawl<'_>, needed: NeededFor, ids: &[&str]) -> Result<AccountBatch, RequestError> {
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
            request_missing_accounts(crawl, needed, ids, &mut batch).await;
            return Ok(batch);
        }
        Err(error) => error,
    };
    if is_refusal(&error) {
        unit.skipped("account statuses are not available");
        return Err(error);
    }
    needed.settle_failure(crawl, unit, &error);
    Ok(AccountBatch { unread: ids.iter().map(|id| AccountId::new(*id)).collect(), ..AccountBatch::default() })
}

/// A response leaves out accounts that do not exist, and does not say when it is cut off. So missing accounts are
/// requested again by themselves, and then from the other list of people. An account that only that list knows may have
/// been left out by mistake or may have left the site: its status stays unread.
async fn request_missing_accounts(crawl: &Crawl<'_>, needed: NeededFor, ids: &[&str], batch: &mut AccountBatch) {
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
            needed.settle_failure(crawl, unit, &error);
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
        batch.accounts.insert(id, PersonAccount { name: Some(name), ..PersonAccount::default() });
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
    let app = sent.account_type.is_some_and(|kind| kind.eq_ignore_ascii_case("app"));
    Some((AccountId(id), PersonAccount { name, active, app }))
}
