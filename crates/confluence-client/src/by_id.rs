//! Reads contents with their bodies by id, in groups that are halved until large bodies are in separate groups.

use std::collections::BTreeSet;

use serde_json::Value;

use super::client::Client;
use super::error::RequestError;
use super::model::{Content, ListPage};
use super::parameters::CONTENT_IDS_PER_REQUEST;
use super::request::Request;

/// A group that fails with a server error is halved only down to this size. Each failure costs all attempts of a
/// request, so the caller reads the contents of smaller groups one by one.
const SMALLEST_FAILED_GROUP: usize = 25;

/// How a list is filtered by id.
pub(crate) struct IdFilter<P> {
    /// Name of the parameter, which is repeated.
    pub(crate) parameter: &'static str,
    /// Maximum number of ids in one request.
    pub(crate) most: usize,
    /// Converts an item of the list.
    pub(crate) parse: P,
}

/// Returns the filter of Cloud's lists.
pub(crate) fn cloud_filter() -> IdFilter<impl Fn(Value) -> Option<Content>> {
    let parse = |item| serde_json::from_value(item).ok();
    IdFilter { parameter: "id", most: CONTENT_IDS_PER_REQUEST, parse }
}

/// Requests these ids from the list of `request` and passes every content with a body to `take`. Returns the other ids.
pub(crate) async fn read(
    client: &Client,
    request: &Request,
    filter: IdFilter<impl Fn(Value) -> Option<Content>>,
    ids: BTreeSet<String>,
    mut take: impl FnMut(Content),
) -> BTreeSet<String> {
    let mut left = ids;
    let all: Vec<String> = left.iter().cloned().collect();
    let mut groups: Vec<&[String]> = all.chunks(filter.most).rev().collect();
    while let Some(group) = groups.pop() {
        if group.len() < 2 || client.stopped().is_some() {
            continue;
        }
        let request = group.iter().fold(request.clone(), |request, id| request.with(filter.parameter, id.as_str()));
        match client.get::<ListPage>(&request.with("limit", group.len().to_string())).await {
            Ok(page) => {
                let sent = page.value.results.into_iter().filter_map(&filter.parse);
                for content in sent.filter(|content| content.storage().is_some()) {
                    if left.remove(&content.id.0) {
                        take(content);
                    }
                }
            }
            Err(error) if is_worth_halving(&error, group.len()) => {
                let (first, second) = group.split_at(group.len() / 2);
                groups.extend([second, first]);
            }
            // the caller requests each content alone, and each failure then names its content
            Err(error) => tracing::info!(%error, contents = group.len(), "left to be read one by one"),
        }
    }
    left
}

fn is_worth_halving(error: &RequestError, size: usize) -> bool {
    match error {
        RequestError::TooLarge { .. } => true,
        error => (error.wants_smaller_page() || error.is_too_long()) && size > SMALLEST_FAILED_GROUP,
    }
}
