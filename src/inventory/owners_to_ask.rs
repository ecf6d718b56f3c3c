//! Pages and posts whose own lists of files are asked for although the site-wide list gives no occasion: their bodies
//! name files it does not show, or it shows none at all.

use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};

use chrono::{DateTime, Utc};

use super::site::{Attachment, Container, Content, ContentId, ContentKind, Status};
use storage_format::{ContainerRef, Reference, Target};

/// Owners with the most files, owners of the newest files, others, and contents that name files of their own which the
/// list does not show: of each so many.
pub(super) const OWNERS_OF_EACH: usize = 10;
/// Owners asked where the list shows no file in either order: on a site of that size, each.
const OWNERS_WITHOUT_A_LIST: usize = 300;

/// Why an owner is asked for its own files, the strongest reason first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sign {
    /// Its body names a file of its own, and the list shows none of its files. A link may be broken; many of them are
    /// what a list looks like that leaves out whole owners.
    NamesFilesAndHasNone,
    /// Its body names a file of its own that is not among those the list shows.
    NamesUnlistedFile,
    /// The list shows no file, and no search would: it lies in the trash or an archive.
    SilentOutsideTheIndex,
    /// The list shows no file.
    Silent,
}

/// What the lists of contents say of the owners of files.
#[derive(Debug, Default)]
pub(super) struct OwnersToAsk {
    published: HashSet<ContentId>,
    signs: Vec<(Sign, Container)>,
    /// How many of them are asked.
    bound: usize,
}

impl OwnersToAsk {
    /// What contents and the site-wide list of files give reason for.
    pub(super) fn of(contents: &[Content], files: &[Attachment]) -> Self {
        let mut listed: HashMap<&ContentId, HashSet<String>> = HashMap::new();
        for file in files {
            if let Some(owner) = file.container.id() {
                listed.entry(owner).or_default().insert(file.title.to_lowercase());
            }
        }
        let mut owners = Self { bound: OWNERS_OF_EACH, ..Self::default() };
        if files.is_empty() {
            owners.bound = OWNERS_WITHOUT_A_LIST;
        }
        for content in contents.iter().filter(|content| content.kind.owns_attachments()) {
            let is_current = content.status == Status::Current;
            if is_current {
                owners.published.insert(content.id.clone());
            }
            let listed = listed.get(&content.id);
            let sign = match listed {
                None if is_current && names_other_files(content, None) => Sign::NamesFilesAndHasNone,
                Some(_) if is_current && names_other_files(content, listed) => Sign::NamesUnlistedFile,
                None if files.is_empty() && is_current => Sign::Silent,
                None if files.is_empty() => Sign::SilentOutsideTheIndex,
                _ => continue,
            };
            let id = content.id.clone();
            let owner =
                if content.kind == ContentKind::BlogPost { Container::BlogPost(id) } else { Container::Page(id) };
            owners.signs.push((sign, owner));
        }
        owners
    }

    /// Whether this is a current page or post, whose own list of files has to agree with the site-wide one: how lists
    /// treat the trash and archives is not documented.
    pub(super) fn is_published(&self, id: &ContentId) -> bool {
        self.published.contains(id)
    }

    /// Those to ask, apart from `chosen` ones. Where there are more, others in every run.
    pub(super) fn without(&self, chosen: &HashSet<&Container>, started_at: DateTime<Utc>) -> Vec<&Container> {
        self.those(started_at, |_, owner| !chosen.contains(owner))
    }

    /// Those to ask of which the list shows no file at all.
    pub(super) fn without_listed_files(&self, started_at: DateTime<Utc>) -> Vec<&Container> {
        self.those(started_at, |sign, _| sign != Sign::NamesUnlistedFile)
    }

    fn those(&self, started_at: DateTime<Utc>, wanted: impl Fn(Sign, &Container) -> bool) -> Vec<&Container> {
        let mut signs: Vec<_> = self.signs.iter().filter(|(sign, owner)| wanted(*sign, owner)).collect();
        signs.sort_by_key(|(sign, owner)| (*sign, lot(owner, started_at)));
        signs.into_iter().map(|(_, owner)| owner).take(self.bound).collect()
    }
}

/// Whether a body names a file of its own that is not one of these. Spelling is compared loosely: a name that is only
/// written otherwise costs a request.
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

/// Another order of owners in every run.
pub(super) fn lot(owner: &Container, started_at: DateTime<Utc>) -> u64 {
    let mut hash = DefaultHasher::new();
    (started_at, owner).hash(&mut hash);
    hash.finish()
}
