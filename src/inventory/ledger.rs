//! Keeps the coverage while a run goes on.
//!
//! A unit is entered before its request and bears its own end: one that is dropped without an end, for whatever
//! reason, counts as failed.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::coverage::{Coverage, Gap, UnitCounts, UnitEnd, UnitKind, UnreadVersion};
use confluence_client::RequestError;

/// The ledger of a run that goes on.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    coverage: Mutex<Coverage>,
}

impl Ledger {
    /// Goes on with the coverage of a run.
    pub(super) fn reopen(coverage: Coverage) -> Self {
        Self { coverage: Mutex::new(coverage) }
    }

    fn coverage(&self) -> MutexGuard<'_, Coverage> {
        self.coverage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Plans one unit of work.
    pub(super) fn enter(&self, kind: UnitKind, subject: impl Into<String>) -> Unit<'_> {
        self.coverage().units.entry(kind).or_default().planned += 1;
        Unit { ledger: self, kind, subject: subject.into(), ended: false }
    }

    /// Plans units that are already done, e.g. bodies that came with a list.
    pub(super) fn done(&self, kind: UnitKind, count: u64) {
        if count > 0 {
            let mut coverage = self.coverage();
            let counts = coverage.units.entry(kind).or_default();
            counts.planned += count;
            counts.ok += count;
        }
    }

    /// How many units of a kind were planned so far.
    pub(super) fn planned(&self, kind: UnitKind) -> u64 {
        self.coverage().units.get(&kind).map_or(0, |counts| counts.planned)
    }

    /// How many units of a kind failed or were denied so far.
    pub(super) fn gaps(&self, kind: UnitKind) -> u64 {
        self.coverage().units.get(&kind).map_or(0, |counts| counts.failed + counts.denied)
    }

    /// Whether a unit of a kind failed or was denied so far.
    pub(super) fn has_gap(&self, kind: UnitKind) -> bool {
        self.coverage().has_gap(kind)
    }

    /// Whether a list of contents or files could not be read to its end so far.
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

    /// Plans a unit that an earlier run has read and that can never change.
    pub(super) fn remembered(&self, kind: UnitKind) {
        self.done(kind, 1);
        self.coverage().units.entry(kind).or_default().remembered += 1;
    }

    /// Adds a remark that leaves the run complete, once.
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

    /// The coverage, with its gaps in order.
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

/// One planned unit of work.
#[derive(Debug)]
#[must_use = "a unit without an end counts as failed"]
pub(super) struct Unit<'a> {
    ledger: &'a Ledger,
    kind: UnitKind,
    subject: String,
    ended: bool,
}

impl Unit<'_> {
    /// Read to the end.
    pub(super) fn ok(self) {
        self.end(UnitEnd::Ok);
    }

    /// Deleted meanwhile, confirmed by a second look.
    pub(super) fn gone(self) {
        self.end(UnitEnd::Gone);
    }

    /// The account may not see it.
    pub(super) fn denied(self, reason: impl Into<String>) {
        self.end(UnitEnd::Denied { reason: reason.into() });
    }

    /// Planned again in other pieces.
    pub(super) fn withdrawn(mut self) {
        self.ended = true;
        let mut coverage = self.ledger.coverage();
        let counts = coverage.units.entry(self.kind).or_default();
        counts.planned = counts.planned.saturating_sub(1);
    }

    /// Left out because of an option.
    pub(super) fn skipped(self, option: &str) {
        self.end(UnitEnd::Skipped { option: option.to_owned() });
    }

    /// Could not be read: denied where that is why, else failed.
    pub(super) fn failed_or_denied(self, denied: bool, reason: String) {
        self.end(if denied { UnitEnd::Denied { reason } } else { UnitEnd::Failed { reason } });
    }

    /// Could not be read, and the user accepts that.
    pub(super) fn accepted(self, unread: UnreadVersion, reason: impl Into<String>) {
        self.end(UnitEnd::Accepted { unread, reason: reason.into() });
    }

    /// Could not be read, for a reason that is no request's error.
    pub(super) fn failed(self, reason: impl Into<String>) {
        self.end(UnitEnd::Failed { reason: reason.into() });
    }

    /// Could not be read: denied or failed, as the error says.
    pub(super) fn refused(self, error: &RequestError) {
        self.failed_or_denied(error.is_denied(), error.to_string());
    }

    /// Ends as a result says.
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

impl Drop for Unit<'_> {
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
    fn what_is_accepted_leaves_a_run_complete_and_is_told() {
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
