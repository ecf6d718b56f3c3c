//! What a run would take: a rough estimate from the totals of the search, without reading a list to its end.

use super::{CheckResult, CheckState, ProbedSite};
use crate::support::formatting::count;
use confluence_client::{Deployment, ProbeRequest, ProbeTarget};

/// Requests per second that are usual.
const REQUESTS_PER_SECOND: u64 = 10;
/// Points per hour that the gateway grants at least.
const POINTS_PER_HOUR: u64 = 65_000;

/// How much a site has, as far as known.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SiteTotals {
    pub(super) spaces: u64,
    pub(super) pages: u64,
    pub(super) posts: u64,
    pub(super) comments: u64,
    pub(super) files: u64,
    /// Old versions of files.
    pub(super) old_versions: u64,
}

/// What a run takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RunCost {
    pub(super) requests: u64,
    /// Of these, for old versions.
    pub(super) old_versions: u64,
    /// Points of the gateway's quota: one per request, and one per object in its response.
    pub(super) points: u64,
}

impl SiteTotals {
    /// Asks the search for totals; `None` if it returns none.
    pub(super) async fn ask(site: &ProbedSite<'_>, spaces: u64, versions_per_file: f64) -> Option<Self> {
        let mut counts = [0; 4];
        for (count, content_type) in counts.iter_mut().zip(["page", "blogpost", "comment", "attachment"]) {
            let observed = site.observe(&ProbeRequest::to(ProbeTarget::Total(content_type)).limit(1)).await.ok()?;
            *count = observed.json.as_ref()?.get("totalSize")?.as_u64()?;
        }
        let [pages, posts, comments, files] = counts;
        let old_versions = std::time::Duration::from_secs(files).mul_f64((versions_per_file - 1.0).max(0.0)).as_secs();
        Some(Self { spaces, pages, posts, comments, files, old_versions })
    }

    /// Estimates an audit: all lists twice (pages and posts on Cloud three times), and one request per old version.
    pub(super) fn cost(&self, deployment: Deployment) -> RunCost {
        let Self { spaces, pages, posts, comments, files, old_versions } = *self;
        let contents = pages + posts;
        let (requests, objects) = if deployment.is_cloud() {
            let lists = 3 * (pages.div_ceil(250) + posts.div_ceil(250)) + 2 * files.div_ceil(250);
            // replies are read comment by comment
            let replies = 2 * (comments.div_ceil(250) + comments);
            let searches = contents.div_ceil(200) + (comments + files).div_ceil(1000);
            (lists + replies + searches + 4 * spaces, 4 * contents + 3 * files + 3 * comments)
        } else {
            // bodies come in pages of 50, everything else in pages of 200; every list begins again in each space
            let bodies = contents.div_ceil(50) + comments.div_ceil(50);
            let plain = contents.div_ceil(200) * 3 + comments.div_ceil(200) + contents.div_ceil(1000);
            (bodies + plain + 12 * spaces, 0)
        };
        RunCost { requests: requests + old_versions, old_versions, points: requests + objects + 2 * old_versions }
    }

    /// Returns the result with the totals and what a run takes.
    pub(super) fn finding(&self, deployment: Deployment) -> CheckResult {
        let cost = self.cost(deployment);
        let seconds = cost.requests.div_ceil(REQUESTS_PER_SECOND);
        let points = if deployment == Deployment::Gateway {
            let hours = cost.points.div_ceil(POINTS_PER_HOUR);
            let words = if hours > 1 { format!("at least {hours} hours") } else { "less than an hour".to_owned() };
            format!(
                ". If the token is under the points quota: about {} points, {words} at {} points per hour",
                count(cost.points),
                count(POINTS_PER_HOUR)
            )
        } else {
            String::new()
        };
        let found = format!(
            "an audit of about {} pages, {} posts, {} comments and {} files takes about {} requests ({} of them for old \
             versions, in the first run only) and {} at {REQUESTS_PER_SECOND} requests/s{points}",
            count(self.pages),
            count(self.posts),
            count(self.comments),
            count(self.files),
            count(cost.requests),
            count(cost.old_versions),
            duration(seconds),
        );
        let finding = CheckResult::new("a run would take", CheckState::Note, found);
        finding.remedy("`--dry-run` reads the lists and shows the exact plan")
    }
}

/// Returns a duration in minutes or hours.
fn duration(seconds: u64) -> String {
    match seconds.div_ceil(60) {
        0 | 1 => "a minute".to_owned(),
        minutes if minutes < 120 => format!("{minutes} minutes"),
        minutes => format!("{} hours", minutes.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_and_hours_follow_from_the_objects_in_all_lists() {
        let large = SiteTotals { spaces: 100, pages: 100_000, files: 300_000, ..SiteTotals::default() };
        let cost = large.cost(Deployment::Gateway);
        assert_eq!(cost.requests, 3 * 400 + 2 * 1200 + 500 + 300 + 400);
        assert_eq!(cost.points, cost.requests + 4 * 100_000 + 3 * 300_000);
        let found = large.finding(Deployment::Gateway).found;
        assert!(found.contains("at least 21 hours at 65,000 points per hour"), "{found}");
        let found = large.finding(Deployment::DataCenter).found;
        assert!(!found.contains("points"), "{found}");
    }

    #[test]
    fn old_versions_take_one_request_each() {
        let site = SiteTotals { files: 10, old_versions: 30, ..SiteTotals::default() };
        for deployment in Deployment::ALL {
            assert!(site.cost(deployment).requests >= 30);
            assert_eq!(site.cost(deployment).old_versions, 30);
        }
    }
}
