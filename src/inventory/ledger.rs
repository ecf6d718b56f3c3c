//! Ledger of a run in progress, which becomes its [`Coverage`].
//!
//! A unit is planned before its request, and its caller must end it. A unit that is dropped without an end, for
//! whatever reason, counts as failed.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::coverage::{Coverage, Gap, UnitCounts, UnitEnd, UnitKind, UnreadVersion};
use confluence_client::RequestError;

#[derive(Debug, Default)]
pub(super) struct Ledger {
    coverage: Mutex<Coverage>,
}

impl Ledger {
    /// Reopens the coverage of a run to add more units.
    pub(super) fn reopen(coverage: Coverage) -> Self {
        Self { coverage: Mutex::new(coverage) }
    }

    fn coverage(&self) -> MutexGuard<'_, Coverage> {
        self.coverage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn enter(&self, kind: UnitKind, subject: impl Into<String>) -> WorkUnit<'_> {
        self.coverage().units.entry(kind).or_default().planned += 1;
        WorkUnit { ledger: self, kind, subject: subject.into(), ended: false }
    }

    /// Adds units that are already read, such as bodies that came with a list.
    pub(super) fn done(&self, kind: UnitKind, count: u64) {
        if count > 0 {
            let mut coverage = self.coverage();
            let counts = coverage.units.entry(kind).or_default();
            counts.planned += count;
            counts.ok += count;
        }
    }

    /// Returns how many units of this kind are planned so far.
    pub(super) fn planned(&self, kind: UnitKind) -> u64 {
        self.coverage().units.get(&kind).map_or(0, |counts| counts.planned)
    }

    /// Returns how many units of this kind failed or were denied so far.
    pub(super) fn gaps(&self, kind: UnitKind) -> u64 {
        self.coverage().units.get(&kind).map_or(0, |counts| counts.failed + counts.denied)
    }

    /// Returns whether a unit of this kind failed or was denied so far.
    pub(super) fn has_gap(&self, kind: UnitKind) -> bool {
        self.coverage().has_gap(kind)
    }

    /// Returns whether a list of contents or files is known to be incomplete so far.
    pub(super) fn has_list_gap(&self) -> bool {
        const LISTS: [UnitKind; 10] = [
            UnitKind::SpaceList,
            UnitKind::PageList,
            UnitKind::BlogPostList,
            UnitKind::TitleList,
            UnitKind::DraftList,
            UnitKind::AttachmentList,
            UnitKind::CommentList,
            UnitKind::Replies,
            UnitKind::Templates,
            UnitKind::CustomContentList,
        ];
        LISTS.into_iter().any(|kind| self.has_gap(kind))
    }

    /// Adds a unit that an earlier run read and that the cache has, because it can never change.
    pub(super) fn remembered(&self, kind: UnitKind) {
        self.done(kind, 1);
        self.coverage().units.entry(kind).or_default().remembered += 1;
    }

    /// Adds a warning, which leaves the run complete. A repeated warning is ignored.
    pub(super) fn warn(&self, text: impl Into<String>) {
        let text = text.into();
        let mut coverage = self.coverage();
        if !coverage.warnings.contains(&text) {
            coverage.warnings.push(text);
        }
    }

    fn end(&self, kind: UnitKind, subject: String, end: UnitEnd) {
        let mut coverage = self.coverage();
        let counts = coverage.units.entry(kind).or_default();
        *counter(counts, &end) += 1;
        if end != UnitEnd::Ok {
            coverage.gaps.push(Gap { kind, subject, end });
        }
    }

    /// Closes the ledger and returns the coverage, with its gaps in order.
    pub(super) fn finish(self) -> Coverage {
        let mut coverage = self.coverage.into_inner().unwrap_or_else(PoisonError::into_inner);
        coverage.gaps.sort_by(|a, b| (a.kind, &a.subject).cmp(&(b.kind, &b.subject)));
        coverage
    }
}

fn counter<'a>(counts: &'a mut UnitCounts, end: &UnitEnd) -> &'a mut u64 {
    match end {
        UnitEnd::Ok => &mut counts.ok,
        UnitEnd::Failed { .. } => &mut counts.failed,
        UnitEnd::Denied { .. } => &mut counts.denied,
        UnitEnd::Gone => &mut counts.gone,
        UnitEnd::Skipped { .. } => &mut counts.skipped,
        UnitEnd::Accepted { .. } => &mut counts.accepted,
    }
}

#[derive(Debug)]
#[must_use = "a unit without an end counts as failed"]
pub(super) struct WorkUnit<'a> {
    ledger: &'a Ledger,
    kind: UnitKind,
    subject: String,
    ended: bool,
}

impl WorkUnit<'_> {
    pub(super) fn ok(self) {
        self.end(UnitEnd::Ok);
    }

    /// Ends as deleted during the run, which a second check confirmed.
    pub(super) fn gone(self) {
        self.end(UnitEnd::Gone);
    }

    /// Ends as not visible to the account.
    pub(super) fn denied(self, reason: impl Into<String>) {
        self.end(UnitEnd::Denied { reason: reason.into() });
    }

    /// Removes the unit, which is planned again in other pieces or does not apply to this site.
    pub(super) fn withdrawn(mut self) {
        self.ended = true;
        let mut coverage = self.ledger.coverage();
        let counts = coverage.units.entry(self.kind).or_default();
        counts.planned = counts.planned.saturating_sub(1);
    }

    /// Ends as left out because of an option or another cause.
    pub(super) fn skipped(self, option: &str) {
        self.end(UnitEnd::Skipped { option: option.to_owned() });
    }

    /// Ends as denied if `denied`, else as failed.
    pub(super) fn failed_or_denied(self, denied: bool, reason: String) {
        self.end(if denied { UnitEnd::Denied { reason } } else { UnitEnd::Failed { reason } });
    }

    /// Ends as unread, which the user accepts.
    pub(super) fn accepted(self, unread: UnreadVersion, reason: impl Into<String>) {
        self.end(UnitEnd::Accepted { unread, reason: reason.into() });
    }

    /// Ends as failed for a reason other than a request error.
    pub(super) fn failed(self, reason: impl Into<String>) {
        self.end(UnitEnd::Failed { reason: reason.into() });
    }

    /// Ends as denied or failed, depending on the error.
    pub(super) fn refused(self, error: &RequestError) {
        self.failed_or_denied(error.is_denied(), error.to_string());
    }

    /// Ends as ok, denied or failed, depending on the result of its request.
    pub(super) fn settle<T>(self, result: &Result<T, RequestError>) {
        match result {
            Ok(_) => self.ok(),
            Err(error) => self.refused(error),
        }
    }

    fn end(mut self, end: UnitEnd) {
        self.ended = true;
        self.ledger.end(self.kind, std::mem::take(&mut self.subject), end);
    }
}

impl Drop for WorkUnit<'_> {
    fn drop(&mut self) {
        if !self.ended {
            let end = UnitEnd::Failed { reason: "not finished".to_owned() };
            self.ledger.end(self.kind, std::mem::take(&mut self.subject), end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_without_an_end_is_failed() {
        let ledger = Ledger::default();
        drop(ledger.enter(UnitKind::Body, "page 1"));
        ledger.enter(UnitKind::Body, "page 2").ok();
        let coverage = ledger.finish();
        assert!(!coverage.is_complete());
        assert_eq!(coverage.gaps.len(), 1);
        assert_eq!(coverage.units[&UnitKind::Body], UnitCounts { planned: 2, ok: 1, failed: 1, ..Default::default() });
    }

    #[test]
    fn accepted_units_leave_a_run_complete_and_are_reported() {
        let ledger = Ledger::default();
        let unread: UnreadVersion = "1001@3".parse().unwrap();
        ledger.enter(UnitKind::Body, "page 1001").accepted(unread.clone(), "no body");
        let coverage = ledger.finish();
        assert!(coverage.is_complete());
        assert_eq!(coverage.accepted(), [&unread]);
        assert_eq!((coverage.total().accepted, coverage.total().unread()), (1, 0));
    }

    #[test]
    fn gone_and_skipped_leave_a_run_complete_but_denied_does_not() {
        let ledger = Ledger::default();
        ledger.enter(UnitKind::Draft, "draft of page 1").gone();
        ledger.enter(UnitKind::Body, "bodies of other spaces").skipped("--references-within");
        ledger.done(UnitKind::Body, 7);
        let coverage = ledger.finish();
        assert!(coverage.is_complete());
        assert_eq!(coverage.gaps.len(), 2);
        let ledger = Ledger::reopen(coverage);
        let error = RequestError::ScopeMissing { endpoint: "/api/v2/footer-comments".into() };
        ledger.enter(UnitKind::CommentList, "footer comments").refused(&error);
        let coverage = ledger.finish();
        assert!(!coverage.is_complete());
        assert_eq!(coverage.total().denied, 1);
    }
}
