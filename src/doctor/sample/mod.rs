//! An anonymised sample of a site's API: which requests were sent, and the shapes of the responses.
//!
//! A sample has no name, text, id, key, address or host of the site. It can be sent to a stranger, and a test can make
//! documents of the same shapes from it, which the client has to read.

mod notation;
#[cfg(test)]
mod replay;
mod shape;
#[cfg(test)]
mod tests;
mod text_form;
mod vocabulary;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::ProbeResult;
use confluence_client::{Deployment, ObservedResponse, ProbeTemplate};
pub(super) use shape::LARGEST_LIMIT;
use shape::{Shape, SizeRange};
pub(super) use text_form::form_of;
pub(super) use vocabulary::{api_word, is_api_value};

/// Name of the format, the first field of a file.
const FORMAT: &str = "confluence-storage-analyzer sample";
/// Parameters that choose the kind of the items of a list. The others decide which ones come, and how much of them, so
/// their responses have one shape.
const CHOOSING_PARAMETERS: [&str; 2] = ["type", "cql"];
/// Questions whose answers name keys of properties, which an app or a person chose.
const NAMES_KEYS: [&str; 1] = ["approvals"];
/// Headers whose values say nothing about a site, as long as they are words or numbers of the API.
const HEADERS_WITH_VALUES: [&str; 9] = [
    "deprecation",
    "ratelimit-reason",
    "retry-after",
    "sunset",
    "x-failure-category",
    "x-ratelimit-fillrate",
    "x-ratelimit-interval-seconds",
    "x-ratelimit-limit",
    "x-seraph-loginreason",
];

/// All responses with one status to one request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SampleResponse {
    status: u16,
    /// How many responses were merged.
    responses: u32,
    /// `application/json` and the like.
    media_types: BTreeSet<String>,
    /// Headers of interest by name, with the values that cannot identify a site.
    headers: BTreeMap<String, BTreeSet<String>>,
    /// Size of the body.
    bytes: SizeRange,
    /// The shape of the body, if it is JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<Shape>,
}

/// One request with its responses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SampleEndpoint {
    method: String,
    /// Path below the context path, with placeholders in braces.
    path: String,
    /// The parameters that choose the kind of the items, with the values that this program chose.
    parameters: Vec<(String, String)>,
    /// All combinations of the other parameters.
    queries: BTreeSet<String>,
    /// Sent without credentials.
    as_visitor: bool,
    responses: Vec<SampleResponse>,
}

/// The contents of a sample file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    format: String,
    version: u32,
    program_version: String,
    /// Kind of the site, as in the configuration.
    deployment: String,
    /// The answers of `doctor --probe`.
    answers: Vec<serde_json::Value>,
    endpoints: Vec<SampleEndpoint>,
}

impl Sample {
    /// Combines what was recorded with the answers of the probes.
    pub(super) fn new(deployment: Deployment, answers: &[ProbeResult], recorder: SampleRecorder) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: 1,
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            deployment: deployment.word().to_owned(),
            answers: answers.iter().filter(|answer| !NAMES_KEYS.contains(&answer.id)).filter_map(to_value).collect(),
            endpoints: recorder.into_endpoints(),
        }
    }

    /// Returns the text of the file.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        Ok(notation::readable(&serde_json::to_string(self)?) + "\n")
    }
}

fn to_value(answer: &ProbeResult) -> Option<serde_json::Value> {
    serde_json::to_value(answer).ok()
}

/// A request by which responses are grouped: its template without the parameters that only decide how much comes, and
/// whether it was sent without credentials.
type RequestKey = (ProbeTemplate, bool);

/// The other parameters, and the responses by status, of the requests of one key.
type Recorded = (BTreeSet<String>, BTreeMap<u16, SampleResponse>);

/// Collects the shapes of responses.
#[derive(Debug, Default)]
pub(super) struct SampleRecorder(Mutex<BTreeMap<RequestKey, Recorded>>);

impl SampleRecorder {
    /// Adds one response.
    pub(super) fn record(&self, mut request: ProbeTemplate, visitor: bool, observed: &ObservedResponse) {
        let (choosing, others): (Vec<_>, Vec<_>) =
            request.parameters.into_iter().partition(|(name, _)| CHOOSING_PARAMETERS.contains(&name.as_str()));
        request.parameters = choosing;
        let query: Vec<String> = others.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut recorded = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (queries, responses) = recorded.entry((request, visitor)).or_default();
        queries.insert(query.join("&"));
        let response = SampleResponse::of(observed);
        let merged = match responses.remove(&observed.status) {
            Some(other) => other.merge(response),
            None => response,
        };
        responses.insert(observed.status, merged);
    }

    fn into_endpoints(self) -> Vec<SampleEndpoint> {
        let recorded = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let endpoint = |((request, as_visitor), (queries, responses)): (RequestKey, Recorded)| {
            let ProbeTemplate { method, path, parameters } = request;
            let responses = responses.into_values().collect();
            SampleEndpoint { method, path, parameters, queries, as_visitor, responses }
        };
        recorded.into_iter().map(endpoint).collect()
    }
}

impl SampleResponse {
    fn of(observed: &ObservedResponse) -> Self {
        let names = observed.header_names.iter().map(|name| ((*name).to_owned(), BTreeSet::new()));
        let mut headers: BTreeMap<String, BTreeSet<String>> = names.collect();
        for (name, value) in &observed.headers {
            if HEADERS_WITH_VALUES.contains(&name.as_str()) && is_api_value(value) {
                headers.entry(name.clone()).or_default().insert(value.clone());
            }
        }
        let known = ["application/json", "text/html", "text/plain", "application/xml", ""];
        let media_type = known.into_iter().find(|known| *known == observed.media_type).unwrap_or("other");
        Self {
            status: observed.status,
            responses: 1,
            media_types: BTreeSet::from([media_type.to_owned()]),
            headers,
            bytes: SizeRange::of(observed.bytes),
            body: observed.json.as_ref().map(Shape::of),
        }
    }

    fn merge(mut self, other: Self) -> Self {
        self.media_types.extend(other.media_types);
        for (name, values) in other.headers {
            self.headers.entry(name).or_default().extend(values);
        }
        Self {
            responses: self.responses + other.responses,
            bytes: self.bytes.merge(other.bytes),
            body: match (self.body, other.body) {
                (Some(one), Some(other)) => Some(one.merge(other)),
                (one, other) => one.or(other),
            },
            ..self
        }
    }
}
