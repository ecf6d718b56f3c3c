//! Endpoints of Confluence Cloud, on the site's own host.

mod links;
mod lists;
mod page_endpoints;
mod probe_request;
mod workflow;

use std::ops::ControlFlow;

use serde::Deserialize;

use crate::client::Client;
use crate::download::Fingerprint;
use crate::error::RequestError;
use crate::list_item::ListItem;
use crate::list_outcome::ListOutcome;
use crate::observe::ObservedResponse;
use crate::pagination::{PagingMode, read_list};
use crate::parameters::{Bodies, CommentKind, ContentType, SearchScope};
use crate::probe_request::{ProbeRequest, ProbeTemplate};
use crate::request::Request;
use crate::request_kind::RequestKind;

pub(crate) use links::CloudLinks;

/// Every status that the list of pages supports.
const PAGE_STATUSES: &[&str] = &["current", "archived", "trashed", "deleted"];
/// Every status that the list of blog posts supports.
const BLOG_POST_STATUSES: &[&str] = &["current", "trashed", "deleted"];
/// Every status that the list of attachments supports; the trash is listed only on request.
const ATTACHMENT_STATUSES: &[&str] = &["current", "archived", "trashed"];

/// Returns the request of a probe without anything of the site.
pub(crate) fn probe_template(probe: &ProbeRequest<'_>) -> Result<ProbeTemplate, RequestError> {
    Ok(ProbeTemplate::of(&probe_request::request(&probe.template())?))
}

/// The endpoints of Confluence Cloud, one method each; [`Api`](crate::Api) documents them.
#[derive(Debug)]
pub(crate) struct Cloud {
    client: Client,
}

impl Cloud {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) async fn observe(&self, probe: &ProbeRequest<'_>) -> Result<ObservedResponse, RequestError> {
        self.client.observe(&probe_request::request(probe)?).await
    }

    pub(crate) async fn observe_as_visitor(&self, probe: &ProbeRequest<'_>) -> Result<ObservedResponse, RequestError> {
        self.client.observe_as_visitor(&probe_request::request(probe)?).await
    }

    pub(crate) async fn measure_download(&self, container: &str, id: &str, version: u32) -> Result<u64, RequestError> {
        let request = download(RequestKind::DownloadOfOneByte, container, id);
        self.client.measure_download(&request.with("version", version.to_string())).await
    }

    pub(crate) async fn fingerprint(&self, container: &str, id: &str) -> Result<Fingerprint, RequestError> {
        self.client.fingerprint(&download(RequestKind::DownloadOfAFile, container, id)).await
    }

    async fn list<T: ListItem>(&self, request: &Request, take: impl FnMut(T)) -> ListOutcome {
        // boxed: one future contains many concurrent lists
        Box::pin(read_list(&self.client, request, PagingMode::Cursor, all_items(take))).await
    }

    /// Searches for contents with these expansions.
    async fn search<T: ListItem>(
        &self,
        kind: RequestKind,
        searched: SearchScope,
        cql: &str,
        expand: &[&str],
        mut take: impl FnMut(T),
    ) -> ListOutcome {
        let expanded = |request: Request, expand: String| {
            if expand.is_empty() { request } else { request.with("expand", expand) }
        };
        match searched {
            SearchScope::Current => {
                let request = Request::v1(kind, &["content", "search"]).with("cql", cql);
                self.list(&expanded(request, expand.join(",")), take).await
            }
            SearchScope::Archived => {
                let inside: Vec<String> = expand.iter().map(|part| format!("content.{part}")).collect();
                let request = Request::v1(kind, &["search"])
                    .with("cql", cql)
                    .with("includeArchivedSpaces", "true")
                    .with("excerpt", "none");
                self.list(&expanded(request, inside.join(",")), |hit: GeneralHit<T>| take(hit.content)).await
            }
        }
    }

    async fn list_by_start<T: ListItem>(&self, request: &Request, take: impl FnMut(T)) -> ListOutcome {
        read_list(&self.client, request, PagingMode::Start, all_items(take)).await
    }
}

/// A hit of the general search, which wraps the content.
#[derive(Deserialize)]
#[serde(bound = "T: ListItem")]
pub(crate) struct GeneralHit<T> {
    pub(crate) content: T,
}

impl<T: ListItem> ListItem for GeneralHit<T> {
    fn id(&self) -> &str {
        self.content.id()
    }

    fn version(&self) -> u32 {
        self.content.version()
    }
}

/// Converts a closure to one that never ends the list.
fn all_items<T>(mut take: impl FnMut(T)) -> impl FnMut(T) -> ControlFlow<()> {
    move |item| {
        take(item);
        ControlFlow::Continue(())
    }
}

fn download(kind: RequestKind, container: &str, attachment: &str) -> Request {
    Request::v1(kind, &["content", container, "child", "attachment", attachment, "download"])
}

fn with_all(request: Request, name: &str, values: &[&str]) -> Request {
    values.iter().fold(request, |request, value| request.with(name, *value))
}

fn with_bodies(request: Request, bodies: Bodies) -> Request {
    match bodies {
        Bodies::Included => request.with("body-format", "storage"),
        Bodies::LeftOut => request,
    }
}

fn in_spaces(request: Request, spaces: &[&str], bodies: Bodies) -> Request {
    with_bodies(with_all(request, "space-id", spaces), bodies)
}

/// Returns the name of a content type in paths.
fn collection(which: ContentType) -> &'static str {
    match which {
        ContentType::Page => "pages",
        ContentType::BlogPost => "blogposts",
        ContentType::FooterComment => comments(CommentKind::Footer),
        ContentType::InlineComment => comments(CommentKind::Inline),
        ContentType::CustomContent => "custom-content",
    }
}

/// Returns the name of a kind of comments in paths.
fn comments(which: CommentKind) -> &'static str {
    match which {
        CommentKind::Footer => "footer-comments",
        CommentKind::Inline => "inline-comments",
    }
}

/// Returns every status that pages or blog posts can have.
fn statuses_of(which: ContentType) -> &'static [&'static str] {
    if which == ContentType::BlogPost { BLOG_POST_STATUSES } else { PAGE_STATUSES }
}
