//! Targets of the links of a page: pages of the site, other hosts, Jira issues.

use std::collections::HashSet;
use std::hash::Hash;

use crate::macros::call::MacroCall;
use crate::reference::{PageLink, is_relative};
use crate::steps::{CountedSite, MAX_ADDRESS_BYTES, MAX_KEY_BYTES, prefix};
use crate::url::{OwnSite, UrlMeaning, percent_decode};

use super::anchors::is_built_in;

/// Returns the page or space of the site that an address leads to.
pub(super) fn own_page(address: &str, site: CountedSite<'_>) -> Option<PageLink> {
    match site.meaning(address)? {
        UrlMeaning::ContentId(id) => Some(PageLink::Id(id)),
        UrlMeaning::AnyId(id) => Some(PageLink::Any(id)),
        UrlMeaning::PossibleId(id) => Some(PageLink::Perhaps(id)),
        UrlMeaning::FormerId(id) => Some(PageLink::Former(id)),
        UrlMeaning::PageTitle { space, title } => Some(PageLink::Title { title, space: Some(space) }),
        UrlMeaning::Space(key) => Some(PageLink::Space(key)),
        UrlMeaning::Files(_) => None,
    }
}

/// Returns the anchor that an address leads to; `None` if it leads to the top of a page, or to another view or version
/// of it.
pub(super) fn anchor_of(address: &str) -> Option<String> {
    let (address, fragment) = address.trim().split_once('#')?;
    if is_other_view(address) {
        return None;
    }
    let anchor = percent_decode(prefix(fragment, MAX_KEY_BYTES));
    (!is_built_in(&anchor)).then_some(anchor)
}

/// Whether an address shows something other than the current text of a page.
fn is_other_view(address: &str) -> bool {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let mut parts = query.split('&').map(|part| part.strip_prefix("amp;").unwrap_or(part));
    (path.ends_with(".action") && !path.ends_with("/viewpage.action"))
        || parts.any(|part| part.starts_with("pageVersion=") || part.starts_with("version="))
}

/// Returns an address on another host without its fragment, user name and password: a report must not show credentials.
/// An address that is longer than servers accept is truncated and ends in `…`.
pub(super) fn external_target(address: &str, site: &OwnSite) -> Option<String> {
    let address = address.trim();
    let target = address.split('#').next().unwrap_or_default();
    let scheme = ["http://", "https://", "//"].into_iter().find(|start| starts_with(target, start))?;
    if site.is_complete_own_url(target) {
        return None;
    }
    let (scheme, rest) = target.split_at(scheme.len());
    let authority = rest.split(['/', '?', '\\']).next().unwrap_or_default();
    let rest = authority.rfind('@').map_or(rest, |at| &rest[at + 1..]);
    let kept = prefix(rest, MAX_ADDRESS_BYTES);
    Some(format!("{scheme}{kept}{}", if kept.len() < rest.len() { "…" } else { "" }))
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// Whether an address is that of a Jira issue: `…/browse/KEY-1`.
pub(super) fn is_jira_issue(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let mut segments = path.split('/');
    segments.any(|segment| segment == "browse") && segments.next().is_some_and(is_issue_key)
}

/// Whether a text is an issue key such as `KEY-1`: a project key of capital letters, digits and `_`, and a number.
fn is_issue_key(text: &str) -> bool {
    let Some((project, number)) = text.trim_end().split_once('-') else { return false };
    project.starts_with(|c: char| c.is_ascii_uppercase())
        && project.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the page that an include macro names in plain text: `Title` or `KEY:Title`.
pub(super) fn included_page(call: &MacroCall) -> Option<PageLink> {
    let text = call.text("").or_else(|| call.text("defaultparameter"))?.trim();
    let is_key = |key: &str| {
        !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'~' | b'_' | b'-'))
    };
    let (space, title) = match text.split_once(':') {
        // no space follows a space key: `FAQ: Billing` is a title
        Some((key, title)) if is_key(key) && title.starts_with(|c: char| !c.is_whitespace()) => {
            (Some(key.to_owned()), title)
        }
        _ => (None, text),
    };
    (!is_relative(title)).then(|| PageLink::Title { title: title.to_owned(), space })
}

/// Removes duplicates, and keeps the first of equal links.
pub(super) fn deduplicate<L: Clone + Eq + Hash>(links: &mut Vec<L>) {
    let mut seen = HashSet::with_capacity(links.len());
    links.retain(|link| seen.insert(link.clone()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_jira_issues_are_recognised() {
        for issue in ["https://acme.atlassian.net/browse/OPS-12", "/jira/browse/A_1-7?x=1#c", "http://j/browse/AB-1 "] {
            assert!(is_jira_issue(issue), "{issue}");
        }
        for other in ["https://x/browse/", "https://x/browse/readme-1", "/browse/OPS-", "/browse/OPS-1a", "/OPS-1", ""]
        {
            assert!(!is_jira_issue(other), "{other}");
        }
    }

    #[test]
    fn external_targets_are_addresses_on_other_hosts_without_credentials() {
        let site = OwnSite::new("https://acme.atlassian.net/wiki", &[]);
        let target = |address: &str| external_target(address, &site);
        assert_eq!(target(" https://docs.example/a?b=1#c "), Some("https://docs.example/a?b=1".to_owned()));
        assert_eq!(target("//cdn.example/x"), Some("//cdn.example/x".to_owned()));
        let secret = "https://ann:s3cret@docs.example/a@b?c=@d";
        assert_eq!(target(secret), Some("https://docs.example/a@b?c=@d".to_owned()));
        assert_eq!(target("http://a@b@docs.example"), Some("http://docs.example".to_owned()));
        let long = target(&format!("https://docs.example/{}", "ü".repeat(100_000))).unwrap_or_default();
        assert!(long.ends_with("ü…") && long.len() < 9_000, "{}", long.len());
        for own in [
            "https://ACME.atlassian.net/wiki/x",
            "https://ann:s3cret@acme.atlassian.net/wiki/x",
            "/wiki/x",
            "mailto:a@b.example",
            "javascript:alert('https://x.example')",
            "data:text/html,https://x.example",
            "#top",
            "",
            "ünïcode",
        ] {
            assert_eq!(target(own), None, "{own}");
        }
    }
}
