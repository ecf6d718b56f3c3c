#![doc = include_str!("../README.md")]

mod adaptive_rate;
mod address;
pub mod api;
mod attempt_error;
mod by_id;
mod client;
mod cloud;
pub mod cql;
mod credentials;
mod download;
pub mod error;
mod fetch;
mod identity;
mod links;
mod list_item;
pub mod model;
mod observe;
mod pagination;
mod parameters;
pub mod probe_request;
mod rate_limit_headers;
mod rate_limiter;
mod refusal;
mod request;
pub mod request_kind;
mod response;
mod retry;
mod settings;
mod stop;
mod transport;
mod transport_error;
pub mod workflow_model;

pub use address::{BaseUrlError, SiteAddress};
pub use api::Api;
pub use client::Client;
pub use credentials::Credentials;
pub use download::Fingerprint;
pub use error::RequestError;
pub use links::SiteLinks;
pub use observe::ObservedResponse;
pub use pagination::ListOutcome;
pub use probe_request::{ProbeRequest, ProbeTarget};
pub use refusal::{NonApiResponder, Refusal};
pub use request_kind::{RequestCounts, RequestKind};
pub use response::ApiResponse;
pub use settings::{ClientError, ConnectionSettings, Timeouts};

#[cfg(test)]
mod tests;
