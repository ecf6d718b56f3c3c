//! Pages and posts whose own lists of attachments are compared with the site-wide list: those whose bodies name files
//! that it lacks, and, if it is empty, all.

use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};

use chrono::{DateTime, Utc};

use super::site::{Attachment, Container, Content, ContentId, ContentKind, Status};
use storage_format::{ContainerRef, Reference, Target};

/// Number of owners to check of each group: those with the most files, those with the newest files, others, and those
/// whose bodies name own files that the list lacks.
pub(super) const OWNERS_OF_EACH: usize = 10;
/// Number of owners to check if the site-wide list is empty; on a smaller site, all are checked.
const OWNERS_IF_LIST_IS_EMPTY: usize = 300;

/// Why an owner's list is checked, the strongest reason first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum CheckReason {
    /// Its body names a file of its own, and the list has none of its files. That may be a broken link, but many of
    /// these indicate a list that leaves out entire owners.
    NamesFilesAndHasNone,
    /// Its body names a file of its own that is not among those in the list.
    NamesUnlistedFile,
    /// The list is empty, and the search would not show the owner's files, because it is in the trash or archived.
    ListIsEmptyAndNotInIndex,
    /// The list is empty.
    ListIsEmpty,
}

/// Owners whose lists should be checked, and why.
#[derive(Debug, Default)]
pub(super) struct OwnersToCheck {
    published: HashSet<ContentId>,
    reasons: Vec<(CheckReason, Container)>,
    /// Most owners to check.
    limit: usize,
}

impl OwnersToCheck {
    /// Determines the owners to check from contents and the site-wide list of attachments.
    pub(super) fn of(contents: &[Content], files: &[Attachment]) -> Self {
        let mut listed: HashMap<&ContentId, HashSet<String>> = HashMap::new();
        for file in files {
            if let Some(owner) = file.container.id() {
                listed.entry(owner).or_default().insert(file.title.to_lowercase());
            }
        }
        let mut owners = Self { limit: OWNERS_OF_EACH, ..Self::default() };
        if files.is_empty() {
            owners.limit = OWNERS_IF_LIST_IS_EMPTY;
        }
        for content in contents.iter().filter(|content| content.kind.owns_attachments()) {
            let is_current = content.status == Status::Current;
            if is_current {
                owners.published.insert(content.id.clone());
            }
            let listed = listed.get(&content.id);
            let reason = match listed {
                None if is_current && names_other_files(content, None) => CheckReason::NamesFilesAndHasNone,
                Some(_) if is_current && names_other_files(content, listed) => CheckReason::NamesUnlistedFile,
                None if files.is_empty() && is_current => CheckReason::ListIsEmpty,
                None if files.is_empty() => CheckReason::ListIsEmptyAndNotInIndex,
                _ => continue,
            };
            let id = content.id.clone();
            let owner =
                if content.kind == ContentKind::BlogPost { Container::BlogPost(id) } else { Container::Page(id) };
            owners.reasons.push((reason, owner));
        }
        owners
    }

    /// Returns whether this is a current page or post, whose own list must agree with the site-wide one. How the lists
    /// treat trashed and archived contents is not documented.
    pub(super) fn is_published(&self, id: &ContentId) -> bool {
        self.published.contains(id)
    }

    /// Returns the owners to check except `chosen` ones. If there are more than the limit, the selection differs in
    /// every run.
    pub(super) fn without(&self, chosen: &HashSet<&Container>, started_at: DateTime<Utc>) -> Vec<&Container> {
        self.select(started_at, |_, owner| !chosen.contains(owner))
    }

    /// Returns the owners to check whose files the list lacks entirely.
    pub(super) fn without_listed_files(&self, started_at: DateTime<Utc>) -> Vec<&Container> {
        self.select(started_at, |reason, _| reason != CheckReason::NamesUnlistedFile)
    }

    fn select(&self, started_at: DateTime<Utc>, wanted: impl Fn(CheckReason, &Container) -> bool) -> Vec<&Container> {
        let mut reasons: Vec<_> = self.reasons.iter().filter(|(reason, owner)| wanted(*reason, owner)).collect();
        reasons.sort_by_key(|(reason, owner)| (*reason, rotation_key(owner, started_at)));
        reasons.into_iter().map(|(_, owner)| owner).take(self.limit).collect()
    }
}

/// Returns whether a body names a file of its own that is not in `listed`. Spelling is compared loosely: a false match
/// only costs a request.
fn names_other_files(content: &Content, listed: Option<&HashSet<String>>) -> bool {
    let is_listed = |name: &String| listed.is_some_and(|listed| listed.contains(&name.to_lowercase()));
    let names_other = |reference: &Reference| match &reference.target {
        Target::File { name, other_readings, container: ContainerRef::Own, .. } => {
            !std::iter::once(name).chain(other_readings).any(is_listed)
        }
        _ => false,
    };
    content.body.as_ref().is_some_and(|body| body.references.iter().any(names_other))
}

/// Returns a sort key that orders owners differently in every run.
pub(super) fn rotation_key(owner: &Container, started_at: DateTime<Utc>) -> u64 {
    let mut hash = DefaultHasher::new();
    (started_at, owner).hash(&mut hash);
    hash.finish()
}
