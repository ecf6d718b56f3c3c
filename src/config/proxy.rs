//! Checks the proxies that the environment names (F-32).
//!
//! The HTTP library ignores a variable that it cannot parse and connects directly. In a company network that fails with
//! a misleading error, so the variables are checked here first.

use std::collections::BTreeMap;

use url::Url;

use crate::error::Failure;

/// Variables that name a proxy for https; the first one that is set counts.
const VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// Variables that name the hosts to reach without a proxy.
const EXCEPTIONS: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// Returns the proxy used for the site as messages name it: host and variable. `None` if the site is reached without
/// one. Refuses an unusable proxy address without repeating it: it may contain a password.
pub(super) fn for_site(base_url: &str, variables: &BTreeMap<String, String>) -> Result<Option<String>, Failure> {
    let set = |name: &str| variables.get(name).map(|value| value.trim()).filter(|value| !value.is_empty());
    let Some((name, value)) = VARIABLES.into_iter().find_map(|name| Some((name, set(name)?))) else {
        return Ok(None);
    };
    let url = address(value).map_err(|problem| {
        Failure::usage(format!("cannot use the proxy of the environment variable {name}"))
            .because(problem)
            .remedy(format!("set {name} to an address like http://proxy.example:8080, or unset it"))
    })?;
    let site = Url::parse(base_url).ok();
    let host = site.as_ref().and_then(Url::host_str).unwrap_or_default();
    let is_local = site.as_ref().is_some_and(|site| site.scheme() == "http");
    let without = EXCEPTIONS.into_iter().filter_map(set).any(|hosts| excepts(hosts, host));
    let port = url.port_or_known_default().map(|port| format!(":{port}")).unwrap_or_default();
    Ok((!is_local && !without).then(|| format!("{}{port} ({name})", url.host_str().unwrap_or_default())))
}

/// Returns whether a list of hosts contains this one or a domain of it.
fn excepts(hosts: &str, host: &str) -> bool {
    hosts.split(',').map(|listed| listed.trim().trim_start_matches('.')).filter(|listed| !listed.is_empty()).any(
        |listed| {
            listed == "*"
                || host.eq_ignore_ascii_case(listed)
                || host.to_ascii_lowercase().ends_with(&format!(".{}", listed.to_ascii_lowercase()))
        },
    )
}

fn address(value: &str) -> Result<Url, &'static str> {
    let with_scheme = if value.contains("://") { value.to_owned() } else { format!("http://{value}") };
    match Url::parse(&with_scheme) {
        Err(_) => Err("it is not an address"),
        Ok(url) if !["http", "https"].contains(&url.scheme()) => Err("only http and https proxies are supported"),
        Ok(url) if !url.has_host() => Err("it names no host"),
        Ok(url) => Ok(url),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: &str = "https://acme.atlassian.net/wiki";

    fn checked(name: &str, value: &str) -> Result<Option<String>, Failure> {
        for_site(SITE, &BTreeMap::from([(name.to_owned(), value.to_owned())]))
    }

    #[test]
    fn usable_proxies_pass_and_are_named_without_their_password_f_32() {
        for (value, host) in [
            ("http://proxy:8080", "proxy:8080"),
            ("proxy.example:3128", "proxy.example:3128"),
            ("https://me:pass@proxy.example", "proxy.example:443"),
            ("10.0.0.1:80", "10.0.0.1:80"),
        ] {
            for name in VARIABLES {
                assert_eq!(checked(name, value), Ok(Some(format!("{host} ({name})"))), "{name}={value}");
            }
        }
        assert_eq!(checked("HTTPS_PROXY", ""), Ok(None));
        assert_eq!(checked("HTTP_PROXY", "::"), Ok(None), "nothing is sent over plain http");
    }

    #[test]
    fn a_site_that_is_reached_without_a_proxy_has_none_f_32() {
        let named = |no_proxy: &str, site: &str| {
            let pairs = [("https_proxy", "proxy:1"), ("no_proxy", no_proxy)];
            let variables = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
            for_site(site, &BTreeMap::from(variables)).unwrap().is_some()
        };
        for listed in ["acme.atlassian.net", "x.example, .atlassian.net", "Atlassian.net", "*"] {
            assert!(!named(listed, SITE), "{listed}");
        }
        for listed in ["", "net.example", "me.atlassian.net", "lassian.net"] {
            assert!(named(listed, SITE), "{listed}");
        }
        assert!(!named("", "http://127.0.0.1:8090/wiki"), "this computer");
    }

    #[test]
    fn others_are_refused_by_name_and_not_repeated_f_32() {
        for value in ["http://", "socks5://proxy:1080", "http://me:s3cret@:x", "me:s3cret@proxy:99999"] {
            let failure = checked("HTTPS_PROXY", value).unwrap_err();
            assert_eq!(failure.status.code(), 2);
            assert!(failure.what.contains("HTTPS_PROXY") && !failure.to_string().contains("s3cret"), "{failure}");
        }
    }
}
