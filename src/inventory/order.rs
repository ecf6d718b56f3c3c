//! The order in which an inventory holds what was read, so that the same site gives the same files.

use super::site::{Attachment, Content};

/// By kind, space and id; ids as numbers.
pub(super) fn sort_contents(contents: &mut [Content]) {
    contents.sort_by(|one, other| key(one).cmp(&key(other)));
}

fn key(content: &Content) -> impl Ord + '_ {
    let space = content.space.as_ref().map(|id| (id.as_str().len(), id.as_str()));
    let id = content.id.as_str();
    (content.kind, space, id.len(), id, content.status.as_str())
}

/// By id, as numbers.
pub(super) fn sort_attachments(attachments: &mut [Attachment]) {
    attachments.sort_by(|a, b| (a.id.digits().len(), a.id.digits()).cmp(&(b.id.digits().len(), b.id.digits())));
}
