//! Parses values of the connection: the kind of the site, its cloud id, and addresses of Atlassian's hosts.

use config::Value;
use url::Url;

use super::config_key::ConfigKey;
use super::values::{place, text, wrong};
use crate::error::Failure;
use confluence_client::Deployment;

/// Parses the kind of the site; empty is `None`.
pub(super) fn deployment(key: &ConfigKey, value: &Value) -> Result<Option<Deployment>, Failure> {
    let Some(text) = text(key, value)? else { return Ok(None) };
    text.parse()
        .map(Some)
        .map_err(|_| wrong(key, value, &text).remedy("use cloud, gateway or datacenter, or leave it empty"))
}

/// Parses a cloud id, which is a UUID; empty is `None`.
pub(super) fn cloud_id(key: &ConfigKey, value: &Value) -> Result<Option<String>, Failure> {
    let Some(text) = text(key, value)? else { return Ok(None) };
    if is_uuid(&text) {
        return Ok(Some(text.to_ascii_lowercase()));
    }
    Err(wrong(key, value, &text)
        .because("a cloud id is a UUID, such as 11111111-2222-3333-4444-555555555555")
        .remedy("leave it empty, or copy `cloudId` from https://your-domain.atlassian.net/_edge/tenant_info"))
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.chars().all(|c| c.is_ascii_hexdigit()))
}

/// Parses the address of a host that sees secrets: https, or this computer.
pub(super) fn origin_of(key: &ConfigKey, value: &Value) -> Result<String, Failure> {
    let text = text(key, value)?.unwrap_or_default();
    let url = Url::parse(&text).ok().filter(|url| {
        let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_this_computer(url));
        is_bare && is_safe && url.has_host() && url.username().is_empty() && url.password().is_none()
    });
    // the value is not shown: it may contain a password
    url.map(|url| url.origin().ascii_serialization()).ok_or_else(|| {
        Failure::usage(format!("{}: invalid address", place(key, value)))
            .because("it receives secrets, so it has to be https:// with a host and nothing else, or this computer")
            .remedy("remove the key to use Atlassian's own host")
    })
}

fn is_this_computer(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::config_key::KeyType;

    fn key(name: &'static str) -> ConfigKey {
        ConfigKey { section: "confluence", name, kind: KeyType::Text, variables: &[], flags: &[], purpose: "" }
    }

    fn value(text: &str) -> Value {
        Value::new(Some(&"the.cfg:4".to_owned()), text)
    }

    #[test]
    fn the_kind_of_a_site_is_one_of_three_words_or_found_out() {
        let key = key("deployment");
        for (text, kind) in
            [("", None), ("Gateway", Some(Deployment::Gateway)), ("datacenter", Some(Deployment::DataCenter))]
        {
            assert_eq!(deployment(&key, &value(text)), Ok(kind));
        }
        let failure = deployment(&key, &value("server")).unwrap_err();
        assert_eq!(failure.what, "the.cfg:4: `deployment`: invalid value `server`");
    }

    #[test]
    fn a_cloud_id_is_a_uuid() {
        let key = key("cloud_id");
        let id = "1a2b3c4d-0000-4000-8000-0123456789ab";
        assert_eq!(cloud_id(&key, &value(&id.to_uppercase())), Ok(Some(id.to_owned())));
        assert_eq!(cloud_id(&key, &value(" ")), Ok(None));
        for wrong in ["acme", "https://acme.atlassian.net", "1a2b3c4d"] {
            let failure = cloud_id(&key, &value(wrong)).unwrap_err();
            assert!(failure.remedy.as_deref().unwrap().contains("/_edge/tenant_info"), "{failure}");
        }
    }

    #[test]
    fn only_https_or_this_computer_receives_secrets() {
        let key = key("gateway_url");
        for (text, origin) in [
            ("https://api.atlassian.com", "https://api.atlassian.com"),
            ("https://Gateway.example.com:8443/", "https://gateway.example.com:8443"),
            ("http://127.0.0.1:8090", "http://127.0.0.1:8090"),
            ("http://localhost:1", "http://localhost:1"),
        ] {
            assert_eq!(origin_of(&key, &value(text)).as_deref(), Ok(origin));
        }
        for wrong in [
            "",
            "gateway.example.com",
            "http://gateway.example.com",
            "http://localhost.example.com",
            "http://a.localhost",
            "https://me:hunter2@gateway.example.com",
            "https://gateway.example.com/ex/confluence",
            "https://gateway.example.com?hunter2",
        ] {
            let failure = origin_of(&key, &value(wrong)).unwrap_err();
            assert_eq!(failure.what, "the.cfg:4: `gateway_url`: invalid address", "{wrong}");
            assert!(!format!("{failure:?}").contains("hunter2"));
        }
    }
}
