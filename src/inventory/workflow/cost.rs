//! Estimates the requests for reading workflows, before any is sent.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::options::WorkflowOptions;
use super::rows::WorkflowRows;
use super::state::WorkflowPage;
use super::{cloud_search, data_center, property_discovery};
use crate::support::formatting::plural;
use confluence_client::{Api, RequestCounts, RequestKind};

/// Number of content states that a space suggests by default (five default colours, four states).
const SUGGESTED_STATES: u64 = 4;

/// Returns the requests by kind for reading the workflows of these pages, besides those page by page. On Cloud, these
/// are the requests of a site with Comala; without the app, the searches and the discovery are not sent. Lists of more
/// than a thousand pages take one more request per further thousand.
pub fn expected_requests(api: &Api, pages: &[WorkflowPage<'_>], options: &WorkflowOptions) -> RequestCounts {
    let mut requests = RequestCounts::default();
    if pages.is_empty() {
        return requests;
    }
    let groups = WorkflowRows::new(pages).groups();
    let spaces = pages.iter().map(|page| page.space_key).collect::<BTreeSet<_>>().len() as u64;
    let searches = cloud_search::searches(options.searched_states().len(), options.reviewers.len());
    let limit = u64::from(RequestKind::WorkflowProperties.page_limit());
    let property_searches = groups.iter().map(|group| (group.pages.len() as u64).div_ceil(limit));
    let mut plan = |kind, count| requests.add(kind, count);
    plan(RequestKind::WorkflowProbe, 1);
    plan(RequestKind::WorkflowProperties, property_searches.sum());
    if !api.deployment().is_cloud() {
        // the probe of a second page, if the app is not installed
        plan(RequestKind::WorkflowProbe, u64::from(pages.len() > 1));
        return requests;
    }
    plan(RequestKind::WorkflowSearch, groups.len() as u64 * searches);
    plan(RequestKind::ContentStates, spaces);
    plan(RequestKind::PagesInAContentState, spaces * SUGGESTED_STATES);
    if options.discover && options.property.is_none() {
        plan(RequestKind::WorkflowPropertyDiscovery, property_discovery::SAMPLE.min(pages.len()) as u64);
    }
    requests
}

/// Requests for workflows in addition to the plan of a snapshot: which sources exist is only known once they are tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WorkflowCost {
    /// Requests by kind on a site with Comala for Cloud; one without sends fewer.
    pub requests: RequestCounts,
    /// Additional requests if every page has a content state of Confluence that the previous snapshot does not have:
    /// one per such page. 0 on Data Center, which has no content states.
    pub content_states: u64,
    /// Requests if Comala for Data Center is installed, which has due dates, reviewers and parameters page by page;
    /// `None` at addresses of Confluence Cloud.
    pub page_by_page: Option<u64>,
}

impl WorkflowCost {
    pub fn of(api: &Api, pages: &[WorkflowPage<'_>], options: &WorkflowOptions) -> Self {
        let page_by_page = api.may_have_comala_rest().then(|| data_center::max_requests(pages.len(), options));
        let is_unread = |page: &&WorkflowPage<'_>| page.content_state.is_none() && api.features().content_states;
        let content_states = pages.iter().filter(is_unread).count() as u64;
        Self { requests: expected_requests(api, pages, options), content_states, page_by_page }
    }
}

impl fmt::Display for WorkflowCost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "reading the workflow states takes up to {} more",
            plural(self.requests.total(), "request", "requests")
        )?;
        if self.content_states > 0 {
            write!(f, ", plus one for each page with a content state (up to {})", self.content_states)?;
        }
        match self.page_by_page {
            Some(requests) => write!(f, "; with Comala for Data Center, up to {requests}"),
            None => Ok(()),
        }
    }
}
