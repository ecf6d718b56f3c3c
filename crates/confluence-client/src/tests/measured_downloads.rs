//! Downloads of one byte, which measure a file.

use super::server::{Reply, Site};
use super::*;
use crate::cloud::Cloud;

async fn measured(file: &Site) -> (Result<u64, RequestError>, Site) {
    let target = format!("location: {}/file/1?token=signed\r\n", file.base_url());
    let site = Site::new(move |_| Reply::with(302, &target, "")).await;
    let bytes = Cloud::new(client(&site)).measure_download("77", "att5", 2).await;
    (bytes, site)
}

#[tokio::test(start_paused = true)]
async fn one_redirect_is_followed_without_credentials() {
    let file = Site::new(|_| Reply::with(206, "content-range: bytes 0-0/12345\r\n", "x")).await;
    let (bytes, site) = measured(&file).await;
    assert_eq!(bytes.unwrap(), 12345);
    let asked = &site.seen()[0];
    assert_eq!(asked.path(), "/wiki/rest/api/content/77/child/attachment/att5/download");
    assert_eq!(asked.query("version"), ["2"]);
    assert!(asked.header("authorization").is_some());
    let fetched = &file.seen()[0];
    assert_eq!(fetched.header("authorization"), None);
    assert_eq!(fetched.header("range").as_deref(), Some("bytes=0-0"));
}

#[tokio::test(start_paused = true)]
async fn a_file_server_that_ignores_ranges_reports_the_length() {
    let file = Site::new(|_| Reply::with(200, "", "0123456789")).await;
    assert_eq!(measured(&file).await.0.unwrap(), 10);
    let empty = Site::new(|_| Reply::with(416, "content-range: bytes */0\r\n", "")).await;
    assert_eq!(measured(&empty).await.0.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_second_redirect_and_an_insecure_target_are_refused() {
    let further = Site::new(|_| Reply::with(302, "location: https://elsewhere.example/\r\n", "")).await;
    assert!(matches!(measured(&further).await.0, Err(RequestError::Shape { .. })));
    let site = Site::new(|_| Reply::with(302, "location: http://files.example/1\r\n", "")).await;
    let error = Cloud::new(client(&site)).measure_download("77", "att5", 2).await.unwrap_err();
    assert!(matches!(error, RequestError::Shape { .. }), "{error}");
    let none = Site::new(|_| Reply::json("{}")).await;
    assert!(Cloud::new(client(&none)).measure_download("77", "att5", 2).await.is_err());
}
