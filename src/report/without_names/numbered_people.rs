//! The people of a scan with their numbers.

use std::collections::{BTreeMap, HashMap};

use crate::inventory::{AccountId, Inventory, Space, SpaceId, SpaceKind};

/// The people of a scan, in the order in which they first occur: the account that read the site, then those of contents
/// and attachments. That order says nothing that the scan does not say.
#[derive(Debug, Default)]
pub(super) struct NumberedPeople {
    numbers: HashMap<AccountId, usize>,
    /// The ids by number, from 1; `None` for the owner of a personal space whose account is not known.
    ids: Vec<Option<AccountId>>,
    /// Display names that could be read.
    known_names: BTreeMap<AccountId, String>,
    spaces: HashMap<SpaceId, usize>,
}

impl NumberedPeople {
    pub(super) fn of(inventory: &Inventory) -> Self {
        let mut people = Self { known_names: inventory.people.clone(), ..Self::default() };
        let reader = &inventory.scan.account;
        people.add(&reader.id);
        people.known_names.entry(reader.id.clone()).or_insert_with(|| reader.name.clone());
        for content in &inventory.contents {
            let last_owner = content.details.as_ref().and_then(|details| details.last_owner.as_ref());
            let all = [&content.author, &content.owner, &content.last_editor].into_iter().flatten().chain(last_owner);
            all.for_each(|id| people.add(id));
        }
        for file in &inventory.attachments {
            let old = file.old_versions.iter().filter_map(|version| version.author.as_ref());
            old.chain(&file.author).for_each(|id| people.add(id));
        }
        let owners = &inventory.owners;
        let administrators = owners.administrators.values().flatten();
        inventory.people.keys().chain(owners.accounts.keys()).chain(administrators).for_each(|id| people.add(id));
        for space in inventory.spaces.iter().filter(|space| is_personal(space)) {
            let number = people.owner_of(space).unwrap_or_else(|| {
                people.ids.push(None);
                people.ids.len()
            });
            people.spaces.insert(space.id.clone(), number);
        }
        people
    }

    fn add(&mut self, id: &AccountId) {
        if !self.numbers.contains_key(id) {
            self.ids.push(Some(id.clone()));
            self.numbers.insert(id.clone(), self.ids.len());
        }
    }

    /// Returns the number of the person a personal space belongs to: its key has the letters and digits of the account
    /// id, or it has the name of the person.
    fn owner_of(&self, space: &Space) -> Option<usize> {
        let key = letters_and_digits(&space.key);
        let by_key = self.numbers.iter().find(|(id, _)| letters_and_digits(id.as_str()) == key);
        let by_name = || {
            let mut named = self.known_names.iter().filter(|(_, name)| **name == space.name);
            named.next().filter(|_| named.next().is_none()).and_then(|(id, _)| self.numbers.get(id))
        };
        by_key.map(|(_, number)| number).or_else(by_name).copied()
    }

    pub(super) fn number(&self, id: &AccountId) -> Option<usize> {
        self.numbers.get(id).copied()
    }

    pub(super) fn of_space(&self, space: &SpaceId) -> Option<usize> {
        self.spaces.get(space).copied()
    }

    /// Returns what replaces an account id.
    pub(super) fn id(&self, id: &AccountId) -> AccountId {
        AccountId::new(self.number(id).map_or_else(|| "person".to_owned(), person_id))
    }

    /// Returns the names of all people, by what replaces their ids.
    pub(super) fn names(&self) -> BTreeMap<AccountId, String> {
        self.numbers.values().map(|number| (AccountId::new(person_id(*number)), name(*number))).collect()
    }

    /// Returns account ids with their numbers.
    pub(super) fn accounts(&self) -> impl Iterator<Item = (usize, &str)> {
        self.ids.iter().zip(1..).filter_map(|(id, number)| Some((number, id.as_ref()?.as_str())))
    }

    /// Returns each display name with the number of its person, or `None` if several people have it.
    pub(super) fn display_names(&self) -> BTreeMap<&str, Option<usize>> {
        let mut names: BTreeMap<&str, Option<usize>> = BTreeMap::new();
        for (id, name) in &self.known_names {
            let number = self.number(id);
            names.entry(name).and_modify(|known| *known = None).or_insert(number);
        }
        names
    }
}

/// Returns whether a space belongs to a person.
pub(super) fn is_personal(space: &Space) -> bool {
    space.kind == SpaceKind::Personal || space.key.starts_with('~')
}

pub(super) fn letters_and_digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// `Person 3`.
pub(super) fn name(number: usize) -> String {
    format!("Person {number}")
}

/// `person-3`.
pub(super) fn person_id(number: usize) -> String {
    format!("person-{number}")
}

/// `~person-3`.
pub(super) fn space_key(number: usize) -> String {
    format!("~person-{number}")
}

/// The second key of a personal space.
pub(super) fn alias(number: usize) -> String {
    format!("person-{number}-space")
}
