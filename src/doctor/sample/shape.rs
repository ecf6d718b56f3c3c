//! The shape of JSON values: keys, types, lengths as ranges, forms of texts, but no value that a site chose.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::text_form::form_of;
use super::vocabulary;

/// The largest limit that a list of the API has. A larger number is not one.
pub(in crate::doctor) const LARGEST_LIMIT: u64 = 1000;

/// A range of lengths or counts, in powers of two: `0`, `1`, `2-3`, `4-7`, ….
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct SizeRange {
    pub(super) least: usize,
    pub(super) most: usize,
}

impl SizeRange {
    /// Returns the range that contains a size.
    pub(super) fn of(size: usize) -> Self {
        match size.checked_ilog2() {
            None => Self { least: 0, most: 0 },
            Some(power) => Self { least: 1 << power, most: (1_usize << power) + ((1_usize << power) - 1) },
        }
    }

    pub(super) fn merge(self, other: Self) -> Self {
        Self { least: self.least.min(other.least), most: self.most.max(other.most) }
    }
}

impl fmt::Display for SizeRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.least == self.most { write!(f, "{}", self.least) } else { write!(f, "{}-{}", self.least, self.most) }
    }
}

impl From<SizeRange> for String {
    fn from(range: SizeRange) -> Self {
        range.to_string()
    }
}

impl FromStr for SizeRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (least, most) = text.split_once('-').unwrap_or((text, text));
        let number = |text: &str| text.parse().map_err(|_| format!("not a range of sizes: {text:?}"));
        Ok(Self { least: number(least)?, most: number(most)? })
    }
}

impl TryFrom<String> for SizeRange {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// The shape of texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TextShape {
    pub(super) bytes: SizeRange,
    /// Words of the API that occur here.
    pub(super) words: BTreeSet<String>,
    /// Forms of all other texts.
    pub(super) forms: BTreeSet<String>,
}

/// The shape of integers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IntegerShape {
    pub(super) digits: SizeRange,
    /// Limits of lists, as the server echoes them.
    pub(super) limits: BTreeSet<u64>,
}

/// The shape of lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListShape {
    pub(super) items: SizeRange,
    /// All items together; `None` if no list has any.
    pub(super) item: Option<Shape>,
}

/// The shape of all values at one place: one part for each type that occurs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Shape {
    /// Some objects lack this key.
    pub(super) optional: bool,
    pub(super) null: bool,
    pub(super) boolean: bool,
    pub(super) fraction: bool,
    pub(super) integer: Option<IntegerShape>,
    pub(super) text: Option<TextShape>,
    pub(super) list: Option<Box<ListShape>>,
    pub(super) object: Option<BTreeMap<String, Self>>,
}

/// Where a value is.
#[derive(Clone, Copy)]
struct Position<'a> {
    /// The key as the sample shows it; of the list, for its items.
    key: &'a str,
    /// An app or a person chose everything from here on, so no value is a word of the API.
    data: bool,
}

impl Shape {
    /// Returns the shape of a document.
    pub(super) fn of(document: &Value) -> Self {
        Self::at(Position { key: "", data: false }, document)
    }

    fn at(position: Position<'_>, value: &Value) -> Self {
        let empty = Self::default();
        match value {
            Value::Null => Self { null: true, ..empty },
            Value::Bool(_) => Self { boolean: true, ..empty },
            Value::Number(number) if number.is_f64() => Self { fraction: true, ..empty },
            Value::Number(number) => {
                let count = number.to_string().trim_start_matches('-').len();
                let limit = number
                    .as_u64()
                    .filter(|limit| position.key == "limit" && !position.data && *limit <= LARGEST_LIMIT);
                let digits = SizeRange { least: count, most: count };
                Self { integer: Some(IntegerShape { digits, limits: limit.into_iter().collect() }), ..empty }
            }
            Value::String(text) => Self { text: Some(TextShape::at(position, text)), ..empty },
            Value::Array(items) => {
                let shapes = items.iter().map(|item| Self::at(position, item));
                let item = shapes.reduce(Self::merge);
                Self { list: Some(Box::new(ListShape { items: SizeRange::of(items.len()), item })), ..empty }
            }
            Value::Object(fields) => {
                let mut object: BTreeMap<String, Self> = BTreeMap::new();
                for (key, value) in fields.iter().filter(|_| position.data || !vocabulary::is_left_out(position.key)) {
                    let key = vocabulary::key(position.key, key);
                    let data = position.data || vocabulary::is_data_of_apps(key);
                    let shape = Self::at(Position { key, data }, value);
                    let merged = match object.remove(key) {
                        Some(other) => other.merge(shape),
                        None => shape,
                    };
                    object.insert(key.to_owned(), merged);
                }
                Self { object: Some(object), ..empty }
            }
        }
    }

    /// Returns the shape of the values of both.
    #[must_use]
    pub(super) fn merge(self, other: Self) -> Self {
        Self {
            optional: self.optional || other.optional,
            null: self.null || other.null,
            boolean: self.boolean || other.boolean,
            fraction: self.fraction || other.fraction,
            integer: either(self.integer, other.integer, IntegerShape::merge),
            text: either(self.text, other.text, TextShape::merge),
            list: either(self.list, other.list, |one, other| Box::new(one.merge(*other))),
            object: either(self.object, other.object, merge_objects),
        }
    }
}

/// Combines what both have.
fn either<T>(one: Option<T>, other: Option<T>, combine: impl FnOnce(T, T) -> T) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(combine(one, other)),
        (one, other) => one.or(other),
    }
}

/// Merges the keys of two objects; a key that one of them lacks is optional.
fn merge_objects(one: BTreeMap<String, Shape>, mut other: BTreeMap<String, Shape>) -> BTreeMap<String, Shape> {
    let optional = |shape| Shape { optional: true, ..shape };
    let mut merged = BTreeMap::new();
    for (key, shape) in one {
        let both = match other.remove(&key) {
            Some(second) => shape.merge(second),
            None => optional(shape),
        };
        merged.insert(key, both);
    }
    merged.extend(other.into_iter().map(|(key, shape)| (key, optional(shape))));
    merged
}

impl TextShape {
    fn at(position: Position<'_>, text: &str) -> Self {
        let word = vocabulary::word(position.key, text).filter(|_| !position.data);
        let form = if word.is_some() { None } else { Some(form_of(text)) };
        Self {
            bytes: SizeRange::of(text.len()),
            words: word.map(str::to_owned).into_iter().collect(),
            forms: form.into_iter().collect(),
        }
    }

    fn merge(mut self, other: Self) -> Self {
        self.words.extend(other.words);
        self.forms.extend(other.forms);
        Self { bytes: self.bytes.merge(other.bytes), ..self }
    }
}

impl IntegerShape {
    fn merge(mut self, other: Self) -> Self {
        self.limits.extend(other.limits);
        Self { digits: self.digits.merge(other.digits), ..self }
    }
}

impl ListShape {
    fn merge(self, other: Self) -> Self {
        Self { items: self.items.merge(other.items), item: either(self.item, other.item, Shape::merge) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sizes_are_ranges_of_powers_of_two() {
        for (size, range) in [(0, "0"), (1, "1"), (2, "2-3"), (3, "2-3"), (250, "128-255"), (256, "256-511")] {
            assert_eq!(SizeRange::of(size).to_string(), range);
            assert_eq!(range.parse::<SizeRange>().unwrap(), SizeRange::of(size));
        }
        assert!("few".parse::<SizeRange>().is_err());
    }

    #[test]
    fn a_shape_has_keys_types_and_ranges_and_no_value() {
        let document = json!({
            "results": [
                {"id": "98765", "title": "Salaries 2026", "status": "current", "type": "ac:acme.secret:thing"},
                {"id": "98766", "title": null, "status": "trashed", "metadata": {"properties": {"acme-key": {"value": {
                    "status": "current", "limit": 77, "acme": "text"
                }}}}},
            ],
            "limit": 50,
            "DOCS": {"8a7f": 1},
        });
        let shape = Shape::of(&document);
        let item = shape.object.as_ref().unwrap()["results"].list.as_ref().unwrap().item.as_ref().unwrap();
        let item = item.object.as_ref().unwrap();
        let title = &item["title"];
        assert!(title.null && title.text.as_ref().unwrap().forms.contains("text") && !title.optional);
        assert!(item["metadata"].optional && item["type"].optional);
        let words: Vec<&String> = item["status"].text.as_ref().unwrap().words.iter().collect();
        assert_eq!(words, ["current", "trashed"]);
        assert!(shape.object.as_ref().unwrap()["limit"].integer.as_ref().unwrap().limits.contains(&50));
        let text = serde_json::to_string(&shape).unwrap();
        for value in ["98765", "Salaries", "acme", "DOCS", "8a7f", "77", "secret"] {
            assert!(!text.contains(value), "{value} in {text}");
        }
        assert_eq!(serde_json::from_str::<Shape>(&text).unwrap(), shape);
    }

    #[test]
    fn merging_two_shapes_gives_the_shape_of_both_documents() {
        let (one, other) = (json!({"id": 1, "key": "A"}), json!({"id": "1"}));
        let merged = Shape::of(&one).merge(Shape::of(&other));
        let object = merged.object.unwrap();
        assert!(object["id"].integer.is_some() && object["id"].text.is_some() && !object["id"].optional);
        assert!(object["key"].optional);
    }
}
