//! Data Center.

mod contents;
mod files;
mod instance;
mod lists;
mod same_site;

use reqwest::StatusCode;

use super::{Harness, ServedAs};
use crate::Site;

/// Serves a site as Data Center below `/confluence`.
async fn start(site: Site) -> Harness {
    Harness::start_as(ServedAs::data_center("/confluence"), site).await
}

async fn status(harness: &Harness, path: &str) -> StatusCode {
    harness.get(path).await.status()
}
