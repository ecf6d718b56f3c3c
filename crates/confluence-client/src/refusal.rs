//! Who refuses, and why, as far as one answer shows it: the site, the account's rights, or something before the site.
//!
//! The words are those that the servers send today. An answer without known words is shown with its own first line, and
//! nothing is made of it.

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use serde_json::Value;
use url::Url;

use super::answer::is_json;

/// Longest part of a server's own words that is shown, in characters.
const MOST_WORDS: usize = 200;

/// Why the site does not let this account in, though it may be a good one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The IP address of this computer is not on the allowlist of the site.
    IpAddress,
    /// The account has no access to Confluence on this site.
    NoAccess,
    /// The site takes the account for a visitor: a token that is wrong or too old, an account without access and an address
    /// outside the allowlist can all look like this.
    Visitor,
    /// After failed logins the site wants a captcha to be solved.
    Captcha,
    /// For a reason that this program does not know.
    Unexplained,
}

impl Refusal {
    /// What it is, for people.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::IpAddress => "the site does not let in the IP address of this computer",
            Self::NoAccess => "this account may not use Confluence on this site",
            Self::Visitor => "the site does not accept the credentials, or does not let them use Confluence",
            Self::Captcha => "the site wants a captcha to be solved before this account logs in again",
            Self::Unexplained => "the site refuses this account",
        }
    }

    /// What to do, one line.
    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Self::IpAddress => {
                "run from a network that is on the site's IP allowlist, such as the office or a VPN, or have an \
                 organization admin add this address to it"
            }
            Self::NoAccess => {
                "ask an admin of the site to give this account access to Confluence; if it has that, check that the \
                 e-mail address and the API token belong together"
            }
            Self::Visitor => {
                "check that the e-mail address and the API token belong together and that the token has not expired; if that \
                 is so, open the site in a browser as this account from this computer: it may have no access to Confluence, \
                 or an IP allowlist may keep this computer out"
            }
            Self::Captcha => "log out and in again in a browser as this account and solve the captcha, then run again",
            Self::Unexplained => {
                "read what the server says; then open the site in a browser as this account, and check that the e-mail \
                 address and the API token belong together"
            }
        }
    }
}

/// What answers in place of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stranger {
    /// A page that asks for a login in a browser.
    Login,
    /// The site, at another address.
    Moved,
    /// A network that wants a login before it lets anything through.
    Portal,
    /// The page for names that are no site.
    UnknownSite,
    /// A site without Confluence.
    NoConfluence,
    /// A page of a proxy, a firewall or a filter.
    Page,
    /// A document of another kind.
    Document,
}

impl Stranger {
    /// What to do, one line.
    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Self::Login => {
                "set base_url to an address of the site that takes API tokens, for Confluence Cloud \
                 https://NAME.atlassian.net/wiki: what answers here wants a login in a browser"
            }
            Self::Moved => "set base_url to the address that the redirect names",
            Self::Portal => "open any page in a browser on this computer and log in to the network, then run again",
            Self::UnknownSite => {
                "check the name of the site in base_url against the address in a browser: it may be misspelt, renamed \
                 or no longer in use"
            }
            Self::NoConfluence => {
                "check base_url: it is the address before /spaces/ in a browser, and a site may have other products only"
            }
            Self::Page => {
                "a proxy, a firewall or a filter answers in place of the site: ask whoever runs the network to let the \
                 address of the site through, or go around it with HTTPS_PROXY and NO_PROXY"
            }
            Self::Document => {
                "open the address of the site in a browser: a proxy or a network portal may answer in its place"
            }
        }
    }
}

/// Why the site refuses, where headers or body have known words.
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
    text.contains("not permitted to use confluence").then_some(Refusal::NoAccess)
}

/// Who answers in place of the API, and what that looks like; `None` where the answer may be the API's.
///
/// Refusals of Confluence itself are JSON, or the page of its servlet container.
pub(crate) fn stranger(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Option<(Stranger, String)> {
    let text = String::from_utf8_lossy(body);
    let lower = text.to_lowercase();
    let said = said(headers, body).map(|words| format!(" that says \"{words}\"")).unwrap_or_default();
    let number = status.as_u16();
    if number == 511 {
        return Some((Stranger::Portal, format!("a network that wants a login first (status 511){said}")));
    }
    if !is_html(headers, &lower) {
        return None;
    }
    match number {
        404 if lower.contains("cloud notifications") || lower.contains("site is currently unavailable") => {
            Some((Stranger::UnknownSite, format!("no site of this name (status 404){said}")))
        }
        401 | 403 | 407 | 451 if !is_own_page(&lower) => Some(if is_login_page(&lower) {
            (Stranger::Login, format!("a login page (status {number}){said}"))
        } else {
            (Stranger::Page, format!("a page with status {number}{said}"))
        }),
        _ => None,
    }
}

/// Where a redirect leads that the API would not send. `asked` is what was asked for.
pub(crate) fn redirected(headers: &HeaderMap, asked: &Url) -> (Stranger, String) {
    let location = headers.get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let target = asked.join(location).ok().filter(|_| !location.is_empty());
    let Some(target) = target.filter(Url::has_host) else {
        return (Stranger::Document, "a redirect to nowhere".to_owned());
    };
    let origin = target.origin().ascii_serialization();
    if target.origin() != asked.origin() && target.path().trim_end_matches('/') == asked.path().trim_end_matches('/') {
        return (Stranger::Moved, format!("a redirect to {origin}, where the site has moved"));
    }
    (Stranger::Login, format!("a redirect to {origin}, as to a login page"))
}

/// What an answer is that is neither JSON nor a redirect, though its status says that all is well.
pub(crate) fn document(headers: &HeaderMap, status: StatusCode, body: &[u8]) -> (Stranger, String) {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("no content type");
    let lower = String::from_utf8_lossy(body).to_lowercase();
    let said = said(headers, body).map(|words| format!(" that says \"{words}\"")).unwrap_or_default();
    if body.is_empty() {
        (Stranger::Document, format!("an empty answer with status {}", status.as_u16()))
    } else if is_login_page(&lower) {
        (Stranger::Login, format!("a login page ({media_type}){said}"))
    } else if is_html(headers, &lower) {
        (Stranger::Page, format!("a page ({media_type}){said}"))
    } else {
        (Stranger::Document, format!("a document of another kind ({media_type}){said}"))
    }
}

fn is_html(headers: &HeaderMap, lower: &str) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let start = lower.trim_start();
    media_type.contains("html") || start.starts_with("<!doctype html") || start.starts_with("<html")
}

/// The page of the servlet container for a token with scopes or a pair it cannot read, and the one for a password.
fn is_own_page(lower: &str) -> bool {
    lower.contains("http status 4") || lower.contains("basic authentication with password")
}

fn is_login_page(lower: &str) -> bool {
    ["samlrequest", "login", "log in", "sign in", "single sign-on"].iter().any(|words| lower.contains(words))
}

/// The first line of what a server says, in its own words: the message of a JSON document, the title of a page, or the
/// first line of a text. At most [`MOST_WORDS`] characters, on one line.
pub(crate) fn said(headers: &HeaderMap, body: &[u8]) -> Option<String> {
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
    if words.chars().count() > MOST_WORDS {
        return Some(words.chars().take(MOST_WORDS).chain("…".chars()).collect());
    }
    Some(words).filter(|words| !words.is_empty())
}

/// Characters that turn the direction of a line, and could make it read as another.
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

/// The title of a page, or its first heading.
fn title(page: &str) -> Option<String> {
    // in ASCII, so that places in the one are places in the other
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
    fn the_first_line_of_a_server_is_short_and_harmless() {
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
            assert_eq!(said(headers, body.as_bytes()).as_deref(), words, "{body}");
        }
        assert_eq!(said(&text, "x".repeat(5000).as_bytes()).unwrap().chars().count(), MOST_WORDS + 1);
    }

    #[test]
    fn a_redirect_to_the_same_place_elsewhere_is_a_move_and_any_other_a_login() {
        let asked = Url::parse("https://acme.atlassian.net/wiki/rest/api/user/current?a=b").unwrap();
        for (location, who) in [
            ("https://wiki.acme.example/wiki/rest/api/user/current", Stranger::Moved),
            ("https://sso.acme.example/saml?to=/wiki/rest/api/user/current", Stranger::Login),
            ("/wiki/login.action?os_destination=x", Stranger::Login),
            ("", Stranger::Document),
            ("mailto:me", Stranger::Document),
        ] {
            let headers = HeaderMap::from_iter([(LOCATION, HeaderValue::from_str(location).unwrap())]);
            assert_eq!(redirected(&headers, &asked).0, who, "{location}");
        }
    }
}
