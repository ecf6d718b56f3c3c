//! Replaces contents with their newer states.

use std::collections::{HashMap, HashSet};

use super::site::{Attachment, Content, ContentId, Status, Unsettled};

/// Replaces known contents with their newer states, and adds new ones. Returns how many differ from what was known. A
/// draft is a content of its own. If a body could not be read again, the known one stays. Files of a content whose
/// title or space changed are marked as unsettled.
pub(super) fn apply_updates(contents: &mut Vec<Content>, files: &mut [Attachment], newer: Vec<Content>) -> usize {
    if newer.is_empty() {
        return 0;
    }
    let key = |content: &Content| (content.kind, content.id.clone(), content.status == Status::Draft);
    let mut indexes: HashMap<_, usize> =
        contents.iter().enumerate().map(|(index, content)| (key(content), index)).collect();
    let mut news = 0;
    let mut renamed = HashSet::new();
    for mut content in newer {
        if let Some(&index) = indexes.get(&key(&content)) {
            let known = &mut contents[index];
            if content.body.is_none() {
                content.body = known.body.take();
            }
            news += usize::from(is_news(known, &content));
            // only the first pass compares with the lists without the key
            content.only_with_admin_key |= known.only_with_admin_key;
            if is_renamed(known, &content) {
                renamed.insert(content.id.clone());
            }
            *known = content;
        } else {
            news += 1;
            indexes.insert(key(&content), contents.len());
            contents.push(content);
        }
    }
    mark_unsettled(&renamed, files);
    news
}

/// Returns whether a page or post has another title or space. Confluence rewrites references to its old name without a
/// new version, so references that were read earlier may now name nothing, or another page.
fn is_renamed(known: &Content, now: &Content) -> bool {
    let can_be_named = known.kind.owns_attachments() && known.status != Status::Draft;
    can_be_named && (&known.title, &known.space) != (&now.title, &now.space)
}

/// Marks as unsettled the files of pages and posts whose name changed during the crawl.
pub(super) fn mark_unsettled(renamed: &HashSet<ContentId>, files: &mut [Attachment]) {
    for file in files {
        if file.container.id().is_some_and(|owner| renamed.contains(owner)) {
            file.unsettled = file.unsettled.or(Some(Unsettled::Changing));
        }
    }
}

/// Returns whether a content differs from the known state.
fn is_news(known: &Content, now: &Content) -> bool {
    (known.version, known.modified_at, &known.status) != (now.version, now.modified_at, &now.status)
        || (&known.title, &known.space, &known.container) != (&now.title, &now.space, &now.container)
        || known.header_images != now.header_images
        || known.body != now.body
}

/// Status of a content that was deleted or hidden since it was read.
const NOT_FOUND: &str = "not found";

/// Returns a content as deleted or hidden since it was read. What it names still counts as used. Since its current body
/// is unknown, its own files are not judged.
pub(super) fn with_status_not_found(known: &Content) -> Content {
    Content { status: Status::Other(NOT_FOUND.to_owned()), ..known.clone() }
}

/// Returns whether a content was deleted or hidden since it was read.
pub(super) fn has_status_not_found(content: &Content) -> bool {
    matches!(&content.status, Status::Other(word) if word == NOT_FOUND)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::inventory::{ContentKind, convert};
    use storage_format::Body;

    pub(in crate::inventory) fn page(id: &str, version: u32, status: Status, body: bool) -> Content {
        let sent = serde_json::json!({"id": id, "title": "T", "version": {"number": version}});
        let mut page =
            convert::content(serde_json::from_value(sent).unwrap(), ContentKind::Page, body.then(Body::default));
        page.status = status;
        page
    }

    #[test]
    fn a_draft_is_kept_next_to_its_page_and_a_newer_state_replaces_the_older() {
        let mut contents = vec![page("1", 3, Status::Current, true)];
        assert_eq!(apply_updates(&mut contents, &mut [], vec![page("1", 4, Status::Draft, true)]), 1);
        assert_eq!(contents.len(), 2);
        assert_eq!(apply_updates(&mut contents, &mut [], vec![page("1", 3, Status::Current, true)]), 0);
        assert_eq!(
            apply_updates(
                &mut contents,
                &mut [],
                vec![page("1", 4, Status::Current, true), page("2", 1, Status::Current, true)]
            ),
            2
        );
        assert_eq!(contents.iter().map(|page| page.version.unwrap()).collect::<Vec<_>>(), [4, 4, 1]);
    }

    #[test]
    fn files_of_a_renamed_page_are_unsettled() {
        let file = serde_json::json!({"id": "att1", "pageId": "1"});
        let mut files = [convert::attachment(serde_json::from_value(file).unwrap())];
        let mut contents = vec![page("1", 3, Status::Current, true)];
        apply_updates(&mut contents, &mut files, vec![page("1", 4, Status::Current, true)]);
        assert_eq!(files[0].unsettled, None);
        let draft = Content { title: "U".to_owned(), ..page("1", 5, Status::Draft, true) };
        apply_updates(&mut contents, &mut files, vec![page("1", 4, Status::Draft, true), draft.clone()]);
        assert_eq!(files[0].unsettled, None, "links cannot name a draft");
        apply_updates(&mut contents, &mut files, vec![Content { status: Status::Current, ..draft }]);
        assert_eq!(files[0].unsettled, Some(Unsettled::Changing));
    }

    #[test]
    fn a_content_that_could_not_be_read_again_keeps_its_uses() {
        let mut contents = vec![page("1", 3, Status::Current, true)];
        apply_updates(&mut contents, &mut [], vec![page("1", 4, Status::Current, false)]);
        assert!(contents[0].body.is_some());
        let hidden = with_status_not_found(&contents[0]);
        assert!(has_status_not_found(&hidden) && !hidden.status.is_trash());
        assert_eq!(apply_updates(&mut contents, &mut [], vec![hidden.clone()]), 1);
        assert_eq!(apply_updates(&mut contents, &mut [], vec![hidden]), 0);
        assert!(contents[0].body.is_some());
    }
}
