//! A sample site, and the loopback Confluence Cloud that serves it over real HTTP.
//!
//! The `demo` command, the tests and the benches all use the same server with different [`Site`] values and
//! [`FaultPlan`]s. It follows the observed behaviour of Confluence Cloud (`confluence-api.md`), not the expectations
//! of this program's client: the two share no code and no types, so an error in one shows against the other.

mod builder;
pub mod faults;
pub mod readers;
#[cfg(test)]
pub(crate) mod reference_cases;
pub mod sample;
pub mod server;
pub mod site;
mod totals;
mod weeks;
pub mod workflow;

pub use faults::{Fault, FaultPlan, Occurrence, RoutePattern};
pub use sample::{Expected, ExpectedUsage, SAMPLE_BASE, Sample, sample, sample_site};
pub use server::{DemoServer, RequestLogEntry};
pub use site::Site;
pub use totals::{SiteTotals, SpaceFigures};
pub use weeks::weeks_ago;
