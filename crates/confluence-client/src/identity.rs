//! Who the program reads as: probed at the start, every 15 minutes, whenever an answer is suspicious, and at the end.

use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use tokio::time::Instant;

use super::answer::Answer;
use super::error::RequestError;
use super::fetch::Fetch;
use super::kind::RequestKind;
use super::model;
use super::pace::Priority;
use super::request::Request;
use super::transport::locked;

/// Pause before the identity is probed for the second time (F-37).
const SECOND_PROBE_AFTER: Duration = Duration::from_secs(5);
/// How long a good identity probe is believed (F-38).
const PROBE_EVERY: Duration = Duration::from_secs(15 * 60);
/// How soon a probe that could not be answered is made again.
const PROBE_AGAIN: Duration = Duration::from_secs(60);

/// What is known of the account.
#[derive(Debug, Default)]
pub(super) struct Identity {
    /// When the identity probe last began that found everything in order.
    known_at: tokio::sync::Mutex<Option<Instant>>,
    /// The account everything has to be read as.
    account: OnceLock<String>,
    /// When the identity has to be probed again; `None` before the first probe.
    probe_due: Mutex<Option<Instant>>,
}

impl Identity {
    /// Who the credentials belong to: `GET /rest/api/user/current`, which has to be a known user with an account id.
    ///
    /// A wrong pair of address and token gives 403 here, not 401, and on a site with public access it gives 200 with
    /// an anonymous user.
    pub(super) async fn ask(&self, fetch: &Fetch) -> Result<Answer<model::User>, RequestError> {
        let request = Request::v1(RequestKind::CurrentUser, &["user", "current"]);
        match fetch.json::<model::User>(&request, Priority::Urgent).await {
            Ok(answer) if answer.value.is_known() => {
                let expected = self.account.get();
                if expected.is_some_and(|expected| answer.value.account_id.as_ref() != Some(expected)) {
                    return Err(RequestError::OtherAccount);
                }
                Ok(answer)
            }
            Ok(_) => Err(RequestError::Anonymous),
            Err(failure) => Err(failure.error),
        }
    }

    /// From here on everything has to be read as this account: every identity probe asks for it, and while requests go
    /// on, a probe is made every 15 minutes (F-38).
    pub(super) fn expect(&self, account: &str) {
        // a second call would be another run; the first account stays, so that a change cannot pass unseen
        let _ = self.account.set(account.to_owned());
        *locked(&self.probe_due) = Some(Instant::now() + PROBE_EVERY);
    }

    /// Probes the identity when that is due. Whoever sends the next request does it: without requests there is nothing
    /// to be sure of.
    pub(super) async fn keep(&self, fetch: &Fetch) -> Result<(), RequestError> {
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
                // no answer says nothing about the account; the probe at the end still has to succeed
                tracing::debug!(%error, "the identity probe was not answered");
                *locked(&self.probe_due) = Some(Instant::now() + PROBE_AGAIN);
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// Makes sure that the credentials were good after `since`; otherwise stops the run.
    pub(super) async fn confirm(&self, fetch: &Fetch, since: Instant) -> Result<(), RequestError> {
        // one probe at a time; those who waited for it find its result
        let mut known_at = self.known_at.lock().await;
        if known_at.is_some_and(|known_at| known_at >= since) {
            return Ok(());
        }
        if let Some(error) = fetch.transport.stop.reason() {
            return Err(error);
        }
        // nobody goes on hammering with credentials that may be dead
        let _hold = fetch.transport.pace.hold();
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
