//! Parser for bodies in Atlassian document format (ADF): media nodes name files by file id, extensions by parameters.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::blank_body::is_unseen;
use crate::body::{Body, ParseDepth, ParseOutcome};
use crate::extract_urls;
use crate::macros::call::{MacroCall, Parameter};
use crate::macros::{body_references, extension_references, references};
use crate::parser::given_up;
use crate::reference::{Certainty, Construct, Display, Reference, Target};
use crate::steps::{CountedSite, Steps};
use crate::url::{OwnSite, is_uuid};

/// The type of extensions that are macros: their key is the name of the macro.
const MACROS: &str = "com.atlassian.confluence.macro.core";

/// The parameter in which such an extension keeps the plain text body of its macro, in normal form.
const PLAIN_TEXT_BODY: &str = "bodycontent";

/// Nodes that show nothing by themselves.
const SHOW_NOTHING: [&str; 6] = ["", "doc", "paragraph", "hardBreak", "layoutSection", "layoutColumn"];

/// Parses a body in `atlas_doc_format` (JSON text) and returns its references, without measures and page links. A body
/// that is not JSON is kept entirely as residue.
pub fn parse_adf(json: &str, site: &OwnSite) -> Body {
    let steps = Steps::for_bytes(json.len());
    steps.count_read(json.len());
    let site = CountedSite::new(site, &steps);
    let document = match serde_json::from_str(json) {
        Ok(document) => document,
        Err(error) => {
            let reading = ParseOutcome::Lenient {
                problem: format!("Atlassian document: {error}"),
                residue: Some(json.to_owned()),
            };
            return Body { reading, ..Body::default() };
        }
    };
    let mut found = AdfReader { site, references: Vec::new(), text: String::new(), shows: false };
    found.read(document);
    let text = std::mem::take(&mut found.text);
    extract_urls::text(&text, site, |url| found.url(url, &Construct::UrlInText, Display::Linked, Certainty::Possible));
    let is_blank = !found.shows && text.chars().all(is_unseen);
    let mut seen = HashSet::with_capacity(found.references.len());
    let first: Vec<bool> = found.references.iter().map(|reference| seen.insert(reference)).collect();
    let mut first = first.into_iter();
    found.references.retain(|_| first.next() == Some(true));
    if steps.are_exhausted() {
        return given_up(json, &steps, ParseDepth::References);
    }
    Body { references: found.references, is_blank, ..Body::default() }
}

struct AdfReader<'a> {
    site: CountedSite<'a>,
    references: Vec<Reference>,
    /// All text, with a space between blocks.
    text: String,
    /// Whether a node shows something other than text.
    shows: bool,
}

impl AdfReader<'_> {
    /// Reads all nodes without recursion.
    fn read(&mut self, document: Value) {
        let mut open = vec![document];
        while let Some(value) = open.pop() {
            self.site.steps.count_read(size_of::<Value>());
            if self.site.steps.are_exhausted() {
                return;
            }
            match value {
                Value::Array(values) => open.extend(values.into_iter().rev()),
                Value::Object(node) => open.extend(self.node(node).into_iter().rev()),
                _ => {}
            }
        }
    }

    /// Reads one node and returns its children and marks.
    fn node(&mut self, mut node: Map<String, Value>) -> Vec<Value> {
        let kind = match node.get("type") {
            Some(Value::String(kind)) => kind.clone(),
            _ => String::new(),
        };
        let parts = ["marks", "content"].into_iter().filter_map(|key| node.remove(key)).collect();
        if kind == "text" {
            if let Some(Value::String(text)) = node.get("text") {
                self.site.steps.count_copy(text.len());
                self.text.push_str(text);
            }
            return parts;
        }
        let Some(Value::Object(attributes)) = node.remove("attrs") else {
            // a mark such as bold does not separate words: an address may continue
            let is_block = !parts.is_empty() || kind == "hardBreak";
            self.text.push_str(if is_block { " " } else { "" });
            self.shows |= is_block && !SHOW_NOTHING.contains(&kind.as_str());
            return parts;
        };
        if !matches!(kind.as_str(), "link" | "textColor" | "annotation" | "subsup" | "backgroundColor") {
            self.text.push(' ');
            self.shows |= !SHOW_NOTHING.contains(&kind.as_str());
        }
        if kind.to_ascii_lowercase().ends_with("extension") {
            self.extension(&attributes);
        } else {
            self.attributes(&kind, &attributes);
        }
        parts
    }

    fn attributes(&mut self, kind: &str, attributes: &Map<String, Value>) {
        if kind.starts_with("media")
            && let Some(Value::String(id)) = attributes.get("id")
            && is_uuid(id)
        {
            let target = Target::FileId { id: id.to_ascii_lowercase() };
            self.push(target, &Construct::Media, Display::Shown, Certainty::Proven);
        }
        for (key, value) in attributes {
            if let Value::String(url) = value
                && url.contains('/')
            {
                let display = if key == "href" { Display::Linked } else { Display::Shown };
                self.url(url, &Construct::Url, display, Certainty::Proven);
            }
        }
    }

    /// Reads a macro or an app's extension by the same rules as in storage format.
    fn extension(&mut self, attributes: &Map<String, Value>) {
        let text = |key: &str| attributes.get(key).and_then(Value::as_str).unwrap_or_default();
        let values = attributes.get("parameters").map(ToString::to_string).unwrap_or_default();
        self.site.steps.count_copy(values.len());
        let parameters = vec![Parameter { text: values, ..Parameter::new(Some("parameters")) }];
        let mut call = MacroCall { name: String::new(), parameters };
        if text("extensionType") == MACROS {
            call.name = text("extensionKey").to_lowercase();
            self.references.extend(references(&call, self.site));
            let call = call.with_json_values(self.site.steps);
            for body in call.texts(PLAIN_TEXT_BODY) {
                self.references.extend(body_references(&call.name, body, self.site));
                self.text.push(' ');
                self.site.steps.count_copy(body.len());
                self.text.push_str(body);
                self.text.push(' ');
            }
        } else {
            for key in ["extensionKey", "extensionType", "text"] {
                let parameter = Parameter { text: text(key).to_owned(), of_node: true, ..Parameter::new(Some(key)) };
                call.parameters.push(parameter);
            }
            self.references.extend(extension_references(&call, self.site));
        }
    }

    fn url(&mut self, url: &str, construct: &Construct, display: Display, certainty: Certainty) {
        for (target, own) in self.site.files(url) {
            self.push(target, construct, display, certainty.max(own));
        }
    }

    fn push(&mut self, target: Target, construct: &Construct, display: Display, certainty: Certainty) {
        let display = target.display_in(display);
        let reference = Reference { target, construct: construct.clone(), display, certainty };
        self.site.steps.count_reference(&reference);
        self.references.push(reference);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Body {
        parse_adf(json, &OwnSite::new("https://acme.atlassian.net/wiki", &[]))
    }

    #[test]
    fn media_nodes_name_file_ids() {
        let json = r#"{"type":"doc","content":[{"type":"mediaSingle","content":[{"type":"media","attrs":
            {"id":"62149A0B-9e5d-4e56-bab5-17b8a0d84da5","type":"file","collection":"contentId-1"}}]},
            {"type":"paragraph","content":[{"type":"text","text":"x","marks":[{"type":"link","attrs":
            {"href":"/wiki/download/attachments/1/a.pdf"}}]}]},{"type":"media","attrs":{"id":"att5"}}]}"#;
        let body = read(json);
        assert_eq!(body.references.len(), 2, "{:?}", body.references);
        assert_eq!(body.references[0].target, Target::FileId { id: "62149a0b-9e5d-4e56-bab5-17b8a0d84da5".to_owned() });
        assert_eq!(body.references[1].display, Display::Linked);
        assert!(!body.is_blank);
        assert!(matches!(read("{").reading, ParseOutcome::Lenient { .. }));
    }

    #[test]
    fn extensions_name_files_like_their_macros() {
        let extension = |kind: &str, key: &str, parameters: &str| {
            format!(
                r#"{{"type":"doc","content":[{{"type":"extension","attrs":{{"extensionType":"{kind}","extensionKey":"{key}",
                "layout":"default","parameters":{parameters}}}}}]}}"#
            )
        };
        let body = read(&extension(MACROS, "view-file", r#"{"macroParams":{"name":{"value":"a b.pdf"}}}"#));
        let [view] = body.references.as_slice() else { panic!("{:?}", body.references) };
        assert_eq!((&view.construct, view.certainty), (&Construct::Macro("view-file".to_owned()), Certainty::Proven));
        assert!(matches!(&view.target, Target::File { name, .. } if name == "a b.pdf"));
        let body = read(&extension(MACROS, "gallery", "{}"));
        assert!(matches!(body.references[0].target, Target::Gallery(_)), "{:?}", body.references);
        let body = read(&extension("com.example.app", "key/static/thing", r#"{"guestParams":{"file":"b.png"}}"#));
        let names = |reference: &Reference| matches!(&reference.target, Target::File { name, .. } if name == "b.png");
        assert!(body.references.iter().any(names), "{:?}", body.references);
        let html = r#"{"macroParams":{"__bodyContent":{"value":"<img src=\"/wiki/download/attachments/1/c.png\"/>"}}}"#;
        let body = read(&extension(MACROS, "html", html));
        let shown = |reference: &Reference| {
            reference.display == Display::Shown
                && matches!(&reference.target, Target::File { name, .. } if name == "c.png")
        };
        assert!(body.references.iter().any(shown), "{:?}", body.references);
    }

    #[test]
    fn addresses_in_text_are_found_across_marks() {
        let json = r#"{"type":"doc","content":[{"type":"paragraph","content":[
            {"type":"text","text":"see https://acme.atlassian.net/wiki/download/"},
            {"type":"text","text":"attachments/1/a.pdf","marks":[{"type":"strong"}]}]},
            {"type":"paragraph","content":[{"type":"text","text":"next"}]}]}"#;
        let body = read(json);
        assert_eq!(body.references.len(), 1, "{:?}", body.references);
        assert_eq!(body.references[0].construct, Construct::UrlInText);
    }

    #[test]
    fn a_document_of_empty_paragraphs_is_blank() {
        let paragraph = r#"{"type":"paragraph","attrs":{"localId":"x"}}"#;
        let blank = [
            r#"{"type":"doc","version":1,"content":[]}"#.to_owned(),
            format!(r#"{{"type":"doc","version":1,"content":[{paragraph},{paragraph}]}}"#),
            r#"{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":" "}]}]}"#.to_owned(),
        ];
        for json in blank {
            assert!(read(&json).is_blank, "{json}");
        }
        let rule = r#"{"type":"doc","content":[{"type":"heading","attrs":{"level":1},"content":[]}]}"#;
        assert!(!read(rule).is_blank);
    }
}
