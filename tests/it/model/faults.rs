//! Random fault plans of the model test.

use confluence_sim::{Change, Fault, FaultPlan, Occurrence};
use fastrand::Rng;
use serde_json::Value;

use test_support::harness::{also, edit_items, response, signal_at_request};

/// The faults of one run.
pub(crate) struct Plan {
    pub(crate) faults: FaultPlan,
    /// Resolves at the request at which the run is to be stopped, if at all.
    pub(crate) stop: std::pin::Pin<Box<dyn Future<Output = ()>>>,
    /// A list silently hides items, so the search has to reveal them; it does not show archived content.
    pub(crate) lies: bool,
    /// Fields are missing, so some files are undetermined.
    pub(crate) leaves_fields_out: bool,
    /// The site changes while it is read.
    pub(crate) changes: bool,
    /// Description for the message of a failed run.
    pub(crate) words: Vec<String>,
}

/// All kinds of requests that a crawl sends.
const ROUTES: &[&str] = &[
    "*",
    "/wiki/api/v2/*",
    "/wiki/rest/api/*",
    "/wiki/api/v2/spaces",
    "/wiki/api/v2/pages",
    "/wiki/api/v2/pages/*",
    "/wiki/api/v2/blogposts",
    "/wiki/api/v2/attachments",
    "/wiki/api/v2/attachments/*",
    "/wiki/api/v2/footer-comments",
    "/wiki/api/v2/footer-comments/*",
    "/wiki/api/v2/inline-comments*",
    "/wiki/rest/api/template/*",
    "/wiki/rest/api/content/search",
    "/wiki/rest/api/user/bulk",
    "/wiki/rest/api/content/*/download",
];
/// Lists whose missing items the search reveals.
const LISTS: &[&str] = &[
    "/wiki/api/v2/pages",
    "/wiki/api/v2/blogposts",
    "/wiki/api/v2/attachments",
    "/wiki/api/v2/footer-comments",
    "/wiki/api/v2/inline-comments",
    "/wiki/api/v2/spaces",
];
/// Fields that may be missing or null.
const FIELDS: &[&str] = &["status", "title", "spaceId", "version", "fileId", "fileSize", "createdAt", "body", "_links"];

impl Plan {
    /// A run without faults.
    pub(crate) fn none() -> Self {
        Self {
            faults: FaultPlan::none(),
            stop: Box::pin(std::future::pending()),
            lies: false,
            leaves_fields_out: false,
            changes: false,
            words: Vec::new(),
        }
    }

    pub(crate) fn draw(random: &mut Rng) -> Self {
        let mut plan = Self::none();
        if random.u8(..100) < 15 {
            return plan;
        }
        if random.u8(..100) < 20 {
            plan.lies = true;
            plan.add(random.choice(LISTS).unwrap(), Occurrence::From(1), Fault::DroppedTail(random.usize(1..=3)));
        }
        for _ in 0..random.u8(u8::from(!plan.lies)..=4) {
            let (route, occurrence, fault) = plan.fault(random);
            plan.add(route, occurrence, fault);
        }
        if random.u8(..100) < 25 {
            plan.stop_at(random.u32(1..=70));
        }
        plan
    }

    fn add(&mut self, route: &str, occurrence: Occurrence, fault: Fault) {
        self.words.push(format!("{fault:?} on {route} {occurrence:?}"));
        self.faults = also(std::mem::take(&mut self.faults), route, occurrence, fault);
    }

    /// Applies a change to the site before a request.
    pub(crate) fn change(&mut self, request: u32, change: Change) {
        self.changes = true;
        self.add("*", Occurrence::Only(request), Fault::Change(Box::new(change)));
    }

    fn stop_at(&mut self, request: u32) {
        self.words.push(format!("interrupted at request {request}"));
        (self.faults, self.stop) = signal_at_request(std::mem::take(&mut self.faults), request);
    }

    fn fault(&mut self, random: &mut Rng) -> (&'static str, Occurrence, Fault) {
        let route = *random.choice(ROUTES).unwrap();
        let occurrence = occurrence(random);
        match random.u8(..14) {
            0 => (route, occurrence, Fault::status(random.choice([500, 502, 503, 504, 520, 408]).unwrap())),
            1 => {
                let wait = random.choice(["0", "3", "90", "soon", "100000"]).unwrap();
                (route, occurrence, response(429, &[("retry-after", wait)], "{}"))
            }
            2 => (route, occurrence, Fault::Reset),
            3 => (route, occurrence, Fault::CutBody(random.usize(..3000))),
            4 => (route, occurrence, Fault::HtmlPage),
            5 => (route, occurrence, Fault::MalformedItems),
            6 => (route, occurrence, Fault::EmptyPageWithNext),
            7 => (route, occurrence, Fault::RepeatedCursor),
            8 => (route, occurrence, Fault::DuplicatedItems),
            9 => (route, occurrence, Fault::Unauthorized),
            10 => (route, occurrence, Fault::Anonymous),
            // a permanent 404 is how the API reports deleted versions, so only a transient one must not be trusted
            11 => (route, Occurrence::Only(random.u32(1..=30)), missing()),
            12 => {
                // without the search a hidden tail cannot be noticed
                let route = if self.lies { "/wiki/api/v2/*" } else { route };
                (route, occurrence, Fault::status(random.choice([400, 403, 410, 451]).unwrap()))
            }
            _ => {
                self.leaves_fields_out = true;
                let field = *random.choice(FIELDS).unwrap();
                (*random.choice(LISTS).unwrap(), Occurrence::From(1), null(field))
            }
        }
    }
}

fn occurrence(random: &mut Rng) -> Occurrence {
    let number = random.u32(1..=40);
    match random.u8(..5) {
        0 => Occurrence::Only(number),
        1 => Occurrence::First(number % 8),
        2 => Occurrence::From(number),
        3 => Occurrence::From(1),
        _ => Occurrence::Every(2 + number % 7),
    }
}

fn missing() -> Fault {
    response(404, &[], r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"Could not find it","detail":"it"}]}"#)
}

/// Sets a field of every third item to null.
fn null(field: &'static str) -> Fault {
    edit_items(move |item| {
        let chosen = item["id"].as_str().is_some_and(|id| id.bytes().map(usize::from).sum::<usize>() % 3 == 0);
        if chosen && item.get(field).is_some() {
            item[field] = Value::Null;
        }
    })
}
