//! The address of the site: one origin with its context path, fixed before anything is sent.

use url::{Host, Url};

use crate::error::Failure;

/// Host of the gateway that scoped tokens need (confluence-api.md 5).
const GATEWAY_HOST: &str = "api.atlassian.com";

/// Checks an address and brings it into the one form used everywhere, by which cache and history know the site: scheme,
/// host, port and `/wiki`, where Confluence Cloud lives under any domain. `origin` says where the address was set.
pub(super) fn normalize(text: &str, origin: &str) -> Result<String, Failure> {
    let url = parse(text, origin)?;
    let path = url.path().trim_end_matches('/');
    let host = url.host_str().unwrap_or_default();
    if host == GATEWAY_HOST {
        return Err(refused(origin, "it is the gateway for scoped tokens, which this version cannot read through")
            .remedy(
                "use the address of the site, https://your-domain.atlassian.net/wiki, and a token without scopes",
            ));
    }
    let site = format!("{}/wiki", url.origin().ascii_serialization());
    match path {
        "" | "/wiki" => Ok(site),
        _ => Err(refused(origin, "it names a page or another product, not a site of Confluence Cloud")
            .remedy(format!("use {site}; this version does not read Confluence Data Center"))),
    }
}

fn parse(text: &str, origin: &str) -> Result<Url, Failure> {
    let url = Url::parse(text).ok().filter(|url| url.host().is_some()).ok_or_else(|| {
        refused(origin, "it is no web address")
            .remedy("write it with its scheme, as https://your-domain.atlassian.net/wiki")
    })?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => {
            return Err(refused(origin, "plain http would show the token to everyone on the way")
                .remedy("write https:// instead of http://"));
        }
        _ => return Err(refused(origin, "its scheme is not https").remedy("write https:// in front of the host")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused(origin, "it holds a user name or password")
            .remedy("remove everything up to the @, and set api_user and api_token instead"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refused(origin, "it has a part after ? or #").remedy("remove that part: the site is enough"));
    }
    Ok(url)
}

/// Whether the address can only mean this computer.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The address itself is not shown: it may hold a password.
fn refused(origin: &str, why: &str) -> Failure {
    Failure::usage(format!("{origin}: `base_url` cannot be used")).because(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_spelling_becomes_one() {
        for text in [
            "https://acme.atlassian.net",
            "https://acme.atlassian.net/",
            "https://acme.atlassian.net/wiki",
            "https://acme.atlassian.net/wiki/",
            "HTTPS://Acme.Atlassian.NET/wiki//",
            "https://acme.atlassian.net:443/wiki",
        ] {
            assert_eq!(normalize(text, "x").unwrap(), "https://acme.atlassian.net/wiki", "{text}");
        }
    }

    #[test]
    fn a_site_under_any_domain_has_one_name() {
        for (text, normal) in [
            ("https://wiki.example.com", "https://wiki.example.com/wiki"),
            ("https://wiki.example.com/wiki/", "https://wiki.example.com/wiki"),
            ("https://wiki.example.com:8443/", "https://wiki.example.com:8443/wiki"),
            ("http://127.0.0.1:8090/wiki", "http://127.0.0.1:8090/wiki"),
            ("http://[::1]:8090/wiki/", "http://[::1]:8090/wiki"),
            ("http://localhost:1", "http://localhost:1/wiki"),
        ] {
            assert_eq!(normalize(text, "x").unwrap(), normal, "{text}");
            assert_eq!(confluence_client::Deployment::cloud(text).unwrap().base_url(), normal, "as requests are sent");
        }
    }

    #[test]
    fn s_17_plain_http_is_for_this_computer_only() {
        for text in
            ["http://acme.atlassian.net/wiki", "http://localhost.example.com", "http://10.0.0.1", "http://128.0.0.1"]
        {
            let failure = normalize(text, "x").unwrap_err();
            assert!(failure.why.as_deref().unwrap().contains("plain http"), "{text}: {failure}");
        }
    }

    #[test]
    fn what_is_no_site_is_refused_with_a_remedy() {
        for (text, why) in [
            ("acme.atlassian.net", "no web address"),
            ("localhost:8090", "no web address"),
            ("", "no web address"),
            ("https://", "no web address"),
            ("ftp://acme.atlassian.net", "scheme"),
            ("file:///etc/passwd", "no web address"),
            ("https://acme.atlassian.net/wiki/spaces/ENG/overview", "names a page"),
            ("https://acme.atlassian.net/jira", "another product"),
            ("https://wiki.example.com/confluence", "not a site of Confluence Cloud"),
            ("https://acme.atlassian.net/wiki?a=b", "after ? or #"),
            ("https://acme.atlassian.net/wiki#top", "after ? or #"),
            ("https://api.atlassian.com/ex/confluence/123/wiki", "gateway"),
        ] {
            let failure = normalize(text, "the.cfg:2").unwrap_err();
            assert!(failure.what.starts_with("the.cfg:2: `base_url`"), "{failure}");
            assert!(failure.why.as_deref().unwrap().contains(why), "{text}: {failure}");
            assert!(failure.remedy.is_some());
        }
    }

    #[test]
    fn credentials_in_the_address_are_refused_and_not_repeated() {
        for text in ["https://me:hunter2@acme.atlassian.net", "https://hunter2@acme.atlassian.net/wiki"] {
            let failure = normalize(text, "x").unwrap_err();
            assert!(!failure.to_string().contains("hunter2"), "{failure}");
        }
    }
}
