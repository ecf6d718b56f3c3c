//! Error responses, as observed on the wire.

use serde_json::json;

use super::reply::Reply;

/// A v2 error.
pub(crate) fn v2(status: u16, code: &str, title: &str) -> Reply {
    Reply::json(status, json!({"errors": [{"status": status, "code": code, "title": title, "detail": null}]}))
}

/// A v2 entity that does not exist or is not visible: the title names the id, unlike that of [`v2_rejected`].
pub(crate) fn v2_not_found(what: &str, id: &str) -> Reply {
    v2(404, "NOT_FOUND", &format!("Could not find {what} with id {id}"))
}

/// The bare 404 of v2 paths for a rejected credential.
pub(crate) fn v2_rejected() -> Reply {
    v2(404, "NOT_FOUND", "Not Found")
}

/// An invalid v2 parameter.
pub(crate) fn v2_parameter(name: &str) -> Reply {
    v2(
        400,
        "INVALID_REQUEST_PARAMETER",
        &format!("Provided value for '{name}' is not the correct type or not an accepted value"),
    )
}

/// A v1 error in the long form.
pub(crate) fn v1(status: u16, message: &str) -> Reply {
    Reply::json(
        status,
        json!({
            "statusCode": status,
            "data": {"authorized": status != 403, "valid": true, "errors": [], "successful": false},
            "message": message,
        }),
    )
}

/// The 403 of analytics in a space that restricts them.
pub(crate) fn analytics_restricted() -> Reply {
    Reply::json(403, json!({"reason": "ViewAnalyticsRestricted"}))
}

/// A v1 entity that does not exist or is not visible.
pub(crate) fn v1_not_found(id: &str) -> Reply {
    let message = format!(
        "com.atlassian.confluence.api.service.exceptions.NotFoundException: No content found with id: ContentId{{id={id}}}"
    );
    v1(404, &message)
}

/// The 403 of v1 paths for a rejected or missing credential.
pub(crate) fn v1_rejected() -> Reply {
    let message = "org.springframework.web.server.StacklessResponseStatusException: 403 FORBIDDEN \"Request rejected because caller cannot access Confluence\"";
    Reply::json(403, json!({"statusCode": 403, "message": message}))
}

/// The 401 of a Basic header that cannot be parsed, and of a scoped token on the site host: a page of the servlet
/// container.
pub(crate) fn html_unauthorized() -> Reply {
    let page = "<!doctype html><html lang=\"en\"><head><title>HTTP Status 401 \u{2013} Unauthorized</title></head><body><h1>HTTP Status 401 \u{2013} Unauthorized</h1></body></html>";
    Reply::text(401, "text/html;charset=utf-8", page)
}

/// The 401 of a credential that expired during the run, and of legacy downloads with an API token.
pub(crate) fn unauthorized() -> Reply {
    Reply::json(401, json!({"code": 401, "message": "Unauthorized"}))
}

/// A removed v1 operation. `authorized` and `successful` are true in the original too.
pub(crate) fn gone() -> Reply {
    Reply::json(
        410,
        json!({
            "statusCode": 410,
            "data": {"authorized": true, "valid": true, "errors": [], "successful": true},
            "message": "com.atlassian.confluence.api.service.exceptions.pagesmodes.GoneException: This deprecated endpoint has been removed.",
        }),
    )
}

/// A method that the path does not support.
pub(crate) fn method_not_allowed() -> Reply {
    v1(405, "HTTP 405 Method Not Allowed").header("allow", "GET, HEAD")
}

/// A path that does not exist.
pub(crate) fn unknown_path(path: &str) -> Reply {
    Reply::json(404, json!({"statusCode": 404, "message": format!("null for uri: {path}")}))
}

#[cfg(feature = "faults")]
/// A login page instead of a response.
pub(crate) fn login_page() -> Reply {
    let page = "<!doctype html><html lang=\"en\"><head><title>Log in</title></head><body><form action=\"/login\" method=\"post\"><button>Continue</button></form></body></html>";
    Reply::text(200, "text/html;charset=utf-8", page)
}
