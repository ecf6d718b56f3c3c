//! Atlassian document format: media nodes name a file by its file id.

use std::collections::HashSet;

use serde_json::Value;

use crate::body::{Body, Depth, Reading};
use crate::parser::given_up;
use crate::reference::{Certainty, Construct, Display, Reference, Target};
use crate::steps::{Site, Steps};
use crate::url::{OwnSite, is_uuid};

/// Reads a body in `atlas_doc_format` (JSON text). A body that is no JSON is kept whole as residue.
pub fn parse_adf(json: &str, site: &OwnSite) -> Body {
    let steps = Steps::for_bytes(json.len());
    let document = match serde_json::from_str(json) {
        Ok(document) => document,
        Err(error) => {
            let problem = format!("document format: {error}");
            return Body { reading: Reading::Lenient { problem, residue: json.to_owned() }, ..Body::default() };
        }
    };
    let references = references(document, Site::new(site, &steps));
    if steps.are_used_up() {
        return given_up(json, &steps, Depth::References);
    }
    Body { references, ..Body::default() }
}

/// Walks the document without recursion.
pub(crate) fn references(document: Value, site: Site<'_>) -> Vec<Reference> {
    let steps = site.steps;
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut push = |target, construct, display, certainty| {
        let reference = Reference { target, construct, display, certainty };
        steps.make(&reference);
        if seen.insert(reference.clone()) {
            found.push(reference);
        }
    };
    let mut open = vec![document];
    while let Some(value) = open.pop() {
        steps.look(size_of::<Value>());
        if steps.are_used_up() {
            break;
        }
        match value {
            Value::Array(values) => open.extend(values.into_iter().rev()),
            Value::Object(mut node) => {
                let kind = node.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
                let attribute =
                    |name: &str| node.get("attrs").and_then(|attrs| attrs.get(name)).and_then(Value::as_str);
                if matches!(kind.as_str(), "media" | "mediaInline")
                    && let Some(id) = attribute("id").filter(|id| is_uuid(id))
                {
                    let target = Target::FileId { id: id.to_ascii_lowercase() };
                    push(target, Construct::Media, Display::Shown, Certainty::Proven);
                }
                for (url, display) in [(attribute("url"), Display::Shown), (attribute("href"), Display::Linked)] {
                    for (target, certainty) in url.map(|url| site.files(url)).unwrap_or_default() {
                        push(target, Construct::Url, display, certainty);
                    }
                }
                for key in ["content", "marks"] {
                    open.extend(node.remove(key));
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_nodes_name_file_ids() {
        let site = OwnSite::new("https://acme.atlassian.net/wiki", &[]);
        let json = r#"{"type":"doc","content":[{"type":"mediaSingle","content":[{"type":"media","attrs":
            {"id":"62149A0B-9e5d-4e56-bab5-17b8a0d84da5","type":"file","collection":"contentId-1"}}]},
            {"type":"paragraph","content":[{"type":"text","text":"x","marks":[{"type":"link","attrs":
            {"href":"/wiki/download/attachments/1/a.pdf"}}]}]},{"type":"media","attrs":{"id":"att5"}}]}"#;
        let body = parse_adf(json, &site);
        assert_eq!(body.references.len(), 2, "{:?}", body.references);
        assert_eq!(body.references[0].target, Target::FileId { id: "62149a0b-9e5d-4e56-bab5-17b8a0d84da5".to_owned() });
        assert_eq!(body.references[1].display, Display::Linked);
        assert!(matches!(parse_adf("{", &site).reading, Reading::Lenient { .. }));
    }
}
