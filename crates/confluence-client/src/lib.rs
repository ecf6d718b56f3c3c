//! Everything that speaks to Confluence; nothing else in the program knows HTTP.
//!
//! [`Api`] has one method per endpoint. They all go through [`Client`], which can only read (GET, and POST to
//! `users-bulk` alone), from one origin, and which alone decides about waiting, retrying and giving up.

pub mod api;
pub mod client;
pub mod cql;
pub mod deployment;
pub mod download;
pub mod error;
mod fault;
mod fetch;
mod identity;
mod inspect;
pub mod kind;
pub mod model;
mod pace;
pub mod pages;
pub mod pagination;
mod rate;
mod retry;
mod signs;
mod workflow;
pub mod workflow_model;

pub use api::Api;
pub use client::{Client, ConnectionSettings, Timeouts};
pub use deployment::{BaseUrlError, Deployment, Request};
pub use download::Fingerprint;
pub use error::RequestError;
pub use inspect::Observed;
pub use kind::{RequestCounts, RequestKind};
pub use pagination::{BadItem, Walked};

#[cfg(test)]
mod tests;
