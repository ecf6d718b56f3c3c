//! References outside the page body: header images, properties, comments, drafts, templates, apps.

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
fn published_and_draft_header_images_are_shown() {
    for draft in [false, true] {
        let site = with_header(HeaderImage { draft, id: FILE_ID.to_uppercase() });
        assert_usage(&site, &[("own", "embedded"), ("other", "unreferenced"), ("near", "unreferenced")]);
        assert_evidence(&site, "own", "header image", Proven);
    }
}

#[test]
fn a_header_image_may_be_named_by_address() {
    let own = "https://acme.atlassian.net/wiki/download/attachments/1001/a.png?version=1";
    assert_usage(&with_header(header_image(own)), &[("own", "embedded"), ("other", "unreferenced")]);
    let other = own.replace(OWN, OTHER);
    assert_usage(&with_header(header_image(&other)), &[("other", "linked-elsewhere"), ("own", "unreferenced")]);
    let foreign = own.replace("acme.", "unsplash.");
    assert_usage(&with_header(header_image(&foreign)), &[("own", "undetermined"), ("other", "undetermined")]);
    assert_usage(&with_header(header_image("https://images.unsplash.com/a.png")), &[("own", "unreferenced")]);
    // a space may be written as a plus sign
    let mut plus = site("<p/>", "a b.png");
    plus.inventory.contents[0].header_images.push(header_image("/wiki/download/attachments/1001/a+b.png"));
    assert_usage(&plus, &[("own", "embedded"), ("other", "unreferenced")]);
}

#[test]
fn a_blog_post_may_have_a_header_image() {
    let mut site = quiet_site();
    let post = site.content(ContentKind::BlogPost, "3001", Some("ENG"), "News", "");
    post.header_images.push(header_image(FILE_ID));
    let file = site.file("post", "3001", "b.png");
    file.container = Container::BlogPost(ContentId::new("3001"));
    file.file_id = Some(FILE_ID.to_owned());
    assert_usage(&site, &[("post", "embedded"), ("own", "unreferenced")]);
}

#[test]
fn other_properties_are_possible_uses() {
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
fn json_text_in_properties_is_read() {
    let own_site = OwnSite::new(BASE_URL, &[]);
    let values = [
        r#""{\"image\":\"/wiki/download/attachments/1001/a.png\"}""#,
        r#""{\"image\":\"%2Fwiki%2Fdownload%2Fattachments%2F1001%2Fa.png\"}""#,
        r#""%7B%22image%22%3A%22https%3A%2F%2Facme.atlassian.net%2Fwiki%2Fdownload%2Fattachments%2F1001%2Fa.png%22%7D""#,
        r#""https://acme.atlassian.net/wiki/download/attachments/1001/a.png""#,
        r#"{"inner":"{\"deeper\":\"[\\\"/wiki/download/attachments/1001/a.png\\\"]\"}"}"#,
    ];
    for value in values {
        let mut site = quiet_site();
        let body = site.inventory.contents[0].body.as_mut().unwrap();
        body.references.extend(property_references("my-app", value, &own_site));
        assert_usage(&site, &[("own", "embedded"), ("other", "unreferenced"), ("near", "unreferenced")]);
        assert_evidence(&site, "own", "property my-app", Possible);
    }
    for value in [r#""a.png""#, r#""{\"name\":\"a.png\"}""#, r#""{\"broken\": a.png""#] {
        assert!(property_references("my-app", value, &own_site).is_empty(), "{value}");
    }
    let record = property_references("my-app", r#""{\"attachmentId\":\"att5001\"}""#, &own_site);
    let mut site = quiet_site();
    site.file("att5001", OTHER, "b.png");
    site.inventory.contents[0].body.as_mut().unwrap().references.extend(record);
    assert_usage(&site, &[("att5001", "linked-elsewhere")]);
}

#[test]
fn files_that_apps_find_by_location_are_undetermined() {
    let mut site = TestSite::acme();
    site.content(ContentKind::Page, "1", Some("DRAWIOCONFIG"), "Libraries", "<p/>");
    site.content(ContentKind::Page, "2", Some("ENG"), "PlantUML Templates", "<p/>");
    site.content(ContentKind::Page, "3", Some("ENG"), "Sequence", "<p/>").parent =
        Some((ContentId::new("2"), "page".to_owned().into()));
    site.content(ContentKind::Page, "4", Some("ENG"), "Libraries", "<p/>");
    for (id, page, name) in [
        ("library", "1", "icons.xml"),
        ("template", "2", "t.svg"),
        ("category", "3", "s.svg"),
        ("none", "4", "icons.xml"),
    ] {
        site.file(id, page, name);
    }
    assert_usage(&site, &[("library", "undetermined"), ("template", "undetermined"), ("category", "undetermined")]);
    assert_usage(&site, &[("none", "unreferenced")]);
    let library = site.verdict("library");
    assert_eq!(library.protected.as_deref(), Some("draw.io configuration"));
    assert!(library.reasons[0].text.contains("draw.io"), "{:?}", library.reasons);
    let notices = site.audit().notices;
    assert_eq!(notices.len(), 2, "{notices:?}");
    assert!(
        notices[0].contains("PlantUML templates") && notices[0].starts_with("An app may use 2 files "),
        "{notices:?}"
    );
    assert!(
        notices[1].contains("draw.io configuration") && notices[1].starts_with("An app may use 1 file "),
        "{notices:?}"
    );
}

#[test]
fn a_cached_copy_of_draw_io_is_undetermined() {
    let mut site = quiet_site();
    site.inventory.attachments[0].media_type = Some("application/vnd.jgraph.mxfile.cached".to_owned());
    assert_usage(&site, &[("own", "undetermined"), ("other", "unreferenced")]);
    assert_eq!(site.verdict("own").protected.as_deref(), Some("draw.io copy"));
}

#[test]
fn an_alias_of_a_space_is_one_of_its_keys() {
    let container = r#"<ri:page ri:space-key="people" ri:content-title="Handbook"/>"#;
    let link = r#"<a href="/wiki/download/attachments/embedded-page/PEOPLE/Handbook/b.png">x</a>"#;
    let mut site = site(&(image_in("a.png", container) + link), "x.png");
    site.content(ContentKind::Page, "3001", Some("HR"), "Handbook", "<p/>");
    site.file("hr", "3001", "a.png");
    site.file("linked", "3001", "b.png");
    assert_usage(&site, &[("hr", "undetermined")]);
    site.inventory.spaces.iter_mut().find(|space| space.key == "HR").unwrap().alias = Some("PEOPLE".to_owned());
    assert_usage(&site, &[("hr", "linked-elsewhere"), ("linked", "linked-elsewhere")]);
}

#[test]
fn addresses_on_unknown_hosts_cause_one_notice() {
    let far =
        |host: &str, number: usize| format!("<a href=\"https://{host}/download/attachments/7/{number}.png\">x</a>");
    let body: String = (0..1_200).map(|number| far("wiki.acme.example", number)).collect();
    let text = "<p>See https://wiki.acme.example/download/attachments/7/text.png.</p>";
    let mut site = site(&(body + text + &far("old.acme.example", 1) + &far("old.acme.example:8443", 1)), "a.png");
    site.comment("7001", OWN, &far("old.acme.example", 1));
    site.content(ContentKind::Page, "3001", Some("ENG"), "Gone", &far("trash.example", 1)).status = Status::Trashed;
    let audit = site.audit();
    let [notice] = &audit.notices[..] else { panic!("{:?}", audit.notices) };
    assert!(
        notice.starts_with(
            "1,201 addresses on wiki.acme.example, 2 addresses on old.acme.example, 1 address on \
             old.acme.example:8443 look like addresses of this site: add a host to alias_hosts"
        ),
        "{notice}"
    );
    assert_eq!(audit.unknown_hosts.as_ref(), Some(notice));
}

#[test]
fn comments_and_replies_use_files_of_their_page() {
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
fn drafts_use_files_from_elsewhere() {
    let mut site = quiet_site();
    site.page(OWN, "Release Plan", &image("a.png")).status = Status::Draft;
    assert_usage(&site, &[("own", "linked-elsewhere"), ("other", "unreferenced")]);
    // the published page names it too, and comes first
    site.page("3001", "Shown", &image("b.png"));
    site.page("3001", "Shown", &image("b.png")).status = Status::Draft;
    site.file("shown", "3001", "b.png");
    assert_usage(&site, &[("shown", "embedded")]);
}

#[test]
fn archived_pages_count() {
    let mut site = site(&image("a.png"), "a.png");
    site.inventory.contents[0].status = Status::Archived;
    assert_usage(&site, &[("own", "embedded"), ("other", "unreferenced")]);
    site.inventory.attachments[0].status = Status::Archived;
    assert_usage(&site, &[("own", "embedded")]);
}

#[test]
fn trash_does_not_count_but_is_mentioned() {
    let body = image_in("a.png", r#"<ri:page ri:content-title="Deployment Guide"/>"#);
    let mut site = site(&body, "a.png");
    super::trashed(&mut site, OWN);
    assert_usage(&site, &[("own", "not-judged"), ("near", "not-judged"), ("other", "unreferenced")]);
    assert!(site.verdict("other").reasons.iter().any(|reason| reason.text.contains("trash")));
}

#[test]
fn templates_use_files_of_explicit_containers_only() {
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
fn space_logo_is_never_judged() {
    let mut site = quiet_site();
    site.file("logo", OWN, "ENG").container = Container::None;
    assert_usage(&site, &[("logo", "not-judged"), ("own", "unreferenced")]);
}

#[test]
fn files_of_custom_content_are_not_judged() {
    let mut site = quiet_site();
    site.file("app", OWN, "b.png").container = Container::CustomContent(ContentId::new("6001"));
    assert_usage(&site, &[("app", "not-judged"), ("own", "unreferenced")]);
}

#[test]
fn files_of_invisible_and_unpublished_pages_are_undetermined() {
    let mut site = quiet_site();
    site.file("lost", "99999", "b.png");
    site.page("3001", "Draft only", "").status = Status::Draft;
    site.file("unpublished", "3001", "c.png");
    assert_usage(&site, &[("lost", "undetermined"), ("unpublished", "undetermined"), ("own", "unreferenced")]);
    assert_eq!(site.verdict("lost").space, None);
}

#[test]
fn unread_contents_leave_files_undetermined() {
    use confluence_storage_analyzer::inventory::coverage::{UnitCounts, UnitKind};
    let mut denied = site(&image("a.png"), "a.png");
    let counts = UnitCounts { planned: 2, ok: 1, denied: 1, ..UnitCounts::default() };
    denied.inventory.coverage.units.insert(UnitKind::Body, counts);
    assert_usage(&denied, &[("own", "embedded"), ("other", "undetermined"), ("near", "undetermined")]);
    // a missing body is enough, whatever the coverage says
    let mut without = site(&image("a.png"), "a.png");
    without.page("3001", "Restricted", "").body = None;
    assert_usage(&without, &[("own", "embedded"), ("other", "undetermined"), ("near", "undetermined")]);
}
