//! Proxies named by the environment. The HTTP library passes over a variable it cannot read and connects directly, which
//! in a company's network fails in a way nobody understands; so they are read here first (`reliability-security.md`
//! F-32).

use std::collections::BTreeMap;

use url::Url;

use crate::error::Failure;

/// The variables that name a proxy for https, in the order in which the first one set counts.
const VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// Refuses the proxy that would be used when its address cannot be. The address is not repeated: it may hold a password.
pub(super) fn check(variables: &BTreeMap<String, String>) -> Result<(), Failure> {
    let set = |name: &&str| variables.get(*name).is_some_and(|value| !value.trim().is_empty());
    let Some(name) = VARIABLES.into_iter().find(set) else { return Ok(()) };
    let value = variables.get(name).map(|value| value.trim()).unwrap_or_default();
    match problem(value) {
        None => Ok(()),
        Some(problem) => Err(Failure::usage(format!("the proxy in the environment variable {name} cannot be used"))
            .because(problem)
            .remedy(format!("set {name} to an address like http://proxy.example:8080, or unset it"))),
    }
}

fn problem(value: &str) -> Option<&'static str> {
    let with_scheme = if value.contains("://") { value.to_owned() } else { format!("http://{value}") };
    match Url::parse(&with_scheme) {
        Err(_) => Some("it is no address"),
        Ok(url) if !["http", "https"].contains(&url.scheme()) => Some("only http and https proxies are supported"),
        Ok(url) if !url.has_host() => Some("it names no host"),
        Ok(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(name: &str, value: &str) -> Result<(), Failure> {
        check(&BTreeMap::from([(name.to_owned(), value.to_owned())]))
    }

    #[test]
    fn f_32_usable_proxies_pass() {
        for value in ["http://proxy:8080", "proxy.example:3128", "https://me:pass@proxy.example", "", "10.0.0.1:80"] {
            for name in VARIABLES {
                assert_eq!(checked(name, value), Ok(()), "{name}={value}");
            }
        }
        assert_eq!(checked("HTTP_PROXY", "::"), Ok(()), "nothing is sent over plain http");
    }

    #[test]
    fn f_32_s_18_others_are_refused_by_name_and_not_repeated() {
        for value in ["http://", "socks5://proxy:1080", "http://me:s3cret@:x", "me:s3cret@proxy:99999"] {
            let failure = checked("HTTPS_PROXY", value).unwrap_err();
            assert_eq!(failure.status.code(), 2);
            assert!(failure.what.contains("HTTPS_PROXY") && !failure.to_string().contains("s3cret"), "{failure}");
        }
    }
}
