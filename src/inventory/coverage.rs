//! The ledger: every planned unit of work is entered before its request and ends in exactly one state.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

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
    /// Could not be read, and the user accepts that for this version (`accept_unread`).
    Accepted {
        /// What was accepted.
        unread: UnreadVersion,
        /// Why it could not be read.
        reason: String,
    },
}

/// One version of a content or attachment that may stay unread. As text, and in the configuration, `ID@VERSION`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UnreadVersion {
    /// Id of a content or attachment, as the API spells it.
    pub id: String,
    /// Number of the version; 0 where the site tells none.
    pub version: u32,
}

impl fmt::Display for UnreadVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.id, self.version)
    }
}

impl FromStr for UnreadVersion {
    type Err = String;

    /// The error is one line for people.
    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.trim().split_once('@').map(|(id, version)| (id.trim(), version.trim().parse()));
        match parts {
            Some((id, Ok(version))) if !id.is_empty() => Ok(Self { id: id.to_owned(), version }),
            _ => Err(format!("`{text}` is no id with a version; write ID@VERSION, as in 1001@3")),
        }
    }
}

macro_rules! unit_kinds {
    ($($(#[$attribute:meta])* $kind:ident = $label:literal,)+) => {
        /// What kind of work a unit is. In JSON, a kind is its name here in lower case with hyphens.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum UnitKind {
            $($(#[$attribute])* $kind,)+
        }

        impl UnitKind {
            /// All kinds, in the order in which they are shown.
            pub const ALL: &[Self] = &[$(Self::$kind,)+];

            /// Words for people, singular.
            pub fn label(self) -> &'static str {
                match self {
                    $(Self::$kind => $label,)+
                }
            }
        }
    };
}

unit_kinds! {
    /// The identity probe.
    Identity = "identity probe",
    /// The list of spaces of one status.
    SpaceList = "space list",
    /// The list of pages of a group of spaces.
    PageList = "page list",
    /// The list of blog posts of a group of spaces.
    BlogPostList = "blog post list",
    /// The titles of the pages or blog posts of a group of spaces, listed before any body.
    TitleList = "title list",
    /// The site-wide list of attachments.
    AttachmentList = "attachment list",
    /// The site-wide list of footer or inline comments.
    CommentList = "comment list",
    /// The replies to one comment.
    Replies = "comment replies",
    /// Templates of a space, or the global ones.
    Templates = "template list",
    /// The sweep over header-image properties.
    HeaderImages = "header image sweep",
    /// Properties of one page or post.
    Properties = "content properties",
    /// The body of one content.
    Body = "body",
    /// One old version of an attachment.
    AttachmentVersion = "attachment version",
    /// The content that owns an attachment but is in no list.
    ContainerLookup = "attachment owner",
    /// The list of the account's drafts of pages or posts.
    DraftList = "draft list",
    /// The draft of one page or post.
    Draft = "draft",
    /// Labels that a macro or rule filters by.
    Labels = "labels",
    /// The comparison of the lists with the search index: a part of what it shows, or one content that only it shows.
    #[serde(alias = "second-walk")]
    SearchComparison = "comparison with the search index",
    /// One list of the closing walk, or one thing that it showed otherwise than before.
    #[serde(alias = "changes-since-start")]
    ClosingWalk = "closing walk",
    /// A content read again alone (`--verify all`).
    SecondLook = "second look",
    /// Display names of people.
    People = "people",
    /// App content of one type.
    CustomContentList = "custom content list",
    /// The comparison of the list of all attachments with others: the newest ones, or those of one owner.
    #[serde(alias = "reconciliation")]
    ListComparison = "comparison with other lists",
    /// The comparison with the last complete run.
    Plausibility = "comparison with the last run",
    /// The bytes of one file, to compare duplicates.
    Comparison = "comparison of duplicates",
    /// The search over the pages of a group of spaces, for what it tells beside them.
    PageSweep = "page sweep",
    /// What one page that the search does not show tells alone.
    PageAlone = "page alone",
    /// Who alone may read or change one page.
    PageRestrictions = "page restrictions",
    /// The labels of one page.
    PageLabels = "page labels",
    /// A folder, whiteboard, database or smart link in the tree of pages.
    PageParent = "parent of pages",
    /// The list of one page's versions.
    PageVersions = "page versions",
    /// The accounts of a group of people.
    Accounts = "accounts",
    /// Views, likes and watchers of one page.
    Engagement = "views and likes",
    /// The look-up of ids that links name.
    LinkTargets = "link targets",
    /// The workflow state of pages: a probe, a search, one page.
    Workflow = "workflow",
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
    /// Ended `accepted`.
    #[serde(default)]
    pub accepted: u64,
    /// Of `ok`: known from an earlier run, because they can never change, so that no request was made.
    #[serde(default)]
    pub remembered: u64,
}

impl UnitCounts {
    /// Units that did not end, or ended so that something is missing that nobody accepted.
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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
            let ended = counts.ok + counts.gone + counts.skipped + counts.accepted;
            counts.failed == 0 && counts.denied == 0 && counts.planned == ended
        };
        !self.units.is_empty() && self.units.values().all(is_read)
    }

    /// What the user accepts as unread, each once, by id.
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
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_kinds_bear_the_same_words() {
        let labels: BTreeSet<&str> = UnitKind::ALL.iter().map(|kind| kind.label()).collect();
        assert_eq!(labels.len(), UnitKind::ALL.len());
    }

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
    fn a_ledger_is_had_back_from_json() {
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
    fn unread_versions_are_written_as_they_are_read() {
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
    fn what_was_never_read_is_not_complete() {
        let mut coverage = Coverage::default();
        assert!(!coverage.is_complete());
        coverage.units.insert(UnitKind::PageList, UnitCounts { planned: 1, ok: 1, ..UnitCounts::default() });
        assert!(coverage.is_complete());
        assert!(!std::mem::take(&mut coverage).units.is_empty());
        assert!(!coverage.is_complete(), "while it is elsewhere, to go on with");
    }
}
