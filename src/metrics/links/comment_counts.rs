//! Counts of comments per page.

use std::collections::HashMap;

use crate::inventory::{ContentId, ContentKind, Inventory, Resolution, Status};

/// Counts the footer comments and the open inline comments of each page.
pub(in crate::metrics) fn comments(inventory: &Inventory) -> HashMap<&ContentId, (u64, u64)> {
    let mut counts: HashMap<&ContentId, (u64, u64)> = HashMap::new();
    for comment in inventory.contents.iter().filter(|content| content.status == Status::Current) {
        let Some(page) = comment.container.as_ref() else { continue };
        let resolution = comment.details.as_ref().and_then(|details| details.resolution.as_ref());
        match comment.kind {
            ContentKind::FooterComment => counts.entry(page).or_default().0 += 1,
            ContentKind::InlineComment if matches!(resolution, Some(Resolution::Open | Resolution::Reopened)) => {
                counts.entry(page).or_default().1 += 1;
            }
            _ => {}
        }
    }
    counts
}
