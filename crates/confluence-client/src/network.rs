//! Addresses of this computer and of private networks.

use std::net::{IpAddr, Ipv4Addr};

use url::{Host, Url};

/// Returns whether the address always means this computer; names below `localhost` could be resolved elsewhere.
pub(crate) fn is_this_computer(url: &Url) -> bool {
    is_loopback(url) && url.domain().is_none_or(|name| name == "localhost")
}

/// Returns whether the host is `localhost`, a name below it, or a loopback address.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}

/// Returns whether the host is `localhost` or an IP address of this computer or a private network.
pub(crate) fn is_internal(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => is_internal_v4(address),
        Some(Host::Ipv6(address)) => match address.to_ipv4_mapped() {
            Some(mapped) => is_internal_v4(mapped),
            None => {
                address.is_loopback()
                    || address.is_unspecified()
                    || address.is_unique_local()
                    || address.is_unicast_link_local()
            }
        },
        Some(Host::Domain(_)) => is_loopback(url),
        None => true,
    }
}

fn is_internal_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    let shared = first == 100 && (64..128).contains(&second);
    address.is_loopback() || address.is_private() || address.is_link_local() || first == 0 || shared
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_private_networks_are_internal() {
        let inside = [
            "https://127.0.0.1/",
            "https://localhost/",
            "https://10.1.2.3/",
            "https://192.168.0.1/",
            "https://[::1]/",
            "https://169.254.169.254/latest/meta-data",
            "https://[::ffff:127.0.0.1]/",
            "https://[fd00::1]/",
            "https://0.0.0.0/",
            "https://100.64.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "file:///etc/passwd",
        ];
        for address in inside {
            assert!(is_internal(&Url::parse(address).unwrap()), "{address}");
        }
        for address in ["https://api.media.atlassian.com/file", "https://93.184.216.34/", "https://[2606:2800::1]/"] {
            assert!(!is_internal(&Url::parse(address).unwrap()), "{address}");
        }
    }
}
