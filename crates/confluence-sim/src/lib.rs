#![doc = include_str!("../README.md")]

mod builder;
#[cfg(feature = "faults")]
pub mod changes;
mod cloud_features;
pub mod credentials;
#[cfg(feature = "faults")]
pub mod faults;
#[cfg(feature = "faults")]
mod file_references;
#[cfg(feature = "faults")]
mod files_in_use;
mod past_weeks;
pub mod readership;
#[cfg(test)]
pub(crate) mod reference_cases;
pub mod sample;
pub mod server;
pub mod site;
mod site_behaviour;
#[cfg(feature = "faults")]
mod totals;
pub mod workflow;

#[cfg(feature = "faults")]
pub use changes::{AppliedChange, Change, TextEdit};
#[cfg(feature = "faults")]
pub use faults::{Fault, FaultPlan, Occurrence, RoutePattern};
#[cfg(feature = "faults")]
pub use files_in_use::files_in_use;
pub use past_weeks::weeks_ago;
pub use sample::{KnownUsage, SAMPLE_BASE, Sample, SampleUsage, sample, sample_site};
pub use server::{CredentialForm, DemoServer, Listener, RequestLogEntry, ServedAs};
pub use site::Site;
#[cfg(feature = "faults")]
pub use totals::{SiteTotals, SpaceFigures};
