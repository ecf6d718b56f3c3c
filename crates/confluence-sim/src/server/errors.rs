//! Error responses, as observed on the wire.

use serde_json::json;

use super::reply::Reply;

const HTML: &str = "text/html;charset=utf-8";

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
    Reply::text(401, HTML, page)
}

/// The 401 of a credential that expired during the run, and of legacy downloads with an API token.
pub(crate) fn unauthorized() -> Reply {
    Reply::json(401, json!({"code": 401, "message": "Unauthorized"}))
}

/// The 401 of the gateway for a token without the scope that the endpoint needs.
pub(crate) fn scope_does_not_match() -> Reply {
    Reply::json(401, json!({"code": 401, "message": "Unauthorized; scope does not match"}))
        .header("x-failure-category", "FAILURE_CLIENT_SCOPE_CHECK")
}

/// The 404 of the gateway for an unknown cloud id.
pub(crate) fn unknown_cloud_id() -> Reply {
    Reply::json(404, json!({"code": 404, "message": "Not Found"}))
}

/// The 401 of Cloud for the account's password.
pub(crate) fn password_deprecated() -> Reply {
    let message = "Basic authentication with passwords is deprecated.  For more information, see: https://developer.atlassian.com/cloud/confluence/deprecation-notice-basic-auth/\n";
    Reply::text(401, "text/plain;charset=utf-8", message)
}

/// An error of a token issuer, as in RFC 6749.
pub(crate) fn oauth(status: u16, error: &str, description: &str) -> Reply {
    Reply::json(status, json!({"error": error, "error_description": description}))
}

/// The 401 of Data Center for a missing credential or a wrong token.
pub(crate) fn data_center_unauthorized() -> Reply {
    let message = "Client must be authenticated to access this resource.";
    Reply::json(401, json!({"message": message, "status-code": 401}))
}

/// The 401 of Data Center for a wrong password: a page of the servlet container.
pub(crate) fn failed_login() -> Reply {
    let page =
        servlet_page("401 \u{2013} Unauthorized", "Basic Authentication Failure - Reason : AUTHENTICATED_FAILED");
    Reply::text(401, HTML, page)
        .header("x-seraph-loginreason", "AUTHENTICATED_FAILED")
        .header("www-authenticate", "Basic realm=\"Confluence\"")
}

/// The 401 of Data Center after too many failed logins, even for the right password.
pub(crate) fn captcha() -> Reply {
    let page =
        servlet_page("401 \u{2013} Unauthorized", "Basic Authentication Failure - Reason : AUTHENTICATION_DENIED");
    Reply::text(401, HTML, page)
        .header("x-seraph-loginreason", "AUTHENTICATION_DENIED")
        .header("x-authentication-denied-reason", "CAPTCHA_CHALLENGE; login-url=/login.action")
}

/// The 403 of Data Center where passwords are disabled.
pub(crate) fn basic_disabled() -> Reply {
    Reply::json(403, json!({"message": "Basic Authentication has been disabled on this instance."}))
}

/// The redirect of single sign-on to its login page.
pub(crate) fn login_redirect(context: &str, path: &str) -> Reply {
    let destination: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
    Reply::text(302, HTML, "").header("location", &format!("{context}/login.action?os_destination={destination}"))
}

/// A path that a servlet container or a proxy does not know.
pub(crate) fn html_not_found() -> Reply {
    Reply::text(404, HTML, servlet_page("404 \u{2013} Not Found", "The requested resource is not available"))
}

fn servlet_page(status: &str, message: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><title>HTTP Status {status}</title></head><body><h1>HTTP Status {status}</h1><p><b>Message</b> {message}</p></body></html>"
    )
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

/// An error of Data Center.
pub(crate) fn data_center(status: u16, message: &str) -> Reply {
    let reason = hyper::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    Reply::json(
        status,
        json!({
            "statusCode": status,
            "data": {"authorized": status != 403, "valid": true, "allowedInReadOnlyMode": true, "successful": false},
            "message": message,
            "reason": reason.unwrap_or_default(),
        }),
    )
}

#[cfg(feature = "faults")]
/// A login page instead of a response.
pub(crate) fn login_page() -> Reply {
    let page = "<!doctype html><html lang=\"en\"><head><title>Log in</title></head><body><form action=\"/login\" method=\"post\"><button>Continue</button></form></body></html>";
    Reply::text(200, HTML, page)
}
