//! The crawl of a snapshot over HTTP: the lists of the chosen spaces and further facts about their pages.

mod archived;
mod facts;
mod faults;
mod matrix;
mod people;
mod plan;
mod replies;

use std::sync::Arc;

use confluence_client::{Api, ConnectionSettings, Credentials, RequestError, Timeouts};
use confluence_sim::site::{Content as Served, ContentType, Status};
use confluence_sim::{DemoServer, FaultPlan, Site, sample};
use confluence_storage_analyzer::cache::Cache;
use confluence_storage_analyzer::inventory::snapshot::{
    MetricGroup, MetricGroups, PageFacts, SnapshotFacts, read_page_facts, read_page_inventory,
};
use confluence_storage_analyzer::inventory::{ContentId, CrawlOptions, Inventory};
use confluence_storage_analyzer::progress::Progress;

/// A server, and the options of snapshots of it.
struct Harness {
    server: DemoServer,
    options: CrawlOptions,
    groups: MetricGroups,
}

/// The result of one crawl.
struct Run {
    inventory: Inventory,
    facts: Result<SnapshotFacts, RequestError>,
}

impl Harness {
    async fn start(site: Site, groups: &[MetricGroup], faults: FaultPlan) -> Self {
        let server = DemoServer::start_with(site, faults).await.unwrap();
        Self { server, options: CrawlOptions::default(), groups: MetricGroups::new(groups.iter().copied()) }
    }

    async fn sample(groups: &[MetricGroup], faults: FaultPlan) -> Self {
        Self::start(sample(chrono::Utc::now()).site, groups, faults).await
    }

    fn spaces(mut self, keys: &[&str]) -> Self {
        self.options.include_spaces = keys.iter().map(|&key| key.to_owned()).collect();
        self
    }

    fn cache(mut self, folder: &std::path::Path) -> Self {
        let cache = Cache::open(folder, "https://acme.atlassian.net/wiki", "me").unwrap();
        self.options.cache = Some(Arc::new(cache));
        self
    }

    fn api(&self) -> Api {
        let (server, token) = (&self.server, self.server.token().into());
        let mut settings = ConnectionSettings::new(server.base_url(), Credentials::basic(server.user(), token));
        settings.timeouts = Timeouts::NONE;
        settings.jitter_seed = Some(7);
        Api::new(settings).unwrap()
    }

    async fn run(&self) -> Run {
        let (api, progress) = (self.api(), Progress::silent());
        let mut inventory = read_page_inventory(&api, &self.options, &self.groups, &progress).await.unwrap();
        let keys = inventory.scan.reported_spaces.clone();
        let keys = keys.unwrap_or_else(|| inventory.spaces.iter().map(|space| space.key.clone()).collect());
        let facts = read_page_facts(&api, &mut inventory, &self.options, &self.groups, &keys, &progress).await;
        for request in self.server.requests() {
            let reads = request.method == "GET" || (request.method == "POST" && request.path.ends_with("/users-bulk"));
            assert!(reads, "{request:?}");
        }
        Run { inventory, facts }
    }

    /// Counts the requests whose path ends with `ending`.
    fn sent(&self, ending: &str) -> usize {
        self.server.requests().iter().filter(|request| request.path.ends_with(ending)).count()
    }

    /// Returns the current pages of the site that the account sees.
    fn pages(&self) -> Vec<Served> {
        self.server.site(|site| {
            let contents = site.contents.iter().filter(|content| content.kind == ContentType::Page && !content.hidden);
            let listed = |content: &&Served| content.status == Status::Current;
            contents.filter(listed).cloned().collect()
        })
    }

    /// Returns whether a page is in an archived space, which the content search does not show.
    fn is_in_archived_space(&self, page: &Served) -> bool {
        self.server.site(|site| site.spaces.iter().any(|space| space.archived && space.id == page.space_id))
    }
}

impl Run {
    fn facts(&self) -> &SnapshotFacts {
        assert!(self.inventory.coverage.is_complete(), "{:#?}", self.inventory.coverage.gaps);
        self.facts.as_ref().unwrap()
    }

    fn page(&self, id: &str) -> &PageFacts {
        &self.facts.as_ref().unwrap().pages[&ContentId::new(id)]
    }

    fn notes(&self) -> String {
        self.facts.as_ref().unwrap().notes.join("\n")
    }
}

/// Returns a site with `count` pages in one space.
fn pages(count: usize) -> Site {
    (0..count).fold(Site::new().space("ENG", "Engineering"), |site, number| {
        site.page(&(1000 + number).to_string(), &format!("Page {number}"), "<p>text</p>")
    })
}
