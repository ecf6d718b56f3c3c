//! Faults that change a JSON answer.

use serde_json::Value;

use super::paging::Cursor;
use super::request::Request;
use crate::faults::Fault;

/// Applies a fault to the answer of a list; faults of other kinds change nothing.
pub(crate) fn edit(fault: &Fault, request: &Request, json: &mut Value) {
    match fault {
        Fault::MalformedItems => malform(json),
        Fault::EmptyPageWithNext => empty_with_next(request, json),
        Fault::RepeatedCursor => repeat_cursor(request, json),
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

/// v1 links are without the context path, v2 links with it.
fn next_path(request: &Request, cursor: &str) -> String {
    let path = request.with_cursor(cursor);
    if request.path.starts_with("/wiki/api/") {
        path
    } else {
        path.strip_prefix("/wiki").map(str::to_owned).unwrap_or(path)
    }
}

fn asked_cursor(request: &Request) -> Cursor {
    request.parameter("cursor").and_then(|text| Cursor::decode(text).ok()).unwrap_or_else(Cursor::start)
}

fn empty_with_next(request: &Request, json: &mut Value) {
    if let Some(items) = results(json) {
        items.clear();
    }
    set_next(json, next_path(request, &asked_cursor(request).respelled().encode()));
}

fn repeat_cursor(request: &Request, json: &mut Value) {
    set_next(json, next_path(request, &asked_cursor(request).encode()));
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
