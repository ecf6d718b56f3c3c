//! A read-only request, without its host.

use super::request_kind::RequestKind;

/// Which REST API a request belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ApiFamily {
    /// `/api/v2`.
    V2,
    /// `/rest/api`.
    V1,
    /// `/rest/experimental`: lists of Data Center that `/rest/api` does not have.
    Experimental,
    /// `/rest/cw/1`: Comala Document Management on Data Center.
    Comala,
}

impl ApiFamily {
    /// Returns the path segments below the context path.
    pub(crate) fn path(self) -> &'static [&'static str] {
        match self {
            Self::V2 => &["api", "v2"],
            Self::V1 => &["rest", "api"],
            Self::Experimental => &["rest", "experimental"],
            Self::Comala => &["rest", "cw", "1"],
        }
    }
}

/// A read-only request: its kind, path and query, without a host.
///
/// It is a GET, except for the one thing that is read by POST: accounts.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) kind: RequestKind,
    pub(crate) family: ApiFamily,
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    /// Account ids to look up: makes the request a POST, see `Request::accounts`.
    pub(crate) accounts: Option<Vec<String>>,
}

impl Request {
    /// Creates a request to `/api/v2/…`.
    pub(crate) fn v2(kind: RequestKind, segments: &[&str]) -> Self {
        Self::new(kind, ApiFamily::V2, segments)
    }

    /// Creates a request to `/rest/api/…`.
    pub(crate) fn v1(kind: RequestKind, segments: &[&str]) -> Self {
        Self::new(kind, ApiFamily::V1, segments)
    }

    /// Creates a request to `/rest/experimental/…`.
    pub(crate) fn experimental(kind: RequestKind, segments: &[&str]) -> Self {
        Self::new(kind, ApiFamily::Experimental, segments)
    }

    /// Creates a request to `/rest/cw/1/…`.
    pub(crate) fn comala(kind: RequestKind, segments: &[&str]) -> Self {
        Self::new(kind, ApiFamily::Comala, segments)
    }

    fn new(kind: RequestKind, family: ApiFamily, segments: &[&str]) -> Self {
        let segments = segments.iter().map(|&segment| segment.to_owned()).collect();
        Self { kind, family, segments, query: Vec::new(), accounts: None }
    }

    /// Creates `POST /api/v2/users-bulk`, which reads the details of accounts. It is a POST because the ids would not
    /// fit into a URL. No other request has a body, and none can get one: the path is fixed here.
    pub(crate) fn accounts(ids: &[&str]) -> Self {
        let ids = ids.iter().map(|&id| id.to_owned()).collect();
        Self { accounts: Some(ids), ..Self::v2(RequestKind::Accounts, &["users-bulk"]) }
    }

    /// Returns the HTTP method.
    pub(crate) fn method(&self) -> reqwest::Method {
        if self.accounts.is_some() { reqwest::Method::POST } else { reqwest::Method::GET }
    }

    /// Adds a query pair; a name may be repeated, as for lists.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    /// Replaces all query pairs of a name by one.
    #[must_use]
    pub(crate) fn replacing(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.retain(|(existing, _)| existing != name);
        self.with(name, value)
    }

    /// Returns the requested page size of a list, if any.
    pub(crate) fn page_size(&self) -> Option<u32> {
        self.query.iter().find(|(name, _)| name == "limit").and_then(|(_, size)| size.parse().ok())
    }

    /// Returns the path below the context path, without the query: safe to log and to show.
    pub(crate) fn path(&self) -> String {
        format!("/{}/{}", self.family.path().join("/"), self.segments.join("/"))
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
