//! The content property of a workflow app: as it is pinned, and one that was found and could be.

use std::fmt;

use crate::support::wording::plural;

/// A content property of an app that holds the workflow state, and where in its JSON (RFC 6901 pointers).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PinnedProperty {
    /// Its key.
    pub key: String,
    /// Where the name of the state stands.
    pub state: String,
    /// Where the name of the workflow stands.
    pub name: Option<String>,
    /// Where it says whether the state is final.
    pub is_final: Option<String>,
    /// Where it says when the state expires.
    pub expires: Option<String>,
    /// Where it says since when the page is in the state.
    pub since: Option<String>,
    /// Where the approvers stand.
    pub approvers: Option<String>,
}

/// A content property that looks like that of a workflow app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PropertyCandidate {
    /// The property with the places in its JSON, ready to be pinned.
    pub property: PinnedProperty,
    /// Pages that bear it.
    pub pages: usize,
    /// Pages that were looked at.
    pub of: usize,
    /// Pages where the state in it is the one that the search found.
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
            " and names the state of {}; to read it in bulk, set under [workflow]: property_key = {key}, \
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
