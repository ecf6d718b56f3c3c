//! The `expand` parameter, as a tree, and objects that honour it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Expansions such as `history.contributors.publishers`, by their first word.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Expansions(BTreeMap<String, Self>);

impl Expansions {
    /// Parses the values of the parameter, each a list separated by commas.
    pub(super) fn parse<'a>(values: impl Iterator<Item = &'a str>) -> Self {
        let mut root = Self::default();
        for path in values.flat_map(|value| value.split(',')).map(str::trim).filter(|path| !path.is_empty()) {
            let mut at = &mut root;
            for word in path.split('.') {
                at = at.0.entry(word.to_owned()).or_default();
            }
        }
        root
    }

    /// Returns what is expanded below a part, if the part is.
    pub(super) fn get(&self, part: &str) -> Option<&Self> {
        self.0.get(part)
    }

    /// Whether nothing is expanded.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a part is expanded, at any depth.
    pub(super) fn has_part(&self, part: &str) -> bool {
        let mut rest = vec![self];
        while let Some(at) = rest.pop() {
            if at.0.contains_key(part) {
                return true;
            }
            rest.extend(at.0.values());
        }
        false
    }
}

/// An object whose parts are shown only if they are expanded, and named in `_expandable` otherwise.
#[derive(Debug)]
pub(super) struct ExpandableObject<'e> {
    expansions: &'e Expansions,
    fields: Map<String, Value>,
    expandable: Map<String, Value>,
}

impl<'e> ExpandableObject<'e> {
    /// Creates an object without fields.
    pub(super) fn new(expansions: &'e Expansions) -> Self {
        Self { expansions, fields: Map::new(), expandable: Map::new() }
    }

    /// Adds a field that is always shown.
    pub(super) fn field(&mut self, name: &str, value: impl Into<Value>) -> &mut Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a part with the path that leads to it, or no path. A part without a value is absent.
    pub(super) fn part(&mut self, name: &str, path: &str, value: impl FnOnce(&Expansions) -> Value) -> &mut Self {
        if let Some(inner) = self.expansions.get(name) {
            let value = Some(value(inner)).filter(|value| !value.is_null());
            self.fields.extend(value.map(|value| (name.to_owned(), value)));
        } else {
            self.expandable.insert(name.to_owned(), Value::from(path));
        }
        self
    }

    /// Names parts that this server never shows.
    pub(super) fn unsupported(&mut self, names: &[&str]) -> &mut Self {
        for name in names {
            self.expandable.insert((*name).to_owned(), Value::from(""));
        }
        self
    }

    /// Returns the object.
    pub(super) fn finish(mut self) -> Value {
        if !self.expandable.is_empty() {
            self.fields.insert("_expandable".to_owned(), Value::Object(self.expandable));
        }
        Value::Object(self.fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_expanded_is_named() {
        let expansions = Expansions::parse(["version,history.contributors.publishers", " space "].into_iter());
        assert!(expansions.get("history").and_then(|history| history.get("contributors")).is_some());
        assert!(expansions.has_part("publishers") && !expansions.has_part("body"));
        let mut object = ExpandableObject::new(&expansions);
        object.field("id", "1").part("version", "", |_| Value::from(7)).part("body", "", |_| Value::from("never"));
        assert_eq!(object.finish(), serde_json::json!({"id": "1", "version": 7, "_expandable": {"body": ""}}));
    }
}
