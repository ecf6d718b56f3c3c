//! Types for the content property of a workflow app: as configured, and as a candidate for the configuration.

use std::fmt;

use crate::support::formatting::plural;

/// A content property of an app with the workflow state, and the places in its JSON (RFC 6901 pointers).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PinnedProperty {
    pub key: String,
    /// Place of the state name.
    pub state: String,
    /// Place of the workflow name.
    pub name: Option<String>,
    /// Place of the flag for a final state.
    pub is_final: Option<String>,
    /// Place of the date when the state expires.
    pub expires: Option<String>,
    /// Place of the date when the page entered the state.
    pub since: Option<String>,
    /// Place of the list of approvers.
    pub approvers: Option<String>,
}

/// A content property that looks like that of a workflow app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PropertyCandidate {
    /// The property with the places in its JSON, ready for the configuration.
    pub property: PinnedProperty,
    /// Number of examined pages that have it.
    pub pages: usize,
    /// Number of examined pages.
    pub of: usize,
    /// Number of pages where its state is the one that the search found.
    pub agreeing: usize,
}

impl fmt::Display for PropertyCandidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PinnedProperty { key, state, name, is_final, expires, since, approvers } = &self.property;
        write!(f, "the content property {key} is on {} of {}", self.pages, plural(self.of as u64, "page", "pages"))?;
        if state.is_empty() {
            return f.write_str(", but no state name was found in it");
        }
        write!(
            f,
            " and has the state of {} of them; to read it in bulk, set under [workflow]: property_key = {key}, \
             state_pointer = {state}",
            self.agreeing
        )?;
        let places =
            [("name", name), ("final", is_final), ("expires", expires), ("since", since), ("approvers", approvers)];
        for (word, place) in places {
            if let Some(place) = place {
                write!(f, ", {word}_pointer = {place}")?;
            }
        }
        Ok(())
    }
}
