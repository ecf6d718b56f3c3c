//! What reading the workflow costs, before anything is asked.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::options::WorkflowOptions;
use super::rows::Rows;
use super::state::WorkflowPage;
use super::{cloud_search, data_center, discovery};
use crate::support::wording::plural;
use confluence_client::{Api, RequestCounts, RequestKind};

/// Content states that a space suggests unless it was changed (five default colours, four states).
const SUGGESTED_STATES: u64 = 4;

/// The requests that reading the workflow of these pages takes on a Cloud site where Comala is installed, by kind;
/// without the app the searches and the discovery fall away. Lists of more than a thousand pages take one more for each
/// further thousand.
pub fn expected_requests(pages: &[WorkflowPage<'_>], options: &WorkflowOptions) -> RequestCounts {
    let mut requests = RequestCounts::default();
    if pages.is_empty() {
        return requests;
    }
    let groups = Rows::new(pages).groups();
    let spaces = pages.iter().map(|page| page.space_key).collect::<BTreeSet<_>>().len() as u64;
    let searches = cloud_search::searches(options.searched_states().len(), options.reviewers.len());
    let limit = u64::from(RequestKind::WorkflowProperties.page_limit());
    let sweep = groups.iter().map(|group| (group.pages.len() as u64).div_ceil(limit));
    let mut plan = |kind, count| requests.add(kind, count);
    plan(RequestKind::WorkflowProbe, 1);
    plan(RequestKind::WorkflowProperties, sweep.sum());
    plan(RequestKind::WorkflowSearch, groups.len() as u64 * searches);
    plan(RequestKind::ContentStates, spaces);
    plan(RequestKind::PagesInAContentState, spaces * SUGGESTED_STATES);
    if options.discover && options.property.is_none() {
        plan(RequestKind::WorkflowPropertyDiscovery, discovery::SAMPLE.min(pages.len()) as u64);
    }
    requests
}

/// What the workflow costs beyond the plan of a snapshot: which sources there are only shows when they are asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WorkflowCost {
    /// Requests by kind on a site with Comala for Cloud; one without sends fewer.
    pub requests: RequestCounts,
    /// Requests that come to these where all pages bear a content state of Confluence that is not known from the snapshot
    /// before: one for each page that does.
    pub content_states: u64,
    /// Requests where Comala for Data Center answers, which tells due dates, reviewers and parameters page by page;
    /// `None` at addresses of Confluence Cloud.
    pub page_by_page: Option<u64>,
}

impl WorkflowCost {
    /// The cost for these pages.
    pub fn of(api: &Api, pages: &[WorkflowPage<'_>], options: &WorkflowOptions) -> Self {
        let page_by_page = api.may_have_comala_rest().then(|| data_center::most_requests(pages.len(), options));
        let content_states = pages.iter().filter(|page| page.content_state.is_none()).count() as u64;
        Self { requests: expected_requests(pages, options), content_states, page_by_page }
    }
}

impl fmt::Display for WorkflowCost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the workflow takes up to {} more", plural(self.requests.total(), "request", "requests"))?;
        if self.content_states > 0 {
            write!(f, ", and up to {} more, one for each page whose content state is set", self.content_states)?;
        }
        match self.page_by_page {
            Some(requests) => write!(f, ", or {requests} where Comala for Data Center tells it page by page"),
            None => Ok(()),
        }
    }
}
