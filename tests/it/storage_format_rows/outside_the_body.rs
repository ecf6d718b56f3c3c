//! Section 2.5: outside the page body.

use confluence_storage_analyzer::inventory::{Container, ContentId, ContentKind, HeaderImage, Status};
use storage_format::{OwnSite, property_references};

use super::{OTHER, OWN, Possible, Proven, assert_evidence, assert_usage, image, image_in, quiet_site, site};
use test_support::test_site::{BASE_URL, TestSite, header_image};

const FILE_ID: &str = "62149a0b-9e5d-4e56-bab5-17b8a0d84da5";

fn with_header(image: HeaderImage) -> TestSite {
    let mut site = quiet_site();
    site.inventory.attachments[0].file_id = Some(FILE_ID.to_owned());
    site.inventory.attachments[1].file_id = Some(FILE_ID.replace('6', "7"));
    site.inventory.contents[0].header_images.push(image);
    site
}

#[test]
fn row_2_5_header_image_published_and_draft() {
    for draft in [false, true] {
        let site = with_header(HeaderImage { draft, id: FILE_ID.to_uppercase() });
        assert_usage(&site, &[("own", "embedded"), ("other", "unreferenced"), ("near", "unreferenced")]);
        assert_evidence(&site, "own", "header image", Proven);
    }
}

#[test]
fn row_2_5_header_image_by_address() {
    let own = "https://acme.atlassian.net/wiki/download/attachments/1001/a.png?version=1";
    assert_usage(&with_header(header_image(own)), &[("own", "embedded"), ("other", "unreferenced")]);
    let other = own.replace(OWN, OTHER);
    assert_usage(&with_header(header_image(&other)), &[("other", "linked-elsewhere"), ("own", "unreferenced")]);
    let foreign = own.replace("acme.", "unsplash.");
    assert_usage(&with_header(header_image(&foreign)), &[("own", "unreferenced"), ("other", "unreferenced")]);
    // the blank may be written as a plus sign
    let mut plus = site("<p/>", "a b.png");
    plus.inventory.contents[0].header_images.push(header_image("/wiki/download/attachments/1001/a+b.png"));
    assert_usage(&plus, &[("own", "embedded"), ("other", "unreferenced")]);
}

#[test]
fn row_2_5_header_image_of_a_blog_post() {
    let mut site = quiet_site();
    let post = site.content(ContentKind::BlogPost, "3001", Some("ENG"), "News", "");
    post.header_images.push(header_image(FILE_ID));
    let file = site.file("post", "3001", "b.png");
    file.container = Container::BlogPost(ContentId::new("3001"));
    file.file_id = Some(FILE_ID.to_owned());
    assert_usage(&site, &[("post", "embedded"), ("own", "unreferenced")]);
}

#[test]
fn row_2_5_other_properties_are_weak_uses() {
    let own_site = OwnSite::new(BASE_URL, &[]);
    let json = format!(
        r#"{{"media":["{FILE_ID}"],"attachmentId":5001,"icon":"/wiki/download/attachments/1001/i.png",
        "name":"a.png","text":"see a.png"}}"#
    );
    let mut site = quiet_site();
    site.inventory.attachments[1].file_id = Some(FILE_ID.to_owned());
    site.file("att5001", OTHER, "b.png");
    site.file("icon", OWN, "i.png");
    let body = site.inventory.contents[0].body.as_mut().unwrap();
    body.references.extend(property_references("my-app", &json, &own_site));
    assert_usage(&site, &[("other", "linked-elsewhere"), ("att5001", "linked-elsewhere"), ("icon", "embedded")]);
    assert_usage(&site, &[("own", "unreferenced"), ("near", "unreferenced")]);
    for id in ["other", "att5001", "icon"] {
        assert_evidence(&site, id, "property my-app", Possible);
    }
}

#[test]
fn row_2_5_comments_and_replies() {
    for kind in [ContentKind::FooterComment, ContentKind::InlineComment] {
        let mut site = quiet_site();
        site.content(kind, "7001", Some("ENG"), "", &image("a.png")).container = Some(ContentId::new(OWN));
        assert_usage(&site, &[("own", "linked-elsewhere"), ("other", "unreferenced"), ("near", "unreferenced")]);
        assert_eq!(site.inventory.contents[site.verdict("own").uses[0].content].id.as_str(), "7001");
    }
    let mut explicit = quiet_site();
    let page = format!(r#"<ri:content-entity ri:content-id="{OTHER}"/>"#);
    explicit.comment("7001", OWN, &image_in("a.png", &page));
    assert_usage(&explicit, &[("other", "linked-elsewhere"), ("own", "unreferenced")]);
}

#[test]
fn row_2_5_drafts() {
    let mut site = quiet_site();
    site.page(OWN, "Release Plan", &image("a.png")).status = Status::Draft;
    assert_usage(&site, &[("own", "linked-elsewhere"), ("other", "unreferenced")]);
    // the published page names it too: that comes first
    site.page("3001", "Shown", &image("b.png"));
    site.page("3001", "Shown", &image("b.png")).status = Status::Draft;
    site.file("shown", "3001", "b.png");
    assert_usage(&site, &[("shown", "embedded")]);
}

#[test]
fn row_2_5_archived_pages_count() {
    let mut site = site(&image("a.png"), "a.png");
    site.inventory.contents[0].status = Status::Archived;
    assert_usage(&site, &[("own", "embedded"), ("other", "unreferenced")]);
    site.inventory.attachments[0].status = Status::Archived;
    assert_usage(&site, &[("own", "embedded")]);
}

#[test]
fn row_2_5_trash_does_not_count_but_is_mentioned() {
    let body = image_in("a.png", r#"<ri:page ri:content-title="Deployment Guide"/>"#);
    let mut site = site(&body, "a.png");
    super::trashed(&mut site, OWN);
    assert_usage(&site, &[("own", "not-judged"), ("near", "not-judged"), ("other", "unreferenced")]);
    assert!(site.verdict("other").reasons.iter().any(|reason| reason.contains("trash")));
}

#[test]
fn row_2_5_templates() {
    let variables = "<at:declarations><at:string at:name=\"x\"/></at:declarations><at:var at:name=\"x\"/>";
    let explicit = image_in("a.png", r#"<ri:page ri:space-key="ENG" ri:content-title="Deployment Guide"/>"#);
    for space in [Some("ENG"), None] {
        let mut site = quiet_site();
        let body = format!("{variables}{explicit}{}", image("a.png"));
        site.content(ContentKind::Template, "8001", space, "Report", &body);
        assert_usage(&site, &[("other", "linked-elsewhere"), ("own", "unreferenced"), ("near", "unreferenced")]);
    }
}

#[test]
fn row_2_5_space_logo_is_never_judged() {
    let mut site = quiet_site();
    site.file("logo", OWN, "ENG").container = Container::None;
    assert_usage(&site, &[("logo", "not-judged"), ("own", "unreferenced")]);
}

#[test]
fn row_2_5_custom_content_of_apps_is_reported_apart() {
    let mut site = quiet_site();
    site.file("app", OWN, "b.png").container = Container::CustomContent(ContentId::new("6001"));
    assert_usage(&site, &[("app", "not-judged"), ("own", "unreferenced")]);
}

#[test]
fn row_2_5_file_of_a_page_nobody_sees() {
    let mut site = quiet_site();
    site.file("lost", "99999", "b.png");
    site.page("3001", "Draft only", "").status = Status::Draft;
    site.file("unpublished", "3001", "c.png");
    assert_usage(&site, &[("lost", "undetermined"), ("unpublished", "undetermined"), ("own", "unreferenced")]);
    assert_eq!(site.verdict("lost").space, None);
}

#[test]
fn row_2_5_unread_contents_downgrade() {
    use confluence_storage_analyzer::inventory::coverage::{UnitCounts, UnitKind};
    let mut denied = site(&image("a.png"), "a.png");
    let counts = UnitCounts { planned: 2, ok: 1, denied: 1, ..UnitCounts::default() };
    denied.inventory.coverage.units.insert(UnitKind::Body, counts);
    assert_usage(&denied, &[("own", "embedded"), ("other", "undetermined"), ("near", "undetermined")]);
    // a body that is missing is doubt enough, whatever the coverage says
    let mut without = site(&image("a.png"), "a.png");
    without.page("3001", "Restricted", "").body = None;
    assert_usage(&without, &[("own", "embedded"), ("other", "undetermined"), ("near", "undetermined")]);
}
