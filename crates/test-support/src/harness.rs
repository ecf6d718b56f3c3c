//! Test harness: crawls a site over real HTTP, and checks invariants that hold whatever goes wrong.

use std::pin::Pin;
use std::sync::Mutex;
use std::time::Duration;

use confluence_client::{Api, ConnectionSettings, Credentials, Timeouts};
use confluence_sim::{DemoServer, Fault, FaultPlan, Occurrence, RequestLogEntry, RoutePattern, Site};
use confluence_storage_analyzer::audit::{AuditOptions, Usage};
use confluence_storage_analyzer::commands::audit_run::{AuditRun, crawl_and_audit};
use confluence_storage_analyzer::error::{ExitStatus, Failure};
use confluence_storage_analyzer::inventory::coverage::{Gap, UnitEnd, UnitKind};
use confluence_storage_analyzer::inventory::{CrawlOptions, Status};
use confluence_storage_analyzer::progress::Progress;
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::known_site::{self, TrueUsages};
use super::races::certainly_in_use;

/// Most requests of one run. A run on the known site without faults takes less than 80; no fault may multiply that
/// without bound.
pub const MAX_REQUESTS: usize = 1_500;

/// A served site with the true usage of its files.
pub struct Harness {
    pub server: DemoServer,
    /// Empty if it is not known.
    pub truth: TrueUsages,
    /// The site before any change.
    pub initial: Site,
    /// Most requests of one run.
    pub max_requests: usize,
}

/// Whether a request cannot change anything: GET, or the POST that returns accounts.
pub fn only_reads(request: &RequestLogEntry) -> bool {
    request.method == "GET" || (request.method == "POST" && request.path.ends_with("/api/v2/users-bulk"))
}

/// Result of one run.
pub struct Run {
    pub result: Result<AuditRun, Failure>,
    /// Duration on the (paused) clock.
    pub elapsed: Duration,
    pub requests: usize,
    /// Number of requests that the server got before this run.
    pub before: usize,
}

impl Harness {
    pub async fn start((site, truth): (Site, TrueUsages), faults: FaultPlan) -> Self {
        let initial = site.clone();
        Self { server: DemoServer::start_with(site, faults).await.unwrap(), truth, initial, max_requests: MAX_REQUESTS }
    }

    /// The small site with every kind of use.
    pub async fn known(faults: FaultPlan) -> Self {
        Self::start(known_site::site(), faults).await
    }

    /// The same site with small pages of results, so that every list has several.
    pub async fn paged(faults: FaultPlan) -> Self {
        let (mut site, truth) = known_site::site();
        site.behaviour.page_cap = Some(3);
        Self::start((site, truth), faults).await
    }

    /// Settings without the timeouts of the HTTP library, which would expire when the paused clock jumps.
    pub fn settings(&self) -> ConnectionSettings {
        let mut settings = ConnectionSettings::new(
            self.server.base_url(),
            Credentials::basic(self.server.user(), self.server.token().into()),
        );
        settings.timeouts = Timeouts::NONE;
        settings.jitter_seed = Some(7);
        settings
    }

    pub async fn run(&self) -> Run {
        self.run_with(self.settings()).await
    }

    pub async fn run_with(&self, settings: ConnectionSettings) -> Run {
        let api = Api::new(settings).unwrap();
        self.run_as(&api, &CrawlOptions::default()).await
    }

    /// Runs, and interrupts the run when `signal` resolves.
    pub async fn run_until(&self, signal: &mut Pin<Box<dyn Future<Output = ()>>>) -> Run {
        let (api, options) = (Api::new(self.settings()).unwrap(), CrawlOptions::default());
        let audit_run = self.run_as(&api, &options);
        tokio::pin!(audit_run);
        tokio::select! {
            run = &mut audit_run => run,
            () = signal => {
                api.client().interrupt();
                audit_run.await
            }
        }
    }

    pub async fn run_as(&self, api: &Api, options: &CrawlOptions) -> Run {
        let run = self.run_unchecked(api, options).await;
        self.check(&run);
        run
    }

    /// Runs without checking the invariants.
    pub async fn run_unchecked(&self, api: &Api, options: &CrawlOptions) -> Run {
        let before = self.server.requests().len();
        let began = Instant::now();
        let result = crawl_and_audit(api, options, &AuditOptions::default(), &Progress::silent()).await;
        Run { result, elapsed: began.elapsed(), requests: self.server.requests().len() - before, before }
    }

    /// Returns the files that a run wrongly calls unreferenced: files that are in use in spite of all changes during
    /// the run, or any file if the run is incomplete.
    pub fn wrongly_unreferenced(&self, run: &Run) -> Vec<String> {
        let Ok(audit_run) = &run.result else { return Vec::new() };
        let requests = self.server.requests();
        let requests = &requests[run.before..run.before + run.requests];
        let in_use = certainly_in_use(&self.initial, &self.server.applied_changes(), requests, run.before);
        let unreferenced = run.usages().into_iter().filter(|(_, usage)| *usage == Usage::Unreferenced);
        unreferenced
            .map(|(id, _)| id)
            .filter(|id| audit_run.status != ExitStatus::Complete || in_use.contains(id))
            .collect()
    }

    /// Checks what holds whatever goes wrong: no file in use is called unreferenced, an incomplete run calls no file
    /// unreferenced, a complete run knows all files, the number of requests is bounded, and all requests only read.
    pub fn check(&self, run: &Run) {
        assert!(run.requests <= self.max_requests, "{} requests", run.requests);
        assert!(self.server.requests().iter().all(only_reads));
        assert_eq!(self.wrongly_unreferenced(run), [] as [&str; 0], "wrongly called unreferenced");
        let Ok(audit_run) = &run.result else { return };
        let known = !self.truth.is_empty() && self.server.applied_changes().is_empty();
        let mut usages = TrueUsages::new();
        for verdict in &audit_run.audit.files {
            let id = audit_run.inventory.attachments[verdict.attachment].id.as_str().to_owned();
            let truth = self.truth.get(&id).copied();
            if verdict.usage == Usage::Unreferenced && known {
                let (status, file) = (audit_run.status, &audit_run.inventory.attachments[verdict.attachment]);
                let message = format!("{id} is in use and was called unreferenced ({status:?}): {file:?}");
                assert_eq!(truth, Some(Usage::Unreferenced), "{message}");
                assert_eq!(audit_run.status, ExitStatus::Complete, "{id} was called unreferenced by an incomplete run");
            }
            usages.insert(id, verdict.usage);
        }
        assert_eq!(audit_run.status == ExitStatus::Complete, audit_run.inventory.coverage.is_complete());
        assert_eq!(audit_run.audit.complete, audit_run.inventory.coverage.is_complete());
        assert!(audit_run.stopped.is_none() || !audit_run.audit.complete, "a run that stopped is never complete");
        if audit_run.audit.complete && known {
            // compares only ids: a file whose owner the server hides is undetermined, whatever its true usage
            assert_eq!(usages.keys().collect::<Vec<_>>(), self.truth.keys().collect::<Vec<_>>());
        }
    }
}

impl Run {
    pub fn audit_run(&self) -> &AuditRun {
        match &self.result {
            Ok(audit_run) => audit_run,
            Err(failure) => panic!("the run failed: {failure:?}"),
        }
    }

    pub fn failure(&self) -> &Failure {
        match &self.result {
            Err(failure) => failure,
            Ok(audit_run) => panic!("the run ended with status {:?}", audit_run.status),
        }
    }

    pub fn status(&self) -> ExitStatus {
        match &self.result {
            Ok(audit_run) => audit_run.status,
            Err(failure) => failure.status,
        }
    }

    /// Asserts that the run is complete and every verdict is true.
    pub fn expect_true_verdicts(&self, harness: &Harness) -> &Self {
        let audit_run = self.audit_run();
        assert_eq!(audit_run.status, ExitStatus::Complete, "{:#?}", audit_run.inventory.coverage.gaps);
        assert_eq!(self.usages(), harness.truth);
        self
    }

    /// Asserts that the run ended without failure and is incomplete.
    pub fn expect_incomplete(&self) -> &Self {
        let audit_run = self.audit_run();
        assert_eq!(audit_run.status, ExitStatus::Incomplete, "{:?}", audit_run.stopped);
        assert!(!audit_run.audit.complete);
        self
    }

    /// Returns the failed or denied gap of this kind. Panics if there is none.
    pub fn gap(&self, kind: UnitKind) -> &Gap {
        let gaps = &self.audit_run().inventory.coverage.gaps;
        let is_unread = |gap: &&Gap| matches!(gap.end, UnitEnd::Failed { .. } | UnitEnd::Denied { .. });
        match gaps.iter().filter(is_unread).find(|gap| gap.kind == kind) {
            Some(gap) => gap,
            None => panic!("no gap of kind {kind:?} in {gaps:#?}"),
        }
    }

    /// Returns the reason of the gap that a cross-check of lists found. Panics if there is none.
    pub fn hole(&self) -> &str {
        let gaps = &self.audit_run().inventory.coverage.gaps;
        let compares = |gap: &&Gap| matches!(gap.kind, UnitKind::ListComparison | UnitKind::SearchComparison);
        let failed = gaps.iter().filter(compares).find_map(|gap| match &gap.end {
            UnitEnd::Failed { reason } => Some(reason.as_str()),
            _ => None,
        });
        failed.unwrap_or_else(|| panic!("no cross-check failed: {gaps:#?}"))
    }

    pub fn reason(&self, kind: UnitKind) -> &str {
        match &self.gap(kind).end {
            UnitEnd::Failed { reason } | UnitEnd::Denied { reason } => reason,
            end => panic!("{end:?}"),
        }
    }

    pub fn usages(&self) -> TrueUsages {
        let audit_run = self.audit_run();
        let usage = |verdict: &confluence_storage_analyzer::audit::FileVerdict| {
            (audit_run.inventory.attachments[verdict.attachment].id.as_str().to_owned(), verdict.usage)
        };
        audit_run.audit.files.iter().map(usage).collect()
    }

    pub fn usage(&self, id: &str) -> Usage {
        match self.usages().get(id) {
            Some(usage) => *usage,
            None => panic!("{id} is not in the inventory"),
        }
    }

    pub fn warns(&self, words: &str) -> bool {
        self.audit_run().inventory.coverage.warnings.iter().any(|warning| warning.contains(words))
    }

    /// Counts the pages outside the trash that were read with their bodies.
    pub fn pages_read(&self) -> usize {
        let contents = &self.audit_run().inventory.contents;
        contents
            .iter()
            .filter(|content| content.body.is_some() && content.status != Status::Draft && !content.status.is_trash())
            .count()
    }
}

/// Returns a plan with one fault for paths that match a glob.
pub fn on(path: &str, occurrence: Occurrence, fault: Fault) -> FaultPlan {
    also(FaultPlan::none(), path, occurrence, fault)
}

/// Adds a fault for paths that match a glob to a plan.
pub fn also(plan: FaultPlan, path: &str, occurrence: Occurrence, fault: Fault) -> FaultPlan {
    plan.on(RoutePattern::path(path).unwrap(), occurrence, fault)
}

/// Returns a plan with a fault for every request of these paths.
pub fn always(path: &str, fault: Fault) -> FaultPlan {
    on(path, Occurrence::From(1), fault)
}

/// Returns a plan with a fault for the first request of these paths.
pub fn once(path: &str, fault: Fault) -> FaultPlan {
    on(path, Occurrence::Only(1), fault)
}

/// Returns the plan, and a future that resolves when the server gets this request (counted from 1).
pub fn signal_at_request(plan: FaultPlan, request: u32) -> (FaultPlan, Pin<Box<dyn Future<Output = ()>>>) {
    let (send, receive) = oneshot::channel();
    let send = Mutex::new(Some(send));
    let signal = Fault::change_site(move |_| {
        if let Some(send) = send.lock().unwrap().take() {
            // the receiver is dropped when the run has ended
            let _ = send.send(());
        }
    });
    let reached = Box::pin(async move {
        if receive.await.is_err() {
            std::future::pending::<()>().await;
        }
    });
    (also(plan, "*", Occurrence::Only(request), signal), reached)
}

/// Returns a fault that sends this response, as JSON unless `headers` has a content type.
pub fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Fault {
    let mut headers: Vec<(String, String)> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    if !headers.iter().any(|(name, _)| name == "content-type") {
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
    }
    Fault::Answer { status, headers, body: body.to_owned() }
}

/// Returns a fault that removes the items with these ids from a list.
pub fn leave_out(ids: &[&str]) -> Fault {
    let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    Fault::edit_json(move |response| {
        if let Some(items) = response.get_mut("results").and_then(Value::as_array_mut) {
            items.retain(|item| !item["id"].as_str().is_some_and(|id| ids.iter().any(|left_out| left_out == id)));
        }
    })
}

/// Returns a fault that removes a field (a JSON pointer such as `/body`) from the items with this id, in lists and in single
/// responses.
pub fn without(id: &str, pointer: &str) -> Fault {
    let (id, pointer) = (id.to_owned(), pointer.to_owned());
    edit_items(move |item| {
        if item["id"] == id.as_str() {
            remove(item, &pointer);
        }
    })
}

/// Returns a fault that edits every item of a list, or the item in a single response.
pub fn edit_items(edit: impl Fn(&mut Value) + Send + Sync + 'static) -> Fault {
    Fault::edit_json(move |response| match response.get_mut("results").and_then(Value::as_array_mut) {
        Some(items) => items.iter_mut().for_each(&edit),
        None => edit(response),
    })
}

/// Removes the field at a JSON pointer.
pub fn remove(value: &mut Value, pointer: &str) {
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    if let Some(parent) = value.pointer_mut(parent).and_then(Value::as_object_mut) {
        parent.remove(field);
    }
}
