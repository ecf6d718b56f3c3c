//! Recheck: compares the unreferenced files of an earlier report with a new crawl of the site, and says of each what may
//! be said of it now.
//!
//! The rule: a file is *still unreferenced* only if the new crawl read everything that the report's run could read, found
//! no use, and the file is the same as in the report. Whatever is in doubt is *not known*.

mod file_list;

use std::collections::{HashMap, HashSet};

use serde::Serialize;

pub use file_list::{FileListError, ListedFile, RowProblem, parse_file_list, problems_in_words};

use crate::audit::{Audit, FileVerdict, Usage};
use crate::inventory::{Attachment, ContentId, Inventory, LostItems};
use crate::support::formatting::{count, plural};

/// Number of lost contents and spaces that a message names.
const NAMED: usize = 5;

/// What is said of a file that changed since the report.
const OTHER_FILE: &str = "it is not the file that the report judged";

/// What a recheck says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecheckResult {
    /// A use was found.
    UsedNow,
    /// Whether it is used could not be determined, or it is not the file that the report judged.
    NotKnown,
    /// No use was found, but a rule protects it now.
    ProtectedNow,
    /// The same file as in the report, and nothing that could use it does.
    StillUnreferenced,
    /// It was deleted, or it is in the trash.
    Gone,
}

impl RecheckResult {
    /// All results, those that need attention first.
    pub const ALL: [Self; 5] = [Self::UsedNow, Self::NotKnown, Self::ProtectedNow, Self::StillUnreferenced, Self::Gone];

    /// The result as written in `recheck.csv` and `recheck.json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UsedNow => "used-now",
            Self::NotKnown => "not-known",
            Self::ProtectedNow => "protected-now",
            Self::StillUnreferenced => "still-unreferenced",
            Self::Gone => "gone",
        }
    }

    /// The result in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::UsedNow => "used now",
            Self::NotKnown => "not known",
            Self::ProtectedNow => "protected now",
            Self::StillUnreferenced => "still unreferenced",
            Self::Gone => "gone",
        }
    }
}

/// A report, and a new crawl of its site.
#[derive(Debug, Clone, Copy)]
pub struct RecheckInput<'a> {
    pub before: &'a Inventory,
    /// The files to recheck: indexes into `before.attachments`.
    pub files: &'a [usize],
    pub now: &'a Inventory,
    pub audit: &'a Audit,
    /// Whether the crawl read everything that was planned.
    pub complete: bool,
    /// What the user knows to be deleted: ids of contents, and keys of spaces.
    pub accept_deleted: &'a [String],
}

/// One file of the report, rechecked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecheckedFile {
    /// Index into the attachments of the report.
    pub before: usize,
    /// Index into the attachments of the new crawl; `None` if it did not find the file.
    pub now: Option<usize>,
    pub result: RecheckResult,
    /// Why, and what else is to be said.
    pub reasons: Vec<String>,
}

/// All results of a recheck.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecheckedFiles {
    /// In the order of the input.
    pub files: Vec<RecheckedFile>,
    /// Why the crawl cannot confirm the report, although it may have read everything it planned: it sees less than the
    /// report's run, or something else. Empty if it can.
    pub obstacles: Vec<String>,
    /// Entries of `accept_deleted` that were not needed.
    pub unneeded: Vec<String>,
}

impl RecheckedFiles {
    /// Judges the files of a report from a new crawl.
    pub fn of(input: RecheckInput<'_>) -> Self {
        let RecheckInput { before, now, .. } = input;
        let mut obstacles = Vec::new();
        let differences = now.scan.visibility().differences(&before.scan.visibility());
        if !differences.is_empty() {
            obstacles.push(format!("this run and that of the report differ: {}", differences.join(", ")));
        }
        let mut lost = LostItems::between(before, now);
        let unneeded = lost.accept(input.accept_deleted).into_iter().map(str::to_owned).collect();
        obstacles.extend(lost_in_words(&lost, input.complete));
        let judge = Judge {
            is_confirmed: input.complete && obstacles.is_empty(),
            lost: lost.content_ids(before),
            indexes: now.attachments.iter().enumerate().map(|(at, file)| (file.id.digits(), at)).collect(),
            input,
        };
        Self { files: input.files.iter().map(|&file| judge.file(file)).collect(), obstacles, unneeded }
    }

    /// Returns how many files have this result.
    pub fn count(&self, result: RecheckResult) -> u64 {
        self.files.iter().filter(|file| file.result == result).count() as u64
    }
}

/// Returns why what a run no longer sees keeps it from confirming a report. The lists of an incomplete run lack more.
fn lost_in_words(lost: &LostItems<'_>, complete: bool) -> Option<String> {
    if lost.is_empty() || !complete {
        return None;
    }
    let spaces = lost.spaces.iter().map(|space| format!("space {}", space.key));
    let contents = lost.contents.iter().map(|content| format!("{} {}", content.kind.label(), content.id));
    let mut names: Vec<String> = spaces.chain(contents).collect();
    let more = names.len().saturating_sub(NAMED) as u64;
    let (number, is) = (names.len() as u64, if names.len() == 1 { "is" } else { "are" });
    names.truncate(NAMED);
    if more > 0 {
        names.push(format!("{} more", count(more)));
    }
    Some(format!(
        "{} of the report {is} neither listed nor in the trash: deleted for good, or hidden from the account, and then \
         able to use any file: {} (what was deleted can be accepted with --accept-deleted)",
        plural(number, "page, post or space", "pages, posts and spaces"),
        names.join(", ")
    ))
}

struct Judge<'a> {
    input: RecheckInput<'a>,
    /// Whether the crawl can confirm that a file is unreferenced.
    is_confirmed: bool,
    /// Contents of the report that may be hidden now.
    lost: HashSet<&'a ContentId>,
    /// Index of the attachments of the new crawl by id.
    indexes: HashMap<&'a str, usize>,
}

impl Judge<'_> {
    fn file(&self, index: usize) -> RecheckedFile {
        let before = &self.input.before.attachments[index];
        let now = self.indexes.get(before.id.digits()).copied();
        let (result, reasons) = match now.and_then(|now| self.input.audit.files.get(now)) {
            Some(verdict) => self.judge_found(before, verdict),
            None => self.judge_missing(before),
        };
        RecheckedFile { before: index, now, result, reasons }
    }

    fn judge_missing(&self, before: &Attachment) -> (RecheckResult, Vec<String>) {
        let reason = |text: &str| vec![text.to_owned()];
        if !self.input.complete {
            return (RecheckResult::NotKnown, reason("it was not found, but the recheck is incomplete"));
        }
        if before.container.id().is_some_and(|id| self.lost.contains(id)) {
            return (RecheckResult::NotKnown, reason("its page or post can no longer be seen: deleted or hidden"));
        }
        if !self.is_confirmed {
            return (RecheckResult::NotKnown, reason("it was not found, but this run may see less than the report's"));
        }
        (RecheckResult::Gone, reason("no longer on the site: deleted for good"))
    }

    fn judge_found(&self, before: &Attachment, verdict: &FileVerdict) -> (RecheckResult, Vec<String>) {
        let now = &self.input.now.attachments[verdict.attachment];
        let reasons = || verdict.reasons.iter().map(|reason| reason.text.clone());
        if verdict.is_in_trash(now) {
            return (RecheckResult::Gone, reasons().collect());
        }
        let not_known = |first: String| (RecheckResult::NotKnown, std::iter::once(first).chain(reasons()).collect());
        match verdict.usage {
            Usage::Embedded | Usage::Linked | Usage::LinkedElsewhere | Usage::Listed => {
                (RecheckResult::UsedNow, reasons().collect())
            }
            Usage::NotJudged | Usage::Undetermined => {
                let changes = changes(before, now);
                let is_other = (!changes.is_empty()).then(|| format!("{OTHER_FILE}: {}", changes.join(", ")));
                (RecheckResult::NotKnown, reasons().chain(is_other).collect())
            }
            Usage::Unreferenced if !self.input.complete => {
                not_known("no use found, but the recheck is incomplete".to_owned())
            }
            Usage::Unreferenced if !self.is_confirmed => {
                not_known("no use found, but this run may see less than the report's".to_owned())
            }
            Usage::Unreferenced => match (&verdict.protected, changes(before, now)) {
                (Some(rule), _) => {
                    let reasons = std::iter::once(format!("protected by {rule}")).chain(reasons());
                    (RecheckResult::ProtectedNow, reasons.collect())
                }
                (None, changes) if !changes.is_empty() => {
                    not_known(format!("no use found, but {OTHER_FILE}: {}", changes.join(", ")))
                }
                (None, _) => (RecheckResult::StillUnreferenced, reasons().collect()),
            },
        }
    }
}

/// Returns what changed about a file: people decided about the file that the report shows.
fn changes(before: &Attachment, now: &Attachment) -> Vec<String> {
    /// Whether both values are known and differ: a site may omit a date.
    fn differ<T: PartialEq>(before: Option<T>, now: Option<T>) -> bool {
        before.zip(now).is_some_and(|(before, now)| before != now)
    }
    let mut changes = Vec::new();
    if differ(before.created_at, now.created_at) {
        changes.push("another file has its id".to_owned());
    } else if before.version != now.version {
        changes.push(format!("version {} became version {}", before.version, now.version));
    } else if differ(before.size, now.size) || differ(before.modified_at, now.modified_at) {
        changes.push("its content changed".to_owned());
    }
    if before.title != now.title {
        changes.push(format!("it was renamed from {:?}", before.title));
    }
    if before.container != now.container {
        changes.push("it was moved to another page or post".to_owned());
    }
    changes
}

/// Returns the files that a report calls unreferenced, except protected ones: indexes of its attachments.
pub fn candidates(audit: &Audit) -> Vec<usize> {
    let candidates = audit.files.iter().filter(|file| file.reported && file.is_candidate());
    candidates.map(|file| file.attachment).collect()
}

/// Finds the files of a list among the unreferenced files of a report. Fails with every row that names another file.
pub fn find_listed(
    listed: &[ListedFile],
    inventory: &Inventory,
    audit: &Audit,
    candidates: &[usize],
) -> Result<Vec<usize>, Vec<RowProblem>> {
    let candidates: HashSet<usize> = candidates.iter().copied().collect();
    let indexes: HashMap<&str, usize> =
        inventory.attachments.iter().enumerate().map(|(at, file)| (file.id.digits(), at)).collect();
    let (mut found, mut problems, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for file in listed {
        let problem = |what: String| RowProblem { row: file.row, what };
        match indexes.get(file.id.strip_prefix("att").unwrap_or(&file.id)) {
            None => problems.push(problem(format!("{} is not in the report", file.id))),
            Some(at) if !candidates.contains(at) => {
                let verdict = &audit.files[*at];
                let state = match (&verdict.protected, verdict.usage) {
                    (Some(rule), Usage::Unreferenced) => format!("protected by {rule}"),
                    (None, Usage::Unreferenced) => "of a space that it does not cover".to_owned(),
                    (_, usage) => usage.as_str().to_owned(),
                };
                problems.push(problem(format!("{} is not unreferenced in the report: it is {state}", file.id)));
            }
            Some(&at) => {
                if seen.insert(at) {
                    found.push(at);
                }
            }
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}
