//! What cannot be read at all, and whether the user has looked at it and accepts that (`accept_unread`).
//!
//! Only what is wrong with one content or file can be accepted: credentials that are refused, a server that throttles
//! or fails, and lists cannot.

use std::collections::HashMap;

use super::coverage::UnreadVersion;
use super::crawl::Crawl;
use super::ledger::Unit;
use super::site::{Attachment, Content};
use confluence_client::RequestError;

/// Why something could not be read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Why<'e> {
    /// The answer lacks what it should bear.
    Lacking(&'e str),
    /// A list shows it, and alone it is not found.
    Hidden,
    /// The request failed.
    Request(&'e RequestError),
}

impl Why<'_> {
    fn reason(self) -> String {
        match self {
            Self::Lacking(what) => what.to_owned(),
            Self::Hidden => "not found alone, though a list shows it".to_owned(),
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

    /// Whether it is about this one thing, and would be the same tomorrow.
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
    /// Ends the unit of a content that cannot be read: nobody can tell what it uses.
    pub(super) fn unreadable(&self, unit: Unit<'_>, content: &mut Content, why: Why<'_>) {
        if self.end_unread(unit, content.id.as_str(), content.version.unwrap_or(0), why) {
            content.unread = Some(format!("it could not be read, which was accepted: {}", why.reason()));
        }
    }

    /// Ends the unit of a file that cannot be read.
    pub(super) fn unreadable_file(&self, unit: Unit<'_>, file: &mut Attachment, why: Why<'_>) {
        if self.end_unread(unit, file.id.as_str(), file.version, why) {
            file.unread = Some(format!("it could not be read, which was accepted: {}", why.reason()));
        }
    }

    /// Gives whether the user accepts it.
    fn end_unread(&self, unit: Unit<'_>, id: &str, version: u32, why: Why<'_>) -> bool {
        let unread = UnreadVersion { id: id.to_owned(), version };
        let reason = why.reason();
        if !why.can_be_accepted() {
            unit.failed_or_denied(why.is_denied(), reason);
            return false;
        }
        if self.options.accept_unread.contains(&unread) {
            unit.accepted(unread, reason);
            return true;
        }
        unit.failed_or_denied(why.is_denied(), format!("{reason} (look at it: accept_unread = {unread} accepts that)"));
        false
    }
}

/// Holds what the user accepts against what there is. An id that nothing bears is a slip, and given back; where a list
/// has a hole it may be in there. What is no longer needed or no longer holds is mentioned.
pub(super) fn unknown(crawl: &Crawl<'_>, contents: &[Content], files: &[Attachment]) -> Vec<UnreadVersion> {
    let accept = &crawl.options.accept_unread;
    if accept.is_empty() || crawl.api.client().stopped().is_some() {
        return Vec::new();
    }
    let of_contents = contents.iter().map(|content| {
        (content.id.as_str(), (content.version.unwrap_or(0), content.body.is_some() && content.unread.is_none()))
    });
    // the number of a file's versions is settled later
    let of_files = files.iter().map(|file| (file.id.as_str(), (file.version, file.version > 0)));
    let known: HashMap<&str, (u32, bool)> = of_contents.chain(of_files).collect();
    let mut unknown = Vec::new();
    for unread in accept {
        match known.get(unread.id.as_str()) {
            None => unknown.push(unread.clone()),
            Some((version, _)) if *version != unread.version => crawl.ledger.warn(format!(
                "accept_unread = {unread} no longer holds: version {version} of {} is there now",
                unread.id
            )),
            Some((_, true)) => {
                crawl.ledger.warn(format!("accept_unread = {unread} is not needed: it was read this time"));
            }
            Some((_, false)) => {}
        }
    }
    if !unknown.is_empty() && crawl.ledger.has_list_gap() {
        for unread in unknown.drain(..) {
            crawl.ledger.warn(format!("accept_unread = {unread} names nothing that the lists show"));
        }
    }
    unknown
}

#[cfg(test)]
mod tests {
    use super::*;
    use confluence_client::Stranger;

    #[test]
    fn what_passes_or_is_about_everything_cannot_be_accepted() {
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
            assert!(Why::Request(&error).can_be_accepted(), "{error}");
        }
        let refused = [
            status(401),
            status(407),
            status(429),
            status(500),
            status(503),
            RequestError::Unauthenticated { answer: "401".to_owned() },
            RequestError::ScopeMissing { endpoint: endpoint() },
            RequestError::GaveUp { last: "503".to_owned() },
            RequestError::Interrupted,
            RequestError::Transport { endpoint: endpoint(), cause: "reset".to_owned(), timeout: false, attempts: 6 },
            RequestError::NotJson { endpoint: endpoint(), who: Stranger::Login, what: "a login page".to_owned() },
        ];
        for error in refused {
            assert!(!Why::Request(&error).can_be_accepted(), "{error}");
        }
        assert!(Why::Hidden.can_be_accepted() && Why::Lacking("no body").can_be_accepted());
    }
}
