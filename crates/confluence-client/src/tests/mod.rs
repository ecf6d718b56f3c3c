//! The client against a raw TCP server, row by row of the fault matrix.
//!
//! Time is paused: waits the server asks for take none. Limits of the HTTP library are off, since a clock that jumps
//! would make them strike.

mod authentication;
mod kinds;
mod paging;
mod proof;
mod server;
mod trouble;

use std::time::Duration;

use serde_json::Value;

use super::request::Request;
use super::{Client, ConnectionSettings, Credentials, RequestError, RequestKind, Timeouts};
use server::Site;

/// A token nobody may find anywhere but in one header.
const TOKEN: &str = "ATATT-very-secret-0123456789";

fn client_with(site: &Site, change: impl FnOnce(&mut ConnectionSettings)) -> Client {
    let mut settings = ConnectionSettings::new(site.base_url(), Credentials::basic("me@example.com", TOKEN.into()));
    settings.timeouts = Timeouts::NONE;
    settings.jitter_seed = Some(42);
    change(&mut settings);
    Client::new(settings).unwrap()
}

fn client(site: &Site) -> Client {
    client_with(site, |_| {})
}

async fn get(client: &Client) -> Result<Value, RequestError> {
    client
        .get::<Value>(&Request::v2(RequestKind::Pages, &["pages"]).with("cursor", "hidden"))
        .await
        .map(|answer| answer.value)
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}
