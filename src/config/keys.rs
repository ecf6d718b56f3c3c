//! The table of every key a configuration file may hold. Reading, the template and the README are checked against it.

use crate::cli::{CONCURRENCY, KEEP_VERSIONS};

/// One key of the configuration file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Section it stands in, without brackets.
    pub section: &'static str,
    /// Its name.
    pub name: &'static str,
    /// How its value is read.
    pub kind: Kind,
    /// Value when nothing sets it, as it would stand in the file; `None` when it has to be set.
    pub default: Option<&'static str>,
    /// Environment variables that set it, the first one that is set counts.
    pub variables: &'static [&'static str],
    /// What it is for, one line of the README's table.
    pub purpose: &'static str,
}

/// How a value is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text, taken literally.
    Text,
    /// Text that is never shown again.
    Secret,
    /// Texts separated by commas.
    List,
    /// A whole number in a range, both ends included.
    Count {
        /// Smallest value.
        min: u32,
        /// Largest value.
        max: u32,
    },
    /// A time such as `15m`.
    Wait,
}

impl Key {
    /// The key as one word, `section.name`.
    pub fn path(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    /// Finds a key by section and name; names are not case-sensitive, as in the files people have already.
    pub fn find(section: &str, name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.section == section && key.name.eq_ignore_ascii_case(name))
    }
}

/// Address of the site.
pub const BASE_URL: &Key = &KEYS[0];
/// Who reads.
pub const API_USER: &Key = &KEYS[1];
/// The token of who reads.
pub const API_TOKEN: &Key = &KEYS[2];
/// Labels that protect.
pub const PROTECT_LABELS: &Key = &KEYS[3];
/// File names that protect.
pub const PROTECT_NAMES: &Key = &KEYS[4];
/// Further hosts of the site.
pub const ALIAS_HOSTS: &Key = &KEYS[5];
/// Versions to keep.
pub const VERSIONS_TO_KEEP: &Key = &KEYS[6];
/// Requests in flight.
pub const REQUESTS_IN_FLIGHT: &Key = &KEYS[7];
/// Longest wait.
pub const MAX_WAIT: &Key = &KEYS[8];

/// Every key, in the order of the template.
pub const KEYS: [Key; 9] = [
    Key {
        section: "confluence",
        name: "base_url",
        kind: Kind::Text,
        default: None,
        variables: &["CONFLUENCE_BASE_URL"],
        purpose: "Address of the site, e.g. `https://your-domain.atlassian.net/wiki`",
    },
    Key {
        section: "confluence",
        name: "api_user",
        kind: Kind::Text,
        default: None,
        variables: &["CONFLUENCE_API_USER", "CONFLUENCE_EMAIL"],
        purpose: "E-mail address of the account that reads",
    },
    Key {
        section: "confluence",
        name: "api_token",
        kind: Kind::Secret,
        default: None,
        variables: &["CONFLUENCE_API_TOKEN"],
        purpose: "API token of that account, one without scopes",
    },
    Key {
        section: "audit",
        name: "protect_labels",
        kind: Kind::List,
        default: Some(""),
        variables: &[],
        purpose: "Files with one of these labels are never listed as unreferenced",
    },
    Key {
        section: "audit",
        name: "protect_names",
        kind: Kind::List,
        default: Some(""),
        variables: &[],
        purpose: "Files whose name matches one of these patterns are never listed as unreferenced",
    },
    Key {
        section: "audit",
        name: "alias_hosts",
        kind: Kind::List,
        default: Some(""),
        variables: &[],
        purpose: "Further hosts under which pages link to this site, e.g. a former domain",
    },
    Key {
        section: "audit",
        name: "keep_versions",
        kind: Kind::Count { min: *KEEP_VERSIONS.start(), max: *KEEP_VERSIONS.end() },
        default: Some("1"),
        variables: &[],
        purpose: "Newest versions to keep in \"keeping N frees X\"",
    },
    Key {
        section: "audit",
        name: "concurrency",
        kind: Kind::Count { min: *CONCURRENCY.start(), max: *CONCURRENCY.end() },
        default: Some("8"),
        variables: &[],
        purpose: "Requests in flight at once, 1 to 64",
    },
    Key {
        section: "audit",
        name: "max_wait",
        kind: Kind::Wait,
        default: Some("15m"),
        variables: &[],
        purpose: "Longest wait the server may ask for before the run stops: `90s`, `15m`, `1h`",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_named_keys_are_the_rows_they_name() {
        let names = [
            (BASE_URL, "base_url"),
            (API_USER, "api_user"),
            (API_TOKEN, "api_token"),
            (PROTECT_LABELS, "protect_labels"),
            (PROTECT_NAMES, "protect_names"),
            (ALIAS_HOSTS, "alias_hosts"),
            (VERSIONS_TO_KEEP, "keep_versions"),
            (REQUESTS_IN_FLIGHT, "concurrency"),
            (MAX_WAIT, "max_wait"),
        ];
        assert_eq!(names.len(), KEYS.len());
        for (key, name) in names {
            assert_eq!(key.name, name);
        }
    }

    #[test]
    fn keys_are_found_whatever_their_case_but_only_in_their_section() {
        assert_eq!(Key::find("confluence", "API_Token"), Some(API_TOKEN));
        assert_eq!(Key::find("audit", "api_token"), None);
    }
}
