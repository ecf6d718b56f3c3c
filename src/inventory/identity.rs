//! Who reads: the probes that open and close a run.

use chrono::{DateTime, Utc};

use super::Account;
use super::coverage::UnitKind;
use super::ledger::Ledger;
use super::site::AccountId;
use confluence_client::{Api, RequestError};

/// The probe that opens a run.
pub(super) struct Opening {
    pub(super) account: Account,
    pub(super) started_at: DateTime<Utc>,
    /// Our clock then, and that of the server.
    pub(super) clocks: (DateTime<Utc>, Option<DateTime<Utc>>),
    /// What the clock that dates the run is ahead of ours.
    pub(super) clock_offset: chrono::Duration,
}

/// The identity probe at the start. The server's clock dates the run, for it is the one that dates contents too; but no
/// clock that is ahead may make what was uploaded during the run look older than it, so the earlier one counts.
pub(super) async fn open(api: &Api, ledger: &Ledger) -> Result<Opening, RequestError> {
    let unit = ledger.enter(UnitKind::Identity, "account at the start");
    let answer = api.current_user().await;
    unit.settle(&answer);
    let answer = answer?;
    let local = Utc::now();
    let started_at = answer.server_time.map_or(local, |server| server.min(local));
    let user = answer.value;
    let id = user.account_id.unwrap_or_default();
    api.client().expect_account(&id);
    let name = user.display_name.or(user.public_name).filter(|name| !name.is_empty()).unwrap_or_else(|| id.clone());
    let account = Account { id: AccountId(id), name };
    Ok(Opening { account, started_at, clocks: (local, answer.server_time), clock_offset: started_at - local })
}

/// The identity probe at the end: what was read in between was read as this account (F-38).
pub(super) async fn confirm_account(api: &Api, ledger: &Ledger, account: &AccountId) {
    let unit = ledger.enter(UnitKind::Identity, "account at the end");
    match api.current_user().await {
        Ok(answer) if answer.value.account_id.as_deref() == Some(account.as_str()) => unit.ok(),
        Ok(_) => unit.failed("the credentials belong to another account than at the start"),
        Err(error) => unit.refused(&error),
    }
}
