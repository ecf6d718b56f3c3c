//! One request that reads, without its host.

use super::kind::RequestKind;

/// Which family of endpoints a request belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generation {
    /// `/api/v2`.
    V2,
    /// `/rest/api`.
    V1,
    /// `/rest/cw/1`: Comala Document Management on Data Center.
    Comala,
}

impl Generation {
    /// The path below the context.
    pub(crate) fn path(self) -> &'static [&'static str] {
        match self {
            Self::V2 => &["api", "v2"],
            Self::V1 => &["rest", "api"],
            Self::Comala => &["rest", "cw", "1"],
        }
    }
}

/// One request that reads: what it is counted as, which path, which query. Knows no host.
///
/// It is a GET, but for the one thing that is read by POST: accounts.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// What it is counted as.
    pub(crate) kind: RequestKind,
    pub(crate) generation: Generation,
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    /// Account ids to ask about: makes the request a POST, see `Request::accounts`.
    pub(crate) accounts: Option<Vec<String>>,
}

impl Request {
    /// A request to `/api/v2/…`.
    pub(crate) fn v2(kind: RequestKind, segments: &[&str]) -> Self {
        Self::new(kind, Generation::V2, segments)
    }

    /// A request to `/rest/api/…`.
    pub(crate) fn v1(kind: RequestKind, segments: &[&str]) -> Self {
        Self::new(kind, Generation::V1, segments)
    }

    /// A request to `/rest/cw/1/…`.
    pub(crate) fn comala(kind: RequestKind, segments: &[&str]) -> Self {
        Self::new(kind, Generation::Comala, segments)
    }

    fn new(kind: RequestKind, generation: Generation, segments: &[&str]) -> Self {
        let segments = segments.iter().map(|&segment| segment.to_owned()).collect();
        Self { kind, generation, segments, query: Vec::new(), accounts: None }
    }

    /// `POST /api/v2/users-bulk`: the details of these accounts. It reads, though by POST, because their ids would not
    /// fit into an address. No other request bears a body, and none can be made to: the path is
    /// fixed here.
    pub(crate) fn accounts(ids: &[&str]) -> Self {
        let ids = ids.iter().map(|&id| id.to_owned()).collect();
        Self { accounts: Some(ids), ..Self::v2(RequestKind::Accounts, &["users-bulk"]) }
    }

    /// The method it is sent with.
    pub(crate) fn method(&self) -> reqwest::Method {
        if self.accounts.is_some() { reqwest::Method::POST } else { reqwest::Method::GET }
    }

    /// Adds a query pair; a name may be repeated (lists are sent repeated).
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    /// Sets a query pair in place of all pairs of that name.
    #[must_use]
    pub(crate) fn replacing(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.retain(|(existing, _)| existing != name);
        self.with(name, value)
    }

    /// The size of the pages this list is asked for, where it is told.
    pub(crate) fn page_size(&self) -> Option<u32> {
        self.query.iter().find(|(name, _)| name == "limit").and_then(|(_, size)| size.parse().ok())
    }

    /// The path below the context, without the query: safe to log and to show.
    pub(crate) fn path(&self) -> String {
        format!("/{}/{}", self.generation.path().join("/"), self.segments.join("/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_request_for_accounts_is_a_post() {
        let accounts = Request::accounts(&["712020:a"]).with("cursor", "x");
        assert_eq!((accounts.method(), accounts.path()), (reqwest::Method::POST, "/api/v2/users-bulk".to_owned()));
        assert_eq!(Request::v2(RequestKind::Pages, &["users-bulk"]).method(), reqwest::Method::GET);
    }
}
