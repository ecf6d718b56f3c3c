//! Newer states of contents, put in the places of those read before.

use std::collections::{HashMap, HashSet};

use super::site::{Attachment, Content, ContentId, Status, Unsettled};

/// Puts contents in the places of those they are newer states of, or adds them; gives how many brought something new.
/// A draft is a content of its own. A body that could not be read again does not push out the one read before. The files of
/// what got another title or space are left open.
pub(super) fn put_all(contents: &mut Vec<Content>, files: &mut [Attachment], newer: Vec<Content>) -> usize {
    if newer.is_empty() {
        return 0;
    }
    let key = |content: &Content| (content.kind, content.id.clone(), content.status == Status::Draft);
    let mut places: HashMap<_, usize> =
        contents.iter().enumerate().map(|(place, content)| (key(content), place)).collect();
    let mut news = 0;
    let mut renamed = HashSet::new();
    for mut content in newer {
        if let Some(&place) = places.get(&key(&content)) {
            let known = &mut contents[place];
            if content.body.is_none() {
                content.body = known.body.take();
            }
            news += usize::from(is_news(known, &content));
            if is_renamed(known, &content) {
                renamed.insert(content.id.clone());
            }
            *known = content;
        } else {
            news += 1;
            places.insert(key(&content), contents.len());
            contents.push(content);
        }
    }
    leave_open(&renamed, files);
    news
}

/// Whether a page or post bears another title or is in another space. What others say of it under the name before is
/// rewritten without a new version, so references that were read earlier may now mean nothing, or another page.
fn is_renamed(known: &Content, now: &Content) -> bool {
    let can_be_named = known.kind.owns_attachments() && known.status != Status::Draft;
    can_be_named && (&known.title, &known.space) != (&now.title, &now.space)
}

/// Leaves open the files of pages and posts whose name changed while the site was read.
pub(super) fn leave_open(renamed: &HashSet<ContentId>, files: &mut [Attachment]) {
    for file in files {
        if file.container.id().is_some_and(|owner| renamed.contains(owner)) {
            file.unsettled = file.unsettled.or(Some(Unsettled::Changing));
        }
    }
}

/// Whether a content is another state than the one known.
fn is_news(known: &Content, now: &Content) -> bool {
    (known.version, known.modified_at, &known.status) != (now.version, now.modified_at, &now.status)
        || (&known.title, &known.space, &known.container) != (&now.title, &now.space, &now.container)
        || known.header_images != now.header_images
        || known.body != now.body
}

/// The word for the status of what was deleted or hidden since it was read.
const NOT_FOUND: &str = "not found";

/// A content that was deleted or hidden since it was read. What it named still counts; nobody knows any more what else it
/// would name, so no file of it is judged.
pub(super) fn out_of_sight(known: &Content) -> Content {
    Content { status: Status::Other(NOT_FOUND.to_owned()), ..known.clone() }
}

/// Whether a content was deleted or hidden since it was read.
pub(super) fn is_out_of_sight(content: &Content) -> bool {
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
    fn a_draft_stands_beside_its_page_and_a_newer_state_replaces_the_older() {
        let mut contents = vec![page("1", 3, Status::Current, true)];
        assert_eq!(put_all(&mut contents, &mut [], vec![page("1", 4, Status::Draft, true)]), 1);
        assert_eq!(contents.len(), 2);
        assert_eq!(put_all(&mut contents, &mut [], vec![page("1", 3, Status::Current, true)]), 0);
        assert_eq!(
            put_all(
                &mut contents,
                &mut [],
                vec![page("1", 4, Status::Current, true), page("2", 1, Status::Current, true)]
            ),
            2
        );
        assert_eq!(contents.iter().map(|page| page.version.unwrap()).collect::<Vec<_>>(), [4, 4, 1]);
    }

    #[test]
    fn the_files_of_what_gets_another_title_are_left_open() {
        let file = serde_json::json!({"id": "att1", "pageId": "1"});
        let mut files = [convert::attachment(serde_json::from_value(file).unwrap())];
        let mut contents = vec![page("1", 3, Status::Current, true)];
        put_all(&mut contents, &mut files, vec![page("1", 4, Status::Current, true)]);
        assert_eq!(files[0].unsettled, None);
        let draft = Content { title: "U".to_owned(), ..page("1", 5, Status::Draft, true) };
        put_all(&mut contents, &mut files, vec![page("1", 4, Status::Draft, true), draft.clone()]);
        assert_eq!(files[0].unsettled, None, "nothing names a draft");
        put_all(&mut contents, &mut files, vec![Content { status: Status::Current, ..draft }]);
        assert_eq!(files[0].unsettled, Some(Unsettled::Changing));
    }

    #[test]
    fn what_could_not_be_read_again_keeps_the_uses_read_before() {
        let mut contents = vec![page("1", 3, Status::Current, true)];
        put_all(&mut contents, &mut [], vec![page("1", 4, Status::Current, false)]);
        assert!(contents[0].body.is_some());
        let hidden = out_of_sight(&contents[0]);
        assert!(is_out_of_sight(&hidden) && !hidden.status.is_trash());
        assert_eq!(put_all(&mut contents, &mut [], vec![hidden.clone()]), 1);
        assert_eq!(put_all(&mut contents, &mut [], vec![hidden]), 0);
        assert!(contents[0].body.is_some());
    }
}
