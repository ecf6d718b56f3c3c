//! Endpoints of Confluence Data Center and Server: `/rest/api` and `/rest/experimental`, converted to the types of
//! Cloud.
//!
//! Most lists exist for one space only: a list of several spaces, or of the site, is read space by space. No list has an
//! order; [`ListOrder::Backward`] reads it in another way, as a cross-check.

mod attachments;
mod comments;
mod convert;
mod limits;
mod lists;
mod memory;
mod merge;
mod not_offered;
mod page_endpoints;
mod people;
mod probe_request;
mod searches;
mod single;
mod site;
mod space_list;
mod v1;
mod workflow;

use std::ops::ControlFlow;

use crate::client::Client;
use crate::error::RequestError;
use crate::list_item::ListItem;
use crate::list_outcome::ListOutcome;
use crate::observe::ObservedResponse;
use crate::pagination::{PagingMode, read_list};
use crate::parameters::{Bodies, ListOrder};
use crate::probe_request::{ProbeRequest, ProbeTemplate};
use crate::request::Request;
use crate::request_kind::RequestKind;

pub(crate) use limits::{has_bodies, page_limit, page_limit_of};

/// Expansions of a page or blog post.
const CONTENT: &str = "version,history,ancestors,space";
/// Expansions of an attachment.
const ATTACHMENT: &str = "version,history,container,extensions,metadata.labels";
/// Expansions of a comment.
const COMMENT: &str = "version,history,ancestors,container,space,extensions.resolution";
/// The statuses of contents that lists show: current and trashed.
const ANY: &str = "any";

/// The endpoints of Confluence Data Center, one method each; [`Api`](crate::Api) documents them.
#[derive(Debug)]
pub(crate) struct DataCenter {
    client: Client,
    memory: memory::SiteMemory,
    comments: comments::KeptComments,
}

impl DataCenter {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, memory: memory::SiteMemory::default(), comments: comments::KeptComments::default() }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) async fn observe(&self, probe: &ProbeRequest<'_>) -> Result<ObservedResponse, RequestError> {
        self.client.observe(&probe_request::request(probe, &self.memory)?).await
    }

    pub(crate) fn probe_template(&self, probe: &ProbeRequest<'_>) -> Result<ProbeTemplate, RequestError> {
        Ok(ProbeTemplate::of(&probe_request::request(&probe.template(), &self.memory)?))
    }

    pub(crate) async fn observe_as_visitor(&self, probe: &ProbeRequest<'_>) -> Result<ObservedResponse, RequestError> {
        self.client.observe_as_visitor(&probe_request::request(probe, &self.memory)?).await
    }

    /// Reads a list that goes on by the number of its first item.
    async fn by_start<T: ListItem>(&self, request: &Request, mut take: impl FnMut(T)) -> ListOutcome {
        let take = |item| {
            take(item);
            ControlFlow::Continue(())
        };
        // boxed: one future contains many concurrent lists
        Box::pin(read_list(&self.client, request, PagingMode::Start, take)).await
    }

    /// Reads a list that goes on by a cursor.
    async fn by_cursor<T: ListItem>(&self, request: &Request, mut take: impl FnMut(T)) -> ListOutcome {
        let take = |item| {
            take(item);
            ControlFlow::Continue(())
        };
        Box::pin(read_list(&self.client, request, PagingMode::Cursor, take)).await
    }

    /// Returns the page size of a list in this order.
    fn page_size(&self, kind: RequestKind, bodies: Bodies, order: ListOrder) -> String {
        self.client.page_limit_of(kind, bodies, order).to_string()
    }
}

/// Adds the body to the expansions of contents.
fn expansions(of: &str, bodies: Bodies) -> String {
    match bodies {
        Bodies::Included => format!("body.storage,{of}"),
        Bodies::LeftOut => of.to_owned(),
    }
}

/// Returns the error of what the product does not have.
fn unsupported(what: &'static str) -> RequestError {
    RequestError::Unsupported { what }
}

/// Returns the outcome of a list that the product does not have.
fn no_list(what: &'static str) -> ListOutcome {
    ListOutcome::ended(Err(unsupported(what)))
}
