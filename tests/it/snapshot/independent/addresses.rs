//! Targets of addresses, for the independent implementation.

use url::Url;

use super::body_measures::Link;

pub(super) enum Address {
    /// A page of the site.
    Page(Link),
    /// Another host; the address without its fragment.
    Outside(String),
    /// A file of the site, an anchor on the same page, or an address that cannot be followed.
    Other,
}

/// The hosts of the site, each with its port.
pub(super) struct Hosts(Vec<String>);

impl Hosts {
    pub(super) fn of(addresses: &[&str]) -> Self {
        Self(addresses.iter().map(|address| host(&Url::parse(address).expect("an address"))).collect())
    }

    pub(super) fn address(&self, text: &str) -> Address {
        let text = text.trim();
        if text.starts_with('#') {
            return Address::Other;
        }
        let base = Url::parse(&format!("https://{}/wiki/", self.0[0])).expect("an address");
        let Ok(url) = base.join(text) else { return Address::Other };
        if !matches!(url.scheme(), "http" | "https") {
            return Address::Other;
        }
        if !self.0.contains(&host(&url)) {
            return Address::Outside(text.split('#').next().unwrap_or_default().to_owned());
        }
        page(&url).map_or(Address::Other, Address::Page)
    }

    /// `…/browse/KEY-1` on any host.
    pub(super) fn is_issue(text: &str) -> bool {
        let path = text.split(['?', '#']).next().unwrap_or_default();
        let Some((_, key)) = path.split_once("/browse/") else { return false };
        let Some((project, number)) = key.split_once('-') else { return false };
        let is_key = project.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()) && !project.is_empty();
        is_key && number.parse::<u64>().is_ok()
    }
}

fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    url.port().filter(|port| ![80, 443].contains(port)).map_or(host.to_owned(), |port| format!("{host}:{port}"))
}

fn page(url: &Url) -> Option<Link> {
    let query = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let decoded = |text: &str| {
        // if a space character is written as `%20`, then `+` is a plus sign
        let text = if text.contains("%20") { text.to_owned() } else { text.replace('+', " ") };
        percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    let parts: Vec<&str> = url.path().split('/').filter(|part| !part.is_empty() && *part != "wiki").collect();
    match parts[..] {
        // opens a file
        _ if query("preview").is_some() => None,
        ["download" | "rest" | "api", ..] => None,
        ["spaces", _, "pages", id, ..] => Some(Link::Id(id.to_owned())),
        ["display", space, title] => {
            Some(Link::Title { title: decoded(title), space: Some(decoded(space)), of_post: false })
        }
        _ => query("pageId").map(Link::Id),
    }
}
