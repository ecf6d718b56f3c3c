//! Confluence Cloud at its site host.

mod links;
mod lists;
mod look;
mod pages;
mod workflow;

use std::ops::ControlFlow;

use serde::Deserialize;

use crate::choices::{Bodies, CommentKind, SearchedSpaces, Single};
use crate::client::Client;
use crate::download::Fingerprint;
use crate::error::RequestError;
use crate::inspect::Observed;
use crate::item::Item;
use crate::kind::RequestKind;
use crate::look::Look;
use crate::pagination::{Paging, Walked, walk};
use crate::request::Request;

pub(crate) use links::CloudLinks;

/// Every status a page list can be asked for.
const PAGE_STATUSES: &[&str] = &["current", "archived", "trashed", "deleted"];
/// Every status a blog post list can be asked for.
const BLOG_POST_STATUSES: &[&str] = &["current", "trashed", "deleted"];
/// Every status the attachment list can be asked for; trash only comes when asked for.
const ATTACHMENT_STATUSES: &[&str] = &["current", "archived", "trashed"];

/// The endpoints of Confluence Cloud, one method each; [`Api`](crate::Api) says what they tell.
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

    pub(crate) async fn observe(&self, look: &Look<'_>) -> Result<Observed, RequestError> {
        self.client.observe(&look::request(look)).await
    }

    pub(crate) async fn observe_as_visitor(&self, look: &Look<'_>) -> Result<Observed, RequestError> {
        self.client.observe_as_visitor(&look::request(look)).await
    }

    pub(crate) async fn measure_download(&self, container: &str, id: &str, version: u32) -> Result<u64, RequestError> {
        let request = download(RequestKind::DownloadOfOneByte, container, id);
        self.client.measure_download(&request.with("version", version.to_string())).await
    }

    pub(crate) async fn fingerprint(&self, container: &str, id: &str) -> Result<Fingerprint, RequestError> {
        self.client.fingerprint(&download(RequestKind::DownloadOfAFile, container, id)).await
    }

    async fn list<T: Item>(&self, request: &Request, take: impl FnMut(T)) -> Walked {
        // on the heap: many walks go on beside each other in one future
        Box::pin(walk(&self.client, request, Paging::Cursor, to_its_end(take))).await
    }

    /// A search for contents with these expansions.
    async fn search<T: Item>(
        &self,
        kind: RequestKind,
        searched: SearchedSpaces,
        cql: &str,
        expand: &[&str],
        mut take: impl FnMut(T),
    ) -> Walked {
        let expanded = |request: Request, expand: String| {
            if expand.is_empty() { request } else { request.with("expand", expand) }
        };
        match searched {
            SearchedSpaces::Current => {
                let request = Request::v1(kind, &["content", "search"]).with("cql", cql);
                self.list(&expanded(request, expand.join(",")), take).await
            }
            SearchedSpaces::Archived => {
                let inside: Vec<String> = expand.iter().map(|part| format!("content.{part}")).collect();
                let request = Request::v1(kind, &["search"])
                    .with("cql", cql)
                    .with("includeArchivedSpaces", "true")
                    .with("excerpt", "none");
                self.list(&expanded(request, inside.join(",")), |found: Found<T>| take(found.content)).await
            }
        }
    }

    async fn list_by_start<T: Item>(&self, request: &Request, take: impl FnMut(T)) -> Walked {
        walk(&self.client, request, Paging::Start, to_its_end(take)).await
    }
}

/// A hit of the general search: the content, wrapped.
#[derive(Deserialize)]
#[serde(bound = "T: Item")]
struct Found<T> {
    content: T,
}

impl<T: Item> Item for Found<T> {
    fn id(&self) -> &str {
        self.content.id()
    }

    fn version(&self) -> u32 {
        self.content.version()
    }
}

/// Takes every item and never ends the walk.
fn to_its_end<T>(mut take: impl FnMut(T)) -> impl FnMut(T) -> ControlFlow<()> {
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

/// The word for a kind of content in paths.
fn collection(which: Single) -> &'static str {
    match which {
        Single::Page => "pages",
        Single::BlogPost => "blogposts",
        Single::FooterComment => comments(CommentKind::Footer),
        Single::InlineComment => comments(CommentKind::Inline),
        Single::CustomContent => "custom-content",
    }
}

/// The word for a kind of comments in paths.
fn comments(which: CommentKind) -> &'static str {
    match which {
        CommentKind::Footer => "footer-comments",
        CommentKind::Inline => "inline-comments",
    }
}

/// Every status that pages or blog posts can have.
fn statuses_of(which: Single) -> &'static [&'static str] {
    if which == Single::BlogPost { BLOG_POST_STATUSES } else { PAGE_STATUSES }
}
