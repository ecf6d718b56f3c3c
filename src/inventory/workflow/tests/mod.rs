//! Tests of workflow states against the loopback server.
//!
//! Time is paused, so waits between retries take no time. The timeouts of the HTTP library are off, because a jumping
//! clock would trigger them.

mod cloud;
mod content_states;
mod data_center;
mod properties;
mod source_order;

use super::{WorkflowOptions, WorkflowPage, WorkflowResults, WorkflowState, read_workflows};
use crate::inventory::coverage::{UnitCounts, UnitKind};
use crate::inventory::{ContentId, Coverage};
use crate::progress::Progress;
use confluence_client::Timeouts;
use confluence_client::api::SearchScope;
use confluence_client::{Api, ConnectionSettings, Credentials};
use confluence_sim::site::ContentType;
use confluence_sim::workflow::{PageWorkflow, WorkflowApp};
use confluence_sim::{DemoServer, Fault, FaultPlan, Occurrence, RoutePattern, Site};

/// Result of one run, with the server it used.
struct WorkflowRun {
    result: WorkflowResults,
    coverage: Coverage,
    server: DemoServer,
    api: Api,
}

impl WorkflowRun {
    fn state(&self, id: &str) -> &WorkflowState {
        &self.result.pages[&ContentId::new(id)]
    }

    fn state_and_source(&self, id: &str) -> (Option<&str>, String) {
        let state = self.state(id);
        (state.state.as_deref(), state.source.to_string())
    }

    fn units(&self) -> UnitCounts {
        self.coverage.units[&UnitKind::Workflow]
    }

    /// Number of requests whose path and query contain `part`.
    fn sent(&self, part: &str) -> usize {
        let log = self.server.requests();
        log.iter().filter(|request| format!("{}?{}", request.path, request.query).contains(part)).count()
    }

    fn note(&self, part: &str) -> &str {
        let found = self.result.notes.iter().find(|note| note.contains(part));
        found.unwrap_or_else(|| panic!("no note with {part:?} in {:#?}", self.result.notes))
    }

    /// Checks that exactly the planned requests were sent.
    fn assert_as_planned(&self) {
        assert_eq!(self.result.requests, self.api.client().requests());
    }
}

/// Reads the workflows of all pages of a site except those of the space `OTHER`.
async fn read_with(site: Site, faults: FaultPlan, options: &WorkflowOptions) -> WorkflowRun {
    read_by(site, faults, options, |_| {}).await
}

async fn read_by(site: Site, faults: FaultPlan, options: &WorkflowOptions, prepare: impl FnOnce(&Api)) -> WorkflowRun {
    let server = DemoServer::start_with(site.clone(), faults).await.unwrap();
    let mut settings =
        ConnectionSettings::new(server.base_url(), Credentials::basic(server.user(), server.token().into()));
    settings.timeouts = Timeouts::NONE;
    settings.jitter_seed = Some(42);
    let api = Api::new(settings).unwrap();
    prepare(&api);
    let space_of = |id: &str| site.spaces.iter().find(|space| space.id == id).map(|space| space.key.as_str());
    let is_archived = |id: &str| site.spaces.iter().any(|space| space.id == id && space.archived);
    let chosen: Vec<_> = site.contents.iter().filter(|content| content.kind == ContentType::Page).collect();
    let ids: Vec<ContentId> = chosen.iter().map(|page| ContentId::new(page.id.clone())).collect();
    let pages: Vec<WorkflowPage<'_>> = chosen
        .iter()
        .zip(&ids)
        .map(|(page, id)| WorkflowPage {
            id,
            space_key: space_of(&page.space_id).unwrap(),
            searched: if is_archived(&page.space_id) { SearchScope::Archived } else { SearchScope::Current },
            version: page.version().map(|version| version.number),
            labels: Some(&page.labels),
            content_state: None,
        })
        .filter(|page| page.space_key != "OTHER")
        .collect();
    let (result, coverage) = read_workflows(&api, &pages, options, &Progress::silent()).await;
    assert_eq!(result.pages.len(), pages.len(), "every page has a state");
    assert!(server.requests().iter().all(|request| request.method == "GET"));
    WorkflowRun { result, coverage, server, api }
}

async fn read(site: Site, options: &WorkflowOptions) -> WorkflowRun {
    read_with(site, FaultPlan::none(), options).await
}

/// A site of one space with `count` pages, from id 1000 on.
fn pages(count: usize) -> Site {
    let site = Site::new().space("ENG", "Engineering");
    (0..count).fold(site, |site, number| site.page(&(1000 + number).to_string(), &format!("Page {number}"), "<p/>"))
}

fn with_app(mut site: Site, app: WorkflowApp, workflows: &[(&str, PageWorkflow)]) -> Site {
    site.workflow.app = app;
    site.workflow.pages = workflows.iter().map(|(id, page)| ((*id).to_owned(), page.clone())).collect();
    site
}

fn on(path: &str, fault: Fault) -> FaultPlan {
    FaultPlan::none().on(RoutePattern::path(path).unwrap(), Occurrence::From(1), fault)
}

/// A fault in every search with this query.
fn on_search(cql: &str, fault: Fault) -> FaultPlan {
    FaultPlan::none().on(RoutePattern::any().with_query("cql", cql), Occurrence::From(1), fault)
}
