//! Handles one request: checks the credential, logs the request and routes it.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

#[cfg(feature = "faults")]
use chrono::Utc;
use hyper::Response;

use super::auth::{self, Credential};
use super::indexed_site::IndexedSite;
use super::reply::{Reply, WireBody};
use super::request::Request;
use super::{RequestLogEntry, downloads, errors, v1, v2, workflow};
#[cfg(feature = "faults")]
use crate::changes::{AppliedChange, Change};
#[cfg(feature = "faults")]
use crate::faults::FaultPlan;

/// The listener that received a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Confluence itself.
    Site,
    /// The origin that serves the bytes of files.
    Media,
}

/// State shared by all connections.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) indexed: RwLock<IndexedSite>,
    #[cfg(feature = "faults")]
    pub(crate) faults: Mutex<FaultPlan>,
    #[cfg(feature = "faults")]
    pub(crate) applied_changes: Mutex<Vec<AppliedChange>>,
    pub(crate) log: Mutex<Vec<RequestLogEntry>>,
    /// Address of the media origin.
    pub(crate) media: String,
}

impl Shared {
    /// Locks the request log, even if a test panicked while holding it.
    pub(crate) fn log(&self) -> MutexGuard<'_, Vec<RequestLogEntry>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the site and rebuilds its indexes.
    pub(crate) fn change(&self, change: impl FnOnce(&mut crate::Site)) {
        let mut indexed = self.indexed.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut indexed.site);
        indexed.index();
    }

    /// Applies a typed change before the response to the request at this index of the log, and records it.
    #[cfg(feature = "faults")]
    pub(crate) fn apply(&self, change: &Change, request: usize) {
        let mut applied = None;
        self.change(|site| {
            change.apply(site, Utc::now());
            applied = Some(AppliedChange { request, change: change.clone(), site: site.clone() });
        });
        self.applied_changes.lock().unwrap_or_else(PoisonError::into_inner).extend(applied);
    }
}

/// Handles one request.
pub(crate) fn handle(shared: &Shared, request: &Request, origin: Origin) -> Response<WireBody> {
    let credential = check_credential(shared, request);
    let entry = log_request(shared, request, credential);
    let reply = respond(shared, request, credential, origin);
    log_status(shared, entry, reply)
}

/// Checks the credential of a request.
pub(crate) fn check_credential(shared: &Shared, request: &Request) -> Credential {
    let indexed = shared.indexed.read().unwrap_or_else(PoisonError::into_inner);
    auth::check(&indexed.site, request.authorization.as_deref())
}

/// Logs a request and returns its index in the log.
pub(crate) fn log_request(shared: &Shared, request: &Request, credential: Credential) -> usize {
    let mut log = shared.log();
    log.push(RequestLogEntry {
        method: request.method.clone(),
        path: request.raw_path.clone(),
        query: request.raw_query.clone(),
        status: 0,
        authorized: credential == Credential::Accepted,
        credential_sent: request.authorization.is_some(),
        host: request.host.clone(),
        arrived: tokio::time::Instant::now(),
    });
    log.len() - 1
}

/// Logs the status of the response.
pub(crate) fn log_status(shared: &Shared, entry: usize, reply: Reply) -> Response<WireBody> {
    if let Some(entry) = shared.log().get_mut(entry) {
        entry.status = reply.status;
    }
    reply.into_response()
}

/// Returns the response without faults.
pub(crate) fn respond(shared: &Shared, request: &Request, credential: Credential, origin: Origin) -> Reply {
    let is_reading_post = request.method == "POST" && request.path == "/wiki/api/v2/users-bulk";
    if request.method != "GET" && request.method != "HEAD" && !is_reading_post {
        return errors::method_not_allowed();
    }
    let indexed = shared.indexed.read().unwrap_or_else(PoisonError::into_inner);
    if origin == Origin::Media {
        return downloads::media(&indexed, request);
    }
    let segments: Vec<&str> = request.path.split('/').skip(1).collect();
    if segments == ["_edge", "tenant_info"] {
        return Reply::ok(serde_json::json!({"cloudId": super::CLOUD_ID, "cloudName": null}));
    }
    let viewer = match auth::viewer(&indexed.site, request, credential) {
        Ok(viewer) => viewer,
        Err(refusal) => return refusal,
    };
    if indexed.site.behaviour.refused.contains(&request.path) {
        return errors::v1(403, "Not permitted");
    }
    let reply = match segments.as_slice() {
        ["wiki", "api", "v2", rest @ ..] => v2::route(&indexed, viewer, request, rest),
        ["wiki", "rest", "api", rest @ ..] => v1::route(&indexed, viewer, request, rest, &shared.media),
        ["wiki", "rest", "cw", "1", rest @ ..] => workflow::route(&indexed, viewer, request, rest),
        ["wiki", "download", ..] => Err(errors::unauthorized()),
        _ => Err(errors::unknown_path(&request.path)),
    };
    reply.unwrap_or_else(|refusal| refusal)
}
