//! Determines from a response who refuses a request and why: the site, the account's permissions, or a system in front
//! of the site.
//!
//! The detection uses texts that the servers send today. A response without a known text is shown with its first line
//! and not interpreted.

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use serde_json::Value;
use url::Url;

use super::response::is_json;

/// Maximum number of characters shown of a server's text.
const MAX_TEXT: usize = 200;

/// Why the site refuses this account although its credentials may be valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The IP address of this computer is not on the allowlist of the site.
    IpAddress,
    /// The account has no access to Confluence on this site.
    NoAccess,
    /// The site treats the account as a visitor. Possible causes: a wrong or expired token, an account without access,
    /// or an IP address outside the allowlist.
    Visitor,
    /// After failed logins, the site requires a captcha.
    Captcha,
    /// No access token is issued for the client credentials.
    Client,
    /// The site accepts no password and no token with a user name.
    BasicDisabled,
    /// For an unknown reason.
    Unexplained,
}

impl Refusal {
    /// Returns the message for people.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::IpAddress => "the site does not allow the IP address of this computer",
            Self::NoAccess => "this account may not use Confluence on this site",
            Self::Visitor => "the site rejects the credentials, or the account may not use Confluence",
            Self::Captcha => "the site requires this account to solve a captcha before the next login",
            Self::Client => "no access token is issued for these client credentials",
            Self::BasicDisabled => {
                "the site accepts no user name with a password or token (basic authentication is off)"
            }
            Self::Unexplained => "the site refuses this account",
        }
    }

    /// Returns what to do, in one line.
    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Self::IpAddress => {
                "run from a network on the site's IP allowlist, such as the office or a VPN, or ask an organization \
                 admin to add this address"
            }
            Self::NoAccess => {
                "ask a site admin to give this account access to Confluence; if it already has access, check that the \
                 e-mail address and the API token belong together"
            }
            Self::Visitor => {
                "check that the e-mail address and the API token belong together and that the token has not expired; if so, \
                 open the site in a browser with this account on this computer: the account may have no access to \
                 Confluence, or the site's IP allowlist may block this computer"
            }
            Self::Captcha => "log out and in again in a browser with this account, solve the captcha, then run again",
            Self::Client => {
                "check client_id and client_secret: the secret may have expired or been replaced; otherwise create new \
                 credentials for the service account"
            }
            Self::BasicDisabled => {
                "on Data Center, create a personal access token and set api_token without api_user; on Cloud, use the \
                 client credentials of a service account (client_id, client_secret)"
            }
            Self::Unexplained => {
                "read the server's message; open the site in a browser with this account, and check that the e-mail \
                 address and the API token belong together"
            }
        }
    }
}

/// What responded instead of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NonApiResponder {
    /// A login page for browsers.
    Login,
    /// The site, which has moved to another address.
    Moved,
    /// A network that requires a login (captive portal).
    Portal,
    /// Atlassian's page for an unknown site name.
    UnknownSite,
    /// A site without Confluence.
    NoConfluence,
    /// A page of a proxy, a firewall or a filter.
    Page,
    /// Any other document.
    Document,
}

impl NonApiResponder {
    /// Returns what to do, in one line.
    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Self::Login => {
                "set base_url to an address that accepts API tokens, for Confluence Cloud \
                 https://NAME.atlassian.net/wiki, or on Data Center use a personal access token: this address requires a \
                 login in a browser"
            }
            Self::Moved => "set base_url to the address that the redirect names",
            Self::Portal => "open any page in a browser on this computer and log in to the network, then run again",
            Self::UnknownSite => {
                "compare the site name in base_url with the address in a browser: it may be misspelt, renamed or no \
                 longer in use"
            }
            Self::NoConfluence => {
                "check base_url: it is the part before /spaces/ of an address in a browser; the site may have other \
                 products only"
            }
            Self::Page => {
                "a proxy, a firewall or a filter responds instead of the site: ask the network administrator to allow \
                 the address of the site, or use another proxy (HTTPS_PROXY) or none (NO_PROXY)"
            }
            Self::Document => {
                "open the address of the site in a browser: a proxy or a network login page may respond instead"
            }
        }
    }
}

/// Returns why the site refuses, if headers or body contain a known text.
pub(crate) fn refusal(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Option<Refusal> {
    if !matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        return None;
    }
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if header("x-authentication-denied-reason").contains("CAPTCHA")
        || header("x-seraph-loginreason").contains("AUTHENTICATION_DENIED")
    {
        return Some(Refusal::Captcha);
    }
    let text = String::from_utf8_lossy(body).to_lowercase();
    if text.contains("ip address") && ["allowed list", "allowlist", "allow list"].iter().any(|list| text.contains(list))
    {
        return Some(Refusal::IpAddress);
    }
    let is_basic = ["basic auth with password", "basic authentication has been", "basic auth has been"];
    if text.contains("disabled") && is_basic.iter().any(|words| text.contains(words)) {
        return Some(Refusal::BasicDisabled);
    }
    text.contains("not permitted to use confluence").then_some(Refusal::NoAccess)
}

/// Returns what responded instead of the API, with a description; `None` if the response may be the API's.
///
/// Refusals by Confluence itself are JSON, or a page of its servlet container.
pub(crate) fn non_api_response(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Option<(NonApiResponder, String)> {
    let text = String::from_utf8_lossy(body);
    let lower = text.to_lowercase();
    let server_message =
        server_message(headers, body).map(|words| format!(" that says \"{words}\"")).unwrap_or_default();
    let number = status.as_u16();
    if number == 511 {
        return Some((
            NonApiResponder::Portal,
            format!("a network that requires a login (status 511){server_message}"),
        ));
    }
    if !is_html(headers, &lower) {
        return None;
    }
    match number {
        404 if lower.contains("cloud notifications") || lower.contains("site is currently unavailable") => {
            Some((NonApiResponder::UnknownSite, format!("a page for an unknown site (status 404){server_message}")))
        }
        401 | 403 | 407 | 451 if !is_own_page(&lower) => Some(if is_login_page(&lower) {
            (NonApiResponder::Login, format!("a login page (status {number}){server_message}"))
        } else {
            (NonApiResponder::Page, format!("a page with status {number}{server_message}"))
        }),
        _ => None,
    }
}

/// Classifies a redirect, which the API itself does not send. `asked` is the address of the request.
pub(crate) fn redirected(headers: &HeaderMap, asked: &Url) -> (NonApiResponder, String) {
    let location = headers.get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let target = asked.join(location).ok().filter(|_| !location.is_empty());
    let Some(target) = target.filter(Url::has_host) else {
        return (NonApiResponder::Document, "a redirect without a target".to_owned());
    };
    let origin = target.origin().ascii_serialization();
    if target.origin() != asked.origin() && target.path().trim_end_matches('/') == asked.path().trim_end_matches('/') {
        return (NonApiResponder::Moved, format!("a redirect to {origin}: the site has moved"));
    }
    (NonApiResponder::Login, format!("a redirect to {origin}, probably a login page"))
}

/// Classifies a successful response that is neither JSON nor a redirect.
pub(crate) fn document(headers: &HeaderMap, status: StatusCode, body: &[u8]) -> (NonApiResponder, String) {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("no content type");
    let lower = String::from_utf8_lossy(body).to_lowercase();
    let server_message =
        server_message(headers, body).map(|words| format!(" that says \"{words}\"")).unwrap_or_default();
    if body.is_empty() {
        (NonApiResponder::Document, format!("an empty response with status {}", status.as_u16()))
    } else if is_login_page(&lower) {
        (NonApiResponder::Login, format!("a login page ({media_type}){server_message}"))
    } else if is_html(headers, &lower) {
        (NonApiResponder::Page, format!("a page ({media_type}){server_message}"))
    } else {
        (NonApiResponder::Document, format!("another document ({media_type}){server_message}"))
    }
}

fn is_html(headers: &HeaderMap, lower: &str) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let start = lower.trim_start();
    media_type.contains("html") || start.starts_with("<!doctype html") || start.starts_with("<html")
}

/// Returns whether a page is Confluence's own: that of the servlet container for a scoped token or unparsable
/// credentials, or that for a password.
fn is_own_page(lower: &str) -> bool {
    is_page_of_servlet_container(lower) || lower.contains("basic authentication with password")
}

/// Returns whether a page, in lower case, is one of the servlet container of Confluence.
pub(crate) fn is_page_of_servlet_container(lower: &str) -> bool {
    lower.contains("http status 4")
}

fn is_login_page(lower: &str) -> bool {
    ["samlrequest", "login", "log in", "sign in", "single sign-on"].iter().any(|words| lower.contains(words))
}

/// Returns the server's own message on one line: the message in a JSON document, the title of a page, or the first line
/// of a text. At most [`MAX_TEXT`] characters.
pub(crate) fn server_message(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let words = if is_json(headers) {
        message(&serde_json::from_slice(body).ok()?)?
    } else if is_html(headers, &text.to_lowercase()) {
        title(&text)?
    } else {
        text.lines().map(str::trim).find(|line| !line.is_empty())?.to_owned()
    };
    let harmless = |c: char| if c.is_control() || is_direction(c) { ' ' } else { c };
    let words: String = words.chars().map(harmless).collect();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() > MAX_TEXT {
        return Some(words.chars().take(MAX_TEXT).chain("…".chars()).collect());
    }
    Some(words).filter(|words| !words.is_empty())
}

/// Returns whether a character changes the text direction, which could disguise a line.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn message(document: &Value) -> Option<String> {
    let places = [
        "/message",
        "/errorMessages/0",
        "/errors/0/detail",
        "/errors/0/title",
        "/errors/0/message",
        "/error_description",
        "/error",
    ];
    let found = places.iter().find_map(|place| document.pointer(place)?.as_str());
    found.filter(|words| !words.trim().is_empty()).map(str::to_owned)
}

/// Returns the title of a page, or its first heading or paragraph.
fn title(page: &str) -> Option<String> {
    // ASCII lower case keeps byte positions the same in both strings
    let lower = page.to_ascii_lowercase();
    ["title", "h1", "h2", "p"].iter().find_map(|tag| {
        let open = lower.find(&format!("<{tag}"))?;
        let from = open + lower.get(open..)?.find('>')? + 1;
        let to = from + lower.get(from..)?.find(&format!("</{tag}"))?;
        let text = without_markup(page.get(from..to)?);
        (!text.trim().is_empty()).then_some(text)
    })
}

fn without_markup(html: &str) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            c if !in_tag => text.push(c),
            _ => {}
        }
    }
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")]
        .iter()
        .fold(text, |text, (entity, c)| text.replace(entity, c))
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn the_servers_message_is_one_short_line_without_control_characters() {
        let json = headers(&[("content-type", "application/json")]);
        let html = headers(&[("content-type", "text/html")]);
        let text = headers(&[("content-type", "text/plain")]);
        for (headers, body, words) in [
            (&json, r#"{"message":"No  access\u001b[2J"}"#, Some("No access [2J")),
            (&json, r#"{"errorMessages":["first","second"]}"#, Some("first")),
            (&json, r#"{"errors":[{"title":"Not Found","detail":null}]}"#, Some("Not Found")),
            (&json, "{}", None),
            (&html, "<html><head><TITLE>Access &amp; more</TITLE></head></html>", Some("Access & more")),
            (&html, "<html><title></title><h1>Blocked <b>by</b> policy</h1></html>", Some("Blocked by policy")),
            (&html, "<html><title>cut off", None),
            (&text, "\n\n  Denied by rule 7\nmore", Some("Denied by rule 7")),
            (&text, "\u{202e}desrever", Some("desrever")),
            (&text, "", None),
        ] {
            assert_eq!(server_message(headers, body.as_bytes()).as_deref(), words, "{body}");
        }
        assert_eq!(server_message(&text, "x".repeat(5000).as_bytes()).unwrap().chars().count(), MAX_TEXT + 1);
    }

    #[test]
    fn a_redirect_to_the_same_path_on_another_host_is_a_move_and_any_other_a_login() {
        let asked = Url::parse("https://acme.atlassian.net/wiki/rest/api/user/current?a=b").unwrap();
        for (location, who) in [
            ("https://wiki.acme.example/wiki/rest/api/user/current", NonApiResponder::Moved),
            ("https://sso.acme.example/saml?to=/wiki/rest/api/user/current", NonApiResponder::Login),
            ("/wiki/login.action?os_destination=x", NonApiResponder::Login),
            ("", NonApiResponder::Document),
            ("mailto:me", NonApiResponder::Document),
        ] {
            let headers = HeaderMap::from_iter([(LOCATION, HeaderValue::from_str(location).unwrap())]);
            assert_eq!(redirected(&headers, &asked).0, who, "{location}");
        }
    }
}
