//! Tests of the server over real TCP with a plain HTTP client.

mod access_tokens;
mod admin_key;
mod auth;
mod credentials;
mod data_center;
mod data_center_auth;
mod faults;
mod files;
mod gateway;
mod paging;
mod quota;
mod readership;
mod sample_over_http;
mod v1;
mod workflow;

use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::Value;

use super::{DemoServer, ServedAs};
use crate::{FaultPlan, Site};

/// A server, and a client with its credential.
pub(super) struct Harness {
    pub(super) server: DemoServer,
    pub(super) client: Client,
}

impl Harness {
    pub(super) async fn start(site: Site) -> Self {
        Self::start_with(site, FaultPlan::none()).await
    }

    pub(super) async fn start_with(site: Site, faults: FaultPlan) -> Self {
        Self::start_as_with(ServedAs::Cloud, site, faults).await
    }

    pub(super) async fn start_as(served_as: ServedAs, site: Site) -> Self {
        Self::start_as_with(served_as, site, FaultPlan::none()).await
    }

    pub(super) async fn start_as_with(served_as: ServedAs, site: Site, faults: FaultPlan) -> Self {
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        Self { server: DemoServer::start_as_with(served_as, site, faults).await.unwrap(), client }
    }

    /// Sends a GET for a path below the base URL.
    pub(super) async fn get(&self, path: &str) -> Response {
        self.try_get(path).await.unwrap()
    }

    pub(super) async fn try_get(&self, path: &str) -> reqwest::Result<Response> {
        let request = self.client.get(format!("{}{path}", self.server.base_url()));
        request.basic_auth(self.server.user(), Some(self.server.token())).send().await
    }

    pub(super) async fn json(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.unwrap()
    }

    /// Returns all items of a v2 list, following `_links.next`, and the number of requests it took.
    pub(super) async fn all(&self, path: &str) -> (Vec<Value>, usize) {
        let (mut items, mut requests, mut next) = (Vec::new(), 0, Some(path.to_owned()));
        while let Some(path) = next {
            let mut page = self.json(&path).await;
            items.append(page["results"].as_array_mut().unwrap());
            requests += 1;
            assert!(requests < 1000, "the list has no end");
            let link = page["_links"]["next"].as_str();
            next = link.map(|link| link.strip_prefix("/wiki").unwrap_or(link).to_owned());
        }
        (items, requests)
    }
}

/// Adds a form as the body of a request.
pub(super) fn with_form(request: RequestBuilder, fields: &[(&str, &str)]) -> RequestBuilder {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    request.header("content-type", "application/x-www-form-urlencoded").body(body)
}

/// Lets the clock of the runtime advance, and then run on.
pub(super) async fn advance(seconds: u64) {
    tokio::time::pause();
    tokio::time::advance(std::time::Duration::from_secs(seconds)).await;
    tokio::time::resume();
}

pub(super) fn ids(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["id"].as_str().unwrap()).collect()
}

/// A space with `pages` pages and one file on each.
pub(super) fn site_of(pages: usize) -> Site {
    let mut site = Site::new().space("ENG", "Engineering");
    for number in 0..pages {
        let id = (1000 + number).to_string();
        site = site.page(&id, &format!("Page {number}"), "<p>text</p>").attachment(
            &format!("att{}", 5000 + number),
            &format!("file {number}.png"),
            100 + number as u64,
        );
    }
    site
}
