//! Handles requests with scripted faults: like [`super::handler`], with the faults that apply before, instead of and
//! after the normal response.

use std::sync::{Arc, PoisonError};

use hyper::Response;
use serde_json::Value;

use super::data_center::repeated_link;
use super::handler::{self, Shared, log_request, log_status, respond};
use super::listeners::Listener;
use super::paging::Cursor;
use super::reply::{BodyDamage, ConnectionAborted, Reply, ReplyBody, WireBody};
use super::request::Request;
use super::{auth, errors};
use crate::faults::Fault;

/// Handles one request; an error aborts the connection.
pub(crate) async fn handle(
    shared: Arc<Shared>,
    request: Request,
    listener: Listener,
) -> Result<Response<WireBody>, ConnectionAborted> {
    let faults = shared.faults.lock().unwrap_or_else(PoisonError::into_inner).due(&request.path, &request.query);
    if faults.is_empty() {
        return Ok(handler::handle(&shared, &request, listener));
    }
    let is_rejected = faults.iter().any(|fault| matches!(fault, Fault::Anonymous | Fault::Unauthorized));
    let evaluate = if is_rejected { auth::reject } else { auth::evaluate };
    let access = evaluate(&shared, &request, listener);
    let entry = log_request(&shared, &request, &access, listener);
    for fault in &faults {
        match fault {
            Fault::ChangeSite(change) => shared.change(|site| change(site)),
            Fault::Change(change) => shared.apply(change, entry),
            Fault::Stall => std::future::pending::<()>().await,
            Fault::Reset => return Err(ConnectionAborted),
            _ => {}
        }
    }
    let mut reply = scripted(&faults).unwrap_or_else(|| respond(&shared, &request, access, listener));
    for fault in &faults {
        match fault {
            Fault::CutBody(after) => reply.damage = Some(BodyDamage::Cut(*after)),
            Fault::StallBody(after) => reply.damage = Some(BodyDamage::Stall(*after)),
            Fault::Header { name, value } => reply.headers.push((name.clone(), value.clone())),
            fault => {
                if let ReplyBody::Json(json) = &mut reply.body {
                    edit(fault, &shared, &request, json);
                }
            }
        }
    }
    Ok(log_status(&shared, entry, reply))
}

/// Returns the response that a fault puts in place of the normal one.
fn scripted(faults: &[Fault]) -> Option<Reply> {
    faults.iter().find_map(|fault| match fault {
        Fault::Answer { status, headers, body } => {
            Some(Reply { headers: headers.clone(), ..Reply::new(*status, ReplyBody::Text(body.clone())) })
        }
        Fault::HtmlPage => Some(errors::login_page()),
        Fault::Unauthorized => Some(errors::unauthorized()),
        _ => None,
    })
}

/// Applies a fault to a JSON response; faults of other kinds change nothing.
fn edit(fault: &Fault, shared: &Shared, request: &Request, json: &mut Value) {
    match fault {
        Fault::MalformedItems => malform(json),
        Fault::EmptyPageWithNext => empty_with_next(shared, request, json),
        Fault::RepeatedCursor => repeat_cursor(shared, request, json),
        Fault::DuplicatedItems => duplicate(json),
        Fault::DroppedTail(items) => drop_tail(json, *items),
        Fault::EditJson(change) => change(json),
        _ => {}
    }
}

fn results(json: &mut Value) -> Option<&mut Vec<Value>> {
    json.get_mut("results").and_then(Value::as_array_mut)
}

fn set_next(json: &mut Value, next: String) {
    if let Some(links) = json.get_mut("_links").and_then(Value::as_object_mut) {
        links.insert("next".to_owned(), Value::from(next));
    }
}

fn malform(json: &mut Value) {
    let Some(items) = results(json) else { return };
    for (at, item) in items.iter_mut().enumerate() {
        if at == 0 {
            *item = Value::from("not an object");
        } else if at % 2 == 1
            && let Some(fields) = item.as_object_mut()
        {
            fields.remove("id");
        }
    }
}

/// Returns the path of a next link: v1 links leave out the context path, v2 links have it.
fn next_path(request: &Request, cursor: &str) -> String {
    let path = request.with_cursor(cursor);
    if request.path.starts_with("/wiki/api/") {
        path
    } else {
        path.strip_prefix("/wiki").map(str::to_owned).unwrap_or(path)
    }
}

/// Returns a next link to the position of the request, in another spelling if wanted.
fn repeated(shared: &Shared, request: &Request, respelled: bool) -> String {
    if shared.served_as.is_data_center() {
        return repeated_link(&shared.served_as.context(), request, respelled);
    }
    let cursor = requested_cursor(request);
    let cursor = if respelled { cursor.respelled() } else { cursor };
    next_path(request, &cursor.encode())
}

fn requested_cursor(request: &Request) -> Cursor {
    request.parameter("cursor").and_then(|text| Cursor::decode(text).ok()).unwrap_or_else(Cursor::start)
}

fn empty_with_next(shared: &Shared, request: &Request, json: &mut Value) {
    if let Some(items) = results(json) {
        items.clear();
    }
    set_next(json, repeated(shared, request, true));
}

fn repeat_cursor(shared: &Shared, request: &Request, json: &mut Value) {
    set_next(json, repeated(shared, request, false));
}

fn duplicate(json: &mut Value) {
    if let Some(items) = results(json) {
        let copies = items.clone();
        items.extend(copies);
    }
}

fn drop_tail(json: &mut Value, count: usize) {
    if let Some(items) = results(json) {
        items.truncate(items.len().saturating_sub(count));
    }
    if let Some(links) = json.get_mut("_links").and_then(Value::as_object_mut) {
        links.remove("next");
    }
}
