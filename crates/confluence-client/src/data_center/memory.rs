//! What the responses of one site have shown so far: the keys of its spaces, the names of its people, and which lists
//! it offers.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};

use super::v1::{V1Content, V1Person, V1Space};
use crate::parameters::SpaceList;
use crate::transport::locked;

/// A space that a list has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KnownSpace {
    pub(super) id: String,
    pub(super) key: String,
    pub(super) is_archived: bool,
}

/// Whether the site offers a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Support {
    Unknown,
    Offered,
    Missing,
}

/// What is known about one list of the site.
#[derive(Debug, Default)]
pub(super) struct ListSupport(AtomicU8);

impl ListSupport {
    pub(super) fn get(&self) -> Support {
        match self.0.load(Ordering::Relaxed) {
            1 => Support::Offered,
            2 => Support::Missing,
            _ => Support::Unknown,
        }
    }

    /// Records that the list was read; that stays, since a later refusal concerns one space only.
    pub(super) fn is_offered(&self) {
        self.0.store(1, Ordering::Relaxed);
    }

    /// Records that the site refused the list, unless it was read before.
    pub(super) fn is_missing(&self) {
        let _ = self.0.compare_exchange(0, 2, Ordering::Relaxed, Ordering::Relaxed);
    }
}

/// The name of a person in contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PersonName {
    Known(String),
    /// The account was deleted; the server makes up a name from its key.
    Deleted,
}

/// What the responses of one site have shown so far.
#[derive(Debug, Default)]
pub(super) struct SiteMemory {
    spaces: Mutex<BTreeMap<String, KnownSpace>>,
    /// Names by account id.
    names: Mutex<HashMap<String, PersonName>>,
    pub(super) page_scan: ListSupport,
    pub(super) post_scan: ListSupport,
    pub(super) comment_scan: ListSupport,
}

impl SiteMemory {
    pub(super) fn note_space(&self, space: &V1Space, which: Option<SpaceList>) {
        let is_archived = match which {
            Some(which) => which == SpaceList::Archived,
            None => space.status.as_deref().is_some_and(|status| status.eq_ignore_ascii_case("archived")),
        };
        let known = KnownSpace { id: space.id.0.clone(), key: space.key.clone(), is_archived };
        locked(&self.spaces).insert(known.id.clone(), known);
    }

    pub(super) fn space(&self, id: &str) -> Option<KnownSpace> {
        locked(&self.spaces).get(id).cloned()
    }

    /// Returns all spaces, by id.
    pub(super) fn spaces(&self) -> Vec<KnownSpace> {
        locked(&self.spaces).values().cloned().collect()
    }

    /// Records the names of the people in a content.
    pub(super) fn note_people(&self, content: &V1Content) {
        let creator = content.history.as_ref().and_then(|history| history.created_by.as_ref());
        let editor = content.version.as_ref().and_then(|version| version.by.as_ref());
        for person in [creator, editor].into_iter().flatten() {
            self.note_person(person);
        }
    }

    pub(super) fn note_person(&self, person: &V1Person) {
        let Some(id) = person.account_id() else { return };
        let name = person.display_name.as_deref().filter(|name| !name.is_empty());
        let known = match (person.kind.as_deref(), name) {
            (Some("unknown"), _) => PersonName::Deleted,
            (_, Some(name)) => PersonName::Known(name.to_owned()),
            (_, None) => return,
        };
        let mut names = locked(&self.names);
        if names.get(id) != Some(&known) {
            names.insert(id.to_owned(), known);
        }
    }

    pub(super) fn name(&self, account: &str) -> Option<PersonName> {
        locked(&self.names).get(account).cloned()
    }
}
