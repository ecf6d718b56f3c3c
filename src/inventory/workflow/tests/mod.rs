//! Workflow states over the real loopback server.
//!
//! Time is paused: waits between tries take none. Limits of the HTTP library are off, since a clock that jumps would
//! make them strike.

mod cloud;
mod data_center;
mod native;
mod order;
mod properties;

use super::{WorkflowOptions, WorkflowPage, WorkflowReading, WorkflowState, workflow_of};
use crate::inventory::coverage::{UnitCounts, UnitKind};
use crate::inventory::{ContentId, Coverage};
use crate::progress::Progress;
use confluence_client::Timeouts;
use confluence_client::api::SearchedSpaces;
use confluence_client::{Api, ConnectionSettings, Credentials};
use confluence_sim::site::Kind;
use confluence_sim::workflow::{PageWorkflow, WorkflowApp};
use confluence_sim::{DemoServer, Fault, FaultPlan, Occurrence, RoutePattern, Site};

/// What one reading gave, with the server that answered it.
struct Read {
    reading: WorkflowReading,
    coverage: Coverage,
    server: DemoServer,
    api: Api,
}

impl Read {
    fn state(&self, id: &str) -> &WorkflowState {
        &self.reading.pages[&ContentId::new(id)]
    }

    /// State and source.
    fn told(&self, id: &str) -> (Option<&str>, String) {
        let state = self.state(id);
        (state.state.as_deref(), state.source.to_string())
    }

    fn units(&self) -> UnitCounts {
        self.coverage.units[&UnitKind::Workflow]
    }

    /// Requests whose path and query contain a text.
    fn sent(&self, part: &str) -> usize {
        let log = self.server.requests();
        log.iter().filter(|request| format!("{}?{}", request.path, request.query).contains(part)).count()
    }

    fn note(&self, part: &str) -> &str {
        let found = self.reading.notes.iter().find(|note| note.contains(part));
        found.unwrap_or_else(|| panic!("no note with {part:?} in {:#?}", self.reading.notes))
    }

    /// Every planned request was sent, and no other.
    fn assert_as_planned(&self) {
        assert_eq!(self.reading.requests, self.api.client().requests());
    }
}

/// Reads the workflow of all pages of a site but those of the space `OTHER`.
async fn read_with(site: Site, faults: FaultPlan, options: &WorkflowOptions) -> Read {
    read_by(site, faults, options, |_| {}).await
}

async fn read_by(site: Site, faults: FaultPlan, options: &WorkflowOptions, prepare: impl FnOnce(&Api)) -> Read {
    let server = DemoServer::start_with(site.clone(), faults).await.unwrap();
    let mut settings =
        ConnectionSettings::new(server.base_url(), Credentials::basic(server.user(), server.token().into()));
    settings.timeouts = Timeouts::NONE;
    settings.jitter_seed = Some(42);
    let api = Api::new(settings).unwrap();
    prepare(&api);
    let space_of = |id: &str| site.spaces.iter().find(|space| space.id == id).map(|space| space.key.as_str());
    let is_archived = |id: &str| site.spaces.iter().any(|space| space.id == id && space.archived);
    let chosen: Vec<_> = site.contents.iter().filter(|content| content.kind == Kind::Page).collect();
    let ids: Vec<ContentId> = chosen.iter().map(|page| ContentId::new(page.id.clone())).collect();
    let pages: Vec<WorkflowPage<'_>> = chosen
        .iter()
        .zip(&ids)
        .map(|(page, id)| WorkflowPage {
            id,
            space_key: space_of(&page.space_id).unwrap(),
            searched: if is_archived(&page.space_id) { SearchedSpaces::Archived } else { SearchedSpaces::Current },
            version: page.version().map(|version| version.number),
            labels: Some(&page.labels),
            content_state: None,
        })
        .filter(|page| page.space_key != "OTHER")
        .collect();
    let (reading, coverage) = workflow_of(&api, &pages, options, &Progress::silent()).await;
    assert_eq!(reading.pages.len(), pages.len(), "every page has a state");
    assert!(server.requests().iter().all(|request| request.method == "GET"));
    Read { reading, coverage, server, api }
}

async fn read(site: Site, options: &WorkflowOptions) -> Read {
    read_with(site, FaultPlan::none(), options).await
}

/// A site of one space with so many pages, from id 1000 on.
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

/// A fault of every search whose query is this.
fn on_search(cql: &str, fault: Fault) -> FaultPlan {
    FaultPlan::none().on(RoutePattern::any().with_query("cql", cql), Occurrence::From(1), fault)
}
