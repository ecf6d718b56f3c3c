//! What reading the workflow costs, before anything is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::options::WorkflowOptions;
use super::rows::Rows;
use super::state::WorkflowPage;
use super::{cloud_search, data_center, discovery};
use crate::wording::plural;
use confluence_client::Api;
use confluence_client::api::SEARCH_LIMIT;

/// Content states that a space suggests unless it was changed (`comala.md` 6: five default colours, four states).
const SUGGESTED_STATES: u64 = 4;

/// The requests that reading the workflow of these pages takes on a Cloud site where Comala is installed, by kind;
/// without the app the searches and the discovery fall away. Lists of more than a thousand pages take one more for each
/// further thousand.
pub fn expected_requests(pages: &[WorkflowPage<'_>], options: &WorkflowOptions) -> BTreeMap<String, u64> {
    let mut requests = BTreeMap::new();
    if pages.is_empty() {
        return requests;
    }
    let groups = Rows::new(pages).groups();
    let spaces = pages.iter().map(|page| page.space_key).collect::<BTreeSet<_>>().len() as u64;
    let searches = cloud_search::searches(options.searched_states().len(), options.reviewers.len());
    let sweep = groups.iter().map(|group| (group.pages.len() as u64).div_ceil(u64::from(SEARCH_LIMIT)));
    let mut plan = |kind: &str, count: u64| requests.insert(kind.to_owned(), count);
    plan("workflow probe", 1);
    plan("workflow properties", sweep.sum());
    plan("workflow search", groups.len() as u64 * searches);
    plan("content states of a space", spaces);
    plan("pages in a content state", spaces * SUGGESTED_STATES);
    if options.discover && options.property.is_none() {
        plan("workflow property discovery", discovery::SAMPLE.min(pages.len()) as u64);
    }
    requests
}

/// What the workflow costs beyond the plan of a snapshot: which sources there are only shows when they are asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WorkflowCost {
    /// Requests by kind on a site with Comala for Cloud; one without sends fewer.
    pub requests: BTreeMap<String, u64>,
    /// Requests where Comala for Data Center answers, which tells due dates, reviewers and parameters page by page;
    /// `None` at addresses of Confluence Cloud.
    pub page_by_page: Option<u64>,
}

impl WorkflowCost {
    /// The cost for these pages.
    pub fn of(api: &Api, pages: &[WorkflowPage<'_>], options: &WorkflowOptions) -> Self {
        let page_by_page = api.may_have_comala_rest().then(|| data_center::most_requests(pages.len(), options));
        Self { requests: expected_requests(pages, options), page_by_page }
    }
}

impl fmt::Display for WorkflowCost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the workflow takes up to {} more", plural(self.requests.values().sum(), "request", "requests"))?;
        match self.page_by_page {
            Some(requests) => write!(f, ", or {requests} where Comala for Data Center tells it page by page"),
            None => Ok(()),
        }
    }
}
