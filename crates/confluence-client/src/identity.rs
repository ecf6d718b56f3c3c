//! Identity probe: which account the credentials belong to, checked at the start, every 15 minutes, after every
//! suspicious response, and at the end.

use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use tokio::time::Instant;

use super::error::RequestError;
use super::fetch::Fetcher;
use super::model;
use super::rate_limiter::Priority;
use super::request::Request;
use super::request_kind::RequestKind;
use super::response::ApiResponse;
use super::transport::locked;

/// Pause before a failed probe is confirmed by a second one (F-37).
const SECOND_PROBE_AFTER: Duration = Duration::from_secs(5);
/// How long a successful probe is valid (F-38).
const PROBE_EVERY: Duration = Duration::from_secs(15 * 60);
/// Pause before a probe without a response is repeated.
const PROBE_AGAIN: Duration = Duration::from_secs(60);

/// What is known about the account.
#[derive(Debug, Default)]
pub(super) struct Identity {
    /// When the last successful probe was started.
    known_at: tokio::sync::Mutex<Option<Instant>>,
    /// The account that the entire run has to read as.
    account: OnceLock<String>,
    /// The response of the probe that made the connection, until the run asks for it.
    first: Mutex<Option<ApiResponse<model::User>>>,
    /// When the next probe is due; `None` until the account is known.
    probe_due: Mutex<Option<Instant>>,
}

impl Identity {
    /// Requests the current user (`GET /rest/api/user/current`), which has to be a known user with an account id.
    ///
    /// A wrong pair of e-mail address and token gets a 403 here, not a 401; on a site with public access it gets a 200
    /// with an anonymous user.
    pub(super) async fn ask(&self, fetch: &Fetcher) -> Result<ApiResponse<model::User>, RequestError> {
        let request = Request::v1(RequestKind::CurrentUser, &["user", "current"]);
        match fetch.json::<model::User>(&request, Priority::Urgent).await {
            Ok(response) if response.value.is_known() => {
                let expected = self.account.get();
                if expected.is_some_and(|expected| response.value.account_id.as_ref() != Some(expected)) {
                    return Err(RequestError::OtherAccount);
                }
                Ok(response)
            }
            Ok(_) => Err(RequestError::Anonymous),
            Err(failure) => Err(failure.error),
        }
    }

    /// Keeps the response of the probe that made the connection for [`Identity::take_first`].
    pub(super) fn keep_first(&self, response: ApiResponse<model::User>) {
        *locked(&self.first) = Some(response);
    }

    /// Returns the response of the probe that made the connection, once.
    pub(super) fn take_first(&self) -> Option<ApiResponse<model::User>> {
        locked(&self.first).take()
    }

    /// Sets the account that the rest of the run has to read as: every probe checks it, and while requests are sent, a
    /// probe is made every 15 minutes (F-38).
    pub(super) fn expect(&self, account: &str) {
        // the first account stays, so that a change cannot go unnoticed
        let _ = self.account.set(account.to_owned());
        *locked(&self.probe_due) = Some(Instant::now() + PROBE_EVERY);
    }

    /// Probes the identity if that is due. Called before a request: without requests no probe is needed.
    pub(super) async fn keep(&self, fetch: &Fetcher) -> Result<(), RequestError> {
        let now = Instant::now();
        {
            let mut due = locked(&self.probe_due);
            if due.is_none_or(|due| due > now) {
                return Ok(());
            }
            *due = Some(now + PROBE_EVERY);
        }
        match self.confirm(fetch, now).await {
            Err(error) if error.stops_run() => Err(error),
            Err(error) => {
                // without a response nothing is known about the account; the probe at the end still has to succeed
                tracing::debug!(%error, "the identity probe failed");
                *locked(&self.probe_due) = Some(Instant::now() + PROBE_AGAIN);
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// Confirms that the credentials were valid after `since`; otherwise stops the run.
    pub(super) async fn confirm(&self, fetch: &Fetcher, since: Instant) -> Result<(), RequestError> {
        // one probe at a time; waiting callers use its result
        let mut known_at = self.known_at.lock().await;
        if known_at.is_some_and(|known_at| known_at >= since) {
            return Ok(());
        }
        if let Some(error) = fetch.transport.stop.reason() {
            return Err(error);
        }
        // no other request is sent with credentials that may be invalid
        let _hold = fetch.transport.limiter.hold();
        let mut began = Instant::now();
        let mut found = self.ask(fetch).await;
        if found.as_ref().is_err_and(RequestError::is_auth_lost) {
            fetch.transport.stop.pause(SECOND_PROBE_AFTER).await?;
            began = Instant::now();
            found = self.ask(fetch).await;
            if let Err(error) = &found
                && error.is_auth_lost()
            {
                fetch.transport.stop.set(error.clone());
            }
        }
        found.map(|_| *known_at = Some(began))
    }
}
