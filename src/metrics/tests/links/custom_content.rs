//! Links to files of contents that no list of pages shows.

use super::*;

/// A file on custom content exists, and so does the content, although no list of pages shows it.
#[test]
fn links_to_files_on_custom_content_are_not_broken() {
    let links = [
        address("/pages/viewpage.action?pageId=77&amp;preview=/77/501/x.pdf"),
        address("/download/attachments/77/plan.pdf"),
        r#"<ac:link><ri:content-entity ri:content-id="77"/></ac:link>"#.to_owned(),
    ];
    let mut site = inventory(vec![written(1, &links.concat())]);
    let named = |site: &Inventory| {
        let links = LinkIndex::new(site, &facts(&["77"]), &["KB", "HR"], Gaps::default()).of(&site.contents[0]);
        links.problems.unwrap().len()
    };
    assert_eq!(named(&site), 3);
    site.files_elsewhere.ids.insert(AttachmentId::new("501"));
    assert_eq!(named(&site), 2);
    site.files_elsewhere.owners.insert(ContentId::new("77"));
    assert_eq!(named(&site), 0);
}

/// A content that no list shows may have files, if the list of attachments is incomplete.
#[test]
fn with_an_incomplete_list_of_files_no_file_of_an_unlisted_content_is_missing() {
    let site = inventory(vec![written(1, &address("/download/attachments/77/plan.pdf"))]);
    let mut gaps = Gaps::default();
    gaps.attachments = true;
    let links = LinkIndex::new(&site, &facts(&["77"]), &["KB", "HR"], gaps).of(&site.contents[0]);
    assert_eq!(links.broken_internal, Some(0));
}
