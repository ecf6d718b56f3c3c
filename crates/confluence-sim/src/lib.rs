//! A sample site, and the loopback Confluence Cloud that serves it over real HTTP.
//!
//! The `demo` command, the tests and the benches all use the same server with different [`Site`] values and
//! [`FaultPlan`]s. It follows the observed behaviour of Confluence Cloud, not the expectations
//! of this program's client: the two share no code and no types, so an error in one shows against the other.

mod behaviour;
mod builder;
#[cfg(feature = "faults")]
pub mod changes;
#[cfg(feature = "faults")]
pub mod faults;
pub mod readers;
#[cfg(test)]
pub(crate) mod reference_cases;
#[cfg(feature = "faults")]
mod references;
pub mod sample;
pub mod server;
pub mod site;
#[cfg(feature = "faults")]
mod totals;
#[cfg(feature = "faults")]
mod truth;
mod weeks;
pub mod workflow;

#[cfg(feature = "faults")]
pub use changes::{Change, Edit, Moment};
#[cfg(feature = "faults")]
pub use faults::{Fault, FaultPlan, Occurrence, RoutePattern};
pub use sample::{Expected, ExpectedUsage, SAMPLE_BASE, Sample, sample, sample_site};
pub use server::{DemoServer, RequestLogEntry};
pub use site::Site;
#[cfg(feature = "faults")]
pub use totals::{SiteTotals, SpaceFigures};
#[cfg(feature = "faults")]
pub use truth::files_in_use;
pub use weeks::weeks_ago;

/// The example of the README, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
