//! How a sample file writes a shape: short enough that a person can read the file before passing it on.
//!
//! An object is an object, and `?` ends the keys that some objects lack. A list is its number of items with the shape of
//! all of them. A scalar is a text: its type, and for texts their bytes, forms and, after `=`, words of the API. A value
//! of several types is a list of them that begins with `"one of"`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::shape::{IntegerShape, ListShape, Shape, SizeRange, TextShape};

/// Number of characters up to which a value is written on one line.
const LINE: usize = 116;
const ONE_OF: &str = "one of";
const NO_VALUE: &str = "no value";

impl From<Shape> for Value {
    fn from(shape: Shape) -> Self {
        let flags = [(shape.null, "null"), (shape.boolean, "boolean"), (shape.fraction, "fraction")];
        let mut types: Vec<Self> =
            flags.into_iter().filter(|(occurs, _)| *occurs).map(|(_, word)| word.into()).collect();
        types.extend(shape.integer.map(|integer| Self::from(integer.notation())));
        types.extend(shape.text.map(|text| Self::from(text.notation())));
        types.extend(shape.list.map(|list| match list.item {
            Some(item) => json!([format!("{} items", list.items), Self::from(item)]),
            None => json!([format!("{} items", list.items)]),
        }));
        types.extend(shape.object.map(|fields| {
            let key = |key: String, optional: bool| if optional { key + "?" } else { key };
            let field = |(name, field): (String, Shape)| (key(name, field.optional), Self::from(field));
            Self::Object(fields.into_iter().map(field).collect())
        }));
        match types.len() {
            0 => NO_VALUE.into(),
            1 => types.swap_remove(0),
            _ => std::iter::once(Self::from(ONE_OF)).chain(types).collect(),
        }
    }
}

impl TryFrom<Value> for Shape {
    type Error = String;

    fn try_from(notation: Value) -> Result<Self, String> {
        match notation {
            Value::String(scalar) => scalar_shape(&scalar),
            Value::Object(fields) => object_shape(fields),
            Value::Array(parts) => list_shape(parts),
            other => Err(format!("not a shape: {other}")),
        }
    }
}

fn object_shape(fields: Map<String, Value>) -> Result<Shape, String> {
    let field = |(key, notation): (String, Value)| {
        let shape = Shape::try_from(notation)?;
        Ok(match key.strip_suffix('?') {
            Some(key) => (key.to_owned(), Shape { optional: true, ..shape }),
            None => (key, shape),
        })
    };
    let object: BTreeMap<String, Shape> = fields.into_iter().map(field).collect::<Result<_, String>>()?;
    Ok(Shape { object: Some(object), ..Shape::default() })
}

fn list_shape(parts: Vec<Value>) -> Result<Shape, String> {
    let mut parts = parts.into_iter();
    let first = parts.next().and_then(|first| first.as_str().map(str::to_owned)).unwrap_or_default();
    if first == ONE_OF {
        // each type has a field of its own, so nothing is combined
        return parts.try_fold(Shape::default(), |all, part| Ok(all.merge(Shape::try_from(part)?)));
    }
    let items = first.strip_suffix(" items").ok_or_else(|| format!("not a list: {first:?}"))?.parse()?;
    let item = parts.next().map(Shape::try_from).transpose()?;
    Ok(Shape { list: Some(Box::new(ListShape { items, item })), ..Shape::default() })
}

fn scalar_shape(notation: &str) -> Result<Shape, String> {
    let empty = Shape::default();
    Ok(match notation {
        NO_VALUE => empty,
        "null" => Shape { null: true, ..empty },
        "boolean" => Shape { boolean: true, ..empty },
        "fraction" => Shape { fraction: true, ..empty },
        other => match other.split_once(' ') {
            Some(("integer", rest)) => Shape { integer: Some(IntegerShape::of_notation(rest)?), ..empty },
            Some(("text", rest)) => Shape { text: Some(TextShape::of_notation(rest)?), ..empty },
            _ => return Err(format!("not a shape: {other:?}")),
        },
    })
}

impl IntegerShape {
    /// `integer 3-4`, `integer 2, limit 50`.
    fn notation(&self) -> String {
        self.limits.iter().fold(format!("integer {}", self.digits), |mut text, limit| {
            let _ = write!(text, ", limit {limit}");
            text
        })
    }

    fn of_notation(text: &str) -> Result<Self, String> {
        let mut parts = text.split(", ");
        let digits = parts.next().unwrap_or_default().parse()?;
        let limit = |part: &str| part.strip_prefix("limit ")?.parse().ok();
        let limits = parts.map(|part| limit(part).ok_or_else(|| format!("not a limit: {part:?}")));
        Ok(Self { digits, limits: limits.collect::<Result<BTreeSet<u64>, String>>()? })
    }
}

impl TextShape {
    /// `text 4-7, digits, =current`.
    fn notation(&self) -> String {
        let forms = self.forms.iter().map(String::clone);
        let words = self.words.iter().map(|word| format!("={word}"));
        forms.chain(words).fold(format!("text {}", self.bytes), |text, part| text + ", " + &part)
    }

    fn of_notation(text: &str) -> Result<Self, String> {
        let mut parts = text.split(", ");
        let bytes: SizeRange = parts.next().unwrap_or_default().parse()?;
        let (words, forms): (Vec<&str>, Vec<&str>) = parts.partition(|part| part.starts_with('='));
        let words = words.into_iter().map(|word| word[1..].to_owned()).collect();
        Ok(Self { bytes, words, forms: forms.into_iter().map(str::to_owned).collect() })
    }
}

/// Returns JSON for people: objects and lists that fit are on one line. The keys stay in their order.
pub(super) fn readable(json: &str) -> String {
    let ends = ends_of_brackets(json);
    let mut out = String::with_capacity(json.len() * 2);
    let new_line = |out: &mut String, depth: usize| {
        let _ = write!(out, "\n{:depth$}", "");
    };
    let (mut depth, mut in_text, mut escaped, mut skipped_until) = (0, false, false, 0);
    for (at, character) in json.char_indices() {
        if at < skipped_until {
            continue;
        }
        if in_text {
            (in_text, escaped) = (escaped || character != '"', !escaped && character == '\\');
            out.push(character);
            continue;
        }
        match character {
            '{' | '[' => {
                let end = ends.get(&at).copied().unwrap_or(json.len());
                let column = out.len() - out.rfind('\n').map_or(0, |line| line + 1);
                if end - at + column <= LINE {
                    out.push_str(&json[at..end]);
                    skipped_until = end;
                } else {
                    depth += 1;
                    out.push(character);
                    new_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth -= 1;
                new_line(&mut out, depth);
                out.push(character);
            }
            ',' => {
                out.push(',');
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            other => {
                in_text = other == '"';
                out.push(other);
            }
        }
    }
    out
}

/// Returns for the position of each opening bracket the one after its closing bracket.
fn ends_of_brackets(json: &str) -> HashMap<usize, usize> {
    let (mut ends, mut open) = (HashMap::new(), Vec::new());
    let (mut in_text, mut escaped) = (false, false);
    for (at, character) in json.char_indices() {
        if in_text {
            (in_text, escaped) = (escaped || character != '"', !escaped && character == '\\');
            continue;
        }
        match character {
            '"' => in_text = true,
            '{' | '[' => open.push(at),
            '}' | ']' => drop(open.pop().map(|begin| ends.insert(begin, at + 1))),
            _ => {}
        }
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_written_shortly_and_read_back() {
        let documents = [
            json!({"id": "4711", "limit": 50, "title": null, "status": "current", "results": [], "score": 0.5}),
            json!({"id": 4711, "limit": 200, "title": "Two words", "status": "trashed", "results": [{"a": true}, [1]]}),
        ];
        let shape = documents.iter().map(Shape::of).reduce(Shape::merge).unwrap();
        let notation = Value::from(shape.clone());
        assert_eq!(
            notation,
            json!({
                "id": ["one of", "integer 4", "text 4-7, digits"],
                "limit": "integer 2-3, limit 50, limit 200",
                "title": ["one of", "null", "text 8-15, text"],
                "status": "text 4-7, =current, =trashed",
                "results": ["0-3 items", ["one of", ["1 items", "integer 1"], {"{key}": "boolean"}]],
                "score?": "fraction",
            })
        );
        assert_eq!(Shape::try_from(notation).unwrap(), shape);
        assert_eq!(Shape::try_from(Value::from(Shape::default())).unwrap(), Shape::default());
        for wrong in [json!(1), json!("texts 1"), json!("text few"), json!("integer 1, 2"), json!(["few"]), json!([])] {
            assert!(Shape::try_from(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_what_is_too_long_for_a_line_is_broken() {
        let (long, other) = ("x, [".repeat(20), "y\\\"{".repeat(20));
        let json = format!(r#"{{"short":{{"a":[1,2]}},"long":["{long}","{other}"],"none":{{}}}}"#);
        let text = readable(&json);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            (lines.len(), lines[1], lines[2], lines[6]),
            (8, r#" "short": {"a":[1,2]},"#, " \"long\": [", " \"none\": {}")
        );
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(read(&text), read(&json));
    }
}
