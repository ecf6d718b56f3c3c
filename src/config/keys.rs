//! The table of every key a configuration file may hold. Reading, the template and the README are checked against it.

mod rows;

pub use rows::*;

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

    /// Whether a section `[space KEY]` may set it for one space.
    pub fn is_per_space(&self) -> bool {
        PER_SPACE.iter().any(|key| key.name == self.name && key.section == self.section)
    }

    /// Finds a key by section and name; names are not case-sensitive, as in the files people have already.
    pub fn find(section: &str, name: &str) -> Option<&'static Self> {
        KEYS.iter().copied().find(|key| key.section == section && key.name.eq_ignore_ascii_case(name))
    }
}

/// Every key, in the order of the template.
pub const KEYS: &[&Key] = &[
    BASE_URL,
    API_USER,
    API_TOKEN,
    PROTECT_LABELS,
    PROTECT_NAMES,
    ALIAS_HOSTS,
    VERSIONS_TO_KEEP,
    REQUESTS_IN_FLIGHT,
    MAX_WAIT,
    SPACE_KEYS,
    METRICS,
    RETAIN,
    BOTS,
    TODO_MARKERS,
    AGING_DAYS,
    STALE_DAYS,
    EXPIRED_DAYS,
    STUB_WORDS,
    STALLED_DAYS,
    UNREAD_MB,
    PROPERTY_KEY,
    STATE_POINTER,
    NAME_POINTER,
    FINAL_POINTER,
    EXPIRES_POINTER,
    SINCE_POINTER,
    APPROVERS_POINTER,
    STATES,
    FINAL_STATES,
    REVIEWERS,
    LABEL_STATES,
    OWNER_PARAMETER,
    RELEVANCE_PARAMETER,
    PARAMETERS,
];

/// Keys of `[snapshot]` that a section `[space KEY]` sets for one space.
pub const PER_SPACE: &[&Key] = &[AGING_DAYS, STALE_DAYS, EXPIRED_DAYS, STUB_WORDS, STALLED_DAYS, UNREAD_MB];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_there_once_and_sections_stand_together() {
        let mut paths: Vec<String> = KEYS.iter().map(|key| key.path()).collect();
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), KEYS.len());
        let mut sections: Vec<&str> = KEYS.iter().map(|key| key.section).collect();
        sections.dedup();
        assert_eq!(sections, ["confluence", "audit", "snapshot", "workflow"]);
        assert!(PER_SPACE.iter().all(|key| KEYS.contains(key) && matches!(key.kind, Kind::Count { .. })));
    }

    #[test]
    fn keys_are_found_whatever_their_case_but_only_in_their_section() {
        assert_eq!(Key::find("confluence", "API_Token"), Some(API_TOKEN));
        assert_eq!(Key::find("audit", "api_token"), None);
    }
}
