//! Points by which Atlassian's gateway limits requests.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::plan::write_time;
use crate::support::formatting::plural;

/// Points that requests take: one for each request, and one for each object in its response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaPoints {
    pub points: u64,
    /// Time that they take at the usual quota, in seconds.
    pub seconds: u64,
}

impl QuotaPoints {
    /// Points that all apps of the first tier may use in an hour, on all sites together.
    pub const PER_HOUR: u64 = 65_000;

    pub(super) fn of(requests: u64, objects: u64) -> Self {
        let points = requests.saturating_add(objects);
        Self { points, seconds: points.saturating_mul(3600).div_ceil(Self::PER_HOUR) }
    }
}

impl fmt::Display for QuotaPoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (points, quota) = (plural(self.points, "point", "points"), plural(Self::PER_HOUR, "point", "points"));
        write!(f, "about {points} of the gateway's quota: ")?;
        write_time(f, self.seconds)?;
        write!(f, " if it allows {quota} per hour")
    }
}
