//! The three official API documents: finds the operation of a path, its parameters and its responses.

use std::path::PathBuf;

use serde_json::Value;
use url::form_urlencoded;

use super::schema::{Checker, scalar};

/// One request in the log of the server.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LoggedRequest {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
}

/// Requests that the documents do not allow: operation, parameter, value, and reason.
const REQUEST_EXCEPTIONS: &[(&str, &str, &str, &str)] = &[
    ("v2 /pages", "status", "draft", "a probe: a site that does not list drafts rejects it"),
    ("v2 /blogposts", "status", "draft", "a probe: a site that does not list drafts rejects it"),
];

/// Returns the folder in `API_DOCUMENTS`, or the default one next to the repository.
pub(crate) fn folder() -> PathBuf {
    let next_to_repository = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/openapi");
    std::env::var_os("API_DOCUMENTS").map_or_else(next_to_repository, PathBuf::from)
}

/// The documents of both versions of Cloud's API, and of Data Center's.
pub(crate) struct Documents {
    v1: Value,
    v2: Value,
    data_center: Value,
}

/// Context path of the sites on Data Center.
pub(crate) const CONTEXT: &str = "/confluence";

/// One read operation of a document.
pub(crate) struct Operation<'a> {
    /// `v2 /pages/{id}`.
    pub(crate) name: String,
    document: &'a Value,
    path_item: &'a Value,
    entry: &'a Value,
    /// The HTTP method.
    method: &'static str,
}

/// The scopes that open an operation: all granular ones, or all classic ones if there are any.
#[derive(Debug)]
pub(crate) struct OperationScopes {
    pub(crate) granular: Vec<String>,
    pub(crate) classic: Vec<String>,
}

impl Documents {
    /// Reads the documents. Panics if the folder exists without them.
    pub(crate) fn read() -> Self {
        let read = |name: &str| serde_json::from_slice(&std::fs::read(folder().join(name)).unwrap()).unwrap();
        Self {
            v1: read("confluence-v1.json"),
            v2: read("confluence-v2.json"),
            data_center: read("confluence-datacenter-10.0.3.json"),
        }
    }

    /// Returns every operation that reads and has scopes, with the path of a request for it.
    pub(crate) fn operations_with_scopes(&self) -> Vec<(String, OperationScopes)> {
        let mut found = Vec::new();
        for (prefix, document) in [("/wiki/api/v2", &self.v2), ("", &self.v1)] {
            for (template, path_item) in document["paths"].as_object().into_iter().flatten() {
                let Some(scopes) = path_item["get"]["x-atlassian-oauth2-scopes"].as_array() else { continue };
                let of_state = |state: &str| -> Option<Vec<String>> {
                    let entry = scopes.iter().find(|entry| entry["state"] == state)?;
                    Some(entry["scopes"].as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect())
                };
                let segments = template.split('/').map(|part| if part.starts_with('{') { "1" } else { part });
                let path = format!("{prefix}{}", segments.collect::<Vec<_>>().join("/"));
                let (current, beta) = (of_state("Current"), of_state("Beta"));
                found.push((
                    path,
                    match beta {
                        Some(granular) => OperationScopes { granular, classic: current.unwrap_or_default() },
                        None => OperationScopes { granular: current.unwrap_or_default(), classic: Vec::new() },
                    },
                ));
            }
        }
        found
    }

    /// Returns the operation of a request: GET, or the only POST that reads.
    pub(crate) fn operation(&self, sent: &LoggedRequest) -> Option<Operation<'_>> {
        let path = sent.path.as_str();
        let method = match sent.method.as_str() {
            "GET" => "get",
            "POST" if path == "/wiki/api/v2/users-bulk" => "post",
            _ => return None,
        };
        let (generation, document, path) = match path.strip_prefix("/wiki/api/v2") {
            Some(rest) => ("v2", &self.v2, rest),
            None if path.starts_with("/wiki/") => ("v1", &self.v1, path),
            // the paths of Data Center's document begin below the context path
            None => ("datacenter", &self.data_center, path.strip_prefix(CONTEXT).unwrap_or(path)),
        };
        let paths = document["paths"].as_object()?;
        // a literal path segment takes precedence over a variable
        let mut fitting: Vec<&String> = paths.keys().filter(|template| fits(template, path)).collect();
        fitting.sort_by_key(|template| template.matches('{').count());
        let template = fitting.into_iter().find(|template| paths[*template].get(method).is_some())?;
        let path_item = &paths[template];
        let entry = &path_item[method];
        Some(Operation { name: format!("{generation} {template}"), document, path_item, entry, method })
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template.iter().zip(&path).all(|(known, sent)| known == sent || known.starts_with('{') && !sent.is_empty())
}

impl<'a> Operation<'a> {
    /// Whether its requests have a body.
    pub(crate) fn is_post(&self) -> bool {
        self.method == "post"
    }

    fn resolve(&self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => self.resolve(self.document.pointer(reference.trim_start_matches('#')).unwrap()),
            None => value,
        }
    }

    fn parameters(&self) -> impl Iterator<Item = &'a Value> {
        let own = self.entry["parameters"].as_array().into_iter().flatten();
        let shared = self.path_item["parameters"].as_array().into_iter().flatten();
        own.chain(shared).map(|parameter| self.resolve(parameter)).collect::<Vec<_>>().into_iter()
    }

    /// Returns the problems of a request.
    pub(crate) fn check_request(&self, sent: &LoggedRequest) -> Vec<String> {
        let mut problems = Vec::new();
        let pairs: Vec<(String, String)> = form_urlencoded::parse(sent.query.as_bytes()).into_owned().collect();
        for (name, value) in &pairs {
            let is_exception = |(operation, parameter, exception, _): &(&str, &str, &str, &str)| {
                *operation == self.name && parameter == name && exception == value
            };
            if REQUEST_EXCEPTIONS.iter().any(is_exception) {
                continue;
            }
            // Data Center's document has some parameters twice, as it describes two overloads of one operation
            let described =
                self.parameters().filter(|parameter| parameter["in"] == "query" && parameter["name"] == name.as_str());
            let wrong: Vec<Option<String>> =
                described.map(|parameter| self.check_parameter(self.resolve(&parameter["schema"]), value)).collect();
            if wrong.is_empty() {
                problems.push(format!("{}: no parameter {name}", self.name));
            } else if wrong.iter().all(Option::is_some) {
                problems.extend(wrong.into_iter().flatten().map(|problem| format!("{}: {name}: {problem}", self.name)));
            }
        }
        let required =
            self.parameters().filter(|parameter| parameter["in"] == "query" && parameter["required"] == true);
        for name in required.filter_map(|parameter| parameter["name"].as_str()) {
            if !pairs.iter().any(|(sent, _)| sent == name) {
                problems.push(format!("{}: without the required {name}", self.name));
            }
        }
        problems
    }

    fn check_parameter(&self, schema: &'a Value, text: &str) -> Option<String> {
        let items = &schema["items"];
        let schema = match schema["type"].as_str() {
            Some("array") => self.resolve(items),
            // the documents describe `sort` as a string with items
            Some("string") if items.is_object() => self.resolve(items),
            _ => schema,
        };
        if let Some(forms) = schema["oneOf"].as_array() {
            let wrong: Vec<String> =
                forms.iter().filter_map(|form| self.check_parameter(self.resolve(form), text)).collect();
            return (wrong.len() == forms.len()).then(|| wrong.join(", "));
        }
        let kind = schema["type"].as_str().unwrap_or("string");
        let value = match kind {
            "string" => Value::from(text),
            _ => serde_json::from_str(text).unwrap_or_else(|_| Value::from(text)),
        };
        scalar(schema, kind, &value)
    }

    /// Returns a problem if a status is neither listed nor a success.
    pub(crate) fn check_status(&self, status: u16) -> Option<String> {
        let responses = &self.entry["responses"];
        let listed = responses.get(status.to_string()).is_some() || responses.get("default").is_some();
        (!listed && !(200..300).contains(&status)).then(|| format!("{}: status {status} is not listed", self.name))
    }

    /// Returns the schema of a JSON response with this status.
    pub(crate) fn response_schema(&self, status: u16) -> Option<&'a Value> {
        let responses = &self.entry["responses"];
        // Data Center's document describes the list of attachments under the status of its upload
        let created = || responses.get("201").filter(|_| status == 200);
        let response = self.resolve(responses.get(status.to_string()).or_else(created)?);
        response.pointer("/content/application~1json/schema")
    }

    /// Returns the problems of a response.
    pub(crate) fn check_response(&self, schema: &Value, response: &Value) -> Vec<String> {
        let problems = Checker { document: self.document }.check(schema, response);
        problems.into_iter().map(|problem| format!("{} {problem}", self.name)).collect()
    }
}
