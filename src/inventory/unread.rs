//! Handles what cannot be read at all, and the user's consent to that (`accept_unread`).
//!
//! The user can accept only a problem with one content or file. Refused credentials, a server that throttles or fails,
//! and incomplete lists cannot be accepted.

use std::collections::HashMap;

use super::coverage::UnreadVersion;
use super::crawl::Crawl;
use super::ledger::WorkUnit;
use super::site::{Attachment, Content};
use confluence_client::RequestError;

/// Why a content or file could not be read.
#[derive(Debug, Clone, Copy)]
pub(super) enum UnreadReason<'e> {
    /// The response lacks a required part.
    Lacking(&'e str),
    /// A list shows it, but a request for its id returns "not found".
    Hidden,
    Request(&'e RequestError),
}

impl UnreadReason<'_> {
    fn message(self) -> String {
        match self {
            Self::Lacking(what) => what.to_owned(),
            Self::Hidden => "not found by its id, although a list shows it".to_owned(),
            Self::Request(error) => error.to_string(),
        }
    }

    fn is_denied(self) -> bool {
        match self {
            Self::Lacking(_) => false,
            Self::Hidden => true,
            Self::Request(error) => error.is_denied(),
        }
    }

    /// Returns whether the problem concerns this one item and will persist.
    fn can_be_accepted(self) -> bool {
        match self {
            Self::Lacking(_) | Self::Hidden => true,
            Self::Request(error) => match error {
                RequestError::Denied { .. }
                | RequestError::NotFound { .. }
                | RequestError::TooLarge { .. }
                | RequestError::Shape { .. } => true,
                RequestError::Status { status, .. } => {
                    (400..500).contains(status) && !matches!(status, 401 | 407 | 408 | 425 | 429)
                }
                _ => false,
            },
        }
    }
}

impl Crawl<'_> {
    /// Ends the unit of a content that cannot be read, so that no one knows which files it uses.
    pub(super) fn unreadable(&self, unit: WorkUnit<'_>, content: &mut Content, reason: UnreadReason<'_>) {
        if self.end_unread(unit, content.id.as_str(), content.version.unwrap_or(0), reason) {
            content.unread = Some(accepted(reason));
        }
    }

    /// Ends the unit of a file that cannot be read.
    pub(super) fn unreadable_file(&self, unit: WorkUnit<'_>, file: &mut Attachment, reason: UnreadReason<'_>) {
        if self.end_unread(unit, file.id.as_str(), file.version, reason) {
            file.unread = Some(accepted(reason));
        }
    }

    /// Returns whether the user accepts it.
    fn end_unread(&self, unit: WorkUnit<'_>, id: &str, version: u32, reason: UnreadReason<'_>) -> bool {
        let unread = UnreadVersion { id: id.to_owned(), version };
        let text = reason.message();
        if !reason.can_be_accepted() {
            unit.failed_or_denied(reason.is_denied(), text);
            return false;
        }
        if self.options.accept_unread.contains(&unread) {
            unit.accepted(unread, text);
            return true;
        }
        unit.failed_or_denied(
            reason.is_denied(),
            format!("{text} (after checking it, accept it with accept_unread = {unread})"),
        );
        false
    }
}

fn accepted(reason: UnreadReason<'_>) -> String {
    format!("it could not be read, which accept_unread permits: {}", reason.message())
}

/// Checks `accept_unread` against the site and returns the entries whose ids the site does not have, most likely typing
/// errors. If a list is incomplete, they may be in its missing part, and are only warned of. Warns of entries that are
/// outdated or not needed.
pub(super) fn unknown_accepted(crawl: &Crawl<'_>, contents: &[Content], files: &[Attachment]) -> Vec<UnreadVersion> {
    let accept = &crawl.options.accept_unread;
    if accept.is_empty() || crawl.api.client().stopped().is_some() {
        return Vec::new();
    }
    let of_contents = contents.iter().map(|content| {
        (content.id.as_str(), (content.version.unwrap_or(0), content.body.is_some() && content.unread.is_none()))
    });
    // missing version numbers of files are determined later
    let of_files = files.iter().map(|file| (file.id.as_str(), (file.version, file.version > 0)));
    let known: HashMap<&str, (u32, bool)> = of_contents.chain(of_files).collect();
    let mut unknown = Vec::new();
    for unread in accept {
        match known.get(unread.id.as_str()) {
            None => unknown.push(unread.clone()),
            Some((version, _)) if *version != unread.version => crawl
                .ledger
                .warn(format!("accept_unread = {unread} no longer applies: {} now has version {version}", unread.id)),
            Some((_, true)) => {
                crawl.ledger.warn(format!("accept_unread = {unread} is not needed: this run could read it"));
            }
            Some((_, false)) => {}
        }
    }
    if !unknown.is_empty() && crawl.ledger.has_list_gap() {
        for unread in unknown.drain(..) {
            crawl.ledger.warn(format!("accept_unread = {unread} matches nothing in the lists, which are incomplete"));
        }
    }
    unknown
}

#[cfg(test)]
mod tests {
    use super::*;
    use confluence_client::NonApiResponder;

    #[test]
    fn temporary_and_site_wide_errors_cannot_be_accepted() {
        let endpoint = || "/api/v2/pages/1".to_owned();
        let status = |status| RequestError::Status { status, endpoint: endpoint(), attempts: 1 };
        let accepted = [
            status(400),
            status(422),
            RequestError::Denied { endpoint: endpoint() },
            RequestError::NotFound { endpoint: endpoint() },
            RequestError::TooLarge { endpoint: endpoint(), limit: 1 },
            RequestError::Shape { endpoint: endpoint(), what: "no id".to_owned() },
        ];
        for error in accepted {
            assert!(UnreadReason::Request(&error).can_be_accepted(), "{error}");
        }
        let refused = [
            status(401),
            status(407),
            status(429),
            status(500),
            status(503),
            RequestError::Unauthenticated { response: "401".to_owned() },
            RequestError::ScopeMissing { endpoint: endpoint() },
            RequestError::GaveUp { last: "503".to_owned() },
            RequestError::Interrupted,
            RequestError::Transport { endpoint: endpoint(), cause: "reset".to_owned(), timeout: false, attempts: 6 },
            RequestError::NotJson {
                endpoint: endpoint(),
                who: NonApiResponder::Login,
                what: "a login page".to_owned(),
            },
        ];
        for error in refused {
            assert!(!UnreadReason::Request(&error).can_be_accepted(), "{error}");
        }
        assert!(UnreadReason::Hidden.can_be_accepted() && UnreadReason::Lacking("no body").can_be_accepted());
    }
}
