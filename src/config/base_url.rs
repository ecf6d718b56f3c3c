//! Checks and normalises the address of the site before any request.

use confluence_client::SiteAddress;
use url::Url;

use crate::error::Failure;

/// Checks an address and returns it without a trailing slash. Connecting finds out what is there, and the canonical form
/// by which cache and history identify the site. `origin` says where the address was set.
pub(super) fn normalize(text: &str, origin: &str) -> Result<String, Failure> {
    SiteAddress::check(text).map_err(|error| {
        // the address itself is not shown: it may contain a password
        let failure = Failure::usage(format!("{origin}: `base_url` cannot be used"));
        failure.because(error.to_string()).remedy(error.remedy())
    })
}

/// Returns whether the host is Atlassian's: Confluence Cloud, whose tokens have no spaces in them.
pub(super) fn is_atlassian(text: &str) -> bool {
    let url = Url::parse(text.trim()).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    host.ends_with(".atlassian.net") || host == "api.atlassian.com"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_spelling_has_the_same_canonical_form() {
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
    fn a_site_on_any_other_domain_keeps_its_path_until_it_is_known_what_is_there() {
        for (text, normal) in [
            ("https://wiki.example.com", "https://wiki.example.com"),
            ("https://wiki.example.com/wiki/", "https://wiki.example.com/wiki"),
            ("https://Wiki.Example.com:8443/confluence/", "https://wiki.example.com:8443/confluence"),
            ("http://127.0.0.1:8090/wiki", "http://127.0.0.1:8090/wiki"),
            ("http://[::1]:8090/wiki/", "http://[::1]:8090/wiki"),
            ("http://localhost:1", "http://localhost:1"),
            ("https://api.atlassian.com/ex/confluence/1a2b/wiki/", "https://api.atlassian.com/ex/confluence/1a2b/wiki"),
            ("https://api.atlassian.com/", "https://api.atlassian.com/ex/confluence"),
        ] {
            assert_eq!(normalize(text, "x").unwrap(), normal, "{text}");
        }
    }

    #[test]
    fn plain_http_is_for_this_computer_only() {
        for text in
            ["http://acme.atlassian.net/wiki", "http://localhost.example.com", "http://10.0.0.1", "http://128.0.0.1"]
        {
            let failure = normalize(text, "x").unwrap_err();
            assert!(
                failure.why.as_deref().unwrap().contains("http:// is allowed for localhost only"),
                "{text}: {failure}"
            );
        }
    }

    #[test]
    fn an_address_that_is_not_a_site_is_refused_with_a_remedy() {
        for (text, why) in [
            ("acme.atlassian.net", "not a web address"),
            ("localhost:8090", "not a web address"),
            ("", "not a web address"),
            ("https://", "not a web address"),
            ("ftp://acme.atlassian.net", "scheme"),
            ("file:///etc/passwd", "not a web address"),
            ("https://acme.atlassian.net/wiki/spaces/ENG/overview", "names a page"),
            ("https://acme.atlassian.net/jira", "another product"),
            ("https://wiki.example.com/confluence/display/ENG/Plan", "names a page"),
            ("https://acme.atlassian.net/wiki?a=b", "after ? or #"),
            ("https://acme.atlassian.net/wiki#top", "after ? or #"),
            ("https://api.atlassian.com/ex/jira/123", "another product"),
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
