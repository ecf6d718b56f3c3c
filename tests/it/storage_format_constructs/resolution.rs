//! Resolution of names: containers, titles, Unicode forms, decoding, hosts.

use confluence_storage_analyzer::inventory::{Container, ContentId, ContentKind, Status};

use super::{
    OTHER, OWN, Possible, Proven, assert_doubted, assert_evidence, assert_nothing, assert_other, assert_own,
    assert_usage, call, image, image_in, quiet_site, site, trashed,
};
use test_support::test_site::{TestSite, old_version};

#[test]
fn a_bare_name_means_a_file_of_the_same_page_or_post() {
    assert_own(&image("a.png"), "a.png", "embedded", "image", Proven);
    let mut site = quiet_site();
    site.content(ContentKind::BlogPost, "3001", Some("ENG"), "News", &image("a.png"));
    site.file("post", "3001", "a.png").container = Container::BlogPost(ContentId::new("3001"));
    assert_usage(&site, &[("post", "embedded"), ("own", "unreferenced"), ("other", "unreferenced")]);
}

#[test]
fn a_bare_name_in_a_comment_or_draft_means_a_file_of_its_page() {
    let mut commented = quiet_site();
    commented.comment("7001", OWN, &image("a.png"));
    assert_usage(&commented, &[("own", "linked-elsewhere"), ("other", "unreferenced")]);

    let mut draft = quiet_site();
    draft.page(OWN, "Release Plan", &image("a.png")).status = Status::Draft;
    assert_usage(&draft, &[("own", "linked-elsewhere"), ("other", "unreferenced")]);

    let mut template = quiet_site();
    template.content(ContentKind::Template, "8001", Some("ENG"), "Plan", &image("a.png"));
    assert_usage(&template, &[("own", "unreferenced"), ("other", "unreferenced")]);
}

#[test]
fn a_bare_name_in_a_reply_means_a_file_of_the_page_of_its_thread() {
    let mut site = quiet_site();
    site.comment("7001", OWN, "<p>First.</p>");
    site.comment("7002", "7001", &image("a.png"));
    assert_usage(&site, &[("own", "linked-elsewhere"), ("other", "unreferenced")]);
}

#[test]
fn a_comment_on_an_invisible_content_may_mean_any_file_of_the_name() {
    let mut site = quiet_site();
    site.comment("7001", OWN, &image("a.png")).container = None;
    assert_usage(&site, &[("own", "undetermined"), ("other", "undetermined"), ("near", "unreferenced")]);
}

#[test]
fn an_explicit_container_has_no_fallback_to_the_same_page() {
    let container = r#"<ri:page ri:content-title="Deployment Guide" />"#;
    assert_other(&image_in("a.png", container), "a.png", "image", Proven);
    let mut lacking = site(&image_in("b.png", container), "a.png");
    lacking.file("own-b", OWN, "b.png");
    assert_usage(&lacking, &[("own-b", "unreferenced"), ("other", "unreferenced")]);
}

#[test]
fn an_unknown_container_leaves_all_files_of_the_name_undetermined() {
    for container in [
        r#"<ri:page ri:content-title="Missing" />"#,
        r#"<ri:page ri:space-key="MISSING" ri:content-title="Deployment Guide" />"#,
        r#"<ri:blog-post ri:content-title="Missing" ri:posting-day="2024/07/01" />"#,
    ] {
        let site = site(&image_in("a.png", container), "a.png");
        assert_usage(&site, &[("own", "undetermined"), ("other", "undetermined"), ("near", "unreferenced")]);
        assert!(
            site.verdict("own").reasons[0].text.contains("which was not found"),
            "{:?}",
            site.verdict("own").reasons
        );
    }
}

#[test]
fn a_content_id_may_mean_this_page_another_or_a_copied_one_in_the_trash() {
    let entity = |id: &str| format!(r#"<ri:content-entity ri:content-id="{id}" ri:version-at-save="1" />"#);
    assert_own(&image_in("a.png", &entity(OWN)), "a.png", "embedded", "image", Proven);
    assert_other(&image_in("a.png", &entity(OTHER)), "a.png", "image", Proven);
    // the copied page has the same file
    let mut copied = site(&image_in("a.png", &entity(OTHER)), "a.png");
    trashed(&mut copied, OTHER);
    assert_usage(&copied, &[("own", "embedded"), ("other", "not-judged"), ("near", "unreferenced")]);
    assert_evidence(&copied, "own", "image", Possible);
}

#[test]
fn an_unknown_content_id_falls_back_to_the_same_page() {
    let site = site(&image_in("a.png", r#"<ri:content-entity ri:content-id="99999" />"#), "a.png");
    assert_usage(&site, &[("own", "embedded"), ("other", "undetermined"), ("near", "unreferenced")]);
    assert_evidence(&site, "own", "image", Possible);
}

#[test]
fn a_missing_space_key_means_the_space_of_the_referring_content() {
    let mut site = TestSite::acme();
    site.space("OPS");
    let body = image_in("a.png", r#"<ri:page ri:content-title="Guide" />"#);
    site.content(ContentKind::Page, OWN, Some("OPS"), "Release Plan", &body);
    site.content(ContentKind::Page, "2001", Some("ENG"), "Guide", "");
    site.content(ContentKind::Page, "3001", Some("OPS"), "Guide", "");
    site.file("eng", "2001", "a.png");
    site.file("ops", "3001", "a.png");
    assert_usage(&site, &[("ops", "linked-elsewhere"), ("eng", "unreferenced")]);
}

#[test]
fn titles_are_compared_in_lower_case_and_not_trimmed() {
    let page = |title: &str| image_in("a.png", &format!(r#"<ri:page ri:content-title="{title}" />"#));
    assert_other(&page("DEPLOYMENT guide"), "a.png", "image", Proven);
    // real titles end in invisible characters: two titles that look alike
    let mut site = site(&page("Deployment Guide\u{200b}"), "a.png");
    site.page("3001", "Deployment Guide\u{200b}", "");
    site.file("invisible", "3001", "a.png");
    assert_usage(&site, &[("invisible", "linked-elsewhere"), ("other", "unreferenced"), ("own", "unreferenced")]);
    // a missing page is not the page that looks like it
    let missing = super::site(&page("Deployment Guide\u{200e}"), "a.png");
    assert_usage(&missing, &[("other", "undetermined"), ("own", "undetermined"), ("near", "unreferenced")]);
}

#[test]
fn a_title_in_another_unicode_form_is_a_possible_match() {
    let mut site = site(&image_in("a.png", "<ri:page ri:content-title=\"U\u{308}bersicht\" />"), "a.png");
    site.page("3001", "Übersicht", "");
    site.file("third", "3001", "a.png");
    assert_usage(&site, &[("third", "linked-elsewhere"), ("other", "unreferenced"), ("own", "unreferenced")]);
    assert_evidence(&site, "third", "image", Possible);
}

#[test]
fn blog_posts_are_found_by_title_and_posting_day() {
    let body = image_in("a.png", r#"<ri:blog-post ri:content-title="News" ri:posting-day="2012/01/30" />"#);
    let mut site = site(&body, "a.png");
    for (id, file, day) in [("3001", "january", "2012-01-30"), ("3002", "june", "2012-06-30")] {
        let post = site.content(ContentKind::BlogPost, id, Some("ENG"), "News", "");
        post.created_at = Some(format!("{day}T09:00:00Z").parse().unwrap());
        site.file(file, id, "a.png").container = Container::BlogPost(ContentId::new(id));
    }
    assert_usage(&site, &[("january", "linked-elsewhere"), ("june", "unreferenced"), ("own", "unreferenced")]);
}

/// Adds posts "News" with these ids and times, each with a file `a.png` whose id is that of the post.
fn news(site: &mut TestSite, posts: &[(&str, &str)]) {
    for (id, time) in posts {
        let post = site.content(ContentKind::BlogPost, id, Some("ENG"), "News", "");
        post.created_at = Some(time.parse().unwrap());
        site.file(id, id, "a.png").container = Container::BlogPost(ContentId::new(*id));
    }
}

#[test]
fn a_posting_day_may_be_of_any_time_zone() {
    let body = image_in("a.png", r#"<ri:blog-post ri:content-title="News" ri:posting-day="2024/07/02" />"#);
    // in UTC, the posting day of a reader in Europe begins on the evening before, and that of a reader in Los Angeles
    // ends in the early hours after
    let mut zones = site(&body, "a.png");
    let posts = [("3001", "2024-07-01T22:30:00Z"), ("3002", "2024-07-02T12:00:00Z"), ("3003", "2024-07-03T03:00:00Z")];
    news(&mut zones, &posts);
    news(&mut zones, &[("3004", "2024-07-01T09:00:00Z"), ("3005", "2024-07-03T09:00:00Z")]);
    let linked = ["3001", "3002", "3003"].map(|id| (id, "linked-elsewhere"));
    assert_usage(&zones, &linked);
    assert_usage(&zones, &[("3004", "unreferenced"), ("3005", "unreferenced"), ("own", "unreferenced")]);
    assert_evidence(&zones, "3002", "image", Possible);
    // without a post of the day itself, one of a neighbouring day may be meant
    let mut alone = site(&body, "a.png");
    news(&mut alone, &[("3001", "2024-07-03T11:00:00Z"), ("3002", "2024-07-04T11:00:00Z")]);
    assert_usage(&alone, &[("3001", "linked-elsewhere"), ("3002", "unreferenced")]);
}

#[test]
fn daily_posts_of_american_evenings_name_their_own_files() {
    let own =
        |day: &str| image_in("a.png", &format!(r#"<ri:blog-post ri:content-title="News" ri:posting-day="{day}" />"#));
    let mut site = quiet_site();
    // Hawaii: 22:30 of the 1st and of the 2nd
    for (id, day, time) in
        [("3001", "2024/07/01", "2024-07-02T08:30:00Z"), ("3002", "2024/07/02", "2024-07-03T08:30:00Z")]
    {
        let post = site.content(ContentKind::BlogPost, id, Some("ENG"), "News", &own(day));
        post.created_at = Some(time.parse().unwrap());
        site.file(id, id, "a.png").container = Container::BlogPost(ContentId::new(id));
    }
    assert_usage(&site, &[("3001", "embedded"), ("3002", "embedded")]);
}

#[test]
fn a_title_in_another_unicode_form_wins_over_one_in_the_trash() {
    let body = image_in("a.png", r#"<ri:page ri:content-title="Übersicht" />"#);
    let mut site = site(&body, "a.png");
    site.page("3001", "Übersicht", "").status = Status::Trashed;
    site.page("3002", "U\u{308}bersicht", "");
    site.file("trashed", "3001", "a.png");
    site.file("current", "3002", "a.png");
    assert_usage(&site, &[("trashed", "not-judged"), ("current", "linked-elsewhere"), ("own", "unreferenced")]);
    assert_evidence(&site, "current", "image", Possible);
}

#[test]
fn names_match_exactly_then_by_nfc_then_in_any_case() {
    // both forms exist: the exact one is meant
    let mut exact = site(&image("U\u{308}ber.png"), "U\u{308}ber.png");
    exact.file("nfc", OWN, "Über.png");
    assert_usage(&exact, &[("own", "embedded"), ("nfc", "unreferenced"), ("other", "unreferenced")]);
    assert_evidence(&exact, "own", "image", Proven);

    assert_own(&image("Über.png"), "U\u{308}ber.png", "embedded", "image", Possible);
    assert_own(&image("ÜBER.PNG"), "U\u{308}ber.png", "embedded", "image", Possible);

    let mut twins = site(&image("A.png"), "a.png");
    twins.file("upper", OWN, "A.png");
    assert_usage(&twins, &[("upper", "embedded"), ("own", "unreferenced"), ("other", "unreferenced")]);
}

#[test]
fn a_file_uploaded_again_is_meant_instead_of_the_deleted_one() {
    let mut site = site(&image("a.png"), "a.png");
    site.file("deleted", OWN, "a.png").status = Status::Trashed;
    assert_usage(&site, &[("own", "embedded"), ("deleted", "not-judged")]);
    assert_evidence(&site, "own", "image", Proven);
}

#[test]
fn a_url_may_have_the_old_name_of_a_file() {
    let body = format!(r#"<p><a href="/wiki/download/attachments/{OWN}/old.png">x</a></p>"#);
    let mut renamed = site(&body, "a.png");
    renamed.inventory.attachments[0].old_versions.push(old_version(1, "old.png", 5));
    assert_usage(&renamed, &[("own", "linked"), ("other", "unreferenced")]);
    assert_evidence(&renamed, "own", "URL", Possible);
    // a file that currently has the name wins
    renamed.file("current", OWN, "old.png");
    assert_usage(&renamed, &[("own", "unreferenced"), ("current", "linked")]);
}

#[test]
fn version_hints_name_the_same_attachment() {
    let body = r#"<ac:image><ri:attachment ri:filename="a.png" ri:version-at-save="3" /></ac:image>"#;
    assert_own(body, "a.png", "embedded", "image", Proven);
    let url = format!(r#"<a href="/wiki/download/attachments/{OWN}/a.png?version=3&amp;api=v2">x</a>"#);
    assert_own(&url, "a.png", "linked", "URL", Proven);
}

#[test]
fn copied_page_keeps_ids_in_macro_parameters() {
    let diagram = call("drawio", &[("pageId", OTHER), ("diagramName", "net.drawio")]);
    assert_other(&diagram, "net.drawio", "macro drawio", Proven);
    // the source page no longer has the file: the one of the copied page is meant
    let mut site = site(&diagram, "net.drawio");
    site.inventory.attachments.retain(|file| file.id.as_str() != "other");
    assert_usage(&site, &[("own", "embedded"), ("near", "unreferenced")]);
    assert_evidence(&site, "own", "macro drawio", Possible);
}

#[test]
fn include_renders_in_the_context_of_the_included_page() {
    for name in ["include", "excerpt-include"] {
        let page = r#"<ac:link><ri:page ri:content-title="Deployment Guide" /></ac:link>"#;
        let body = format!(
            r#"<ac:structured-macro ac:name="{name}"><ac:parameter ac:name="">{page}</ac:parameter></ac:structured-macro>"#
        );
        let mut site = TestSite::acme();
        site.page(OWN, "Release Plan", &body);
        site.page(OTHER, "Deployment Guide", &image("a.png"));
        site.file("own", OWN, "a.png");
        site.file("other", OTHER, "a.png");
        assert_usage(&site, &[("other", "embedded"), ("own", "unreferenced")]);
    }
}

#[test]
fn attributes_are_xml_decoded_once_and_never_percent_decoded() {
    assert_own(&image("&uuml;ber &rarr; b&nbsp;&amp;amp;.png"), "über → b\u{a0}&amp;.png", "embedded", "image", Proven);
    assert_nothing(&image("a%20b.png"), "a b.png");
    assert_nothing(&image("a+b.png"), "a b.png");
    assert_own(&image("a%20b.png"), "a%20b.png", "embedded", "image", Proven);
}

#[test]
fn urls_are_decoded_once_then_with_plus_as_space_then_twice() {
    let link = |name: &str| format!(r#"<a href="/wiki/download/attachments/{OWN}/{name}?api=v2#top">x</a>"#);
    assert_own(&link("a%20b%3F.png"), "a b?.png", "linked", "URL", Proven);
    assert_own(&link("a+b.png"), "a b.png", "linked", "URL", Possible);
    assert_own(&link("a+b.png"), "a+b.png", "linked", "URL", Proven);
    assert_own(&link("a%2Bb.png"), "a+b.png", "linked", "URL", Proven);
    assert_nothing(&link("a%2Bb.png"), "a b.png");
    assert_own(&link("a%2520b.png"), "a b.png", "linked", "URL", Possible);
    let mut both = site(&link("a%2520b.png"), "a b.png");
    both.file("once", OWN, "a%20b.png");
    assert_usage(&both, &[("once", "linked"), ("own", "unreferenced")]);
}

#[test]
fn addresses_count_on_hosts_of_the_site_and_aliases_only() {
    let link = |host: &str| format!(r#"<a href="{host}/wiki/download/attachments/{OWN}/a.png">x</a>"#);
    for host in ["", "https://acme.atlassian.net", "HTTP://ACME.Atlassian.NET:80", "//acme.atlassian.net"] {
        assert_own(&link(host), "a.png", "linked", "URL", Proven);
    }
    assert_doubted(&link("https://wiki.old.example"), "a.png");
    let mut aliased = TestSite::new(test_support::test_site::BASE_URL, &["wiki.old.example"]);
    aliased.space("ENG");
    aliased.page(OWN, "Release Plan", &link("https://wiki.old.example"));
    aliased.file("own", OWN, "a.png");
    assert_usage(&aliased, &[("own", "linked")]);
}

#[test]
fn old_ids_on_an_alias_host_are_reported_as_unresolved() {
    let body = r#"<a href="https://acme.atlassian.net/download/attachments/77/a.png">x</a>"#;
    let mut site = site("<p>x</p>", "a.png");
    site.page("3001", "Migrated", body);
    assert_usage(&site, &[("own", "undetermined"), ("other", "undetermined"), ("near", "unreferenced")]);
}
