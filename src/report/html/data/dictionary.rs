//! Values that repeat, each kept once.

use std::collections::HashMap;
use std::hash::Hash;

/// The values in order of first appearance, and the index of each key.
pub(super) struct Dictionary<K, T> {
    values: Vec<T>,
    indexes: HashMap<K, usize>,
}

impl<K: Eq + Hash, T> Dictionary<K, T> {
    pub(super) fn new() -> Self {
        Self { values: Vec::new(), indexes: HashMap::new() }
    }

    /// The index of a key; its value is made when the key is new.
    pub(super) fn index(&mut self, key: K, value: impl FnOnce() -> T) -> usize {
        let next = self.values.len();
        let index = *self.indexes.entry(key).or_insert(next);
        if index == next {
            self.values.push(value());
        }
        index
    }

    pub(super) fn into_values(self) -> Vec<T> {
        self.values
    }
}

impl<V: Clone + Eq + Hash> Dictionary<V, V> {
    /// The index of a value that is its own key.
    pub(super) fn index_of(&mut self, value: V) -> usize {
        let copy = value.clone();
        self.index(value, || copy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_an_index() {
        let mut words = Dictionary::new();
        assert_eq!([words.index_of("a"), words.index_of("b"), words.index_of("a")], [0, 1, 0]);
        assert_eq!(words.into_values(), ["a", "b"]);
    }
}
