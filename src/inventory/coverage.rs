//! The ledger: every planned unit of work is entered before its request and ends in exactly one state.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How a unit of work ended. A unit that never ended counts as failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum UnitEnd {
    /// Read to the end.
    Ok,
    /// Could not be read.
    Failed {
        /// Why, in one line for people.
        reason: String,
    },
    /// The account may not see it.
    Denied {
        /// What refused.
        reason: String,
    },
    /// Deleted meanwhile, confirmed by a second look.
    Gone,
    /// Left out because an option says so.
    Skipped {
        /// The option.
        option: String,
    },
}

/// What kind of work a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnitKind {
    /// The identity probe.
    Identity,
    /// The list of spaces of one status.
    SpaceList,
    /// The list of pages of a group of spaces.
    PageList,
    /// The list of blog posts of a group of spaces.
    BlogPostList,
    /// The site-wide list of attachments.
    AttachmentList,
    /// The site-wide list of footer or inline comments.
    CommentList,
    /// The replies to one comment.
    Replies,
    /// Templates of a space, or the global ones.
    Templates,
    /// The sweep over header-image properties.
    HeaderImages,
    /// Properties of one page or post.
    Properties,
    /// The body of one content.
    Body,
    /// One old version of an attachment.
    AttachmentVersion,
    /// The content that owns an attachment but is in no list.
    ContainerLookup,
    /// The draft of one page or post.
    Draft,
    /// Labels that a macro or rule filters by.
    Labels,
    /// The comparison of the lists with the search index: a part of what it shows, or one content that only it shows.
    #[serde(alias = "second-walk")]
    SearchComparison,
    /// The list of what changed since the run began.
    ChangesSinceStart,
    /// A content read again alone (`--verify all`).
    SecondLook,
    /// Display names of people.
    People,
    /// App content of one type.
    CustomContentList,
    /// The comparison of the list of all attachments with others: the newest ones, or those of one owner.
    #[serde(alias = "reconciliation")]
    ListComparison,
    /// The comparison with the last complete run.
    Plausibility,
    /// The bytes of one file, to compare duplicates.
    Comparison,
    /// The search over the pages of a group of spaces, for what it tells beside them.
    PageSweep,
    /// The labels of one page.
    PageLabels,
    /// A folder, whiteboard, database or smart link in the tree of pages.
    PageParent,
    /// The list of one page's versions.
    PageVersions,
    /// The accounts of a group of people.
    Accounts,
    /// Views, likes and watchers of one page.
    Engagement,
    /// The look-up of ids that links name.
    LinkTargets,
    /// The workflow state of pages: a probe, a search, one page.
    Workflow,
}

impl UnitKind {
    /// Words for people, singular.
    pub fn label(self) -> &'static str {
        match self {
            Self::Identity => "identity probe",
            Self::SpaceList => "space list",
            Self::PageList => "page list",
            Self::BlogPostList => "blog post list",
            Self::AttachmentList => "attachment list",
            Self::CommentList => "comment list",
            Self::Replies => "comment replies",
            Self::Templates => "template list",
            Self::HeaderImages => "header image sweep",
            Self::Properties => "content properties",
            Self::Body => "body",
            Self::AttachmentVersion => "attachment version",
            Self::ContainerLookup => "attachment owner",
            Self::Draft => "draft",
            Self::Labels => "labels",
            Self::SearchComparison => "comparison with the search index",
            Self::ChangesSinceStart => "changes since the start",
            Self::SecondLook => "second look",
            Self::People => "people",
            Self::CustomContentList => "custom content list",
            Self::ListComparison => "comparison with other lists",
            Self::Plausibility => "comparison with the last run",
            Self::Comparison => "comparison of duplicates",
            Self::PageSweep => "page sweep",
            Self::PageLabels => "page labels",
            Self::PageParent => "parent of pages",
            Self::PageVersions => "page versions",
            Self::Accounts => "accounts",
            Self::Engagement => "views and likes",
            Self::LinkTargets => "link targets",
            Self::Workflow => "workflow",
        }
    }
}

/// Counts of one kind of unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitCounts {
    /// Entered in the ledger.
    pub planned: u64,
    /// Ended `ok`.
    pub ok: u64,
    /// Ended `failed`, or never ended.
    pub failed: u64,
    /// Ended `denied`.
    pub denied: u64,
    /// Ended `gone`.
    pub gone: u64,
    /// Ended `skipped`.
    pub skipped: u64,
    /// Of `ok`: known from an earlier run, because they can never change, so that no request was made.
    #[serde(default)]
    pub remembered: u64,
}

impl UnitCounts {
    fn plus(self, other: Self) -> Self {
        Self {
            planned: self.planned + other.planned,
            ok: self.ok + other.ok,
            failed: self.failed + other.failed,
            denied: self.denied + other.denied,
            gone: self.gone + other.gone,
            skipped: self.skipped + other.skipped,
            remembered: self.remembered + other.remembered,
        }
    }
}

/// One unit that did not end `ok`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Kind of work.
    pub kind: UnitKind,
    /// What exactly, e.g. `page 1001 "Release Plan"`.
    pub subject: String,
    /// How it ended.
    pub end: UnitEnd,
}

/// The finished ledger: what was planned, how it ended, what is missing.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Coverage {
    /// Counts by kind.
    pub units: BTreeMap<UnitKind, UnitCounts>,
    /// Every unit that ended otherwise than `ok`.
    pub gaps: Vec<Gap>,
    /// Remarks that do not make the run incomplete, e.g. a deprecation announced by the server.
    pub warnings: Vec<String>,
}

impl Coverage {
    /// Whether everything planned was read: no unit failed or was denied. Where nothing was planned, nothing was read.
    pub fn is_complete(&self) -> bool {
        let is_read = |counts: &UnitCounts| {
            counts.failed == 0 && counts.denied == 0 && counts.planned == counts.ok + counts.gone + counts.skipped
        };
        !self.units.is_empty() && self.units.values().all(is_read)
    }

    /// Whether a unit of a kind failed or was denied.
    pub fn has_gap(&self, kind: UnitKind) -> bool {
        self.units.get(&kind).is_some_and(|counts| counts.failed > 0 || counts.denied > 0)
    }

    /// Goes on with what was read apart: its units, gaps and remarks become part of this.
    pub fn absorb(&mut self, other: Self) {
        for (kind, counts) in other.units {
            let own = self.units.entry(kind).or_default();
            *own = own.plus(counts);
        }
        self.gaps.extend(other.gaps);
        for warning in other.warnings {
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
    }

    /// Adds a unit that failed after the ledger was closed.
    pub fn fail(&mut self, kind: UnitKind, subject: &str, reason: &str) {
        let counts = self.units.entry(kind).or_default();
        counts.planned += 1;
        counts.failed += 1;
        let end = UnitEnd::Failed { reason: reason.to_owned() };
        self.gaps.push(Gap { kind, subject: subject.to_owned(), end });
    }

    /// All counts added up.
    pub fn total(&self) -> UnitCounts {
        self.units.values().fold(UnitCounts::default(), |sum, counts| sum.plus(*counts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_are_read_under_the_names_they_first_bore() {
        let counts = UnitCounts { planned: 1, ok: 1, ..UnitCounts::default() };
        let first = serde_json::json!({"units": {"second-walk": counts, "reconciliation": counts},
            "gaps": [{"kind": "reconciliation", "subject": "the newest attachments", "end": {"state": "gone"}}],
            "warnings": []});
        let coverage: Coverage = serde_json::from_value(first).unwrap();
        assert_eq!(coverage.gaps[0].kind, UnitKind::ListComparison);
        let written = serde_json::to_value(&coverage).unwrap();
        let kinds: Vec<&String> = written["units"].as_object().unwrap().keys().collect();
        assert_eq!(kinds, ["list-comparison", "search-comparison"]);
    }

    #[test]
    fn what_was_never_read_is_not_complete() {
        let mut coverage = Coverage::default();
        assert!(!coverage.is_complete());
        coverage.units.insert(UnitKind::PageList, UnitCounts { planned: 1, ok: 1, ..UnitCounts::default() });
        assert!(coverage.is_complete());
        assert!(!std::mem::take(&mut coverage).units.is_empty());
        assert!(!coverage.is_complete(), "while it is elsewhere, to go on with");
    }
}
