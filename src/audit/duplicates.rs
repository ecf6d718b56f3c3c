//! Files that look alike: the same name, size and media type in more than one place (product contract 3.2).

use std::collections::HashMap;

use super::{DuplicateGroup, FileVerdict};
use crate::inventory::Inventory;

/// Groups of at least two reported files outside the trash, the most wasted bytes first.
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
        .map(|((_, size, _), mut files)| {
            files.sort_by_key(|&at| (inventory.attachments[at].created_at, &inventory.attachments[at].id));
            DuplicateGroup { files, size, verified: None }
        })
        .collect();
    groups.sort_by_key(|group| {
        let first = &inventory.attachments[group.files[0]];
        (std::cmp::Reverse(group.wasted_bytes()), &first.title, &first.id)
    });
    groups
}

impl DuplicateGroup {
    /// Bytes that one copy instead of all would save.
    pub fn wasted_bytes(&self) -> u64 {
        self.size * u64::try_from(self.files.len().saturating_sub(1)).unwrap_or(0)
    }
}
