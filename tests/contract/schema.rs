//! Validator for the subset of JSON Schema that the two documents use.

use serde_json::{Value, json};

test_support::trials! {
    []:
        sync invalid_values_are_reported;
}

/// Known errors in the documents: path in the response, and what the server really sends. `*` is any one path segment.
pub(crate) const DOCUMENT_ERRORS: &[(&str, &str)] = &[
    ("/results/*/mediaTypeDescription", "may be null"),
    ("/mediaTypeDescription", "may be null"),
    ("/results/*/parentId", "may be null"),
    ("/parentId", "may be null"),
    ("/results/*/parentType", "may be null"),
    ("/parentType", "may be null"),
    ("/results/*/lastOwnerId", "may be null"),
    ("/lastOwnerId", "may be null"),
    ("/results/*/homepageId", "may be null"),
    ("/results/*/version/ncsStepVersion", "may be null, and is in no document"),
    ("/version/ncsStepVersion", "may be null, and is in no document"),
];

/// Data Center's document describes the Java class around the value of a property; the value itself is any JSON.
const ANY_JSON: &str = "#/components/schemas/JsonString";

/// Checks values against the schemas of one document.
pub(crate) struct Checker<'a> {
    pub(crate) document: &'a Value,
}

impl Checker<'_> {
    /// Returns the problems of `value`, each with its path.
    pub(crate) fn check(&self, schema: &Value, value: &Value) -> Vec<String> {
        let mut problems = Vec::new();
        self.check_part(schema, value, "", &mut problems, 0);
        problems
    }

    fn resolve<'s>(&'s self, schema: &'s Value) -> &'s Value {
        match schema["$ref"].as_str() {
            Some(reference) => self.resolve(self.document.pointer(reference.trim_start_matches('#')).expect("a $ref")),
            None => schema,
        }
    }

    fn check_part(&self, schema: &Value, value: &Value, path: &str, problems: &mut Vec<String>, depth: usize) {
        assert!(depth < 64, "endless recursion in the schema at {path}");
        if schema["$ref"] == ANY_JSON {
            return;
        }
        let schema = self.resolve(schema);
        if value.is_null() {
            if !self.is_nullable(schema) && !is_known_document_error(path) {
                problems.push(format!("{path}: null"));
            }
            return;
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.check_part(part, value, path, problems, depth + 1);
        }
        for choice in ["oneOf", "anyOf"] {
            if let Some(parts) = schema[choice].as_array() {
                let fits = |part: &Value| {
                    let mut tried = Vec::new();
                    self.check_part(part, value, path, &mut tried, depth + 1);
                    tried.is_empty()
                };
                if !parts.iter().any(fits) {
                    problems.push(format!("{path}: matches none of {} alternatives", parts.len()));
                }
            }
        }
        match schema["type"].as_str() {
            Some("object") => self.object(schema, value, path, problems, depth),
            Some("array") => match value.as_array() {
                Some(items) => items.iter().for_each(|item| {
                    self.check_part(&schema["items"], item, &format!("{path}/*"), problems, depth + 1);
                }),
                None => problems.push(format!("{path}: not an array")),
            },
            Some(kind) => problems.extend(scalar(schema, kind, value).map(|problem| format!("{path}: {problem}"))),
            None if schema.get("properties").is_some() => self.object(schema, value, path, problems, depth),
            None => {}
        }
    }

    fn object(&self, schema: &Value, value: &Value, path: &str, problems: &mut Vec<String>, depth: usize) {
        let Some(fields) = value.as_object() else { return problems.push(format!("{path}: not an object")) };
        for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(required) {
                problems.push(format!("{path}/{required}: required and missing"));
            }
        }
        let properties = &schema["properties"];
        for (name, field) in fields {
            let path = format!("{path}/{name}");
            match (properties.get(name), &schema["additionalProperties"]) {
                (Some(property), _) => self.check_part(property, field, &path, problems, depth + 1),
                (None, Value::Object(_)) => {
                    self.check_part(&schema["additionalProperties"], field, &path, problems, depth + 1);
                }
                (None, Value::Bool(false)) => problems.push(format!("{path}: not in the document")),
                // the documents list only some of the fields
                (None, _) => {}
            }
        }
    }

    fn is_nullable(&self, schema: &Value) -> bool {
        let part_is = |part: &Value| self.is_nullable(self.resolve(part));
        schema["nullable"] == true
            || schema.get("type").is_none() && schema.get("properties").is_none() && schema.get("allOf").is_none()
            || ["oneOf", "anyOf"]
                .iter()
                .any(|choice| schema[*choice].as_array().is_some_and(|all| all.iter().any(part_is)))
    }
}

/// Returns the problem of a value of a simple type.
pub(crate) fn scalar(schema: &Value, kind: &str, value: &Value) -> Option<String> {
    let fits = match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        other => panic!("unknown type {other}"),
    };
    if !fits {
        return Some(format!("{value} is not of type {kind}"));
    }
    let too_long =
        || value.as_str().zip(schema["maxLength"].as_u64()).is_some_and(|(text, most)| text.len() as u64 > most);
    let below = || value.as_f64().zip(schema["minimum"].as_f64()).is_some_and(|(number, least)| number < least);
    let above = || value.as_f64().zip(schema["maximum"].as_f64()).is_some_and(|(number, most)| number > most);
    match &schema["enum"] {
        Value::Array(words) if !words.contains(value) => Some(format!("{value} is none of {words:?}")),
        _ if too_long() || below() || above() => Some(format!("{value} is out of bounds")),
        _ => None,
    }
}

fn is_known_document_error(path: &str) -> bool {
    DOCUMENT_ERRORS.iter().any(|(known, _)| *known == path)
}

fn invalid_values_are_reported() {
    let document = json!({"components": {"schemas": {"Id": {"type": "string"}}}});
    let schema = json!({
        "type": "object",
        "required": ["id", "status"],
        "properties": {
            "id": {"$ref": "#/components/schemas/Id"},
            "status": {"type": "string", "enum": ["current", "archived"]},
            "size": {"type": "integer", "minimum": 0},
            "links": {"type": "array", "items": {"type": "string"}},
            "owner": {"type": "string", "nullable": true},
        },
    });
    let check = |value: Value| Checker { document: &document }.check(&schema, &value);
    assert_eq!(check(json!({"id": "1", "status": "current", "owner": null, "more": 1})), Vec::<String>::new());
    assert_eq!(check(json!({"id": 1, "status": "gone", "size": -1, "links": ["a", 2]})).len(), 4);
    assert_eq!(check(json!({"id": null})), ["/status: required and missing", "/id: null"]);
}
