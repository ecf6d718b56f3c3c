//! Scripted faults: what goes wrong, on which route and at which request.

use std::fmt;
use std::sync::Arc;

use globset::{GlobBuilder, GlobMatcher};
use serde_json::Value;

use super::changes::Change;
use super::site::Site;

/// The requests that a rule applies to: a path pattern, and query parameters that must be present.
#[derive(Debug, Clone)]
pub struct RoutePattern {
    path: Option<GlobMatcher>,
    query: Vec<(String, String)>,
    at_least: usize,
}

impl RoutePattern {
    /// Matches every request, including downloads.
    pub fn any() -> Self {
        Self { path: None, query: Vec::new(), at_least: 0 }
    }

    /// Matches paths with a glob such as `/wiki/api/v2/attachments/*`; `*` also matches slashes. Fails if the pattern
    /// is not a valid glob.
    pub fn path(glob: &str) -> Result<Self, globset::Error> {
        let matcher = GlobBuilder::new(glob).literal_separator(false).build()?.compile_matcher();
        Ok(Self { path: Some(matcher), query: Vec::new(), at_least: 0 })
    }

    /// Also requires a query parameter with this value.
    #[must_use]
    pub fn with_query(mut self, key: &str, value: &str) -> Self {
        self.query.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Also requires names and values of the query to have at least this many bytes.
    #[must_use]
    pub fn at_least(mut self, bytes: usize) -> Self {
        self.at_least = bytes;
        self
    }

    fn matches(&self, path: &str, query: &[(String, String)]) -> bool {
        let length: usize = query.iter().map(|(key, value)| key.len() + value.len()).sum();
        self.path.as_ref().is_none_or(|glob| glob.is_match(path))
            && self.query.iter().all(|pair| query.contains(pair))
            && length >= self.at_least
    }
}

/// Which of the matching requests a rule applies to, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occurrence {
    /// Only this one.
    Only(u32),
    /// The first `n`.
    First(u32),
    /// This one and all later ones.
    From(u32),
    /// Every `n`-th.
    Every(u32),
}

impl Occurrence {
    fn includes(self, number: u32) -> bool {
        match self {
            Self::Only(wanted) => number == wanted,
            Self::First(count) => number <= count,
            Self::From(first) => number >= first,
            Self::Every(step) => step != 0 && number.is_multiple_of(step),
        }
    }
}

/// What goes wrong.
#[derive(Clone)]
pub enum Fault {
    /// Replaces the response.
    Answer {
        /// HTTP status code.
        status: u16,
        /// Header names and values.
        headers: Vec<(String, String)>,
        /// Response body.
        body: String,
    },
    /// Returns an HTML login page with status 200, as proxies and single sign-on do.
    HtmlPage,
    /// Closes the connection after this many bytes of the body; `Content-Length` is that of the complete body.
    CutBody(usize),
    /// Stops sending the body after this many bytes and keeps the connection open.
    StallBody(usize),
    /// Sends no response and keeps the connection open.
    Stall,
    /// Resets the connection before the response.
    Reset,
    /// Removes the id of every second item of a list and replaces the first item by a string.
    MalformedItems,
    /// Returns no items, but a next link to the same position: a client that follows it loses nothing.
    EmptyPageWithNext,
    /// Makes the next link point to the page of results that was just returned.
    RepeatedCursor,
    /// Returns the items of the page twice.
    DuplicatedItems,
    /// Drops the last items and the next link: a list that ends too early without saying so.
    DroppedTail(usize),
    /// Adds a header to the response.
    Header {
        /// Header name.
        name: String,
        /// Header value.
        value: String,
    },
    /// Edits the JSON response.
    EditJson(JsonEdit),
    /// Treats the request as anonymous; the effect depends on whether the site is public.
    Anonymous,
    /// Returns 401 with the body of an expired credential.
    Unauthorized,
    /// Changes the site just before the response.
    ChangeSite(SiteChange),
    /// Applies a typed change just before the response; the server records it with the site as it then is.
    Change(Box<Change>),
}

/// A function that edits a JSON response.
pub type JsonEdit = Arc<dyn Fn(&mut Value) + Send + Sync>;
/// A function that changes the site.
pub type SiteChange = Arc<dyn Fn(&mut Site) + Send + Sync>;

impl Fault {
    /// Returns this status with a JSON message only.
    pub fn status(status: u16) -> Self {
        let body = format!(r#"{{"statusCode":{status},"message":"scripted"}}"#);
        Self::Answer { status, headers: vec![("content-type".to_owned(), "application/json".to_owned())], body }
    }

    /// Returns 429 with `Retry-After` in seconds.
    pub fn too_many_requests(retry_after: u32) -> Self {
        Self::Answer {
            status: 429,
            headers: vec![
                ("content-type".to_owned(), "application/json".to_owned()),
                ("retry-after".to_owned(), retry_after.to_string()),
                ("ratelimit-reason".to_owned(), "confluence-burst-based".to_owned()),
            ],
            body: r#"{"code":429,"message":"Rate limit exceeded"}"#.to_owned(),
        }
    }

    /// Adds a header to the response.
    pub fn header(name: &str, value: &str) -> Self {
        Self::Header { name: name.to_owned(), value: value.to_owned() }
    }

    /// Changes the site with a function.
    pub fn change_site(change: impl Fn(&mut Site) + Send + Sync + 'static) -> Self {
        Self::ChangeSite(Arc::new(change))
    }

    /// Edits the JSON response with a function.
    pub fn edit_json(edit: impl Fn(&mut Value) + Send + Sync + 'static) -> Self {
        Self::EditJson(Arc::new(edit))
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer { status, .. } => write!(f, "Answer({status})"),
            Self::HtmlPage => f.write_str("HtmlPage"),
            Self::CutBody(after) => write!(f, "CutBody({after})"),
            Self::StallBody(after) => write!(f, "StallBody({after})"),
            Self::Stall => f.write_str("Stall"),
            Self::Reset => f.write_str("Reset"),
            Self::MalformedItems => f.write_str("MalformedItems"),
            Self::EmptyPageWithNext => f.write_str("EmptyPageWithNext"),
            Self::RepeatedCursor => f.write_str("RepeatedCursor"),
            Self::DuplicatedItems => f.write_str("DuplicatedItems"),
            Self::DroppedTail(items) => write!(f, "DroppedTail({items})"),
            Self::Header { name, .. } => write!(f, "Header({name})"),
            Self::EditJson(_) => f.write_str("EditJson"),
            Self::Anonymous => f.write_str("Anonymous"),
            Self::Unauthorized => f.write_str("Unauthorized"),
            Self::ChangeSite(_) => f.write_str("ChangeSite"),
            Self::Change(change) => change.fmt(f),
        }
    }
}

#[derive(Debug, Clone)]
struct Rule {
    route: RoutePattern,
    occurrence: Occurrence,
    fault: Fault,
    matched: u32,
}

/// The faults of one server, in the order in which they apply to a request.
#[derive(Debug, Clone, Default)]
pub struct FaultPlan {
    rules: Vec<Rule>,
}

impl FaultPlan {
    /// No faults.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds a rule.
    #[must_use]
    pub fn on(mut self, route: RoutePattern, occurrence: Occurrence, fault: Fault) -> Self {
        self.rules.push(Rule { route, occurrence, fault, matched: 0 });
        self
    }

    /// Treats every request from the `n`th on as anonymous.
    #[must_use]
    pub fn anonymous_from(self, n: u32) -> Self {
        self.on(RoutePattern::any(), Occurrence::From(n), Fault::Anonymous)
    }

    /// Returns 401 for every request from the `n`th on.
    #[must_use]
    pub fn unauthorized_from(self, n: u32) -> Self {
        self.on(RoutePattern::any(), Occurrence::From(n), Fault::Unauthorized)
    }

    /// Changes the site just before the response to the `n`th request.
    #[must_use]
    pub fn change_site_at(self, n: u32, change: impl Fn(&mut Site) + Send + Sync + 'static) -> Self {
        self.on(RoutePattern::any(), Occurrence::Only(n), Fault::change_site(change))
    }

    /// Counts a request and returns the faults that apply to it.
    pub(crate) fn due(&mut self, path: &str, query: &[(String, String)]) -> Vec<Fault> {
        let mut due = Vec::new();
        for rule in &mut self.rules {
            if rule.route.matches(path, query) {
                rule.matched += 1;
                if rule.occurrence.includes(rule.matched) {
                    due.push(rule.fault.clone());
                }
            }
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(plan: &mut FaultPlan, path: &str) -> usize {
        plan.due(path, &[("limit".to_owned(), "5".to_owned())]).len()
    }

    #[test]
    fn occurrences_count_matching_requests_only() {
        let pages = RoutePattern::path("/wiki/api/v2/pages*").unwrap();
        let mut plan = FaultPlan::none().on(pages, Occurrence::Only(2), Fault::Reset);
        assert_eq!(due(&mut plan, "/wiki/api/v2/pages"), 0);
        assert_eq!(due(&mut plan, "/wiki/api/v2/spaces"), 0);
        assert_eq!(due(&mut plan, "/wiki/api/v2/pages/1/properties"), 1);
        assert_eq!(due(&mut plan, "/wiki/api/v2/pages"), 0);
    }

    #[test]
    fn query_parameters_narrow_a_rule() {
        let route = RoutePattern::any().with_query("limit", "6");
        let mut plan = FaultPlan::none().on(route, Occurrence::From(1), Fault::Stall);
        assert_eq!(due(&mut plan, "/"), 0);
        assert_eq!(plan.due("/", &[("limit".to_owned(), "6".to_owned())]).len(), 1);
    }

    #[test]
    fn every_first_and_from_apply_to_the_right_requests() {
        assert_eq!((1..=6).filter(|n| Occurrence::Every(2).includes(*n)).count(), 3);
        assert_eq!((1..=6).filter(|n| Occurrence::First(2).includes(*n)).count(), 2);
        assert_eq!((1..=6).filter(|n| Occurrence::From(5).includes(*n)).count(), 2);
        assert!(!Occurrence::Every(0).includes(1));
    }
}
