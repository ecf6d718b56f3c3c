//! Coverage of a run: every unit of work is planned before its request and ends in exactly one state.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How a unit of work ended. A unit that never ends counts as failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum UnitEnd {
    Ok,
    Failed {
        /// One line, shown in the report.
        reason: String,
    },
    /// The account has no permission to read it.
    Denied {
        /// One line, shown in the report.
        reason: String,
    },
    /// Deleted during the run, which a second check confirmed.
    Gone,
    /// Left out because of an option, or because nothing depends on it.
    Skipped {
        /// The option or the cause, shown in the report.
        option: String,
    },
    /// Could not be read, and the user accepts that for this version (`accept_unread`).
    Accepted {
        unread: UnreadVersion,
        reason: String,
    },
}

/// One version of a content or attachment that may stay unread. Written as `ID@VERSION`, in the configuration too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UnreadVersion {
    /// Id of a content or attachment, as the API spells it.
    pub id: String,
    /// Version number; 0 if the site does not return one.
    pub version: u32,
}

impl fmt::Display for UnreadVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.id, self.version)
    }
}

impl FromStr for UnreadVersion {
    type Err = String;

    /// The error is one line for the user.
    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.trim().split_once('@').map(|(id, version)| (id.trim(), version.trim().parse()));
        match parts {
            Some((id, Ok(version))) if !id.is_empty() => Ok(Self { id: id.to_owned(), version }),
            _ => Err(format!("invalid ID@VERSION `{text}`: write an id and a version number, as in 1001@3")),
        }
    }
}

macro_rules! unit_kinds {
    ($($(#[$attribute:meta])* $kind:ident = $label:literal,)+) => {
        /// Kind of a unit of work. In JSON, a kind is the name of its variant in kebab case.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum UnitKind {
            $($(#[$attribute])* $kind,)+
        }

        impl UnitKind {
            /// All kinds, in display order.
            pub const ALL: &[Self] = &[$(Self::$kind,)+];

            /// Label in messages and reports, singular.
            pub fn label(self) -> &'static str {
                match self {
                    $(Self::$kind => $label,)+
                }
            }
        }
    };
}

unit_kinds! {
    /// The request for the account, at the start and at the end.
    Identity = "account check",
    /// All spaces of one status.
    SpaceList = "space list",
    /// The pages of a group of spaces.
    PageList = "page list",
    /// The blog posts of a group of spaces.
    BlogPostList = "blog post list",
    /// The titles of the pages or blog posts of a group of spaces, listed before any body is read.
    TitleList = "title list",
    AttachmentList = "attachment list",
    /// The trash of one space, where it is a list of its own.
    Trash = "trash of a space",
    /// All footer comments or all inline comments of the site.
    CommentList = "comment list",
    Replies = "comment replies",
    /// The templates of one space, or the global ones.
    Templates = "template list",
    /// The search for the header images of all pages and posts.
    HeaderImages = "header image search",
    /// The content properties of one page or post.
    Properties = "content properties",
    Body = "body",
    AttachmentVersion = "attachment version",
    /// A content that owns an attachment but is in no list.
    ContainerLookup = "attachment owner",
    /// The account's own drafts of pages and posts.
    DraftList = "draft list",
    Draft = "draft",
    /// Labels that a macro or a rule filters by.
    Labels = "labels",
    /// The comparison of the lists with the search index: one search, or one content that only the search shows.
    #[serde(alias = "second-walk")]
    SearchComparison = "comparison with the search index",
    /// One list of the final pass, or one item that the final pass showed in another state.
    #[serde(alias = "closing-walk", alias = "changes-since-start")]
    FinalPass = "final pass",
    /// An owner of candidates that is read again (`--verify all`).
    #[serde(alias = "second-look", alias = "recheck")]
    CandidateCheck = "check of a candidate",
    /// Display names of accounts.
    People = "people",
    /// Custom content of one type.
    CustomContentList = "custom content list",
    /// A cross-check of a list with its other order, or of the list of all attachments with the lists of single pages
    /// and posts.
    #[serde(alias = "reconciliation")]
    ListComparison = "comparison with other lists",
    /// What the site says about itself, in addition to its lists.
    SiteFacts = "facts about the site",
    /// The plausibility check: the comparison with the last complete run.
    Plausibility = "comparison with the last run",
    /// The download of one file, to verify duplicates.
    #[serde(rename = "comparison")]
    DuplicateVerification = "comparison of duplicates",
    /// The search over the pages of a group of spaces, for facts that the lists do not return.
    PageSweep = "page search",
    /// One page that the search does not show, read by its id.
    PageAlone = "single page",
    /// The view and edit restrictions of one page.
    PageRestrictions = "page restrictions",
    PageLabels = "page labels",
    /// A folder, whiteboard, database or smart link in the page tree.
    PageParent = "page parent",
    PageVersions = "page versions",
    /// The profiles of a group of accounts.
    Accounts = "accounts",
    /// Who administers a space.
    SpaceAdministrators = "space administrators",
    /// Views, likes and watchers of one page.
    Engagement = "views and likes",
    /// Requests for the ids that links name.
    LinkTargets = "link targets",
    /// The lists without the admin key, which show what only the key shows.
    WithoutKey = "list without the admin key",
    /// The workflow state of pages: a probe, a search or one page.
    Workflow = "workflow",
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitCounts {
    /// All units of this kind.
    pub planned: u64,
    pub ok: u64,
    /// Ended as failed, or never ended.
    pub failed: u64,
    pub denied: u64,
    pub gone: u64,
    pub skipped: u64,
    #[serde(default)]
    pub accepted: u64,
    /// How many of `ok` can never change and came from the cache without a request.
    #[serde(default)]
    pub remembered: u64,
}

impl UnitCounts {
    /// Returns how many units are missing: not ended, failed or denied, and not accepted by the user.
    pub fn unread(&self) -> u64 {
        self.planned.saturating_sub(self.ok + self.gone + self.skipped + self.accepted)
    }

    fn plus(self, other: Self) -> Self {
        Self {
            planned: self.planned + other.planned,
            ok: self.ok + other.ok,
            failed: self.failed + other.failed,
            denied: self.denied + other.denied,
            gone: self.gone + other.gone,
            skipped: self.skipped + other.skipped,
            accepted: self.accepted + other.accepted,
            remembered: self.remembered + other.remembered,
        }
    }
}

/// One unit that ended otherwise than `ok`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    pub kind: UnitKind,
    /// The item, such as `page 1001 "Release Plan"`.
    pub subject: String,
    pub end: UnitEnd,
}

/// The closed ledger: what was planned, how it ended, what is missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    pub units: BTreeMap<UnitKind, UnitCounts>,
    pub gaps: Vec<Gap>,
    /// Warnings that do not make the run incomplete, such as a deprecation that the server announces.
    pub warnings: Vec<String>,
}

impl Coverage {
    /// Returns whether everything planned was read: no unit failed or was denied. Coverage without any unit is not
    /// complete.
    pub fn is_complete(&self) -> bool {
        let is_read = |counts: &UnitCounts| {
            let ended = counts.ok + counts.gone + counts.skipped + counts.accepted;
            counts.failed == 0 && counts.denied == 0 && counts.planned == ended
        };
        !self.units.is_empty() && self.units.values().all(is_read)
    }

    /// Returns what the user accepts as unread, without duplicates, in order of id.
    pub fn accepted(&self) -> Vec<&UnreadVersion> {
        let ends = self.gaps.iter().map(|gap| &gap.end);
        let mut accepted: Vec<&UnreadVersion> = ends
            .filter_map(|end| match end {
                UnitEnd::Accepted { unread, .. } => Some(unread),
                _ => None,
            })
            .collect();
        accepted.sort();
        accepted.dedup();
        accepted
    }

    /// Returns whether a unit of this kind failed or was denied.
    pub fn has_gap(&self, kind: UnitKind) -> bool {
        self.units.get(&kind).is_some_and(|counts| counts.failed > 0 || counts.denied > 0)
    }

    /// Adds the units, gaps and warnings of another coverage.
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

    /// Adds a failed unit after the ledger was closed.
    pub fn fail(&mut self, kind: UnitKind, subject: &str, reason: &str) {
        let counts = self.units.entry(kind).or_default();
        counts.planned += 1;
        counts.failed += 1;
        let end = UnitEnd::Failed { reason: reason.to_owned() };
        self.gaps.push(Gap { kind, subject: subject.to_owned(), end });
    }

    /// Returns the sum over all kinds.
    pub fn total(&self) -> UnitCounts {
        self.units.values().fold(UnitCounts::default(), |sum, counts| sum.plus(*counts))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn labels_are_unique() {
        let labels: BTreeSet<&str> = UnitKind::ALL.iter().map(|kind| kind.label()).collect();
        assert_eq!(labels.len(), UnitKind::ALL.len());
    }

    #[test]
    fn unit_kinds_are_read_under_their_earlier_names() {
        let counts = UnitCounts { planned: 1, ok: 1, ..UnitCounts::default() };
        let first = serde_json::json!({"units": {"second-walk": counts, "reconciliation": counts,
            "closing-walk": counts, "second-look": counts},
            "gaps": [{"kind": "reconciliation", "subject": "the newest attachments", "end": {"state": "gone"}},
                {"kind": "changes-since-start", "subject": "page 1", "end": {"state": "gone"}}],
            "warnings": []});
        let coverage: Coverage = serde_json::from_value(first).unwrap();
        assert_eq!((coverage.gaps[0].kind, coverage.gaps[1].kind), (UnitKind::ListComparison, UnitKind::FinalPass));
        let written = serde_json::to_value(&coverage).unwrap();
        let kinds: Vec<&String> = written["units"].as_object().unwrap().keys().collect();
        assert_eq!(kinds, ["candidate-check", "final-pass", "list-comparison", "search-comparison"]);
    }

    #[test]
    fn coverage_survives_a_json_round_trip() {
        let all =
            UnitCounts { planned: 8, ok: 2, failed: 1, denied: 1, gone: 2, skipped: 1, accepted: 1, remembered: 1 };
        let ends = [
            UnitEnd::Ok,
            UnitEnd::Failed { reason: "cut \"off\"".to_owned() },
            UnitEnd::Denied { reason: "403".to_owned() },
            UnitEnd::Gone,
            UnitEnd::Skipped { option: "--no-drafts".to_owned() },
            UnitEnd::Accepted { unread: "1001@3".parse().unwrap(), reason: "no body".to_owned() },
        ];
        let gap = |(kind, end): (&UnitKind, UnitEnd)| Gap { kind: *kind, subject: "page 1".to_owned(), end };
        let coverage = Coverage {
            units: UnitKind::ALL.iter().map(|kind| (*kind, all)).collect(),
            gaps: UnitKind::ALL.iter().zip(ends).map(gap).collect(),
            warnings: vec!["deprecated".to_owned()],
        };
        let written = serde_json::to_string(&coverage).unwrap();
        assert_eq!(serde_json::from_str::<Coverage>(&written).unwrap(), coverage);
    }

    #[test]
    fn unread_versions_are_written_as_they_were_read() {
        for (text, id, version) in [("1001@3", "1001", 3), (" att5 @ 0", "att5", 0), ("k:a@2", "k:a", 2)] {
            let unread: UnreadVersion = text.parse().unwrap();
            assert_eq!((unread.id.as_str(), unread.version), (id, version));
            assert_eq!(unread.to_string().parse(), Ok(unread));
        }
        for wrong in ["1001", "@3", "1001@", "1001@x", "1001@-1", ""] {
            assert!(wrong.parse::<UnreadVersion>().unwrap_err().contains("ID@VERSION"), "{wrong}");
        }
    }

    #[test]
    fn coverage_without_units_is_not_complete() {
        let mut coverage = Coverage::default();
        assert!(!coverage.is_complete());
        coverage.units.insert(UnitKind::PageList, UnitCounts { planned: 1, ok: 1, ..UnitCounts::default() });
        assert!(coverage.is_complete());
        assert!(!std::mem::take(&mut coverage).units.is_empty());
        assert!(!coverage.is_complete(), "taken out while the run is resumed");
    }
}
