//! Tests of samples: nothing of the site is in them, and the client reads what a site of the same shapes sends.

use std::collections::BTreeSet;

use confluence_client::Api;
use confluence_client::api::{Bodies, CommentKind, ListOrder, SpaceList};
use confluence_sim::workflow::WorkflowApp;
use confluence_sim::{DemoServer, Fault, FaultPlan, Occurrence, RoutePattern, ServedAs, Site};

use super::*;
use crate::doctor::tests::deployments::{serve_as, settings_as};
use crate::doctor::{ProbedSite, examine, probe, sample};
use crate::progress::Progress;

/// Every kind of site.
fn deployments() -> [ServedAs; 3] {
    [ServedAs::Cloud, ServedAs::Gateway, ServedAs::data_center("/confluence")]
}

async fn connect(server: &DemoServer) -> Api {
    Api::connect(settings_as(server, &server.token())).await.unwrap()
}

async fn sample_of(api: &Api) -> Sample {
    let site = ProbedSite::recorded(api);
    examine(&site).await;
    let answers = probe(&site, &Progress::silent()).await;
    sample(site, &answers).unwrap()
}

/// Returns every text and number of a site that could identify it or someone on it.
fn data_of(site: &Site) -> BTreeSet<String> {
    let mut data = BTreeSet::new();
    for space in &site.spaces {
        data.extend([&space.id, &space.key, &space.name].map(String::clone));
    }
    for content in &site.contents {
        data.extend([&content.id, &content.title].map(String::clone));
    }
    for file in &site.attachments {
        data.insert(file.id.clone());
        for version in &file.versions {
            data.insert(version.title.clone());
            // ranges begin with powers of two
            if !version.size.is_power_of_two() {
                data.insert(version.size.to_string());
            }
        }
    }
    for person in site.people.iter().chain([&site.account]) {
        data.extend([&person.account_id, &person.name].map(String::clone));
    }
    data.extend([&site.token, &site.email].map(String::clone));
    let accepted = &site.credentials;
    data.extend(accepted.scoped_token.iter().map(|token| token.token.clone()));
    data.extend(accepted.password.iter().map(|login| login.password.clone()));
    data.retain(|text| text.len() > 3 && !vocabulary::is_api_word(text));
    data
}

#[tokio::test]
async fn a_sample_has_nothing_of_the_site() {
    for served_as in deployments() {
        let server = serve_as(served_as.clone(), FaultPlan::none()).await;
        server.change_site(|site| site.workflow.app = WorkflowApp::ComalaDataCenter);
        let sample = sample_of(&connect(&server).await).await;
        assert!(sample.endpoints.len() > 20, "{}", sample.endpoints.len());
        let text = sample.to_json().unwrap();
        // people are asked to read it
        let (lines, kib) = (text.lines().count(), text.len() / 1024);
        assert!(lines < 2_000 && kib < 60, "{served_as:?}: {lines} lines, {kib} KiB");
        let mut data = server.site(data_of);
        assert!(data.len() > 100, "{}", data.len());
        let addresses = [server.base_url(), &server.site_url(), server.gateway_origin(), server.cloud_id()];
        data.extend(addresses.map(str::to_owned));
        for value in data {
            assert!(!text.contains(&value), "{served_as:?}: {value} is in the sample");
        }
        for host in ["127.0.0.1", "http", "localhost"] {
            assert!(!text.contains(host), "{host} is in the sample");
        }
        assert_eq!(serde_json::from_str::<Sample>(&text).unwrap(), sample);
    }
}

#[tokio::test]
async fn the_client_reads_documents_of_the_shapes_of_a_sample() {
    for served_as in deployments() {
        let server = serve_as(served_as.clone(), FaultPlan::none()).await;
        let sample = sample_of(&connect(&server).await).await;
        let prefix = match &served_as {
            ServedAs::DataCenter { .. } => "/confluence",
            ServedAs::Cloud | ServedAs::Gateway => "/wiki",
        };
        server.set_faults(replaying(&sample, prefix));
        replay_in_client(&connect(&server).await).await;
    }
}

/// Reads all lists that a sample has, and expects items in each.
async fn replay_in_client(api: &Api) {
    let is_cloud = api.deployment().is_cloud();
    assert!(api.current_user().await.is_ok());
    let order = ListOrder::Forward;
    let mut spaces = Vec::new();
    let outcome = api.spaces(SpaceList::Current, order, |space| spaces.push(space.id.0)).await;
    assert!(outcome.end.is_ok() && !spaces.is_empty(), "{:?}", outcome.end);
    let spaces: Vec<&str> = spaces.iter().map(String::as_str).collect();
    macro_rules! read {
        ($method:ident($($argument:expr),*)) => {{
            let mut items = 0;
            let outcome = api.$method($($argument,)* |_| items += 1).await;
            assert!(outcome.end.is_ok(), "{}: {:?}", stringify!($method), outcome.end);
            assert!(items > 0, "{} has no item", stringify!($method));
        }};
    }
    read!(pages(&spaces, Bodies::Included, order));
    read!(blog_posts(&spaces, Bodies::Included, order));
    read!(attachments(order));
    read!(comments(CommentKind::Footer, Bodies::Included, order));
    read!(templates(None, None));
    if is_cloud {
        read!(labels(order));
        read!(header_images());
    } else {
        assert!(api.server_information().await.is_ok());
        assert!(api.instance_metrics().await.unwrap().is_some());
    }
}

/// Returns faults that answer every request of a sample with a document of its shape. Lists of several types of content
/// have one path, and a site that shows another type than it was asked for would not be one of the sample.
fn replaying(sample: &Sample, context: &str) -> FaultPlan {
    let mut shapes: BTreeMap<(String, Option<String>), Shape> = BTreeMap::new();
    for endpoint in sample.endpoints.iter().filter(|endpoint| !endpoint.as_visitor) {
        let content_type = endpoint.parameters.iter().find(|(name, _)| name == "type").map(|(_, value)| value.clone());
        for response in endpoint.responses.iter().filter(|response| response.status == 200) {
            let Some(body) = response.body.clone() else { continue };
            let request = (format!("{context}{}", endpoint.path), content_type.clone());
            let merged = match shapes.remove(&request) {
                Some(other) => other.merge(body),
                None => body,
            };
            shapes.insert(request, merged);
        }
    }
    // a star also matches slashes, and the first rule decides: exact and longer paths come first
    let mut shapes: Vec<((String, Option<String>), Shape)> = shapes.into_iter().collect();
    shapes.sort_by_key(|((path, content_type), _)| {
        (path.contains('{'), std::cmp::Reverse(path.len()), content_type.is_none())
    });
    shapes.into_iter().fold(FaultPlan::none(), |faults, ((path, content_type), shape)| {
        let pattern: Vec<&str> =
            path.split('/').map(|segment| if segment.starts_with('{') { "*" } else { segment }).collect();
        let answer = Fault::Answer {
            status: 200,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: replay::document(&shape).to_string(),
        };
        let route = RoutePattern::path(&pattern.join("/")).unwrap();
        let route = match content_type {
            Some(content_type) => route.with_query("type", &content_type),
            None => route,
        };
        faults.on(route, Occurrence::From(1), answer)
    })
}

/// What a hostile site puts wherever a server can put a text.
const SECRET: &str = "ZZHOSTILE";

/// Returns a list, each item of which has the secret at every place that a probe reads.
fn hostile_document() -> String {
    let text =
        format!("{SECRET} jane.doe@{SECRET}.example https://{SECRET}.example/display/{SECRET}?{SECRET}={SECRET}");
    let item = serde_json::json!({
        "id": SECRET, "key": SECRET, "name": text, "title": text, "status": SECRET, "type": SECRET, "edition": SECRET,
        "version": {"number": 3, "message": text, SECRET: SECRET}, "pageId": SECRET, "accountId": SECRET,
        "userKey": SECRET, "email": format!("{SECRET}@example.com"), "limit": 987_654_321, "extensions": {"location": SECRET},
        "body": {"storage": {"value": format!("<ac:parameter ac:name=\"{SECRET}\">{SECRET}</ac:parameter>")}},
        "metadata": {"properties": {SECRET: {"key": SECRET, "value": {"status": SECRET, SECRET: SECRET}}}},
        "children": {"attachment": {"results": [{"id": SECRET, "title": text, "version": {"number": 2}}], "limit": 1}},
        "_links": {"webui": format!("/display/{SECRET}?{SECRET}=1"), "next": format!("/{SECRET}?cursor={SECRET}")},
    });
    let approval = serde_json::json!({"key": format!("approval-{SECRET}"), "id": SECRET, "status": SECRET});
    let next = format!("/rest/api/content?cursor={SECRET}&{SECRET}={SECRET}");
    serde_json::json!({
        "results": [item, approval], "limit": 987_654_321, "size": 2, "_links": {"next": next, "base": text},
        "type": SECRET, "status": SECRET, "edition": SECRET, "version": SECRET, "message": text, "errors": [{"title": text}],
        SECRET: {SECRET: SECRET},
    })
    .to_string()
}

#[tokio::test]
async fn nothing_that_a_hostile_site_says_is_in_a_sample() {
    let headers = [
        "content-type",
        "deprecation",
        "sunset",
        "retry-after",
        "ratelimit-reason",
        "x-failure-category",
        "x-seraph-loginreason",
        "x-ratelimit-limit",
        "x-ratelimit-fillrate",
    ];
    for served_as in deployments() {
        for status in [200, 403] {
            let server = serve_as(served_as.clone(), FaultPlan::none()).await;
            let api = connect(&server).await;
            let value = |name: &str| if name == "content-type" { "application/json" } else { SECRET };
            let answer = Fault::Answer {
                status,
                headers: headers.iter().map(|name| ((*name).to_owned(), value(name).to_owned())).collect(),
                body: hostile_document(),
            };
            server.set_faults(FaultPlan::none().on(RoutePattern::path("*").unwrap(), Occurrence::From(1), answer));
            let sample = sample_of(&api).await;
            assert!(sample.endpoints.len() > 10, "{}", sample.endpoints.len());
            let text = sample.to_json().unwrap();
            let leak = text.to_ascii_uppercase().find(SECRET).map(|at| &text[at.saturating_sub(200)..at + 20]);
            assert_eq!(leak, None, "{served_as:?}, status {status}");
            for value in ["987654321", "example", "jane", "@", "http"] {
                assert!(!text.contains(value), "{served_as:?}: {value}");
            }
        }
    }
}
