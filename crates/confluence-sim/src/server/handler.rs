//! Handles one request: evaluates the credential, logs the request and routes it.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

#[cfg(feature = "faults")]
use chrono::Utc;
use hyper::Response;
use serde_json::json;

use super::auth::{self, Access, CredentialForm, Sessions};
use super::clock::Clock;
use super::indexed_site::IndexedSite;
use super::listeners::{Listener, Origins};
use super::quota::Quota;
use super::reply::{Reply, ReplyResult, WireBody};
use super::request::Request;
use super::{
    RequestLogEntry, ServedAs, admin_key, auth_gateway, data_center, downloads, errors, tokens, v1, v2, workflow,
};
#[cfg(feature = "faults")]
use crate::changes::{AppliedChange, Change};
#[cfg(feature = "faults")]
use crate::faults::FaultPlan;

/// State shared by all connections.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) indexed: RwLock<IndexedSite>,
    pub(crate) served_as: ServedAs,
    pub(crate) origins: Origins,
    pub(crate) clock: Clock,
    pub(crate) sessions: Mutex<Sessions>,
    pub(crate) quota: Mutex<Quota>,
    #[cfg(feature = "faults")]
    pub(crate) faults: Mutex<FaultPlan>,
    #[cfg(feature = "faults")]
    pub(crate) applied_changes: Mutex<Vec<AppliedChange>>,
    pub(crate) log: Mutex<Vec<RequestLogEntry>>,
}

impl Shared {
    /// Locks the request log, even if a test panicked while holding it.
    pub(crate) fn log(&self) -> MutexGuard<'_, Vec<RequestLogEntry>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks the site for reading.
    pub(crate) fn indexed(&self) -> RwLockReadGuard<'_, IndexedSite> {
        self.indexed.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks what is known from earlier requests.
    pub(crate) fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
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
pub(crate) fn handle(shared: &Shared, request: &Request, listener: Listener) -> Response<WireBody> {
    let access = auth::evaluate(shared, request, listener);
    let entry = log_request(shared, request, &access, listener);
    let reply = respond(shared, request, access, listener);
    log_status(shared, entry, reply)
}

/// Logs a request and returns its index in the log.
pub(crate) fn log_request(shared: &Shared, request: &Request, access: &Access, listener: Listener) -> usize {
    let mut log = shared.log();
    log.push(RequestLogEntry {
        method: request.method.clone(),
        path: request.raw_path.clone(),
        query: request.raw_query.clone(),
        status: 0,
        authorized: access.is_accepted,
        credential: access.form,
        credential_sent: access.form != CredentialForm::None,
        listener,
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
pub(crate) fn respond(shared: &Shared, request: &Request, access: Access, listener: Listener) -> Reply {
    let indexed = shared.indexed();
    let is_data_center = shared.served_as.is_data_center();
    if issues_token(&indexed, request, listener, is_data_center) {
        let mut sessions = shared.sessions();
        return match listener {
            Listener::Auth => tokens::issue_for_cloud(&indexed.site, &mut sessions, request),
            _ => tokens::issue_for_data_center(&indexed.site, &mut sessions, request),
        };
    }
    let is_reading_post = request.method == "POST" && request.path == "/wiki/api/v2/users-bulk" && !is_data_center;
    if request.method != "GET" && request.method != "HEAD" && !is_reading_post {
        return errors::method_not_allowed();
    }
    let reply = match listener {
        Listener::Media => Ok(downloads::media(&indexed, request)),
        Listener::Auth => Err(errors::unknown_path(&request.path)),
        Listener::Site if is_data_center => {
            return data_center::respond(&indexed, indexed.context(), request, access.viewer);
        }
        Listener::Gateway if request.path == "/oauth/token/accessible-resources" => {
            accessible_resources(shared, &indexed, request, access)
        }
        Listener::Gateway if is_data_center || !request.gateway => Err(errors::unknown_cloud_id()),
        Listener::Site | Listener::Gateway => return cloud(shared, &indexed, request, access),
    };
    reply.unwrap_or_else(|refusal| refusal)
}

/// Whether the request is for an issuer of tokens.
fn issues_token(indexed: &IndexedSite, request: &Request, listener: Listener, is_data_center: bool) -> bool {
    match listener {
        Listener::Auth => request.path == "/oauth/token" && !is_data_center,
        Listener::Site if is_data_center => {
            request.path.strip_prefix(indexed.context()) == Some("/rest/oauth2/latest/token")
        }
        _ => false,
    }
}

/// Returns the response of Cloud, within the quota of the hour.
fn cloud(shared: &Shared, indexed: &IndexedSite, request: &Request, access: Access) -> Reply {
    if request.path == "/_edge/tenant_info" && !request.gateway {
        return Reply::ok(json!({"cloudId": super::CLOUD_ID, "cloudName": null}));
    }
    let answer = || cloud_route(shared, indexed, request, access).unwrap_or_else(|refusal| refusal);
    let Some(points) = indexed.site.behaviour.points_per_hour else { return answer() };
    let now = shared.clock.now();
    let mut quota = shared.quota.lock().unwrap_or_else(PoisonError::into_inner);
    match quota.refusal(points, now) {
        Some(refusal) => refusal,
        None => quota.charge(points, now, request, answer()),
    }
}

fn cloud_route(shared: &Shared, indexed: &IndexedSite, request: &Request, access: Access) -> ReplyResult {
    let viewer = access.viewer?;
    if indexed.site.behaviour.refused.contains(&request.path) {
        return Err(errors::v1(403, "Not permitted"));
    }
    let segments: Vec<&str> = request.path.split('/').skip(1).collect();
    match segments.as_slice() {
        ["wiki", "api", "v2", "admin-key"] => admin_key::state(indexed, request, viewer, shared.clock.now()),
        ["wiki", "api", "v2", rest @ ..] => v2::route(indexed, viewer, request, rest),
        ["wiki", "rest", "api", rest @ ..] => v1::route(indexed, viewer, request, rest, &shared.origins.media),
        ["wiki", "rest", "cw", "1", rest @ ..] => workflow::route(indexed, viewer, request, rest),
        ["wiki", "download", ..] => Err(errors::unauthorized()),
        _ => Err(errors::unknown_path(&request.path)),
    }
}

/// `GET /oauth/token/accessible-resources`: the sites that a bearer token may access.
fn accessible_resources(shared: &Shared, indexed: &IndexedSite, request: &Request, access: Access) -> ReplyResult {
    access.viewer?;
    if access.form != CredentialForm::Bearer {
        return Err(errors::unauthorized());
    }
    let scopes = auth_gateway::bearer_scopes(&indexed.site, &shared.sessions().tokens, request);
    let resource = |id: &str, name: &str, url: &str| json!({"id": id, "name": name, "url": url, "scopes": scopes, "avatarUrl": ""});
    let mut sites = vec![resource(super::CLOUD_ID, "demo", indexed.base().trim_end_matches("/wiki"))];
    for (at, url) in indexed.site.credentials.other_sites.iter().enumerate() {
        sites.push(resource(&format!("00000000-0000-4000-8000-{at:012}"), "other", url));
    }
    Ok(Reply::ok(json!(sites)))
}
