//! Tests of the client against a raw TCP server, one per failure mode.
//!
//! The clock is paused, so waits that the server asks for take no time. Timeouts of the HTTP library are off: a clock
//! that jumps would trigger them.

mod access_tokens;
mod authentication;
mod connecting;
mod data_center;
mod failures;
mod kinds;
mod measured_downloads;
mod paging;
mod quotas;
mod server;

use std::time::Duration;

use serde_json::Value;

use super::request::Request;
use super::{Client, ConnectionSettings, Credentials, RequestError, RequestKind, Timeouts};
use server::Site;

/// A token that may appear in one header only.
const TOKEN: &str = "ATATT-very-secret-0123456789";

fn client_with(site: &Site, change: impl FnOnce(&mut ConnectionSettings)) -> Client {
    let mut settings = ConnectionSettings::new(site.base_url(), Credentials::basic("me@example.com", TOKEN.into()));
    settings.timeouts = Timeouts::NONE;
    settings.jitter_seed = Some(42);
    change(&mut settings);
    Client::new(&settings).unwrap()
}

fn client(site: &Site) -> Client {
    client_with(site, |_| {})
}

async fn get(client: &Client) -> Result<Value, RequestError> {
    client
        .get::<Value>(&Request::v2(RequestKind::Pages, &["pages"]).with("cursor", "hidden"))
        .await
        .map(|response| response.value)
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}
