//! Links are not judged against lists that are incomplete or bodies that were not read.

use super::*;

/// If a list of possible link targets is incomplete, links are not judged: broken links are neither counted nor listed.
#[test]
fn with_incomplete_lists_no_link_is_broken() {
    let missing = to("Nowhere") + &address("/display/NOPE/Home") + &address("/download/attachments/2/gone.pdf");
    let judged = |spoil: &dyn Fn(&mut Inventory)| {
        let mut site = site_of(&missing);
        // all published contents have bodies
        for content in &mut site.contents {
            content.body.get_or_insert_default();
        }
        spoil(&mut site);
        let (links, errors) = in_row(&site);
        let names = links.problems.map(|problems| problems.iter().map(LinkProblem::target).collect::<Vec<_>>());
        assert_eq!(links.broken_internal, names.as_ref().map(|names| names.len() as u64));
        (names, errors.contains(&"pages".to_owned()))
    };
    let all = ["“Nowhere” in KB", "“Home” in NOPE", "gone.pdf on id 2"].map(str::to_owned).to_vec();
    let fail = |kind| judged(&|site: &mut Inventory| site.coverage.fail(kind, "a list", "it broke off"));
    // a comparison of two lists marks an incomplete one in `doubtful`
    for kind in [UnitKind::Labels, UnitKind::CommentList, UnitKind::Replies, UnitKind::ListComparison] {
        assert_eq!(fail(kind), (Some(all.clone()), false), "{kind:?}");
    }
    for kind in [UnitKind::BlogPostList, UnitKind::SpaceList, UnitKind::AttachmentList, UnitKind::LinkTargets] {
        assert_eq!(fail(kind), (None, false), "{kind:?}");
    }
    for kind in [UnitKind::PageList, UnitKind::Plausibility] {
        assert_eq!(fail(kind), (None, true), "{kind:?}");
    }
    for list in [ListKind::Spaces, ListKind::Pages, ListKind::BlogPosts, ListKind::Attachments] {
        let (names, _) = judged(&|site| _ = site.doubtful.insert(list));
        assert_eq!(names, None, "{list:?}");
    }
}

/// A body that was not read may link to any page, so it is not known that nothing links to a page.
#[test]
fn with_unread_bodies_incoming_links_are_unknown() {
    let errors =
        |errors: Vec<String>| errors.into_iter().filter(|error| error.starts_with("bodies")).collect::<Vec<_>>();
    let links_with_unread = |kind, status| {
        let other = Content { kind, ..page(7, None, status) };
        let (links, found) = in_row(&inventory(vec![written(1, ""), other]));
        (links.incoming, links.include_in, links.broken_internal, errors(found))
    };
    let none: Vec<String> = Vec::new();
    let of_pages = vec!["bodies of other pages".to_owned()];
    assert_eq!(links_with_unread(ContentKind::Page, Status::Current), (None, None, Some(0), of_pages.clone()));
    assert_eq!(links_with_unread(ContentKind::BlogPost, Status::Archived), (None, None, Some(0), of_pages));
    let of_comments = vec!["bodies of comments".to_owned()];
    assert_eq!(links_with_unread(ContentKind::FooterComment, Status::Current), (None, Some(0), Some(0), of_comments));
    assert_eq!(links_with_unread(ContentKind::Page, Status::Trashed), (Some(0), Some(0), Some(0), none.clone()));
    assert_eq!(links_with_unread(ContentKind::Template, Status::Current), (Some(0), Some(0), Some(0), none));
}
