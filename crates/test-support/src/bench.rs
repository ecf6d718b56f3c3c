//! One whole reading of a site over real HTTP, and what must hold of it whatever went wrong.

use std::pin::Pin;
use std::sync::Mutex;
use std::time::Duration;

use confluence_client::{Api, ConnectionSettings, Credentials, Timeouts};
use confluence_sim::{DemoServer, Fault, FaultPlan, Occurrence, RoutePattern, Site};
use confluence_storage_analyzer::audit::{AuditOptions, Usage};
use confluence_storage_analyzer::commands::reading::{Reading, read_site};
use confluence_storage_analyzer::error::{ExitStatus, Failure};
use confluence_storage_analyzer::inventory::coverage::{Gap, UnitEnd, UnitKind};
use confluence_storage_analyzer::inventory::{CrawlOptions, Status};
use confluence_storage_analyzer::progress::Progress;
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::known::{self, Truth};
use super::races::surely_in_use;

/// A faultless reading of the known site takes less than 80 requests; nothing may multiply that without bound.
pub const REQUESTS_BOUND: usize = 1_500;

/// A site that is served, and the truth about it.
pub struct Bench {
    pub server: DemoServer,
    /// Empty where it is not known.
    pub truth: Truth,
    /// The site before anything changed on it.
    pub initial: Site,
    /// Requests that one reading may send at most.
    pub bound: usize,
}

/// What one reading gave, and how long it took on the (paused) clock.
pub struct Run {
    pub result: Result<Reading, Failure>,
    pub elapsed: Duration,
    pub requests: usize,
    /// How many requests the server had got before it.
    pub before: usize,
}

impl Bench {
    pub async fn start((site, truth): (Site, Truth), faults: FaultPlan) -> Self {
        let initial = site.clone();
        Self { server: DemoServer::start_with(site, faults).await.unwrap(), truth, initial, bound: REQUESTS_BOUND }
    }

    /// The small site that has every kind of use.
    pub async fn known(faults: FaultPlan) -> Self {
        Self::start(known::site(), faults).await
    }

    /// The same with pages of lists that hold so few items that every list has several.
    pub async fn paged(faults: FaultPlan) -> Self {
        let (mut site, truth) = known::site();
        site.behaviour.page_cap = Some(3);
        Self::start((site, truth), faults).await
    }

    /// Limits of the HTTP library are off: a paused clock that jumps would make them strike.
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

    /// One reading that is interrupted when `signal` resolves.
    pub async fn run_until(&self, signal: &mut Pin<Box<dyn Future<Output = ()>>>) -> Run {
        let (api, options) = (Api::new(self.settings()).unwrap(), CrawlOptions::default());
        let reading = self.run_as(&api, &options);
        tokio::pin!(reading);
        tokio::select! {
            run = &mut reading => run,
            () = signal => {
                api.client().interrupt();
                reading.await
            }
        }
    }

    pub async fn run_as(&self, api: &Api, options: &CrawlOptions) -> Run {
        let run = self.read_as(api, options).await;
        self.check(&run);
        run
    }

    /// One reading, whatever comes of it.
    pub async fn read_as(&self, api: &Api, options: &CrawlOptions) -> Run {
        let before = self.server.requests().len();
        let began = Instant::now();
        let result = read_site(api, options, &AuditOptions::default(), &Progress::silent()).await;
        Run { result, elapsed: began.elapsed(), requests: self.server.requests().len() - before, before }
    }

    /// Files that a reading calls unreferenced although they are in use, whatever changed meanwhile, or although it is
    /// incomplete.
    pub fn condemned(&self, run: &Run) -> Vec<String> {
        let Ok(reading) = &run.result else { return Vec::new() };
        let requests = self.server.requests();
        let requests = &requests[run.before..run.before + run.requests];
        let in_use = surely_in_use(&self.initial, &self.server.moments(), requests, run.before);
        let unreferenced = run.usages().into_iter().filter(|(_, usage)| *usage == Usage::Unreferenced);
        unreferenced
            .map(|(id, _)| id)
            .filter(|id| reading.status != ExitStatus::Complete || in_use.contains(id))
            .collect()
    }

    /// What holds whatever goes wrong: no file in use is called unreferenced, an incomplete reading calls none so, a
    /// complete one tells the truth, the number of requests is bounded, and only GET was sent.
    pub fn check(&self, run: &Run) {
        assert!(run.requests <= self.bound, "{} requests", run.requests);
        assert!(self.server.requests().iter().all(|request| request.method == "GET"));
        assert_eq!(self.condemned(run), [] as [&str; 0], "called unreferenced");
        let Ok(reading) = &run.result else { return };
        let known = !self.truth.is_empty() && self.server.moments().is_empty();
        let mut said = Truth::new();
        for verdict in &reading.audit.files {
            let id = reading.inventory.attachments[verdict.attachment].id.as_str().to_owned();
            let truth = self.truth.get(&id).copied();
            if verdict.usage == Usage::Unreferenced && known {
                let (status, file) = (reading.status, &reading.inventory.attachments[verdict.attachment]);
                let told = format!("{id} is in use and was called unreferenced ({status:?}): {file:?}");
                assert_eq!(truth, Some(Usage::Unreferenced), "{told}");
                assert_eq!(reading.status, ExitStatus::Complete, "{id} was called unreferenced by an incomplete run");
            }
            said.insert(id, verdict.usage);
        }
        assert_eq!(reading.status == ExitStatus::Complete, reading.inventory.coverage.is_complete());
        assert_eq!(reading.audit.complete, reading.inventory.coverage.is_complete());
        assert!(reading.stopped.is_none() || !reading.audit.complete, "a run that stopped is never complete");
        if reading.audit.complete && known {
            // files the server hides behind a gone owner stay undetermined; all others are as they are
            assert_eq!(said.keys().collect::<Vec<_>>(), self.truth.keys().collect::<Vec<_>>());
        }
    }
}

impl Run {
    pub fn reading(&self) -> &Reading {
        match &self.result {
            Ok(reading) => reading,
            Err(failure) => panic!("no reading: {failure:?}"),
        }
    }

    pub fn failure(&self) -> &Failure {
        match &self.result {
            Err(failure) => failure,
            Ok(reading) => panic!("a reading with status {:?}", reading.status),
        }
    }

    pub fn status(&self) -> ExitStatus {
        match &self.result {
            Ok(reading) => reading.status,
            Err(failure) => failure.status,
        }
    }

    /// Ended with everything read and every verdict true.
    pub fn expect_true(&self, bench: &Bench) -> &Self {
        let reading = self.reading();
        assert_eq!(reading.status, ExitStatus::Complete, "{:#?}", reading.inventory.coverage.gaps);
        assert_eq!(self.usages(), bench.truth);
        self
    }

    /// Went on, and says that it is incomplete.
    pub fn expect_incomplete(&self) -> &Self {
        let reading = self.reading();
        assert_eq!(reading.status, ExitStatus::Incomplete, "{:?}", reading.stopped);
        assert!(!reading.audit.complete);
        self
    }

    /// Gives the gap of this kind, which has to be there.
    pub fn gap(&self, kind: UnitKind) -> &Gap {
        let gaps = &self.reading().inventory.coverage.gaps;
        let is_hole = |gap: &&Gap| matches!(gap.end, UnitEnd::Failed { .. } | UnitEnd::Denied { .. });
        match gaps.iter().filter(is_hole).find(|gap| gap.kind == kind) {
            Some(gap) => gap,
            None => panic!("no gap of kind {kind:?} in {gaps:#?}"),
        }
    }

    /// The reason of the gap that a comparison of lists left.
    pub fn hole(&self) -> &str {
        let gaps = &self.reading().inventory.coverage.gaps;
        let compares = |gap: &&Gap| matches!(gap.kind, UnitKind::ListComparison | UnitKind::SearchComparison);
        let failed = gaps.iter().filter(compares).find_map(|gap| match &gap.end {
            UnitEnd::Failed { reason } => Some(reason.as_str()),
            _ => None,
        });
        failed.unwrap_or_else(|| panic!("no comparison found a hole: {gaps:#?}"))
    }

    /// The reason of the gap of this kind.
    pub fn reason(&self, kind: UnitKind) -> &str {
        match &self.gap(kind).end {
            UnitEnd::Failed { reason } | UnitEnd::Denied { reason } => reason,
            end => panic!("{end:?}"),
        }
    }

    pub fn usages(&self) -> Truth {
        let reading = self.reading();
        let usage = |verdict: &confluence_storage_analyzer::audit::FileVerdict| {
            (reading.inventory.attachments[verdict.attachment].id.as_str().to_owned(), verdict.usage)
        };
        reading.audit.files.iter().map(usage).collect()
    }

    pub fn usage(&self, id: &str) -> Usage {
        match self.usages().get(id) {
            Some(usage) => *usage,
            None => panic!("{id} is not in the inventory"),
        }
    }

    pub fn warns(&self, words: &str) -> bool {
        self.reading().inventory.coverage.warnings.iter().any(|warning| warning.contains(words))
    }

    /// Pages outside the trash that were read with their bodies.
    pub fn pages_read(&self) -> usize {
        let contents = &self.reading().inventory.contents;
        contents
            .iter()
            .filter(|content| content.body.is_some() && content.status != Status::Draft && !content.status.is_trash())
            .count()
    }
}

/// A rule for paths matching a glob.
pub fn on(path: &str, occurrence: Occurrence, fault: Fault) -> FaultPlan {
    also(FaultPlan::none(), path, occurrence, fault)
}

/// One more rule.
pub fn also(plan: FaultPlan, path: &str, occurrence: Occurrence, fault: Fault) -> FaultPlan {
    plan.on(RoutePattern::path(path).unwrap(), occurrence, fault)
}

/// At every request of these paths.
pub fn always(path: &str, fault: Fault) -> FaultPlan {
    on(path, Occurrence::From(1), fault)
}

/// At the first request of these paths.
pub fn once(path: &str, fault: Fault) -> FaultPlan {
    on(path, Occurrence::Only(1), fault)
}

/// The plan with one more rule, and what resolves when the server gets that request (counted from 1).
pub fn signalled_at(plan: FaultPlan, request: u32) -> (FaultPlan, Pin<Box<dyn Future<Output = ()>>>) {
    let (send, receive) = oneshot::channel();
    let send = Mutex::new(Some(send));
    let signal = Fault::change_site(move |_| {
        if let Some(send) = send.lock().unwrap().take() {
            // nobody listens any more when the reading has ended
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

/// An answer with these headers.
pub fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Fault {
    let mut headers: Vec<(String, String)> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    if !headers.iter().any(|(name, _)| name == "content-type") {
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
    }
    Fault::Answer { status, headers, body: body.to_owned() }
}

/// The items with this id lose what is at this place (a JSON pointer such as `/body`), in lists and alone.
pub fn without(id: &str, place: &str) -> Fault {
    let (id, place) = (id.to_owned(), place.to_owned());
    edit_items(move |item| {
        if item["id"] == id.as_str() {
            remove(item, &place);
        }
    })
}

/// Changes every item of a list, and what is answered alone.
pub fn edit_items(edit: impl Fn(&mut Value) + Send + Sync + 'static) -> Fault {
    Fault::edit_json(move |answer| match answer.get_mut("results").and_then(Value::as_array_mut) {
        Some(items) => items.iter_mut().for_each(&edit),
        None => edit(answer),
    })
}

/// Removes the field at a JSON pointer.
pub fn remove(value: &mut Value, place: &str) {
    let (parent, field) = place.rsplit_once('/').unwrap();
    if let Some(parent) = value.pointer_mut(parent).and_then(Value::as_object_mut) {
        parent.remove(field);
    }
}
