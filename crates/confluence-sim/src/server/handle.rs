//! The way of a request through the server: judged, recorded, routed.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

#[cfg(feature = "faults")]
use chrono::Utc;
use hyper::Response;

use super::auth::{self, Credential};
use super::reply::{Reply, WireBody};
use super::request::Request;
use super::served::Served;
use super::{RequestLogEntry, downloads, errors, v1, v2, workflow};
#[cfg(feature = "faults")]
use crate::changes::{Change, Moment};
#[cfg(feature = "faults")]
use crate::faults::FaultPlan;

/// Which listener a request came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Confluence itself.
    Site,
    /// The store of the files' bytes.
    Media,
}

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) served: RwLock<Served>,
    #[cfg(feature = "faults")]
    pub(crate) faults: Mutex<FaultPlan>,
    #[cfg(feature = "faults")]
    pub(crate) moments: Mutex<Vec<Moment>>,
    pub(crate) log: Mutex<Vec<RequestLogEntry>>,
    /// Address of the media origin.
    pub(crate) media: String,
}

impl Shared {
    /// The lock, also after a panic of a test that held it.
    pub(crate) fn log(&self) -> MutexGuard<'_, Vec<RequestLogEntry>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the site and indexes it again.
    pub(crate) fn change(&self, change: impl FnOnce(&mut crate::Site)) {
        let mut served = self.served.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut served.site);
        served.index();
    }

    /// Does to the site what somebody does before the request at this place of the log is answered.
    #[cfg(feature = "faults")]
    pub(crate) fn apply(&self, change: &Change, request: usize) {
        let mut moment = None;
        self.change(|site| {
            change.apply(site, Utc::now());
            moment = Some(Moment { request, change: change.clone(), site: site.clone() });
        });
        self.moments.lock().unwrap_or_else(PoisonError::into_inner).extend(moment);
    }
}

/// Answers one request.
pub(crate) fn handle(shared: &Shared, request: &Request, origin: Origin) -> Response<WireBody> {
    let credential = judge(shared, request);
    let entry = enter(shared, request, credential);
    let reply = answer(shared, request, credential, origin);
    leave(shared, entry, reply)
}

/// What the credential of a request is worth.
pub(crate) fn judge(shared: &Shared, request: &Request) -> Credential {
    let served = shared.served.read().unwrap_or_else(PoisonError::into_inner);
    auth::judge(&served.site, request.authorization.as_deref())
}

/// Records that a request came.
pub(crate) fn enter(shared: &Shared, request: &Request, credential: Credential) -> usize {
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

/// Records how a request was answered.
pub(crate) fn leave(shared: &Shared, entry: usize, reply: Reply) -> Response<WireBody> {
    if let Some(entry) = shared.log().get_mut(entry) {
        entry.status = reply.status;
    }
    reply.into_response()
}

/// The true answer.
pub(crate) fn answer(shared: &Shared, request: &Request, credential: Credential, origin: Origin) -> Reply {
    let reads = request.method == "POST" && request.path == "/wiki/api/v2/users-bulk";
    if request.method != "GET" && request.method != "HEAD" && !reads {
        return errors::method_not_allowed();
    }
    let served = shared.served.read().unwrap_or_else(PoisonError::into_inner);
    if origin == Origin::Media {
        return downloads::media(&served, request);
    }
    let segments: Vec<&str> = request.path.split('/').skip(1).collect();
    if segments == ["_edge", "tenant_info"] {
        return Reply::ok(serde_json::json!({"cloudId": super::CLOUD_ID, "cloudName": null}));
    }
    let viewer = match auth::viewer(&served.site, request, credential) {
        Ok(viewer) => viewer,
        Err(refusal) => return refusal,
    };
    if served.site.behaviour.refused.contains(&request.path) {
        return errors::v1(403, "Not permitted");
    }
    let answer = match segments.as_slice() {
        ["wiki", "api", "v2", rest @ ..] => v2::route(&served, viewer, request, rest),
        ["wiki", "rest", "api", rest @ ..] => v1::route(&served, viewer, request, rest, &shared.media),
        ["wiki", "rest", "cw", "1", rest @ ..] => workflow::route(&served, viewer, request, rest),
        ["wiki", "download", ..] => Err(errors::unauthorized()),
        _ => Err(errors::unknown_path(&request.path)),
    };
    answer.unwrap_or_else(|refusal| refusal)
}
