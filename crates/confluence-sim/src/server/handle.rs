//! The way of a request through the server: recorded, judged, routed, damaged where a fault says so.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use hyper::Response;

use super::auth::{self, Credential};
use super::reply::{Aborted, Damage, Reply, ReplyBody, WireBody};
use super::request::Request;
use super::served::Served;
use super::{RequestLogEntry, downloads, edits, errors, v1, v2, workflow};
use crate::faults::{Fault, FaultPlan};

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
    pub(crate) faults: Mutex<FaultPlan>,
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
}

/// Answers one request; an error breaks the connection off.
pub(crate) async fn handle(
    shared: Arc<Shared>,
    request: Request,
    origin: Origin,
) -> Result<Response<WireBody>, Aborted> {
    let faults = shared.faults.lock().unwrap_or_else(PoisonError::into_inner).due(&request.path, &request.query);
    let credential = credential(&shared, &request, &faults);
    let entry = enter(&shared, &request, credential);
    for fault in &faults {
        match fault {
            Fault::ChangeSite(change) => shared.change(|site| change(site)),
            Fault::Stall => std::future::pending::<()>().await,
            Fault::Reset => return Err(Aborted),
            _ => {}
        }
    }
    let mut reply = scripted(&faults).unwrap_or_else(|| answer(&shared, &request, credential, origin));
    for fault in &faults {
        match fault {
            Fault::CutBody(after) => reply.damage = Some(Damage::Cut(*after)),
            Fault::StallBody(after) => reply.damage = Some(Damage::Stall(*after)),
            Fault::Header { name, value } => reply.headers.push((name.clone(), value.clone())),
            fault => {
                if let ReplyBody::Json(json) = &mut reply.body {
                    edits::edit(fault, &request, json);
                }
            }
        }
    }
    if let Some(entry) = shared.log().get_mut(entry) {
        entry.status = reply.status;
    }
    Ok(reply.into_response())
}

fn credential(shared: &Shared, request: &Request, faults: &[Fault]) -> Credential {
    if faults.iter().any(|fault| matches!(fault, Fault::Anonymous | Fault::Unauthorized)) {
        return Credential::Rejected;
    }
    let served = shared.served.read().unwrap_or_else(PoisonError::into_inner);
    auth::judge(&served.site, request.authorization.as_deref())
}

fn enter(shared: &Shared, request: &Request, credential: Credential) -> usize {
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

/// The answer that a fault puts in the place of the true one.
fn scripted(faults: &[Fault]) -> Option<Reply> {
    faults.iter().find_map(|fault| match fault {
        Fault::Answer { status, headers, body } => {
            Some(Reply { status: *status, headers: headers.clone(), body: ReplyBody::Text(body.clone()), damage: None })
        }
        Fault::HtmlPage => Some(errors::login_page()),
        Fault::Unauthorized => Some(errors::unauthorized()),
        _ => None,
    })
}

fn answer(shared: &Shared, request: &Request, credential: Credential, origin: Origin) -> Reply {
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
    let answer = match segments.as_slice() {
        ["wiki", "api", "v2", rest @ ..] => v2::route(&served, viewer, request, rest),
        ["wiki", "rest", "api", rest @ ..] => v1::route(&served, viewer, request, rest, &shared.media),
        ["wiki", "rest", "cw", "1", rest @ ..] => workflow::route(&served, viewer, request, rest),
        ["wiki", "download", ..] => Err(errors::unauthorized()),
        _ => Err(errors::unknown_path(&request.path)),
    };
    answer.unwrap_or_else(|refusal| refusal)
}
