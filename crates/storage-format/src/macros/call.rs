//! Macro calls and their parameters, independent of the markup they come from.

use std::borrow::Cow;
use std::rc::Rc;

use crate::reference::{ContainerRef, FileFilter};
use crate::steps::{MAX_KEY_BYTES, Steps, prefix};
use crate::url::{is_digits, percent_decode};

/// One use of a macro, or of an extension in ADF.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MacroCall {
    /// In lower case; empty when unknown.
    pub(crate) name: String,
    pub(crate) parameters: Vec<Parameter>,
}

/// One parameter of a macro.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Parameter {
    /// In normal form: lower case, without `-` and `_`, because the new editor writes `diagram-name` for `diagramName`.
    /// Shared by the values of a JSON text.
    pub(crate) name: Rc<str>,
    /// The decoded text.
    pub(crate) text: String,
    /// `ri:attachment` elements in it.
    pub(crate) attachments: Vec<(String, Option<ContainerRef>)>,
    /// `ri:url` elements in it.
    pub(crate) urls: Vec<String>,
    /// `ri:page`, `ri:blog-post`, `ri:content-entity` elements in it.
    pub(crate) pages: Vec<ContainerRef>,
    /// Whether this is an attribute of an ADF node, not a value that an app stored in it.
    pub(crate) of_node: bool,
}

impl Parameter {
    pub(crate) fn new(name: Option<&str>) -> Self {
        Self { name: Self::normal_name(name.unwrap_or_default()), ..Self::default() }
    }

    /// Returns a parameter name in the form in which names are compared.
    pub(crate) fn normal_name(name: &str) -> Rc<str> {
        let letters = prefix(name, MAX_KEY_BYTES).chars().filter(|c| !matches!(c, '-' | '_'));
        letters.flat_map(char::to_lowercase).collect::<String>().into()
    }
}

impl MacroCall {
    /// Returns the call with every parameter that holds JSON replaced by the values in it, under their own keys. A
    /// value with the key `value` gets the key around it, because Connect writes values this way.
    pub(crate) fn with_json_values(&self, steps: &Steps) -> Cow<'_, Self> {
        if !self.parameters.iter().any(|parameter| may_be_json(&parameter.text)) {
            return Cow::Borrowed(self);
        }
        let mut parameters = Vec::with_capacity(self.parameters.len());
        for parameter in &self.parameters {
            if let Some(value) = json(&parameter.text, steps) {
                parameters.push(Parameter { text: String::new(), ..parameter.clone() });
                push_leaves(&parameter.name, value, &mut parameters, steps);
            } else {
                steps.count_copy(size_of::<Parameter>() + parameter.text.len());
                parameters.push(parameter.clone());
            }
        }
        Cow::Owned(Self { name: self.name.clone(), parameters })
    }

    /// Returns the text of a parameter, exactly as written; `None` if it is missing or blank.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.texts(name).next()
    }

    /// Iterates over the texts of all parameters of this name that are not blank.
    pub(crate) fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        let of_name = self.parameters.iter().filter(move |parameter| *parameter.name == *name);
        of_name.map(|parameter| parameter.text.as_str()).filter(|text| !text.trim().is_empty())
    }

    /// Whether any of these parameters has a value, as text or as an element.
    pub(crate) fn has_any(&self, names: &[&str]) -> bool {
        self.parameters.iter().any(|parameter| {
            names.contains(&&*parameter.name)
                && (!parameter.text.trim().is_empty() || !parameter.attachments.is_empty())
        })
    }

    /// Returns the page that a parameter names, by element or by title.
    pub(crate) fn page(&self, page: &str, space: &str) -> Option<ContainerRef> {
        let mut of_name = self.parameters.iter().filter(|parameter| *parameter.name == *page);
        if let Some(container) = of_name.find_map(|parameter| parameter.pages.first()) {
            return Some(container.clone());
        }
        // a parameter typed by hand may have such whitespace; titles never begin or end with it
        let title = self.text(page)?.trim_matches(|c: char| c.is_ascii_whitespace());
        let title = prefix(title, MAX_KEY_BYTES).to_owned();
        let space = self.text(space).map(|key| prefix(key.trim(), MAX_KEY_BYTES).to_owned());
        Some(ContainerRef::Page { title, space })
    }

    /// Iterates over the contents whose ids the parameters hold, by the names that apps give to such parameters.
    pub(crate) fn pages_by_id(&self) -> impl Iterator<Item = ContainerRef> {
        let is_page = |name: &str| ["pageid", "contentid", "containerid"].iter().any(|end| name.ends_with(end));
        let texts = self.parameters.iter().filter(move |parameter| is_page(&parameter.name));
        let ids = texts.map(|parameter| prefix(parameter.text.trim(), MAX_KEY_BYTES)).filter(|id| is_digits(id));
        ids.map(|id| ContainerRef::Content(id.to_owned()))
    }

    /// Splits a parameter at commas.
    fn list(&self, name: &str) -> Vec<String> {
        let text = self.text(name).unwrap_or_default();
        text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
    }

    /// Returns the pages, names, labels and patterns of a gallery or attachments macro.
    pub(crate) fn filter(&self, include_labels: &str, exclude_labels: &str) -> FileFilter {
        let named = |name: &'static str| self.parameters.iter().filter(move |parameter| *parameter.name == *name);
        let mut pages: Vec<ContainerRef> = named("page").flat_map(|parameter| parameter.pages.clone()).collect();
        let titles = self.list("page");
        if titles.len() > 1 {
            // a title may contain a comma
            pages.extend(self.text("page").map(|title| ContainerRef::Page { title: title.to_owned(), space: None }));
        }
        pages.extend(titles.into_iter().map(|title| ContainerRef::Page { title, space: None }));
        let labels = |name: &str| self.list(name).iter().flat_map(|item| words(item)).collect();
        let mut include = self.list("include");
        if include.len() > 1 {
            // a file name may contain a comma
            include.extend(self.text("include").map(|name| name.trim().to_owned()));
        }
        include
            .extend(named("include").flat_map(|parameter| parameter.attachments.iter().map(|(name, _)| name.clone())));
        FileFilter {
            pages,
            include,
            exclude: self.list("exclude"),
            include_labels: labels(include_labels),
            exclude_labels: labels(exclude_labels),
            patterns: self.list("patterns"),
        }
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_lowercase).collect()
}

/// Parses a text as a JSON object or array, plain or percent-encoded.
fn json(text: &str, steps: &Steps) -> Option<serde_json::Value> {
    if !may_be_json(text) {
        return None;
    }
    steps.count_read(text.len());
    let text = text.trim();
    if text.starts_with('%') {
        steps.count_copy(text.len());
        serde_json::from_str(&percent_decode(text)).ok()
    } else {
        serde_json::from_str(text).ok()
    }
}

/// Whether a text holds a JSON object or array.
pub(super) fn is_json(text: &str, steps: &Steps) -> bool {
    json(text, steps).is_some()
}

fn may_be_json(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with(['{', '[']) || ["%7B", "%7b", "%5B", "%5b"].iter().any(|start| text.starts_with(start))
}

/// Most levels of JSON texts within JSON texts that are parsed. Percent-encoding grows so slowly from level to level
/// that a text can contain many levels.
const MAX_JSON_TEXTS: usize = 8;

/// Adds all values as parameters, without recursion. A string may itself contain JSON.
fn push_leaves(key: &Rc<str>, value: serde_json::Value, parameters: &mut Vec<Parameter>, steps: &Steps) {
    let mut open = vec![(Rc::clone(key), value, 1)];
    while let Some((key, value, depth)) = open.pop() {
        steps.count_read(size_of::<Parameter>());
        if steps.are_exhausted() {
            return;
        }
        let text = match value {
            serde_json::Value::String(text) => {
                match Some(&text).filter(|_| depth < MAX_JSON_TEXTS).and_then(|text| json(text, steps)) {
                    Some(inner) => {
                        open.push((key, inner, depth + 1));
                        continue;
                    }
                    None => text,
                }
            }
            serde_json::Value::Number(number) => number.to_string(),
            serde_json::Value::Array(values) => {
                open.extend(values.into_iter().rev().map(|value| (Rc::clone(&key), value, depth)));
                continue;
            }
            serde_json::Value::Object(entries) => {
                open.extend(entries.into_iter().rev().map(|(inner, value)| {
                    let inner = Parameter::normal_name(&inner);
                    (if *inner == *"value" { Rc::clone(&key) } else { inner }, value, depth)
                }));
                continue;
            }
            serde_json::Value::Null | serde_json::Value::Bool(_) => continue,
        };
        steps.count_copy(text.len());
        parameters.push(Parameter { name: key, text, ..Parameter::default() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, text: &str) -> MacroCall {
        let parameter = Parameter { text: text.to_owned(), ..Parameter::new(Some(name)) };
        MacroCall { parameters: vec![parameter], ..MacroCall::default() }
    }

    #[test]
    fn json_text_is_read_as_parameters() {
        let text = r#"{"macroParams":{"diagramName":{"value":"net plan"},"page-id":{"value":1001}},
            "names":["a.png","{\"inner\":\"b.png\"}"],"none":null}"#;
        let call = call("guest-params", text);
        let call = call.with_json_values(&Steps::unlimited());
        assert_eq!(call.text("diagramname"), Some("net plan"));
        assert_eq!(call.pages_by_id().collect::<Vec<_>>(), [ContainerRef::Content("1001".to_owned())]);
        assert_eq!(call.text("names"), Some("a.png"));
        assert_eq!(call.text("inner"), Some("b.png"));
        assert_eq!(call.text("guestparams"), None);
    }

    #[test]
    fn text_that_is_not_json_is_kept() {
        for text in ["{not json}", "[draft] plan.pdf", "plain"] {
            assert_eq!(call("name", text).with_json_values(&Steps::unlimited()).text("name"), Some(text));
        }
    }

    #[test]
    fn a_list_of_pages_may_also_be_one_title_with_commas() {
        let titles = |text: &str| {
            call("page", text).filter("includelabel", "excludelabel").pages.into_iter().filter_map(|page| match page {
                ContainerRef::Page { title, .. } => Some(title),
                _ => None,
            })
        };
        assert_eq!(titles("Plan").collect::<Vec<_>>(), ["Plan"]);
        assert_eq!(titles("Plan, OPS:Guide").collect::<Vec<_>>(), ["Plan, OPS:Guide", "Plan", "OPS:Guide"]);
    }
}
