//! Duplicates: files of the same name, size and media type in more than one place.

use std::collections::HashMap;

use super::verdict::FileVerdict;
use crate::inventory::Inventory;

#[derive(Debug, Clone)]
pub struct DuplicateGroup {
    /// Indexes into `Inventory::attachments`, at least two, in order of creation.
    pub files: Vec<usize>,
    /// Bytes of the current version of one copy.
    pub size: u64,
    /// Whether the SHA-256 of the downloaded files is equal; `None` if they were not downloaded.
    pub verified: Option<bool>,
}

impl DuplicateGroup {
    /// Returns the bytes saved by keeping one copy; 0 if the files were compared and differ.
    pub fn wasted_bytes(&self) -> u64 {
        if self.verified == Some(false) {
            return 0;
        }
        self.size.saturating_mul((self.files.len() as u64).saturating_sub(1))
    }
}

/// Returns groups of at least two reported files outside the trash, most wasted bytes first.
pub(super) fn find(inventory: &Inventory, files: &[FileVerdict]) -> Vec<DuplicateGroup> {
    let mut groups: HashMap<(&str, u64, Option<&str>), Vec<usize>> = HashMap::new();
    for verdict in files.iter().filter(|verdict| verdict.reported) {
        let file = &inventory.attachments[verdict.attachment];
        if let Some(size) = file.size.filter(|&size| size > 0 && !verdict.is_in_trash(file)) {
            groups.entry((&file.title, size, file.media_type.as_deref())).or_default().push(verdict.attachment);
        }
    }
    let mut groups: Vec<DuplicateGroup> = groups
        .into_iter()
        .filter(|(_, files)| files.len() > 1)
        .flat_map(|((_, size, _), mut files)| {
            files.sort_by_key(|&at| (inventory.attachments[at].created_at, &inventory.attachments[at].id));
            split_by_digest(inventory, files, size)
        })
        .collect();
    groups.sort_by_key(|group| {
        let first = &inventory.attachments[group.files[0]];
        (std::cmp::Reverse(group.wasted_bytes()), &first.title, &first.id)
    });
    groups
}

/// Splits a group by content, if all its files were downloaded: equal files stay together, the others are not
/// duplicates. If no files are equal, the group is kept, with `verified` false.
fn split_by_digest(inventory: &Inventory, files: Vec<usize>, size: u64) -> Vec<DuplicateGroup> {
    let digest = |&at: &usize| inventory.attachments[at].sha256.as_deref();
    if files.iter().any(|at| digest(at).is_none()) {
        return vec![DuplicateGroup { files, size, verified: None }];
    }
    let mut equal: Vec<Vec<usize>> = Vec::new();
    for at in &files {
        match equal.iter_mut().find(|group| group.first().map(digest) == Some(digest(at))) {
            Some(group) => group.push(*at),
            None => equal.push(vec![*at]),
        }
    }
    equal.retain(|group| group.len() > 1);
    if equal.is_empty() {
        return vec![DuplicateGroup { files, size, verified: Some(false) }];
    }
    equal.into_iter().map(|files| DuplicateGroup { files, size, verified: Some(true) }).collect()
}
