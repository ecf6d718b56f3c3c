//! What a Data Center site says about itself: how many pages it has by its own count, and which spaces have a retention
//! policy. No verdict depends on either.

use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::ledger::WorkUnit;
use confluence_client::RequestError;
use serde_json::Value;

/// What a site says about itself.
#[derive(Debug, Default)]
pub(super) struct SiteFacts {
    /// Number of current pages, whoever may see them.
    pub(super) pages: Option<u64>,
    /// Keys of the spaces with a retention policy, sorted.
    pub(super) retention_spaces: Vec<String>,
}

/// Reads what the site says about itself; Cloud says neither.
pub(super) async fn read(crawl: &Crawl<'_>) -> SiteFacts {
    let mut facts = SiteFacts::default();
    if crawl.api.deployment().is_cloud() {
        return facts;
    }
    let unit = crawl.ledger.enter(UnitKind::SiteFacts, "the site's own number of pages");
    match crawl.api.instance_metrics().await {
        Ok(metrics) => {
            unit.ok();
            facts.pages = metrics.map(|metrics| metrics.pages);
        }
        Err(error) => leave_out(crawl, unit, "how many pages the site has by its own count", &error),
    }
    let unit = crawl.ledger.enter(UnitKind::SiteFacts, "spaces with a retention policy");
    let listing = crawl.api.retention_policies(|space| {
        // a version that does not know the filter returns all spaces
        if space.policy.as_ref().is_some_and(is_policy) {
            facts.retention_spaces.push(space.key);
        }
    });
    match listing.await.end {
        Ok(()) => unit.ok(),
        Err(error) => leave_out(crawl, unit, "which spaces have a retention policy", &error),
    }
    facts.retention_spaces.sort();
    facts.retention_spaces.dedup();
    facts
}

fn is_policy(policy: &Value) -> bool {
    policy.as_object().is_some_and(|rules| !rules.is_empty())
}

fn leave_out(crawl: &Crawl<'_>, unit: WorkUnit<'_>, what: &str, error: &RequestError) {
    if error.stops_run() {
        unit.refused(error);
        return;
    }
    if !error.is_refusal() {
        crawl.ledger.warn(format!("it is not known {what}: {error}"));
    }
    unit.skipped("no verdict depends on it");
}
