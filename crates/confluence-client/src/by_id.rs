//! Contents with their bodies by their ids, in groups that are halved until large neighbours are apart.

use std::collections::BTreeSet;

use super::choices::CONTENT_IDS_PER_REQUEST;
use super::client::Client;
use super::error::RequestError;
use super::model::{Content, ListPage};
use super::request::Request;

/// Groups that the server fails to answer are halved down to so few: each failure costs all tries of a request, and
/// whoever reads the contents alone has to wait for fewer.
const SMALLEST_FAILED_GROUP: usize = 25;

/// Asks the list of `request` for these ids, and hands on what comes with a body. Gives the ids of the others.
pub(crate) async fn read(
    client: &Client,
    request: &Request,
    ids: BTreeSet<String>,
    mut take: impl FnMut(Content),
) -> BTreeSet<String> {
    let mut left = ids;
    let all: Vec<String> = left.iter().cloned().collect();
    let mut groups: Vec<&[String]> = all.chunks(CONTENT_IDS_PER_REQUEST).rev().collect();
    while let Some(group) = groups.pop() {
        if group.len() < 2 || client.stopped().is_some() {
            continue;
        }
        let request = group.iter().fold(request.clone(), |request, id| request.with("id", id.as_str()));
        match client.get::<ListPage>(&request.with("limit", group.len().to_string())).await {
            Ok(page) => {
                let sent =
                    page.value.results.into_iter().filter_map(|item| serde_json::from_value::<Content>(item).ok());
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
            // each is asked for alone by whoever wants it, and fails by its own name
            Err(error) => tracing::debug!(%error, contents = group.len(), "left to be read alone"),
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
