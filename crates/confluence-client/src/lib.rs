#![doc = include_str!("../README.md")]

mod address;
mod answer;
pub mod api;
mod attempt;
mod by_id;
mod choices;
mod client;
mod cloud;
pub mod cql;
mod credentials;
mod download;
pub mod error;
mod fault;
mod fetch;
mod identity;
mod inspect;
mod item;
pub mod kind;
mod links;
pub mod look;
pub mod model;
mod pace;
mod pagination;
mod rate;
mod refusal;
mod request;
mod retry;
mod settings;
mod signs;
mod stop;
mod transport;
pub mod workflow_model;

pub use address::{BaseUrlError, SiteAddress};
pub use answer::Answer;
pub use api::Api;
pub use client::Client;
pub use credentials::Credentials;
pub use download::Fingerprint;
pub use error::RequestError;
pub use inspect::Observed;
pub use kind::{RequestCounts, RequestKind};
pub use links::SiteLinks;
pub use look::{Look, Place};
pub use pagination::Walked;
pub use refusal::{Refusal, Stranger};
pub use settings::{ClientError, ConnectionSettings, Timeouts};

#[cfg(test)]
mod tests;
