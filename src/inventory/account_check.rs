//! Account check at the start and at the end of a run.

use chrono::{DateTime, Utc};

use super::Account;
use super::coverage::UnitKind;
use super::ledger::Ledger;
use super::site::AccountId;
use confluence_client::{Api, RequestError};

/// The unit of the check that the admin key was enabled to the end. It has a gap only if the key ended before.
pub const ADMIN_KEY_CHECK: &str = "admin key at the end";

/// The account and the time at which a run began.
pub(super) struct RunStart {
    pub(super) account: Account,
    pub(super) started_at: DateTime<Utc>,
    /// The local and the server's time at the start.
    pub(super) clocks: (DateTime<Utc>, Option<DateTime<Utc>>),
    /// Difference between the clock that dates the run and the local one.
    pub(super) clock_offset: chrono::Duration,
}

/// Identifies the account. The server's clock dates the run, because it also dates the contents. If the local clock is
/// behind, its time is used, so that a file uploaded during the run never looks older than the run.
pub(super) async fn identify_account(api: &Api, ledger: &Ledger) -> Result<RunStart, RequestError> {
    let unit = ledger.enter(UnitKind::Identity, "account at the start");
    let response = api.current_user().await;
    unit.settle(&response);
    let response = response?;
    let local = Utc::now();
    let started_at = response.server_time.map_or(local, |server| server.min(local));
    let user = response.value;
    let id = user.account_id.unwrap_or_default();
    api.client().expect_account(&id);
    let name = user.display_name.or(user.public_name).filter(|name| !name.is_empty()).unwrap_or_else(|| id.clone());
    let account = Account { id: AccountId(id), name };
    Ok(RunStart { account, started_at, clocks: (local, response.server_time), clock_offset: started_at - local })
}

/// Checks that everything was read as the same account (F-38), and with the admin key if the run uses one.
pub(super) async fn confirm_account(api: &Api, ledger: &Ledger, account: &AccountId) {
    let unit = ledger.enter(UnitKind::Identity, "account at the end");
    match api.current_user().await {
        Ok(response) if response.value.account_id.as_deref() == Some(account.as_str()) => unit.ok(),
        Ok(_) => unit.failed("the credentials now belong to another account"),
        Err(error) => unit.refused(&error),
    }
    confirm_admin_key(api, ledger).await;
}

/// Checks that the admin key was still enabled after what was read, in a run that uses one: without it, restricted content
/// looks like deleted content.
pub(super) async fn confirm_admin_key(api: &Api, ledger: &Ledger) {
    if !api.uses_admin_key() {
        return;
    }
    let unit = ledger.enter(UnitKind::Identity, ADMIN_KEY_CHECK);
    match api.admin_key().await {
        Ok(Some(_)) => unit.ok(),
        Ok(None) => unit.failed("the admin key expired or was ended during the run"),
        Err(error) => unit.refused(&error),
    }
}
